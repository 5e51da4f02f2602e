"""Thank-you pages: what has arrived, what happens next, and the way on in Telegram."""

from datetime import UTC, datetime, time, timedelta

from flask import Response
from sqlalchemy.orm import Session

from models import clock, feedback, groups, submissions
from models.errors import gone
from models.forms import FORMS
from models.forms.feedback import Feedback
from models.forms.questions import Context
from models.forms.register_event import RegisterEvent
from models.people import ChannelKind
from models.submissions import Arrived
from webforms import kept, pages
from webforms.site import site, tag

blueprint = pages.blueprint("thanks")
SPAN = timedelta(days=2)


def _anonymous(session: Session, key: str) -> Arrived | None:
    """Return feedback of this key, as far as it can be thanked for; of the time only the day is known."""
    found = feedback.arrived(session, key)
    card = groups.directory(session).by_id(found.group_id) if found else None
    if found is None or card is None:
        return None
    noon = datetime.combine(found.given_on, time(12), UTC)
    return Arrived(Feedback.slug, {"group": card.code, "remarks": "none"}, card.id, noon, id=0)


@blueprint.get("/thanks/<key>")
def show(key: str) -> Response:
    """Show the thanks for the form with this key; only its sender knows it, and only for two days."""
    settings = site().settings
    with site().db.reading() as session:
        found = submissions.arrived(session, key) or _anonymous(session, key)
        if found is None or found.received_at + SPAN < clock.now():
            raise gone()
        context = Context(session, tag(), has_telegram=settings.has_telegram, entry_id=found.id)
        form = FORMS[found.form](found.answers, context, complete=True)
        card = groups.directory(session).by_id(found.group_id) if found.group_id else None
        thanks, steps = form.thanks().to(tag()), [step.to(tag()) for step in form.next_steps()]
    outcome = form.outcome if isinstance(form, RegisterEvent) else None
    code = outcome.ticket.code if outcome and outcome.has_place else ""
    leads_on = settings.has_telegram and not form.is_anonymous
    is_first = form.answers.get("reach") is ChannelKind.TELEGRAM

    def render() -> Response:
        return pages.show(
            "thanks.html", thanks=thanks, steps=steps, telegram_first=is_first, card=card,
            event=form.answers.get("event"), code=code,
            telegram=settings.telegram_address(f"k_{key}") if leads_on else "",
        )  # fmt: skip

    words = "\n".join((tag(), str(found.group_id), str(is_first), thanks, *steps))
    return kept.shared(f"thanks:{words}", key, render)
