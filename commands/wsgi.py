"""The pages as a WSGI application; the server calls `app` once in each of its workers."""

import signal

from flask import Flask

from commands.logs import set_up_logging
from commands.parent import end_with_parent
from commands.reading import read_settings
from models.db import Database
from webforms import create_app


def app() -> Flask:
    """Return the application on a database connection of its own."""
    end_with_parent(signal.SIGKILL)  # a worker left behind would go on answering with old code
    settings = read_settings()
    set_up_logging(settings)
    return create_app(settings, Database(settings.database, settings.zone))
