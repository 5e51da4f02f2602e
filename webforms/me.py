"""A person's own page: groups, language, what was sent, what is stored, leaving."""

import secrets

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import (
    clock,
    consents,
    event_cards,
    groups,
    leads,
    links,
    meetings,
    memberships,
    outbox,
    people,
    places,
    preferences,
    privacy,
    registrations,
    sessions,
    submissions,
    tries,
    voting,
    wish_table,
    withdrawals,
)
from models.errors import InvalidAnswer, gone
from models.exporting.submissions import ORIGIN_WORDS
from models.forms import afterwards, contact, notices
from models.forms.questions import Context, Email, Phone
from models.forms.subjects import subject
from models.links import Purpose
from models.memberships import MEMBERSHIP_WORDS, ROLE_NAMES
from models.people import ChannelKind, Person
from models.submissions import STATE_WORDS
from translations import LANGUAGES, _, catalogues
from webforms import numbers, pages, tickets, tokens
from webforms.forms import bound_to
from webforms.site import PERSON_COOKIE, drop_cookie, set_cookie, signed_in, site, tag

blueprint = pages.blueprint("me")
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


@blueprint.get("/me/<token>")
def enter(token: str) -> AnyResponse:
    """Offer to open one's own page; looking alone uses nothing up, as mail programs look ahead."""
    with site().db.reading() as session:
        owner = links.owner(session, links.look(session, token, Purpose.ME))
    person = signed_in()
    if person is not None and person.id == owner.id:
        return redirect(_wanted(), 303)
    return pages.show("me_open.html")


@blueprint.post("/me/<token>")
def use(token: str) -> AnyResponse:
    """Open one's own page by a one-time link; the link is used up, the browser is known for two hours."""
    with site().db.transaction() as session:
        person = links.owner(session, links.use(session, token, Purpose.ME))
        people.notice(person)
        ticket = sessions.start(session, person_id=person.id)
    response = redirect(_wanted(), 303)
    set_cookie(response, PERSON_COOKIE, ticket, span=sessions.PERSON_SPAN)
    return response


def _wanted() -> str:
    """Return where the link leads on to."""
    if request.args.get("to") == "data":
        return url_for("own_data.show")
    return _sheet_wanted(request.args.get("group", "")) or url_for(".own")


def _sheet_wanted(number: str) -> str:
    """Return where a lead edits a group's goal sheet, or writes to it; "" for a number that no group has."""
    with site().db.reading() as session:
        card = groups.directory(session).find(number) if number else None
    if card is None:
        return ""
    is_to_write = request.args.get("to") == "write"
    return url_for("writing.listed" if is_to_write else "sheets.edit", number=card.number)


@blueprint.get("/me")
def own() -> Response:
    """Show one's own page, or how to get there."""
    person = signed_in()
    if person is None:
        return ask_for_link()
    with site().db.reading() as session:
        sent = submissions.of_person(session, person.id)
        return pages.show(
            "me.html", person=person, directory=groups.directory(session),
            memberships=memberships.of_person(session, person.id),
            wished=wish_table.summary(wish_table.of_person(session, person.id)),
            quiet=preferences.quiet_of(person),
            ahead=meetings.of_person(session, person.id, today=clock.today(site().settings.zone)),
            tickets=tickets.of_person(session, person.id),
            has_calendar=links.stands(session, person.id, Purpose.CALENDAR),
            votes=voting.open_to(session, person.id),
            led=leads.groups_of(session, person.id),
            submissions=sent, subjects={one.id: subject(session, one) for one in sent},
            correctable=afterwards.correctable(session, sent), may_add=afterwards.may_add,
            consents=consents.of_person(session, person.id), origins=ORIGIN_WORDS, own_names=OWN_NAMES,
            states=STATE_WORDS, standing=MEMBERSHIP_WORDS, roles=ROLE_NAMES, purposes=consents.PURPOSE_WORDS,
            csrf=tokens.issue(site().secret, bound_to=bound_to()), channels=ChannelKind,
        )  # fmt: skip


def ask_for_link(status: int = 200, **values: object) -> Response:
    """Say how one gets to one's own page."""
    token = tokens.issue(site().secret)
    return pages.show("me_link.html", status, **{"csrf": token, "error": None, "email": "", **values})


@blueprint.post("/me/link")
def send_link() -> Response:
    """Send a one-time link to an address, if it is known; the answer is the same if it is not."""
    raw = request.form.get("email", "")
    with site().db.reading() as session:
        try:
            tokens.check(site().secret, request.form.get("csrf", ""))
            address = Email(_("Your e-mail address")).read(raw, Context(session, tag()))
        except InvalidAnswer as error:
            return ask_for_link(422, error=error.text, email=raw[:254])
    with site().db.transaction() as session:
        tries.note(session, tries.key(tries.LINK))  # both write, or the disk's time would tell
        person = people.by_email(session, address)
        if person is not None:
            _post_link(session, person, clock.now().strftime("%Y%m%d%H%M"))
        elif (somebody := people.anybody(session)) is not None:
            # The same work for an unknown address, taken back: the time tells nobody who is known.
            trial = session.begin_nested()
            _post_link(session, somebody, secrets.token_hex(6))
            trial.rollback()
    return pages.show("me_link_sent.html")


def _post_link(session: Session, person: Person, mark: str) -> None:
    card = groups.directory(session).find(request.form.get("group", ""))
    letter = notices.own_page(card.number if card else "")
    outbox.post(
        session, person.id, ChannelKind.EMAIL, letter, kind="confirm",
        priority=outbox.ANSWER_FIRST, key=f"me:{person.id}:{mark}",
    )  # fmt: skip


def acting(session: object) -> Person:
    """Return who acts on their own page; 403 without a session or with a form of somebody else."""
    token = request.cookies.get(site().cookie(PERSON_COOKIE), "")
    tokens.check(site().secret, request.form.get("csrf", ""), bound_to=bound_to())
    person = sessions.person_of(session, token)  # type: ignore[arg-type]
    if person is None:
        abort(403)
    return person


@blueprint.post("/me/language")
def set_language() -> AnyResponse:
    """Remember the language in which one wants to be written to, and go on in it."""
    wanted = request.form.get("language", "")
    if wanted not in {entry.tag for entry in catalogues.offered()}:
        abort(400)
    with site().db.transaction() as session:
        people.set_language(session, acting(session), wanted)
    return redirect(url_for(".own", tag=wanted), 303)


@blueprint.post("/me/correct")
def correct() -> AnyResponse:
    """Put right one's name, organisation and telephone number."""
    with site().db.transaction() as session:
        person, context = acting(session), Context(session, tag())
        told = {
            "name": contact.your_name().read(request.form.get("name", ""), context),
            "organisation": contact.your_organisation().read(request.form.get("organisation", ""), context),
            "phone": request.form.get("phone", "").strip(),
        }
        if told["phone"]:
            told["phone"] = Phone(_("Your telephone number")).read(told["phone"], context)
        people.correct(session, person, **told)
    return redirect(url_for(".own"), 303)


@blueprint.post("/me/leave")
def leave() -> AnyResponse:
    """Leave a group at once."""
    raw = request.form.get("group", "")
    with site().db.transaction() as session:
        person = acting(session)
        card = groups.directory(session).get(raw)
        memberships.leave(session, person.id, card.id)
    return redirect(url_for(".own"), 303)


@blueprint.post("/me/registrations")
def cancel_registration() -> AnyResponse:
    """Give one's place at an event back at once."""
    with site().db.transaction() as session:
        person = acting(session)
        card = event_cards.published(session).get(request.form.get("event", ""))
        found = registrations.of(session, person.id, card.id)
        if found is None:
            raise gone()
        places.cancel(session, found.id, person_id=person.id)
    return redirect(url_for(".own", _anchor="registrations"), 303)


@blueprint.post("/me/withdraw")
def withdraw() -> AnyResponse:
    """Take one consent back."""
    with site().db.transaction() as session:
        withdrawals.withdraw(
            session, acting(session).id, numbers.number(request.form.get("consent", "")) or 0
        )
    return redirect(url_for(".own", _anchor="consents"), 303)


@blueprint.post("/me/erase")
def erase() -> AnyResponse:
    """Erase everything of oneself, after a second look."""
    if request.form.get("sure") != "yes":
        raise InvalidAnswer(_("Please tick the box, so that nothing is erased by mistake."))
    with site().db.transaction() as session:
        privacy.erase(session, acting(session))
    response = redirect(url_for(".erased"), 303)
    drop_cookie(response, PERSON_COOKIE)
    return response


@blueprint.get("/erased")
def erased() -> Response:
    """Say that everything is gone."""
    return pages.show("erased.html")


@blueprint.post("/me/sign-out")
def sign_out() -> AnyResponse:
    """Close one's own page in this browser."""
    with site().db.transaction() as session:
        sessions.end(session, request.cookies.get(site().cookie(PERSON_COOKIE), ""))
    response = redirect(url_for("home.front"), 303)
    drop_cookie(response, PERSON_COOKIE)
    return response
