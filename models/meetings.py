"""Meetings of a group: planned, changed, cancelled, written down. A lead or the office does it.

A meeting is known by its group and its date as written; planning the same day again changes what is there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import changes, clock, leads, meeting_letters
from models.changes import Author, Subject
from models.db import today_in
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.meeting_letters import News
from models.memberships import Membership, MembershipState
from models.sheets import GoalSheet, Meeting, MeetingState, hold
from models.when import When
from translations import _

STILL_OPEN = timedelta(days=365)  # how long a meeting whose day is not settled counts as coming


class GroupMeeting(NamedTuple):
    """A meeting and the group that holds it."""

    meeting: Meeting
    group_id: int


@dataclass(frozen=True, slots=True)
class Details:
    """What people agree on for a meeting; times are HH:MM in the region's zone, "" where none is known."""

    held: When
    starts: str = ""
    ends: str = ""
    place: str = ""
    agenda: str = ""
    languages: tuple[str, ...] = ()


def details_of(meeting: Meeting) -> Details:
    """Return what is agreed on now."""
    return Details(
        meeting.held, meeting.starts, meeting.ends, meeting.place, meeting.agenda, tuple(meeting.languages)
    )


def described(details: Details) -> str:
    """Return date, time and place on one line, as the history keeps them."""
    times = "–".join(part for part in (details.starts, details.ends) if part)
    return ", ".join(part for part in (details.held.wording, times, details.place) if part)


def get(session: Session, meeting_id: int) -> GroupMeeting:
    """Return a meeting with its group; NotFound in plain words otherwise."""
    row = session.execute(
        sa.select(Meeting, GoalSheet.group_id)
        .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
        .where(Meeting.id == meeting_id)
    ).first()
    if row is None:
        raise NotFound(_("There is no such meeting."))
    return GroupMeeting(*row)


def of_group(session: Session, group_id: int) -> Sequence[Meeting]:
    """Return all meetings of a group, cancelled ones too, in the order of their days."""
    return session.scalars(
        sa.select(Meeting)
        .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
        .where(GoalSheet.group_id == group_id)
        .order_by(*_BY_DAY)
    ).all()


def is_coming(meeting: Meeting, today: date) -> bool:
    """Tell whether a meeting lies ahead. One without a known day does for a year after it was agreed."""
    if meeting.state is not MeetingState.PLANNED:
        return False
    if meeting.held.latest is not None:
        return meeting.held.latest >= today
    return meeting.changed_at is not None and meeting.changed_at.date() >= today - STILL_OPEN


_HELD = Meeting.__table__.c
# Unknown days come last on both databases; PostgreSQL and SQLite do not agree on where NULL stands.
_BY_DAY = (_HELD.held_earliest.is_(None), _HELD.held_earliest, Meeting.starts, Meeting.id)


def _ahead(today: date) -> sa.ColumnElement[bool]:
    agreed = sa.and_(_HELD.held_latest.is_(None), Meeting.changed_at >= clock.now() - STILL_OPEN)
    return sa.and_(Meeting.state == MeetingState.PLANNED, sa.or_(_HELD.held_latest >= today, agreed))


def coming(session: Session, group_id: int | None = None, *, today: date | None = None) -> list[GroupMeeting]:
    """Return the meetings ahead of a group, or of all groups, the next one first; one statement."""
    statement = (
        sa.select(Meeting, GoalSheet.group_id)
        .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
        .where(_ahead(today or today_in(session)))
        .order_by(*_BY_DAY)
    )
    if group_id is not None:
        statement = statement.where(GoalSheet.group_id == group_id)
    return [GroupMeeting(*row) for row in session.execute(statement)]


def _is_theirs(person_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that somebody takes part in the group, or leads it."""
    joined = sa.select(Membership.group_id).where(
        Membership.person_id == person_id, Membership.state == MembershipState.ACTIVE
    )
    return sa.or_(GoalSheet.group_id.in_(joined), GoalSheet.group_id.in_(leads.led_by(person_id)))


def of_person(
    session: Session, person_id: int, *, since: date | None = None, today: date | None = None
) -> list[GroupMeeting]:
    """Return the meetings ahead of a person's groups; with `since` all of them from that day on."""
    wanted = _HELD.held_latest >= since if since else _ahead(today or today_in(session))
    rows = session.execute(
        sa.select(Meeting, GoalSheet.group_id)
        .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
        .where(wanted, _is_theirs(person_id))
        .order_by(*_BY_DAY)
    )
    return [GroupMeeting(*row) for row in rows]


def _held(session: Session, meeting: Meeting, by: Author) -> int:
    """Return the group of a meeting, which is as it is now and stays so; refuse who may not keep it."""
    group_id = get(session, meeting.id).group_id
    must_keep(session, group_id, by)
    hold(session, group_id)
    session.refresh(meeting, with_for_update=True)
    return group_id


def must_keep(session: Session, group_id: int, by: Author) -> None:
    """Refuse whoever may not keep a group's meetings: neither the office nor one of its leads."""
    if by.staff_id is not None:
        return
    if by.person_id is None or group_id not in leads.groups_of(session, by.person_id):
        raise NotAllowed(_("Only the group's contact person or the office can do this."))


def _checked(details: Details) -> Details:
    if not details.held:
        raise InvalidAnswer(_("Please say when the meeting is."))
    if details.starts and details.ends and details.ends <= details.starts:
        raise InvalidAnswer(_("The meeting would end before it begins."))
    return details


def _sheet_id(session: Session, group_id: int) -> int:
    hold(session, group_id)
    found = session.scalar(sa.select(GoalSheet.id).where(GoalSheet.group_id == group_id))
    if found is None:
        sheet = GoalSheet(group_id=group_id)
        session.add(sheet)
        session.flush()
        found = sheet.id
    return found


def _same_day(session: Session, sheet_id: int, held: When) -> Meeting | None:
    """Return the meeting that is there already on this day, or with these very words."""
    same = _HELD.held_wording == held.wording
    if held.is_exact:
        exact = sa.and_(_HELD.held_earliest == held.earliest, _HELD.held_latest == held.latest)
        same = sa.or_(same, exact)
    return session.scalars(
        sa.select(Meeting).where(Meeting.sheet_id == sheet_id, same).order_by(Meeting.id).limit(1)
    ).first()


def plan(
    session: Session,
    group_id: int,
    *,
    held: When,
    starts: str = "",
    ends: str = "",
    place: str = "",
    by: Author,
    agenda: str = "",
    languages: Collection[str] = (),
    submission_id: int | None = None,
) -> Meeting:
    """Agree on a meeting and tell the members; one of the same day is changed instead.

    NotAllowed for others than the group's leads and the office; Conflict where minutes of it exist.
    """
    must_keep(session, group_id, by)
    details = _checked(Details(held, starts, ends, place, agenda, tuple(languages)))
    sheet_id = _sheet_id(session, group_id)
    known = _same_day(session, sheet_id, held)
    if known is not None:
        if known.held.is_exact and not known.held.weekday_mismatch:
            details = Details(known.held, starts, ends, place, agenda, tuple(languages))
        known.submission_id = submission_id or known.submission_id
        return change(session, known, details, by=by)
    meeting = Meeting(
        sheet_id=sheet_id, held=held, starts=starts, ends=ends, place=place, agenda=agenda,
        languages=list(languages), changed_at=clock.now(), submission_id=submission_id, sequence=0,
    )  # fmt: skip
    try:
        with session.begin_nested():  # two who plan the same day at once: the unique constraint decides
            session.add(meeting)
    except IntegrityError as error:
        raise Conflict(_("Somebody else has just planned a meeting for this day.")) from error
    changes.record(
        session, group_id, Subject.MEETING, by=by, after=described(details), about=held.wording,
        submission_id=submission_id,
    )  # fmt: skip
    meeting_letters.announce(session, meeting, group_id, News.PLANNED)
    return meeting


def change(
    session: Session, meeting: Meeting, details: Details, *, by: Author, sequence: int | None = None
) -> Meeting:
    """Agree on something else and tell the members; a cancelled meeting takes place again.

    Conflict when it is over, or no longer as the person saw it (`sequence`), or the day is taken.
    """
    group_id = _held(session, meeting, by)
    details = _checked(details)
    _must_be_as_seen(meeting, sequence)
    if meeting.state is MeetingState.HELD:
        raise Conflict(_("This meeting is over: its minutes are here already."))
    before = details_of(meeting)
    was_cancelled = meeting.state is MeetingState.CANCELLED
    if before == details and not was_cancelled:
        return meeting
    try:
        with session.begin_nested():
            meeting.held, meeting.starts, meeting.ends = details.held, details.starts, details.ends
            meeting.place, meeting.agenda = details.place, details.agenda
            meeting.languages, meeting.state = list(details.languages), MeetingState.PLANNED
            _grow(meeting)
    except IntegrityError as error:
        raise Conflict(_("There is a meeting on this day already.")) from error
    if before.held != details.held or was_cancelled:
        meeting.reminded_at = None
    changes.record(
        session, group_id, Subject.MEETING, by=by, before="" if was_cancelled else described(before),
        after=described(details), about=details.held.wording, submission_id=meeting.submission_id,
    )  # fmt: skip
    meeting_letters.announce(session, meeting, group_id, News.PLANNED if was_cancelled else News.CHANGED)
    return meeting


def cancel(
    session: Session, meeting: Meeting, *, by: Author, reason: str = "", sequence: int | None = None
) -> None:
    """Call a meeting off and tell the members; Conflict when it is over or no longer as the person saw it."""
    group_id = _held(session, meeting, by)
    _must_be_as_seen(meeting, sequence)
    if meeting.state is MeetingState.HELD:
        raise Conflict(_("This meeting is over: its minutes are here already."))
    if meeting.state is MeetingState.CANCELLED:
        return
    meeting.state = MeetingState.CANCELLED
    _grow(meeting)
    session.flush()
    changes.record(
        session, group_id, Subject.MEETING, by=by, before=described(details_of(meeting)),
        about=meeting.held.wording, reason=reason,
    )  # fmt: skip
    meeting_letters.announce(session, meeting, group_id, News.CANCELLED, words=reason)


def take_minutes(
    session: Session,
    meeting: Meeting,
    text: str,
    *,
    by: Author,
    present: int | None = None,
    decisions: str = "",
    following: When | None = None,
    submission_id: int | None = None,
) -> None:
    """Put the minutes onto the goal sheet, for everybody; plan the following meeting where one is named."""
    group_id = _held(session, meeting, by)
    if meeting.state is MeetingState.CANCELLED:
        raise Conflict(_("This meeting has been cancelled."))
    before = meeting.minutes
    meeting.minutes, meeting.decisions, meeting.present = text, decisions, present
    meeting.state, meeting.submission_id = MeetingState.HELD, submission_id or meeting.submission_id
    _grow(meeting)
    session.flush()
    changes.record(
        session, group_id, Subject.MEETING, by=by, before=before, after=text or decisions,
        about=meeting.held.wording, submission_id=submission_id,
    )  # fmt: skip
    if following:
        plan(session, group_id, held=following, by=by, submission_id=submission_id)


def _must_be_as_seen(meeting: Meeting, sequence: int | None) -> None:
    if sequence is not None and sequence != meeting.sequence:
        raise Conflict(_("Somebody else has just changed this meeting. Please look at it again."))


def _grow(meeting: Meeting) -> None:
    """Let calendars see that there is something newer."""
    meeting.sequence += 1
    meeting.changed_at = clock.now()


def written_otherwise(held: When) -> bool:
    """Tell whether the words as written name another day, or another weekday, than the day that counts."""
    if not held.is_exact:
        return False
    read = When.parse(held.wording)
    return held.weekday_mismatch is not None or (read.is_known and read.earliest != held.earliest)
