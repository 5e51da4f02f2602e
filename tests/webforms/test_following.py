"""Asking to be told of changes, and ending it: by form, by link, on one's own page."""

import sqlalchemy as sa

from models import groups, links, people, subscriptions
from models.db import Database
from models.links import Purpose
from models.outbox import Message
from models.settings import Settings
from models.submissions import State, Submission
from models.subscriptions import Subscription
from tests.webforms.conftest import Browser, Page
from translations import Text
from webforms import create_app

AMINA = "amina@example.org"


def en(msgid: str) -> str:
    """How the pages say something in English: the catalogue may word it better than the code."""
    return Text(msgid).to("en")


def ask(browser: Browser, number: str = "7.49", **answers: str) -> Page:
    """Fill in the form that the group's page leads to."""
    page = browser.open(f"/en/groups/{number}")
    (address,) = [link for link in page.links if "/forms/follow-group" in link]
    return browser.send(
        browser.open(address), "/en/forms/follow-group", **{"reach": "email", "email": AMINA, **answers}
    )


def stop_link(db: Database, number: str = "7.49") -> str:
    """The address that the courier puts into a letter."""
    with db.transaction() as session:
        person = people.by_email(session, AMINA)
        assert person is not None
        target = groups.directory(session).get(number).id
        token = links.issue(session, Purpose.STOP, person_id=person.id, target_id=target)
    return f"/en/stop/{token}"


def wishes(db: Database) -> int:
    """How many subscriptions there are."""
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count(Subscription.id))) or 0


def test_the_form_thanks_and_asks_once_for_the_address(browser: Browser, paderborn: Database) -> None:
    page = ask(browser)
    assert page.status == 200
    assert "7.49" in page.text
    assert en("You can end it in every message, or on your page.") in page.text
    ask(browser)
    with paderborn.reading() as session:
        assert set(session.scalars(sa.select(Message.kind))) == {"confirm"}
        assert set(session.scalars(sa.select(Submission.state))) == {State.ACCEPTED}
    assert wishes(paderborn) == 1


def test_a_form_sent_twice_is_one(browser: Browser, paderborn: Database) -> None:
    page = browser.open("/en/forms/follow-group?group=7.49")
    for _again in range(2):
        sent = browser.send(page, "/en/forms/follow-group", email=AMINA)
        assert sent.status == 200
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 1


def test_only_an_address_is_asked_for(browser: Browser) -> None:
    page = browser.open("/en/forms/follow-group?group=7.49")
    assert set(page.fields) == {"csrf", "website", "group", "reach", "email"}
    assert ask(browser, email="").status == 422


def test_without_telegram_the_form_does_not_speak_of_it(settings: Settings, paderborn: Database) -> None:
    off = settings.model_copy(update={"telegram": "off"})
    page = Browser(create_app(off, paderborn).test_client()).open("/de/forms/follow-group?group=7.49")
    assert "elegram" not in page.text


def test_the_link_in_a_letter_ends_it_with_one_tap(browser: Browser, paderborn: Database) -> None:
    ask(browser)
    ask(browser, "1.2")
    address = stop_link(paderborn)
    for _looking in range(2):  # mail programs look ahead
        assert en("End these messages?") in browser.open(address).text
    assert wishes(paderborn) == 2
    after = Page(browser.client.post(address, follow_redirects=True))
    assert en("You get no messages about this group.") in after.text
    again = browser.client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert (again.status_code, again.data) == (200, b"")
    with paderborn.reading() as session:
        left = session.scalars(sa.select(Subscription.group_id)).all()
        assert left == [groups.directory(session).get("1.2").id]


def test_a_link_ends_nothing_of_anybody_else(browser: Browser, paderborn: Database) -> None:
    ask(browser)
    address = stop_link(paderborn)
    ask(browser, email="boris@example.org")
    browser.client.post(address)
    with paderborn.reading() as session:
        boris = people.by_email(session, "boris@example.org")
        assert boris is not None
        assert len(subscriptions.of_person(session, boris.id)) == 1
    assert browser.open("/en/stop/nonsense").status == 404
    assert browser.client.post("/en/stop/nonsense").status_code == 404


def test_ones_own_page_lists_it_and_ends_it(browser: Browser, paderborn: Database) -> None:
    ask(browser)
    with paderborn.transaction() as session:
        person = people.by_email(session, AMINA)
        assert person is not None
        token = links.issue(session, Purpose.ME, person_id=person.id)
    assert "Changes on the goal sheet" in browser.enter(f"/en/me/{token}").text
    page = browser.open("/en/me/messages")
    with paderborn.reading() as session:
        number = groups.directory(session).get("7.49").id
    cell = {f"rhythm-changes-{number}": "never"}
    assert browser.client.post("/en/me/messages", data={**cell, "csrf": "x"}).status_code == 422
    assert wishes(paderborn) == 1
    after = browser.send(page, "/en/me/messages", **cell)
    assert (after.status, wishes(paderborn)) == (200, 0)
    assert f"rhythm-changes-{number}" not in after.response.get_data(as_text=True)


def test_nobody_ends_it_without_being_signed_in(browser: Browser, paderborn: Database) -> None:
    ask(browser)
    page = browser.open("/en/forms/ask-office")
    with paderborn.reading() as session:
        number = groups.directory(session).get("7.49").id
    data = {f"rhythm-changes-{number}": "never", "csrf": page.fields["csrf"]}
    assert browser.client.post("/en/me/messages", data=data).status_code == 403
    assert browser.client.post("/en/me/messages", data={**data, "act": "stop-all"}).status_code == 403
    assert wishes(paderborn) == 1
