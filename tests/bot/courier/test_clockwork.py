"""Several couriers at once: what happens by itself happens once, with the lease and even without it."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.courier import clockwork
from bot.courier.night import let_go
from models import (
    attachments,
    change_letters,
    changes,
    clock,
    groups,
    leads,
    meeting_letters,
    meetings,
    retention,
    subscriptions,
)
from models.attachments import Attachment, AttachmentState
from models.changes import Author, Subject
from models.cleaning import clean
from models.db import Database
from models.files import Store
from models.goals import Goal
from models.groups import WorkingGroup
from models.outbox import Delivery, DeliveryState, Message
from models.programmes import Programme
from models.rounds import RoundRequest, StatusRound
from models.rounds_asking import ASKED
from models.settings import Settings
from models.when import When
from tests.models.test_meetings import group_id, member, office

COURIERS = 4
MORNING = datetime(2027, 1, 4, 9, tzinfo=UTC)  # a Monday, ten o'clock in Paderborn


def something_of_everything(db: Database, store: Store) -> None:
    """A round to be opened, meetings of tomorrow and of last week, news of a sheet, a file to be removed."""
    with clock.frozen(MORNING - timedelta(days=12)), db.transaction() as session:
        number, by = group_id(session), office(session)
        programme = session.scalars(sa.select(Programme)).one()
        programme.status_months, programme.ends = [MORNING.month], None
        for name in ("Amina", "Boris", "Samira"):
            person = member(session, name)
            leads.appoint(session, number, person)
            subscriptions.follow(session, person.id, number)
        meetings.plan(session, number, held=When.parse("2027-01-05"), by=by)
        meetings.plan(session, number, held=When.parse("2026-12-30"), by=by)
        session.execute(sa.update(Delivery).values(state=DeliveryState.SENT))
    with clock.frozen(MORNING - timedelta(hours=2)), db.transaction() as session:
        changes.record(session, number, Subject.NOTES, by=Author(), after="Neu.")
        for words in ("eins", "zwei"):
            one = attachments.take_upload(session, store, clean(words.encode()), name=f"{words}.txt")
            one.state = AttachmentState.GONE


def at_once(db: Database, work: Callable[[Database], object]) -> None:
    """Let several couriers, each with connections of its own, do the same at the same moment."""
    together = threading.Barrier(COURIERS)

    def courier() -> None:
        own = Database(db.url.render_as_string(hide_password=False))
        try:
            together.wait()
            work(own)
        finally:
            own.close()

    with ThreadPoolExecutor(COURIERS) as couriers:
        for job in [couriers.submit(courier) for _courier in range(COURIERS)]:
            job.result()


def told(session: Session) -> Counter[str]:
    """How many letters of each kind everybody got since; fails where somebody got one twice."""
    rows = session.execute(
        sa.select(Message.kind, Message.key, Delivery.person_id)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.state == DeliveryState.QUEUED)
    ).all()
    assert len(set(rows)) == len(rows)
    return Counter(row.kind for row in rows)


def test_couriers_at_the_same_moment_do_nothing_twice(any_db: Database, tmp_path: Path) -> None:
    store, settings = (
        Store(str(tmp_path / "files")),
        Settings(secret="tests-only-secret", files=str(tmp_path / "files"), _env_file=None),
    )
    something_of_everything(any_db, store)
    with clock.frozen(MORNING):
        at_once(any_db, lambda own: clockwork.tick(own, settings))
        with any_db.reading() as session:
            first = told(session)
            led = session.scalar(sa.select(sa.func.count(WorkingGroup.id)).join(Goal))
            assert session.scalar(sa.select(sa.func.count(StatusRound.id))) == 1
            assert session.scalar(sa.select(sa.func.count(RoundRequest.id))) == led
            assert session.scalar(sa.select(sa.func.count(Attachment.id))) == 0
            reachable = {card.id for card in groups.directory(session).cards}
        assert not list(store.names())
        assert len(reachable) == led
        assert first[ASKED] >= 1
        assert (first[meeting_letters.KIND], first[meeting_letters.MINUTES_KIND]) == (3, 3)
        assert first[change_letters.KIND] == 3
        at_once(any_db, lambda own: clockwork.tick(own, settings))
        with any_db.reading() as session:
            assert told(session) == first


def test_one_courier_does_it_and_another_takes_over_when_it_ends(
    any_db: Database, settings: Settings
) -> None:
    done: list[str] = []

    def job(name: str) -> clockwork.Job:
        def note(*_given: object) -> int:
            done.append(name)
            return 1

        return note

    async def until(has_come: Callable[[], bool]) -> None:
        for _moment in range(200):
            if has_come():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(done)

    async def work() -> None:
        stops = {name: asyncio.Event() for name in ("first", "second")}
        first = asyncio.create_task(
            clockwork.run(any_db, settings, stops["first"], every=0.01, jobs=[job("first")])
        )
        await until(lambda: "first" in done)
        second = asyncio.create_task(
            clockwork.run(any_db, settings, stops["second"], every=0.01, jobs=[job("second")])
        )
        before = len(done)
        await until(lambda: len(done) > before + 10)
        assert set(done) == {"first"}
        stops["first"].set()
        await first
        await until(lambda: "second" in done)
        stops["second"].set()
        await second

    asyncio.run(work())


def test_one_courier_does_the_nights_work(any_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def prune(*_given: object) -> dict[str, int]:
        done.append(1)
        return {}

    monkeypatch.setattr(retention, "prune", prune)

    async def night() -> None:
        stop, over = asyncio.Event(), asyncio.Event()
        waited = Counter[int]()

        def wait(courier: int) -> float:
            waited[courier] += 1
            if min(waited[0], waited[1]) > 2:
                over.set()
            return 0.3 if waited[courier] <= 2 else 3600.0

        both = [asyncio.create_task(let_go(any_db, stop, wait=partial(wait, number))) for number in (0, 1)]
        await asyncio.wait_for(over.wait(), 60)
        stop.set()
        await asyncio.gather(*both)

    asyncio.run(night())
    assert len(done) == 2, "each night once"
