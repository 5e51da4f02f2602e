"""Quiet hours: what nobody waits for is not sent at night."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models import clock

EVENING, MORNING = time(20), time(8)  # in the region's zone


def is_quiet(moment: datetime, zone: str) -> bool:
    """Return whether people should not be written to at this moment of their own accord."""
    local = moment.astimezone(ZoneInfo(zone)).time()
    return local >= EVENING or local < MORNING


def after_quiet(zone: str, moment: datetime | None = None) -> datetime:
    """Return the moment itself, or the next morning where it lies in the quiet hours."""
    moment = moment or clock.now()
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=1) if local.time() >= EVENING else local.date()
    return datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(moment.tzinfo)
