"""Stopping from each channel while a broadcast is under way: at once, whatever waits in the outbox."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bot.courier.email_words import mail
from bot.courier.ledger import Ledger
from bot.emulator.threaded import Running, running
from models import broadcasts, clock, filling, groups, updates_letters
from models.audiences import Audience
from models.broadcasts import Broadcast, BroadcastState
from models.db import Database
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.preferences import DigestItem
from models.settings import Settings
from models.updates import ButtonKind, Update, UpdateState
from tests.bot.chat import Bot, Visitor, started
from tests.models.region import House
from translations import Localised
from webforms import create_app

GROUPS = ("7.49", "1.2", "4.29")
CHAT = 4711


@pytest.fixture(scope="module")
def telegram() -> Iterator[Running]:
    """An emulated Telegram without limits."""
    with running(limits=False) as emulator:
        yield emulator


@pytest.fixture
def house(paderborn: Database, telegram: Running, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Amina (chat, e-mail) and Boris (e-mail), each in three groups; Carla (chat) after many others."""
    monkeypatch.setattr(filling, "BATCH", 10)
    monkeypatch.setattr(filling, "LOW", 4)
    with paderborn.transaction() as session:
        region = House(session)
        people = [
            region.person("amina", telegram_id=CHAT, prefers=ChannelKind.TELEGRAM),
            region.person("boris"),
            *region.members(20),
            region.person("carla", telegram_id=CHAT + 1, prefers=ChannelKind.TELEGRAM, email=None),
        ]
        for one in (people[0], people[1], people[-1]):
            for number in GROUPS:
                region.member(one, number)
        begin(session)
    return Settings(
        database=paderborn.url.render_as_string(hide_password=False), bot_api=telegram.url,
        bot_token=telegram.token, bot_username="mitwirken_demo_bot", secret="tests-only-secret",
        base_url="https://mitwirken.example", courier_rate=0, _env_file=None,
    )  # fmt: skip


def begin(session: Session) -> None:
    """An update to everybody begins to be sent."""
    words = Localised({"de": "Neues", "ar": "جديد"})
    now = clock.now()
    update = Update(
        state=UpdateState.SENDING, source="de", title=words, body=words, picture_words=Localised({}),
        button=ButtonKind.NONE, button_label=Localised({}), audience=Audience().pack(), created_at=now,
        changed_at=now, edition=1,
    )  # fmt: skip
    session.add(update)
    session.flush()
    letter = updates_letters.letter(update)
    message = Message(
        key=updates_letters.key_of(update), kind=broadcasts.KIND, words=letter.pack(), created_at=now
    )
    session.add(message)
    session.flush()
    broadcasts.start(session, update, message.id)


def states(db: Database, name: str) -> list[tuple[ChannelKind, DeliveryState]]:
    """Somebody's deliveries of the update."""
    with db.reading() as session:
        rows = session.execute(
            sa.select(Delivery.channel, Delivery.state)
            .join(Person, Person.id == Delivery.person_id)
            .join(Message, Message.id == Delivery.message_id)
            .where(Person.name == name, Message.kind == broadcasts.KIND)
        )
        return [(row.channel, row.state) for row in rows]


def state_of_broadcast(db: Database) -> BroadcastState:
    """How far the broadcast is."""
    with db.reading() as session:
        return session.scalars(sa.select(Broadcast.state)).one()


def fill_to_the_end(db: Database, settings: Settings) -> None:
    """The broadcast runs on, while mail leaves for those of whom this does not tell."""
    for _turn in range(10):
        if state_of_broadcast(db) is not BroadcastState.RUNNING:
            break
        with db.transaction() as session:
            others = sa.select(Person.id).where(Person.name.like("member-%"))
            waiting = sa.update(Delivery).where(
                Delivery.person_id.in_(others), Delivery.state == DeliveryState.QUEUED
            )
            session.execute(waiting.values(state=DeliveryState.SENT))
        filling.fill(db, settings)
    assert state_of_broadcast(db) is BroadcastState.DONE


def one_click(db: Database, settings: Settings) -> str:
    """What a mail program reads from Boris's letter: where to post, and that it may."""
    ledger = Ledger(db, settings, ChannelKind.EMAIL, "tests")
    ledger.hold()
    delivery = next(one for one in ledger.due([], []) if one.person and one.person.name == "boris")
    parcel = ledger.claim(delivery)
    assert parcel is not None
    message = mail(parcel, "Amt <amt@example.org>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.as_string().count("List-Unsubscribe:") == 1
    shown = message.get_body(("html",))
    assert shown is not None
    address = str(message["List-Unsubscribe"]).strip("<>")
    assert shown.get_content().count(address) == 2, "less often, and stop: one page"
    return address.removeprefix("https://mitwirken.example")


def claimed(db: Database, settings: Settings, channel: ChannelKind) -> list[str]:
    """Whose letters leave over a channel now, one after the other."""
    ledger = Ledger(db, settings, channel, "tests")
    ledger.hold()
    parcels = [ledger.claim(one) for one in ledger.due([], [])]
    ids = [one.person_id for one in parcels if one and one.kind == broadcasts.KIND]
    with db.reading() as session:
        return list(session.scalars(sa.select(Person.name).where(Person.id.in_(ids)).order_by(Person.id)))


@pytest.fixture
def bot(paderborn: Database, house: Settings) -> Iterator[Bot]:
    """A bot on the house."""
    with started(paderborn, house) as found:
        yield found


@pytest.fixture
def program(paderborn: Database, house: Settings) -> FlaskClient:
    """A mail program: no cookies."""
    return create_app(house, paderborn).test_client(use_cookies=False)


def test_stop_from_each_channel_while_the_broadcast_runs(
    paderborn: Database, house: Settings, bot: Bot, program: FlaskClient
) -> None:
    assert filling.fill(paderborn, house) == 10
    assert state_of_broadcast(paderborn) is BroadcastState.RUNNING
    assert states(paderborn, "amina") == [(ChannelKind.TELEGRAM, DeliveryState.QUEUED)], (
        "one, of three groups"
    )
    assert states(paderborn, "boris") == [(ChannelKind.EMAIL, DeliveryState.QUEUED)]
    Visitor(bot, CHAT).press_data("stop:0:0:updates")
    assert states(paderborn, "amina") == [(ChannelKind.TELEGRAM, DeliveryState.DROPPED)]
    Visitor(bot, CHAT + 1).press_data("stop:0:0:updates")  # before her turn has come
    address = one_click(paderborn, house)
    with paderborn.transaction() as session:
        session.execute(sa.update(Delivery).values(state=DeliveryState.QUEUED).where(
            Delivery.state == DeliveryState.SENDING
        ))  # fmt: skip
    assert program.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert states(paderborn, "boris") == [(ChannelKind.EMAIL, DeliveryState.DROPPED)]
    fill_to_the_end(paderborn, house)
    assert states(paderborn, "carla") == []
    assert "boris" not in claimed(paderborn, house, ChannelKind.EMAIL)
    assert claimed(paderborn, house, ChannelKind.TELEGRAM) == []


def test_less_while_the_broadcast_runs_means_this_one_comes_with_the_weekly_letter(
    paderborn: Database, house: Settings, bot: Bot
) -> None:
    filling.fill(paderborn, house)
    Visitor(bot, CHAT).press_data("less:0:0:updates")
    assert claimed(paderborn, house, ChannelKind.TELEGRAM) == []
    Visitor(bot, CHAT + 1).press_data("less:0:0:updates")
    fill_to_the_end(paderborn, house)
    assert states(paderborn, "carla") == []
    with paderborn.reading() as session:
        keeping = sa.select(Person.name).join(DigestItem, DigestItem.person_id == Person.id)
        assert set(session.scalars(keeping)) == {"amina", "carla"}


def test_stopping_one_group_leaves_the_others(paderborn: Database, house: Settings, bot: Bot) -> None:
    with paderborn.reading() as session:
        ids = [groups.directory(session).get(number).id for number in GROUPS]
    filling.fill(paderborn, house)
    for number in ids[:2]:
        Visitor(bot, CHAT).press_data(f"stop:{number}:0:updates")
        assert states(paderborn, "amina") == [(ChannelKind.TELEGRAM, DeliveryState.QUEUED)]
    Visitor(bot, CHAT).press_data(f"stop:{ids[2]}:0:updates")
    assert states(paderborn, "amina") == [(ChannelKind.TELEGRAM, DeliveryState.DROPPED)]
