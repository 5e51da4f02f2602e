"""Who takes part, as the goal sheet names them: organisations and persons, confirmed or not yet."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import changes, leads, sheet_editing
from models.changes import Author, SheetChange, Subject
from models.errors import Conflict, NotFound
from models.memberships import Membership
from models.people import Person
from models.sheet_editing import LONGEST_NAME, must_fit
from models.sheets import GoalSheet, Participant, ParticipantKind
from translations import Text, _


class Standing(StrEnum):
    """Whether a participant has said yes; the history stores these keys."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


PARTICIPANT_WORDS: dict[str, Text] = {
    ParticipantKind.ORGANISATION: _("Organisation"),
    ParticipantKind.PERSON: _("Person"),
    Standing.CONFIRMED: _("confirmed"),
    Standing.UNCONFIRMED: _("not confirmed yet"),
}


def add(
    session: Session,
    group_id: int,
    name: str,
    *,
    kind: ParticipantKind = ParticipantKind.ORGANISATION,
    confirmed: bool = True,
    by: Author,
    seen: int,
) -> Participant:
    """Name somebody on the goal sheet; Conflict where the name is there already."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    name = must_fit(name, LONGEST_NAME, required=True)
    _must_be_new(sheet, name)
    position = max((one.position for one in sheet.participants), default=0) + 1
    made = Participant(sheet_id=sheet.id, position=position, name=name, kind=kind, confirmed=confirmed)
    session.add(made)
    changes.record(session, group_id, Subject.PARTICIPANT, by=by, after=name)
    return made


def change(
    session: Session,
    group_id: int,
    participant_id: int,
    *,
    name: str,
    kind: ParticipantKind,
    confirmed: bool,
    by: Author,
    seen: int,
) -> None:
    """Rename a participant, say what it is and whether it has said yes; each is noted by itself."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, participant_id)
    name = must_fit(name, LONGEST_NAME, required=True)
    _must_be_new(sheet, name, but=one)
    noted = (
        ("", one.name, name),
        (name, one.kind.value, kind.value),
        (name, _standing(one.confirmed).value, _standing(confirmed).value),
    )
    one.name, one.kind, one.confirmed = name, kind, confirmed
    for about, before, after in noted:
        changes.record(session, group_id, Subject.PARTICIPANT, by=by, about=about, before=before, after=after)


def remove(session: Session, group_id: int, participant_id: int, *, by: Author, seen: int) -> None:
    """Take a name off the goal sheet."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, participant_id)
    session.delete(one)
    changes.record(session, group_id, Subject.PARTICIPANT, by=by, before=one.name)


def forget(session: Session, person: Person) -> None:
    """Take a person's name off the sheets of their groups and out of the history, where it names a person.

    Somebody of the same name in another group stays: a sheet holds names, not who they belong to.
    """
    if not person.name:
        return
    joined = sa.select(Membership.group_id).where(Membership.person_id == person.id)
    own = set(session.scalars(joined)) | leads.groups_of(session, person.id)
    plain = {"synchronize_session": False}
    sheets = sa.select(GoalSheet.id).where(GoalSheet.group_id.in_(own))
    named = sa.and_(Participant.name == person.name, Participant.kind == ParticipantKind.PERSON)
    session.execute(
        sa.delete(Participant).where(named, Participant.sheet_id.in_(sheets)).execution_options(**plain)
    )
    for column in (SheetChange.about, SheetChange.before, SheetChange.after):
        session.execute(
            sa.update(SheetChange)
            .where(
                SheetChange.group_id.in_(own), SheetChange.subject == Subject.PARTICIPANT,
                column == person.name,
            )
            .values({column.key: ""})
            .execution_options(**plain)
        )  # fmt: skip


def _standing(confirmed: bool) -> Standing:
    return Standing.CONFIRMED if confirmed else Standing.UNCONFIRMED


def _one(sheet: GoalSheet, participant_id: int) -> Participant:
    found = next((one for one in sheet.participants if one.id == participant_id), None)
    if found is None:
        raise NotFound(_("This participant is not on this goal sheet."))
    return found


def _must_be_new(sheet: GoalSheet, name: str, *, but: Participant | None = None) -> None:
    taken = {one.name.casefold() for one in sheet.participants if one is not but}
    if name.casefold() in taken:
        raise Conflict(_("This name is on the goal sheet already."))
