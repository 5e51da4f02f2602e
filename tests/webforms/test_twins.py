"""The same form by two taps: the second waits for the first, in one process; else the database decides."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.db import Database
from models.errors import Conflict
from models.memberships import Membership
from models.outbox import Delivery
from models.settings import Settings
from models.submissions import Submission
from tests.webforms.conftest import Browser, Page
from tests.webforms.test_sign_up import AMINA, FORM, rows
from translations import _
from webforms import create_app, forms, twins

PATIENCE = 30.0  # seconds, for a machine that is busy
SEND = "/de/forms/join-group"


def tap(browser: Browser, page: Page) -> tuple[int, str]:
    """Send the form; return the status, and where it leads."""
    response = Browser(browser.client.application.test_client()).send(page, SEND, follow=False, **AMINA)
    return response.status, response.response.headers.get("Location", "")


class Held:
    """Taking in that waits until it may, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> None:
        self.begun, self.may = threading.Event(), threading.Event()
        self.times, self.fails, self._inner = 0, fails, forms.receive
        monkeypatch.setattr(forms, "receive", self)

    def __call__(self, *everything: object) -> None:
        self.times += 1
        if self.times == 1:
            self.begun.set()
            assert self.may.wait(PATIENCE)
            if self.fails:
                raise Conflict(_("This group takes no new people at the moment."))
        self._inner(*everything)  # type: ignore[arg-type]


def two_taps(browser: Browser, held: Held) -> list[tuple[int, str]]:
    """Send a form, send it again while the first is being taken in, and let both go on."""
    page = browser.open(FORM.format("de"))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(tap, browser, page)
        assert held.begun.wait(PATIENCE)
        second = pool.submit(tap, browser, page)
        threading.Timer(0.3, held.may.set).start()
        return [first.result(PATIENCE), second.result(PATIENCE)]


def test_the_second_tap_waits_and_gets_the_thanks_of_the_first(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    first, second = two_taps(browser, held)
    assert first == second
    assert first[0] == 303
    assert held.times == 1
    assert [rows(paderborn, table) for table in (Membership, Submission, Delivery)] == [1, 1, 1]


def test_where_the_first_is_refused_the_second_is_taken_in(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, fails=True)
    assert [status for status, _place in two_taps(browser, held)] == [409, 303]
    assert rows(paderborn, Membership) == 1


@pytest.mark.parametrize("how", ["another process", "later"])
def test_without_memory_of_the_first_the_database_decides(
    browser: Browser, settings: Settings, paderborn: Database, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    page = browser.open(FORM.format("de"))
    first, again = tap(browser, page), browser
    if how == "later":
        monkeypatch.setattr(twins, "KEPT", -1.0)
    else:
        again = Browser(create_app(settings, paderborn).test_client())
    held = Held(monkeypatch)
    held.may.set()
    assert tap(again, page) == first
    assert held.times == 1
    assert [rows(paderborn, table) for table in (Membership, Submission, Delivery)] == [1, 1, 1]


@pytest.mark.parametrize(("opened", "name"), [("once", "Beispiel"), ("anew", AMINA["name"])])
def test_only_the_very_same_form_is_answered_like_the_first(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, opened: str, name: str
) -> None:
    page = browser.open(FORM.format("de"))
    first = tap(browser, page)
    held = Held(monkeypatch)
    held.may.set()
    if opened == "anew":
        page = browser.open(FORM.format("de"))
    again = browser.send(page, SEND, follow=False, **(AMINA | {"name": name}))
    assert held.times == 1
    assert (again.response.headers["Location"] == first[1]) == (opened == "once")


def test_what_was_sent_is_not_thanked_for_once_it_is_forgotten_here(monkeypatch: pytest.MonkeyPatch) -> None:
    known, thanks = twins.Twins(), twins.Answer("303 See Other", [], b"")
    known.note(b"one", thanks)
    with known.alone(b"one") as answer:
        assert answer == thanks
    monkeypatch.setattr(twins, "KEPT", -1.0)
    known.note(b"two", thanks)
    with known.alone(b"one") as answer:
        assert answer is None
