"""The pages as a WSGI application; the server calls `app` once in each of its workers."""

import gc
import signal
import sys
from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from commands.logs import set_up_logging
from commands.parent import end_with_parent
from commands.reading import read_settings
from models import groups, prepared
from models.db import Database
from models.forms.join_group import JoinGroup
from translations import SOURCE, catalogues
from webforms import create_app
from webforms.shelf import shelf_of

SHARED = ("landing.html", "thanks.html", "wall_body.html")  # templates that a hall asks for
# Seconds for which a thread may go on while others wait. A sign-up gives way at each of its statements,
# and behind a page that is being rendered it would wait for 5 ms each time, which is Python's own.
SWITCH = 0.0005


def app() -> Flask:
    """Return the application on a database connection of its own."""
    end_with_parent(signal.SIGKILL)  # a worker left behind would go on answering with old code
    settings = read_settings()
    set_up_logging(settings)
    sys.setswitchinterval(SWITCH)
    pages = create_app(settings, Database(settings.database, settings.zone))
    shelf_of(pages).renew_by(pages.wsgi_app)
    warm_up(pages)
    return pages


def warm_up(pages: Flask) -> None:
    """Do once what the first readers would else all do at once; in a hall they are many threads, and wait."""
    db: Database = pages.extensions["mitwirken"].db
    prepared.compile_all(db.engine.dialect)
    for entry in catalogues.offered():
        catalogues.chain(entry.tag)
    for name in SHARED:
        pages.jinja_env.get_template(name)
    client, form = pages.test_client(), f"/{SOURCE}/forms/{JoinGroup.slug}"
    for path in (f"/{SOURCE}/", form, *_of_a_group(db, form)):
        client.get(path)  # where the database is away, it says so, and is warm all the same
    with suppress(SQLAlchemyError):
        db.connect()
    gc.collect()
    gc.freeze()  # what is here now stays; looking through all of it for garbage would hold everybody up


def _of_a_group(db: Database, form: str) -> tuple[str, ...]:
    with suppress(SQLAlchemyError), db.reading() as session:
        for card in groups.directory(session).cards[:1]:
            return (f"/j/{card.code}", f"{form}?group={card.code}")
    return ()
