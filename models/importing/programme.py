"""programme.csv: the region with its office, and the programme with its runtime."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from models.importing import reading
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import FindingKind, Noun, Refused
from models.programmes import Programme
from models.regions import Region
from models.when import When
from translations import _, find

Reader = Callable[[Row], Any]


def _line(longest: int, *, required: bool = False, lines: bool = False) -> Reader:
    return lambda row: row.text("value", longest=longest, required=required, lines=lines)


def _accent(row: Row) -> str:
    text = row.text("value", longest=40, required=True)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        row.refuse("value", _("This is not a colour. Please write it as in #0b5d66."))
    return text.lower()


def _language(row: Row) -> str:
    known = find(row.text("value", longest=20, required=True))
    if known is None:
        row.refuse("value", _("This language is not known here. Please write it as in de or en."))
    return known.tag


def _yes(row: Row) -> bool:
    text = row.text("value", longest=40).casefold()
    if text not in ("", "yes", "no", "ja", "nein"):
        row.refuse("value", _("Please write {yes} or {no} here.")(yes="ja", no="nein"))
    return text in ("yes", "ja")


def _months(row: Row) -> list[int]:
    parts = re.split(r"[;,\s]+", row.text("value", longest=100))
    if not all(re.fullmatch(r"(?:0?[1-9]|1[0-2])?", part, re.ASCII) for part in parts):
        row.refuse("value", _("These are not months. Please write them as numbers, as in 5;11."))
    return sorted({int(part) for part in parts if part})


def _month(row: Row) -> int | None:
    return reading.whole(row, "value", 1, 12) if row.text("value", longest=40) else None


REGION: dict[str, tuple[str, Reader]] = {
    "region": ("name", _line(200, required=True)),
    "office": ("office", _line(200)),
    "office_short": ("office_short", _line(40)),
    "office_phone": ("phone", _line(60)),
    "office_email": ("email", lambda row: reading.email(row, "value")),
    "office_address": ("address", _line(1000, lines=True)),
    "privacy_contact": ("privacy_contact", _line(1000, lines=True)),
    "asks_age": ("asks_age", _yes),
    "accent": ("accent", _accent),
    "source_language": ("source_language", _language),
}
PROGRAMME: dict[str, tuple[str, Reader]] = {
    "title": ("title", _line(200, required=True)),
    "starts": ("starts", lambda row: reading.day(row, "value")),
    "ends": ("ends", lambda row: reading.day(row, "value")),
    "status_months": ("status_months", _months),
    "conference_month": ("conference_month", _month),
    "conference_name": ("conference_name", _line(180)),  # with a year it becomes the title of an event
    "interim_target_due": ("interim_due", lambda row: reading.when(row, "value")),
}
NEVER_BLANK = ("accent", "source_language")  # without a value they stay as they are


def take_region(job: Job) -> None:
    """Take the region, of which the database holds one."""
    found = job.session.scalars(sa.select(Region).order_by(Region.id)).first()
    values = _values(job, Noun.REGION, REGION)
    if found is None and "name" not in values:
        text = _("The region has no name. Please give it one.")
        job.report.add(FindingKind.ERROR, text, file=_file(job), words="region")
    else:
        region = job.put(Noun.REGION, values.get("name", ""), found, Region, values, **_lacking(values))
        job.source = region.source_language or job.source
    job.session.flush()


def take_programme(job: Job) -> Programme | None:
    """Take the programme; None, reported, when there is none and nothing can hang on it."""
    values = _values(job, Noun.PROGRAMME, PROGRAMME)
    programmes = job.session.scalars(sa.select(Programme).order_by(Programme.id)).all()
    found = _same(programmes, values)
    if found is None and "title" not in values:
        text = _("The programme has no title, so its goals have no place. Please give it one.")
        job.report.add(FindingKind.ERROR, text, file=_file(job), words="title")
        return None
    if found is not None and "interim_due" in values:
        values["interim_due"] = reading.settled(found.interim_due, values["interim_due"])
    starts = values.get("starts", found.starts if found else None)
    ends = values.get("ends", found.ends if found else None)
    if starts and ends and ends < starts:
        text = _("The programme ends before it starts. Its days have not been taken.")
        job.report.add(FindingKind.ERROR, text, file=_file(job), words=f"{starts} – {ends}")
        values.pop("starts", None)
        values.pop("ends", None)
    blank: dict[str, Any] = {"starts": None, "ends": None, "status_months": [], "conference_month": None}
    blank["interim_due"] = When.nothing()
    at_birth = {key: value for key, value in blank.items() if key not in values}
    programme = job.put(Noun.PROGRAMME, values.get("title", ""), found, Programme, values, **at_birth)
    job.session.flush()
    job.written_on = programme.starts
    return programme


def _same(programmes: Any, values: Mapping[str, Any]) -> Programme | None:
    """Return the programme of this title; else the one of the same first day, which has a new title."""
    title, starts = values.get("title"), values.get("starts")
    if title is None:
        return programmes[0] if len(programmes) == 1 else None
    named = [programme for programme in programmes if programme.title == title]
    begun = [programme for programme in programmes if starts and programme.starts == starts]
    return next(iter(named or begun), None)


def _file(job: Job) -> str:
    sheet = job.sheet("programme")
    return sheet.file if sheet else "programme"


def _lacking(values: Mapping[str, Any]) -> dict[str, Any]:
    return {} if "office" in values else {"office": ""}


def _values(job: Job, noun: Noun, readers: Mapping[str, tuple[str, Reader]]) -> dict[str, Any]:
    """Return what the rows of these keys say, by attribute; an unreadable one costs itself only."""
    values: dict[str, Any] = {}
    for row in job.rows("programme"):
        with suppress(Refused):
            key = row.text("key", longest=100).lower()
            if noun is Noun.REGION and key not in REGION and key not in PROGRAMME:
                row.note("key", _("This is not known and has not been read."))
            if key not in readers or (key in NEVER_BLANK and row.cell("value").is_blank):
                continue
            attribute, read = readers[key]
            if attribute in values:
                row.refuse("key", _("This is there twice; the first one has been taken."))
            values[attribute] = read(row)
    return values
