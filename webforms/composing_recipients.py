"""Choosing who gets an update, with their count and the whole list before anything is sent."""

from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from models import audiences, event_cards, groups, updates_watching, updates_writing
from models.audiences import PART_WORDS, Audience, Part
from models.audit import Verb
from models.errors import Conflict
from models.event_cards import Events
from models.forms.contact import REACH_WORDS
from models.groups import Directory
from models.people import ORGANISATION_WORDS
from translations import LANGUAGES, Localised, Text
from webforms import numbers
from webforms.composing import Place, chats, seen, show
from webforms.site import site

SHOWN = 50
_TAGS = frozenset(entry.tag for entry in LANGUAGES)
_KINDS = {kind.value: words for kind, words in ORGANISATION_WORDS.items()}


def page(
    place: Place, number: int, typed: Audience | None = None, error: Text | None = None, status: int = 200
) -> Response:
    """Show who is chosen, how many that are, and who."""
    after = numbers.number(request.args.get("after", "")) or 0
    with site().db.reading() as session:
        one = seen(session, place, number)
        chosen = typed or Audience.unpack(one.audience)
        directory = groups.directory(session)
        # Who else hears of a group is nothing for its lead to know.
        people = audiences.listed(session, chosen, after, SHOWN + 1) if place.is_office else ()
        tongues = updates_watching.tongues(session, chosen)
        return show(
            place, one, "recipients", status, audience=chosen, error=error, directory=directory,
            events=event_cards.published(session).cards,
            fields=_fields(directory), parts=PART_WORDS, kinds=_KINDS, reaches=REACH_WORDS, after=after,
            count=sum(tongues.values()), people=people[:SHOWN],
            onward=people[SHOWN - 1].person_id if len(people) > SHOWN else None,
            tongues_read=tongues, tongues_all=LANGUAGES,
            chats=chats(session, chosen),
        )  # fmt: skip


def _fields(directory: Directory) -> list[tuple[int, Localised]]:
    return sorted({card.field_number: card.field_name for card in directory.cards}.items())


def save(place: Place, number: int) -> AnyResponse:
    """Keep who is chosen, and show how many that are."""
    form = request.form
    version = numbers.number(form.get("version", "")) or 0
    with site().db.reading() as session:
        chosen = read(form, groups.directory(session), event_cards.published(session))
        seen(session, place, number)
    try:
        with site().db.transaction() as session:
            updates_writing.choose(
                session, number, chosen, by=place.by, version=version, is_public=form.get("public") == "yes"
            )
            place.note(session, Verb.CHANGE, number)
    except Conflict as refusal:
        return page(place, number, chosen, refusal.text, 409)
    onwards = "look" if form.get("then") == "look" else "recipients"
    return redirect(place.at(number, onwards) + ("" if onwards == "look" else "?done=saved#count"), 303)


def read(form: MultiDict[str, str], directory: Directory, events: Events) -> Audience:
    """Return the audience that a form describes; what is not known here is not chosen."""
    known = {card.number: card.id for card in directory.cards}
    numbered = {str(card.field_number): card.field_number for card in directory.cards}
    parts = frozenset(one for one in Part if one.value in form.getlist("part"))
    if Part.EVERYBODY in parts or not parts:
        parts = frozenset({Part.EVERYBODY})
    return Audience(
        frozenset(known[one] for one in form.getlist("group") if one in known),
        frozenset(numbered[one] for one in form.getlist("field") if one in numbered),
        parts, frozenset(_KINDS).intersection(form.getlist("kind")),
        _TAGS.intersection(form.getlist("language")),
        frozenset(card.id for card in events.cards if card.code in form.getlist("event")),
        form.get("chats") == "yes",
        form.get("arrived") == "yes",
    )  # fmt: skip
