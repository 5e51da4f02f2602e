"""All the files that somebody has sent, in one packet, for themselves."""

import tempfile
import zipfile
from collections.abc import Callable

from flask import redirect, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import attachments
from models.attachments import Attachment, AttachmentState
from models.cleaned import ENDINGS
from webforms import pages
from webforms.attachments import store
from webforms.site import signed_in, site

_IN_MEMORY = 20 * 1024 * 1024  # bytes, before the disk is used
blueprint = pages.blueprint("own_files")


@blueprint.get("/me/files.zip")
def download() -> AnyResponse:
    """Hand out all files that one has sent, in one packet."""
    person = signed_in()
    if person is None:
        return redirect(url_for("me.own"), 303)
    return packet("mitwirken-files.zip", lambda archive: pack(archive, person.id))


def packet(name: str, fill: Callable[[zipfile.ZipFile], object]) -> AnyResponse:
    """Hand out what is filled into a .zip of this name."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115, closed with the answer
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    file.seek(0)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)


def names(session: Session, person_id: int) -> list[tuple[Attachment, str]]:
    """Return the files that are here, with the names that they get in a packet."""
    return [
        (one, f"{number:03}-{one.name or one.kind.value + ENDINGS.get(one.media_type, '')}")
        for number, one in enumerate(attachments.of_person(session, person_id), 1)
        if one.state is AttachmentState.READY
    ]


def pack(archive: zipfile.ZipFile, person_id: int, folder: str = "") -> None:
    """Put all files that somebody has sent into a packet, pressed together no further."""
    with site().db.reading() as session:
        files = names(session, person_id)
    for one, name in files:
        try:
            data = store().read(one.stored)
        except FileNotFoundError:  # lost with a disk, say: the others are still theirs
            continue
        archive.writestr(folder + name, data, zipfile.ZIP_STORED)
