"""A status round on the page: all milestones at once, opened by the link in a lead's e-mail."""

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import drafts, groups, leads, links, outbox, regions, rounds, rounds_letters
from models.drafts import Draft
from models.errors import DomainError, InvalidAnswer, NotFound, gone
from models.forms.form import Sender, raw_answers
from models.forms.questions import Context
from models.forms.receive import SentBefore
from models.forms.status_round import StatusRound
from models.groups import GroupCard
from models.links import Link, Purpose
from models.people import ChannelKind, Person
from models.rounds import RoundRequest
from translations import Text, _
from webforms import pages, tokens
from webforms.site import site, tag

blueprint = pages.blueprint("rounds")


@dataclass(frozen=True, slots=True)
class Right:
    """What a link opens: who may answer, for which group, and what has been answered in chat so far."""

    person: Person
    card: GroupCard
    request: RoundRequest
    draft: Draft | None
    refusal: Text | None

    @property
    def raw(self) -> dict[str, str]:
        """Return the answers so far."""
        return {**(self.draft.answers if self.draft else {}), "group": self.card.code}


def _link(session: Session, token: str) -> Link:
    """Return the link of a letter, or one with which a form goes on from the chat."""
    try:
        return links.look(session, token, Purpose.ROUND)
    except NotFound:
        return links.look(session, token, Purpose.DRAFT)


def _right(session: Session, token: str) -> Right:
    """Read a link; NotFound when it is none of ours, or out of date. The right itself is checked anew."""
    link = _link(session, token)
    person = links.owner(session, link)
    is_letter = link.purpose is Purpose.ROUND
    draft = drafts.of_person(session, person.id) if is_letter else drafts.get(session, link.target_id or 0)
    if draft is not None and draft.form != StatusRound.slug:
        draft = None
    number = link.target_id if is_letter else draft.target_id if draft else None
    asked = rounds.request(session, number) if number else None
    card = groups.directory(session).by_id(asked.group_id) if asked else None
    current = rounds.current(session, card.id) if card else None
    if card is None or current is None:
        raise gone()
    if draft is not None and draft.answers.get("group") != card.code:
        draft = None
    return Right(person, card, current, draft, _refusal(session, person, current))


def _refusal(session: Session, person: Person, current: RoundRequest) -> Text | None:
    if not leads.is_lead(session, person, current.group_id):
        return _("Somebody else answers for this group now. Thank you for all that you have done!")
    if not rounds.takes_answers(session, current):
        return _("The answers for this group have arrived already. Thank you!")
    return None


@blueprint.get("/status-round/<token>")
def ask(token: str) -> Response:
    """Show all milestones of the group with their states, or why there is nothing to answer."""
    with site().db.reading() as session:
        right = _right(session, token)
        if right.refusal is not None:
            return _note(session, right.card, right.refusal)
        form = StatusRound(right.raw, _context(session, right.person))
        return _show(session, form, right, tokens.issue(site().secret, bound_to=token))


@blueprint.get("/forms/status-round")
def go_on() -> AnyResponse:
    """Lead on from the chat; without a link to one's own page."""
    token = request.args.get("draft", "")
    return redirect(url_for(".ask", token=token) if token else url_for("me.own"), 303)


def _context(session: Session, person: Person) -> Context:
    return Context(session, tag(), has_telegram=site().settings.has_telegram, person=person)


def _show(
    session: Session,
    form: StatusRound,
    right: Right,
    key: str,
    status: int = 200,
    message: Text | None = None,
) -> Response:
    return pages.show(
        "round.html", status, form=form, card=right.card, token=key, message=message,
        region=regions.the_region(session),
    )  # fmt: skip


def _note(session: Session, card: GroupCard, words: Text, status: int = 200) -> Response:
    return pages.show("round_note.html", status, card=card, words=words, region=regions.the_region(session))


@blueprint.post("/status-round/<token>")
def send(token: str) -> AnyResponse:
    """Take the answers in: 303 to the thanks, or 422 with everything that was typed."""
    with site().db.reading() as session:
        right = _right(session, token)
        raw = {**raw_answers(request.form, StatusRound), "group": right.card.code}
        form = StatusRound(raw, _context(session, right.person), complete=True)
        csrf = request.form.get("csrf", "")
        try:
            key = tokens.check(site().secret, csrf, bound_to=token)
        except InvalidAnswer as error:
            fresh = tokens.issue(site().secret, bound_to=token)
            return _show(session, form, right, fresh, 400, error.text)
        renewed = tokens.renew(site().secret, csrf, bound_to=token)
        if pages.is_in_other_language() and right.refusal is None:
            form.errors.clear()
            return _show(session, form, right, renewed)
        if "to-telegram" in request.form and site().settings.has_telegram and right.refusal is None:
            return _go_on_in_telegram(form, right)
        if form.errors:
            return _show(session, form, right, renewed, 422)
        session.close()  # gives its connection back before the writing one is taken
        try:
            _receive(form, key, right)
        except SentBefore:
            pass
        except DomainError as error:
            return _note(session, right.card, error.text, 409)
    return redirect(url_for("thanks.show", key=key), 303)


def _receive(form: StatusRound, key: str, right: Right) -> None:
    """Take good answers in, within one transaction; what was begun in chat ends there too."""
    with site().db.transaction() as session:
        person = session.get_one(Person, right.person.id)
        form.submit(session, Sender("page", tag(), key, person))
        draft = drafts.get(session, right.draft.id) if right.draft else None
        if draft is not None:
            drafts.drop(session, draft)


def _go_on_in_telegram(form: StatusRound, right: Right) -> Response:
    """Keep what was typed for the lead's own chat, and show the one-time link with which it goes on there.

    Without a chat the lead connects one by it. A letter may have been passed on, so that link goes to the
    lead's mailbox and not to whoever looks at this page.
    """
    raw = {name: value for name, value in form.raw.items() if value and name not in form.errors}
    with site().db.transaction() as session:
        person = session.get_one(Person, right.person.id)
        draft = _kept(session, right, raw)
        current = rounds.request(session, right.request.id)
        if current is not None:
            rounds.begun(session, current)
        has_chat = person.telegram_id is not None
        if has_chat:
            token = links.issue(session, Purpose.DRAFT, person_id=person.id, target_id=draft.id)
        else:
            _send_to_mailbox(session, right, person, draft.id)
    if has_chat:
        return pages.show("to_telegram.html", address=site().settings.telegram_address(token))
    return pages.show("round_to_telegram.html")


def _send_to_mailbox(session: Session, right: Right, person: Person, draft_id: int) -> None:
    letter = rounds_letters.to_chat(right.card, site().settings.telegram_address("{link}"), draft_id)
    outbox.post(
        session, person.id, ChannelKind.EMAIL, letter, kind=outbox.CONFIRM, priority=outbox.ANSWER_FIRST,
        held=person.email_confirmed_at is None,
    )  # fmt: skip


def _kept(session: Session, right: Right, raw: dict[str, str]) -> Draft:
    """Keep answers as the lead's; in the same draft as before, so that a link from before stays good."""
    draft = drafts.get(session, right.draft.id) if right.draft else None
    if draft is not None:
        draft.target_id = right.request.id
        drafts.keep(session, draft, raw, asked="")
        return draft
    return drafts.begin(
        session, StatusRound.slug, person_id=right.person.id, language=tag(), answers=raw,
        target_id=right.request.id,
    )  # fmt: skip
