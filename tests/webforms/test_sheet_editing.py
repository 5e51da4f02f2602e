"""The goal sheet's editing page: leads and officers edit a whole sheet by HTTP, without JavaScript."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.recording import listening
from models import changes, clock, groups, leads, links, people
from models.changes import Author
from models.db import Database
from models.goals import Carrier
from models.links import Purpose
from models.settings import Settings
from models.sheets import GoalSheet, MilestoneState
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer, employ
from webforms import create_app

NUMBER = "1.5"


@dataclass
class Editor:
    """Somebody with an editing page open: a lead at their own, an officer at the desk."""

    db: Database
    client: FlaskClient
    page: str
    author: Author

    def open(self, query: str = "") -> Page:
        """Open the page."""
        return Page(self.client.get(f"{self.page}{query}"))

    def send(self, act: str, look: Page | None = None, /, **typed: object) -> TestResponse:
        """Send one of the page's forms with the token and the version that the page shows."""
        seen = (look or self.open()).fields
        data = {"csrf": seen["csrf"], "version": seen["version"], **typed}
        return self.client.post(f"{self.page}/{act}", data=data)

    def saves(self, act: str, **typed: object) -> Page:
        """Send a form that is saved; return the page to which one comes back."""
        answer = self.send(act, **typed)
        assert answer.status_code == 303, Page(answer).text
        onwards = answer.headers["Location"]
        assert re.search(r"#[a-z]+(-\d+)?$", onwards)
        found = Page(self.client.get(onwards))
        assert 'role="status"' in found.response.get_data(as_text=True)
        return found

    def sheet(self) -> GoalSheet:
        """Return the sheet as stored."""
        with self.db.reading() as session:
            return groups.with_sheet(session, groups.directory(session).get(NUMBER).id).sheet


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """The pages of the demo's region."""
    app = create_app(settings, paderborn)
    app.testing = False  # refusals are pages here as in life
    return app


def sign_in(app: Flask, db: Database, person_id: int, onwards: str = "") -> tuple[FlaskClient, TestResponse]:
    """Open somebody's own page by a one-time link; return their browser and the answer."""
    client = app.test_client()
    with db.transaction() as session:
        token = links.issue(session, Purpose.ME, person_id=person_id)
    return client, client.post(f"/en/me/{token}{onwards}")


def known(db: Database, name: str = "Karla Beispiel", *, leads_group: str = NUMBER) -> int:
    """Make somebody known, and a lead of a group."""
    with db.transaction() as session:
        person_id = people.meet(
            session, name=name, language="de", email=f"{name.split()[0].lower()}@example.org"
        )[0]
        person = people.get(session, person_id)
        assert person is not None
        if leads_group:
            leads.appoint(session, groups.directory(session).get(leads_group).id, person)
        return person_id


@pytest.fixture
def karla(app: Flask, paderborn: Database) -> Editor:
    """A lead of group 1.5, on their own page."""
    person_id = known(paderborn)
    client, _answer = sign_in(app, paderborn, person_id)
    return Editor(paderborn, client, f"/en/groups/{NUMBER}/edit", Author(person_id=person_id))


@pytest.fixture
def olga(app: Flask, paderborn: Database) -> Editor:
    """An officer at the desk."""
    staff_id = employ(paderborn, "olga@example.org")
    officer = Officer(app.test_client(), "olga@example.org")
    assert officer.log_in().status_code == 303
    return Editor(paderborn, officer.client, f"/desk/groups/{NUMBER}/sheet", Author(staff_id=staff_id))


@pytest.fixture(params=["karla", "olga"])
def editor(request: pytest.FixtureRequest) -> Iterator[Editor]:
    """A lead, then an officer."""
    with clock.frozen(datetime(2026, 5, 4, 10, tzinfo=UTC)):
        yield request.getfixturevalue(request.param)


def test_a_whole_sheet_is_edited_without_javascript(editor: Editor) -> None:
    assert editor.open().status == 200
    editor.saves("lead", lead_organisation="Kitaverbund")
    editor.saves("participant-add", name="Amina Beispiel", kind="person")
    amina = editor.sheet().participants[-1]
    assert (amina.kind.value, amina.confirmed) == ("person", False)
    in_public = [editor.client.get(f"/de/groups/{NUMBER}{page}") for page in ("", "/timeline")]
    assert not any("Amina" in page.get_data(as_text=True) for page in in_public)
    editor.saves("participant-change", one=amina.id, name="Amina B.", kind="person", confirmed="yes")
    assert editor.sheet().participants[-1].confirmed
    editor.saves("participant-remove", one=amina.id)
    editor.saves("interim", interim_target="Drei\r\nTreffen", interim_due="ca. 06/27")
    editor.saves("notes", notes="Bitte leise")
    found = editor.saves("milestone-add", measure="Zuerst", due="03/2027", place="1")
    assert "1 March 2027 to 31 March 2027" in found.text
    one, *_others = editor.sheet().milestones
    assert (one.measure, one.position) == ("Zuerst", 1)
    editor.saves("milestone-change", one=one.id, measure="Zu Beginn", due="Ab sofort", weight="2")
    editor.saves("milestone-move", one=one.id, place="3")
    assert [each.id for each in editor.sheet().milestones].index(one.id) == 2
    editor.saves("milestone-split", one=one.id, parts="Erstens\r\nZweitens\r\n\r\nDrittens")
    editor.saves("milestone-drop", one=one.id, reason="Kein Geld")
    editor.saves("milestone-take-up", one=one.id)
    editor.saves("meeting", held="Do, 17. Juni 2027, 14-16 Uhr", place="Kreishaus")
    now = editor.sheet()
    assert (now.lead_organisation, now.interim_target, now.notes) == (
        "Kitaverbund", "Drei\nTreffen", "Bitte leise",
    )  # fmt: skip
    assert [each.measure for each in now.milestones[2:5]] == ["Erstens", "Zweitens", "Drittens"]
    assert [each.position for each in now.milestones] == list(range(1, 9))
    assert (now.milestones[2].due.wording, now.milestones[2].due.earliest) == (
        "Ab sofort", datetime(2026, 5, 4).date(),  # noqa: DTZ001
    )  # fmt: skip
    (meeting,) = [one for one in now.meetings if one.place == "Kreishaus"]
    assert (meeting.starts, meeting.ends) == ("14:00", "16:00")
    editor.saves("meeting", one=meeting.id, held=meeting.held.wording, starts="15:00", place="Aula")
    assert [(one.starts, one.place) for one in editor.sheet().meetings if one.id == meeting.id] == [
        ("15:00", "Aula")
    ]
    with editor.db.reading() as session:
        told = changes.of_group(session, groups.directory(session).get(NUMBER).id)
    mine = [(one.staff_id, one.person_id) for one in told if not one.about.startswith("person/")]
    assert set(mine) == {(editor.author.staff_id, editor.author.person_id)}
    assert len(mine) > 15


@pytest.mark.parametrize("wording", ["ca. 06/19", "Jan / Feb 2019", "3. Quartal", "Ab sofort"])
def test_the_page_says_how_a_date_was_understood_and_keeps_its_words(editor: Editor, wording: str) -> None:
    one = editor.sheet().milestones[0]
    found = editor.saves("milestone-change", one=one.id, measure=one.measure, due=wording, weight="1")
    assert editor.sheet().milestones[0].due.wording == wording
    expected = {
        "ca. 06/19": "about 1 June 2019 to 30 June 2019",
        "Jan / Feb 2019": "1 January 2019 to 28 February 2019",
        "3. Quartal": "No date could be read from this; it is kept as written and will not count as overdue.",
        "Ab sofort": "from 4 May 2026 on",
    }
    assert expected[wording] in found.text
    assert wording in found.response.get_data(as_text=True)


def test_a_weekday_that_is_not_the_days_is_pointed_out_before_it_is_saved(editor: Editor) -> None:
    one = editor.sheet().milestones[0]
    typed = {"one": one.id, "measure": "Neu", "due": "Freitag, 13.12.2018", "weight": "1"}
    answer = editor.send("milestone-change", **typed)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "You wrote Friday, but 13 December 2018 is a Thursday." in html
    assert 'value="Freitag, 13.12.2018"' in html
    assert 'name="as_written" value="yes"' in html
    assert editor.sheet().milestones[0].measure == one.measure
    editor.saves("milestone-change", **typed, as_written="yes")
    assert editor.sheet().milestones[0].due.wording == "Freitag, 13.12.2018"


@pytest.mark.parametrize(
    ("act", "typed", "field"),
    [
        ("lead", {"lead_organisation": "x" * 201}, "lead_organisation"),
        ("participant-add", {"name": " ", "kind": "person"}, "name"),
        ("interim", {"interim_target": "Drei Treffen", "interim_due": "x" * 201}, "interim_due"),
        ("milestone-add", {"measure": "", "due": "Juni 2027"}, "measure"),
        ("meeting", {"held": "Juni 2027", "starts": "25:00", "place": "Aula"}, "starts"),
        ("meeting", {"held": "", "place": "Aula"}, "held"),
    ],
)
def test_what_cannot_be_saved_comes_back_as_it_was_typed(
    editor: Editor, act: str, typed: dict[str, str], field: str
) -> None:
    answer = editor.send(act, **typed)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in html
    assert f'aria-describedby="e-{act}-{field}"' in html
    for words in typed.values():
        assert words.strip() in html


def test_who_was_slower_keeps_what_they_typed_and_sees_what_is_there_now(karla: Editor, olga: Editor) -> None:
    look = karla.open()
    olga.saves("notes", notes="Von Olga")
    answer = karla.send("notes", look, notes="Von Karla")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Von Karla</textarea>" in html
    assert "Stored now:" in html
    assert "Von Olga" in html
    assert karla.sheet().notes == "Von Olga"
    again = karla.send("notes", Page(answer), notes="Von beiden")
    assert again.status_code == 303
    assert karla.sheet().notes == "Von beiden"


def test_the_history_tells_who_when_before_and_after_and_can_be_narrowed(karla: Editor, olga: Editor) -> None:
    one, other, *_ = karla.sheet().milestones
    karla.saves("milestone-change", one=one.id, measure="Ganz neu", due=one.due.wording, weight="1")
    olga.saves("milestone-state", one=other.id, state="under-way")
    page = karla.open()
    assert "Karla Beispiel" in page.text
    assert "Olga Beispiel" not in page.text  # leads see that it was the office
    assert "the office" in page.text
    assert "Olga Beispiel" in olga.open().text
    narrow = karla.open(f"?milestone={one.id}")
    changed = narrow.response.get_data(as_text=True).split('class="changes"')[1]
    assert one.measure in changed
    assert "Ganz neu" in changed
    assert "Under way" not in changed
    for number in range(25):
        karla.saves("notes", notes=f"Nummer {number}")
    assert any("below=" in link for link in karla.open().links)


def test_states_and_carriers_are_for_the_office(karla: Editor, olga: Editor) -> None:
    one = karla.sheet().milestones[0]
    decided = {
        "carrier": "blue", "new_body": "Kreistag", "decided_on": "17.09.2018", "reason": "Die Gruppe ruht.",
    }  # fmt: skip
    assert karla.send("milestone-state", one=one.id, state="done").status_code == 404
    assert karla.send("carrier", **decided).status_code == 404
    assert "Kreistag" not in karla.open().text
    olga.saves("milestone-state", one=one.id, state="done")
    assert karla.sheet().milestones[0].state is MilestoneState.DONE
    refused = olga.send("carrier", **{**decided, "decided_on": "Herbst 2018"})
    assert refused.status_code == 422
    assert "Die Gruppe ruht." in refused.get_data(as_text=True)
    olga.saves("carrier", **decided)
    with karla.db.reading() as session:
        assert groups.directory(session).get(NUMBER).carrier is Carrier.OFFICE
    assert "Carried by the office" in olga.open().text
    assert "17 September 2018" in Page(karla.client.get(f"/en/groups/{NUMBER}")).text


def test_strangers_are_told_how_to_get_the_link(app: Flask, paderborn: Database) -> None:
    client, address = app.test_client(), f"/en/groups/{NUMBER}/edit"
    page = Page(client.get(address))
    assert page.status == 403
    assert page.fields["group"] == NUMBER
    assert Page(client.post(f"{address}/notes", data={"notes": "x"})).status == 403
    boris = known(paderborn, "Boris Muster", leads_group="7.49")
    client, _answer = sign_in(app, paderborn, boris)
    page = Page(client.get(address))
    assert page.status == 403
    assert "you do not lead this group" in page.text
    assert Page(client.post(f"{address}/notes", data={"notes": "x", "version": "1"})).status == 403
    assert client.get("/en/groups/99.9/edit").status_code == 404


def test_a_dismissed_lead_is_out_at_once(karla: Editor) -> None:
    look = karla.open()
    assert look.status == 200
    with karla.db.transaction() as session:
        assert karla.author.person_id is not None
        leads.dismiss(session, groups.directory(session).get(NUMBER).id, karla.author.person_id)
    assert karla.open().status == 403
    assert karla.send("notes", look, notes="Noch schnell").status_code == 403


def test_a_form_of_another_site_changes_nothing(karla: Editor, olga: Editor) -> None:
    for editor, status in ((karla, 422), (olga, 400)):
        before = editor.sheet().notes
        data = {"version": editor.open().fields["version"], "notes": "Fremd"}
        for token in ("", "a.b.c", (olga if editor is karla else karla).open().fields["csrf"]):
            answer = editor.client.post(f"{editor.page}/notes", data={**data, "csrf": token})
            assert answer.status_code == status
        assert editor.sheet().notes == before


def test_the_ways_to_the_page(app: Flask, karla: Editor, olga: Editor) -> None:
    edit = f"/en/groups/{NUMBER}/edit"
    assert edit in Page(karla.client.get("/en/me")).links
    assert edit in Page(karla.client.get(f"/en/groups/{NUMBER}")).links
    assert f"/en/groups/{NUMBER}/edit" not in Page(app.test_client().get(f"/en/groups/{NUMBER}")).links
    assert f"/desk/groups/{NUMBER}/sheet" in Page(olga.client.get(f"/en/groups/{NUMBER}")).links
    assert f"/desk/groups/{NUMBER}/sheet" in Page(olga.client.get(f"/desk/groups/{NUMBER}")).links
    assert karla.author.person_id is not None
    for query, onwards in ((f"?group={NUMBER}", edit), ("?group=//evil.example", "/en/me"), ("", "/en/me")):
        _client, answer = sign_in(app, karla.db, karla.author.person_id, query)
        assert answer.headers["Location"] == onwards


@pytest.mark.parametrize("language", ["ar", "de", "fa"])
def test_the_page_runs_in_the_readers_direction(karla: Editor, language: str) -> None:
    page = Page(karla.client.get(f"/{language}/groups/{NUMBER}/edit"))
    assert page.status == 200
    assert page.direction == ("ltr" if language == "de" else "rtl")


def test_what_people_write_is_never_read_as_html(editor: Editor) -> None:
    evil = "<script>alert(1)</script>"
    editor.saves("notes", notes=evil)
    editor.saves("milestone-add", measure=evil, due=evil)
    assert evil not in editor.open().response.get_data(as_text=True)


def test_the_number_of_statements_does_not_grow_with_the_sheet(editor: Editor) -> None:
    def count() -> int:
        editor.open()
        with listening(editor.db) as heard:
            assert editor.open().status == 200
        return sum(one.is_statement for one in heard)

    for number in range(21):  # more than a page of history
        editor.saves("notes", notes=f"Nummer {number}")
    before = count()
    for number in range(12):
        editor.saves("milestone-add", measure=f"Schritt {number}", due="03/2027")
        editor.saves("participant-add", name=f"Verein {number}")
    assert (before, count()) == (8, 8)


def test_a_number_that_never_was_is_not_found(karla: Editor) -> None:
    for one in ("0", "999999", "-1", "x", "9" * 30):
        assert karla.send("milestone-drop", one=one, reason="Weil").status_code in (404, 422)
    assert karla.send("nothing").status_code == 404
