"""The bot's sign of life, as `/healthz` sees it."""

import asyncio
from datetime import timedelta

from bot.beating import beat
from models import clock, leases
from models.db import Database


def alive(db: Database) -> frozenset[str]:
    """The jobs that somebody does."""
    with db.reading() as session:
        return leases.alive(session)


def test_a_bot_that_runs_is_seen_and_one_that_has_ended_is_not(any_db: Database) -> None:
    async def live() -> list[bool]:
        stop, seen = asyncio.Event(), []
        beating = asyncio.create_task(beat(any_db, stop, every=0.01))
        while leases.BOT not in alive(any_db):
            await asyncio.sleep(0.01)
        seen.append(True)
        stop.set()
        await beating
        return seen

    assert alive(any_db) == frozenset()
    assert asyncio.run(live()) == [True]
    assert alive(any_db) == frozenset()


def test_a_bot_that_hangs_is_missed_after_its_lease(db: Database) -> None:
    with db.transaction() as session:
        assert leases.hold(session, leases.BOT, leases.new_holder())
    assert alive(db) == {leases.BOT}
    with clock.frozen(clock.now() + leases.SPAN + timedelta(seconds=1)):
        assert alive(db) == frozenset()


def test_a_database_that_is_away_does_not_end_the_bot() -> None:
    async def live() -> None:
        stop = asyncio.Event()
        beating = asyncio.create_task(beat(Database("sqlite:////nowhere/at/all.sqlite"), stop, every=0.01))
        await asyncio.sleep(0.1)
        assert not beating.done()
        stop.set()
        await beating

    asyncio.run(live())
