"""The desk of a workshop: the goal sheet is written there during the conference, by several at once."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import (
    attachments,
    event_cards,
    groups,
    guests,
    understanding,
    unsent,
    workshop_pictures,
    workshop_sheets,
)
from models import workshop_putting as putting
from models import workshop_writing as writing
from models.audit import Kind, Verb
from models.cleaned import MOST_BYTES, AttachmentKind, Problem, Refused
from models.cleaning import clean as cleaned_file
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed, NotFound
from models.event_cards import EventCard, WorkshopCard
from models.forms import clean
from models.staff import OFFICE
from models.when import When
from models.workshop_pictures import Picture
from models.workshop_sheets import ANSWERS, NOTHING, STEP_PARTS, STEPS, Written
from models.workshop_writing import LABELS, Overtaken
from translations import Text, _
from webforms import errors, numbers, static_files
from webforms.attachments import store
from webforms.desk import guard, showing, trail
from webforms.errors import WORDS
from webforms.site import site, tag

blueprint = Blueprint("workshops", __name__)
_PLACE = "/workshops/<int:number>"
_PICTURE = f"{_PLACE}/pictures/<int:one>"
LONGEST_CAPTION = 300
_SAVED = {
    "saved": _("Saved."),
    "picture": _("The photo is here. The office decides whether everybody sees it."),
    "step": _("There is room for one more step."),
    "out": _("The step is taken out. You can put it back."),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that could not be saved as a whole: what was typed, and by field what stands in its way."""

    typed: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, Written] = field(default_factory=dict)
    wrong: dict[str, Text] = field(default_factory=dict)
    error: Text | None = None


FRESH = Sent()


@blueprint.get("/workshops")
def listed() -> Response:
    """Show the workshops at whose desks somebody may write, of one event with `?event=`."""
    event_id = numbers.number(request.args.get("event", ""))
    with site().db.reading() as session:
        directory = groups.directory(session)
        lines = [
            (event, event_cards.workshop_card(one, directory), one.moderator)
            for one, event in workshop_sheets.listed(session, guard.me(), event_id)
        ]
        return showing.show("desk/workshops.html", lines=lines, title_of=event_cards.title_of)


@blueprint.get(_PLACE)
def desk(number: int) -> Response:
    """Show a workshop's desk."""
    return _page(number)


def _card(session: Session, number: int) -> tuple[EventCard, WorkshopCard]:
    found = workshop_sheets.of_desk(session, number, guard.me())
    card = event_cards.card_of(session, guests.event(session, found.event_id))
    return card, next(one for one in card.workshops if one.id == number)


def _page(number: int, sent: Sent = FRESH, status: int = 200) -> Response:
    with site().db.reading() as session:
        card, workshop = _card(session, number)
        sheet = workshop_sheets.sheet(session, number)
        return showing.show(
            "desk/workshop.html", status, card=card, workshop=workshop, sheet=sheet, sent=sent,
            taken_out=workshop_sheets.taken_out(sheet), put_steps=workshop_sheets.put_steps(session, number),
            steps=sheet.steps if sheet else STEPS, most_steps=workshop_sheets.MOST_STEPS,
            fields=workshop_sheets.fields(session, number), nothing=NOTHING,
            earlier=workshop_sheets.earlier(session, number),
            pictures=workshop_pictures.of_workshop(session, number), answers=ANSWERS, parts=STEP_PARTS,
            labels=LABELS, longest=writing.longest, has_lines=writing.has_lines, writer=secrets.token_hex(8),
            is_office=guard.me().role in OFFICE, understood=_understood, mark=_mark, saved=_said(),
            look=static_files.address("workshop.css"), script=static_files.address("workshop.js"),
        )  # fmt: skip


def _understood(words: str) -> str:
    """Say which days a date means, "" where it is none."""
    return understanding.understood(When.parse(words), tag()) if words else ""


def _said() -> Text | None:
    """Return what has just been done, in words."""
    done = request.args.get("done", "")
    if done != "put":
        return _SAVED.get(done)
    counted = {name: numbers.number(request.args.get(name, "")) or 0 for name in ("added", "changed", "left")}
    if counted["left"]:
        return _(
            "It is on the goal sheet. New milestones: {added}, changed: {changed}. Changed on the goal sheet "
            "itself, and left so: {left}."
        )(**counted)
    return _("It is on the goal sheet. New milestones: {added}, changed: {changed}.")(**counted)


def _words(name: str, raw: str) -> str:
    return clean.text(raw, longest=writing.longest(name), lines=writing.has_lines(name))


@blueprint.post(f"{_PLACE}/field")
def write(number: int) -> AnyResponse:
    """Keep one field while it is being written; 409 with the words of somebody else who was quicker."""
    name, seen = request.form.get("name", ""), numbers.number(request.form.get("version", "")) or 0
    try:
        with site().db.transaction() as session:
            done = _save(session, number, name, request.form.get("words", ""), seen)
    except Overtaken as refusal:
        return jsonify(_told(name, refusal.now)), 409  # type: ignore[return-value]
    except DomainError as refusal:
        return jsonify({"error": refusal.text.to(tag())}), errors.status_of(refusal)  # type: ignore[return-value]
    return jsonify(_told(name, done))


def _save(session: Session, number: int, name: str, raw: str, seen: int) -> Written:
    """Save a field; noted once for each who takes it up, not for each further word."""
    done = writing.save(
        session, number, name, _words(name, raw), seen=seen, by=guard.me(),
        writer=request.form.get("writer", ""),
    )  # fmt: skip
    if done.by_new_hand:
        trail.note(session, Verb.CHANGE, Kind.WORKSHOP, number)
    return done.now


def _told(name: str, one: Written) -> dict[str, object]:
    read = _understood(one.words) if name.startswith("due-") else ""
    return {"version": one.version, "words": one.words, "by": one.by, "understood": read}


@blueprint.get(f"{_PLACE}/state")
def state(number: int) -> AnyResponse:
    """Tell what stands in all fields; 304 for who has seen this revision."""
    with site().db.reading() as session:
        workshop_sheets.of_desk(session, number, guard.me())
        sheet = workshop_sheets.sheet(session, number)
        mark = str(sheet.revision if sheet else 0)
        if mark in request.if_none_match:
            answer: AnyResponse = Response(status=304)
        else:
            found = workshop_sheets.fields(session, number)
            told = {name: _told(name, one) for name, one in found.items()}
            photos = workshop_pictures.of_workshop(session, number)
            answer = jsonify(
                {
                    "steps": sheet.steps if sheet else STEPS, "fields": told,
                    "out": sorted(workshop_sheets.taken_out(sheet)), "pictures": _drawn(number, photos),
                }
            )  # fmt: skip
    answer.set_etag(mark)
    return answer


def _drawn(number: int, photos: list[Picture]) -> str:
    """Return the photos as the page shows them, for tablets that have it open."""
    page = showing.show(
        "desk/workshop_pictures.html", pictures=photos, workshop={"id": number},
        is_office=guard.me().role in OFFICE,
    )  # fmt: skip
    return page.get_data(as_text=True)


@blueprint.post(f"{_PLACE}/save")
def save(number: int) -> AnyResponse:
    """Keep the fields of a section; what somebody else has changed is shown beside what was typed.

    Its buttons also take a step out or put it back, once what was typed is kept.
    """
    form, sent = request.form, Sent(typed=dict(request.form))
    with site().db.transaction() as session:
        seen = _save_all(session, number, sent)
    if sent.clashes or sent.wrong:
        return _page(number, sent, 409 if sent.clashes else 422)
    out, back = (numbers.number(form.get(name, "")) for name in ("out", "back"))
    if not out and not back:
        section = form.get("section") or None
        return redirect(url_for(".desk", number=number, done="saved", _anchor=section), 303)
    try:
        _set_out(number, out or back or 0, seen, is_out=bool(out))
    except Conflict as refusal:
        return _page(number, Sent(error=refusal.text), 409)
    return redirect(url_for(".desk", number=number, done="out" if out else "saved", _anchor="steps"), 303)


def _save_all(session: Session, number: int, sent: Sent) -> dict[str, int]:
    """Keep what was typed into a section; return the versions in which its fields are known now."""
    form, seen = request.form, {}
    chosen, _sep, way = form.get("settle", "").partition(":")
    settled = chosen if way == "theirs" else ""
    for name in [one.removeprefix("version-") for one in form if one.startswith("version-")]:
        seen[name] = numbers.number(form.get(f"version-{name}", "")) or 0
        if name == settled or _is_untouched(name):
            continue
        words = form.get(name, "")
        try:
            if name == chosen and way == "both":
                now = workshop_sheets.fields(session, number).get(name, NOTHING)
                words = writing.both(now.words, words)
            seen[name] = _save(session, number, name, words, seen[name]).version
        except Overtaken as refusal:
            sent.clashes[name] = refusal.now
        except InvalidAnswer as refusal:
            sent.wrong[name] = refusal.text
    return seen


def _set_out(number: int, step: int, seen: Mapping[str, int], *, is_out: bool) -> None:
    """Take a step out, or put it back."""
    with trail.acting(Verb.REMOVE if is_out else Verb.ADD, Kind.WORKSHOP, number) as session:
        if is_out:
            writing.take_out(session, number, step, seen=seen, by=guard.me())
        else:
            writing.put_back(session, number, step, by=guard.me())


@blueprint.post(f"{_PLACE}/steps/<int(max=99):step>/<any('out', 'back'):act>")
def set_step(number: int, step: int, act: str) -> AnyResponse:
    """Take a step out or put it back, for the script; 409 where somebody has written in it meanwhile."""
    seen = {part: numbers.number(request.form.get(part, "")) or 0 for part in workshop_sheets.parts_of(step)}
    try:
        _set_out(number, step, seen, is_out=act == "out")
    except DomainError as refusal:
        return jsonify({"error": refusal.text.to(tag())}), errors.status_of(refusal)  # type: ignore[return-value]
    return jsonify({})


def _mark(words: str) -> str:
    """Return a short mark of words: by it a form tells which of its fields were touched."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _is_untouched(name: str) -> bool:
    """Return whether a field comes back as it was shown: somebody else may have changed it meanwhile."""
    try:
        return _mark(_words(name, request.form.get(name, ""))) == request.form.get(f"was-{name}", "")
    except InvalidAnswer:
        return False


@blueprint.post(f"{_PLACE}/steps")
def add_step(number: int) -> AnyResponse:
    """Make room for one more step."""
    with trail.acting(Verb.ADD, Kind.WORKSHOP, number) as session:
        steps = writing.add_step(session, number, by=guard.me())
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"steps": steps})
    return redirect(url_for(".desk", number=number, done="step", _anchor=f"f-what-{steps}"), 303)


@blueprint.post(f"{_PLACE}/picture")
def take_picture(number: int) -> AnyResponse:
    """Keep a photo of the flip-chart; nobody but the office sees it yet."""
    given, me = request.files.get("file"), guard.me()
    try:
        if given is None or not given.filename:
            raise InvalidAnswer(_("Please choose a photo."))
        caption = clean.text(request.form.get("caption", ""), longest=LONGEST_CAPTION)
        cleaned = cleaned_file(given.stream.read(MOST_BYTES + 1), name=given.filename)
        if cleaned.kind is not AttachmentKind.PHOTO:
            raise Refused(Problem.OTHER_PICTURE)
        with site().db.reading() as session:
            workshop_sheets.of_desk(session, number, me)
            if not unsent.has_room(session, None):
                raise InvalidAnswer(WORDS[503])
        with trail.acting(Verb.ADD, Kind.WORKSHOP, number) as session:
            made = attachments.take_upload(session, store(), cleaned, name=given.filename, caption=caption)
            workshop_pictures.add(session, number, made.id, by=me)
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        return _page(number, Sent(error=refusal.text), errors.status_of(refusal))
    return redirect(url_for(".desk", number=number, done="picture", _anchor="pictures"), 303)


@blueprint.post(f"{_PICTURE}/<any('publish', 'hide'):act>")
def show_picture(number: int, one: int, act: str) -> AnyResponse:
    """Let everybody see a photo, or no longer."""
    with trail.acting(Verb.CHANGE, Kind.WORKSHOP, number) as session:
        workshop_pictures.set_public(session, number, one, is_public=act == "publish", by=guard.me())
    return redirect(url_for(".desk", number=number, done="saved", _anchor="pictures"), 303)


@blueprint.post(f"{_PICTURE}/remove")
def remove_picture(number: int, one: int) -> AnyResponse:
    """Let go of a photo."""
    with trail.acting(Verb.REMOVE, Kind.WORKSHOP, number) as session:
        workshop_pictures.remove(session, number, one, by=guard.me())
    return redirect(url_for(".desk", number=number, done="saved", _anchor="pictures"), 303)


@blueprint.post(f"{_PLACE}/put")
def put(number: int) -> AnyResponse:
    """Put what is written onto the group's goal sheet."""
    try:
        with trail.acting(Verb.CHANGE, Kind.WORKSHOP, number) as session:
            done = putting.put(session, number, by=guard.me())
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        return _page(number, Sent(error=refusal.text), errors.status_of(refusal))
    site().db.cache.drop()  # once more after the commit: another request may have read the old state
    told = (done.added, done.changed, done.left)
    return redirect(
        url_for(".desk", number=number, done="put", added=told[0], changed=told[1], left=told[2]), 303
    )
