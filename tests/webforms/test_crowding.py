"""Masses of machines: held up by work or waiting; people lose nothing, and else no page tells of it."""

import itertools
import threading
import time
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from werkzeug.serving import make_server

from models import sessions
from models.db import Database
from models.forms import FORMS
from models.settings import Settings
from models.submissions import Submission
from tests.models.region import House
from tests.webforms.conftest import Browser, Page
from tests.webforms.test_quiet import Clock
from tests.webforms.test_sign_up import AMINA, rows
from webforms import create_app, crowding, tokens
from webforms.site import PERSON_COOKIE

ADDRESS = "/en/forms/join-group"
MOST = 20  # forms a minute, here
TRACES = ("puzzle", "proof", "held-up")


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """An installation that takes few forms a minute."""
    return create_app(settings.model_copy(update={"posts_a_minute": MOST}), paderborn)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which forms are dated."""
    made = Clock()
    monkeypatch.setattr(tokens, "time", made)
    return made


def opened(browser: Browser) -> Page:
    """Open the form."""
    return browser.open(f"{ADDRESS}?group=7.49")


def send(browser: Browser, page: Page, **answers: str) -> Page:
    """Send it."""
    return browser.send(page, ADDRESS, follow=False, **(AMINA | answers))


def attack(app: Flask, many: int = MOST + 1) -> list[int]:
    """Send many forms at once, each with a token of its own; return how each was answered."""
    browser = Browser(app.test_client())
    page = opened(browser)
    found = []
    for number in range(many):
        page.fields["csrf"] = tokens.issue(b"tests-only-secret")
        found.append(send(browser, page, email=f"machine{number}@example.org").status)
    return found


def worked_for(key: str, bits: int) -> tuple[str, int]:
    """Find the number that fits a form; return it, and how many were tried."""
    number = next(one for one in itertools.count() if crowding.fits(key, str(one), bits))
    return str(number), number + 1


def test_an_attack_is_held_up_and_who_works_for_it_comes_in(
    app: Flask, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = attack(app, 3 * MOST)
    assert statuses == [303] * MOST + [429] * 2 * MOST
    assert rows(paderborn, Submission) == MOST
    browser = Browser(app.test_client())
    page = opened(browser)
    page.fields["csrf"] = tokens.issue(b"tests-only-secret")
    held = send(browser, page, organisation="Verein Beispiel")
    assert held.status == 429
    assert held.response.headers["Retry-After"] == "30"
    assert "again in 30 seconds" in held.text
    kept = {name: held.fields[name] for name in (*AMINA, "organisation")}
    assert kept == {**AMINA, "organisation": "Verein Beispiel"}
    monkeypatch.setattr(crowding, "BITS", 10)
    monkeypatch.setattr(crowding.fits, "__defaults__", (10,))
    number, _tried = worked_for(held.fields["csrf"].partition(".")[0], 10)
    assert send(browser, held, proof="1").status == 429, "a number that does not fit"
    assert send(browser, held, proof=number).status == 303
    assert rows(paderborn, Submission) == MOST + 1
    other = opened(browser)
    other.fields["csrf"] = tokens.issue(b"tests-only-secret")
    assert send(browser, other, proof=number).status == 429, "a number is good for its own form"


def test_the_work_is_dear_for_masses() -> None:
    tried = [worked_for(tokens.issue(b"x").partition(".")[0], 8)[1] for _form in range(60)]
    a_zero_more = 2 ** (crowding.BITS - 8)
    hashes = sum(tried) / len(tried) * a_zero_more
    assert 2 ** (crowding.BITS - 1) < hashes < 2 ** (crowding.BITS + 1)


def test_without_script_one_waits_and_few_machines_can(
    app: Flask, paderborn: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack(app)
    browser = Browser(app.test_client())
    held = send(browser, opened(browser))
    assert held.status == 429
    clock.now += crowding.WAIT - 1
    assert send(browser, held).status == 429
    clock.now += 1
    assert send(browser, held).status == 303
    assert send(browser, held).status == 303, "a second tap is thanked, too"
    machines = [opened(browser) for _machine in range(MOST)]
    for page in machines:
        page.fields["csrf"] = tokens.issue(b"tests-only-secret")
    clock.now += crowding.WAIT
    came_in = [send(browser, page, email=f"w{n}@example.org").status for n, page in enumerate(machines)]
    assert came_in.count(303) <= MOST // crowding.SHARE


def test_it_ends_and_leaves_no_trace(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(app.test_client())
    before = opened(browser).response.text
    assert not [one for one in TRACES if one in before]
    attack(app)
    browser.open("/ar/forms/ask-office")
    during = browser.open("/ar/forms/ask-office").response.text  # kept
    assert [one for one in TRACES if one in during] == ["puzzle", "proof"]
    now = time.monotonic() + crowding.LASTS + 1
    monkeypatch.setattr(crowding, "time", SimpleNamespace(monotonic=lambda: now))
    assert send(browser, browser.open(f"{ADDRESS}?group=1.5")).status == 303
    assert not [one for one in TRACES if one in browser.open("/tr/forms/ask-office").response.text]


def test_who_is_known_and_who_reads_on_in_another_language_is_not_held_up(
    app: Flask, paderborn: Database
) -> None:
    attack(app)
    browser = Browser(app.test_client())
    other = browser.send(opened(browser), "/ar/forms/join-group", **AMINA, **{"in-language": "ar"})
    assert other.status == 200
    assert other.fields["name"] == AMINA["name"]
    with paderborn.transaction() as session:
        ticket = sessions.start(session, person_id=House(session).person("amina"))
    browser.client.set_cookie(PERSON_COOKIE, ticket)
    page = opened(browser)
    assert not [one for one in TRACES if one in page.response.text]
    assert send(browser, page).status == 303


def test_by_default_a_hall_is_not_touched(settings: Settings) -> None:
    here = crowding.Crowd(settings.posts_a_minute)
    for person in range(5_000):
        for _tap in range(2):
            here.note(f"key-{person}")
    assert not here.is_on
    off = crowding.Crowd(0)
    for number in range(20_000):
        off.note(str(number))
    assert not off.is_on


def test_no_question_is_called_like_the_field_for_the_number() -> None:
    taken = [one for one in FORMS.values() if crowding.FIELD in {question.name for question in one.declared}]
    assert not taken


@pytest.mark.browser
def test_a_browser_works_for_it_while_somebody_types(
    settings: Settings, paderborn: Database, app: Flask, chromium: Chromium
) -> None:
    attack(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page, wrong = chromium.new_page(), list[str]()
    page.on("console", lambda said: wrong.append(said.text))
    try:
        for number, is_old in (("7.49", True), ("1.5", False)):  # the first page is from before the attack
            page.goto(f"http://127.0.0.1:{server.port}{ADDRESS}?group={number}")
            page.fill("input[name=name]", AMINA["name"])
            page.check("input[name=role][value=member]")
            page.check("input[name=reach][value=email]")
            page.fill("input[name=email]", "amina@example.org")
            page.check("input[name=pass_on]")
            page.click(".actions button:not(.second)")
            if is_old:
                page.get_by_text("You can send it now.").wait_for()
                assert page.input_value("input[name=name]") == AMINA["name"]
                page.click(".actions button:not(.second)")
            page.wait_for_url("**/thanks/*", timeout=20_000)
    finally:
        page.close()
        server.shutdown()
    assert [one for one in wrong if "429" not in one] == []
    assert rows(paderborn, Submission) == MOST + 2
