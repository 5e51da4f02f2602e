"""Events on pages, in German and Arabic: list, plan, registering, one's own code, giving a place back."""

from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from bench.recording import listening
from models import ballot_board, clock, event_cards, event_editing, links, people, places, registrations
from models.db import Database
from models.events import Event, EventState
from models.links import Purpose
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.registrations import Registration, RegistrationState, WorkshopPlace
from models.staff import StaffRole
from models.submissions import State, Submission
from tests.models.test_feedback import employ
from tests.models.test_registrations import conference, guest
from tests.webforms.conftest import Browser, Page
from translations import Text

AMINA = "amina@example.org"


def held(db: Database, *, capacity: int | None = 2, workshops: tuple[int | None, ...] = ()) -> Event:
    """An open conference."""
    with db.transaction() as session:
        return conference(session, capacity=capacity, workshops=workshops)


def register(browser: Browser, event: Event, tag: str, email: str, **answers: str) -> Page:
    """Register by the form to which the event's page leads."""
    page = browser.open(f"/{tag}/events/{event.code}")
    (address,) = [link for link in page.links if "/forms/register-event" in link]
    asked = browser.open(address)
    assert asked.status == 200
    raw = {"name": "Amina Beispiel", "company": "alone", "reach": "email", "email": email} | answers
    return browser.send(asked, f"/{tag}/forms/register-event", **raw)


def ticket_link(db: Database, event: Event, email: str, tag: str) -> str:
    """The address that the courier puts into a letter."""
    with db.transaction() as session:
        person = people.by_email(session, email)
        assert person
        token = links.issue(session, Purpose.TICKET, person_id=person.id, target_id=event.id)
    return f"/{tag}/registration/{token}"


def test_without_a_published_event_no_page_leads_there(browser: Browser, paderborn: Database) -> None:
    assert "/de/events" not in browser.open("/de/").links
    event = held(paderborn)
    with paderborn.transaction() as session:
        session.get_one(Event, event.id).state = EventState.DRAFT
    assert browser.open(f"/de/events/{event.code}").status == 404
    with paderborn.transaction() as session:
        session.get_one(Event, event.id).state = EventState.OPEN
    paderborn.cache.drop()
    assert {"/de/events", f"/de/events/{event.code}"} <= set(browser.open("/de/").links)


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_somebody_registers_waits_and_moves_up(browser: Browser, paderborn: Database, tag: str) -> None:
    event = held(paderborn, capacity=1, workshops=(1, 5))
    page = browser.open(f"/{tag}/events/{event.code}")
    assert page.direction == ("rtl" if tag == "ar" else "ltr")
    assert Text("{free} of {all} places free")(free=1, all=1).to(tag) in page.text
    first, second = (one.id for one in event.workshops)
    thanks = register(browser, event, tag, AMINA, **{"workshop-1": str(first), "languages": "ar"})
    assert thanks.status == 200
    with paderborn.reading() as session:
        (one,) = session.scalars(sa.select(Registration)).all()
        assert (one.state, one.languages) == (RegistrationState.REGISTERED, ["ar"])
        assert session.scalars(sa.select(WorkshopPlace.workshop_id)).all() == [first]
        assert session.scalars(sa.select(Submission.state)).all() == [State.ACCEPTED]
        letters = session.execute(
            sa.select(Message.kind, Delivery.state).join(Delivery).order_by(Message.id)
        ).all()
        assert [tuple(row) for row in letters] == [
            ("confirm", DeliveryState.QUEUED), ("received", DeliveryState.HELD),
        ]  # fmt: skip
    assert one.code in thanks.text
    assert "<svg" in thanks.response.get_data(as_text=True)
    paderborn.cache.drop()
    page = browser.open(f"/{tag}/events/{event.code}")
    assert Text("All places are taken. Who registers now is on the waiting list.").to(tag) in page.text
    asked = browser.open(f"/{tag}/forms/register-event?event={event.code}").response.get_data(as_text=True)
    assert f'value="{second}"' in asked
    assert f'name="workshop-1" value="{first}"' not in asked, "a full workshop is not offered"
    waits = register(browser, event, tag, "boris@example.org", **{"workshop-1": str(second)})
    assert Text("All places are taken at the moment. You are on the waiting list.").to(tag) in waits.text
    link = ticket_link(paderborn, event, AMINA, tag)
    assert one.code in browser.open(link).text
    assert browser.open(link).status == 200, "looking cancels nothing"
    gone = Page(browser.client.post(link, follow_redirects=True))
    assert Text("Your registration is cancelled.").to(tag) in gone.text
    browser.client.post(link)
    with paderborn.reading() as session:
        states = session.scalars(sa.select(Registration.state).order_by(Registration.id)).all()
        assert states == [RegistrationState.CANCELLED, RegistrationState.REGISTERED]


def test_from_its_day_on_an_event_leads_to_groups_feedback_and_votes(
    browser: Browser, paderborn: Database
) -> None:
    event = held(paderborn)
    with paderborn.transaction() as session:
        mona = employ(session, StaffRole.MODERATOR)
        vote = ballot_board.begin(session, mona, "Themen", event_id=event.id, cards_each=2, dots_each=3).code
    ways = {f"/ar/forms/feedback?event={event.code}", "/ar/groups", f"/ar/dots/{vote}"}
    assert event.held_on
    for days, is_asked in ((-1, False), (0, True), (30, True), (31, False)):
        noon = datetime.combine(event.held_on + timedelta(days=days), time(12), UTC)
        with clock.frozen(noon):
            paderborn.cache.drop()
            for code in (event.code, event.hall_code)[: 2 - (days != 0)]:
                page = browser.open(f"/e/{code}?lang=ar")
                assert (page.links.count(f"/ar/dots/{vote}") == 1) is is_asked, days
                assert (ways <= set(page.links)) is is_asked, days
            assert (ways <= set(browser.open(f"/ar/events/{event.code}").links)) is is_asked
    assert f"/ar/events/{event.code}" in browser.open(f"/ar/dots/{vote}").links


def test_a_group_registers_with_its_places(browser: Browser, paderborn: Database) -> None:
    event = held(paderborn, capacity=20)
    wrong = register(browser, event, "de", AMINA, company="others", seats="31")
    assert wrong.status == 422
    wrong = register(browser, event, "de", AMINA, needs="ramp")
    assert wrong.status == 422, "what somebody needs wants a yes"
    register(
        browser, event, "de", AMINA, company="others", seats="٣", organisation="Verein Beispiel",
        needs="ramp", needs_words="Rollstuhl", may_use="yes",
    )  # fmt: skip
    with paderborn.reading() as session:
        (one,) = session.scalars(sa.select(Registration)).all()
        assert (one.seats, one.organisation) == (3, "Verein Beispiel")
        assert "Rollstuhl" in one.needs
        assert session.get_one(Event, event.id).taken == 3


def test_an_address_that_is_registered_tells_strangers_nothing(browser: Browser, paderborn: Database) -> None:
    event = held(paderborn)
    with paderborn.transaction() as session:
        known = registrations.register(session, guest(session, "Amina"), event.id)
    again = register(browser, event, "de", AMINA)
    assert known.ticket.code not in again.text
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Submission.state)).all() == [State.REPEATED]
        assert session.get_one(Event, event.id).taken == 1


def test_ones_own_page_shows_the_code_and_gives_the_place_back(browser: Browser, paderborn: Database) -> None:
    event = held(paderborn)
    with paderborn.transaction() as session:
        amina = guest(session, "Amina", "ar")
        one = registrations.register(session, amina, event.id)
        token = links.issue(session, Purpose.ME, person_id=amina)
    page = browser.enter(f"/ar/me/{token}")
    assert one.ticket.code in page.text
    browser.client.post("/ar/me/registrations", data={"event": event.code, "csrf": "wrong"})
    gone = browser.send(page, "/ar/me/registrations", event=event.code)
    assert one.ticket.code not in gone.text
    with paderborn.reading() as session:
        assert session.get_one(Event, event.id).taken == 0


def test_the_calendar_file_follows_the_event(browser: Browser, paderborn: Database) -> None:
    event = held(paderborn)
    with paderborn.transaction() as session:
        items = [event_editing.Item("14:00", "14:30", "Begrüßung"), event_editing.Item("", "", "Kaffee")]
        event_editing.set_agenda(session, event.id, items, version=event.version)
    paderborn.cache.drop()
    answer = browser.client.get(f"/ar/events/{event.code}.ics")
    (entry,) = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert "\n14:00–14:30 Begrüßung\nKaffee\n" in f"\n{entry['DESCRIPTION']}\n"
    assert entry["SUMMARY"] == "مؤتمر نموذجي"
    assert entry.start.strftime("%H:%M") == "14:00"
    etag = answer.headers["ETag"]
    assert (
        browser.client.get(f"/ar/events/{event.code}.ics", headers={"If-None-Match": etag}).status_code == 304
    )
    with paderborn.transaction() as session:
        session.get_one(Event, event.id).state = EventState.CANCELLED
    paderborn.cache.drop()
    (entry,) = Calendar.from_ical(browser.client.get(f"/de/events/{event.code}.ics").get_data()).walk(
        "VEVENT"
    )
    assert entry["STATUS"] == "CANCELLED"


def test_the_short_address_speaks_the_readers_language(browser: Browser, paderborn: Database) -> None:
    event = held(paderborn)
    page = browser.open(f"/e/{event.code.lower()}", **{"Accept-Language": "ar"})
    assert (page.status, page.lang) == (200, "ar")
    assert f"/ar/forms/register-event?event={event.code}" in page.links
    assert f"/e/{event.code.lower()}?lang=uk" in page.links
    assert browser.open("/e/XXXXXXXX").status == 404


def test_pages_of_events_take_so_many_statements_however_large_the_plan(
    browser: Browser, paderborn: Database
) -> None:
    events = [held(paderborn, workshops=(5,))]
    with paderborn.transaction() as session:
        session.get_one(Event, events[0].id).title = "Andere"
    events.append(held(paderborn, workshops=(5,) * 13))
    for event in events:
        for path in (
            f"/de/events/{event.code}",
            "/de/events",
            f"/de/forms/register-event?event={event.code}",
        ):
            browser.open(path)
            paderborn.cache.drop()
            with listening(paderborn) as cold:
                browser.client.get(path)
            with listening(paderborn) as warm:
                browser.client.get(path)
            assert (sum(one.is_statement for one in warm), sum(one.is_statement for one in cold)) == (0, 5), (
                path
            )


def test_registering_takes_ten_statements_and_a_workshop_two_more(
    browser: Browser, paderborn: Database
) -> None:
    event = held(paderborn, capacity=100, workshops=(50,))
    counts = []
    for n, chosen in enumerate(("later", "later", str(event.workshops[0].id))):
        page = browser.open(f"/de/forms/register-event?event={event.code}")
        raw = {
            **page.fields, "name": "Amina", "company": "alone", "reach": "email",
            "email": f"a{n}@example.org", "workshop-1": chosen,
        }  # fmt: skip
        with listening(paderborn) as heard:
            answer = browser.client.post("/de/forms/register-event", data=raw)
        assert answer.status_code == 303
        counts.append(sum(one.is_statement for one in heard))
    # Person, entry, place, registration; two letters of two statements: one asks whose the address is.
    assert counts[1:] == [8, 10]


def test_the_card_of_an_event_is_found_by_its_code_in_any_case(paderborn: Database) -> None:
    event = held(paderborn)
    with paderborn.reading() as session:
        card = event_cards.published(session).find(event.code.lower())
        assert card
        assert card.id == event.id
        assert places.card(session, event.id).title == card.title
        assert session.get(Person, 0) is None
