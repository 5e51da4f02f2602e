"""Readers of a draft tell the office, in one tap and without a name, which words are wrong."""

from urllib.parse import quote

import pytest
import sqlalchemy as sa

from models import submissions
from models.db import Database
from models.outbox import Delivery
from models.submissions import State
from tests.webforms.conftest import Browser, Page
from tests.webforms.desk.people import Officer, said, send
from translations import catalogues, language

FORM = "forms/translation-feedback"


def feedback_link(page: Page) -> str:
    """Return where the line at the foot of a page leads, "" where there is none."""
    return next((link for link in page.links if f"/{FORM}?page=" in link), "")


@pytest.mark.parametrize("path", ["", "groups/7.49", "forms/join-group", "news"])
def test_pages_of_a_draft_say_so_and_lead_to_the_form(browser: Browser, path: str) -> None:
    assert catalogues.is_draft("ar")
    page = browser.open(f"/ar/{path}")
    assert catalogues.single("ar", "This translation is a draft. Tell us what is wrong.") in page.text
    form = browser.open(feedback_link(page))
    assert (form.status, form.fields["page"]) == (200, f"/ar/{path}")


def test_an_approved_language_says_nothing(browser: Browser) -> None:
    assert not catalogues.is_draft("de")
    assert feedback_link(browser.open("/de/groups")) == ""


@pytest.mark.parametrize("path", ["me", "confirm", "answer", "thanks", "stop", "status-round"])
def test_an_address_that_gives_a_right_is_not_passed_on(browser: Browser, path: str) -> None:
    page = browser.open(f"/ar/{path}/a-secret-of-its-reader")
    assert feedback_link(page)
    assert "secret" not in feedback_link(page)
    assert quote(f"/{path}/") in feedback_link(page)


def test_what_is_wrong_reaches_the_office_without_a_name(
    browser: Browser, olga: Officer, paderborn: Database
) -> None:
    address = f"/uk/{FORM}?page=/uk/groups/7.49"
    page = browser.open(address)
    thanks = browser.send(page, address, wrong="«Етап» тут незрозумілий.", better="Крок")
    assert thanks.status == 200
    entries = [link for link in olga.open("/desk/").links if link.startswith("/desk/entries/")]
    entry = olga.open(entries[0])
    assert entry.status == 200
    for words in ("«Етап» тут незрозумілий.", "Крок", "/uk/groups/7.49", language("uk").own_name):
        assert words in entry.text, words


def test_the_office_can_settle_it(olga: Officer, paderborn: Database) -> None:
    number = send(paderborn, "translation-feedback", {"wrong": "Das Wort", "page": "/fr/"}, language="fr")
    answer = olga.post(f"/desk/entries/{number}/accept", version=1)
    assert answer.status_code == 303
    with paderborn.reading() as session:
        assert submissions.get(session, number).state is State.ACCEPTED
        to_people = sa.select(sa.func.count(Delivery.person_id))  # staff hear of a new browser
        assert session.scalar(to_people) == 0
    told = olga.open(answer.headers["Location"]).text
    assert said("Saved. Nobody gets a message: this came without a way of contact.") in told
    assert said("Mistake in the translation") in olga.open(f"/desk/entries/{number}").text


def test_nobody_is_asked_back_who_cannot_hear_it(olga: Officer, paderborn: Database) -> None:
    number = send(paderborn, "translation-feedback", {"wrong": "Das Wort"}, language="fr")
    answer = olga.post(f"/desk/entries/{number}/ask", version=1, question="Welches?")
    assert answer.status_code == 409
    with paderborn.reading() as session:
        assert submissions.get(session, number).state is State.RECEIVED


def test_nothing_wrong_is_nothing_to_send(browser: Browser) -> None:
    page = browser.open(f"/fr/{FORM}")
    assert browser.send(page, f"/fr/{FORM}", wrong=" ").status == 422
