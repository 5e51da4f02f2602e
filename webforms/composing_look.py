"""Looking at an update as it will arrive: in Telegram, by e-mail, on its page, in each language."""

import base64

from flask import Response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import regions, updates_checking, updates_letters, updates_sending
from models.attachments import Attachment
from models.forms.contact import REACH_WORDS
from models.letters import Letter
from models.rendering import email, telegram
from models.rendering import page as pages_words
from models.rendering.office import Office, addresses
from models.updates import Update
from translations import LANGUAGES, find
from webforms.attachments import store
from webforms.composing import Place, seen, show
from webforms.site import site

_TAGS = frozenset(entry.tag for entry in LANGUAGES)
_FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
_AROUND = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"
)


def _tag(one: Update) -> str:
    wanted = find(request.values.get("lang", ""))
    return wanted.tag if wanted else one.source


def _letter(session: Session, one: Update) -> tuple[Letter, Attachment | None]:
    picture = session.get(Attachment, one.picture_id) if one.picture_id is not None else None
    return updates_letters.letter(one, picture.token if picture else ""), picture


def page(place: Place, number: int) -> Response:
    """Show an update in one language on every channel."""
    with site().db.reading() as session:
        one = seen(session, place, number)
        tag = _tag(one)
        letter, picture = _letter(session, one)
        links = addresses(letter, tag, site().settings.address)
        office = Office.of(regions.the_region(session))
        response = show(
            place, one, "look", lang=tag, letter=letter, picture=picture, tongues_all=LANGUAGES,
            chat=telegram.preview(letter, tag, links), mail=email.preview(letter, tag, links, office),
            told=pages_words.preview(one.body, tag), heading=one.title.spoken(tag), links=links,
            notes=updates_checking.notes(one, tag) if site().settings.is_telegram_on else (),
            lacks=updates_checking.lacking(one),
            tried=[REACH_WORDS[way] for way in REACH_WORDS if way.value in request.args.getlist("tried")],
        )  # fmt: skip
    response.headers["Content-Security-Policy"] = _AROUND
    return response


def mail(place: Place, number: int) -> Response:
    """Show the HTML of the e-mail by itself, for a frame in which nothing runs and nothing is loaded."""
    with site().db.reading() as session:
        one = seen(session, place, number)
        tag = _tag(one)
        letter, picture = _letter(session, one)
        links = addresses(letter, tag, site().settings.address)
        shown = _inline(picture) if picture else ""
        office = Office.of(regions.the_region(session))
        html = email.render(letter, tag, links, office, picture=shown).html
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _FRAME
    response.headers["Content-Language"] = tag
    return response


def _inline(picture: Attachment) -> str:
    """Return a picture as an address that holds it: from a closed frame nothing of ours can be asked for."""
    try:
        data = store().read(picture.stored, small=True)
    except FileNotFoundError:
        return ""
    return f"data:{picture.media_type};base64,{base64.b64encode(data).decode()}"


def try_out(place: Place, number: int) -> AnyResponse:
    """Send an update in one language to its writer alone."""
    with site().db.transaction() as session:
        one = seen(session, place, number)
        tag = _tag(one)
        ways = updates_sending.try_out(session, number, tag, by=place.by)
    tried = "".join(f"&tried={way.value}" for way in ways)
    return redirect(f"{place.at(number, 'look')}?lang={tag}{tried or '&tried=none'}", 303)
