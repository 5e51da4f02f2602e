"""Any form as a page, without JavaScript. The page is rendered once per form, language and group."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import drafts, links, regions
from models.errors import DomainError, InvalidAnswer
from models.forms import FORMS
from models.forms.form import Form, Sender, raw_answers
from models.forms.questions import Context
from models.forms.receive import SentBefore
from models.links import Purpose
from models.people import Person
from webforms import pages, tokens
from webforms.site import PERSON_COOKIE, signed_in, site, tag

blueprint = pages.blueprint("forms")
TOKEN_PLACE = "{{form-token}}"  # noqa: S105, not a password: where the token goes in a kept page


def _form_class(slug: str) -> type[Form]:
    found = FORMS.get(slug)
    if found is None or not found.listed:
        abort(404)
    return found


def bound_to() -> str:
    """Return what form tokens are bound to in this browser: its session, if somebody is signed in."""
    if "HTTP_COOKIE" not in request.environ:  # almost everybody; reading none takes longer than all the rest
        return ""
    return request.cookies.get(site().cookie(PERSON_COOKIE), "")


def _context(session: Any, person: Person | None) -> Context:
    return Context(session, tag(), channel="page", has_telegram=site().settings.has_telegram, person=person)


def _render(form: Form, token: str, status: int = 200, *, message: Any = None) -> Response:
    region = regions.the_region(form.context.session)
    return pages.show("form.html", status, form=form, token=token, region=region, message=message)


def _keep_page(form: Form) -> tuple[bytes, bytes]:
    """Render an empty form for everybody, and keep it where its address is one that we give out.

    What is kept in memory must not grow with what people put into addresses.
    """
    before, _place, after = _render(form, TOKEN_PLACE).data.partition(TOKEN_PLACE.encode())
    group = form.answers.get("group")
    if request.query_string.decode() in ("", f"group={group.code}" if group else ""):
        site().db.cache.get(f"page:{request.full_path}", lambda: (before, after))
    return before, after


@blueprint.get("/forms/<slug>")
def ask(slug: str) -> Response:
    """Show an empty form, or one begun in chat."""
    here, bound = site(), bound_to()
    token = tokens.issue(here.secret, bound_to=bound)
    kept = None if bound else here.db.cache.peek(f"page:{request.full_path}")
    if kept is None:
        form_class, person = _form_class(slug), signed_in()
        with here.db.reading() as session:
            group = request.args.get("group", "")
            raw = ({"group": group} if group else {}) | _begun(session, slug)
            form = form_class(raw, _context(session, person))
            if bound or "draft" in request.args:
                return _render(form, token)
            kept = _keep_page(form)
    return Response(token.encode().join(kept), headers={"Content-Language": tag()})


def _begun(session: Any, slug: str) -> dict[str, str]:
    """Return the answers of a draft whose link was followed; the link still holds for the next try."""
    token = request.args.get("draft", "")
    if not token:
        return {}
    link = links.look(session, token, Purpose.DRAFT)
    draft = drafts.get(session, link.target_id) if link.target_id else None
    return dict(draft.answers) if draft and draft.form == slug else {}


@blueprint.post("/forms/<slug>")
def send(slug: str) -> AnyResponse:
    """Take the form in: 303 to the thanks, or 422 with everything that was typed."""
    form_class = _form_class(slug)
    token = request.form.get("csrf", "")
    person = signed_in()
    with site().db.reading() as session:
        form = form_class(raw_answers(request.form, form_class), _context(session, person), complete=True)
        try:
            key = tokens.check(site().secret, token, bound_to=bound_to())
        except InvalidAnswer as error:
            return _render(form, tokens.issue(site().secret, bound_to=bound_to()), 400, message=error.text)
        if "to-telegram" in request.form and site().settings.has_telegram:
            return _go_on_in_telegram(form)
        if form.errors:
            return _render(form, tokens.renew(site().secret, token, bound_to=bound_to()), 422)
        session.close()  # gives its connection back before the writing one is taken
        try:
            receive(form, key, person)
        except SentBefore:
            pass
        except DomainError as error:
            return _render(
                form, tokens.renew(site().secret, token, bound_to=bound_to()), 409, message=error.text
            )
    return redirect(url_for("thanks.show", key=key), 303)


def _go_on_in_telegram(form: Form) -> Response:
    """Keep what was typed, and show the one-time link with which the chat goes on."""
    raw = {name: value for name, value in form.raw.items() if value and name not in form.errors}
    with site().db.transaction() as session:
        draft = drafts.begin(session, form.slug, person_id=None, language=tag(), answers=raw)
        token = links.issue(session, Purpose.DRAFT, person_id=None, target_id=draft.id)
    return pages.show("to_telegram.html", address=site().settings.telegram_address(token))


def receive(form: Form, key: str, person: Person | None) -> None:
    """Take a good form in, within one transaction; SentBefore rolls it back."""
    with site().db.transaction() as session:
        known = session.get(Person, person.id) if person else None
        form.submit(session, Sender("page", tag(), key, known))
