"""Events at the desk: from the first day to the list of guests."""

import io
from datetime import date, timedelta

import openpyxl
import sqlalchemy as sa

from models import ballot_board, feedback, groups, registrations
from models.db import Database
from models.events import AgendaItem, Event, EventState, Workshop
from models.feedback import Noted, Side
from models.groups import WorkingGroup
from models.outbox import Message
from models.registrations import Registration, RegistrationState
from models.staff import StaffRole
from models.updates import ButtonKind, Update
from tests.models.test_feedback import employ
from tests.models.test_registrations import conference, guest
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer

DAY = (date.today() + timedelta(days=40)).isoformat()  # noqa: DTZ011 - any day ahead


def only(db: Database) -> Event:
    """The event that was made here."""
    with db.reading() as session:
        return session.scalars(sa.select(Event).where(Event.title == "Musterkonferenz")).one()


def change(olga: Officer, db: Database, part: str, **fields: object) -> int:
    """Send a part of the editor as it stands now; return the answer's status."""
    one = only(db)
    return olga.post(f"/desk/events/{one.id}/{part}", version=str(one.version), **fields).status_code


def test_a_conference_is_made_planned_and_published(olga: Officer, paderborn: Database) -> None:
    assert (
        olga.post("/desk/events", title="Musterkonferenz", kind="conference", held_on=DAY).status_code == 303
    )
    assert olga.post("/desk/events", title="Musterkonferenz", kind="conference").status_code == 409
    facts = {
        "title": "Musterkonferenz", "kind": "conference", "held_on": DAY, "starts": "14 Uhr", "ends": "17.30",
        "place": "Musterhalle", "capacity": "80", "heading-de": "Große Musterkonferenz",
        "heading-ar": "مؤتمر نموذجي", "access-de": "Keine Stufen", "language": ["de", "ar"],
        "interpreter": ["uk"],
    }  # fmt: skip
    assert change(olga, paderborn, "save", **{**facts, "starts": "abends"}) == 422
    assert change(olga, paderborn, "save", **facts) == 303
    plan = {
        "item-id": ["", "", ""], "item-starts": ["16:00", "14:00", ""], "item-ends": ["", "14:30", ""],
        "item-what": ["Workshops", "Begrüßung", ""], "item-phase": ["1", "", ""],
    }  # fmt: skip
    assert change(olga, paderborn, "plan", **plan) == 303
    assert change(olga, paderborn, "workshops", act="each") == 303
    assert change(olga, paderborn, "publish") == 303
    one = only(paderborn)
    assert (one.state, one.starts, one.ends, one.capacity) == (EventState.OPEN, "14:00", "17:30", 80)
    assert (one.heading.to("ar"), one.languages, one.interpreters) == ("مؤتمر نموذجي", ["de", "ar"], ["uk"])
    with paderborn.reading() as session:
        items = session.scalars(
            sa.select(AgendaItem).where(AgendaItem.event_id == one.id).order_by(AgendaItem.position)
        ).all()
        assert [(item.what, item.phase) for item in items] == [("Begrüßung", None), ("Workshops", 1)]
        groups = session.scalar(sa.select(sa.func.count()).where(WorkingGroup.is_open.is_(True)))
        workshops = session.scalars(
            sa.select(Workshop).where(Workshop.event_id == one.id).order_by(Workshop.position)
        ).all()
        assert len(workshops) == groups
    page = Page(olga.client.get(f"/ar/events/{one.code}"))
    assert page.status == 200
    assert "مؤتمر نموذجي" in page.text
    assert olga.open(f"/desk/events/{one.id}?beside=ar").fields["heading-ar"] == "مؤتمر نموذجي"
    assert olga.post(f"/desk/events/{one.id}/save", version="1", **facts).status_code == 409


def test_workshops_keep_their_people(olga: Officer, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        event = conference(session, workshops=(5, 5))
        taken = event.workshops[0]
        registrations.register(session, guest(session, "Amina"), event.id, workshops=[taken.id])
    rows = {
        "ws-id": [str(taken.id), ""], "ws-title": ["Umbenannt", "Neu"], "ws-phase": ["1", "2"],
        "ws-group": ["", "7.49"], "ws-room": ["Raum 1", ""], "ws-moderator": ["Mara Muster", ""],
        "ws-account": ["", ""], "ws-places": ["7", ""], f"ws-language-{taken.id}": ["de", "uk"],
    }  # fmt: skip
    assert change(olga, paderborn, "workshops", **rows) == 303
    with paderborn.reading() as session:
        found = session.scalars(sa.select(Workshop).order_by(Workshop.position)).all()
        assert [(one.title.to("de"), one.phase, one.capacity) for one in found] == [
            ("Umbenannt", 1, 7), ("Neu", 2, None),
        ]  # fmt: skip
        assert (found[0].id, found[0].taken, found[0].languages) == (taken.id, 1, ["de", "uk"])
    rows = {name: values[1:] for name, values in rows.items() if not name.startswith("ws-language")}
    one = only(paderborn)
    refused = olga.post(f"/desk/events/{one.id}/workshops", version=str(one.version), **rows)
    assert refused.status_code == 409
    assert Page(refused).fields["ws-title"] == "Neu", "what was typed is there still"


def test_the_list_of_guests_counts_exports_and_cancels(olga: Officer, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        event = conference(session, capacity=1)
        first = registrations.register(
            session, guest(session, "Amina"), event.id, needs="=1+1", languages=["ar"]
        )
        registrations.register(session, guest(session, "Boris"), event.id)
    page = olga.open(f"/desk/events/{event.id}/guests")
    assert "Amina" in page.text
    assert first.ticket.code in page.text
    assert "Boris" not in olga.open(f"/desk/events/{event.id}/guests?show=needs").text
    answer = olga.client.get(f"/desk/events/{event.id}/guests.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[1] for row in values[1:]] == ["Amina", "Boris"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "nothing is a formula"
    number = str(first.ticket.registration_id)
    assert olga.post(f"/desk/events/{event.id}/guests/cancel", registration=number).status_code == 303
    assert olga.post(f"/desk/events/{event.id}/guests/cancel", registration="999").status_code == 404
    with paderborn.reading() as session:
        states = session.scalars(sa.select(Registration.state).order_by(Registration.id)).all()
        assert states == [RegistrationState.CANCELLED, RegistrationState.REGISTERED]


def test_all_groups_are_invited_by_one_click(olga: Officer, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        event = conference(session)
    answer = olga.post(f"/desk/events/{event.id}/invite")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/updates/")
    with paderborn.reading() as session:
        (update,) = session.scalars(sa.select(Update)).all()
        assert (update.button, update.button_target) == (ButtonKind.EVENT, event.code)
    page = olga.open(f"/desk/updates/{update.id}/recipients")
    olga.post(
        f"/desk/updates/{update.id}/recipients",
        version=str(update.version),
        event=event.code,
        part="everybody",
    )
    assert page.status == 200
    with paderborn.reading() as session:
        assert session.get_one(Update, update.id).audience["events"] == [event.id]


def test_calling_off_tells_everybody_and_is_in_the_audit(olga: Officer, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        event = conference(session)
        registrations.register(session, guest(session, "Amina"), event.id)
    assert change(olga, paderborn, "call-off", reason="Sturm") == 303
    assert only(paderborn).state is EventState.CANCELLED
    with paderborn.reading() as session:
        keys = session.scalars(sa.select(Message.key).where(Message.kind == "event")).all()
        assert [(key or "").rpartition(":")[2] for key in keys] == ["called-off"]
        noted = session.execute(sa.text("SELECT verb, record FROM audit WHERE kind = 'event'")).all()
        assert [tuple(row) for row in noted] == [("close", str(event.id))]


def test_feedback_and_votes_are_shown_of_one_event(olga: Officer, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        first, other = conference(session), session.scalars(sa.select(Event)).first()
        assert other is not None
        mona, card = employ(session, StaffRole.MODERATOR), groups.directory(session).get("7.49")
        for event in (first, other):
            ballot_board.begin(
                session, mona, f"Themen {event.id}", event_id=event.id, cards_each=2, dots_each=3
            )
            points = [Noted(Side.STAYS, "Gut")]
            feedback.take(session, card, event.id, points, key=str(event.id), channel="page", language="de")
        ids = [first.id, other.id]
        sheets = [feedback.sheet_of(session, card.id, number) for number in ids]
    assert first.id != other.id
    for part, found in (("dots", (f"Themen {ids[0]}", f"Themen {ids[1]}")), ("feedback", sheets)):
        every, one = olga.open(f"/desk/{part}"), olga.open(f"/desk/{part}?event={ids[0]}")
        assert f"/desk/events/{ids[0]}" in one.links
        for number, name in enumerate(found):
            is_in = [
                name in page.text if part == "dots" else f"/desk/feedback/{name}" in page.links
                for page in (every, one)
            ]
            assert is_in == [True, number == 0], (part, name)
