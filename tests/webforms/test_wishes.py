"""Choosing messages on pages: by the link in each of them, by a mail program's button, on one's own page."""

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.recording import listening
from models import (
    clock,
    groups,
    links,
    meetings,
    mydata,
    people,
    preferences,
    privacy,
    stopping,
    subscriptions,
)
from models.db import Database
from models.links import Link, Purpose
from models.people import ChannelKind, Person
from models.preferences import DigestItem, Preference, Rhythm, Topic
from models.settings import Settings
from tests.models.test_meetings import DAY, NOON, group_id, letters_to, member, office
from tests.webforms.conftest import Browser, Page
from translations import Text
from webforms import create_app

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def en(msgid: str) -> str:
    """How the pages say something in English."""
    return Text(msgid).to("en")


def amina(session: Session) -> Person:
    """Amina, who has joined 7.49."""
    found = people.by_email(session, "amina@example.org")
    assert found is not None
    return found


def news_link(db: Database, topic: str, group: int | None) -> str:
    """The address that the courier puts into a letter to Amina."""
    with db.transaction() as session:
        token = links.issue(session, Purpose.NEWS, person_id=amina(session).id, target_id=group)
    return f"/en/messages/{topic}/{token}"


def rhythm(db: Database, topic: Topic, group: int | None = None) -> Rhythm:
    """How often Amina hears."""
    with db.reading() as session:
        return stopping.rhythm_of(session, amina(session).id, topic, group)


@pytest.fixture
def number(paderborn: Database) -> int:
    """The group 7.49, with Amina in it and a letter about a meeting on its way to her."""
    with clock.frozen(NOON), paderborn.transaction() as session:
        member(session, "Amina")
        found = group_id(session)
        meetings.plan(session, found, held=DAY, starts="18:00", by=office(session))
    return found


@pytest.fixture
def signed(browser: Browser, paderborn: Database, number: int) -> Browser:
    """Amina's browser, in which her page is open."""
    with paderborn.transaction() as session:
        token = links.issue(session, Purpose.ME, person_id=amina(session).id)
    browser.enter(f"/en/me/{token}")
    return browser


def test_the_link_shows_and_its_buttons_act(browser: Browser, paderborn: Database, number: int) -> None:
    address = news_link(paderborn, "meetings", number)
    for _looking in range(2):
        page = browser.open(address)
        assert "7.49" in page.text
        assert en("Stop these messages") in page.text
    assert rhythm(paderborn, Topic.MEETINGS, number) is Rhythm.INSTANT, "looking changes nothing"
    weekly = Page(browser.client.post(address, data={"rhythm": "weekly"}, follow_redirects=True))
    assert en("You get these messages once a week, together.") in weekly.text
    with paderborn.reading() as session:
        assert len(letters_to(session, amina(session))) == 1, "what is on its way still comes"
    stopped = Page(browser.client.post(address, data={"rhythm": "never"}, follow_redirects=True))
    assert en("You do not get these messages any more.") in stopped.text
    with paderborn.reading() as session:
        assert letters_to(session, amina(session)) == []
    browser.client.post(address, data={"rhythm": "instant"})
    assert rhythm(paderborn, Topic.MEETINGS, number) is Rhythm.INSTANT
    assert browser.client.post(address, data={"rhythm": "hourly"}).status_code == 400


@pytest.mark.parametrize("topic", [*Topic, "weekly"])
def test_one_click_stops_at_once_without_cookies_and_tells_nothing(
    paderborn: Database, settings: Settings, number: int, topic: str
) -> None:
    program = create_app(settings, paderborn).test_client(use_cookies=False)
    with paderborn.transaction() as session:
        person = amina(session)
        if topic == Topic.CHANGES:
            subscriptions.follow(session, person.id, number)
        if topic == "weekly":
            preferences.set_wish(session, person.id, Topic.UPDATES, number, Rhythm.WEEKLY)
    address = news_link(paderborn, topic, number)
    known = program.post(address, data=ONE_CLICK)
    unknown = program.post(address[:-1] + "x" * 3, data=ONE_CLICK)
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (200, b"")
    assert set(known.headers.keys()) == set(unknown.headers.keys())
    held = Topic.UPDATES if topic == "weekly" else Topic(topic)
    assert rhythm(paderborn, held, number) is Rhythm.NEVER
    assert program.post(address, data=ONE_CLICK).status_code == 200, "twice is once"


def test_a_link_for_something_else_does_not_do(browser: Browser, paderborn: Database, number: int) -> None:
    with paderborn.transaction() as session:
        token = links.issue(session, Purpose.ME, person_id=amina(session).id)
    assert browser.open(f"/en/messages/meetings/{token}").status == 404
    assert browser.client.post(f"/en/messages/meetings/{token}", data=ONE_CLICK).status_code == 200
    assert browser.client.post(f"/en/messages/meetings/{token}", data={"rhythm": "never"}).status_code == 404
    assert browser.open("/en/messages/everything/x").status == 404
    assert rhythm(paderborn, Topic.MEETINGS, number) is Rhythm.INSTANT


def test_the_weekly_letter_ends_and_comes_back(browser: Browser, paderborn: Database, number: int) -> None:
    with paderborn.transaction() as session:
        preferences.set_wish(session, amina(session).id, Topic.UPDATES, number, Rhythm.WEEKLY)
        preferences.set_wish(session, amina(session).id, Topic.MEETINGS, number, Rhythm.NEVER)
    address = news_link(paderborn, "weekly", None)
    assert (
        en("On Mondays we tell you in one letter what there was in your groups.")
        in browser.open(address).text
    )
    stopped = Page(browser.client.post(address, follow_redirects=True))
    assert en("You get no weekly letter any more.") in stopped.text
    assert rhythm(paderborn, Topic.UPDATES, number) is Rhythm.NEVER
    browser.client.post(address, data={"undo": stopped.fields["undo"]})
    assert rhythm(paderborn, Topic.UPDATES, number) is Rhythm.WEEKLY
    assert rhythm(paderborn, Topic.MEETINGS, number) is Rhythm.NEVER, "that was another choice"


def test_ones_own_page_keeps_what_is_chosen(signed: Browser, paderborn: Database, number: int) -> None:
    page = signed.open("/en/me/messages")
    assert "elegram" not in page.text, "only offered where it is connected"
    cells = {
        "rhythm-updates-0": "weekly", f"rhythm-updates-{number}": "", "rhythm-meetings-0": "instant",
        f"rhythm-meetings-{number}": "never", "quiet_from": "21", "quiet_until": "7",
    }  # fmt: skip
    saved = signed.send(page, "/en/me/messages", **cells)
    assert en("Saved.") in saved.text
    with paderborn.reading() as session:
        person = amina(session)
        rows = {(one.topic, one.group_id): one.rhythm for one in preferences.of_person(session, person.id)}
        assert rows == {(Topic.UPDATES, None): Rhythm.WEEKLY, (Topic.MEETINGS, number): Rhythm.NEVER}
        assert preferences.quiet_of(person) == (21, 7)
        assert letters_to(session, person) == [], "stopped for the group: what waited is gone"
        told = mydata.collect(session, person)["messages"]
    assert told["quiet_hours"] == [21, 7]
    assert [(one["about"], one["how_often"]) for one in told["chosen"]] == [
        ("updates", "weekly"), ("meetings", "never"),
    ]  # fmt: skip
    own = signed.open("/en/me")
    assert "21:00" in own.text
    assert en("Weekly") in own.text
    again = {
        "rhythm-updates-0": "instant",
        f"rhythm-meetings-{number}": "",
        "quiet_from": "",
        "quiet_until": "7",
    }
    signed.send(saved, "/en/me/messages", **again)
    with paderborn.reading() as session:
        assert list(preferences.of_person(session, amina(session).id)) == []
        assert preferences.quiet_of(amina(session)) is None


def test_the_channel_is_offered_where_there_are_two(
    signed: Browser, paderborn: Database, settings: Settings, number: int
) -> None:
    with paderborn.transaction() as session:
        amina(session).telegram_id = 4711
    page = signed.open("/en/me/messages")
    html = page.response.get_data(as_text=True)
    assert re.search(r'<select id="channel-updates-0".*?telegram.*?email', html)
    signed.send(page, "/en/me/messages", **{"rhythm-updates-0": "instant", "channel-updates-0": "telegram"})
    with paderborn.reading() as session:
        wish = preferences.wish(session, amina(session).id, Topic.UPDATES, number)
        assert wish.way_to(amina(session)) is ChannelKind.TELEGRAM
    off = Browser(create_app(settings.model_copy(update={"telegram": "off"}), paderborn).test_client())
    with paderborn.transaction() as session:
        token = links.issue(session, Purpose.ME, person_id=amina(session).id)
    off.enter(f"/en/me/{token}")
    assert "elegram" not in off.open("/en/me/messages").text


def test_stop_all_and_nonsense(signed: Browser, paderborn: Database, number: int) -> None:
    page = signed.open("/en/me/messages")
    for nonsense in (
        {"rhythm-updates-0": "hourly"},
        {"rhythm-pigeons-0": "weekly"},
        {"rhythm-updates-x": "never"},
    ):
        assert signed.client.post("/en/me/messages", data={**page.fields, **nonsense}).status_code == 400
    assert signed.client.post("/en/me/messages", data={**page.fields, "quiet_from": "99", "quiet_until": "7"}
    ).status_code == 422  # fmt: skip
    signed.client.post("/en/me/messages", data={"csrf": page.fields["csrf"], "rhythm-updates-99999": "never"})
    with paderborn.reading() as session:
        assert list(preferences.of_person(session, amina(session).id)) == [], "not a group of hers"
    signed.send(page, "/en/me/messages", act="stop-all")
    assert {rhythm(paderborn, topic, number) for topic in Topic} == {Rhythm.NEVER}


def test_erasing_takes_all_of_it(paderborn: Database, number: int) -> None:
    with paderborn.transaction() as session:
        person = amina(session)
        preferences.set_wish(session, person.id, Topic.UPDATES, number, Rhythm.WEEKLY)
        links.issue(session, Purpose.NEWS, person_id=person.id)
        privacy.erase(session, person)
    with paderborn.reading() as session:
        for table in (Preference, DigestItem):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Link)) == 0
        assert groups.directory(session).get("7.49").id == number


def test_a_page_costs_as_many_statements_for_many_groups_as_for_one(
    signed: Browser, paderborn: Database
) -> None:
    def statements() -> int:
        with listening(paderborn) as heard:
            assert signed.open("/en/me/messages").status == 200
        return len([one for one in heard if one.sql.lstrip().startswith("SELECT")])

    signed.open("/en/me/messages")
    few = statements()
    with paderborn.transaction() as session:
        for card in groups.directory(session).cards:
            subscriptions.follow(session, amina(session).id, card.id)
            preferences.set_wish(session, amina(session).id, Topic.UPDATES, card.id, Rhythm.WEEKLY)
    assert statements() == few
