"""Calendars: files and feeds as calendar programs read them, and the pages that lead to them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from models import calendars, clock, groups, links, meetings, memberships, people, stopping
from models.changes import Author
from models.db import Database
from models.links import Purpose
from models.meetings import Details
from models.memberships import MembershipState
from models.preferences import Rhythm, Topic
from models.sheets import Meeting
from models.when import When
from tests.models.test_meetings import group_id, letters_to, member, office
from tests.webforms.conftest import Browser

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
PLACE = (
    "Größtes Mehrgenerationenhaus der Überlandstraße, gegenüber der Öffentlichen Bücherei, Saal „Süd“; 1. OG"
)


@pytest.fixture
def meeting(paderborn: Database) -> Meeting:
    """A meeting on the day on which summer time begins."""
    with clock.frozen(NOON), paderborn.transaction() as session:
        return meetings.plan(
            session, group_id(session), held=When.parse("Sonntag, 28.03.2027"), starts="18:00", ends="20:00",
            place=PLACE, by=office(session), agenda="Sprachcafé, Übungen\nلغة", languages=("de", "ar"),
        )  # fmt: skip


def events(body: bytes) -> list[Any]:
    """The entries of a calendar, read back."""
    return list(Calendar.from_ical(body).walk("VEVENT"))


def code(db: Database) -> str:
    """The code of the group 7.49."""
    with db.reading() as session:
        return groups.directory(session).get("7.49").code


def test_a_file_reads_back_as_the_meeting_in_the_pages_language(browser: Browser, meeting: Meeting) -> None:
    with clock.frozen(NOON):
        answer = browser.client.get(f"/ar/groups/7.49/meetings/{meeting.id}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    (one,) = events(answer.data)
    assert one["dtstart"].dt == datetime(2027, 3, 28, 18, 0, tzinfo=BERLIN)
    assert one["dtend"].dt == datetime(2027, 3, 28, 20, 0, tzinfo=BERLIN)
    assert one["dtstart"].dt.utcoffset() == timedelta(hours=2)
    assert one["location"] == PLACE
    assert "Sprachcafé, Übungen\nلغة" in one["description"]
    assert "العربية" in one["description"]
    assert one["summary"].params["LANGUAGE"] == "ar"
    assert one["url"] == "http://mitwirken.example/ar/groups/7.49"
    assert (one["status"], one["sequence"]) == ("CONFIRMED", 0)


def test_lines_are_folded_as_the_standard_wants(browser: Browser, meeting: Meeting) -> None:
    body = browser.client.get(f"/ar/groups/7.49/meetings/{meeting.id}.ics").data
    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no letter is cut in two
    assert any(line.startswith(b" ") for line in lines)


def test_the_zone_changes_at_the_moments_at_which_clocks_do() -> None:
    zone = calendars.timezone("Europe/Berlin", 2027, 2028)
    parts: list[Any] = zone.subcomponents
    onsets = [
        # RFC 5545, 3.6.5: the onset is written in the local time that counts until then.
        (part["dtstart"].dt - part["tzoffsetfrom"].td, part["tzoffsetto"].td, part["tzname"])
        for part in parts
    ]
    summer, winter = (timedelta(hours=2), "CEST"), (timedelta(hours=1), "CET")
    assert [(moment.isoformat(" ", "minutes"), *rest) for moment, *rest in onsets[1:]] == [
        ("2027-03-28 01:00", *summer), ("2027-10-31 01:00", *winter),
        ("2028-03-26 01:00", *summer), ("2028-10-29 01:00", *winter),
    ]  # fmt: skip
    read = zone.to_tz()
    for day in range(731):
        noon = datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        assert noon.replace(tzinfo=read).utcoffset() == noon.replace(tzinfo=BERLIN).utcoffset(), noon


def test_a_change_keeps_the_entry_and_a_cancellation_stays_in_the_feed(
    browser: Browser, paderborn: Database, meeting: Meeting
) -> None:
    address = f"/calendar/{code(paderborn)}.ics?lang=de"
    with clock.frozen(NOON + timedelta(hours=1)):
        first = browser.client.get(address)
        with paderborn.transaction() as session:
            same = meetings.get(session, meeting.id).meeting
            meetings.change(session, same, Details(same.held, "19:00"), by=Author(staff_id=1))
    with clock.frozen(NOON + timedelta(hours=2)):
        changed = browser.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        again = browser.client.get(address, headers={"If-None-Match": changed.headers["ETag"]})
        with paderborn.transaction() as session:
            meetings.cancel(session, meetings.get(session, meeting.id).meeting, by=Author(staff_id=1))
        gone = browser.client.get(address)
    assert (first.status_code, changed.status_code, again.status_code) == (200, 200, 304)
    uids = {events(one.data)[-1]["uid"] for one in (first, changed, gone)}
    assert len(uids) == 1
    found = [
        (events(one.data)[-1]["sequence"], events(one.data)[-1]["status"]) for one in (first, changed, gone)
    ]
    assert found == [(0, "CONFIRMED"), (1, "CONFIRMED"), (2, "CANCELLED")]
    assert "Last-Modified" in first.headers
    assert first.headers["Cache-Control"] == "no-cache"
    assert again.data == b""


def test_whole_days_short_stretches_and_nothing_for_what_is_open(
    browser: Browser, paderborn: Database
) -> None:
    with clock.frozen(NOON), paderborn.transaction() as session:
        by, number = office(session), group_id(session)
        for wording in ("2027-04-05", "KW 16 2027", "Mai 2027", "nach dem Fest"):
            meetings.plan(session, number, held=When.parse(wording), by=by)
        address = f"/calendar/{groups.directory(session).get('7.49').code}.ics"
    with clock.frozen(NOON):
        found = events(browser.client.get(address).data)
    assert [(one["dtstart"].dt, one["dtend"].dt, one["status"]) for one in found] == [
        (date(2027, 4, 5), date(2027, 4, 6), "CONFIRMED"),
        (date(2027, 4, 19), date(2027, 4, 26), "TENTATIVE"),
    ]


def test_the_feed_holds_the_last_year_and_no_more(browser: Browser, paderborn: Database) -> None:
    with clock.frozen(NOON), paderborn.transaction() as session:
        by, number = office(session), group_id(session)
        for wording in ("2026-02-27", "2026-03-02", "2027-04-05"):
            meetings.plan(session, number, held=When.parse(wording), by=by)
    with clock.frozen(NOON):
        found = events(browser.client.get(f"/calendar/{code(paderborn)}.ics").data)
    assert [one["dtstart"].dt for one in found] == [date(2026, 3, 2), date(2027, 4, 5)]


def test_a_persons_feed_is_theirs_speaks_their_language_and_can_be_ended(
    browser: Browser, paderborn: Database, meeting: Meeting
) -> None:
    with clock.frozen(NOON), paderborn.transaction() as session:
        amina, boris = member(session, "Amina"), member(session, "Boris")
        tokens = [links.issue(session, Purpose.CALENDAR, person_id=one.id) for one in (amina, boris)]
        me = links.issue(session, Purpose.ME, person_id=amina.id)
    with clock.frozen(NOON):
        for _time in range(2):  # looked at, not used up
            answer = browser.client.get(f"/calendar/{tokens[0]}.ics")
            assert events(answer.data)[0]["summary"].params["LANGUAGE"] == "ar"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        page = browser.enter(f"/de/me/{me}")
        assert "Sonntag, 28. März 2027" in page.text
        made = browser.send(page, "/de/me/calendar", act="make")
        assert made.status == 200
        own = [one for one in made.links if one.startswith("webcal://mitwirken.example/calendar/")]
        feed = own[0].replace("webcal://mitwirken.example", "")
        assert len(events(browser.client.get(feed).data)) == 1
        browser.send(browser.open("/de/me"), "/de/me/calendar", act="end")
        assert browser.client.get(feed).status_code == 404
        assert browser.client.get(f"/calendar/{tokens[0]}.ics").status_code == 404
        assert browser.client.get(f"/calendar/{tokens[1]}.ics").status_code == 200


def test_the_groups_page_leads_with_the_next_meeting(browser: Browser, meeting: Meeting) -> None:
    with clock.frozen(NOON):
        page = browser.open("/de/groups/7.49")
        assert "Sonntag, 28. März 2027" in page.text
        assert f"/de/groups/7.49/meetings/{meeting.id}.ics" in page.links
        assert any(one.startswith("webcal://mitwirken.example/calendar/") for one in page.links)
        assert "12.71" in browser.open("/de/groups/12.71").text
        assert browser.client.get(f"/de/groups/12.71/meetings/{meeting.id}.ics").status_code == 404
    with clock.frozen(NOON + timedelta(days=60)):
        assert f"/de/groups/7.49/meetings/{meeting.id}.ics" not in browser.open("/de/groups/7.49").links


@pytest.mark.parametrize("number", [str(2**31), "9" * 19, "9" * 30, "9" * 5_000, "٣", "-1"])
def test_a_number_that_no_meeting_can_have_is_not_found(browser: Browser, number: str) -> None:
    assert browser.client.get(f"/de/groups/7.49/meetings/{number}.ics").status_code == 404


def test_a_slip_in_the_writing_stays_pointed_out(browser: Browser) -> None:
    page = browser.open("/de/groups/7.47")
    assert "Donnerstag, 17. Januar 2019" in page.text
    assert "Do, 17. Januar 2018" in page.text
    right = browser.open("/de/groups/4.29")
    assert "Dienstag, 20. November 2018" in right.text
    assert "Di, 20.11.2018" not in right.text


def test_older_letters_can_end_the_letters_about_meetings_and_nothing_else(
    browser: Browser, paderborn: Database
) -> None:
    with clock.frozen(NOON), paderborn.transaction() as session:
        amina, by, number = member(session, "Amina"), office(session), group_id(session)
        meetings.plan(session, number, held=When.parse("2027-04-05"), by=by)
        token = links.issue(session, Purpose.STOP, person_id=amina.id, target_id=number)
        address = f"/de/stop/meetings/{token}"
    with clock.frozen(NOON):
        assert browser.open(address).status == 200
        assert letters_after(paderborn, "2027-04-06") == 2, "looking ends nothing"
        assert browser.client.post(address).status_code == 303
        assert browser.open(address).status == 200
        assert letters_after(paderborn, "2027-04-07") == 0, "what waited is gone, too"
        with paderborn.transaction() as session:
            for topic in (Topic.MEETINGS, Topic.REMINDERS):
                stopping.choose(session, amina.id, topic, number, Rhythm.INSTANT)
        assert letters_after(paderborn, "2027-04-08") == 1
        one_click = {"List-Unsubscribe": "One-Click"}
        known = browser.client.post(address, data=one_click)
        unknown = browser.client.post("/de/stop/meetings/nonsense", data=one_click)
        assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (200, b"")
        assert letters_after(paderborn, "2027-04-09") == 0
    with paderborn.reading() as session:
        assert [one.state for one in memberships.of_person(session, amina.id)] == [MembershipState.ACTIVE]


def letters_after(db: Database, day: str) -> int:
    """Plan a meeting; return how many letters Amina has."""
    with db.transaction() as session:
        meetings.plan(session, group_id(session), held=When.parse(day), by=Author(staff_id=1))
        amina = people.by_email(session, "amina@example.org")
        assert amina is not None
        return len(letters_to(session, amina))
