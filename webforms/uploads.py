"""Files that come with a form: cleaned and kept at once, so that nobody has to choose them twice."""

import io
import logging
from dataclasses import dataclass
from functools import reduce

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.exceptions import RequestEntityTooLarge

from models import attachments, room, unsent
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.cleaned import MOST_BYTES, Refused
from models.cleaning import clean
from models.errors import InvalidAnswer, NotReady
from models.forms import clean as cleaning
from models.forms.file_questions import Files, could_not_be_taken, tokens_in
from models.forms.form import Form
from models.people import Person
from translations import Text, _
from webforms import pages, tokens
from webforms.attachments import store
from webforms.errors import FULL, WORDS
from webforms.site import site

MOST_TOGETHER = attachments.MOST * MOST_BYTES + 1024 * 1024  # bytes of a form with as many files as it takes
LONGEST_CAPTION = 500
ACCEPTED = (
    "image/*,audio/*,application/pdf,text/plain,.docx,.xlsx,.odt,.ods,"
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document,"
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
_TOO_LARGE = _(
    "These files are too large together. Please go back and choose fewer or smaller ones: at most {n} files "
    "of 10 MB each. What you wrote should still be there."
)
log = logging.getLogger(__name__)
blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files of one request: the raw answer, and why some of them were not taken."""

    raw: str
    refusals: tuple[Text, ...]


def files_of(form_class: type[Form]) -> Files | None:
    """Return the form's question for files."""
    return next((one for one in form_class.declared if isinstance(one, Files)), None)


def too_large(form_class: type[Form]) -> Response | None:
    """Let this request be as large as its form's files may be; return the page for one that is larger.

    Has to be called before anything of the request's body is looked at.
    """
    if files_of(form_class) is not None:
        request.max_content_length = MOST_TOGETHER
    try:
        request.form  # noqa: B018, reads the body: small parts into memory, files onto the disk
    except RequestEntityTooLarge:
        if files_of(form_class) is None:
            raise
        _read_away()
        return pages.show("error.html", 413, words=_TOO_LARGE(n=attachments.MOST), reference="")
    return None


def _read_away() -> None:
    """Read what a browser still sends, up to a bound: else it shows a broken line instead of our page."""
    stream, left = request.environ["wsgi.input"], 3 * MOST_TOGETHER
    while left > 0 and (piece := stream.read(min(left, 1024 * 1024))):
        left -= len(piece)


def had(files: Files) -> str:
    """Return those files of before that are not to be removed, as a raw answer."""
    removed = set(request.form.getlist(f"{files.name}-remove"))
    tokens = tokens_in(" ".join(request.form.getlist(files.name)))
    return " ".join(one for one in tokens if one not in removed)


def taken(files: Files, before: str, person: Person | None) -> Taken:
    """Keep the files of this request, each in a transaction of its own, beside those of before."""
    found, refusals = tokens_in(before), list[Text]()
    for upload in request.files.getlist(files.name):
        if not upload.filename:  # a browser sends one empty part where nothing was chosen
            continue
        if len(found) >= attachments.MOST:
            refusals.append(_("Please send at most {n} files at once.")(n=attachments.MOST))
            break
        if not _has_room(person):
            refusals.append(could_not_be_taken(upload.filename[-80:], WORDS[503]))
            break
        try:
            found.append(_kept(upload.stream.read(MOST_BYTES + 1), upload.filename, person))
        except (Refused, NotReady) as refusal:
            refusals.append(could_not_be_taken(upload.filename[-80:], refusal.text))
        except OSError as error:
            if not room.is_lacking(error):
                raise
            log.error("disk full: a file cannot be kept")
            refusals.append(could_not_be_taken(upload.filename[-80:], FULL))
    return Taken(" ".join(found), tuple(refusals))


def _has_room(person: Person | None) -> bool:
    with site().db.reading() as session:
        return unsent.has_room(session, person.id if person else None)


def _kept(data: bytes, name: str, person: Person | None) -> str:
    cleaned = clean(data, name=name)
    with site().db.transaction() as session:
        made = attachments.take_upload(
            session, store(), cleaned, name=name, person_id=person.id if person else None
        )
        return made.token


def describe(files: list[Attachment]) -> None:
    """Keep the captions that were typed beside files of before."""
    for one in files:
        raw = request.form.get(f"caption-{one.token}")
        if raw is None or one.submission_id is not None:
            continue
        try:
            caption = cleaning.text(raw, longest=LONGEST_CAPTION)
        except InvalidAnswer:
            continue
        if caption != one.caption:
            with site().db.transaction() as session:
                attachments.describe(session, one.token, caption)


def note(form: Form, refusals: tuple[Text, ...]) -> None:
    """Let the form say which files were not taken, and why, beside its question for them."""
    files = files_of(type(form))
    if files is not None and refusals:
        found = {**form.errors, files.name: reduce(_one_more, refusals)}
        form.errors = {one.name: found[one.name] for one in form.questions if one.name in found}


def _one_more(first: Text, second: Text) -> Text:
    return _("{first} {second}")(first=first, second=second)


@blueprint.app_template_global("preview")
def preview(one: Attachment) -> str:
    """Return where the picture is shown to whoever fills in the form that it belongs to; "" for others."""
    if one.kind is not AttachmentKind.PHOTO or one.state is not AttachmentState.READY:
        return ""
    return f"/uploads/{one.token}?key={tokens.issue(site().secret, bound_to=_bound(one.token))}"


@blueprint.app_template_global("accepted_files")
def accepted_files() -> str:
    """Return what a browser offers to choose; what is really taken, the content decides."""
    return ACCEPTED


def _bound(token: str) -> str:
    return f"preview:{token}"


@blueprint.get("/<token>")
def show(token: str) -> Response:
    """Show a small picture beside a form, for a day, to whoever was given its address with the form."""
    try:
        tokens.check(site().secret, request.args.get("key", ""), bound_to=_bound(token))
    except InvalidAnswer:
        abort(404)
    with site().db.reading() as session:
        one = attachments.by_token(session, token)
    if one is None or one.kind is not AttachmentKind.PHOTO or one.state is not AttachmentState.READY:
        abort(404)
    try:
        data = store().read(one.stored, small=True)
    except FileNotFoundError:
        abort(404)
    response = send_file(io.BytesIO(data), mimetype=one.media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
