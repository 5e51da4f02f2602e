"""Events in the chat, in German and Arabic: the list, registering, one's own code, giving the place back."""

import pytest
import sqlalchemy as sa

from models import event_editing, registrations
from models.db import Database
from models.event_editing import Facts
from models.events import Event
from models.people import Person
from models.registrations import Registration, RegistrationState
from tests.bot.chat import Bot, Visitor, msgids, said
from tests.models.test_registrations import conference, guest


def held(db: Database, **more: int) -> Event:
    """An open conference."""
    with db.transaction() as session:
        return conference(session, **more)  # type: ignore[arg-type]


def own(db: Database, chat: int) -> Registration:
    """The registration of a chat."""
    with db.reading() as session:
        return session.scalars(sa.select(Registration).join(Person).where(Person.telegram_id == chat)).one()


def sign_up(visitor: Visitor, code: str) -> None:
    """Register from the event's button to the end."""
    visitor.press_data(f"register:{code}:0")
    visitor.press("alone")
    visitor.write("Amina Beispiel")
    while not any(one.verb.startswith("send:") for one in visitor.last.buttons):
        skip = next((one.verb for one in visitor.last.buttons if one.verb.startswith(("skip:", "done:"))), "")
        visitor.press_data(skip) if skip else visitor.press("telegram")
    visitor.press("send")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_from_the_list_to_a_code_and_back(any_bot: Bot, language: str) -> None:
    event, visitor = held(any_bot.db), Visitor(any_bot, 801, language=language)
    visitor.write("/events")
    visitor.press_data(f"event:{event.code}:0")
    assert "{free} of {all} places free" in msgids(visitor.last)
    sign_up(visitor, event.code)
    one = own(any_bot.db, 801)
    assert one.state is RegistrationState.REGISTERED
    assert one.code in said(visitor.last)
    letters = len(visitor.letters)
    visitor.press("unregister")
    assert own(any_bot.db, 801).state is RegistrationState.REGISTERED, "it is asked once more"
    visitor.press("unregistered", times=2)
    assert own(any_bot.db, 801).state is RegistrationState.CANCELLED
    told = [one for one in visitor.letters[letters:] if "is cancelled. Your place" in said(one)]
    assert len(told) == 1


def test_a_poster_of_an_event_leads_to_it_and_who_is_in_sees_the_code(bot: Bot) -> None:
    event, visitor = held(bot.db), Visitor(bot, 802, language="ar")
    visitor.write(f"/start {event.code}")
    assert visitor.button("register")
    sign_up(visitor, event.code)
    visitor.write(f"/start {event.code}")
    assert own(bot.db, 802).code in said(visitor.last)
    visitor.press_data(f"register:{event.code}:0")
    assert own(bot.db, 802).code in said(visitor.last), "nothing to sign up for again"


def test_who_waits_is_told_in_the_chat_as_soon_as_there_is_room(bot: Bot) -> None:
    event, visitor = held(bot.db, capacity=1), Visitor(bot, 803, language="ar")
    with bot.db.transaction() as session:
        registrations.register(session, guest(session, "Boris"), event.id)
    bot.db.cache.drop()
    visitor.write(f"/start {event.code}")
    sign_up(visitor, event.code)
    assert "“{event}” is full at the moment. You are on the waiting list." in msgids(visitor.last)
    with bot.db.transaction() as session:
        facts = Facts("Musterkonferenz", held_on=event.held_on, starts="14:00", ends="18:00",
                      place="Musterhalle", capacity=2)  # fmt: skip
        event_editing.change(session, event.id, facts, version=event.version)
    assert own(bot.db, 803).code in said(visitor.last)


def test_without_events_the_chat_says_so_and_strangers_buttons_do_nothing(bot: Bot) -> None:
    visitor = Visitor(bot, 804, language="en")
    visitor.write("/events")
    assert "There is no event ahead at the moment." in msgids(visitor.last)
    event = held(bot.db)
    with bot.db.transaction() as session:
        one = registrations.register(session, guest(session, "Boris"), event.id)
    bot.db.cache.drop()
    for verb in ("unregister", "unregistered"):
        visitor.press_data(f"{verb}:{one.ticket.registration_id}:1")
        assert "There is no such registration." in msgids(visitor.last)
    with bot.db.reading() as session:
        assert session.scalars(sa.select(Registration.state)).all() == [RegistrationState.REGISTERED]
