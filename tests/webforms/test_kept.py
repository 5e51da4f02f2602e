"""Empty forms are kept for everybody, with a token of one's own each, and hold nothing of anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from flask.testing import FlaskClient

from models import groups, people, sessions
from models.db import Database
from models.settings import Settings
from tests.webforms.conftest import Page
from webforms import create_app, forms, pages
from webforms.site import PERSON_COOKIE

ANSWERS = {"name": "Amina Beispiel", "role": "member", "reach": "email", "email": "amina@example.org"}


@pytest.fixture
def client(settings: Settings, paderborn: Database) -> FlaskClient:
    """A browser without memory."""
    return create_app(settings, paderborn).test_client(use_cookies=False)


@pytest.fixture
def address(paderborn: Database) -> str:
    """Where a group's page leads to."""
    with paderborn.reading() as session:
        return f"/ar/forms/join-group?group={groups.directory(session).get('7.49').code}"


@contextmanager
def counted() -> Iterator[Any]:
    """Count how often a form is rendered."""
    with mock.patch.object(forms, "_render", wraps=forms._render) as render:
        yield render


def test_a_form_is_rendered_once_and_each_reader_gets_a_token_that_works(
    client: FlaskClient, address: str
) -> None:
    with counted() as render:
        first, second = client.get(address), client.get(address)
    assert render.call_count == 1
    one, two = Page(first), Page(second)
    assert one.fields["csrf"] != two.fields["csrf"]
    assert one.text == two.text
    thanks = {client.post("/ar/forms/join-group", data=page.fields | ANSWERS).location for page in (one, two)}
    assert len(thanks) == 2, "each form is a submission of its own"


def test_a_kept_page_has_the_headers_of_a_fresh_one(client: FlaskClient, address: str) -> None:
    first, second = client.get(address), client.get(address)
    assert sorted(first.headers) == sorted(second.headers)
    assert second.headers["Cache-Control"] == "no-store"
    assert second.headers["Content-Language"] == "ar"
    assert "default-src 'none'" in second.headers["Content-Security-Policy"]


def test_who_is_signed_in_gets_a_page_of_their_own_that_nobody_else_sees(
    settings: Settings, paderborn: Database, client: FlaskClient, address: str
) -> None:
    with paderborn.transaction() as session:
        name, email = "Boris Muster", "boris@example.org"
        person_id, _confirmed = people.meet(session, name=name, language="ar", email=email)
        ticket = sessions.start(session, person_id=person_id)
    cookie = {"Cookie": f"{PERSON_COOKIE}={ticket}"}
    assert "Boris Muster" in client.get(address, headers=cookie).text
    assert "Boris Muster" not in client.get(address).text, "the page of somebody was kept"
    assert "Boris Muster" in client.get(address, headers=cookie).text, "a kept page was shown"


def test_addresses_that_people_make_up_are_not_kept(client: FlaskClient, address: str) -> None:
    made_up = [f"/ar/forms/join-group?{query}" for query in ("group=NOSUCHXX", "group=7.49&x=1", "x=1")]
    with counted() as render:
        for guess in made_up * 2:
            assert client.get(guess).status_code == 200
    assert render.call_count == 6


def test_thanks_are_shared_and_hold_nobody_elses_key(client: FlaskClient, address: str) -> None:
    places = []
    for number in range(3):
        fields = Page(client.get(address)).fields | ANSWERS | {"email": f"amina{number}@example.org"}
        places.append(client.post("/ar/forms/join-group", data=fields).location)
    keys = [place.rsplit("/", 1)[1] for place in places]
    with mock.patch.object(pages, "show", wraps=pages.show) as show:
        texts = [client.get(place).text for place in places]
    assert show.call_count == 1, "rendered for each"
    for key, text in zip(keys, texts, strict=True):
        assert f"start=k_{key}" in text
        assert f"/de/thanks/{key}" in text
        assert not any(other in text for other in keys if other != key)
    assert len({text.replace(key, "") for key, text in zip(keys, texts, strict=True)}) == 1


def test_thanks_differ_where_their_words_differ(client: FlaskClient, address: str) -> None:
    texts = set()
    for extra in ({}, {"pass_on": "yes"}, {"reach": "phone", "phone": "05251 123456"}):
        fields = Page(client.get(address)).fields | ANSWERS | extra
        place = client.post("/ar/forms/join-group", data=fields).location
        texts |= {client.get(place).text.replace(place.rsplit("/", 1)[1], "")}
        assert "poison" not in client.get(place).text
        assert "poison" in client.get(f"{place}?q=poison").text, "the address in other languages keeps it"
    assert len(texts) == 3
