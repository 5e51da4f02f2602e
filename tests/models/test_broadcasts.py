"""Broadcasts: one row, filled a few hundred at a time; stopped, corrected, resumed; on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from models import (
    broadcasts,
    clock,
    filling,
    merging,
    outbox,
    outgoing,
    periods,
    privacy,
    retention,
    stopping,
    updates_sending,
)
from models.audiences import Audience, Part
from models.broadcasts import Broadcast, BroadcastState
from models.db import Database
from models.group_chats import GroupChat
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.preferences import DigestItem, Rhythm, Topic
from models.settings import Settings
from models.updates import Update, UpdateState
from tests.models.region import House, begun, sent
from tests.models.together import A_MOMENT

SETTINGS = Settings(secret="tests-only-secret", courier_rate=0, _env_file=None)
NIGHT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def peopled(db: Database, many: int, audience: Audience = Audience(), **values: int) -> list[int]:  # noqa: B008
    """Members of a group, and an update on its way to them; their ids."""
    with db.transaction() as session:
        found = House(session).members(many, **values)
        begun(session, audience)
    return found


def rows(db: Database, number: int = 1) -> list[Delivery]:
    """The deliveries of a broadcast, by their ids."""
    with db.reading() as session:
        held = session.get_one(Broadcast, number)
        query = sa.select(Delivery).where(Delivery.message_id == held.message_id).order_by(Delivery.id)
        return list(session.scalars(query))


def settle_all(db: Database, channel: ChannelKind | None = None) -> None:
    """As if the courier had carried everything that waits."""
    with db.transaction() as session:
        session.execute(
            sa.update(Delivery)
            .where(
                Delivery.state == DeliveryState.QUEUED,
                Delivery.channel.in_([channel] if channel else ChannelKind),
            )
            .values(state=DeliveryState.SENT, settled_at=clock.now(), external_id=Delivery.id + 1000)
        )


def held(db: Database, number: int = 1) -> Broadcast:
    with db.reading() as session:
        return session.get_one(Broadcast, number)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches."""
    monkeypatch.setattr(filling, "BATCH", 10)
    monkeypatch.setattr(filling, "LOW", 4)


@pytest.mark.usefixtures("small")
def test_deliveries_are_made_a_batch_at_a_time_just_ahead_of_who_carries_them(any_db: Database) -> None:
    people = peopled(any_db, 25)
    assert filling.fill(any_db, SETTINGS) == 10
    assert held(any_db).planned == 25
    assert filling.fill(any_db, SETTINGS) == 10  # only e-mail is full, and nothing is paced
    paced = SETTINGS.model_copy(update={"courier_rate": 25})
    assert filling.fill(any_db, paced) == 0
    settle_all(any_db)
    assert filling.fill(any_db, paced) == 5
    assert filling.fill(any_db, SETTINGS) == 0
    assert [one.person_id for one in rows(any_db)] == people
    assert {(one.channel, one.priority) for one in rows(any_db)} == {(ChannelKind.EMAIL, outbox.BROADCAST)}
    done = held(any_db)
    assert (done.state, done.planned, done.made) == (BroadcastState.DONE, 25, 25)
    with any_db.reading() as session:
        assert session.get_one(Update, done.update_id).state is UpdateState.SENT


@pytest.mark.usefixtures("small")
def test_a_mail_server_that_stands_still_does_not_keep_chats_waiting(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = House(session)
        house.members(12)
        house.members(20, chat=700)
        begun(session)
    paced = SETTINGS.model_copy(update={"courier_rate": 25})
    start = clock.now()
    seconds = 0.0
    while held(any_db).state is BroadcastState.RUNNING:
        with clock.frozen(start + timedelta(seconds=seconds)):
            filling.fill(any_db, paced)
            settle_all(any_db, channel=ChannelKind.TELEGRAM)
        assert seconds < 3
        seconds += 0.1
    assert seconds > 1.0  # not faster than chats can need it
    assert sum(one.channel is ChannelKind.TELEGRAM for one in rows(any_db)) == 20


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("is_off", [True, False])
def test_chats_that_are_switched_off_or_stand_still_keep_no_mail_waiting(
    paderborn: Database, is_off: bool
) -> None:
    with paderborn.transaction() as session:
        house = House(session)
        house.members(40, chat=700)
        house.members(20)
        begun(session)
    on = {"telegram": "on", "bot_token": SecretStr("x")}
    off = {"telegram": "off"}
    values = {"smtp_host": "mail.example", "courier_rate": 25} | (off if is_off else on)
    start = clock.now()
    for second in range(12):
        with clock.frozen(start + timedelta(seconds=second)):
            filling.fill(paderborn, SETTINGS.model_copy(update=values))
            settle_all(paderborn, channel=ChannelKind.EMAIL)
    assert held(paderborn).state is BroadcastState.DONE
    assert sum(one.channel is ChannelKind.EMAIL for one in rows(paderborn)) == 20


@pytest.mark.usefixtures("small")
def test_four_who_fill_at_once_make_each_delivery_once(any_db: Database) -> None:
    people = peopled(any_db, 57)
    together = threading.Barrier(4)

    def work() -> None:
        together.wait(60)
        for _time in range(30):
            filling.fill(any_db, SETTINGS)
            settle_all(any_db)

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [one.person_id for one in rows(any_db)] == people
    assert held(any_db).made == 57


def test_wishes_decide_on_rhythm_channel_and_hour(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = House(session)
        weekly, never, mail, quiet, called, held_back = house.members(6, chat=700)
        house.wish(weekly, Rhythm.WEEKLY)
        house.wish(never, Rhythm.NEVER)
        for person_id in (mail, held_back):
            session.get_one(Person, person_id).email = f"{person_id}@example.org"
        stopping.choose(session, mail, Topic.UPDATES, None, Rhythm.INSTANT)
        session.flush()
        session.execute(sa.text("UPDATE preferences SET channel = 'email' WHERE rhythm = 'instant'"))
        one = session.get_one(Person, quiet)
        one.quiet_from, one.quiet_until = 20, 7
        one = session.get_one(Person, called)
        one.prefers, one.phone = ChannelKind.PHONE, "05251 1"
        one = session.get_one(Person, held_back)
        one.telegram_id, one.email_confirmed_at = None, None
        begun(session)
    with clock.frozen(NIGHT):
        filling.fill(any_db, SETTINGS)
    found = {one.person_id: (one.channel.value, one.state.value) for one in rows(any_db)}
    assert found == {
        mail: ("email", "queued"), quiet: ("telegram", "queued"), held_back: ("email", "held"),
    }  # fmt: skip
    waits = {one.person_id: one.not_before for one in rows(any_db)}
    assert waits[mail] == NIGHT
    assert waits[quiet] == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    with any_db.reading() as session:
        assert session.scalars(sa.select(DigestItem.person_id)).all() == [weekly]


def test_a_linked_chat_gets_it_once_unless_it_is_for_some_only(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = House(session)
        house.members(2)
        group_id, now = house.group("7.49"), clock.now()
        for number, gone in ((-1, None), (-2, now)):
            session.add(
                GroupChat(group_id=group_id, chat_id=number, language="de", linked_at=now, gone_at=gone)
            )
        session.flush()
        begun(session)
        begun(session, Audience(parts=frozenset({Part.LEADS})))
        begun(session, Audience(groups=frozenset({house.group("1.2")})))
        begun(session, Audience(chats=False))
    for _time in range(3):
        filling.fill(any_db, SETTINGS)
    chats = [[one.group_chat_id for one in rows(any_db, n) if one.person_id is None] for n in range(1, 5)]
    assert [len(one) for one in chats] == [1, 0, 0, 0]
    with any_db.reading() as session:
        due = outgoing.next_due(session, ChannelKind.TELEGRAM, limit=9)
        assert [one.addressee for one in due] == [-chats[0][0]]  # type: ignore[operator]
        assert outgoing.next_due(session, ChannelKind.TELEGRAM, limit=9, resting=[due[0].addressee]) == []


@pytest.mark.usefixtures("small")
def test_a_cancelled_broadcast_makes_nothing_more_and_drops_what_waits(any_db: Database) -> None:
    peopled(any_db, 25)
    filling.fill(any_db, SETTINGS)
    with any_db.transaction() as session:
        session.execute(
            sa.update(Delivery).where(Delivery.id == rows(any_db)[0].id).values(state=DeliveryState.SENT)
        )
    with any_db.transaction() as session:
        assert broadcasts.cancel(session, held(any_db).update_id) == 9
    assert filling.fill(any_db, SETTINGS) == 0
    assert [one.state.value for one in rows(any_db)] == ["sent"] + ["dropped"] * 9
    with any_db.reading() as session:
        assert session.get_one(Update, held(any_db).update_id).state is UpdateState.CANCELLED


@pytest.mark.usefixtures("small")
def test_a_correction_goes_to_those_who_have_the_first_edition_over_the_same_channel(
    any_db: Database,
) -> None:
    with any_db.transaction() as session:
        house = House(session)
        house.members(12, chat=700)
        house.members(3)
        begun(session)
    for _time in range(3):
        filling.fill(any_db, SETTINGS)
    first = rows(any_db)
    leaving, late = first[0], first[1]
    with any_db.transaction() as session:
        for number, state in ((leaving.id, DeliveryState.SENDING), (late.id, DeliveryState.FAILED)):
            session.execute(sa.update(Delivery).where(Delivery.id == number).values(state=state))
    settle_all(any_db)
    with any_db.transaction() as session:
        update = session.get_one(Update, held(any_db).update_id)
        update.edition, update.state = 2, UpdateState.SENDING
        sent(session, update, "Besser")
    settle = {"state": DeliveryState.SENT, "settled_at": clock.now(), "external_id": 77}
    with any_db.transaction() as session:
        session.execute(sa.update(Delivery).where(Delivery.id == leaving.id).values(**settle))
    for _time in range(3):
        filling.fill(any_db, SETTINGS)
    second = {one.person_id: one for one in rows(any_db, 2)}
    assert set(second) == {one.person_id for one in first} - {late.person_id}
    assert len(rows(any_db, 2)) == 14
    for one in first[2:]:
        assert (second[one.person_id].channel, second[one.person_id].edits) == (one.channel, one.id + 1000)
    with any_db.reading() as session:
        assert broadcasts.edited_by(session, second[leaving.person_id]) == 77
        assert broadcasts.edited_by(session, first[2]) is None
    assert held(any_db, 2).state is BroadcastState.DONE


@pytest.mark.usefixtures("small")
def test_a_second_correction_ends_the_first_one(any_db: Database) -> None:
    peopled(any_db, 25)
    for _time in range(3):
        filling.fill(any_db, SETTINGS)
    settle_all(any_db)
    for edition in (2, 3):
        with any_db.transaction() as session:
            update = session.get_one(Update, held(any_db).update_id)
            update.edition = edition
            sent(session, update, "Besser")
        filling.fill(any_db, SETTINGS)
    assert held(any_db, 2).state is BroadcastState.CANCELLED
    assert {one.state.value for one in rows(any_db, 2)} == {"dropped"}
    assert {one.state.value for one in rows(any_db, 3)} == {"queued"}


@pytest.mark.usefixtures("small")
def test_a_correction_that_is_stopped_leaves_the_update_where_everybody_reads_it(any_db: Database) -> None:
    peopled(any_db, 25)
    while held(any_db).state is BroadcastState.RUNNING:
        filling.fill(any_db, SETTINGS)
        settle_all(any_db)
    number = held(any_db).update_id
    with any_db.transaction() as session:
        update = session.get_one(Update, number)
        update.edition, update.state = 2, UpdateState.SENDING
        sent(session, update, "Besser")
    filling.fill(any_db, SETTINGS)
    with any_db.transaction() as session:
        assert updates_sending.stop(session, number) == 10
    assert held(any_db, 2).state is BroadcastState.CANCELLED
    assert {one.state.value for one in rows(any_db, 2)} == {"dropped"}
    assert {one.state.value for one in rows(any_db)} == {"sent"}
    with any_db.reading() as session:
        assert session.get_one(Update, number).state is UpdateState.SENT


def test_what_speaks_against_a_delivery_is_asked_just_before_it_leaves(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = House(session)
        stays, stops, leaves, seldom, sleeps = house.members(5)
        begun(session)
    filling.fill(any_db, SETTINGS)
    with any_db.transaction() as session:
        house.session = session
        house.wish(stops, Rhythm.NEVER)
        house.wish(seldom, Rhythm.WEEKLY)
        session.execute(
            sa.text("UPDATE memberships SET state = 'left' WHERE person_id = :id"), {"id": leaves}
        )
        one = session.get_one(Person, sleeps)
        one.quiet_from, one.quiet_until = 20, 7
    found = {}
    with clock.frozen(NIGHT), any_db.transaction() as session:
        for one in rows(any_db):
            hindrance = broadcasts.hindrance(session, one, "Europe/Berlin")
            found[one.person_id] = hindrance.reason if hindrance else ""
            if hindrance:
                outgoing.mark_sending(session, one.id)
                broadcasts.put_off(session, one, hindrance)
    assert found == {stays: "", stops: "not wanted any more", leaves: "not wanted any more",
                     seldom: "weekly", sleeps: "quiet hours"}  # fmt: skip
    states = {one.person_id: (one.state.value, one.attempts) for one in rows(any_db)}
    assert states == {stays: ("queued", 0), stops: ("dropped", 0), leaves: ("dropped", 0),
                      seldom: ("dropped", 0), sleeps: ("queued", 0)}  # fmt: skip
    with any_db.reading() as session:
        assert session.scalars(sa.select(DigestItem.person_id)).all() == [seldom]


def test_erasing_the_first_recipient_does_not_end_a_broadcast(any_db: Database) -> None:
    (person_id,) = peopled(any_db, 1)
    filling.fill(any_db, SETTINGS)
    with any_db.transaction() as session:
        privacy.erase(session, session.get_one(Person, person_id))
    with any_db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Broadcast.id))) == 1


def test_old_broadcasts_are_let_go_of_delivery_by_delivery(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 7)
    peopled(any_db, 25)
    while filling.fill(any_db, SETTINGS):
        settle_all(any_db)
    settle_all(any_db)
    with clock.frozen(clock.now() + periods.KINDS["letters"].default + timedelta(days=1)):
        counts = retention.prune(any_db)
    assert counts["deliveries of updates"] == 25
    with any_db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Message.id))) == 0


def test_who_stops_an_update_just_as_it_is_filled_up_does_not_wait_in_a_ring(any_db: Database) -> None:
    peopled(any_db, 3)
    number = held(any_db).update_id
    with ThreadPoolExecutor(1) as other:
        with any_db.transaction() as session:
            session.execute(sa.update(Update).where(Update.id == number).values(version=Update.version + 1))
            filled = other.submit(filling.fill, any_db, SETTINGS)
            wait([filled], timeout=A_MOMENT)
            broadcasts.cancel(session, number)
        assert filled.result() == 0
    assert rows(any_db) == []
    with any_db.reading() as session:
        assert session.get_one(Update, number).state is UpdateState.CANCELLED


def merged(db: Database, keep: int, gone: int) -> None:
    """Two turn out to be one."""
    with db.transaction() as session:
        merging.merge(session, session.get_one(Person, keep), session.get_one(Person, gone))


@pytest.mark.usefixtures("small")
def test_two_who_turn_out_to_be_one_amid_a_broadcast_get_it_once(any_db: Database) -> None:
    people = peopled(any_db, 25)
    filling.fill(any_db, SETTINGS)
    merged(any_db, people[12], people[1])  # to come, and has a delivery
    merged(any_db, people[2], people[13])
    merged(any_db, people[3], people[4])  # both have one
    for _time in range(3):
        settle_all(any_db)
        filling.fill(any_db, SETTINGS)
    settle_all(any_db)
    merged(any_db, people[5], people[6])  # both have got it
    went = [one.person_id for one in rows(any_db) if one.state is DeliveryState.SENT]
    for person_id in (people[12], people[2], people[3]):
        assert went.count(person_id) == 1
    assert set(went) == set(people) - {people[number] for number in (1, 13, 4, 6)}
    assert sum(one.state is DeliveryState.DROPPED for one in rows(any_db)) == 1


@pytest.mark.usefixtures("small")
def test_who_takes_the_place_of_one_still_to_come_is_not_left_out(any_db: Database) -> None:
    with any_db.transaction() as session:
        early, late = (House(session).person(name) for name in ("frueh", "spaet"))
    people = peopled(any_db, 25)
    filling.fill(any_db, SETTINGS)
    merged(any_db, early, people[20])
    with any_db.transaction() as session:
        House(session).member(late, "7.49")
    for _time in range(3):
        settle_all(any_db)
        filling.fill(any_db, SETTINGS)
    found = [one.person_id for one in rows(any_db)]
    assert found.count(early) == 1
    assert sorted(found) == sorted({*people, early} - {people[20]}), "who joins behind the cursor is not told"


def test_a_chat_that_has_another_group_by_now_gets_nothing_of_the_one_before(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = House(session)
        before, after = house.group("7.49"), house.group("12.71")
        chat = GroupChat(group_id=before, chat_id=-100, language="de", linked_at=clock.now())
        session.add(chat)
        begun(session, Audience(groups=frozenset({before})))
    filling.fill(any_db, SETTINGS.model_copy(update={"telegram": "on", "bot_token": SecretStr("x")}))
    (one,) = [one for one in rows(any_db) if one.group_chat_id]
    with any_db.transaction() as session:
        assert broadcasts.hindrance(session, one, "Europe/Berlin") is None
        session.get_one(GroupChat, chat.id).group_id = after
        session.flush()
        found = broadcasts.hindrance(session, one, "Europe/Berlin")
    assert found is not None
    assert found.reason == broadcasts.UNWANTED
