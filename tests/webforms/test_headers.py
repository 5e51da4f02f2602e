"""Every answer carries the headers that protect: pages, files, feeds, static, refusals and faults alike."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models import clock, groups, links
from models.db import Database
from models.links import Purpose
from models.regions import Region
from models.settings import Settings
from tests.models.region import House
from webforms import create_app, headers

SAMPLES = {
    "tag": "ar", "slug": "join-group", "number": "7.49", "kind": "goals", "ending": "json", "into": "uk",
    "filename": "desk.js",
}  # fmt: skip


def address_of(rule: Rule, code: str) -> str:
    """An address that fits a rule: real where it can be, else something that is not found."""

    def sample(part: re.Match[str]) -> str:
        listed = re.match(r"any\(['\"]?([\w-]+)", part[1] or "")
        if part[2] == "code":
            return code
        if (part[1] or "").startswith("int"):
            return "1"
        return listed[1] if listed else SAMPLES.get(part[2], "1")

    return re.sub(r"<(?:([^:<>]*):)?(\w+)>", sample, rule.rule)


def answers(app: Flask, code: str) -> Iterator[TestResponse]:
    """What each address answers to each method, and what addresses answer that there are not."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
            yield client.open(address_of(rule, code), method=method)
    yield client.get("/no/such/page")
    yield client.post("/de/forms/join-group", data={"name": "x" * 300_000})
    yield client.get("/de/broken")
    yield client.get("/de/imprint/")
    seen = client.get(f"/wall/{code}/now")
    yield client.get(f"/wall/{code}/now", headers={"If-None-Match": seen.headers.get("ETag", "")})


@pytest.fixture
def code(paderborn: Database) -> str:
    """The code of a group."""
    with paderborn.reading() as session:
        return groups.directory(session).get("7.49").code


def app_of(settings: Settings, db: Database) -> Flask:
    """The pages, one of which breaks."""
    app = create_app(settings, db)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/de/broken", "broken", lambda: str(1 // 0))
    return app


def test_every_answer_carries_them(settings: Settings, paderborn: Database, code: str) -> None:
    https = settings.model_copy(update={"base_url": "https://mitwirken.example"})
    statuses, wanted = set(), {name for name, _value in headers._OVER_HTTPS}
    for answer in answers(app_of(https, paderborn), code):
        statuses.add(answer.status_code)
        where = answer.request.path, answer.request.method, answer.status_code
        assert wanted <= set(answer.headers.keys()), where
        assert all(len(answer.headers.getlist(name)) == 1 for name in wanted), where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert "Server" not in answer.headers, where
    assert {200, 303, 400, 403, 404, 405, 413, 500} <= statuses


def test_without_them_it_shows(
    settings: Settings, paderborn: Database, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary: an application whose headers are not installed does not pass."""
    monkeypatch.setattr(headers, "install", lambda _app, over_https: None)
    client = app_of(settings, paderborn).test_client()
    assert "Referrer-Policy" not in client.get("/de/imprint").headers


def test_over_https_cookies_are_bound_to_it(settings: Settings, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        token = links.issue(session, Purpose.ME, person_id=House(session).person("amina"))
    secure = settings.model_copy(update={"base_url": "https://mitwirken.example"})
    answer = create_app(secure, paderborn).test_client().post(f"/de/me/{token}")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-mitwirken-me=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    plain = create_app(settings, paderborn).test_client()
    assert "Strict-Transport-Security" not in plain.get("/de/imprint").headers


def test_where_holes_are_reported_is_said(settings: Settings, paderborn: Database) -> None:
    client = create_app(settings, paderborn).test_client()
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    with paderborn.reading() as session:
        email = session.query(Region).one().email
    assert said["Contact"] == (f"mailto:{email}" if email else "http://mitwirken.example/de/imprint")
    assert said["Canonical"] == "http://mitwirken.example/.well-known/security.txt"
    until = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=170) < until - clock.now() < timedelta(days=365)
