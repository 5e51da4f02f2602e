"""Taking a group over by the one-time link that the office has given out."""

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from models import groups, links, outbox, people, regions, rounds_letters
from models.errors import InvalidAnswer, gone
from models.forms.form import Sender, raw_answers
from models.forms.lead_group import LeadGroup
from models.forms.questions import Context
from models.groups import GroupCard
from models.links import Purpose
from models.people import ChannelKind
from translations import Text
from webforms import pages, tokens
from webforms.site import site, tag

blueprint = pages.blueprint("leading")


@blueprint.get("/lead/<token>")
def ask(token: str) -> Response:
    """Show which group it is, and ask who takes it over."""
    with site().db.reading() as session:
        card, context = _look(session, token)
        return _show(LeadGroup({}, context), card, tokens.issue(site().secret, bound_to=token))


def _look(session: Session, token: str) -> tuple[GroupCard, Context]:
    """Return the group of a link that is still good, and for whom the form is."""
    link = links.look(session, token, Purpose.HAND_OVER)
    card = groups.directory(session).by_id(link.target_id or 0)
    if card is None:
        raise gone()
    invited = people.get(session, link.person_id) if link.person_id else None
    return card, Context(session, tag(), has_telegram=site().settings.has_telegram, person=invited)


def _show(
    form: LeadGroup, card: GroupCard, key: str, status: int = 200, message: Text | None = None
) -> Response:
    region = regions.the_region(form.context.session)
    return pages.show(
        "lead_group.html", status, form=form, card=card, token=key, region=region, message=message
    )


@blueprint.post("/lead/<token>")
def take_over(token: str) -> Response:
    """Make the holder of the link the group's lead; the link is used up."""
    csrf = request.form.get("csrf", "")
    with site().db.reading() as session:
        card, context = _look(session, token)
        form = LeadGroup(raw_answers(request.form, LeadGroup), context, complete=True)
        try:
            key = tokens.check(site().secret, csrf, bound_to=token)
        except InvalidAnswer as error:
            return _show(form, card, tokens.issue(site().secret, bound_to=token), 400, error.text)
        if form.errors:
            return _show(form, card, tokens.renew(site().secret, csrf, bound_to=token), 422)
        region = regions.the_region(session)
        session.close()  # gives its connection back before the writing one is taken
    form.token = token
    with site().db.transaction() as session:
        receipt = form.submit(session, Sender("page", tag(), key))
        address = _to_chat(session, form, receipt.submission_id or 0)
    return pages.show(
        "lead_done.html", card=card, region=region, done=receipt.done, reach=form.reach, telegram=address,
        sheet=url_for("sheets.edit", number=card.number),
    )  # fmt: skip


def _to_chat(session: Session, form: LeadGroup, person_id: int) -> str:
    """Return the link that connects the new lead's chat, "" where there is none to be shown.

    Who was invited by e-mail has one already, or gets it there: an invitation may be passed on, and whoever
    opens that link becomes the person who was invited.
    """
    person = people.get(session, person_id)
    if form.reach is not ChannelKind.TELEGRAM or person is None or person.telegram_id is not None:
        return ""
    if not person.email:
        return site().settings.telegram_address(links.issue(session, Purpose.TELEGRAM, person_id=person_id))
    letter = rounds_letters.connect_chat(site().settings.telegram_address("{link}"))
    outbox.post(
        session, person_id, ChannelKind.EMAIL, letter, kind=outbox.CONFIRM, priority=outbox.ANSWER_FIRST
    )
    return ""
