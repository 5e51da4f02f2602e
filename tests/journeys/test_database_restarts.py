"""The database's server dies amid sign-ups and comes back: who was thanked is there, and nobody saw a 500."""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.databases import fresh
from bench.posting import FORM, sign_up
from bench.stage import GROUP, SECRET
from models import groups
from models.db import Database
from models.people import Person
from models.settings import Settings
from tests import postgres
from webforms import create_app

pytestmark = [pytest.mark.journey, pytest.mark.postgres]
CROWD, EACH = 4, 25
KIND = "application/x-www-form-urlencoded"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A region on a server that keeps what it has confirmed, as a real one does."""
    with fresh("postgresql", tmp_path, careless=False) as url:
        database = Database(url)
        yield database
        database.close()


def _lost(db: Database, thanked: set[str]) -> set[str]:
    with db.reading() as session:
        return thanked - set(session.scalars(sa.select(Person.email)))


def test_whoever_was_thanked_is_there_and_nobody_saw_a_fault(db: Database) -> None:
    app = create_app(Settings(secret=SECRET, least_seconds=0, _env_file=None), db)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with db.reading() as session:
        code = groups.directory(session).get(GROUP).code
    told, thanked, half_way = Counter[int](), set[str](), threading.Event()

    def come(first: int) -> None:
        client = app.test_client()
        for number in range(first, first + EACH):
            body = sign_up(code, f"person{number}@example.org")
            status = 0
            while status != 303:  # as people do: the same form again
                status = client.post(FORM, data=body, content_type=KIND).status_code
                told[status] += 1
                if status not in (303, 503):
                    return
            thanked.add(f"person{number}@example.org")
            if len(thanked) > CROWD * EACH // 3:
                half_way.set()

    crowd = [threading.Thread(target=come, args=(turn * EACH,), daemon=True) for turn in range(CROWD)]
    for one in crowd:
        one.start()
    assert half_way.wait(60)
    postgres.restart(postgres.own_folder())
    for one in crowd:
        one.join(60)
    assert set(told) <= {303, 503}
    assert told[503], "nobody noticed: it was no restart"
    assert len(thanked) == CROWD * EACH
    assert _lost(db, thanked) == set()
    assert _lost(db, {*thanked, "planted@example.org"}) == {"planted@example.org"}
    with db.reader.connect() as connection:
        rows = connection.scalar(sa.text("SELECT count(*) FROM people WHERE email LIKE 'person%'"))
    assert rows == CROWD * EACH
