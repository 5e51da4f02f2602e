"""Weekly letters: on Monday, once, with what was new; right about what changed meanwhile; safe to kill."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.recording import listening
from models import (
    changes,
    clock,
    digests,
    meeting_reminders,
    meetings,
    people,
    preferences,
    stopping,
    subscriptions,
)
from models.changes import Author, Subject
from models.db import Database
from models.letters import Letter
from models.meetings import Details
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.preferences import DigestItem, Rhythm, Topic
from models.settings import Settings
from models.updates import ButtonKind, Update, UpdateGroup, UpdateState
from models.when import When
from tests.models.test_meetings import group_id, letters_to, member, office
from translations import Localised

MONDAY = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)  # eight o'clock in Paderborn
BEFORE = MONDAY - timedelta(days=2)
SETTINGS = Settings(secret="tests-only-secret", _env_file=None)


@contextmanager
def at(db: Database, moment: datetime) -> Iterator[Session]:
    """A transaction at a moment."""
    with clock.frozen(moment), db.transaction() as session:
        yield session


def tick(db: Database, moment: datetime = MONDAY) -> int:
    """The clockwork's turn at a moment."""
    with clock.frozen(moment):
        return digests.tick(db, SETTINGS)


def update(session: Session, title: str, *, group: int | None = None, **more: object) -> Update:
    """An update that has been sent."""
    now = clock.now()
    values = {
        "state": UpdateState.SENT, "source": "de", "title": Localised({"de": title, "ar": f"عن {title}"}),
        "body": Localised(dict.fromkeys(("de", "ar"), "**Gute Nachricht.** " + "Wir laden ein. " * 40)),
        "picture_words": Localised({}),
        "button": ButtonKind.NONE, "button_label": Localised({}), "audience": {}, "is_public": True,
        "created_at": now, "changed_at": now, "sent_at": now,
    }  # fmt: skip
    made = Update(**{**values, **more})
    session.add(made)
    session.flush()
    if group is not None:
        session.add(UpdateGroup(update_id=made.id, group_id=group))
    return made


def waits(session: Session, person: Person, one: Update) -> None:
    """Let an update wait for a person's weekly letter."""
    session.add(DigestItem(person_id=person.id, update_id=one.id, added_at=clock.now()))
    session.flush()


def weekly(session: Session, name: str, *topics: Topic) -> Person:
    """A member of 7.49 who wants to hear weekly of these topics."""
    person = member(session, name)
    for topic in topics:
        preferences.set_wish(session, person.id, topic, group_id(session), Rhythm.WEEKLY)
    return person


def said(letter: Letter, tag: str = "de") -> str:
    """A letter's words."""
    return "\n".join(words.to(tag) for words in letter.paragraphs)


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2027-01-04T07:00", "2027-01-04T07:00"),
        ("2027-01-04T06:59", "2026-12-28T07:00"),
        ("2027-01-10T23:30", "2027-01-04T07:00"),
        ("2027-03-29T06:00", "2027-03-29T06:00"),  # the clocks went forward the day before
        ("2027-03-29T05:59", "2027-03-22T07:00"),
    ],
)
def test_the_week_begins_on_monday_at_eight(now: str, monday: str) -> None:
    moment, wanted = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (now, monday))
    assert digests.monday(moment, "Europe/Berlin") == wanted


def test_one_letter_tells_what_waits_and_nothing_is_told_twice(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        amina = weekly(session, "Amina", Topic.UPDATES)
        for title in ("Sprachcafé", "Werkstatt"):
            waits(session, amina, update(session, title))
    assert tick(any_db, MONDAY - timedelta(minutes=1)) == 0, "that is still last week"
    with at(any_db, MONDAY + timedelta(minutes=1)) as session:
        waits(session, amina, update(session, "Zu spät"))
    assert tick(any_db, MONDAY + timedelta(minutes=2)) == 1
    assert tick(any_db, MONDAY + timedelta(minutes=3)) == 0
    with any_db.reading() as session:
        (letter,) = letters_to(session, amina)
        assert session.scalars(sa.select(sa.func.count()).select_from(DigestItem)).one() == 1
    assert said(letter).index("Sprachcafé") < said(letter).index("Werkstatt")
    assert "Zu spät" not in said(letter)
    assert "**" not in said(letter)
    assert max(len(words.to("de")) for words in letter.paragraphs) < 320, "first lines only"
    assert "عن Werkstatt" in [button.label.to("ar") for button in letter.buttons]
    assert letter.buttons[0].page.startswith("/{lang}/news/")
    assert letter.buttons[-1].verb == "stop:0:0:weekly"
    assert tick(any_db, MONDAY + timedelta(days=7)) == 1


def test_what_was_stopped_corrected_or_is_not_wanted_any_more(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        amina, number = weekly(session, "Amina", Topic.UPDATES), group_id(session)
        boris = weekly(session, "Boris", Topic.UPDATES)
        off, wrong = update(session, "Abgeblasen"), update(session, "Falscher Tag", group=number)
        inner = update(session, "Nur für Sie", is_public=False)
        for person in (amina, boris):
            for one in (off, wrong, inner):
                waits(session, person, one)
    with at(any_db, BEFORE + timedelta(hours=1)) as session:
        session.get_one(Update, off.id).state = UpdateState.CANCELLED
        wrong = session.get_one(Update, wrong.id)
        wrong.title, wrong.corrected_at = Localised({"de": "Richtiger Tag"}), clock.now()
        stopping.stop(session, boris.id, Topic.UPDATES, number)
    assert tick(any_db) == 1
    with any_db.reading() as session:
        (letter,) = letters_to(session, amina)
        assert letters_to(session, boris) == [], (
            "who has stopped their only group hears nothing of all groups"
        )
    assert "Abgeblasen" not in said(letter)
    assert "Falscher Tag" not in said(letter)
    assert "Das wurde berichtigt:\nRichtiger Tag" in said(letter)
    assert said(letter).count("Wir laden ein.") > 40, "what has no page is told whole"
    assert not [one for one in letter.buttons if one.page == f"/{{lang}}/news/{inner.id}"]


def test_who_left_or_stopped_the_one_of_two_groups_that_is_theirs_is_not_told(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        amina, boris, carla = (weekly(session, name, Topic.UPDATES) for name in ("Amina", "Boris", "Carla"))
        number = group_id(session)
        one = update(session, "Für zwei Gruppen", group=number)
        session.add(UpdateGroup(update_id=one.id, group_id=number + 1))
        for person in (amina, boris, carla):
            waits(session, person, one)
    with at(any_db, BEFORE + timedelta(hours=1)) as session:
        stopping.stop(session, boris.id, Topic.UPDATES, number)
        left = sa.update(Membership).where(Membership.person_id == carla.id)
        session.execute(left.values(state=MembershipState.LEFT))
    assert tick(any_db) == 1
    with any_db.reading() as session:
        assert [len(letters_to(session, one)) for one in (amina, boris, carla)] == [1, 0, 0]


def test_quiet_hours_and_the_channel_count(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        amina = weekly(session, "Amina")
        preferences.set_wish(session, amina.id, Topic.UPDATES, None, Rhythm.WEEKLY, ChannelKind.TELEGRAM)
        preferences.set_quiet(session, amina, 22, 10)
        amina.telegram_id = 4711
        waits(session, amina, update(session, "Sprachcafé"))
        called = weekly(session, "Frieda", Topic.UPDATES)
        people.complete(
            session, called, name="Frieda", email=None, phone="05251 1", organisation="",
            organisation_kind=None, prefers=ChannelKind.PHONE,
        )  # fmt: skip
        waits(session, called, update(session, "Werkstatt"))
    tick(any_db)
    with any_db.reading() as session:
        one = session.scalars(sa.select(Delivery)).one()
        assert (one.person_id, one.channel) == (amina.id, ChannelKind.TELEGRAM)
        assert one.not_before == MONDAY + timedelta(hours=2)
        assert session.scalars(sa.select(sa.func.count()).select_from(DigestItem)).one() == 0


def test_weekly_meetings_and_changes_stand_in_the_letter_and_come_no_other_way(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        amina = weekly(session, "Amina", Topic.MEETINGS, Topic.REMINDERS, Topic.CHANGES)
        number, by = group_id(session), office(session)
        subscriptions.follow(session, amina.id, number)
        meetings.plan(session, number, held=When.parse("2027-01-06"), starts="18:00", place="Rathaus", by=by)
        meetings.plan(session, number, held=When.parse("2027-03-03"), by=by)
        gone = meetings.plan(session, number, held=When.parse("2027-02-02"), by=by)
        changes.record(session, number, Subject.NOTES, by=Author(), after="Neue Räume")
        meetings.cancel(session, gone, by=by)
        assert letters_to(session, amina) == []
    assert tick(any_db) == 1
    with any_db.reading() as session:
        (letter,) = letters_to(session, amina)
    assert "6. Januar 2027" in said(letter)
    assert "Rathaus" in said(letter)
    assert "3. März 2027" in said(letter), "planned last week"
    assert "abgesagt" in said(letter)
    assert "Neue Räume" in said(letter)
    with clock.frozen(datetime(2027, 1, 5, 10, tzinfo=UTC)):
        meeting_reminders.tick(any_db, SETTINGS)
    with at(any_db, MONDAY + timedelta(days=1)) as session:
        assert len(letters_to(session, amina)) == 1, "no reminder beside it"
        soon = meetings.of_group(session, number)[0]
        meetings.change(session, soon, Details(When.parse("2027-01-07")), by=by)
        assert len(letters_to(session, amina)) == 2, "a change of this week is told at once"
    assert tick(any_db, MONDAY + timedelta(days=7)) == 1, "the meeting that moved"
    assert tick(any_db, MONDAY + timedelta(days=14)) == 0, "nothing new is no letter"


def test_many_people_take_no_more_statements_each_and_stopping_drops_the_letter(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        one = update(session, "Sprachcafé")
        everybody = [weekly(session, f"Person{number}", Topic.UPDATES) for number in range(12)]
        for person in everybody:
            waits(session, person, one)
    with listening(any_db) as heard:
        assert tick(any_db) == 12
    looks = [one for one in heard if one.sql.lstrip().startswith("SELECT")]
    assert len(looks) <= 20, [one.sql[:80] for one in looks]
    with at(any_db, MONDAY) as session:
        stopping.stop_weekly(session, everybody[0].id)
        assert [len(letters_to(session, person)) for person in everybody[:2]] == [0, 1]
        dropped = sa.select(Delivery.person_id).where(Delivery.state == DeliveryState.DROPPED)
        assert session.scalars(dropped).all() == [everybody[0].id]


KILLED = """
import os, sys
from datetime import datetime
from models import clock, digests, outbox
from models.db import Database
from models.settings import Settings
digests.BATCH = 3
post, calls = outbox.post, []
def dying(*args, **values):
    calls.append(1)
    if len(calls) == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
    return post(*args, **values)
outbox.post = dying
with clock.frozen(datetime.fromisoformat(sys.argv[2])):
    digests.tick(Database(sys.argv[1]), Settings(secret="x", _env_file=None))
"""


def test_killed_in_the_middle_nobody_is_left_out_or_told_twice(any_db: Database) -> None:
    with at(any_db, BEFORE) as session:
        one = update(session, "Sprachcafé")
        everybody = [weekly(session, f"Person{number}", Topic.UPDATES) for number in range(10)]
        for person in everybody:
            waits(session, person, one)
    url = any_db.url.render_as_string(hide_password=False)
    for call in ("2", "5"):
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, url, MONDAY.isoformat(), call], env=dict(os.environ), timeout=60
        )
        assert ended.returncode == -9
    tick(any_db)
    with any_db.reading() as session:
        assert [len(letters_to(session, person)) for person in everybody] == [1] * 10
        assert session.scalars(sa.select(sa.func.count()).select_from(DigestItem)).one() == 0
        done = f"digests:{MONDAY:%Y-%m-%d}"
        assert session.scalar(sa.select(sa.func.count(Message.id)).where(Message.key == done)) == 1
