"""Reading the fields of the event editor: days, times, figures, words by language, rows of a table."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from models.errors import InvalidAnswer
from models.event_editing import Facts, Item, WorkshopFacts
from models.events import Event, EventKind, Workshop
from models.forms import clean
from models.forms.meeting_questions import time_in
from models.groups import Directory
from translations import LANGUAGES, SOURCE, _
from webforms import numbers

Form = MultiDict[str, str]
Row = dict[str, Any]
ITEM = ("id", "starts", "ends", "what", "phase")
WORKSHOP = ("id", "title", "phase", "group", "room", "moderator", "account", "places")
MORE_ROWS = 3  # empty ones at the end of a table
_TAGS = tuple(entry.tag for entry in LANGUAGES)
MOST_PLACES = 100_000


def _line(raw: str, longest: int = 200) -> str:
    return clean.text(raw, longest=longest)


def day(raw: str) -> date | None:
    """Return a day as browsers send it; InvalidAnswer for other words."""
    try:
        return date.fromisoformat(raw.strip()) if raw.strip() else None
    except ValueError as error:
        raise InvalidAnswer(_("Please write the day as in 2027-09-14.")) from error


def time_of(raw: str) -> str:
    """Return a time of day as HH:MM, "" for none."""
    found = time_in(raw) if raw.strip() else ""
    if found is None:
        raise InvalidAnswer(_("Which time is that? Please write it as in 18:30."))
    return found


def figure(raw: str) -> int | None:
    """Return a number of places; None where there is no limit."""
    if not raw.strip():
        return None
    found = numbers.number(raw.strip())
    if found is None or found > MOST_PLACES:
        raise InvalidAnswer(_("Please write a number, for example 12."))
    return found


def _words(form: Form, part: str, longest: int, *, lines: bool = False) -> dict[str, str]:
    return {
        tag: clean.text(form[f"{part}-{tag}"], longest=longest, lines=lines)
        for tag in _TAGS
        if f"{part}-{tag}" in form
    }


def _tongues(raw: list[str]) -> tuple[str, ...]:
    return tuple(tag for tag in _TAGS if tag in raw)


def _rows(form: Form, prefix: str, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the rows of a table whose fields come as many times as it has rows."""
    return list(zip(*(form.getlist(f"{prefix}-{name}") for name in names), strict=False))


def plan_rows(event: Event, form: Form) -> list[Row]:
    """Return the plan as its table shows it: as typed, else as it is, with room for more."""
    typed: list[Row] = [dict(zip(ITEM, row, strict=True)) for row in _rows(form, "item", ITEM)]
    stored: list[Row] = [
        {"id": one.id, "starts": one.starts, "ends": one.ends, "what": one.what, "phase": _shown(one.phase)}
        for one in event.agenda
    ]
    return typed or [*stored, *(dict.fromkeys(ITEM, "") for _row in range(MORE_ROWS))]


def workshop_rows(event: Event, form: Form, directory: Directory) -> list[Row]:
    """Return the workshops as their table shows them: as typed, else as they are, with room for more."""
    taken = {str(one.id): one.taken for one in event.workshops}
    rows: list[Row] = [dict(zip(WORKSHOP, row, strict=True)) for row in _rows(form, "ws", WORKSHOP)]
    for row in rows:
        row |= {"taken": taken.get(row["id"], 0), "languages": form.getlist(f"ws-language-{row['id']}")}
    return rows or [
        *(_stored(one, directory) for one in event.workshops),
        *({**dict.fromkeys(WORKSHOP, ""), "phase": 1} for _row in range(MORE_ROWS)),
    ]


def _stored(one: Workshop, directory: Directory) -> Row:
    card = directory.by_id(one.group_id) if one.group_id else None
    return {
        "id": one.id, "title": one.title.words.get(SOURCE, ""), "phase": one.phase,
        "group": card.number if card else "", "room": one.room, "moderator": one.moderator,
        "account": _shown(one.moderator_id), "places": _shown(one.capacity), "taken": one.taken,
        "languages": one.languages,
    }  # fmt: skip


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def facts(form: Form) -> Facts:
    """Return what the form says of an event."""
    kind = form.get("kind", "")
    return Facts(
        title=_line(form.get("title", "")),
        kind=EventKind(kind) if kind in set(EventKind) else EventKind.CONFERENCE,
        held_on=day(form.get("held_on", "")), starts=time_of(form.get("starts", "")),
        ends=time_of(form.get("ends", "")), place=_line(form.get("place", ""), 300),
        heading=_words(form, "heading", 200), about=_words(form, "about", 5000, lines=True),
        access=_words(form, "access", 2000, lines=True), languages=_tongues(form.getlist("language")),
        interpreters=_tongues(form.getlist("interpreter")), capacity=figure(form.get("capacity", "")),
        register_until=day(form.get("register_until", "")),
    )  # fmt: skip


def items(form: Form) -> list[Item]:
    """Return the rows of the plan of the day; a row without words is left out."""
    return [
        Item(
            time_of(starts), time_of(ends), clean.text(what, longest=1000), numbers.number(phase) or None,
            numbers.number(number),
        )
        for number, starts, ends, what, phase in _rows(form, "item", ITEM)
        if what.strip()
    ]  # fmt: skip


def workshops(form: Form, directory: Directory) -> list[WorkshopFacts]:
    """Return the rows of the workshops; one with neither title nor group is left out."""
    found = []
    for number, title, phase, group, room, moderator, account, places in _rows(form, "ws", WORKSHOP):
        card = directory.find(group) if group else None
        if not title.strip() and card is None:
            continue
        found.append(
            WorkshopFacts(
                _line(title, 300), numbers.number(phase) or 1, card.id if card else None, _line(room, 120),
                _line(moderator, 120), numbers.number(account),
                _tongues(form.getlist(f"ws-language-{number}")), figure(places),
                numbers.number(number),
            )
        )  # fmt: skip
    return found
