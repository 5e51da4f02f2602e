"""The night's work happens at night, and happens again after a failure."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.courier import clockwork
from bot.courier.night import let_go, seconds_until_night
from models import clock, drafts, retention
from models.db import Database
from models.drafts import Draft
from models.settings import Settings


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 21, 1, 15, tzinfo=UTC), 1),
        (datetime(2026, 11, 21, 2, 15, tzinfo=UTC), 24),
        (datetime(2026, 7, 21, 0, 15, tzinfo=UTC), 1),
    ],
)
def test_it_waits_for_a_quarter_past_three_in_the_region(now: datetime, hours: int) -> None:
    with clock.frozen(now):
        assert seconds_until_night("Europe/Berlin") == hours * 3600


def test_what_is_over_goes_by_itself(db: Database) -> None:
    with db.transaction() as session:
        drafts.begin(session, "join-group", person_id=None, language="de")
        kept = drafts.begin(session, "ask-office", person_id=None, language="de")
        kept.changed_at = kept.expires_at = clock.now() + timedelta(days=400)
    nights = iter([0.01, 3600.0])

    async def two_nights() -> None:
        stop = asyncio.Event()
        with clock.frozen(clock.now() + timedelta(days=30)):
            working = asyncio.create_task(let_go(db, stop, wait=lambda: next(nights)))
            for _moment in range(100):
                await asyncio.sleep(0.05)
                with db.reading() as session:
                    left = session.scalars(sa.select(Draft.form)).all()
                if left == ["ask-office"]:
                    break
            stop.set()
            await working
        assert left == ["ask-office"]

    asyncio.run(two_nights())


def test_a_fault_of_ours_ends_neither_the_night_nor_the_clockwork(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def broken(*_given: object) -> int:
        calls.append("broken")
        raise KeyError("planted")

    def sound(*_given: object) -> int:
        calls.append("sound")
        return 0

    monkeypatch.setattr(retention, "prune", broken)
    nights = iter([0.01, 0.01, 3600.0])

    async def work() -> None:
        stop = asyncio.Event()
        nightly = asyncio.create_task(let_go(db, stop, wait=lambda: next(nights)))
        timely = asyncio.create_task(clockwork.run(db, settings, stop, every=0.01, jobs=(broken, sound)))
        for _moment in range(100):
            await asyncio.sleep(0.02)
            if calls.count("sound") > 2 and calls.count("broken") > 5:
                break
        stop.set()
        await asyncio.gather(nightly, timely)

    asyncio.run(work())
    assert calls.count("sound") > 2
    assert not list(nights), "the second and third night came"
