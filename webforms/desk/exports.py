"""Exports, as files to download."""

import tempfile
from typing import BinaryIO, cast

from flask import Blueprint, Response, request, send_file
from sqlalchemy.orm import Session

from models import clock, exporting, groups
from models.audit import Kind, Verb
from models.exporting import Table
from webforms.desk import filtering, trail
from webforms.site import site, tag

blueprint = Blueprint("exports", __name__)
_IN_MEMORY = 2 * 1024 * 1024  # bytes; larger files rest on disk until they are sent


def _table(session: Session, kind: str) -> tuple[Table, str]:
    directory = groups.directory(session)
    if kind == "submissions":
        return exporting.submissions(session, tag(), filtering.wanted(directory)), ""
    card = directory.get(request.args["group"]) if "group" in request.args else None
    return exporting.members(session, tag(), group_id=card.id if card else None), card.number if card else ""


@blueprint.get("/export/<any('members', 'submissions'):kind>.<any('xlsx', 'csv'):ending>")
def download(kind: str, ending: str) -> Response:
    """Hand out a table: members (`?group=` for one group) or submissions (with the queue's filters)."""
    with site().db.reading() as session:
        table, number = _table(session, kind)
        return hand_out(table, kind, ending, number)


def hand_out(table: Table, kind: str, ending: str, number: str = "") -> Response:
    """Return a table as a file to download, noted in the audit; its name tells what it is, and the day."""
    # Written whole before it is sent, so that a slow download keeps no database connection.
    target = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - it is sent
    zone = site().settings.zone
    exporting.WRITERS[ending](table, target, tag=tag(), zone=zone)
    with trail.acting(Verb.TAKE_OUT, Kind.FILE, f"{kind}.{ending}"):
        target.seek(0)
    parts = (kind, number, clock.today(zone).isoformat())
    name = "-".join(part for part in parts if part)
    return send_file(
        target, mimetype=exporting.MIME[ending], as_attachment=True, download_name=f"{name}.{ending}"
    )
