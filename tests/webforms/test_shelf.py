"""Pages that all share: made once, made anew beside their readers, gone with the data that they show."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import sqlalchemy as sa

from models import groups, people, sessions
from models.db import CACHE_SECONDS, Cache, Database
from models.goals import Goal
from models.settings import Settings
from tests.webforms.conftest import Page
from translations import Localised
from webforms import create_app
from webforms.shelf import ANEW, DUE, OVERDUE, Shelf, shelf_of
from webforms.site import PERSON_COOKIE

LIFE = 2.0


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which stands still."""
    now = [1000.0]
    monkeypatch.setattr("webforms.shelf.time.monotonic", lambda: now[0])
    return now


class Made:
    """Pages with numbers, by how often they have been made; as an app, it makes its page when it is asked."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.many, self.asked = shelf, 0, threading.Event()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        assert ANEW in environ
        assert "HTTP_COOKIE" not in environ, "made with what is a reader's own"
        self.shelf.get("page", LIFE, self.make, environ)
        start("200 OK", [])
        self.asked.set()
        return []

    def make(self) -> int:
        self.many += 1
        return self.many

    def look(self) -> int:
        found: int = self.shelf.get("page", LIFE, self.make, {"HTTP_COOKIE": "secret=1"})
        return found


@pytest.fixture
def made() -> Made:
    """A shelf that nobody fills beside its readers yet."""
    return Made(Shelf(Cache()))


def test_of_many_who_miss_a_page_one_makes_it(made: Made) -> None:
    together, seen = threading.Barrier(8), []

    def ask() -> None:
        together.wait(30)
        seen.append(made.look())

    threads = [threading.Thread(target=ask) for _each in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert seen == [1] * 8


def test_without_a_thread_of_its_own_who_comes_too_late_makes_it(made: Made, moment: list[float]) -> None:
    assert made.look() == 1
    moment[0] += LIFE * 0.99
    assert made.look() == 1
    moment[0] += LIFE * 0.02
    assert made.look() == 2


def test_who_comes_late_gets_the_page_and_it_is_made_anew_beside(made: Made, moment: list[float]) -> None:
    made.shelf.renew_by(made)
    made.look()
    moment[0] += LIFE * DUE * 0.9
    made.look()
    assert not made.asked.is_set(), "made anew before it is due"
    moment[0] += LIFE * DUE * 0.2
    assert made.look() == 1
    assert made.asked.wait(30)
    assert made.look() == 2


def test_what_is_far_too_old_is_shown_to_nobody(made: Made, moment: list[float]) -> None:
    made.shelf.renew_by(made)
    made.look()
    moment[0] += LIFE * OVERDUE
    assert made.look() == 2
    assert not made.asked.is_set()


def test_an_app_that_fails_is_asked_again(
    made: Made, moment: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = threading.Event()

    def fail(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        broken.set()
        raise ZeroDivisionError

    made.shelf.renew_by(fail)
    made.look()
    moment[0] += LIFE * DUE
    assert made.look() == 1
    assert broken.wait(30)
    monkeypatch.setattr(made.shelf, "_inner", made)
    while not made.asked.is_set():
        made.look()
    assert made.look() == 2


def test_what_fails_is_not_kept_and_what_is_over_takes_no_room(made: Made, moment: list[float]) -> None:
    made.look()
    with pytest.raises(ZeroDivisionError):
        made.shelf.get("wrong", LIFE, lambda: 1 / 0, {})
    assert made.shelf.find("wrong", {}) is None
    assert made.shelf._making == {}
    moment[0] += LIFE * OVERDUE
    made.shelf.put("other", 1, LIFE)
    assert set(made.shelf._kept) == {"other"}


def test_a_change_of_the_data_is_seen_at_once(made: Made) -> None:
    cache = made.shelf._cache
    assert made.look() == 1
    cache.drop()
    assert made.look() == 2


def test_a_hall_gets_the_page_of_its_code_in_its_language_and_a_change_beside(
    settings: Settings, paderborn: Database, moment: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings, paderborn)
    asked = threading.Event()

    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        yield from app.wsgi_app(environ, start)
        asked.set()

    shelf_of(app).renew_by(pages)
    client = app.test_client()
    with paderborn.reading() as session:
        address = f"/j/{groups.directory(session).get('7.49').code}"
    arabic, german = ({"Accept-Language": tag} for tag in ("ar", "de"))
    first = client.get(address, headers=arabic)
    assert Page(client.get(address, headers=german)).text != Page(first).text
    with paderborn.transaction() as session:
        goal = session.scalars(sa.select(Goal).where(Goal.number == "7.49")).one()
        goal.title = Localised(dict.fromkeys(("de", "ar"), "Neue Nachbarn"))
    monkeypatch.setattr(
        paderborn.cache, "_kept", {}
    )  # five seconds have passed for what pages are made of, too
    moment[0] += CACHE_SECONDS * DUE
    late = client.get(address, headers=arabic)
    assert late.data == first.data
    assert sorted(late.headers) == sorted(first.headers)
    assert late.headers["Vary"] == "Accept-Language, Cookie"
    assert asked.wait(30)
    assert "Neue Nachbarn" in client.get(address, headers=arabic).text


def test_the_page_of_a_code_in_somebodys_own_language_is_theirs_alone(
    settings: Settings, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        person_id, _confirmed = people.meet(
            session, name="Boris Muster", language="uk", email="b@example.org"
        )
        ticket = sessions.start(session, person_id=person_id)
        address = f"/j/{groups.directory(session).get('7.49').code}"
    client = create_app(settings, paderborn).test_client(use_cookies=False)
    own = {"Cookie": f"{PERSON_COOKIE}={ticket}", "Accept-Language": "ar"}
    for _time in range(2):
        assert client.get(address, headers=own).headers["Content-Language"] == "uk"
        assert client.get(address, headers={"Accept-Language": "ar"}).headers["Content-Language"] == "ar"
