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
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("update_id"), int):
        return Response(status=400)
    with site().db.transaction() as session:
        inbox.take_in(session, [body])
    return Response(status=200)
