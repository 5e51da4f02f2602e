"""Whether the clock can be trusted: one that leaps for a moment must not make anything end before its time.

The clockwork looks at the clock once a minute. A time that is hours ahead of the last look is either of a
machine that was off or of a clock that is wrong; nobody can tell which at that moment. So what happens by
itself waits a quarter of an hour, in which clocks are usually set right. What cannot be taken back waits for
a day.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, factors, marks
from models.attachments import Attachment
from models.marks import Deed
from models.outbox import Delivery, DeliveryState
from models.staff import StaffMember

MOST_AHEAD = timedelta(hours=6)  # of the last look; more is a leap
MOST_BACK = timedelta(minutes=10)
A_MOMENT = timedelta(minutes=15)  # what is done by itself waits so long after a leap
A_DAY = timedelta(days=1)  # and what lets go of people's data so long
LONGEST_WAIT = timedelta(hours=40)  # that a letter is put off, over night or after a mail server's refusal


def look(session: Session) -> bool:
    """Note what the clock shows now; False while nothing should be done by it yet."""
    now = clock.now()
    noted = marks.everything(session)
    seen = noted.get(Deed.SEEN)
    if seen is not None and now - seen.at > MOST_AHEAD:
        marks.note(session, Deed.LEAP)
    elif seen is not None and seen.at - now > MOST_BACK:
        marks.forget(session, Deed.LEAP)
        _bring_back(session)
    marks.note(session, Deed.SEEN)
    return is_steady(session, A_MOMENT)


def is_steady(session: Session, after: timedelta = A_DAY) -> bool:
    """Return whether the clock has run evenly for this long, as far as anybody has looked."""
    now = clock.now()
    noted = marks.everything(session)
    seen, leap = noted.get(Deed.SEEN), noted.get(Deed.LEAP)
    if seen is not None and now - seen.at > MOST_AHEAD:
        return False
    return leap is None or not timedelta(0) <= now - leap.at < after


def _bring_back(session: Session) -> None:
    """Put right what a clock that was ahead has put off too far: letters, files, codes that count as used."""
    now = clock.now()
    for table, is_ours in ((Delivery, Delivery.state == DeliveryState.QUEUED), (Attachment, sa.true())):
        session.execute(
            sa.update(table)
            .where(is_ours, table.not_before > now + LONGEST_WAIT)
            .values(not_before=now)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        sa.update(StaffMember)
        .where(StaffMember.factor_step > int(now.timestamp()) // factors.STEP + 1)
        .values(factor_step=int(now.timestamp()) // factors.STEP)
        .execution_options(synchronize_session=False)
    )
