"""Putting the app together."""

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map, UnicodeConverter, ValidationError

from models.db import Database
from models.settings import Settings
from translations import find
from webforms import (
    answers,
    attachments,
    calendar,
    crowding,
    data,
    desk,
    dots,
    errors,
    events,
    feedback,
    following,
    forms,
    gatherings,
    goals,
    groups,
    headers,
    health,
    home,
    kept,
    landing,
    leading,
    legal,
    look,
    me,
    meetings,
    metrics,
    news,
    numbers,
    own_data,
    own_files,
    papers,
    rounds,
    sheets,
    shelf,
    site,
    thanks,
    tickets,
    timeline,
    twins,
    uploads,
    walls,
    webhook,
    wishes,
    words,
    writing,
)
from webforms.compiled import COMPILED

PARTS = (
    home, landing, groups, dots, feedback, goals, timeline, news, events, tickets, walls, following,
    wishes, papers, sheets, writing, rounds, leading, gatherings, forms, uploads, attachments, thanks,
    answers, me, own_data, own_files, meetings, calendar, legal, data, health, metrics, webhook, desk,
)  # fmt: skip
MAX_BODY = 256 * 1024  # bytes of a form without files; the longest text takes 24 KB in Arabic


class TagConverter(BaseConverter):
    """The language in an address: exactly a tag of ours, so that each page has one address."""

    part_isolating = True
    regex = r"[a-z]{2}(?:-[a-z]+)?"

    def to_python(self, value: str) -> str:
        """Return the tag; other addresses are not found."""
        found = find(value)
        if found is None or found.tag != value:
            raise ValidationError
        return value


class IdConverter(IntegerConverter):
    """An id in an address: a number that a column can hold, so that no database stumbles over it."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Map, max: int = numbers.LARGEST) -> None:  # noqa: A002 - as werkzeug calls it
        super().__init__(url_map, max=max)


class WordConverter(UnicodeConverter):
    """Anything else in an address, but for the one character that PostgreSQL cannot compare."""

    def __init__(self, url_map: Map, minlength: int = 1, maxlength: int | None = None) -> None:
        super().__init__(url_map, minlength, maxlength)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def create_app(settings: Settings | None = None, db: Database | None = None) -> Flask:
    """Return the app that serves all pages of one installation."""
    settings = settings or Settings()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_PARTS"] = 100
    app.url_map.converters |= {
        "tag": TagConverter, "int": IdConverter, "string": WordConverter, "default": WordConverter,
    }  # fmt: skip
    app.jinja_env.bytecode_cache = COMPILED
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    db = db or Database(settings.database, settings.zone)
    site.install(app, settings, db)
    shelf.install(app, db.cache)
    twins.install(app)
    kept.install(app)
    walls.install(app)
    headers.install(app, over_https=settings.base_url.startswith("https://"))
    words.install(app)
    errors.install(app)
    crowding.install(app, settings.posts_a_minute)
    look.install(app)
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    app.register_blueprint(events.codes)
    app.register_blueprint(legal.well_known)
    return app
