"""Guessed links open nothing, public codes grant nothing: a small part of `python -m bench.guessing`."""

from bench import guessing
from bench.hostile import settings_of
from models.db import Database
from webforms import create_app


def test_guesses_hit_nothing_and_a_weak_link_is_found(paderborn: Database) -> None:
    guessing.fill(paderborn)
    app = create_app(settings_of(str(paderborn.url)), paderborn)
    assert guessing.guess_on_pages(app, guessing.random_tokens(300)).hits == []
    assert guessing.guess_in_chat(paderborn, guessing.random_tokens(500)).hits == []
    assert guessing.uses_twice(app, paderborn) == [303, 404]
    assert guessing.granted_by_codes(app, paderborn) == []
    guessing.plant(paderborn, "aa")
    canary = guessing.guess_on_pages(app, ["ab", "ac", "ad", "aa"], ("/de/me/{}",) * 5)
    assert canary.hits == ["/de/me/{} aa"]
