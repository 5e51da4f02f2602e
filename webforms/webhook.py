"""The webhook: an update from Telegram is stored and committed before it is answered with 200."""

import hmac

from flask import Blueprint, Response, request

from models import inbox
from webforms.site import site

blueprint = Blueprint("webhook", __name__)


@blueprint.post("/telegram/webhook")
def update() -> Response:
    """Store one update, if the caller knows the secret; a repeated one changes nothing."""
    secret = site().settings.webhook_secret.get_secret_value()
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not secret or not hmac.compare_digest(given.encode(errors="replace"), secret.encode()):
        return Response(status=403)
    try:
        body = request.get_json(silent=True)
        if not inbox.is_update(body):
            return Response(status=400)
        with site().db.transaction() as session:
            inbox.take_in(session, [body])
    except RecursionError:  # lists in lists in lists: nothing that Telegram says
        return Response(status=400)
    return Response(status=200)
