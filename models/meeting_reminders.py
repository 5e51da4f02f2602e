"""What meetings bring about by themselves: the reminder the day before, the question for minutes after."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, groups, leads, meeting_letters, outbox
from models.db import Database
from models.groups import GroupCard
from models.letters import Button, Letter
from models.meeting_letters import KIND, MINUTES_KIND, News
from models.outbox import Message
from models.settings import Settings
from models.sheets import GoalSheet, Meeting, MeetingState
from models.submissions import OPEN_STATES, Submission
from translations import _

MORNING, EVENING = time(9), time(18)  # local; reminders go out between them
JUST_TOLD = timedelta(hours=12)  # who has heard of a meeting so lately needs no reminder
ASK_AFTER = timedelta(days=2)
ASK_UNTIL = timedelta(days=14)  # later nobody remembers, and old meetings that were imported stay quiet
SPREADING = timedelta(days=1)  # how long letters that did not fit into their first batch are looked for
MINUTES_FORM = "meeting-minutes"
_HELD = Meeting.__table__.c


def tick(db: Database, settings: Settings) -> int:
    """Remind, ask for minutes, and send on what is still to be told; return how many letters went out."""
    done = _spread(db)
    local = clock.now().astimezone(ZoneInfo(settings.zone))
    if MORNING <= local.time() < EVENING:
        done += _remind(db, local.date())
        done += _ask_for_minutes(db, local.date())
    return done


def _remind(db: Database, today: date) -> int:
    """Tell of tomorrow's meetings, each once; those told of just now need no reminder."""
    wanted = (
        Meeting.state == MeetingState.PLANNED,
        _HELD.held_earliest == today + timedelta(days=1),
        _HELD.held_latest == _HELD.held_earliest,
        Meeting.reminded_at.is_(None),
        sa.or_(Meeting.changed_at.is_(None), Meeting.changed_at <= clock.now() - JUST_TOLD),
    )
    with db.reading() as session:
        found = session.scalars(sa.select(Meeting.id).where(*wanted)).all()
    for meeting_id in found:
        with db.transaction() as session:  # one each: a reminder is sent with the note that it was
            row = session.execute(
                sa.select(Meeting, GoalSheet.group_id)
                .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
                .where(Meeting.id == meeting_id, *wanted)
                .with_for_update(of=Meeting)  # who changes it now waits, and then takes our letter back
            ).first()
            if row is not None:
                meeting, group_id = row
                meeting.reminded_at = clock.now()
                session.flush()
                meeting_letters.announce(session, meeting, group_id, News.REMINDER)
    return len(found)


def _spread(db: Database) -> int:
    """Send letters to those who did not fit into the first batch, a batch in each transaction."""
    with db.reading() as session:
        fresh = session.execute(
            sa.select(Message.id, Message.key).where(
                Message.kind == KIND, Message.created_at >= clock.now() - SPREADING
            )
        ).all()
    done = 0
    for message_id, key in fresh:
        while sent := _spread_some(db, message_id, key or ""):
            done += sent
    return done


def _spread_some(db: Database, message_id: int, key: str) -> int:
    _kind, meeting_id, sequence, kind_of_news = key.split(":")
    news = News(kind_of_news)
    told_of = (
        sa.select(Meeting, GoalSheet.group_id)
        .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
        .where(Meeting.id == int(meeting_id), Meeting.sequence == int(sequence))
    )
    with db.reading() as session:  # mostly all have it, and writing would hold others up
        row = session.execute(told_of).first()
        if row is None:
            return 0
        told = (row.Meeting, row.group_id, news)
        if not meeting_letters.waiting(session, message_id, *told):
            return 0
    with db.transaction() as session:
        # Held: two who spread at once would send it twice, and one who changes it now has to come after us.
        row = session.execute(told_of.with_for_update(of=Meeting)).first()
        if row is None:
            return 0
        return meeting_letters.send_batch(session, message_id, row.Meeting, row.group_id, news)


def _ask_for_minutes(db: Database, today: date) -> int:
    """Ask the leads of meetings that are over, once, unless minutes are here or under way."""
    with db.reading() as session:
        found = [
            (meeting, group_id)
            for meeting, group_id in session.execute(_without_minutes(today)).all()
            if not _is_under_way(session, meeting, group_id)
        ]
    for meeting, group_id in found:
        with db.transaction() as session:
            card = groups.directory(session).by_id(group_id)
            if card is None:
                continue
            letter = minutes_wanted(card, meeting)
            message_id = outbox.write(session, letter, kind=MINUTES_KIND, key=_minutes_key(meeting.id))
            for person in leads.of_group(session, group_id) if message_id else ():
                outbox.send_to(session, message_id or 0, person)
    return len(found)


def _minutes_key(meeting_id: int) -> str:
    return f"minutes:{meeting_id}"


def _without_minutes(today: date) -> sa.Select[Meeting, int]:
    asked = sa.select(Message.id).where(
        Message.key == sa.literal("minutes:").concat(sa.cast(Meeting.id, sa.String))
    )
    return (
        sa.select(Meeting, GoalSheet.group_id)
        .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
        .where(
            Meeting.state == MeetingState.PLANNED, Meeting.minutes == "",
            _HELD.held_latest <= today - ASK_AFTER, _HELD.held_latest >= today - ASK_UNTIL,
            _HELD.held_earliest == _HELD.held_latest, ~asked.exists(),
        )
    )  # fmt: skip


def _is_under_way(session: Session, meeting: Meeting, group_id: int) -> bool:
    """Tell whether minutes of this meeting wait for the office already."""
    waiting: Sequence[Submission] = session.scalars(
        sa.select(Submission).where(
            Submission.form == MINUTES_FORM,
            Submission.group_id == group_id,
            Submission.state.in_(OPEN_STATES),
        )
    ).all()
    return any(one.answers.get("meeting") == str(meeting.id) for one in waiting)


def minutes_wanted(card: GroupCard, meeting: Meeting) -> Letter:
    """Ask a lead how a meeting went."""
    ask = _("How was the meeting of the group “{group}”?")
    return Letter(
        _("Minutes of the meeting of the group {number}")(number=card.number),
        (
            ask(group=meeting_letters.named(card)),
            _("It was on {when}.")(when=meeting_letters.when_said(meeting)),
            _("A few sentences are enough: what was talked about, what was decided, when you meet again."),
        ),
        (
            Button(
                _("Write the minutes"),
                verb=f"minutes:{meeting.id}:0",
                page=f"/{{lang}}/forms/{MINUTES_FORM}?group={card.code}&meeting={meeting.id}",
            ),
        ),
    )
