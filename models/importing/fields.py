"""fields.csv: the fields of action. Fields that only goals name are made without a name."""

from collections.abc import Iterable

import sqlalchemy as sa

from models import renditions
from models.goals import Field
from models.importing import reading
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Programme
from models.translating import KINDS
from translations import Localised, _


def take_fields(job: Job, programme: Programme, needed: Iterable[int]) -> dict[int, Field]:
    """Take the fields of the file and those `needed`; return them all by their numbers."""
    stored = sa.select(Field).where(Field.programme_id == programme.id).order_by(Field.number)
    before = {field.number: field for field in job.session.scalars(stored)}
    fields = dict(before)
    seen: set[int] = set()
    if job.rows("fields"):
        with renditions.following(job.session, KINDS["field"], by=job.author.staff_id):
            seen = _take_rows(job, programme, before, fields)
    for number in sorted(set(needed) - set(fields)):
        fields[number] = job.put(
            Noun.FIELDS, str(number), None, Field, {},
            number=number, programme_id=programme.id, name=Localised({}),
        )  # fmt: skip
    sheet = job.sheet("fields")
    for number in before:
        if sheet is not None and number not in seen and number not in needed:
            job.keep(Noun.FIELDS, sheet, str(number))
    job.session.flush()
    return fields


def _take_rows(
    job: Job, programme: Programme, before: dict[int, Field], fields: dict[int, Field]
) -> set[int]:
    """Take the rows of the file into `fields`; return their numbers."""
    approved = renditions.approved_here(job.session, KINDS["field"], job.written_at)
    seen: set[int] = set()
    for row in job.rows("fields"):
        with job.one(Noun.FIELDS):
            number = reading.whole(row, "number", 0, 999)
            if number in seen:
                row.refuse("number", _("This is there twice; the first one has been taken."))
            seen.add(number)
            found = before.get(number)
            kept = {tag for field, tag in approved if found and field == found.id} - {job.source}
            words = found.name if found else None
            name = reading.spoken(row, "name", job.source, words, longest=200, kept=kept)
            fields[number] = job.put(
                Noun.FIELDS, str(number), found, Field, {"name": name},
                number=number, programme_id=programme.id,
            )  # fmt: skip
    return seen
