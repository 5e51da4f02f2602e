"""The translators' desk: what lacks a language, source and translation side by side, and approval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import audit, markup, renditions, translating, translation_lists
from models.audit import Verb
from models.errors import DomainError, NotAllowed, NotFound
from models.renditions import Rendition, RenditionState
from models.staff import StaffRole
from models.translating import KINDS, Kind, Piece
from models.translation_lists import STANDING_WORDS, TO_DO, Standing
from translations import LANGUAGES, Text, _, language
from webforms import errors, numbers
from webforms.desk import guard, showing, trail
from webforms.site import site

blueprint = Blueprint("translations", __name__)
ON_A_PAGE = 50
NUMBER = "<int:number>"
ACTS = "'save', 'approve', 'send-back'"
_SAVED = {
    "save": _("Saved. Somebody else has a look at it now."),
    "approve": _("Approved. Everybody can read it now."),
    "send-back": _("Sent back, with your note."),
}
_PUBLIC = _("Readers see now:")
_THERE = _("It says here now:")
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks at: a language, one kind or all, one standing or all that is to be done."""

    tag: str
    kind: str
    show: str

    @property
    def kinds(self) -> list[Kind]:
        """Return the kinds that are looked at."""
        return [kind for kind in KINDS.values() if self.kind in ("", kind.slug)]

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Return the standings that are looked at."""
        return (Standing(self.show),) if self.show else TO_DO

    def query(self, **other: str) -> dict[str, str]:
        """Return it as an address has it, with some of it changed."""
        own = {"language": self.tag, "kind": self.kind, "show": self.show, **other}
        return {name: value for name, value in own.items() if value}


def wanted(tags: tuple[str, ...], tag: str = "") -> Wanted:
    """Return what the address asks for; what it gets wrong is left out."""
    tag = tag or request.args.get("language", "")
    kind, show = request.args.get("kind", ""), request.args.get("show", "")
    return Wanted(
        tag if tag in tags else tags[0], kind if kind in KINDS else "", show if show in set(Standing) else ""
    )


@blueprint.get("/translations")
def listed() -> Response:
    """Show what there is to translate: for each language how much, for one of them what."""
    tags = renditions.languages_of(guard.me())
    if not tags:
        raise NotAllowed(_("Your account is not for this language. Please ask the office."))
    asked = wanted(tags)
    with site().db.reading() as session:
        found = translation_lists.tasks(session, tags, asked.kinds)
        counts = translation_lists.counts(found)
        shown = [one for one in found if one.tag == asked.tag and one.standing in asked.standings]
        start = (max(numbers.number(request.args.get("page", "")) or 1, 1) - 1) * ON_A_PAGE
        return showing.show(
            "desk/translations.html", asked=asked, tags=tags, counts=counts, standings=STANDING_WORDS,
            busy={tag for tag, _standing in counts},
            shown=shown[start : start + ON_A_PAGE], total=len(shown), own_names=OWN_NAMES, kinds=KINDS,
            following=start // ON_A_PAGE + 2 if len(shown) > start + ON_A_PAGE else 0,
            names=translation_lists.names(session, (one.made_by for one in shown)),
            directions={entry.tag: entry.direction for entry in LANGUAGES}, saved=_saved(), to_do=TO_DO,
        )  # fmt: skip


def _saved() -> Text | None:
    return _SAVED.get(request.args.get("saved", ""))


@blueprint.get(f"/translations/<kind>/{NUMBER}/<tag:into>")
def one(kind: str, number: int, into: str) -> Response:
    """Show source and translation side by side."""
    return _one(kind, number, into)


def _one(
    slug: str,
    number: int,
    into: str,
    status: int = 200,
    *,
    error: Text | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    me, kind = guard.me(), translating.kind_of(slug)
    renditions.must_translate(me, into)
    with site().db.reading() as session:
        piece = kind.listed_of(session, [number]).get(number)
        if piece is None or piece.tag == into:
            raise NotFound(_("There is nothing to translate here any more."))
        row = renditions.row_of(session, piece, into)
        people = [row.made_by, row.approved_by] if row else []
        return showing.show(
            "desk/translation.html", status, piece=piece, row=row, into=language(into), error=error,
            source=language(piece.tag), fields=_fields(piece, into, row, typed), own_names=OWN_NAMES,
            names=translation_lists.names(session, people), seen=renditions.seen(piece, into, row),
            note=(typed or {}).get("note", ""), saved=_saved(), asked=wanted((into,)),
            standings=STANDING_WORDS,
            standing=translation_lists.standing(
                piece, into, row.state if row else None, row.source_mark if row else ""
            ), **_rights(row), longest_note=renditions.LONGEST_NOTE,
        )  # fmt: skip


def _rights(row: Rendition | None) -> dict[str, bool]:
    """Return what the reader may do here besides saving."""
    waits = row is not None and row.state is RenditionState.PROPOSED
    is_second = row is not None and waits and renditions.may_approve(guard.me(), row)
    is_office = guard.me().role is not StaffRole.TRANSLATOR
    return {"may_approve": is_office or is_second, "may_send_back": is_second, "is_office": is_office}


def _fields(
    piece: Piece, into: str, row: Rendition | None, typed: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """Return for each part its source, what is in the field, and what else there is where that differs."""
    public, there = piece.said(into), renditions.proposed(piece, into, row)
    fields = []
    for part in piece.parts:
        known = there.get(part.name, "")
        words = known if typed is None else typed.get(f"w-{part.name}", "")
        others = {_PUBLIC: public.get(part.name, ""), _THERE: known if typed is not None else ""}
        fields.append({
            "part": part, "source": piece.source[part.name], "words": words,
            "length": markup.units(words),
            "others": {said: text for said, text in others.items() if text and text != words.strip()},
        })  # fmt: skip
    return fields


_VERBS = {"save": Verb.CHANGE, "approve": Verb.ACCEPT}  # all else sends it back


@blueprint.post(f"/translations/<kind>/{NUMBER}/<tag:into>/<any({ACTS}):act>")
def act(kind: str, number: int, into: str, act: str) -> AnyResponse:
    """Save, approve or send back; go on to the next one. What was typed is kept where that fails."""
    form = request.form
    words = {name.removeprefix("w-"): text for name, text in form.items() if name.startswith("w-")}
    as_seen = form.get("seen", "")
    try:
        found = translating.kind_of(kind)
        verb, record = _VERBS.get(act, Verb.DECLINE), f"{kind}:{number}:{into}"
        with trail.acting(verb, audit.Kind.TRANSLATION, record) as session:
            if act == "save":
                renditions.propose(session, guard.me(), found, number, into, words, as_seen=as_seen)
            elif act == "approve":
                renditions.approve(session, guard.me(), found, number, into, words, as_seen=as_seen)
            else:
                renditions.send_back(
                    session, guard.me(), found, number, into, form.get("note", ""), as_seen=as_seen
                )
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        return _one(kind, number, into, errors.status_of(refusal), error=refusal.text, typed=form)
    return redirect(_onwards(kind, number, into, act), 303)


def _onwards(kind: str, number: int, into: str, done: str) -> str:
    """Return the address of the next one of the same sort, or of the list where there is none."""
    asked = wanted((into,), into)
    with site().db.reading() as session:
        found = translation_lists.tasks(session, [into], asked.kinds)
    here = next((each for each in found if (each.piece.kind.slug, each.piece.id) == (kind, number)), None)
    after = translation_lists.next_task(found, here, asked.standings)
    if after is None:
        return f"{url_for('.listed')}?{urlencode(asked.query(saved=done))}"
    there = url_for(".one", kind=after.piece.kind.slug, number=after.piece.id, into=into)
    return f"{there}?{urlencode(asked.query(saved=done, language=''))}"
