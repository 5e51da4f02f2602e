"""The door at the desk without JavaScript: by code, by name, in parts, taken back; what the script asks."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from models import clock, places
from models.audit import AuditEntry, Kind, Verb
from models.db import Database
from models.events import Event
from models.people import ChannelKind, Person
from models.registrations import Registration, RegistrationState
from models.staff import StaffRole
from tests.models.hall import NOON, a_guest, a_hall, counted, named
from tests.webforms.desk import people
from tests.webforms.desk.people import Officer

WHEN = round(NOON.timestamp() * 1000)


@pytest.fixture
def event(paderborn: Database) -> Event:
    """A conference with four on its list."""
    return a_hall(paderborn, capacity=6)


@pytest.fixture
def place(event: Event) -> str:
    """The address of its door."""
    return f"/desk/events/{event.id}/door"


def in_audit(db: Database) -> list[tuple[Verb, str]]:
    """What has been noted of arrivals."""
    with db.reading() as session:
        rows = session.execute(
            sa.select(AuditEntry.verb, AuditEntry.record)
            .where(AuditEntry.kind == Kind.ARRIVAL)
            .order_by(AuditEntry.id)
        )
        return [(verb, record) for verb, record in rows]


def test_a_code_is_typed_and_typed_again(
    olga: Officer, paderborn: Database, event: Event, place: str
) -> None:
    with clock.frozen(NOON):
        answer = olga.post(place, code=" amna 22 ")
        page = olga.open(answer.location)
    assert "Welcome! Noted as here." in page.text
    assert "1 of 6 are here" in page.text
    with clock.frozen(NOON + timedelta(minutes=20)):
        page = olga.open(olga.post(place, code="AMNA22").location)
    assert "already here since 14:02" in page.text
    assert counted(paderborn, event) == (1, 6)
    number = str(named(paderborn, "AMNA22")[1].id)
    assert in_audit(paderborn) == [(Verb.ADD, number)]
    page = olga.open(olga.post(f"{place}/undo", code="AMNA22").location)
    assert "Taken back." in page.text
    assert counted(paderborn, event) == (0, 6)
    assert in_audit(paderborn) == [(Verb.ADD, number), (Verb.REMOVE, number)]


def test_a_wrong_code_is_kept_to_be_corrected(olga: Officer, place: str) -> None:
    answer = olga.post(place, code="ZZZZ99")
    assert answer.status_code == 422
    assert 'value="ZZZZ99"' in answer.text
    assert "Nobody is registered with this code." in answer.text


def test_a_group_is_asked_how_many(olga: Officer, paderborn: Database, event: Event, place: str) -> None:
    page = olga.open(olga.post(place, code="BRRS33").location)
    assert "How many come in now?" in page.text
    assert counted(paderborn, event) == (0, 6)
    tick = str(WHEN)
    for _twice in range(2):
        page = olga.open(olga.post(place, code="BRRS33", seats="2", tick=tick).location)
    assert "2 of 5 are here" in page.text
    olga.post(place, code="BRRS33", seats="3", tick=str(WHEN + 1))
    assert counted(paderborn, event) == (5, 6)
    assert olga.post(place, code="BRRS33", seats="0").status_code == 422


def test_who_waits_is_let_in_only_when_the_officer_says_so(
    olga: Officer, paderborn: Database, event: Event, place: str
) -> None:
    page = olga.open(olga.post(place, code="CCRA44").location)
    assert "is on the waiting list: let them in anyway?" in page.text
    assert counted(paderborn, event) == (0, 6)
    olga.post(place, code="CCRA44", anyway="yes")
    assert counted(paderborn, event) == (1, 7)


def test_names_are_searched(olga: Officer, place: str) -> None:
    assert "Amina Beispiel" in olga.open(place).text
    page = olga.open(f"{place}?q=schule+boris").text
    assert ("Boris Muster" in page, "Amina" in page) == (True, False)
    assert "Nobody found." in olga.open(f"{place}?q=zzz").text


def test_only_this_page_may_ask_for_the_camera(olga: Officer, place: str) -> None:
    assert olga.client.get(place).headers["Permissions-Policy"].startswith("camera=(self)")
    assert olga.client.get("/desk/").headers["Permissions-Policy"].startswith("camera=()")
    assert olga.client.get("/desk/events/99/door").status_code == 404


def test_who_moderates_does_not_see_who_comes(paderborn: Database, olga: Officer, place: str) -> None:
    people.employ(paderborn, "mona@example.org", StaffRole.MODERATOR)
    mona = Officer(olga.client.application.test_client(), "mona@example.org")
    mona.log_in()
    assert {mona.client.get(at).status_code for at in (place, f"{place}/list")} == {403}
    assert mona.post(f"{place}/queue", items="[]").status_code == 403


def sent(olga: Officer, place: str, *items: dict[str, object], now: int = WHEN) -> dict[str, Any]:
    """Send what a device has noted."""
    answer = olga.post(f"{place}/queue", items=json.dumps(items), now=str(now))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_what_a_device_has_noted_comes_in_one_request_and_counts_once(
    olga: Officer, paderborn: Database, event: Event, place: str
) -> None:
    noted: list[dict[str, object]] = [
        {"code": "AMNA22", "tick": WHEN - 600_000}, {"code": "BRRS33", "tick": WHEN - 500_000, "seats": 2},
        {"code": "BRRS33", "tick": WHEN - 400_000, "seats": 2}, {"code": "CCRA44", "tick": WHEN - 300_000},
        {"code": "ZZZZ99", "tick": WHEN - 200_000}, {"code": "DXQN55", "tick": WHEN - 1, "anyway": True},
    ]  # fmt: skip
    with clock.frozen(NOON):
        first = sent(olga, place, *noted)
        outcomes = [one["outcome"] for one in first["results"]]
        assert outcomes == ["arrived", "arrived", "arrived", "waiting", "unknown", "arrived"]
        again = sent(olga, place, *noted)
    assert [one["outcome"] for one in again["results"]][:3] == ["here", "here", "here"]
    assert counted(paderborn, event) == (6, 7)
    assert named(paderborn, "AMNA22")[1].arrived_at == NOON - timedelta(minutes=10)
    told = {one["code"]: one for one in again["guests"]}
    assert (again["arrived"], told["AMNA22"]["since"], told["BRRS33"]["here"]) == (6, "13:52", 4)
    assert len(in_audit(paderborn)) == 4
    with clock.frozen(NOON + timedelta(minutes=1)):
        sent(olga, place, {"code": "BRRS33", "tick": WHEN + 1000, "undo": True}, now=WHEN + 60_000)
    assert counted(paderborn, event) == (2, 7)


def test_a_device_whose_clock_is_wrong(olga: Officer, paderborn: Database, event: Event, place: str) -> None:
    ahead = 3_600_000 * 24 * 3
    with clock.frozen(NOON):
        sent(olga, place, {"code": "AMNA22", "tick": WHEN + ahead - 60_000}, now=WHEN + ahead)
    assert named(paderborn, "AMNA22")[1].arrived_at == NOON - timedelta(minutes=1)


BROKEN = (
    "", "{", "3", "[1]", '[{"code": 1}]', '[{"code": "A", "tick": "x"}]', '{"code": "A"}',
    '[{"code": "A", "tick": Infinity}]', "[" * 20_000,
)  # fmt: skip


@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_broken_queues_are_refused(olga: Officer, place: str, raw: str) -> None:
    assert olga.post(f"{place}/queue", items=raw).status_code == 422


def test_half_a_character_in_a_code_is_unknown(olga: Officer, place: str) -> None:
    assert sent(olga, place, {"code": "\ud800", "tick": WHEN})["results"][0]["outcome"] == "unknown"


def test_a_foreign_form_is_refused(olga: Officer, place: str) -> None:
    assert olga.client.post(f"{place}/queue", data={"items": "[]"}).status_code == 400


def test_the_whole_list_takes_few_statements(
    olga: Officer, paderborn: Database, event: Event, place: str
) -> None:
    with paderborn.transaction() as session:
        for number in range(150):
            a_guest(session, session.get_one(Event, event.id), f"Person {number}", f"N{number:05}")
    listed = olga.client.get(f"{place}/list").get_json()
    assert len(listed["guests"]) == 154
    page = olga.open(place).text
    assert len(re.findall(r"Person \d+ N\d", page)) <= 100
    assert "There are more." in page


MANY, FEW_BYTES = 2000, 600


def large(number: int) -> str:
    """A code for each, of signs that nobody misreads."""
    return f"G{number:05}".translate(str.maketrans("01", "XY"))


def test_of_a_large_hall_a_device_is_told_only_what_has_changed(
    olga: Officer, paderborn: Database, event: Event, place: str
) -> None:
    now = NOON - timedelta(days=1)
    with paderborn.transaction() as session:
        known = session.scalar(sa.select(sa.func.max(Person.id))) or 0
        ids = range(known + 1, known + 1 + MANY)
        session.execute(sa.update(Registration).values(changed_at=now - timedelta(days=1)))
        session.execute(
            sa.insert(Person),
            [{"id": one, "name": f"Gast {one}", "language": "de", "prefers": ChannelKind.PHONE,
              "met_at": now, "seen_at": now} for one in ids],
        )  # fmt: skip
        session.execute(
            sa.insert(Registration),
            [{"event_id": event.id, "person_id": one, "state": RegistrationState.REGISTERED,
              "code": large(one), "queued_at": now, "changed_at": now - timedelta(seconds=one)}
             for one in ids],
        )  # fmt: skip
    whole = olga.client.get(f"{place}/list?since=")
    told = whole.get_json()
    assert told["all"]
    assert len(told["guests"]) > MANY
    assert len(whole.data) > 200 * FEW_BYTES
    same = [olga.client.get(f"{place}/list?since={told['mark']}") for _poll in range(3)]
    assert [(one.status_code, one.data) for one in same] == [(204, b"")] * 3
    with clock.frozen(NOON):
        olga.post(place, code=large(known + 7))
    fresh = olga.client.get(f"{place}/list?since={told['mark']}")
    assert len(fresh.data) < FEW_BYTES
    after = fresh.get_json()
    assert (after["all"], after["arrived"]) == (False, told["arrived"] + 1)
    assert [(one["name"], one["since"]) for one in after["guests"] if one["here"]] == [
        (f"Gast {known + 7}", "14:02")
    ]
    assert len(after["guests"]) == 2, "and the one that was the latest before"
    with paderborn.transaction() as session, clock.frozen(NOON + timedelta(minutes=1)):
        places.cancel(session, session.scalar(sa.select(sa.func.max(Registration.id))) or 0)
        places.let_go(session, known + 3)
    last = olga.client.get(f"{place}/list?since={after['mark']}").get_json()
    assert last["all"], "somebody is gone from the list"
    assert [one["state"] for one in last["guests"]].count("cancelled") == [
        one["state"] for one in told["guests"]
    ].count("cancelled") + 1
    assert olga.client.get(f"{place}/list?since=%00'--1").get_json()["all"]
