"""Files that people have sent: `/files/<token>`, for the office, for their sender, or for everybody."""

import io
from datetime import timedelta

from flask import Blueprint, Response, abort, g, request, send_file
from sqlalchemy.orm import Session

from models import attachments, factors, reach, sessions
from models.attachments import Attachment, AttachmentKind
from models.cleaned import ENDINGS
from models.files import Store
from models.staff import StaffMember
from models.submissions import Submission
from webforms.site import STAFF_COOKIE, signed_in, site

PUBLIC_SPAN = timedelta(minutes=5)  # that a browser may keep what is public: it can be taken back
# Even a file that slipped through cleaning runs nothing here: no script, no frame, nothing loaded.
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
blueprint = Blueprint("attachments", __name__)


def store() -> Store:
    """Return where this installation keeps its files."""
    if "store" not in g:
        g.store = Store(site().settings.files)
    found: Store = g.store
    return found


def _found(token: str) -> Attachment:
    """Return the file if it is for whoever asks; 404 otherwise, so that nobody learns what there is."""
    ticket = request.cookies.get(site().cookie(STAFF_COOKIE), "")
    with site().db.reading() as session:
        one = attachments.by_token(session, token) if len(token) <= 32 else None
        if one is None:
            abort(404)
        if attachments.is_visible(one):
            return one
        person = signed_in()
        if attachments.is_visible(one, to_person=person.id if person else None):
            return one
        member = sessions.staff_of(session, ticket) if ticket else None
        if not attachments.is_visible(one, to_staff=_may_see(session, member, one)):
            abort(404)
        return one


def _may_see(session: Session, member: StaffMember | None, one: Attachment) -> bool:
    """Return whether somebody of the staff may see a file: as they may the entry that it came with."""
    if member is None or factors.is_due(member):
        return False
    entry = session.get(Submission, one.submission_id) if one.submission_id else None
    return reach.covers(session, member, entry.group_id if entry else None)


@blueprint.get("/files/<token>")
def show(token: str) -> Response:
    """Hand out one file; `?size=small` gives a picture of at most 640 pixels."""
    one = _found(token)
    try:
        data = store().read(one.stored, small=request.args.get("size") == "small")
    except FileNotFoundError:
        abort(404)
    is_shown = one.kind is not AttachmentKind.DOCUMENT  # pictures and sound are played; the rest is saved
    ending = ENDINGS.get(one.media_type, "")
    # Nobody has looked at what a photo's file is called before it became public: it may say who took it.
    name = "" if one.is_public and one.kind is AttachmentKind.PHOTO else one.name
    response = send_file(
        io.BytesIO(data), mimetype=one.media_type, as_attachment=not is_shown,
        download_name=name or f"{one.kind.value}{ending}", conditional=True,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if one.is_public:
        response.headers["Cache-Control"] = f"public, max-age={int(PUBLIC_SPAN.total_seconds())}"
    else:
        response.headers["Cache-Control"] = "private, no-store"
    return response
