"""One-time links from e-mails: confirming an address, answering the office."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import links, outbox, regions, submissions
from models.errors import InvalidAnswer
from models.forms.answer_office import AnswerOffice
from models.forms.form import Sender, raw_answers
from models.forms.questions import Context
from models.forms.subjects import subject
from models.links import Purpose
from models.submissions import State, Step
from webforms import pages, tokens
from webforms.site import site, tag

blueprint = pages.blueprint("answers")


@blueprint.get("/confirm/<token>")
def ask_to_confirm(token: str) -> Response:
    """Ask whether an address is one's own; looking alone confirms nothing, as mail programs look ahead."""
    with site().db.reading() as session:
        person = links.owner(session, links.look(session, token, Purpose.CONFIRM))
    return pages.show("confirm.html", email=person.email)


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> Response:
    """Take an address as its owner's own. One tap; tapping again is harmless."""
    with site().db.transaction() as session:
        person = links.owner(session, links.look(session, token, Purpose.CONFIRM))
        outbox.confirm_address(session, person)
        own_page = links.issue(session, Purpose.ME, person_id=person.id)
    return pages.show("confirmed.html", own_page=url_for("me.enter", token=own_page))


@blueprint.get("/answer/<token>")
def read_question(token: str) -> Response:
    """Show the office's question with room for the answer."""
    return _show(token, {}, tokens.issue(site().secret, bound_to=token), 200)


def _show(token: str, raw: dict[str, str], key: str, status: int) -> Response:
    with site().db.reading() as session:
        link = links.look(session, token, Purpose.ANSWER)
        submission = submissions.get(session, link.target_id or 0)
        question = submissions.last_words(session, submission.id, Step.ASKED_BACK)
        form = AnswerOffice(raw, Context(session, tag()), complete=bool(raw))
        if pages.is_in_other_language():
            form.errors.clear()
        return pages.show(
            "answer.html", status, form=form, question=question or "", token=key,
            about=subject(session, submission), waiting=submission.state is State.RETURNED,
            region=regions.the_region(session),
        )  # fmt: skip


@blueprint.post("/answer/<token>")
def answer(token: str) -> AnyResponse:
    """Put the answer on the entry. The link is the right to do so, until the office has the answer."""
    fresh = tokens.issue(site().secret, bound_to=token)
    csrf = request.form.get("csrf", "")
    try:
        key = tokens.check(site().secret, csrf, bound_to=token)
    except InvalidAnswer:
        return _show(token, dict(request.form), fresh, 400)
    if pages.is_in_other_language():
        return _show(token, dict(request.form), tokens.renew(site().secret, csrf, bound_to=token), 200)
    with site().db.transaction() as session:
        link = links.look(session, token, Purpose.ANSWER)
        person = links.owner(session, link)
        form = AnswerOffice(raw_answers(request.form, AnswerOffice), Context(session, tag()), complete=True)
        form.target_id = link.target_id or 0
        if not form.errors:
            form.submit(session, Sender("page", tag(), key, person))
    if form.errors:
        return _show(token, dict(request.form), fresh, 422)
    return redirect(url_for(".answered"), 303)


@blueprint.get("/answered")
def answered() -> Response:
    """Thank for an answer."""
    return pages.show("answered.html", done=AnswerOffice.done)
