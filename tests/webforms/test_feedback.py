"""Feedback on a page and at the desk: given, sorted, put into German, released, exported."""

import io

import openpyxl
from flask import Flask

from models import feedback_summary
from models.db import Database
from models.people import Person
from models.staff import StaffRole
from models.submissions import Submission
from tests.models.test_feedback import conference
from tests.webforms.conftest import Browser, Page
from tests.webforms.desk import people
from tests.webforms.desk.people import Officer

FORM = "/ar/forms/feedback"
POINTS = {"remarks": "some", "stays": "يساعد الأطفال\r\nقريب", "adapt": "الموعد مبكر"}


def count(db: Database, table: type) -> int:
    """Rows of a table."""
    with db.reading() as session:
        return session.query(table).count()


def give(browser: Browser, group: str = "7.49", **answers: str) -> Page:
    """Give feedback on a page."""
    page = browser.open(f"{FORM}?group={group}")
    return browser.send(page, FORM, **(POINTS | answers))


def test_it_is_given_once_and_without_a_name(browser: Browser, paderborn: Database) -> None:
    people_before, sent_before = count(paderborn, Person), count(paderborn, Submission)
    page = browser.open(f"{FORM}?group=7.49")
    assert not {"name", "email", "reach", "phone"} & set(page.fields)
    for _again in range(2):
        thanks = browser.send(page, FORM, **POINTS)
        assert "/thanks/" in thanks.response.request.path
        assert "t.me" not in thanks.response.get_data(as_text=True)
    with paderborn.reading() as session:
        (whole,) = feedback_summary.listed(session)
        assert (whole.stays.count, whole.adapt.count, whole.forms) == (2, 1, 1)
        assert [one.language for one in whole.stays.loose] == ["ar", "ar"]
    assert (count(paderborn, Person), count(paderborn, Submission)) == (people_before, sent_before)


def test_silence_is_asked_about_and_no_remarks_count(browser: Browser, paderborn: Database) -> None:
    empty = give(browser, stays="", adapt=" \n ")
    assert empty.status == 422
    give(browser, remarks="none", stays="", adapt="")
    give(browser, stays="", adapt="Zu früh")
    give(browser, adapt="")
    with paderborn.reading() as session:
        (whole,) = feedback_summary.listed(session)
        assert (whole.no_remarks, whole.forms, whole.adapt.count) == (1, 3, 1)


def test_a_poster_names_the_event_and_the_day_is_known(browser: Browser, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        code = conference(session).code
    page = browser.open(f"/de/forms/feedback?group=7.49&event={code}")
    assert page.fields["event"] == code
    browser.send(page, "/de/forms/feedback", **POINTS)
    give(browser, "7.49", event="UNKNOWN")
    with paderborn.reading() as session:
        (whole,) = feedback_summary.listed(session)
        assert whole.event
        assert (whole.event.code, whole.forms) == (code, 2)


def test_the_desk_sorts_releases_and_exports(browser: Browser, paderborn: Database) -> None:
    app: Flask = browser.client.application
    olga, mona = Officer(app.test_client(), "olga@example.org"), Officer(app.test_client(), "m@example.org")
    people.employ(paderborn, olga.email)
    people.employ(paderborn, mona.email, StaffRole.MODERATOR)
    assert olga.log_in().status_code == mona.log_in().status_code == 303
    give(browser)
    with paderborn.reading() as session:
        (whole,) = feedback_summary.listed(session)
    base, point = f"/desk/feedback/{whole.sheet_id}", whole.adapt.loose[0]
    assert base in mona.open("/desk/feedback").links
    assert mona.post(f"{base}/topics/add", side="adapt", title="Zeit").status_code == 303
    assert mona.post(f"{base}/topics/add", side="adapt", title=" ").status_code == 422
    with paderborn.reading() as session:
        topic = feedback_summary.of_sheet(session, whole.sheet_id).adapt.topics[0]
    sorting = {"version": "1", "german": "Der Termin ist zu früh", "topic": str(topic.id)}
    assert mona.post(f"{base}/points/{point.id}", **sorting).status_code == 303
    late = olga.post(f"{base}/points/{point.id}", **(sorting | {"german": "Anders"}))
    assert late.status_code == 409
    assert "Anders" in late.get_data(as_text=True)
    paper = {"group": "7.49", "adapt": "Zu früh ×3", "none": "2", "language": "de"}
    assert mona.post("/desk/feedback/paper", **paper).status_code == 303
    assert mona.post("/desk/feedback/paper", group="7.49").status_code == 422
    assert mona.post(f"{base}/release", released="yes").status_code == 403
    public = "/de/groups/7.49/feedback"
    assert browser.open(public).status == 404
    assert public not in browser.open("/de/groups/7.49").links
    assert olga.post(f"{base}/release", released="yes").status_code == 303
    page = browser.open(public)
    assert public in browser.open("/de/groups/7.49").links
    assert "Der Termin ist zu früh" in page.text
    assert "×3" in page.text
    sheet = openpyxl.load_workbook(io.BytesIO(olga.client.get("/desk/feedback/export.xlsx").data)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)] if sheet else []
    assert len(rows) == 1 + 3 + 1 + 1
    assert any("Zeit" in row and "Der Termin ist zu früh" in row for row in rows)
