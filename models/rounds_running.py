"""Status rounds by themselves: opened in the programme's months, asked, reminded and closed in time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, quiet, rounds, rounds_asking
from models.db import Database
from models.programmes import Programme
from models.settings import Settings

OPENS_AT = time(9)  # on the first weekday of the month, in the region's zone
CATCH_UP = timedelta(days=7)  # a machine that was off opens later; whoever installs in mid-month asks nobody
SPAN = timedelta(days=42)  # after that a round is closed, whoever has answered


def tick(db: Database, settings: Settings) -> int:
    """Do what is due now in all rounds, and return how much that was. Nothing happens in quiet hours."""
    if quiet.is_quiet(clock.now(), settings.zone):
        return 0
    with db.reading() as session:
        if not rounds.running(session) and not _due(session, settings.zone):
            return 0
    with db.transaction() as session:
        return _close_old(session) + _open_due(session, settings.zone) + _go_on(session, settings.zone)


def first_weekday(month: date) -> date:
    """Return the first day from Monday to Friday of a month."""
    first = month.replace(day=1)
    return first + timedelta(days=(7 - first.weekday()) if first.weekday() > 4 else 0)


def _due(session: Session, zone: str) -> list[Programme]:
    """Return the programmes whose round has to be opened now."""
    now = clock.now().astimezone(ZoneInfo(zone))
    opens = datetime.combine(first_weekday(now.date()), OPENS_AT, tzinfo=ZoneInfo(zone))
    if not opens <= now < opens + CATCH_UP or now.weekday() > 4 or now.time() < OPENS_AT:
        return []
    found = session.scalars(sa.select(Programme).order_by(Programme.id)).all()
    return [
        one
        for one in found
        if now.month in (one.status_months or [])
        and _runs(one, now.date())
        and rounds.of_month(session, one.id, now.date()) is None
    ]


def _runs(programme: Programme, today: date) -> bool:
    """Return whether a programme has begun and has not ended."""
    return (programme.starts or today) <= today <= (programme.ends or today)


def _open_due(session: Session, zone: str) -> int:
    due = _due(session, zone)
    for programme in due:
        rounds_asking.open(session, programme, clock.today(zone), zone=zone)
    return len(due)


def _close_old(session: Session) -> int:
    over = [one for one in rounds.running(session) if one.opened_at + SPAN <= clock.now()]
    return sum(rounds_asking.close(session, one) for one in over)


def _go_on(session: Session, zone: str) -> int:
    """Ask who leads now and was not asked, and remind who has not answered."""
    return sum(
        rounds_asking.ask(session, one, zone=zone) + rounds_asking.remind(session, one, zone=zone)
        for one in rounds.running(session)
    )
