"""Paper at the desk: a stack of sheets typed in, row by row; badges; what hangs in the hall."""

import io
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from werkzeug.test import TestResponse

from models import clock, event_editing, groups, registrations
from models.consents import Consent
from models.db import Database
from models.events import Event, EventState, WalkIns, Workshop
from models.exporting import fonts
from models.memberships import Membership, Role
from models.outbox import Delivery, Message
from models.people import ChannelKind, Person
from models.registrations import Registration
from models.submissions import Submission
from tests.models.hall import NOON, a_hall, counted, named
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer

needs_fonts = pytest.mark.skipif(bool(fonts.missing()), reason="apt-get install fonts-noto-core")


@pytest.fixture
def event(paderborn: Database) -> Event:
    """A conference with four on its list."""
    return a_hall(paderborn, capacity=6)


@pytest.fixture
def code(paderborn: Database) -> str:
    """The code of a group."""
    with paderborn.reading() as session:
        return groups.directory(session).get("7.49").code


def typed(
    olga: Officer, about: str, *rows: dict[str, str], language: str = "ar", csrf: str = ""
) -> TestResponse:
    """Type rows in."""
    page = olga.open(f"/desk/paper?about={about}&language={language}")
    assert page.status == 200
    data = {f"{name}-{number}": raw for number, row in enumerate(rows) for name, raw in row.items()}
    fields = {"about": about, "language": language, "csrf": csrf or page.fields["csrf"]}
    return olga.client.post("/desk/paper", data=fields | data)


AMAL = {"name": "أمل نموذج", "contact": "amal@example.org", "role": "lead", "pass_on": "yes"}
BORIS = {"name": "Boris Muster", "contact": "05251 / 12 34 56", "role": "interested", "updates": "yes"}
WRONG = {"name": "Clara Muster", "contact": "clara@", "role": "member", "pass_on": "yes"}


def test_a_stack_for_a_group(olga: Officer, paderborn: Database, code: str) -> None:
    answer = typed(olga, f"group-{code}", AMAL, BORIS, WRONG, {"name": "", "contact": "anna@example.org"})
    page = Page(answer)
    assert answer.status_code == 422
    assert "2 sheets have been noted." in page.text
    assert "Clara Muster: This does not look like an e-mail address." in page.text
    assert (page.fields["name-2"], page.fields["contact-2"], page.fields["pass_on-2"]) == (
        "Clara Muster", "clara@", "yes",
    )  # fmt: skip
    assert "name-0" not in page.fields
    with paderborn.reading() as session:
        people = {
            one.name: one for one in session.scalars(sa.select(Person).where(Person.email.is_not(None)))
        }
        amal = people[AMAL["name"]]
        boris = session.scalars(sa.select(Person).where(Person.name == "Boris Muster")).one()
        assert (amal.language, amal.email_confirmed_at, boris.prefers) == ("ar", None, ChannelKind.PHONE)
        entries = session.scalars(sa.select(Submission)).all()
        assert {(one.channel, one.language, one.typed_by_id is not None) for one in entries} == {
            ("paper", "ar", True)
        }
        roles = {one.person_id: one.role for one in session.scalars(sa.select(Membership))}
        assert roles == {amal.id: Role.LEAD, boris.id: Role.INTERESTED}
        given = session.scalars(sa.select(Consent).order_by(Consent.person_id)).all()
        assert [(one.person_id, one.channel, one.language) for one in given] == [
            (amal.id, "paper", "ar"), (boris.id, "paper", "ar"),
        ]  # fmt: skip
        letters = session.execute(
            sa.select(Delivery.person_id, Message.kind).join(Message).where(Delivery.person_id.is_not(None))
        ).all()
        assert letters == [(amal.id, "confirm")]  # asked once whether the address is theirs; no more
    fixed = {name.removesuffix("-2"): raw for name, raw in page.fields.items() if name.endswith("-2")}
    again = typed(olga, f"group-{code}", {**fixed, "contact": "clara@example.org"})
    assert (again.status_code, "1 sheet has been noted." in Page(again).text) == (200, True)


def test_a_stack_that_is_sent_twice_counts_once(olga: Officer, paderborn: Database, code: str) -> None:
    token = olga.open(f"/desk/paper?about=group-{code}").fields["csrf"]
    for _twice in range(2):
        assert typed(olga, f"group-{code}", AMAL, BORIS, csrf=token).status_code == 200
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 2


def test_late_arrivals_of_the_day_are_typed_in_even_days_after(
    olga: Officer, paderborn: Database, event: Event
) -> None:
    about = f"event-{event.code}"
    with paderborn.transaction() as session:
        session.get_one(Event, event.id).register_until = event.held_on and event.held_on - timedelta(days=9)
    with clock.frozen(NOON - timedelta(days=2)):
        assert "You can no longer register" in typed(olga, about, BORIS).text
    with clock.frozen(NOON + timedelta(hours=2)):
        paderborn.cache.drop()
        answer = typed(olga, about, AMAL | {"here": "yes"}, BORIS | {"seats": "3"})
        assert answer.status_code == 200, Page(answer).text
    assert counted(paderborn, event) == (1, 7)  # she stands there, so she has a place; he waits
    with clock.frozen(NOON + timedelta(hours=2)), paderborn.reading() as session:
        one = session.scalars(sa.select(Registration).join(Person).where(Person.name == AMAL["name"])).one()
        assert (one.walked_in, one.arrived_seats) == (True, 1)
        assert session.get_one(Event, event.id).waiting == 1 + 3


def test_a_sheet_of_an_event_with_workshops_names_one_or_none(
    olga: Officer, paderborn: Database, event: Event
) -> None:
    with paderborn.transaction() as session:
        card = groups.directory(session).get("7.49")
        row = event_editing.WorkshopFacts(group_id=card.id, capacity=12)
        held = session.get_one(Event, event.id)
        event_editing.set_workshops(session, event.id, [row], version=held.version)
        shop = session.scalars(sa.select(Workshop).where(Workshop.event_id == event.id)).one()
        field, number = f"workshop-{shop.phase}", shop.id
    paderborn.cache.drop()
    answer = typed(olga, f"event-{event.code}", AMAL | {field: str(number)}, BORIS)
    assert answer.status_code == 200, Page(answer).text
    with paderborn.reading() as session:
        taken = sa.select(Registration).join(Person).where(Person.name.in_([AMAL["name"], BORIS["name"]]))
        chosen = [list(registrations.workshops_of(session, one.id)) for one in session.scalars(taken)]
    assert [one for one in chosen if one] == [[number]]


def test_what_a_stack_is_about_has_to_be_there(olga: Officer) -> None:
    assert olga.client.get("/desk/paper?about=group-ZZZZZZZZ").status_code == 404
    assert olga.client.get("/desk/paper?about=event-ZZZZZZZZ").status_code == 404
    assert olga.client.get("/desk/paper?about=group-ZZZZZZZZ&language=xx").status_code == 422


def test_the_hall_has_a_code_of_its_own(olga: Officer, paderborn: Database, event: Event) -> None:
    place = f"/desk/events/{event.id}/hall"
    page = olga.open(place).text
    assert f"mitwirken.example/e/{event.hall_code}" in page
    assert event.hall_code != event.code
    olga.post(place, **{"walk-ins": "always"})
    assert olga.post(place, **{"walk-ins": "nonsense"}).status_code == 422
    renewed = olga.post(place, act="renew")
    assert event.hall_code not in olga.open(renewed.location).text
    with paderborn.reading() as session:
        assert session.get_one(Event, event.id).walk_ins is WalkIns.ALWAYS


@needs_fonts
def test_a_badge_is_printed_decoded_and_typed(olga: Officer, paderborn: Database, event: Event) -> None:
    place = f"/desk/events/{event.id}/hall/badges"
    read = codes_in(olga.post(place, which="new"))
    assert read == ["AMNA22", "BRRS33"]  # who waits or has cancelled gets none
    assert olga.post(place, which="new").status_code == 404
    assert codes_in(olga.post(place, which="one", code=" brrs33 ")) == ["BRRS33"]
    assert codes_in(olga.post(place, which="all")) == read
    assert named(paderborn, "AMNA22")[1].badge_at is not None
    olga.post(f"/desk/events/{event.id}/door", code=read[0])
    assert counted(paderborn, event)[0] == 1


def codes_in(answer: TestResponse) -> list[str]:
    """Return what a camera reads on the pages of a PDF."""
    assert answer.mimetype == "application/pdf", answer.text
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as file:
        pages: list[Image.Image] = [page.render(scale=150 / 72).to_pil() for page in file]
    return sorted(found.text for page in pages for found in zxingcpp.read_barcodes(page))


def test_a_closed_event_takes_nobody(olga: Officer, paderborn: Database, event: Event) -> None:
    with paderborn.transaction() as session:
        session.get_one(Event, event.id).state = EventState.CANCELLED
    assert "You can no longer register" in typed(olga, f"event-{event.code}", BORIS).text
    assert olga.post(f"/desk/events/{event.id}/door", code="AMNA22").status_code == 409
