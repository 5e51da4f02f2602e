"""The bot's sign of life: a lease that it renews, so that `/healthz` can tell when it is gone."""

import asyncio
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from bot.patience import pause
from models import leases
from models.db import Database

EVERY = leases.SPAN.total_seconds() / 3


async def beat(db: Database, stop: asyncio.Event, *, every: float = EVERY) -> None:
    """Renew the lease until `stop`; a database that does not answer is somebody else's to complain about."""
    holder = leases.new_holder()

    def renew() -> None:
        with suppress(SQLAlchemyError), db.transaction() as session:
            leases.hold(session, leases.BOT, holder)

    def give_back() -> None:
        with suppress(SQLAlchemyError), db.transaction() as session:
            leases.release(session, leases.BOT, holder)

    try:
        while not stop.is_set():
            await asyncio.to_thread(renew)
            await pause(stop, every)
    finally:
        await asyncio.to_thread(give_back)
