"""Whether the service works: asked by the admin's watch, answered truthfully."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from models import backup_standing, leases, nights, revisions, room, vitals
from models.backup_standing import Standing
from models.settings import Settings
from webforms.site import site

LONG = timedelta(minutes=15)  # that letters wait where mail server or Telegram are away
blueprint = Blueprint("health", __name__)
_STUCK = {"delivery": "letters", "update": "messages from the chat"}


def jobs(settings: Settings) -> dict[str, str]:
    """Return the leases that are held while everything runs, and what lacks without each."""
    has_bot = settings.is_telegram_on and bool(settings.bot_token.get_secret_value())
    wanted = {
        "clockwork": ("courier", True),
        "courier:email": ("mail", settings.has_mail),
        "courier:telegram": ("chat messages", has_bot),
        leases.BOT: ("bot", has_bot),
    }
    return {lease: what for lease, (what, is_wanted) in wanted.items() if is_wanted}


def _disk() -> str:
    try:
        free = room.least_free(site().db, site().settings.files)
    except OSError:
        return "unknown"
    if free is None or free >= room.LOW:
        return "ok"
    return "low" if free >= room.FULL else "full"


@blueprint.get("/healthz")
def health() -> tuple[Response, int]:
    """Answer 503 when people cannot be served; 200 and "degraded" when something else has stopped."""
    try:
        with site().db.reading() as session:
            session.execute(sa.text("SELECT 1"))
            fits = revisions.current(site().db) == revisions.newest()
            alive = leases.alive(session) if fits else frozenset()
            is_late = fits and nights.is_late(session)
            waiting = vitals.waiting(session) if fits else {}
            backups = backup_standing.look(session, site().settings) if fits else Standing.OFF
    except SQLAlchemyError:
        return jsonify(status="down", database=False), 503
    disk = _disk()
    lacks = [what for lease, what in jobs(site().settings).items() if fits and lease not in alive]
    lacks += ["night"] if is_late else []  # nothing has been let go of for two days
    stuck = [what for name, what in _STUCK.items() if waiting.get(name, timedelta(0)) > LONG]
    is_up = fits and disk != "full"
    is_well = disk == "ok" and not lacks and not stuck and backups in (Standing.OK, Standing.OFF)
    status = "down" if not is_up else "ok" if is_well else "degraded"
    body = jsonify(
        status=status, database=True, schema="current" if fits else "old", disk=disk, lacks=lacks,
        backups=backups, stuck=stuck,
    )  # fmt: skip
    return body, 200 if is_up else 503
