"""What somebody hostile types breaks nothing: a small part of `python -m bench.hostile`, and its canaries."""

import time
from collections.abc import Callable

import pytest
from flask import Flask, Response, request
from pydantic import SecretStr

from bench import hostile, hostile_pages
from bench.hostile_corpus import INPUTS, MARK
from bench.stage import SECRET
from models.db import Database
from models.settings import Settings
from tests.bot.chat import Bot, Visitor, states
from webforms import create_app

OPENING = f"/de/planted?q=<{MARK}>"


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """The pages."""
    attacked = {"secret": SecretStr(SECRET), "webhook_secret": SecretStr("hostile"), "posts_a_minute": 0}
    made = create_app(settings.model_copy(update=attacked), paderborn)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def _wrong(found: hostile_pages.Found) -> list[str]:
    """Return what was wrong but for seconds, which are the command's: they tell of the machine, too."""
    return [one for one in found.wrong if not one.endswith(" s")]


def test_pages_stand_it(app: Flask) -> None:
    found = hostile.attack_pages(app, step=499)
    assert _wrong(found) == []
    assert found.inputs > 60


def test_the_chat_stands_it(bot: Bot) -> None:
    found = hostile.attack_chat(bot, step=197)
    assert _wrong(found) == []
    assert found.inputs > 40


def test_half_a_character_from_telegram_holds_nobody_up(bot: Bot) -> None:
    amina = Visitor(bot, 771)
    bot.take(amina.update("\ud83d"), amina.update("a\x00b\udfff"), amina.update("/help"))
    assert states(bot.db) == ["done"] * 3


def _echo() -> Response:
    return Response(request.args.get("q", ""), mimetype="text/html")


def _slow() -> str:
    end = time.process_time() + 1.1
    while time.process_time() < end:
        pass
    return "late"


def _break() -> str:
    raise ValueError("planted")


def _lead() -> Response:
    return Response(status=302, headers={"Location": request.args.get("q", "")})


@pytest.mark.parametrize(
    ("view", "address", "wrong"),
    [
        (_echo, OPENING, "markup comes back"),
        (_echo, "/de/planted?q=54444439", "a template has read it"),
        (_slow, "/de/planted", " s"),
        (_break, "/de/planted", "500"),
        (_lead, "/de/planted?q=//evil.example/", "leads elsewhere"),
    ],
)
def test_a_bad_page_that_was_planted_is_found(
    app: Flask, view: Callable[[], object], address: str, wrong: str
) -> None:
    app.add_url_rule("/de/planted", "planted", view)  # type: ignore[arg-type]
    found = hostile_pages.Found()
    hostile_pages.Pages(app, found).ask("planted", address)
    assert len(found.wrong) == 1
    assert wrong in found.wrong[0]


def test_the_list_stays_long() -> None:
    assert len(set(INPUTS)) >= 120
    names, queries = hostile_pages.fields_read()
    assert {"email", "csrf", "rhythm"} <= set(names)
    assert {"group", "lang", "draft"} <= set(queries)
