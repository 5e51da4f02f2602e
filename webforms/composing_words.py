"""Writing an update: languages side by side, picture, button. What cannot be saved comes back as typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import (
    attachments,
    event_cards,
    groups,
    unsent,
    updates_checking,
    updates_letters,
    updates_sending,
)
from models import updates_writing as writing
from models.attachments import Attachment
from models.audit import Verb
from models.cleaned import MOST_BYTES, AttachmentKind, Problem, Refused
from models.cleaning import clean as cleaned_file
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed, NotFound, NotReady
from models.forms import FORMS, clean
from models.updates import ButtonKind, Update
from models.updates_writing import Content
from translations import LANGUAGES, Localised, Text, _
from webforms import errors, numbers
from webforms.attachments import store
from webforms.composing import OWN_NAMES, Place, seen, show
from webforms.errors import WORDS
from webforms.site import site

MOST_TOGETHER = MOST_BYTES + 512 * 1024  # bytes of the form with its picture
_PARTS = {
    "title": (writing.LONGEST_TITLE, False), "body": (writing.LONGEST_BODY, True),
    "alt": (writing.LONGEST_WORDS, False), "label": (writing.LONGEST_LABEL, False),
}  # fmt: skip
_KINDS = (ButtonKind.NONE, *updates_letters.BUTTON_WORDS)
_TAGS = {entry.tag for entry in LANGUAGES}
NO_BUTTON = _("No button")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that could not be saved: what was typed, and why not. Empty for a fresh page."""

    typed: Mapping[str, str] = field(default_factory=dict)
    error: Text | None = None
    wrong: Mapping[str, Text] = field(default_factory=dict)
    is_stale: bool = False


FRESH = Sent()


def page(place: Place, number: int, sent: Sent = FRESH, status: int = 200) -> Response:
    """Show what an update says, for writing."""
    with site().db.reading() as session:
        one = seen(session, place, number)
        token = sent.typed.get("picture")
        picture = attachments.by_token(session, token) if token else _picture(session, one, sent)
        return show(
            place, one, "write", status, sent=sent, beside=_beside(one, sent), others=_others(one, sent),
            picture=picture,
            kind=_kind(sent.typed, one.button), kinds=_KINDS, no_button=NO_BUTTON,
            kind_words=updates_letters.BUTTON_WORDS, cards=groups.directory(session).cards,
            events=event_cards.published(session).cards,
            forms=[(slug, form.title) for slug, form in FORMS.items() if form.listed],
            words=lambda part, tag: _words(one, sent, part, tag),
            stored=lambda part, tag: _stored(one, part, tag),
            target=lambda kind: _target(one, sent, kind),
            length=lambda tag: updates_checking.length(
                _words(one, sent, "title", tag), _words(one, sent, "body", tag)
            ),
            longest={name: most for name, (most, _lines) in _PARTS.items()},
        )  # fmt: skip


def _picture(session: Session, one: Update, sent: Sent) -> Attachment | None:
    if sent.typed or one.picture_id is None:
        return None
    return session.get(Attachment, one.picture_id)


def _beside(one: Update, sent: Sent) -> str:
    """Return the language that stands beside the source: the one asked for, else one that is begun."""
    wanted = sent.typed.get("shown") or request.args.get("beside", "")
    if wanted in _TAGS and wanted != one.source:
        return wanted
    return next((tag for tag in one.body.words if tag != one.source), "")


def _others(one: Update, sent: Sent) -> list[str]:
    """Return the languages beside the source: one, but for a correction all, so that it is one for all."""
    beside, is_out = _beside(one, sent), one.sent_at is not None
    written = [tag for tag in OWN_NAMES if one.body.words.get(tag)] if is_out else []
    return [tag for tag in OWN_NAMES if tag != one.source and (tag == beside or tag in written)]


def _stored(one: Update, part: str, tag: str) -> str:
    kept: dict[str, Localised] = {
        "title": one.title, "body": one.body, "alt": one.picture_words, "label": one.button_label,
    }  # fmt: skip
    return kept[part].words.get(tag, "")


def _words(one: Update, sent: Sent, part: str, tag: str) -> str:
    return sent.typed.get(f"{part}-{tag}", "") if sent.typed else _stored(one, part, tag)


def _kind(typed: Mapping[str, str], otherwise: ButtonKind) -> ButtonKind:
    """Return the button that was chosen; a program may send anything in its place."""
    return next((one for one in _KINDS if one.value == typed.get("button")), otherwise)


def _target(one: Update, sent: Sent, kind: ButtonKind) -> str:
    if sent.typed:
        return sent.typed.get(f"target-{kind.value}", "")
    return one.button_target if one.button is kind else ""


def save(place: Place, number: int) -> AnyResponse:
    """Keep what was written and go on to what was asked for, or show it again as it was typed."""
    return _take(place, number, is_correction=False)


def correct(place: Place, number: int) -> AnyResponse:
    """Change what has been sent already, and send the correction."""
    return _take(place, number, is_correction=True)


def _take(place: Place, number: int, *, is_correction: bool) -> AnyResponse:
    typed, wrong = dict(request.form), dict[str, Text]()
    with site().db.reading() as session:
        source = seen(session, place, number).source
    version = numbers.number(typed.get("version", "")) or 0
    typed["picture"] = _take_picture(place, typed, wrong)
    content = _content(typed, source, wrong)
    try:
        if wrong:
            raise InvalidAnswer(_("Something is not right yet. It is said beside the field."))
        if is_correction and typed.get("sure") != "yes":
            raise InvalidAnswer(_("Please confirm it first."))
        with site().db.transaction() as session:
            _store(session, place, number, content, version, is_correction=is_correction)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        sent = Sent(typed, refusal.text, wrong, is_stale=isinstance(refusal, Conflict))
        return page(place, number, sent, errors.status_of(refusal))
    return redirect(_onwards(place, number, typed, is_correction=is_correction), 303)


def _store(
    session: Session, place: Place, number: int, content: Content, version: int, *, is_correction: bool
) -> None:
    if is_correction:
        rule = site().settings.release
        updates_sending.correct(session, number, content, by=place.by, version=version, rule=rule)
    else:
        writing.save(session, number, content, by=place.by, version=version)
    place.note(session, Verb.SEND if is_correction else Verb.CHANGE, number)


def _onwards(place: Place, number: int, typed: Mapping[str, str], *, is_correction: bool) -> str:
    if is_correction:
        return f"{place.at(number, 'send')}?done=corrected"
    if typed.get("then") in ("recipients", "look"):
        return place.at(number, typed["then"])
    beside = typed.get("beside") or typed.get("shown", "")
    if typed.get("beside") in _TAGS:
        return f"{place.at(number)}?beside={beside}#words"
    return (
        f"{place.at(number)}?beside={beside}&done=saved"
        if beside in _TAGS
        else f"{place.at(number)}?done=saved"
    )


def _content(typed: Mapping[str, str], source: str, wrong: dict[str, Text]) -> Content:
    read: dict[str, dict[str, str]] = {part: {} for part in _PARTS}
    for part, (longest, lines) in _PARTS.items():
        for tag in _TAGS:
            name = f"{part}-{tag}"
            if name in typed:
                read[part][tag] = _clean(typed, name, longest, wrong, lines=lines)
    kind = _kind(typed, ButtonKind.NONE)
    target = _clean(typed, f"target-{kind.value}", writing.LONGEST_TARGET, wrong)
    return Content(
        read["title"],
        read["body"],
        read["alt"],
        read["label"],
        kind,
        target,
        typed.get("picture", ""),
        source,
    )


def _clean(
    typed: Mapping[str, str], name: str, longest: int, wrong: dict[str, Text], *, lines: bool = False
) -> str:
    try:
        return clean.text(typed.get(name, ""), longest=longest, lines=lines)
    except InvalidAnswer as refusal:
        wrong[name] = refusal.text
        return ""


def _take_picture(place: Place, typed: Mapping[str, str], wrong: dict[str, Text]) -> str:
    """Return the token of the picture: a new one is kept at once, so that nobody has to choose it twice."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return "" if typed.get("no-picture") == "yes" else typed.get("picture", "")
    try:
        return _kept(place, given.stream.read(MOST_BYTES + 1), given.filename)
    except (Refused, NotReady, InvalidAnswer) as refusal:
        wrong["file"] = refusal.text
        return typed.get("picture", "")


def _kept(place: Place, data: bytes, name: str) -> str:
    cleaned = cleaned_file(data, name=name)
    if cleaned.kind is not AttachmentKind.PHOTO:
        raise Refused(Problem.OTHER_PICTURE)
    with site().db.reading() as session:
        if not unsent.has_room(session, place.by.person_id):
            raise InvalidAnswer(WORDS[503])
    with site().db.transaction() as session:
        made = attachments.take_upload(session, store(), cleaned, name=name, person_id=place.by.person_id)
        return made.token
