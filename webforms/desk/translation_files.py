"""Translations as files: to a translation service and back; the catalogues of the program's own words."""

import base64
import io

from flask import Blueprint, Response, abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import clock, drafts, renditions
from models.audit import Kind, Verb
from models.errors import InvalidAnswer, NotAllowed
from models.exchanging import Only, Taken, compare, pack, packages, packing, take, unpack, unpacking
from models.staff import StaffRole
from models.translating import KINDS
from translations import LANGUAGES, Text, _, catalogues, language
from webforms import numbers
from webforms.desk import guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("translation_files", __name__)
FORM = "translations"
MIME = {"xlf": "application/xliff+xml", "po": "text/x-gettext-translation", "zip": "application/zip"}


def _page(status: int = 200, **values: object) -> Response:
    tags = renditions.languages_of(guard.me())
    return showing.show(
        "desk/translation_files.html", status, tags=tags, kinds=KINDS, only=packing.ONLY_WORDS,
        own_names={entry.tag: entry.own_name for entry in LANGUAGES},
        directions={entry.tag: entry.direction for entry in LANGUAGES},
        catalogues=[(one, catalogues.is_draft(one.tag)) for one in catalogues.offered() if one.tag in tags],
        is_office=guard.me().role is not StaffRole.TRANSLATOR, **values,
    )  # fmt: skip


@blueprint.get("/translations/files")
def ask() -> Response:
    """Offer to take translations along and to give them back."""
    number = numbers.number(request.args.get("taken", ""))
    return _page(taken=number, nothing="nothing" in request.args)


@blueprint.get("/translations/files/export")
def download() -> AnyResponse:
    """Hand out what there is to translate into the chosen languages."""
    allowed = renditions.languages_of(guard.me())
    tags = [one for one in request.args.getlist("language") if one in allowed]
    kinds = [one for one in request.args.getlist("kind") if one in KINDS] or list(KINDS)
    only, ending = request.args.get("only", Only.TO_DO), request.args.get("format", "xlf")
    if only not in set(Only) or ending not in packing.WRITERS:
        abort(400)
    if not tags:
        return _page(422, error_out=_("Please choose at least one language to translate into."))
    with site().db.reading() as session:
        found = packages(session, site().settings, tags, kinds=kinds, only=Only(only))
    if not found:
        return redirect(url_for(".ask", nothing=1), 303)
    ending, data = pack(found, ending)
    told = "-".join(tags) if len(tags) < 4 else clock.today(site().settings.zone).isoformat()
    name = f"mitwirken-{told}.{ending}"
    response = Response(data, mimetype=MIME[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/translations/files")
def look() -> Response:
    """Show what a file says otherwise; nothing is changed yet, the file waits as a draft."""
    given = request.files.get("file")
    data = given.stream.read(unpacking.MOST_BYTES + 1) if given else b""
    if not data:
        return _page(422, error=_("Please choose the file with the translations."))
    try:
        taken = _compare(data)
    except InvalidAnswer as refusal:
        return _page(422, error=refusal.text)
    number = 0
    if taken.differences or (taken.waiting and guard.me().role is not StaffRole.TRANSLATOR):
        packed = {"data": base64.b64encode(data).decode(), "seen": taken.mark, "by": str(guard.me().id)}
        with site().db.transaction() as session:
            number = drafts.begin(session, FORM, person_id=None, language=tag(), answers=packed).id
    return _page(found=taken, draft=number)


def _compare(data: bytes) -> Taken:
    found = unpack(data)
    with site().db.reading() as session:
        return compare(session, guard.me(), found)


@blueprint.post("/translations/files/apply")
def apply() -> AnyResponse:
    """Take what was shown. Where something else would change by now, that is shown instead."""
    number = numbers.number(request.form.get("draft", "")) or 0
    is_approved = request.form.get("as") == "approved"
    if is_approved and guard.me().role is StaffRole.TRANSLATOR:
        raise NotAllowed(_("Somebody else has to approve your translation."))
    with site().db.transaction() as session:
        draft = drafts.get(session, number)
        packed = dict(draft.answers) if draft and draft.form == FORM else {}
        if draft is None or packed.get("by") != str(guard.me().id):
            raise InvalidAnswer(_("This file has been taken already, or too long ago. Please give it again."))
        taken = compare(session, guard.me(), unpack(base64.b64decode(packed["data"])), hold=True)
        if taken.mark == packed["seen"]:
            done = take(session, guard.me(), taken, is_approved=is_approved)
            drafts.drop(session, draft)
            trail.note(session, Verb.CHANGE, Kind.TRANSLATION, "file")
            return redirect(url_for(".ask", taken=done), 303)
        drafts.keep(session, draft, {**packed, "seen": taken.mark}, asked="")
    note: Text = _("Something has changed here meanwhile. Please look again.")
    return _page(409, found=taken, draft=number, note=note)


@blueprint.get("/translations/catalogues/<tag:into>.po")
def catalogue(into: str) -> Response:
    """Hand out the catalogue with the program's own words in a language."""
    renditions.must_translate(guard.me(), into)
    po = catalogues.po_file(language(into))
    if not po.exists():
        abort(404)
    name = f"mitwirken-program-{into}.po"
    return send_file(io.BytesIO(po.read_bytes()), MIME["po"], as_attachment=True, download_name=name)
