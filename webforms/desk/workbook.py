"""The programme as a workbook: taken out, changed offline, shown as differences, taken back."""

import base64
import hashlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import attachments, clock, drafts, exporting
from models.changes import Author
from models.errors import InvalidAnswer
from models.exporting.workbook import write_workbook
from models.importing import NOUN_WORDS, FindingKind, Report, import_region
from models.sheets import MILESTONE_WORDS
from translations import Text, _
from webforms import numbers
from webforms.desk import guard, showing
from webforms.site import site, tag

blueprint = Blueprint("workbook", __name__)
MOST_BYTES = 5_000_000  # a programme of a thousand milestones has 200 kB
FORM = "workbook"
ATTRIBUTES = {
    "measure": _("Milestone"), "due": _("Due"), "report_due": _("Report due"), "state": _("State"),
    "position": _("Order"), "weight": _("Weight"), "title": _("Title"), "summary": _("What it is about"),
    "deadline": _("To be reached by"), "lead_organisation": _("Who leads"), "notes": _("Notes"),
    "interim_target": _("Interim target"), "interim_due": _("Interim target, date"), "base": _("Base"),
    "target": _("Target"), "unit": _("Unit"), "name": _("Name"), "held": _("Day"), "starts": _("From"),
    "ends": _("Until"), "place": _("Place"), "carrier": _("Carried by"),
}  # fmt: skip


@blueprint.get("/workbook.xlsx")
def download() -> Response:
    """Hand out the workbook."""
    target = io.BytesIO()
    with site().db.reading() as session:
        write_workbook(session, target)
    response = Response(target.getvalue(), mimetype=exporting.MIME["xlsx"])
    day = clock.today(site().settings.zone).isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="mitwirken-{day}.xlsx"'
    return response


@blueprint.get("/workbook")
def ask() -> Response:
    """Offer the workbook, and a place to give it back."""
    return showing.show("desk/workbook.html", taken="taken" in request.args)


@blueprint.post("/workbook")
def look() -> Response:
    """Show what a workbook would change; nothing is changed yet, the file waits as a draft."""
    given = request.files.get("file")
    data = given.stream.read(MOST_BYTES + 1) if given else b""
    if not data or len(data) > MOST_BYTES:
        words = _("Please choose the changed workbook.") if not data else _("This file is too big.")
        return showing.show("desk/workbook.html", 422, error=words)
    name = (given.filename or "") if given else ""
    report = _take(data, name, agreed=lambda _now: False)
    number = 0
    if report.changes_anything:
        packed = {"data": base64.b64encode(data).decode(), "name": name, "seen": _mark(report)}
        with site().db.transaction() as session:
            number = drafts.begin(session, FORM, person_id=None, language=tag(), answers=packed).id
    return _show(report, number)


@blueprint.post("/workbook/apply")
def apply() -> AnyResponse:
    """Change what was shown. Where something else would change by now, that is shown instead."""
    number = numbers.number(request.form.get("draft", "")) or 0
    with site().db.reading() as session:
        draft = drafts.get(session, number)
        packed = dict(draft.answers) if draft and draft.form == FORM else None
    if packed is None:
        raise InvalidAnswer(_("This workbook has been taken already, or too long ago. Please give it again."))
    data = base64.b64decode(packed["data"])
    report = _take(data, packed["name"], agreed=lambda now: _mark(now) == packed["seen"])
    if report.dry_run:
        packed["seen"] = _mark(report)
        _keep(number, packed)
        return _show(report, number, note=_("Something has changed here meanwhile. Please look again."))
    _keep(number, None)
    return redirect(url_for(".ask", taken=1), 303)


def _keep(number: int, packed: dict[str, str] | None) -> None:
    """Store the draft's new content; None drops it."""
    with site().db.transaction() as session:
        draft = drafts.get(session, number)
        if draft is not None and packed is None:
            drafts.drop(session, draft)
        elif draft is not None and packed is not None:
            drafts.keep(session, draft, packed, asked="")


def _take(data: bytes, name: str, *, agreed: Callable[[Report], bool]) -> Report:
    """Take a workbook in if what it changes is agreed to; else only tell."""
    with tempfile.TemporaryDirectory() as folder:
        # As short as every file system takes it, whatever the script.
        path = Path(folder) / (attachments.clean_name(name, exporting.MIME["xlsx"])[-60:] or "workbook.xlsx")
        path.write_bytes(data)
        return import_region(site().db, path, agreed=agreed, author=Author(staff_id=guard.me().id))


def _mark(report: Report) -> str:
    """Return a mark of all that an import would change."""
    changed = [(one.noun, one.name, one.attributes, one.before, one.after) for one in report.changes]
    return hashlib.sha256(repr((changed, report.additions)).encode()).hexdigest()


def _show(report: Report, number: int, *, note: Text | None = None) -> Response:
    findings = [(kind, [one.to(tag()) for one in report.of(kind)]) for kind in FindingKind]
    return showing.show(
        "desk/workbook.html", report=report, draft=number, nouns=NOUN_WORDS, attributes=ATTRIBUTES,
        findings=findings, note=note, states=MILESTONE_WORDS,
    )  # fmt: skip
