"""Files that people have sent: `/files/<token>`, for the office, for their sender, or for everybody."""

import io
import tempfile
import zipfile
from datetime import timedelta
from typing import IO

from flask import Blueprint, Response, abort, g, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import attachments, sessions
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.cleaned import ENDINGS
from models.files import Store
from webforms import pages
from webforms.site import STAFF_COOKIE, signed_in, site

PUBLIC_SPAN = timedelta(minutes=5)  # that a browser may keep what is public: it can be taken back
_IN_MEMORY = 20 * 1024 * 1024  # bytes of somebody's own files, before the disk is used
# Even a file that slipped through cleaning runs nothing here: no script, no frame, nothing loaded.
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
blueprint = Blueprint("attachments", __name__)
own = pages.blueprint("own_files")


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
        is_staff = bool(ticket) and sessions.staff_of(session, ticket) is not None
        if not attachments.is_visible(one, to_staff=is_staff):
            abort(404)
        return one


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
    response = send_file(
        io.BytesIO(data), mimetype=one.media_type, as_attachment=not is_shown,
        download_name=one.name or f"{one.kind.value}{ending}", conditional=True,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if one.is_public:
        response.headers["Cache-Control"] = f"public, max-age={int(PUBLIC_SPAN.total_seconds())}"
    else:
        response.headers["Cache-Control"] = "private, no-store"
    return response


@own.get("/me/files.zip")
def download() -> AnyResponse:
    """Hand out all files that one has sent, in one packet."""
    person = signed_in()
    if person is None:
        return redirect(url_for("me.own"), 303)
    with site().db.reading() as session:
        files = attachments.of_person(session, person.id)
    packet = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115, closed with the answer
    with zipfile.ZipFile(packet, "w", zipfile.ZIP_STORED) as archive:
        for number, one in enumerate(files, 1):
            if one.state is AttachmentState.READY:
                _pack(archive, one, number)
    packet.seek(0)
    return _sent(packet)


def _pack(archive: zipfile.ZipFile, one: Attachment, number: int) -> None:
    ending = ENDINGS.get(one.media_type, "")
    try:
        data = store().read(one.stored)
    except FileNotFoundError:  # lost with a disk, say: the others are still theirs
        return
    archive.writestr(f"{number:03}-{one.name or one.kind.value + ending}", data)


def _sent(packet: IO[bytes]) -> Response:
    return send_file(
        packet, mimetype="application/zip", as_attachment=True, download_name="mitwirken-files.zip"
    )
