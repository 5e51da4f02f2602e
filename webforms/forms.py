"""Any form as a page, without JavaScript. Empty ones are kept for everybody, see `kept`."""

from flask import Response, abort, request
from sqlalchemy.orm import Session

from models import drafts, links, people, regions
from models.drafts import Draft
from models.errors import DomainError, InvalidAnswer, NotFound
from models.forms import FORMS
from models.forms.form import Form, Sender, raw_answers
from models.forms.questions import Context, Kind
from models.forms.receive import SentBefore
from models.links import Purpose
from models.people import Person
from translations import Text
from webforms import kept, pages, tokens
from webforms.site import PERSON_COOKIE, signed_in, site, tag

blueprint = pages.blueprint("forms")
_CHOSEN = ("group", "meeting")  # what a link to a form may have chosen already


def _form_class(slug: str) -> type[Form]:
    found = FORMS.get(slug)
    if found is None or not found.listed:
        abort(404)
    return found


def bound_to() -> str:
    """Return what form tokens are bound to in this browser: its session, if somebody is signed in."""
    return request.cookies.get(site().cookie(PERSON_COOKIE), "")


def _context(session: Session, person: Person | None) -> Context:
    return Context(session, tag(), channel="page", has_telegram=site().settings.has_telegram, person=person)


def _render(form: Form, token: str, status: int = 200, *, message: Text | None = None) -> Response:
    region = regions.the_region(form.context.session)
    begun = request.values.get("draft", "")
    return pages.show(
        "form.html", status, form=form, token=token, region=region, message=message, begun=begun
    )


@blueprint.get("/forms/<slug>")
def ask(slug: str) -> Response:
    """Show an empty form, or one begun in chat."""
    form_class, person, bound = _form_class(slug), signed_in(), bound_to()
    token = tokens.issue(site().secret, bound_to=bound)
    with site().db.reading() as session:
        raw = {name: request.args[name] for name in _CHOSEN if request.args.get(name)}
        raw = raw | _begun(session, slug)
        form = form_class(raw, _context(session, person))
        response = _render(form, token)
    if not bound and request.query_string.decode("latin-1") in _own_queries(form):
        kept.keep(response, token)
    return response


def _own_queries(form: Form) -> tuple[str, ...]:
    """Return the queries with which we lead to this form; there are as many as groups, twice."""
    group = form.answers.get("group")
    return (f"group={group.code}", f"group={group.number}") if group else ("",)


def _begun(session: Session, slug: str) -> dict[str, str]:
    """Return the answers of a draft whose link was followed; the link still holds for the next try."""
    token = request.args.get("draft", "")
    if not token:
        return {}
    link = links.look(session, token, Purpose.DRAFT)
    draft = drafts.get(session, link.target_id) if link.target_id else None
    return dict(draft.answers) if draft and draft.form == slug else {}


@blueprint.post("/forms/<slug>")
def send(slug: str) -> Response:
    """Take the form in: 303 to the thanks, or 422 with everything that was typed."""
    form_class = _form_class(slug)
    token = request.form.get("csrf", "")
    person = signed_in()
    with site().db.reading() as session:
        form = form_class(
            raw_answers(_sent(form_class), form_class), _context(session, person), complete=True
        )
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
    return Response(status=303, headers={"Location": f"/{tag()}/thanks/{key}"})


def _sent(form_class: type[Form]) -> dict[str, str]:
    """Return the fields that were sent; boxes ticked under one name are one answer, with spaces between."""
    several = {question.name for question in form_class.declared if question.kind is Kind.SEVERAL}
    return {
        name: " ".join(request.form.getlist(name)) if name in several else raw
        for name, raw in request.form.items()
    }


def _go_on_in_telegram(form: Form) -> Response:
    """Keep what was typed, and show the one-time link with which the chat goes on."""
    raw = {name: value for name, value in form.raw.items() if value and name not in form.errors}
    with site().db.transaction() as session:
        draft = drafts.begin(session, form.slug, person_id=None, language=tag(), answers=raw)
        token = links.issue(session, Purpose.DRAFT, person_id=None, target_id=draft.id)
    return pages.show("to_telegram.html", address=site().settings.telegram_address(token))


def receive(form: Form, key: str, person: Person | None) -> None:
    """Take a good form in, within one transaction; SentBefore rolls it back.

    A form that was begun in chat belongs to the person of that chat, and ends there too.
    """
    with site().db.transaction() as session:
        known = people.get(session, person.id) if person else None
        begun = _draft_of(session, request.form.get("draft", ""))
        if begun and begun.person_id and known is None:
            known = people.get(session, begun.person_id)
        form.submit(session, Sender("page", tag(), key, known))
        if begun:
            links.use(session, request.form["draft"], Purpose.DRAFT)
            drafts.drop(session, begun)


def _draft_of(session: Session, token: str) -> Draft | None:
    """Return the draft of a one-time link, or nothing where the link is used up: the form itself is whole."""
    try:
        link = links.look(session, token, Purpose.DRAFT) if token else None
    except NotFound:
        return None
    return drafts.get(session, link.target_id) if link and link.target_id else None
