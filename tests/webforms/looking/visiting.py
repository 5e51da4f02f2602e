"""Going to every place of the inventory in one language, by Flask's test client: what was shown there."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from models import clock
from models.db import Database
from models.settings import Settings
from tests.webforms.conftest import Page
from tests.webforms.looking.house import NOON, House
from tests.webforms.looking.inventory import AMINA, BORIS, PLACES, Place
from translations import pseudo
from webforms import create_app
from webforms.site import PERSON_COOKIE

HOST = "http://mitwirken.example"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was shown at a place, and the view that answered last."""

    place: Place
    status: int
    html: str
    endpoint: str
    policy: str
    sets_cookie: bool


class Visitor:
    """Goes everywhere, one language after the other; before each, the house is put back as it was."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        settings = Settings(
            database=f"sqlite:///{folder}/visited.sqlite", secret="tests-only-secret",
            bot_username="beispiel_bot", base_url=HOST, smtp_host="127.0.0.1", files=str(house.files),
            _env_file=None,
        )  # fmt: skip
        self.db = Database(settings.database)
        self.app = _app(settings, self.db)
        self.views: list[str] = []
        self.app.before_request(lambda: self.views.append(request.endpoint or ""))
        self.clients = {who: self.app.test_client() for who in ("", AMINA, BORIS)}
        for who in (AMINA, BORIS):
            self.clients[who].set_cookie(PERSON_COOKIE, house.names[who])
        self._known: dict[str, dict[str, Seen]] = {}

    def __call__(self, tag: str) -> dict[str, Seen]:
        """Return the pages of a language by the names of their places."""
        if tag not in self._known:
            self._known[tag] = dict(self.fresh(tag))
        return self._known[tag]

    def pseudo(self, tag: str) -> dict[str, Seen]:
        """Return the pages in the pseudo-language, in the place of a language."""
        name = f"pseudo-{tag}"
        if name not in self._known:
            with pseudo.spoken_for(tag):
                self._known[name] = dict(self.fresh(tag))
            self.db.cache.drop()
        return self._known[name]

    def fresh(self, tag: str) -> Iterator[tuple[str, Seen]]:
        """Go everywhere."""
        self.db.close()
        self.db.cache.drop()
        for old in self.folder.glob("visited.sqlite*"):
            old.unlink()
        shutil.copyfile(self.house.path, self.folder / "visited.sqlite")
        names = {**self.house.names, "tag": tag}
        opened: dict[tuple[str, str], TestResponse] = {}
        with clock.frozen(NOON):
            for place in PLACES:
                answer = _go(self.clients[place.who], place, names, opened)
                yield place.name, _seen(place, answer, self.views[-1])

    def load(self, path: str) -> TestResponse:
        """Return what a page loads: a style, a picture."""
        with clock.frozen(NOON):
            return self.clients[AMINA].get(path)


def _seen(place: Place, answer: TestResponse, endpoint: str) -> Seen:
    headers = answer.headers
    return Seen(
        place, answer.status_code, answer.text, endpoint, headers.get("Content-Security-Policy", ""),
        "Set-Cookie" in headers,
    )  # fmt: skip


def _app(settings: Settings, db: Database) -> Flask:
    """Return the pages, with two that fail."""
    app = create_app(settings, db)

    @app.get("/<tag:tag>/broken")
    def broken(tag: str) -> Response:
        raise RuntimeError(tag)

    @app.get("/<tag:tag>/busy")
    def busy(tag: str) -> Response:
        raise OperationalError(tag, None, RuntimeError())

    return app


def _go(
    client: FlaskClient, place: Place, names: Mapping[str, str], opened: dict[tuple[str, str], TestResponse]
) -> TestResponse:
    """Open a place, and send its form where it has answers; a form that lies open is sent, once."""
    address = place.path.format(**names)
    answer = opened.pop((place.who, address), None) or client.get(address, follow_redirects=True)
    if place.sent is None:
        opened[place.who, address] = answer
        return answer
    fields = Page(answer).fields if answer.status_code < 400 else {}
    sent = {name.format(**names): value.format(**names) for name, value in place.sent.items()}
    return client.post(place.to.format(**names) or address, data={**fields, **sent}, follow_redirects=True)
