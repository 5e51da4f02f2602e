"""`python -m bench.guessing`: a hundred thousand guesses at links, tickets and codes, and what each costs us.

Links of every purpose, sessions of people and of an officer are there to be hit. None may be. The canary is a
link of two signs, planted in the same database: the same guesser has to find it.
"""

import itertools
import secrets
import string
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from bench.databases import fresh
from bench.hostile import settings_of
from models import clock, groups, links, people, sessions, staff
from models.db import Database
from models.errors import NotFound
from models.links import Link, Purpose
from models.staff import StaffRole
from webforms import create_app
from webforms.site import PERSON_COOKIE, STAFF_COOKIE

SIGNS = string.ascii_letters + string.digits + "-_"
OWNERS = 60  # people who hold a link of each purpose
# Where a link opens something, and with what a wrong one is answered.
PLACES = (
    "/de/me/{}", "/de/confirm/{}", "/de/answer/{}", "/de/stop/{}", "/de/messages/updates/{}", "/de/lead/{}",
    "/de/status-round/{}", "/de/registration/{}", "/calendar/{}.ics", "/de/thanks/{}", "/files/{}",
    "/de/forms/ask-office?draft={}", "/uploads/{}?key={}",
)  # fmt: skip
CODES = ("/j/{}", "/f/{}", "/e/{}", "/v/{}")  # public codes; they grant nothing, whoever knows them


@dataclass
class Guessed:
    """How many guesses there were, which of them hit, and the seconds of CPU that they cost."""

    many: int = 0
    hits: list[str] = field(default_factory=list)
    seconds: float = 0.0


def fill(db: Database) -> None:
    """Give links of every purpose to many people, and open sessions."""
    with db.transaction() as session:
        for number in range(OWNERS):
            email = f"guess{number}@example.org"
            person_id, _confirmed = people.meet(session, name="Amina Beispiel", language="de", email=email)
            for purpose in Purpose:
                links.issue(session, purpose, person_id=person_id)
            sessions.start(session, person_id=person_id)
        olga = staff.add(session, "olga@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="-")
        sessions.start(session, staff_id=olga.id)


def plant(db: Database, token: str) -> None:
    """Put a link into the database that is far too short."""
    with db.transaction() as session:
        person = session.scalar(sa.select(sa.func.min(people.Person.id)))
        weak = Link(
            token_hash=links.hashed(token), purpose=Purpose.ME, person_id=person,
            expires_at=clock.now() + timedelta(days=1),
        )  # fmt: skip
        session.add(weak)


def random_tokens(many: int) -> Iterator[str]:
    """Guesses that look like ours, and some that are nearly empty or far too long."""
    yield from ("", "A", "=", "0" * 22, "-" * 22, "A" * 10_000)
    for _number in range(many - 6):
        yield secrets.token_urlsafe(16)


def short_tokens() -> Iterator[str]:
    """All guesses of two signs."""
    return ("".join(pair) for pair in itertools.product(SIGNS, repeat=2))


def guess_on_pages(app: Flask, guesses: Iterable[str], places: tuple[str, ...] = PLACES) -> Guessed:
    """Open pages with guessed links, and pages of one's own and of the desk with guessed sessions."""
    found, client, turn = Guessed(), app.test_client(), itertools.cycle((*places, "cookie", "desk"))
    begun = time.process_time()
    for guess, place in zip(guesses, turn, strict=False):
        found.many += 1
        if place == "cookie":
            cookie = {"Cookie": f"{PERSON_COOKIE}={guess}"}
            is_hit = client.get("/de/me/data.json", headers=cookie).status_code == 200
        elif place == "desk":
            cookie = {"Cookie": f"{STAFF_COOKIE}={guess}"}
            is_hit = client.get("/desk/account", headers=cookie).status_code == 200
        else:
            is_hit = bool(guess) and client.get(place.format(guess, guess)).status_code == 200
        if is_hit:
            found.hits.append(f"{place} {guess[:30]}")
    found.seconds = time.process_time() - begun
    return found


def guess_in_chat(db: Database, guesses: Iterable[str]) -> Guessed:
    """Look guessed links up as the chat's /start does, each for all purposes."""
    found = Guessed()
    begun = time.process_time()
    for guess, purpose in zip(guesses, itertools.cycle(Purpose), strict=False):
        found.many += 1
        with db.reading() as session:
            try:
                links.look(session, guess, purpose)
            except NotFound:
                continue
        found.hits.append(f"{purpose} {guess[:30]}")
    found.seconds = time.process_time() - begun
    return found


def uses_twice(app: Flask, db: Database) -> list[int]:
    """Use one good link twice; return how that was answered."""
    with db.transaction() as session:
        person = session.scalar(sa.select(sa.func.min(people.Person.id)))
        token = links.issue(session, Purpose.ME, person_id=person)
    return [app.test_client().post(f"/de/me/{token}").status_code for _time in range(2)]


def granted_by_codes(app: Flask, db: Database) -> list[str]:
    """Return what somebody gets who knows all public codes: cookies, names of people, pages of the desk."""
    with db.reading() as session:
        known = [card.code for card in groups.directory(session).cards]
    found = []
    for code, place in itertools.product(known, CODES):
        client = app.test_client()
        answer = client.get(place.format(code), follow_redirects=True)
        if answer.headers.getlist("Set-Cookie") or "guess0@example.org" in answer.text:
            found.append(place.format(code))
        if (
            client.get("/de/me/data.json").status_code == 200
            or client.get("/desk/account").status_code == 200
        ):
            found.append(f"{place.format(code)} signs in")
    return found


def _says(where: str, found: Guessed) -> str:
    cost = 1000 * found.seconds / max(found.many, 1)
    return (
        f"{where}: {found.many:,} guesses, {len(found.hits)} hits {found.hits[:3]}, {cost:.2f} ms of CPU each"
    )


@click.command()
@click.option("--guesses", default=100_000, show_default=True)
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
def main(guesses: int, kind: str) -> None:
    """Guess, and count the hits. Status 1 when there is one, or when the canary is not found."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        db = Database(stack.enter_context(fresh(kind, folder)))
        stack.callback(db.close)
        fill(db)
        app = create_app(settings_of(str(db.url.render_as_string(hide_password=False))), db)
        on_pages = guess_on_pages(app, random_tokens(guesses // 2))
        print(_says("pages", on_pages), flush=True)
        in_chat = guess_in_chat(db, random_tokens(guesses - guesses // 2))
        print(_says("chat", in_chat), flush=True)
        twice, granted = uses_twice(app, db), granted_by_codes(app, db)
        print(f"a link used twice: {twice}; what public codes grant: {granted or 'nothing'}")
        plant(db, "x7")
        canary = guess_on_pages(app, short_tokens(), ("/de/me/{}",) * 30)
        print(_says("canary of two signs", canary))
    if on_pages.hits or in_chat.hits or twice != [303, 404] or granted or not canary.hits:
        sys.exit(1)


if __name__ == "__main__":
    main()
