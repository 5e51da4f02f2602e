"""A browser without JavaScript, reduced to what the tests need."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from models.db import Database
from models.settings import Settings
from webforms import create_app


class Compiled(BytecodeCache):
    """Templates as one application has compiled them, for the next one: each test has its own."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what is kept."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


@dataclass
class Page(HTMLParser):
    """An answer, read: its forms' fields, links and text."""

    response: TestResponse
    fields: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    text: str = ""
    lang: str = ""
    direction: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._skip = 0
        self.feed(self.response.get_data(as_text=True))
        self.text = re.sub(r"\s+", " ", self.text)

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.response.status_code

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of a tag."""
        have = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang, self.direction = have.get("lang", ""), have.get("dir", "")
        if tag == "input" and have.get("name"):
            if have.get("type") in ("radio", "checkbox"):
                if "checked" in have:
                    self.fields[have["name"]] = have.get("value", "on")
            else:
                self.fields[have["name"]] = have.get("value", "")
        if tag == "a" and have.get("href"):
            self.links.append(have["href"])
        self._skip += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not read."""
        self._skip -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        """Gather the text."""
        if not self._skip:
            self.text += data


class Browser:
    """Somebody's browser: opens pages, fills in forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str, **headers: str) -> Page:
        """Open a page, following redirections."""
        address = address.replace("http://mitwirken.example", "")
        return Page(self.client.get(address, headers=headers, follow_redirects=True))

    def enter(self, address: str) -> Page:
        """Open one's own page by its one-time link, with the button that is there."""
        return Page(self.client.post(address, follow_redirects=True))

    def send(self, page: Page, address: str, *, follow: bool = True, **answers: str) -> Page:
        """Send the form of a page with these answers."""
        fields = {**page.fields, **answers}
        return Page(self.client.post(address, data=fields, follow_redirects=follow))


@pytest.fixture
def browser(settings: Settings, paderborn: Database) -> Browser:
    """A browser on an installation with the demo's region."""
    app = create_app(settings, paderborn)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Browser(app.test_client())
