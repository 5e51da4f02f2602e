"""The only reader of the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_frozen: list[datetime] = []


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _frozen[-1] if _frozen else datetime.now(UTC)


def today(zone: str) -> date:
    """Return the day it is now in the region's zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block; for tests and simulations."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware times only")
    _frozen.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.pop()


def ahead(**span: float) -> datetime:
    """Return the moment this long from now, e.g. `ahead(hours=2)`."""
    return now() + timedelta(**span)
