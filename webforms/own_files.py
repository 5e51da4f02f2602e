"""All the files that somebody has sent, in one packet, for themselves."""

import tempfile
import zipfile

from flask import redirect, send_file, url_for
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
    with site().db.reading() as session:
        files = attachments.of_person(session, person.id)
    packet = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115, closed with the answer
    with zipfile.ZipFile(packet, "w", zipfile.ZIP_STORED) as archive:
        for number, one in enumerate(files, 1):
            if one.state is AttachmentState.READY:
                _pack(archive, one, number)
    packet.seek(0)
    return send_file(
        packet, mimetype="application/zip", as_attachment=True, download_name="mitwirken-files.zip"
    )


def _pack(archive: zipfile.ZipFile, one: Attachment, number: int) -> None:
    ending = ENDINGS.get(one.media_type, "")
    try:
        data = store().read(one.stored)
    except FileNotFoundError:  # lost with a disk, say: the others are still theirs
        return
    archive.writestr(f"{number:03}-{one.name or one.kind.value + ending}", data)
