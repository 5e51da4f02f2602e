"""The hall's code in the chat: signs up and checks in, on the day."""

from datetime import timedelta

import sqlalchemy as sa

from models import clock
from models.db import Database
from models.events import Event
from models.people import Person
from models.registrations import Registration
from tests.bot.chat import Bot, Visitor, msgids, said
from tests.models.hall import NOON, a_hall, counted


def placed(db: Database, telegram_id: int) -> Registration:
    """The registration of a chat."""
    with db.reading() as session:
        return session.scalars(
            sa.select(Registration).join(Person).where(Person.telegram_id == telegram_id)
        ).one()


def test_the_halls_code_signs_up_and_checks_in(bot: Bot) -> None:
    with clock.frozen(NOON):
        event: Event = a_hall(bot.db, with_waiting=False)
        visitor = Visitor(bot, 941, language="en")
        visitor.write(f"/start {event.hall_code}")
        visitor.press("register")
        for step in ("alone", "Nora Neu", "skip", "skip", "telegram", "send"):
            visitor.write(step) if " " in step else visitor.press(step)
        one = placed(bot.db, 941)
        assert (one.walked_in, one.arrived_seats) == (True, 1)
        assert counted(bot.db, event) == (1, 7)
        assert "Welcome! You are noted as being here." in msgids(visitor.last)
        assert "You are registered for “{event}”. We look forward to you!" not in msgids(visitor.last)
        again = visitor.write(f"/start {event.hall_code}")
        assert "Welcome! You are noted as being here." in msgids(again)
        assert counted(bot.db, event) == (1, 7)
    with clock.frozen(NOON + timedelta(hours=8)):  # it ended at four, and somebody comes from work
        late = Visitor(bot, 942, language="en")
        late.write(f"/start {event.hall_code}")
        late.press("register")
        for step in ("alone", "Lena Spät", "skip", "skip", "telegram", "send"):
            late.write(step) if " " in step else late.press(step)
        assert placed(bot.db, 942).arrived_seats == 1
    with clock.frozen(NOON + timedelta(days=1)):
        bot.db.cache.drop()
        assert event.hall_code not in said(visitor.write(f"/start {event.hall_code}"))
