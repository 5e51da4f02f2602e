"""A clock that leaps for a moment: nothing ends before its time, and all goes on when it is right again."""

import asyncio
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa

from bot.courier import clockwork
from bot.courier.night import let_go
from models import clock, drafts, factors, links, marks, outbox, people, staff, steadiness
from models.db import Database
from models.drafts import Draft
from models.letters import Letter
from models.links import Link, Purpose
from models.outbox import Delivery
from models.people import ChannelKind, Person
from models.settings import Settings
from models.staff import StaffRole
from translations import Localised
from webforms import tokens

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
FAR = timedelta(days=400)


def _look(db: Database, at: datetime) -> bool:
    with clock.frozen(at), db.transaction() as session:
        return steadiness.look(session)


def _begin(db: Database) -> None:
    """A form that somebody has begun, an address that is to be confirmed."""
    with clock.frozen(NOON), db.transaction() as session:
        drafts.begin(session, "join-group", person_id=None, language="de")
        number, _confirmed = people.meet(
            session, name="Amina Beispiel", language="ar", email="amina@example.org",
            prefers=ChannelKind.EMAIL,
        )  # fmt: skip
        links.issue(session, Purpose.CONFIRM, person_id=number)


def _left(db: Database) -> tuple[int, int, int]:
    with db.reading() as session:
        return (
            session.scalar(sa.select(sa.func.count(Draft.id))) or 0,
            session.scalar(sa.select(sa.func.count()).select_from(Link)) or 0,
            session.scalar(sa.text("SELECT count(*) FROM people")) or 0,
        )


def _night(db: Database, at: datetime) -> None:
    """One night's work, with the clock at this moment."""
    nights = iter([0.0])

    async def once() -> None:
        stop = asyncio.Event()

        def wait() -> float:
            found = next(nights, None)
            if found is None:
                stop.set()
            return found or 0.0

        await let_go(db, stop, wait=wait)

    with clock.frozen(at):
        asyncio.run(once())


@pytest.mark.parametrize("has_ticked", [True, False])
def test_nothing_goes_in_a_night_after_a_leap(db: Database, *, has_ticked: bool) -> None:
    _begin(db)
    assert _look(db, NOON)
    if has_ticked:
        assert not _look(db, NOON + FAR)
    _night(db, NOON + FAR + timedelta(minutes=5))
    assert _left(db) == (1, 1, 1)
    assert _look(db, NOON + timedelta(minutes=6)), "the clock is right again, so everything goes on at once"
    with clock.frozen(NOON + timedelta(minutes=7)), db.reading() as session:
        assert steadiness.is_steady(session)


def test_without_the_look_everything_would_have_gone(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    _begin(db)
    assert _look(db, NOON)
    monkeypatch.setattr(steadiness, "is_steady", lambda *_all: True)
    _night(db, NOON + FAR)
    assert _left(db) == (0, 0, 0)


def test_a_clock_that_stays_there_for_a_day_is_believed(db: Database) -> None:
    _begin(db)
    assert _look(db, NOON)
    told = [_look(db, NOON + FAR + timedelta(minutes=minutes)) for minutes in (0, 1, 14, 15, 60)]
    assert told == [False, False, False, True, True]
    for hours in range(2, 25):
        assert _look(db, NOON + FAR + timedelta(hours=hours))
    _night(db, NOON + FAR + timedelta(hours=24, minutes=1))
    assert _left(db) == (0, 0, 0)


def test_the_clockwork_waits_for_a_moment(db: Database, settings: Settings) -> None:
    assert _look(db, NOON)
    done: list[datetime] = []

    def job(_db: Database, _settings: Settings) -> int:
        done.append(clock.now())
        return 0

    async def turns() -> None:
        stop = asyncio.Event()
        working = asyncio.create_task(clockwork.run(db, settings, stop, every=0.01, jobs=(job,)))
        for _moment in range(200):
            await asyncio.sleep(0.01)
            with db.reading() as session:
                if marks.everything(session)[marks.Deed.SEEN].at > NOON + timedelta(days=1):
                    break
        await asyncio.sleep(0.1)
        stop.set()
        await working

    with clock.frozen(NOON + timedelta(days=2)):
        asyncio.run(turns())
    assert done == []
    with clock.frozen(NOON + timedelta(minutes=1)):
        with db.transaction() as session:
            steadiness.look(session)
        asyncio.run(turns())
    assert done, "right again"


def test_what_a_clock_ahead_has_put_off_comes_back_with_it(db: Database) -> None:
    secret = factors.new_secret()
    assert _look(db, NOON)
    with db.transaction() as session:
        person_id, _confirmed = people.meet(
            session, name="Amina Beispiel", language="de", email="amina@example.org",
            prefers=ChannelKind.EMAIL,
        )  # fmt: skip
        person = session.get_one(Person, person_id)
        person.email_confirmed_at = NOON
        outbox.tell(session, person, Letter(Localised({"de": "Guten Tag"}), ()), kind="test")
        member = staff.add(session, "o@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="x")
        member.totp_secret = secret
        number = member.id
    with clock.frozen(NOON + timedelta(days=2)), db.transaction() as session:
        assert factors.take_code(session, number, pyotp.TOTP(secret).at(clock.now()))
        session.execute(sa.update(Delivery).values(not_before=clock.ahead(minutes=5)))
    back = NOON + timedelta(minutes=3)
    with clock.frozen(back), db.transaction() as session:  # the canary
        assert not factors.take_code(session, number, pyotp.TOTP(secret).at(back))
    assert not _look(db, NOON + timedelta(days=2))
    assert _look(db, back)
    with clock.frozen(back + timedelta(minutes=1)), db.transaction() as session:
        assert session.scalar(sa.select(Delivery.not_before)) == back
        assert factors.take_code(session, number, pyotp.TOTP(secret).at(clock.now()))


def test_an_hour_back_harms_nothing(db: Database) -> None:
    _begin(db)
    assert _look(db, NOON)
    for minutes in (-60, -59, 0, 1):
        assert _look(db, NOON + timedelta(minutes=minutes))
        _night(db, NOON + timedelta(minutes=minutes))
    assert _left(db) == (1, 1, 1)


def test_a_form_from_a_clock_ahead_can_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = tokens.time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now + 2 * 86400)
    token = tokens.issue(b"secret")
    monkeypatch.setattr(tokens.time, "time", lambda: now)
    assert tokens.check(b"secret", token)
    assert tokens.check(b"secret", tokens.renew(b"secret", token))
