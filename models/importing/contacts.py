"""contacts.csv: whom the office names as the contact person of a group."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from models import clock
from models.groups import WorkingGroup
from models.importing import numbers, reading
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import Noun
from models.people import ChannelKind, Person
from translations import _, find

MOST_AT_ONCE = 5_000  # values in one query


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A row of contacts.csv that could be read."""

    row: Row
    number: str
    name: str
    email: str
    phone: str
    language: str


def take_contacts(job: Job) -> None:
    """Take the contact persons; one is known by the address, else as the one that the group has now."""
    entries: dict[str, ContactRow] = {}
    for row in job.rows("contacts"):
        with job.one(Noun.CONTACTS):
            entry = _read(job, row)
            if entry.number in entries:
                row.refuse("goal", _("This is there twice; the first one has been taken."))
            entries[entry.number] = entry
    if not entries:
        return
    known = _Known(job, [entry.email for entry in entries.values() if entry.email])
    named: dict[str, Person] = {}
    first: dict[str, str] = {}  # the name that an address comes with first
    for number, entry in entries.items():
        if entry.email and first.setdefault(entry.email, entry.name) != entry.name:
            entry.row.warn("name", _("Above, this address has another name; that one has been taken."))
            named[number] = known.by_email[entry.email]
        else:
            named[number] = _put(job, entry, known)
    job.session.flush()
    for number, person in named.items():
        group = _group(job, number)
        if group.contact_id != person.id:
            group.contact_id = person.id
    job.session.flush()


class _Known:
    """The persons whom the rows may mean, read at once."""

    def __init__(self, job: Job, emails: Sequence[str]) -> None:
        ids = [group.contact_id for group in job.groups.values() if group.contact_id]
        found: list[Person] = []
        for column, keys in ((Person.id, ids), (Person.email, emails)):
            for start in range(0, len(keys), MOST_AT_ONCE):
                found += job.session.scalars(
                    sa.select(Person).where(column.in_(keys[start : start + MOST_AT_ONCE]))
                )
        self.by_id = {person.id: person for person in found}
        self.by_email = {person.email: person for person in found if person.email}


def _group(job: Job, number: str) -> WorkingGroup:
    return job.groups[job.goals[number].id]


def _read(job: Job, row: Row) -> ContactRow:
    number = numbers.known_goal(job, row, "goal")
    name = row.text("name", longest=200, required=True)
    email = reading.email(row, "email")
    phone = row.text("phone", longest=40)
    if not email and not phone:
        row.refuse("email", _("An e-mail address or a telephone number is needed here."))
    tag = row.text("language", longest=20)
    language = find(tag) if tag else None
    if tag and language is None:
        row.warn("language", _("This language is not known here. Please write it as in de or en."))
    return ContactRow(row, number, name, email, phone, language.tag if language else "")


def _put(job: Job, entry: ContactRow, known: _Known) -> Person:
    now_id = _group(job, entry.number).contact_id
    found = known.by_email.get(entry.email) if entry.email else known.by_id.get(now_id or 0)
    if found is not None and not entry.email and found.email:
        found = None  # a contact without address is not the one with an address
    values: dict[str, object] = {"name": entry.name}
    if entry.phone:
        values["phone"] = entry.phone
    if entry.language and not (found and found.language_chosen):
        values["language"] = entry.language
    now = clock.now()
    birth = {
        "language": entry.language or job.source, "email": entry.email or None, "met_at": now, "seen_at": now,
        # The office vouches for the address, so that what it hands over is not held back.
        "email_confirmed_at": now if entry.email else None,
        "prefers": ChannelKind.EMAIL if entry.email else ChannelKind.PHONE,
    }  # fmt: skip
    person = job.put(Noun.CONTACTS, entry.number, found, Person, values, **birth)
    if entry.email:
        known.by_email[entry.email] = person
        if person.email_confirmed_at is None:
            text = _("The person has not confirmed this address yet; messages wait until they have.")
            entry.row.warn("email", text)
    return person
