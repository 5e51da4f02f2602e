"""Thank-you pages: what has arrived, what happens next, and the way on in Telegram."""

from datetime import timedelta

from flask import Response

from models import clock, groups, submissions
from models.errors import gone
from models.forms import FORMS
from models.forms.questions import Context
from models.people import ChannelKind
from webforms import pages
from webforms.site import site, tag

blueprint = pages.blueprint("thanks")
SPAN = timedelta(days=2)


@blueprint.get("/thanks/<key>")
def show(key: str) -> Response:
    """Show the thanks for the form with this key; only its sender knows it, and only for two days."""
    with site().db.reading() as session:
        found = submissions.by_key(session, key)
        if found is None or found.received_at + SPAN < clock.now():
            raise gone()
        context = Context(session, tag(), has_telegram=site().settings.has_telegram)
        form = FORMS[found.form](found.answers, context, complete=True)
        reach = form.answers.get("reach")
        telegram = site().settings.telegram_address(f"k_{key}") if site().settings.has_telegram else ""
        card = groups.directory(session).by_id(found.group_id) if found.group_id else None
        return pages.show(
            "thanks.html", form=form, steps=form.next_steps(), telegram=telegram, card=card,
            telegram_first=reach is ChannelKind.TELEGRAM,
        )  # fmt: skip
