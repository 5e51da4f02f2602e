"""Who comes without having registered: by the hall's code, on the day, on the page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from models import clock, merging
from models.db import Database
from models.event_letters import HERE
from models.events import Event, EventState, WalkIns
from models.forms.register_event import TALK
from models.outbox import Delivery, Message
from models.people import Person
from models.registrations import Registration, RegistrationState
from models.submissions import Submission
from tests.models.hall import NOON, a_hall, counted, named
from tests.webforms.conftest import Browser, Page

NORA = {"name": "Nora Neu", "email": "nora@example.org"}


@pytest.fixture
def event(paderborn: Database) -> Iterator[Event]:
    """A conference with a place left and nobody waiting, on its day at two."""
    event = a_hall(paderborn, capacity=7, with_waiting=False)
    with clock.frozen(NOON):
        yield event


def changed(db: Database, event: Event, **values: object) -> None:
    """Change something of the event."""
    with db.transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Event, event.id), name, value)
    db.cache.drop()


def sign_up(browser: Browser, code: str, **answers: str) -> Page:
    """Follow a code and fill the form in."""
    page = browser.open(f"/e/{code}?lang=en")
    (form,) = [link for link in page.links if "/forms/register-event?event=" in link]
    page = browser.open(form)
    return browser.send(page, "/en/forms/register-event", **(NORA | answers))


def nora(db: Database) -> Registration:
    """The registration of who has come."""
    with db.reading() as session:
        return session.scalars(sa.select(Registration).join(Person).where(Person.name == "Nora Neu")).one()


def test_the_halls_code_signs_up_and_checks_in(browser: Browser, paderborn: Database, event: Event) -> None:
    changed(paderborn, event, register_until=NOON.date() - timedelta(days=9))  # ended for everybody else
    assert "You can no longer register" in browser.open(f"/e/{event.code}?lang=en").text
    page = sign_up(browser, event.hall_code)
    assert HERE.to("en") in page.text
    one = nora(paderborn)
    assert (one.walked_in, one.arrived_seats, one.arrived_at) == (True, 1, NOON)
    assert one.code in page.text
    assert counted(paderborn, event) == (1, 7)
    whole = page.response.get_data(as_text=True)
    with paderborn.reading() as session:
        stored = session.scalars(sa.select(Submission.answers)).one()
        letters = str([one.words for one in session.scalars(sa.select(Message))])
    assert event.hall_code not in whole + str(stored) + letters  # it stays in the hall
    assert event.code in str(stored)


def test_who_comes_late_is_noted_on_the_same_day(browser: Browser, paderborn: Database, event: Event) -> None:
    changed(paderborn, event, ends="14:00", register_until=NOON.date() - timedelta(days=1))
    with clock.frozen(NOON + timedelta(hours=7)):
        assert HERE.to("en") in sign_up(browser, event.hall_code).text
        assert "You can no longer register" in browser.open(f"/e/{event.code}?lang=en").text
    assert (nora(paderborn).walked_in, counted(paderborn, event)) == (True, (1, 7))
    with clock.frozen(NOON + timedelta(days=1)):
        paderborn.cache.drop()
        assert browser.open(f"/e/{event.hall_code}?lang=en").status == 404


def test_when_all_places_are_taken_they_wait_and_are_sent_to_the_office(
    browser: Browser, paderborn: Database, event: Event
) -> None:
    changed(paderborn, event, capacity=6)
    page = sign_up(browser, event.hall_code)
    assert TALK.to("en") in page.text
    assert (nora(paderborn).state, counted(paderborn, event)) == (RegistrationState.WAITING, (0, 6))


def test_where_all_are_let_in_a_full_house_lets_them_in(
    browser: Browser, paderborn: Database, event: Event
) -> None:
    changed(paderborn, event, capacity=6, walk_ins=WalkIns.ALWAYS)
    page = sign_up(browser, event.hall_code)
    assert HERE.to("en") in page.text
    assert (nora(paderborn).state, counted(paderborn, event)) == (RegistrationState.REGISTERED, (1, 7))
    with paderborn.reading() as session:
        assert session.get_one(Event, event.id).waiting == 0


def test_who_was_registered_before_is_only_checked_in(
    browser: Browser, paderborn: Database, event: Event
) -> None:
    for _twice in range(2):
        page = sign_up(browser, event.hall_code, name="A. Beispiel", email="amna22@example.org")
        assert "Anyone who was already registered stays registered." in page.text
    assert counted(paderborn, event) == (1, 6)
    person, one = named(paderborn, "AMNA22")
    assert (person.name, one.arrived_seats, one.walked_in) == ("Amina Beispiel", 1, False)
    with paderborn.reading() as session:
        kinds = session.scalars(sa.select(Message.kind).join(Delivery)).all()
    assert "event" not in kinds


@pytest.mark.parametrize(
    "values",
    [{"held_on": (NOON + timedelta(days=1)).date()}, {"walk_ins": WalkIns.NONE}, {"state": EventState.OVER}],
)
def test_it_is_good_on_the_day_only_and_while_it_is_open(
    browser: Browser, paderborn: Database, event: Event, values: dict[str, object]
) -> None:
    page = browser.open(f"/en/forms/register-event?event={event.hall_code}")
    changed(paderborn, event, **values)
    for address in (f"/e/{event.hall_code}", f"/en/events/{event.hall_code}"):
        assert browser.client.get(address).status_code == 404
    refused = browser.send(page, "/en/forms/register-event", **NORA)
    assert refused.status == 422
    assert counted(paderborn, event) == (0, 6)


def test_the_public_page_does_not_know_the_halls_code(
    browser: Browser, paderborn: Database, event: Event
) -> None:
    for address in (
        f"/e/{event.code}",
        f"/en/events/{event.code}",
        f"/en/events/{event.code}.ics",
        "/en/events",
    ):
        assert event.hall_code not in browser.client.get(address).get_data(as_text=True)
    to_public = browser.client.get(f"/en/events/{event.hall_code}")
    assert to_public.headers["Location"] == f"/en/events/{event.code}"


def test_a_page_and_a_chat_that_are_one_person_have_arrived_once(
    browser: Browser, paderborn: Database, event: Event
) -> None:
    sign_up(browser, event.hall_code)
    with paderborn.transaction() as session:
        amina = session.get_one(Person, named(paderborn, "AMNA22")[0].id)
        merging.merge(session, amina, session.get_one(Person, nora(paderborn).person_id))
    assert counted(paderborn, event) == (1, 6)
    one = named(paderborn, "AMNA22")[1]
    assert (one.arrived_seats, one.arrived_at) == (1, NOON)
