"""Telling people what has changed: once, bundled, by day, on the way that works, until they end it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    change_letters,
    changes,
    clock,
    digests,
    groups,
    links,
    merging,
    mydata,
    people,
    preferences,
    privacy,
    retention,
    subscriptions,
)
from models.change_letters import KIND
from models.changes import Author, Subject
from models.db import Database
from models.forms.follow_group import FollowGroup
from models.forms.form import Receipt, Sender
from models.forms.questions import Context
from models.letters import Letter
from models.links import Purpose
from models.outbox import BROADCAST, Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.preferences import Rhythm, Topic
from models.settings import Settings
from models.submissions import State, Submission
from models.subscriptions import Subscription
from tests import lives

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)  # twelve o'clock in Paderborn
SETTINGS = Settings(secret="tests-only-secret", _env_file=None)


@contextmanager
def later(**span: float) -> Iterator[None]:
    """Some time after noon."""
    with clock.frozen(NOON + timedelta(**span)):
        yield


def follow(
    db: Database, name: str, number: str = "7.49", *, confirmed: bool = True, **answers: str
) -> Receipt:
    """Fill in the form on the page, at noon."""
    raw = {"group": number, "reach": "email", "email": f"{name}@example.org", **answers}
    with clock.frozen(NOON), db.reading() as reading:
        form = FollowGroup(raw, Context(reading, "en"), complete=True)
        assert form.is_complete, form.errors
        with db.transaction() as session:
            receipt = form.submit(session, Sender("page", "en", f"{name}-{number}-{len(answers)}"))
            person = people.by_email(session, f"{name}@example.org")
            if person and confirmed:
                people.confirm_email(session, person)
    return receipt


def known(session: Session, name: str) -> Person:
    """The person of an address."""
    found = people.by_email(session, f"{name}@example.org")
    assert found is not None
    return found


def change(db: Database, words: str, number: str = "7.49", **span: float) -> None:
    """Change a goal sheet's notes some time after noon."""
    with later(**span), db.transaction() as session:
        group = groups.directory(session).get(number)
        changes.record(session, group.id, Subject.NOTES, by=Author(), after=words)


def tick(db: Database, **span: float) -> int:
    """Look at the clock some time after noon."""
    with later(**span):
        return change_letters.tick(db, SETTINGS)


def told(db: Database, name: str) -> list[str]:
    """The letters about changes to somebody, in their language, the oldest first."""
    with db.reading() as session:
        rows = session.execute(
            sa.select(Message.words, Person.language)
            .join(Delivery, Delivery.message_id == Message.id)
            .join(Person, Person.id == Delivery.person_id)
            .where(Person.email == f"{name}@example.org", Message.kind == KIND)
            .order_by(Delivery.id)
        ).all()
    letters = [(Letter.unpack(words), tag) for words, tag in rows]
    return ["\n".join(words.to(tag) for words in letter.paragraphs) for letter, tag in letters]


def test_changes_are_told_once_and_together(any_db: Database) -> None:
    change(any_db, "davor", minutes=-60)
    follow(any_db, "amina")
    assert tick(any_db, minutes=15) == 0, "nothing that was there before"
    change(any_db, "erste", minutes=20)
    change(any_db, "zweite", minutes=25)
    assert tick(any_db, minutes=29) == 0, "it has to settle"
    assert tick(any_db, minutes=36) == 1
    assert tick(any_db, minutes=37) == 0
    (letter,) = told(any_db, "amina")
    assert letter.index("erste") < letter.index("zweite")
    assert "davor" not in letter
    with any_db.reading() as session:
        one = session.scalars(
            sa.select(Delivery).join(Message, Message.id == Delivery.message_id).where(Message.kind == KIND)
        ).one()
    assert (one.channel, one.state, one.priority) == (ChannelKind.EMAIL, DeliveryState.QUEUED, BROADCAST)


def test_at_most_one_letter_an_hour_about_a_group(any_db: Database) -> None:
    follow(any_db, "amina")
    follow(any_db, "amina", "1.2")
    change(any_db, "erste", minutes=1)
    assert tick(any_db, minutes=12) == 1
    change(any_db, "zweite", minutes=20)
    change(any_db, "dritte", "1.2", minutes=20)
    assert tick(any_db, minutes=40) == 1, "the other group only"
    assert tick(any_db, minutes=71) == 0
    assert tick(any_db, minutes=73) == 1
    assert ["zweite" in letter for letter in told(any_db, "amina")] == [False, False, True]
    assert ["erste" in letter for letter in told(any_db, "amina")] == [True, False, False]


def test_who_waits_for_an_hour_is_told_although_somebody_is_still_at_work(any_db: Database) -> None:
    follow(any_db, "amina")
    for minute in range(0, 75, 5):
        change(any_db, f"Stand {minute}", minutes=minute + 1)
        made = tick(any_db, minutes=minute + 2)
        assert made == (1 if minute == 60 else 0), minute


def test_at_night_nobody_is_told_and_in_the_morning_everything_at_once(any_db: Database) -> None:
    follow(any_db, "amina")
    change(any_db, "abends", hours=9)
    change(any_db, "nachts", hours=14)
    assert tick(any_db, hours=15) == 0
    assert tick(any_db, hours=20, minutes=1) == 1
    assert all(word in told(any_db, "amina")[0] for word in ("abends", "nachts"))


def test_an_address_that_nobody_confirmed_gets_nothing_until_somebody_does(any_db: Database) -> None:
    follow(any_db, "amina", confirmed=False)
    change(any_db, "erste", minutes=1)
    assert tick(any_db, minutes=12) == 0
    with any_db.transaction() as session:
        kinds = session.scalars(sa.select(Message.kind)).all()
        people.confirm_email(session, known(session, "amina"))
    assert list(kinds) == ["confirm"]
    assert tick(any_db, minutes=90) == 1


def test_asking_twice_is_one_wish_and_nothing_waits_for_the_office(any_db: Database) -> None:
    assert follow(any_db, "amina").is_new
    follow(any_db, "amina", again="yes")
    with any_db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Subscription.id))) == 1
        assert set(session.scalars(sa.select(Submission.state))) == {State.ACCEPTED}


def test_the_end_is_at_once(any_db: Database) -> None:
    follow(any_db, "amina")
    change(any_db, "erste", minutes=1)
    with any_db.transaction() as session:
        one = session.scalars(sa.select(Subscription)).one()
        assert subscriptions.stop(session, one.person_id, one.group_id)
        assert not subscriptions.stop(session, one.person_id, one.group_id)
    assert tick(any_db, minutes=12) == 0


def test_every_letter_can_end_it(any_db: Database) -> None:
    follow(any_db, "amina")
    change(any_db, "erste", minutes=1)
    tick(any_db, minutes=12)
    with any_db.reading() as session:
        words = session.scalars(sa.select(Message.words).where(Message.kind == KIND)).one()
        group = groups.directory(session).get("7.49")
    less, stop = (one for one in Letter.unpack(words).buttons if one.purpose is Purpose.NEWS)
    assert (less.verb, stop.verb) == (f"less:{group.id}:0:changes", f"stop:{group.id}:0:changes")
    assert less.page == stop.page == "/{lang}/messages/changes/{link}"
    assert less.target_id == stop.target_id == group.id


def test_rhythm_channel_and_quiet_hours_are_each_persons_own(any_db: Database) -> None:
    for name in ("amina", "boris", "carla"):
        follow(any_db, name)
    with later(), any_db.transaction() as session:
        amina, boris = known(session, "amina"), known(session, "boris")
        preferences.set_wish(session, amina.id, Topic.CHANGES, None, Rhythm.WEEKLY)
        preferences.set_wish(session, boris.id, Topic.CHANGES, None, Rhythm.INSTANT, ChannelKind.TELEGRAM)
        boris.telegram_id = 4711
        preferences.set_quiet(session, boris, 12, 14)
    change(any_db, "erste", minutes=1)
    assert tick(any_db, minutes=12) == 2
    with any_db.reading() as session:
        rows = session.execute(
            sa.select(Person.email, Delivery.channel, Delivery.not_before)
            .join(Person, Person.id == Delivery.person_id)
            .join(Message, Message.id == Delivery.message_id)
            .where(Message.kind == KIND)
        )
        found = {row.email.partition("@")[0]: (row.channel, row.not_before) for row in rows}
    assert found == {
        "boris": (ChannelKind.TELEGRAM, NOON + timedelta(hours=2)),
        "carla": (ChannelKind.EMAIL, NOON + timedelta(minutes=12)),
    }
    with any_db.reading() as session:
        amina = known(session, "amina")
        waiting = sa.select(Subscription.told_until).where(Subscription.person_id == amina.id)
        behind = session.scalars(waiting).one()
    with later(days=3):  # the Monday after
        assert digests.tick(any_db, SETTINGS) == 1
    with any_db.reading() as session:
        assert session.scalars(waiting).one() > behind


def test_more_than_a_batch_is_told_each_once(any_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_letters, "BATCH", 3)
    names = [f"mensch{number}" for number in range(10)]
    for name in names:
        follow(any_db, name)
    change(any_db, "erste", minutes=1)
    assert tick(any_db, minutes=12) == 10
    assert tick(any_db, minutes=13) == 0
    assert all(len(told(any_db, name)) == 1 for name in names)


def test_two_who_tick_at_once_tell_once(any_db: Database) -> None:
    follow(any_db, "amina")
    change(any_db, "erste", minutes=1)
    with later(minutes=12):
        with any_db.reading() as session:
            due = change_letters._due(session)
        assert change_letters.tick(any_db, SETTINGS) == 1
        with any_db.transaction() as session:
            session.execute(sa.update(Subscription).values(told_until=0, told_at=None))
            assert change_letters._tell(session, due[0], SETTINGS.zone) == (1, 0)
    assert len(told(any_db, "amina")) == 1


def test_what_is_no_longer_public_makes_no_letter(any_db: Database) -> None:
    follow(any_db, "amina")
    with later(minutes=1), any_db.transaction() as session:
        group = groups.directory(session).get("7.49")
        changes.record(session, group.id, Subject.PARTICIPANT, by=Author(), after="Petra Privat")
    assert tick(any_db, minutes=12) == 0
    with any_db.reading() as session:
        assert session.scalars(sa.select(Subscription.told_at)).one() is None


def test_people_are_told_where_it_works_even_if_they_like_to_be_called(any_db: Database) -> None:
    follow(any_db, "amina")
    with any_db.transaction() as session:
        person = known(session, "amina")
        person.prefers, person.phone, person.telegram_id = ChannelKind.PHONE, "05251 1", 4711
    change(any_db, "erste", minutes=1)
    assert tick(any_db, minutes=12) == 1
    with any_db.reading() as session:
        sent = sa.select(Delivery.channel).join(Message, Message.id == Delivery.message_id)
        assert session.scalars(sent.where(Message.kind == KIND)).one() is ChannelKind.TELEGRAM


def test_two_who_become_one_are_told_once(any_db: Database) -> None:
    follow(any_db, "amina")
    follow(any_db, "amina2")
    with any_db.transaction() as session:
        first, second = known(session, "amina"), known(session, "amina2")
        merging.merge(session, first, second)
        session.expire_all()
        data = mydata.collect(session, first)
        assert len(subscriptions.of_person(session, first.id)) == 1
    assert [name.split()[0] for name in data["told_of_changes_in"]] == ["7.49"]


def test_a_subscription_goes_with_its_person(any_db: Database) -> None:
    follow(any_db, "amina")
    with any_db.transaction() as session:
        privacy.erase(session, known(session, "amina"))
    with any_db.reading() as session:
        assert session.scalars(sa.select(Subscription)).all() == []


def test_an_address_that_nobody_confirms_is_let_go(paderborn: Database) -> None:
    follow(paderborn, "amina", confirmed=False)
    with clock.frozen(NOON + timedelta(days=8)):
        retention.prune(paderborn)
    with paderborn.reading() as session:
        assert people.by_email(session, "amina@example.org") is None
        assert session.scalars(sa.select(Submission)).all() == []


def test_a_form_from_the_page_follows_into_the_chat(any_db: Database) -> None:
    follow(any_db, "known")
    receipt = follow(any_db, "known", "1.2")
    with clock.frozen(NOON), any_db.transaction() as session:
        chat = people.by_chat(session, 77, language="en")
        sent = session.get_one(Submission, receipt.submission_id)
        assert merging.connect(session, chat, sent)
        directory = groups.directory(session)
        mine = [directory.by_id(number) for number in subscriptions.of_person(session, chat.id)]
        owner = known(session, "known")
        theirs = [directory.by_id(number) for number in subscriptions.of_person(session, owner.id)]
    assert [[card.number for card in cards if card] for cards in (mine, theirs)] == [["1.2"], ["7.49"]]


def test_killed_in_the_middle_nobody_is_left_out_or_told_twice(any_db: Database) -> None:
    names = [f"mensch{number}" for number in range(10)]
    for name in names:
        follow(any_db, name)
    change(any_db, "erste", minutes=1)
    address = any_db.url.render_as_string(hide_password=False)
    moment = (NOON + timedelta(minutes=12)).isoformat()
    for letter in (5, 2):
        process = lives.begin(lives.spread, address, moment, letter)
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    assert tick(any_db, minutes=13) == 7
    assert [len(told(any_db, name)) for name in names] == [1] * 10


def test_a_stop_link_names_the_group(any_db: Database) -> None:
    follow(any_db, "amina")
    with any_db.transaction() as session:
        one = session.scalars(sa.select(Subscription)).one()
        token = links.issue(session, Purpose.STOP, person_id=one.person_id, target_id=one.group_id)
        link = links.look(session, token, Purpose.STOP)
    assert (link.person_id, link.target_id) == (one.person_id, one.group_id)
