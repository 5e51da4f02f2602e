"""`python -m bench.listening`: does the time of an answer tell whether an address is known?

Asked in turn, known and unknown, at the log-in, where one asks for one's link, and at the sign-up; compared
are the medians of the CPU that an answer takes, which neighbours disturb least. Status 1 above the bound.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from flask import Flask

from bench.databases import fresh
from bench.posting import body_of
from bench.stage import GROUP, SECRET
from models import groups, people, staff, tries
from models.db import Database
from models.settings import Settings
from models.staff import StaffRole
from webforms import create_app, tokens

BOUND = 1.3  # one median beside the other, either way
FORM, DESK, LINK = "/ar/forms/join-group", "/desk/login", "/de/me/link"
KIND = "application/x-www-form-urlencoded"
Ask = Callable[[str], tuple[str, bytes]]  # an address of e-mail into the place and the body that are posted


def fill(db: Database, many: int) -> str:
    """Make so many people and officers known; return the code of a group."""
    with db.transaction() as session:
        for number in range(many):
            email = f"known{number}@example.org"
            person_id, _is = people.meet(session, name="Amina Beispiel", language="de", email=email)
            person = people.get(session, person_id)
            if person is not None:
                people.confirm_email(session, person)
            staff.add(
                session,
                email,
                name="Olga",
                role=StaffRole.OFFICER,
                password_hash=staff.hash_password("right" * 4),
            )
        return groups.directory(session).get(GROUP).code


def ways(code: str) -> dict[str, Ask]:
    """Return what is asked, by name."""
    secret = SECRET.encode()

    def log_in(email: str) -> tuple[str, bytes]:
        fields = {"csrf": tokens.issue(secret), "email": email, "password": "wrong" * 4, "next": "/desk/"}
        return DESK, urlencode(fields).encode()

    def own_link(email: str) -> tuple[str, bytes]:
        return LINK, urlencode({"csrf": tokens.issue(secret), "email": email}).encode()

    def sign_up(email: str) -> tuple[str, bytes]:
        return FORM, body_of(code, email, tokens.issue(secret))

    return {"log-in": log_in, "my link": own_link, "sign-up": sign_up}  # which makes them known


def compared(app: Flask, ask: Ask, rounds: int, many: int) -> tuple[float, float]:
    """Return the median seconds of CPU for known and for unknown addresses, asked in turn."""
    client, seconds = app.test_client(), {"known": list[float](), "other": list[float]()}
    for number in range(rounds):
        for who, taken in seconds.items():
            # Each unknown address once: with its first sign-up it would be known.
            email = f"{who}{number % many if who == 'known' else number}@example.org"
            place, body = ask(email)
            begun = time.thread_time()
            client.post(place, data=body, content_type=KIND)
            taken.append(time.thread_time() - begun)
    return statistics.median(seconds["known"]), statistics.median(seconds["other"])


def _never_many(*_all: Any) -> bool:
    return False


@click.command()
@click.option("--rounds", default=300, show_default=True)
@click.option("--many", default=300, show_default=True, help="People and officers who are known.")
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
def main(rounds: int, many: int, kind: str) -> None:
    """Ask, compare, and print the ratios."""
    tries.are_many = _never_many  # the first answers after a pause are what is compared, not hammering
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as url:
        db = Database(url)
        code = fill(db, many)
        app = create_app(Settings(database=url, secret=SECRET, smtp_host="127.0.0.1", _env_file=None), db)
        worst = 1.0
        for name, ask in ways(code).items():
            known, other = compared(app, ask, rounds, many)
            ratio = known / other
            worst = max(worst, ratio, 1 / ratio)
            print(
                f"{name}: known {1000 * known:.2f} ms, unknown {1000 * other:.2f} ms, ratio {ratio:.2f}",
                flush=True,
            )
        db.close()
    if worst > BOUND:
        sys.exit(1)


if __name__ == "__main__":
    main()
