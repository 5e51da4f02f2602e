"""Everything that is stored of somebody, for themselves: to read, and to take along with all files."""

import json
import zipfile
from typing import Any

from flask import Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from models import attachments, clock, mydata, regions
from models.people import Person
from webforms import own_files, own_words, pages
from webforms.me import ask_for_link
from webforms.site import signed_in, site, tag

blueprint = pages.blueprint("own_data")


def _values(person: Person, *, is_page: bool) -> dict[str, Any]:
    with site().db.reading() as session:
        return {
            "sections": own_words.sections(session, person, tag()), "person": person,
            "files": attachments.of_person(session, person.id), "is_page": is_page, "now": clock.now(),
            "region": regions.the_region(session), "file_names": own_files.names(session, person.id),
        }  # fmt: skip


@blueprint.get("/me/data")
def show() -> Response:
    """Show everything in words, with the files."""
    person = signed_in()
    return (
        ask_for_link(403) if person is None else pages.show("me_data.html", **_values(person, is_page=True))
    )


def _as_json(person: Person) -> str:
    with site().db.reading() as session:
        return json.dumps(mydata.collect(session, person), ensure_ascii=False, indent=2)


@blueprint.get("/me/data.json")
def download() -> Response:
    """Hand out everything for machines."""
    person = signed_in()
    if person is None:
        return ask_for_link(403)
    response = Response(_as_json(person), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="mitwirken.json"'
    return response


@blueprint.get("/me/data.zip")
def take_along() -> AnyResponse:
    """Hand out everything in one packet: to read, for machines, and all photos and other files."""
    person = signed_in()
    if person is None:
        return ask_for_link(403)

    def fill(archive: zipfile.ZipFile) -> None:
        page = render_template("me_data_alone.html", **_values(person, is_page=False))
        archive.writestr("mitwirken.html", page)
        archive.writestr("mitwirken.json", _as_json(person))
        own_files.pack(archive, person.id, folder="files/")

    return own_files.packet("mitwirken.zip", fill)
