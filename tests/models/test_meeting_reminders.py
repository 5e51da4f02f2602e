"""Meetings and the clock: reminders the day before, the question for minutes after, both once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, leads, meeting_letters, meeting_reminders, meetings
from models.db import Database
from models.meetings import Details
from models.outbox import Message
from models.settings import Settings
from models.submissions import Arrival, arrive
from models.when import When
from tests.models.test_meetings import DAY, NOON, group_id, letters_to, member, office

EVE = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)  # ten o'clock in Paderborn, the day before
SETTINGS = Settings(secret="tests-only-secret", _env_file=None)


@contextmanager
def at(db: Database, moment: datetime) -> Iterator[Session]:
    """A transaction at a moment."""
    with clock.frozen(moment), db.transaction() as session:
        yield session


def tick(db: Database, moment: datetime) -> None:
    """The clockwork's turn at a moment."""
    with clock.frozen(moment):
        meeting_reminders.tick(db, SETTINGS)


def subjects(db: Database, kind: str = meeting_letters.KIND) -> list[str]:
    """The subjects of all letters of a kind, the oldest first."""
    with db.reading() as session:
        rows = session.scalars(sa.select(Message.words).where(Message.kind == kind).order_by(Message.id))
        return [words["subject"]["msgid"].split(":")[0] for words in rows]


def test_members_are_reminded_the_day_before_by_day_and_once(any_db: Database) -> None:
    with at(any_db, NOON) as session:
        amina = member(session, "Amina")
        meetings.plan(session, group_id(session), held=DAY, starts="18:00", by=office(session))
    for hours in (-24, -3, 8, 12):  # the day before the eve; at seven; at six in the evening; at night
        tick(any_db, EVE + timedelta(hours=hours))
    assert len(subjects(any_db)) == 1
    for minutes in (0, 1, 60):
        tick(any_db, EVE + timedelta(minutes=minutes))
    assert subjects(any_db) == ["Meeting of the group {number}", "Tomorrow"]
    with any_db.reading() as session:
        (letter,) = letters_to(session, amina)
        assert "Tomorrow" in letter.subject.msgid, "the invitation had not left yet, and is no longer said"


def test_cancelled_and_inexact_meetings_remind_nobody(any_db: Database) -> None:
    with at(any_db, NOON) as session:
        by, number = office(session), group_id(session)
        meeting = meetings.plan(session, number, held=DAY, by=by)
        meetings.cancel(session, meeting, by=by)
        meetings.plan(session, number, held=When.parse("Januar 2027"), by=by)
    tick(any_db, EVE)
    assert "Tomorrow" not in subjects(any_db)


def test_who_has_just_been_told_is_not_reminded_and_a_moved_meeting_reminds_again(any_db: Database) -> None:
    with at(any_db, EVE) as session:
        by, number = office(session), group_id(session)
        meeting = meetings.plan(session, number, held=DAY, by=by)
    tick(any_db, EVE + timedelta(minutes=1))
    assert "Tomorrow" not in subjects(any_db)
    with at(any_db, EVE) as session:
        meeting = meetings.get(session, meeting.id).meeting
        meetings.change(session, meeting, Details(When.parse("2027-01-20")), by=by)
    tick(any_db, EVE + timedelta(days=8))
    with at(any_db, EVE + timedelta(days=8)) as session:
        meeting = meetings.get(session, meeting.id).meeting
        meetings.change(session, meeting, Details(When.parse("2027-01-27")), by=by)
    tick(any_db, EVE + timedelta(days=15))
    assert subjects(any_db).count("Tomorrow") == 2


def test_leads_are_asked_for_minutes_once_two_days_later(any_db: Database) -> None:
    with at(any_db, NOON) as session:
        number = group_id(session)
        leads.appoint(session, number, member(session, "Amina"))
        meetings.plan(session, number, held=DAY, by=office(session))
    kind = meeting_letters.MINUTES_KIND
    tick(any_db, EVE + timedelta(days=2))
    assert subjects(any_db, kind) == []
    for days in (3, 4, 5):
        tick(any_db, EVE + timedelta(days=days))
    assert subjects(any_db, kind) == ["Minutes of the meeting of the group {number}"]


def test_nobody_is_asked_for_minutes_that_are_here_or_of_old_meetings(any_db: Database) -> None:
    with at(any_db, NOON) as session:
        by, number = office(session), group_id(session)
        leads.appoint(session, number, member(session, "Amina"))
        held = meetings.plan(session, number, held=DAY, by=by)
        sent = meetings.plan(session, number, held=When.parse("2027-01-13"), by=by)
        answers = {"meeting": str(sent.id), "text": "…"}
        arrive(session, Arrival("meeting-minutes", "k", 1, number, "page", "de", "t", answers))
    with at(any_db, EVE + timedelta(days=2)) as session:
        meetings.take_minutes(session, meetings.get(session, held.id).meeting, "Kurz.", by=by)
    for days in (3, 4, 30):
        tick(any_db, EVE + timedelta(days=days))
    assert subjects(any_db, meeting_letters.MINUTES_KIND) == []


def test_the_clockwork_tells_those_who_did_not_fit_into_the_first_batch(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meeting_letters, "BATCH", 2)
    with at(any_db, NOON) as session:
        everybody = [member(session, name) for name in ("Amina", "Boris", "Carla", "Dana", "Emil")]
        meetings.plan(session, group_id(session), held=DAY, by=office(session))
    with at(any_db, NOON + timedelta(minutes=1)) as session:
        late = member(session, "Fatma")
    for minutes in (2, 3):
        tick(any_db, NOON + timedelta(minutes=minutes))
    with any_db.reading() as session:
        assert [letters_to(session, one) for one in everybody] == [[ANY]] * 5
        assert letters_to(session, late) == []
