"""Groups at the desk: who is in them, who is their contact person, their QR code."""

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import group_chats, groups, leads, outbox, rosters, rounds_asking
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import InvalidAnswer
from models.forms import notices
from models.forms.contact import REACH_WORDS
from models.forms.questions import Context, Email, Name, Phone, Question
from models.groups import GroupCard
from models.memberships import ROLE_NAMES, MembershipState
from models.people import ORGANISATION_WORDS, Person
from translations import LANGUAGES, Text, _, sorting
from webforms import numbers
from webforms.desk import guard, showing, trail
from webforms.qr import qr_png, qr_svg
from webforms.site import site, tag

blueprint = Blueprint("groups", __name__)
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
_SAVED = {
    "unlinked": _("The chat is no longer linked. It gets no more updates."),
    "contact": _("The contact person has been saved."),
    "lead": _("The lead has been saved."),
    "dismissed": _("This person no longer leads the group."),
    "open": _("The group takes new people."),
    "closed": _("The group takes no new people now."),
    "shown": _("Everybody can see it now. You open the group for new people on its page."),
}


def _card(session: Session, number: str) -> GroupCard:
    return groups.directory(session).get(number)


def _address(card: GroupCard) -> str:
    """Return what the group's QR code holds."""
    return site().settings.address(f"/j/{card.code}")


@blueprint.get("/groups")
def listed() -> Response:
    """Show all groups with their people counted."""
    with site().db.reading() as session:
        return showing.show("desk/groups.html", lines=rosters.overview(session),
            drafts=groups.directory(session).drafts, saved=_SAVED.get(request.args.get("saved", "")),
        )  # fmt: skip


@blueprint.post("/groups/drafts")
def show_to_all() -> AnyResponse:
    """Let everybody see a goal that was made by a vote, or several."""
    chosen = [one for raw in request.form.getlist("goal") if (one := numbers.number(raw)) is not None]
    with trail.acting(Verb.CHANGE, Kind.GOAL, " ".join(map(str, chosen))[:40]) as session:
        for goal_id in chosen:
            groups.show_to_all(session, guard.me(), goal_id)
    site().db.cache.drop()  # once more after the commit: another request may have read the old state
    return redirect(url_for(".listed", saved="shown" if chosen else None), 303)


@blueprint.get("/groups/<number>")
def group(number: str) -> Response:
    """Show one group with its people."""
    return _group(number)


def _group(
    number: str,
    status: int = 200,
    *,
    typed: dict[str, str] | None = None,
    wrong: dict[str, Text] | None = None,
) -> Response:
    below = numbers.number(request.args.get("below", ""))
    with site().db.reading() as session:
        card = _card(session, number)
        one = rosters.group(session, card.id)
        found, onward = rosters.members(session, card.id, below=below)
        contact = one.contact
        kept = {"name": contact.name, "email": contact.email or "", "phone": contact.phone} if contact else {}
        return showing.show(
            "desk/group.html", status, card=card, group=one, members=found, onward=onward, below=below,
            chats=group_chats.linked(session, [card.id]), leads=_leads(session, card.id, one.contact_id),
            active=MembershipState.ACTIVE,
            counts=rosters.counts(session, card.id), address=_address(card), typed={**kept, **(typed or {})},
            wrong=wrong or {}, saved=_SAVED.get(request.args.get("saved", "")), roles=ROLE_NAMES,
            standings=rosters.STANDING_WORDS, reaches=REACH_WORDS, own_names=OWN_NAMES,
            kinds=ORGANISATION_WORDS, code=qr_svg(_address(card)),
        )  # fmt: skip


def _leads(session: Session, group_id: int, contact_id: int | None) -> list[Person]:
    """Return who leads a group, the contact person first, the others by name."""
    named = sorting.by(tag(), lambda person: person.name, leads.of_group(session, group_id))
    return sorted(named, key=lambda person: person.id != contact_id)


_ASKED: dict[str, Question[str]] = {
    "name": Name(_("Name")), "email": Email(_("E-mail")), "phone": Phone(_("Telephone")),
}  # fmt: skip


def _named(prefix: str = "") -> tuple[dict[str, str], dict[str, str], dict[str, Text]]:
    """Return whom a form names: what was typed, what was read of it, and what is wrong, by field."""
    typed = {prefix + name: request.form.get(prefix + name, "")[:254] for name in _ASKED}
    read: dict[str, str] = {}
    wrong: dict[str, Text] = {}
    with site().db.reading() as session:
        context = Context(session, tag())
        for name, question in _ASKED.items():
            raw = typed[prefix + name]
            try:
                read[name] = question.read(raw, context) if raw.strip() else ""
                if not read[name] and name != "phone":
                    raise InvalidAnswer(question.missing)
            except InvalidAnswer as refusal:
                wrong[prefix + name] = refusal.text
    return typed, read, wrong


@blueprint.post("/groups/<number>/contact")
def set_contact(number: str) -> AnyResponse:
    """Name the group's contact person, found by the address or new."""
    typed, read, wrong = _named()
    if wrong:
        return _group(number, 422, typed=typed, wrong=wrong)
    with trail.acting(Verb.CHANGE, Kind.GROUP, number) as session:
        groups.set_contact(session, _card(session, number).id, **read)
    return redirect(url_for(".group", number=number, saved="contact"), 303)


@blueprint.post("/groups/<number>/leads")
def appoint(number: str) -> AnyResponse:
    """Make somebody a lead: a member, or whoever has this address."""
    member = numbers.number(request.form.get("person", ""))
    typed, read, wrong = _named("lead-") if member is None else ({}, {}, {})
    if wrong:
        return _group(number, 422, typed=typed, wrong=wrong)
    with trail.acting(Verb.CHANGE, Kind.GROUP, number) as session:
        card = _card(session, number)
        person = (
            rosters.member(session, card.id, member)
            if member is not None
            else groups.vouched(session, **read)
        )
        if leads.appoint(session, card.id, person, by=Author(staff_id=guard.me().id)):
            letter = notices.appointed(card, person.name)
            outbox.tell(session, person, letter, kind=rounds_asking.LEAD_CHANGED)
    return redirect(url_for(".group", number=number, saved="lead", _anchor="leads"), 303)


@blueprint.post("/groups/<number>/leads/dismiss")
def dismiss(number: str) -> AnyResponse:
    """Let somebody no longer lead the group."""
    person_id = numbers.number(request.form.get("person", "")) or 0
    with trail.acting(Verb.CHANGE, Kind.GROUP, number) as session:
        leads.dismiss(session, _card(session, number).id, person_id, by=Author(staff_id=guard.me().id))
    return redirect(url_for(".group", number=number, saved="dismissed", _anchor="leads"), 303)


@blueprint.post("/groups/<number>/open")
def set_open(number: str) -> AnyResponse:
    """Open the group for new people, or close it."""
    is_open = request.form.get("open") == "yes"
    with trail.acting(Verb.CHANGE, Kind.GROUP, number) as session:
        groups.set_open(session, _card(session, number).id, is_open=is_open)
    site().db.cache.drop()  # once more after the commit: another request may have read the old state
    return redirect(url_for(".group", number=number, saved="open" if is_open else "closed"), 303)


def _file(body: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/groups/<number>/qr.svg")
def code_svg(number: str) -> Response:
    """Hand out the group's QR code as SVG."""
    with site().db.reading() as session:
        card = _card(session, number)
    return _file(qr_svg(_address(card)), "image/svg+xml", f"{card.number}.svg")


@blueprint.get("/groups/<number>/qr.png")
def code_png(number: str) -> Response:
    """Hand out the group's QR code as PNG."""
    with site().db.reading() as session:
        card = _card(session, number)
    return _file(qr_png(_address(card)), "image/png", f"{card.number}.png")


@blueprint.post("/groups/<number>/chats/end")
def end_chat(number: str) -> AnyResponse:
    """End the link of a Telegram group."""
    with trail.acting(Verb.CLOSE, Kind.GROUP, number) as session:
        chat_id = numbers.number(request.form.get("chat", "")) or 0
        group_chats.unlink(session, chat_id, _card(session, number).id)
    return redirect(url_for(".group", number=number, saved="unlinked", _anchor="chats"), 303)
