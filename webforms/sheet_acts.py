"""What can be done on the goal sheet's editing page: each small form becomes one operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from models import meetings, milestones, ownerships, participants, sheet_editing
from models.changes import Author
from models.errors import NotFound
from models.goals import Carrier
from models.meetings import Details
from models.milestones import Part
from models.sheet_editing import LONGEST_MEASURE, LONGEST_NAME, LONGEST_REASON, LONGEST_TEXT
from models.sheets import MilestoneState, ParticipantKind
from translations import Text, _
from webforms.sheet_reading import Reader

LONGEST_PLACE = 300


@dataclass(frozen=True, slots=True)
class Target:
    """Whose goal sheet is edited, by whom, and which of its versions they saw."""

    group_id: int
    by: Author
    seen: int


Change = Callable[[Session, Target], object]


class Act(NamedTuple):
    """A form: how it is read into a change, where the page goes on, and what is said then."""

    read: Callable[[Reader], Change]
    section: str
    saved: Text
    office_only: bool = False


def _lead(read: Reader) -> Change:
    name = read.words("lead_organisation", LONGEST_NAME)
    return lambda s, t: sheet_editing.set_lead_organisation(s, t.group_id, name, by=t.by, seen=t.seen)


def _interim(read: Reader) -> Change:
    target, due = read.words("interim_target", LONGEST_TEXT, lines=True), read.when("interim_due")
    return lambda s, t: sheet_editing.set_interim(s, t.group_id, target, due, by=t.by, seen=t.seen)


def _notes(read: Reader) -> Change:
    notes = read.words("notes", LONGEST_TEXT, lines=True)
    return lambda s, t: sheet_editing.set_notes(s, t.group_id, notes, by=t.by, seen=t.seen)


def _kind(read: Reader) -> ParticipantKind:
    return ParticipantKind.PERSON if read.typed.get("kind") == "person" else ParticipantKind.ORGANISATION


def _add_participant(read: Reader) -> Change:
    name, kind = read.words("name", LONGEST_NAME, required=True), _kind(read)
    confirmed = read.chosen("confirmed")
    return lambda s, t: participants.add(
        s, t.group_id, name, kind=kind, confirmed=confirmed, by=t.by, seen=t.seen
    )


def _change_participant(read: Reader) -> Change:
    one, kind, confirmed = read.number("one"), _kind(read), read.chosen("confirmed")
    name = read.words("name", LONGEST_NAME, required=True)
    return lambda s, t: participants.change(
        s, t.group_id, one, name=name, kind=kind, confirmed=confirmed, by=t.by, seen=t.seen
    )


def _remove_participant(read: Reader) -> Change:
    one = read.number("one")
    return lambda s, t: participants.remove(s, t.group_id, one, by=t.by, seen=t.seen)


def _add_milestone(read: Reader) -> Change:
    measure, due = read.words("measure", LONGEST_MEASURE, lines=True, required=True), read.when("due")
    place = read.number("place") or None
    return lambda s, t: milestones.add(s, t.group_id, measure, due, place=place, by=t.by, seen=t.seen)


def _change_milestone(read: Reader) -> Change:
    measure, due = read.words("measure", LONGEST_MEASURE, lines=True, required=True), read.when("due")
    one, weight = read.number("one"), read.number("weight")
    return lambda s, t: milestones.change(
        s, t.group_id, one, measure=measure, due=due, weight=weight, by=t.by, seen=t.seen
    )


def _move_milestone(read: Reader) -> Change:
    one, place = read.number("one"), read.number("place")
    return lambda s, t: milestones.move(s, t.group_id, one, place, by=t.by, seen=t.seen)


def _split_milestone(read: Reader) -> Change:
    one, words = read.number("one"), read.words("parts", LONGEST_TEXT, lines=True, required=True)
    parts = [Part(line) for line in words.splitlines() if line.strip()]
    return lambda s, t: milestones.split(s, t.group_id, one, parts, by=t.by, seen=t.seen)


def _drop_milestone(read: Reader) -> Change:
    one, reason = read.number("one"), read.words("reason", LONGEST_REASON, lines=True, required=True)
    return lambda s, t: milestones.drop(s, t.group_id, one, reason, by=t.by, seen=t.seen)


def _take_up_milestone(read: Reader) -> Change:
    one = read.number("one")
    return lambda s, t: milestones.take_up(s, t.group_id, one, by=t.by, seen=t.seen)


def _set_state(read: Reader) -> Change:
    one, raw = read.number("one"), read.typed.get("state", "")
    if raw not in set(MilestoneState):
        read.wrong["state"] = _("Please choose one of the answers.")
    state = MilestoneState(raw) if raw in set(MilestoneState) else MilestoneState.NOT_BEGUN
    return lambda s, t: milestones.set_state(s, t.group_id, one, state, by=t.by, seen=t.seen)


def _meeting(read: Reader) -> Change:
    held = read.when("held")
    if not held:
        read.wrong["held"] = _("Please say when the meeting is.")
    starts, ends, one = read.clock("starts"), read.clock("ends"), read.number("one")
    starts = starts or (f"{held.starts:%H:%M}" if held.starts else "")
    ends = ends or (f"{held.ends:%H:%M}" if held.ends else "")
    place = read.words("place", LONGEST_PLACE)

    def change(session: Session, target: Target) -> None:
        sheet = sheet_editing.begin(session, target.group_id, by=target.by, seen=target.seen)
        if not one:
            meetings.plan(
                session, target.group_id, held=held, starts=starts, ends=ends, place=place, by=target.by
            )
            return
        meeting = meetings.get(session, one).meeting
        if meeting.sheet_id != sheet.id:
            raise NotFound(_("There is no such meeting."))
        day = sheet_editing.settled(meeting.held, held)
        details = Details(day, starts, ends, place, meeting.agenda, tuple(meeting.languages))
        meetings.change(session, meeting, details, by=target.by)

    return change


def _carrier(read: Reader) -> Change:
    carrier = Carrier.OFFICE if read.typed.get("carrier") == Carrier.OFFICE.value else Carrier.GROUPS
    body = read.words("new_body", LONGEST_NAME) or read.words("body", LONGEST_NAME)
    if not body:
        read.wrong.setdefault("new_body", _("Please say who decided."))
    day, reason = read.day("decided_on"), read.words("reason", LONGEST_REASON, lines=True, required=True)
    return lambda s, t: ownerships.hand_over(
        s, t.group_id, carrier, body=body, decided_on=day, reason=reason, by=t.by, seen=t.seen
    )


ROW = "m-"  # a milestone's row has a section of its own on the page: m-ID
ACTS: dict[str, Act] = {
    "lead": Act(_lead, "lead", _("Who leads has been saved.")),
    "participant-add": Act(_add_participant, "participants", _("The participant has been added.")),
    "participant-change": Act(_change_participant, "participants", _("The participant has been saved.")),
    "participant-remove": Act(_remove_participant, "participants", _("The participant has been removed.")),
    "interim": Act(_interim, "interim", _("The interim target has been saved.")),
    "milestone-add": Act(_add_milestone, "milestones", _("The milestone has been added.")),
    "milestone-change": Act(_change_milestone, ROW, _("The milestone has been saved.")),
    "milestone-move": Act(_move_milestone, ROW, _("The milestone has its new place.")),
    "milestone-split": Act(_split_milestone, ROW, _("The milestone has been split.")),
    "milestone-drop": Act(_drop_milestone, ROW, _("The milestone has been dropped.")),
    "milestone-take-up": Act(_take_up_milestone, ROW, _("The milestone has been taken up again.")),
    "milestone-state": Act(_set_state, ROW, _("The state has been saved."), office_only=True),
    "meeting": Act(_meeting, "meetings", _("The meeting has been saved.")),
    "notes": Act(_notes, "notes", _("The notes have been saved.")),
    "carrier": Act(_carrier, "carrier", _("The change has been recorded."), office_only=True),
}
