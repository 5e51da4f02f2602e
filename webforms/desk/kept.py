"""What is kept how long, how much there is of it, and what the last nights removed; the register, too."""

import io
from collections.abc import Mapping

from flask import Blueprint, Response, abort, send_file
from werkzeug.wrappers import Response as AnyResponse

from models import clock, nights, processing, retention
from models.exporting import register
from models.exporting.documents import DOCUMENT_MIME
from models.periods import KINDS
from models.retention_deeds import DEEDS, WAITING
from webforms.desk import showing
from webforms.site import site, tag

blueprint = Blueprint("kept", __name__)
_PERIODS: Mapping[str, str | None] = {deed.name: deed.period for deed in DEEDS}


@blueprint.get("/kept")
def show() -> Response:
    """Show each kind with its period, how much there is and how much goes next, and the last nights."""
    settings = site().settings
    night = nights.next_night(settings.zone)
    with site().db.reading() as session:
        found = retention.outlook(session, night)
        keys = processing.periods_in_use(settings)
        return showing.show(
            "desk/kept.html", kinds=[KINDS[key] for key in keys], counts=found, periods=settings.periods,
            waiting=retention.number(session, WAITING), night=night, is_late=nights.is_late(session),
            nights=[(one, _by_kind(one.removed)) for one in nights.latest(session)], names=KINDS,
        )  # fmt: skip


def _by_kind(removed: Mapping[str, int]) -> Mapping[str, int]:
    """Return how much went of each kind; what has no period of its own under ""."""
    found: dict[str, int] = {}
    for name, number in removed.items():
        key = _PERIODS.get(name) or ""
        found[key] = found.get(key, 0) + number
    return found


@blueprint.get("/kept/register.<ending>")
def take(ending: str) -> AnyResponse:
    """Hand out the register of processing activities in the reader's language."""
    if ending not in DOCUMENT_MIME:
        abort(404)
    settings = site().settings
    with site().db.reading() as session:
        found = register.read(session, settings, tag(), today=clock.today(settings.zone))
    data = io.BytesIO(register.WRITERS[ending](found, settings))
    name = f"register-{tag()}.{ending}"
    return send_file(data, mimetype=DOCUMENT_MIME[ending], as_attachment=True, download_name=name)
