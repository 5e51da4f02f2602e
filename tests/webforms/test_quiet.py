"""Machines in public forms: caught without puzzles, and nobody loses what they typed."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from models import sessions
from models.db import Database
from models.forms import FORMS
from models.settings import Settings
from models.submissions import Submission
from tests.models.region import House
from tests.webforms.conftest import Browser, Page
from tests.webforms.test_sign_up import AMINA, rows
from webforms import create_app, quiet, tokens
from webforms.site import PERSON_COOKIE

ADDRESS = "/{}/forms/join-group"
STATIC = Path(quiet.__file__).parent / "static"


def opened(settings: Settings, db: Database, least: float) -> Browser:
    """A browser on an installation that wants so many seconds."""
    return Browser(create_app(settings.model_copy(update={"least_seconds": least}), db).test_client())


@pytest.fixture
def guarded(settings: Settings, paderborn: Database) -> Browser:
    """A browser on an installation that holds machines up, as the docs advise."""
    return opened(settings, paderborn, 2)


def form(browser: Browser, tag: str = "en") -> Page:
    """Open the form of a group."""
    return browser.open(f"{ADDRESS.format(tag)}?group=7.49")


class Clock:
    """A clock that goes on when it is told to: on a busy machine a request may take seconds."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def time(self) -> float:
        """Return the moment, as the module of that name does."""
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which forms are dated."""
    made = Clock()
    monkeypatch.setattr(tokens, "time", made)
    return made


def send(browser: Browser, page: Page, tag: str = "en", **answers: str) -> Page:
    """Send a form; stay where it leads from."""
    return browser.send(page, ADDRESS.format(tag), follow=False, **answers)


def test_who_is_quicker_than_people_sends_once_more_and_loses_nothing(
    guarded: Browser, paderborn: Database, clock: Clock
) -> None:
    page = form(guarded)
    clock.now += 1.9
    again = send(guarded, page, **AMINA, organisation="Verein Beispiel")
    assert again.status == 422
    assert "Please look at your answers once more and send them again." in again.text
    kept = {name: again.fields[name] for name in (*AMINA, "organisation")}
    assert kept == {**AMINA, "organisation": "Verein Beispiel"}
    assert again.fields["csrf"] == page.fields["csrf"]
    assert rows(paderborn, Submission) == 0
    clock.now += 0.1
    assert send(guarded, again).status == 303
    assert rows(paderborn, Submission) == 1


def test_who_fills_in_what_nobody_sees_sends_once_more(
    guarded: Browser, paderborn: Database, clock: Clock
) -> None:
    page = form(guarded)
    clock.now += 60
    for _blindly in range(3):
        again = send(guarded, page, **AMINA, website="https://spam.example")
        assert again.status == 422
    assert rows(paderborn, Submission) == 0
    assert "spam.example" not in again.response.get_data(as_text=True)
    assert "website" not in again.fields, "so that a browser which fills in everything comes through"
    assert again.fields["email"] == AMINA["email"]
    assert send(guarded, again).status == 303


def test_without_protection_the_same_requests_come_through(settings: Settings, paderborn: Database) -> None:
    """The canary: the tests above fail where the protection is off."""
    browser = opened(settings, paderborn, 0)
    assert send(browser, form(browser), **AMINA).status == 303
    assert rows(paderborn, Submission) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quiet, "is_suspect", lambda _token: False)
        assert send(browser, form(browser), **AMINA, website="https://spam.example").status == 303


def test_whoever_mends_one_word_at_once_is_no_machine(guarded: Browser, clock: Clock) -> None:
    page = form(guarded)
    clock.now += 10
    wrong = send(guarded, page, **AMINA | {"email": "amina"})
    assert wrong.status == 422
    assert wrong.fields["csrf"].split(".")[0] == page.fields["csrf"].split(".")[0]
    assert send(guarded, wrong, email="amina@example.org").status == 303


def test_a_kept_form_is_as_old_as_its_reader_has_it(guarded: Browser, clock: Clock) -> None:
    form(guarded)
    clock.now += 3
    second = form(guarded)  # the same page, kept
    assert send(guarded, second, **AMINA).status == 422


def test_asking_for_another_language_is_never_too_quick(guarded: Browser) -> None:
    page = form(guarded)
    other = guarded.send(page, ADDRESS.format("ar"), **AMINA, **{"in-language": "ar"})
    assert other.status == 200
    assert other.fields["name"] == AMINA["name"]
    assert send(guarded, other, "ar").status == 422, "and makes the form no older"


def test_who_is_signed_in_is_no_machine(settings: Settings, paderborn: Database) -> None:
    browser = opened(settings, paderborn, 2)
    with paderborn.transaction() as session:
        person_id = House(session).person("amina")
        browser.client.set_cookie(PERSON_COOKIE, sessions.start(session, person_id=person_id))
    assert send(browser, form(browser), **AMINA).status == 303


def test_no_question_is_called_like_the_field_that_nobody_sees() -> None:
    assert not [one for one in FORMS.values() if quiet.LURE in {question.name for question in one.declared}]


def test_nobody_sees_hears_or_reaches_it(guarded: Browser, chromium: Chromium) -> None:
    html = form(guarded).response.get_data(as_text=True)
    style = (STATIC / "mitwirken.css").read_text()
    page = chromium.new_page()
    try:
        page.set_content(html.replace("</head>", f"<style>{style}</style></head>"))
        lure = page.locator(f"input[name={quiet.LURE}]")
        assert lure.count() == 1
        assert not lure.is_visible()
        assert page.get_by_role("textbox", name="leave this field empty").count() == 0
        page.locator(".lure").evaluate("one => { one.style.display = 'block'; }")  # a style that went missing
        reached = set()
        for _key in range(30):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.name || ''"))
        assert "email" in reached
        assert quiet.LURE not in reached
        assert page.get_by_role("textbox", name="leave this field empty").count() == 0
    finally:
        page.close()
