"""The audit: who did what to which record, for admins."""

from flask import Blueprint, Response, request, url_for

from models import audit, staff
from models.audit import Kind, Verb
from translations import Text, _
from webforms import numbers
from webforms.desk import showing
from webforms.site import site

blueprint = Blueprint("audit", __name__)
VERB_WORDS: dict[Verb, Text] = {
    Verb.LOG_IN: _("logged in"), Verb.LOG_OUT: _("logged out"), Verb.ADD: _("added"),
    Verb.CHANGE: _("changed"), Verb.REMOVE: _("removed"), Verb.ACCEPT: _("accepted"),
    Verb.DECLINE: _("declined"), Verb.ASK: _("asked back"), Verb.HAND_OVER: _("handed over"),
    Verb.SEND: _("sent"), Verb.TAKE_OUT: _("downloaded"), Verb.RESET: _("reset"), Verb.CLOSE: _("closed it"),
}  # fmt: skip
KIND_WORDS: dict[Kind, Text] = {
    Kind.ENTRY: _("Entry"), Kind.GROUP: _("Group"), Kind.MEETING: _("Meeting"), Kind.SHEET: _("Goal sheet"),
    Kind.GOAL: _("Goal"), Kind.ROUND: _("Status round"), Kind.MESSAGE: _("Message"),
    Kind.UPDATE: _("Update"), Kind.TRANSLATION: _("Translation"), Kind.WORKBOOK: _("Workbook"),
    Kind.FILE: _("File"), Kind.ACCOUNT: _("Account"), Kind.FACTOR: _("Second step"),
    Kind.SESSION: _("Session"), Kind.EVENT: _("Event"), Kind.ARRIVAL: _("Arrival"),
    Kind.PASSKEY: _("Passkey"), Kind.IDENTITY: _("Single sign-on"),
    Kind.PERSON: _("Person"), Kind.DATABASE: _("Database"),
    Kind.FEEDBACK: _("Feedback"), Kind.BALLOT: _("Sticky dots"), Kind.WORKSHOP: _("Workshop"),
}  # fmt: skip


@blueprint.get("/audit")
def listed() -> Response:
    """Show what was done, the latest first: all, of one member, of one kind or one record."""
    raw = request.args.get("kind", "")
    kind = Kind(raw) if raw in set(Kind) else None
    by, below = (numbers.number(request.args.get(name, "")) for name in ("by", "below"))
    record = "".join(filter(str.isprintable, request.args.get("record", ""))).strip()[:40]
    with site().db.reading() as session:
        found = audit.page(session, staff_id=by, kind=kind, record=record, below=below)
        names = {one.id: one.name for one in staff.everyone(session)}
    shown, onward = found[: audit.PAGE], None
    if len(found) > audit.PAGE:
        below = shown[-1].id
        onward = url_for(".listed", by=by, kind=raw or None, record=record or None, below=below)
    return showing.show(
        "desk/audit.html", entries=shown, names=names, verbs=VERB_WORDS, kinds=KIND_WORDS, onward=onward,
        by=by, kind=kind, record=record, entry=Kind.ENTRY, command=audit.COMMAND,
    )  # fmt: skip
