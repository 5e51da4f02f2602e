"""Meetings announced and written down on pages, from the form to the group's page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from models import clock, groups, leads, links, meetings
from models.db import Database
from models.forms import review
from models.links import Purpose
from models.people import Person
from models.sheets import Meeting
from models.submissions import Submission
from tests.models.forms.test_meeting_forms import officer
from tests.models.test_meetings import group_id, member
from tests.webforms.conftest import Browser, Page

NOON = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)
FORM = "/de/forms/meeting-notice"
NOTICE = {"day": "12.01.2027", "starts": "18.30", "place": "Rathaus", "agenda": "Sprachcafé"}


def lead_comes(browser: Browser, db: Database) -> Person:
    """Amina leads 7.49, and has her own page open in this browser."""
    with db.transaction() as session:
        amina = member(session, "Amina")
        leads.appoint(session, group_id(session), amina)
    come_back(browser, db, amina)
    return amina


def come_back(browser: Browser, db: Database, person: Person) -> None:
    """Open one's own page."""
    with db.transaction() as session:
        token = links.issue(session, Purpose.ME, person_id=person.id)
    browser.enter(f"/de/me/{token}")


def announce(browser: Browser, **answers: str | list[str]) -> Page:
    """Fill the form in."""
    page = browser.open(f"{FORM}?group=7.49")
    fields = {**page.fields, **NOTICE, **answers}
    return Page(browser.client.post(FORM, data=fields, follow_redirects=True))


def test_a_lead_announces_and_the_page_shows_it_at_once(browser: Browser, paderborn: Database) -> None:
    with clock.frozen(NOON):
        lead_comes(browser, paderborn)
        thanks = announce(browser, languages=["ar", "de"])
        assert thanks.status == 200
        page = browser.open("/de/groups/7.49")
        assert "Dienstag, 12. Januar 2027" in page.text
        assert "العربية" in page.text
        assert "Dienstag, 12. Januar 2027" in browser.open("/de/me").text
    with paderborn.reading() as session:
        found = session.scalars(sa.select(Meeting).where(Meeting.place == "Rathaus")).one()
        assert (found.starts, found.languages) == ("18:30", ["de", "ar"])


def test_a_slip_comes_back_with_all_boxes_still_ticked(browser: Browser, paderborn: Database) -> None:
    with clock.frozen(NOON):
        lead_comes(browser, paderborn)
        page = announce(browser, day="Montag, 12.01.2027", languages=["ar", "uk"])
    assert page.status == 422
    html = page.response.get_data(as_text=True)
    assert html.count("checked") == 2
    assert page.fields["day"] == "Montag, 12.01.2027"
    assert "Dienstag, 12. Januar 2027" in page.text


def test_a_stranger_announces_and_nothing_is_public(browser: Browser, paderborn: Database) -> None:
    with clock.frozen(NOON):
        answer = announce(browser, name="Boris Muster", reach="phone", phone="05251 1234567")
        assert answer.status == 200
        assert "Rathaus" not in browser.open("/de/groups/7.49").text
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 1


def test_minutes_appear_folded_away_once_the_office_has_accepted_them(
    browser: Browser, paderborn: Database
) -> None:
    with clock.frozen(NOON):
        amina = lead_comes(browser, paderborn)
        announce(browser)
    with clock.frozen(NOON + timedelta(days=10)):
        come_back(browser, paderborn, amina)
        with paderborn.reading() as session:
            code = groups.directory(session).get("7.49").code
            every = meetings.of_group(session, groups.directory(session).get("7.49").id)
            meeting = next(one for one in every if one.held.earliest == date(2027, 1, 12))
        page = browser.open(f"/de/forms/meeting-minutes?group={code}&meeting={meeting.id}")
        assert page.fields["meeting"] == str(meeting.id)
        told: dict[str, Any] = {"text": "Wir haben geredet.", "present": "12", "decisions": "Ein Flyer"}
        assert browser.send(page, "/de/forms/meeting-minutes", **told).status == 200
        assert "Wir haben geredet." not in browser.open("/de/groups/7.49").text
        with paderborn.transaction() as session:
            entry = session.scalars(sa.select(Submission).order_by(Submission.id.desc())).first()
            assert entry is not None
            review.accept(session, officer(session), entry.id, version=entry.version)
        shown = browser.open("/de/groups/7.49").response.get_data(as_text=True)
        assert "<details" in shown.split("Wir haben geredet.")[0]
        assert "Ein Flyer" in shown
