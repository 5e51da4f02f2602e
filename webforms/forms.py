"""Any form as a page, without JavaScript. Empty ones are kept for everybody, see `kept`."""

from flask import Response, abort, request
from sqlalchemy.orm import Session

from models import drafts, links, people, regions
from models.errors import DomainError, InvalidAnswer
from models.forms import FORMS
from models.forms.afterwards import CORRECTED, REPORTS
from models.forms.form import Form, Sender, raw_answers
from models.forms.questions import Kind
from models.forms.receive import SentBefore
from models.forms.register_event import RegisterEvent
from models.forms.report_progress import ReportProgress
from models.links import Purpose
from translations import Text
from webforms import crowding, kept, pages, quiet, static_files, tokens, uploads
from webforms.begun import Begun, has_arrived, look
from webforms.site import PERSON_COOKIE, site, tag

blueprint = pages.blueprint("forms")
_CHOSEN = ("group", "event", "meeting", "page")  # what a link to a form may have chosen already


def _form_class(slug: str) -> type[Form]:
    """Return a form of the menu, or one about something of before: that has to be named."""
    found = FORMS.get(slug)
    is_about = slug in REPORTS and (request.values.get("entry") or request.values.get("draft"))
    if found is None or not (found.listed or is_about or slug == RegisterEvent.slug):
        abort(404)
    return found


def bound_to() -> str:
    """Return what form tokens are bound to in this browser: its session, if somebody is signed in."""
    return request.cookies.get(site().cookie(PERSON_COOKIE), "")


def _render(
    form: Form,
    begun: Begun,
    token: str,
    status: int = 200,
    *,
    message: Text | None = None,
    lure: str = quiet.LURE,
) -> Response:
    region = regions.the_region(form.context.session)
    return pages.show(
        "form.html", status, form=form, token=token, region=region, message=message, begun=begun,
        lure=lure, has_files=uploads.files_of(type(form)) is not None,
        puzzle=crowding.crowd().is_on and not _is_known(begun), ready=crowding.READY,
        is_held=message is crowding.HELD_UP, puzzle_script=static_files.address("puzzle.js"),
    )  # fmt: skip


@blueprint.get("/forms/<slug>")
def ask(slug: str) -> Response:
    """Show an empty form, one begun in chat, or one that was sent before."""
    form_class, bound, begun = _form_class(slug), bound_to(), look(slug)
    token = tokens.issue(site().secret, bound_to=bound)
    with site().db.reading() as session:
        raw = {name: request.args[name] for name in _CHOSEN if request.args.get(name)}
        form = form_class(raw | dict(begun.answers), begun.context(session))
        response = _render(form, begun, token)
    if not bound and request.query_string.decode("latin-1") in _own_queries(form):
        kept.keep(response, token)
    return response


def _own_queries(form: Form) -> tuple[str, ...]:
    """Return the queries with which we lead to this form: twice as many as groups, and one for an event."""
    group, event = form.answers.get("group"), form.answers.get("event")
    if group is None:
        return (f"event={event.code}",) if event else ("",)
    more = f"&event={event.code}" if event else ""
    return (f"group={group.code}{more}", f"group={group.number}{more}")


@blueprint.post("/forms/<slug>")
def send(slug: str) -> Response:
    """Take the form in: 303 to the thanks, or 422 with everything that was typed and all files."""
    form_class = _form_class_of_post(slug)
    if isinstance(form_class, Response):
        return form_class
    begun = look(slug)
    if begun.is_sent:
        return _sent_on(form_class, "", begun)
    raw, token = raw_answers(sent(form_class), form_class), request.form.get("csrf", "")
    try:
        key = tokens.check(site().secret, token, bound_to=bound_to())
    except InvalidAnswer as error:
        token = tokens.issue(site().secret, bound_to=bound_to())
        return _shown_again(form_class, raw, begun, token, 400, message=error.text)
    return _take(form_class, raw, begun, token, key)


def _take(form_class: type[Form], raw: dict[str, str], begun: Begun, token: str, key: str) -> Response:
    """Take a form of ours in, or show what has to be mended."""
    refusals = _take_files(form_class, raw, begun)
    with site().db.reading() as session:
        form = form_class(raw, begun.context(session), complete=True)
        if pages.is_in_other_language():
            form.errors.clear()
        uploads.note(form, refusals)
        instead = _instead_of_taking(form, begun, token, key)
        if instead is not None:
            return instead
        if form.errors:
            return _sent_on(form_class, key, begun) if has_arrived(key) else _again(form, begun, token, 422)
        session.close()  # gives its connection back before the writing one is taken
        try:
            receive(form, key, begun)
        except SentBefore:
            pass
        except DomainError as error:
            return _again(form, begun, token, 409, message=error.text)
    return _sent_on(form_class, key, begun)


def _instead_of_taking(form: Form, begun: Begun, token: str, key: str) -> Response | None:
    """Return the answer to a form that is not taken in now: read on elsewhere, or looked at once more."""
    is_strangers = not (_is_known(begun) or pages.is_in_other_language())
    if is_strangers and quiet.is_suspect(token):
        return _render(form, begun, token, 422, message=quiet.ONCE_MORE, lure="")
    if is_strangers and crowding.holds_up(key, token):
        return _held_up(form, begun, token, key)
    if "to-telegram" in request.form and site().settings.has_telegram:
        return _go_on_in_telegram(form, begun)
    if pages.is_in_other_language():
        return _again(form, begun, token)
    return None


def _again(
    form: Form, begun: Begun, token: str, status: int = 200, *, message: Text | None = None
) -> Response:
    """Show a form of ours once more; its token begins anew, its key stays."""
    renewed = tokens.renew(site().secret, token, bound_to=bound_to())
    return _render(form, begun, renewed, status, message=message)


def _is_known(begun: Begun) -> bool:
    """Return whether this cannot be a machine: we know who it is, or a chat of theirs led here."""
    return begun.person is not None or bool(begun.draft)


def _held_up(form: Form, begun: Begun, token: str, key: str) -> Response:
    """Give the form back while masses come, with the same token so that waiting counts, unless it is here."""
    if has_arrived(key):
        return _sent_on(type(form), key, begun)
    response = _render(form, begun, token, 429, message=crowding.HELD_UP)
    response.headers["Retry-After"] = str(crowding.WAIT)
    return response


def _form_class_of_post(slug: str) -> type[Form] | Response:
    """Return the form, with its files read; the page for files that are too large."""
    found = FORMS.get(slug)
    refusal = uploads.too_large(found) if found else None
    return refusal or _form_class(slug)


def _sent_on(form_class: type[Form], key: str, begun: Begun) -> Response:
    """Lead to the thanks: of a new entry, or of what was done with one of before."""
    is_before = begun.entry_id is not None or begun.is_sent
    address = f"/{tag()}/forms/{form_class.slug}/done" if is_before else f"/{tag()}/thanks/{key}"
    return Response(status=303, headers={"Location": address})


@blueprint.get("/forms/<any('report-progress', 'add-to-report'):slug>/done")
def done(slug: str) -> Response:
    """Thank for what was corrected or added."""
    words = CORRECTED if slug == ReportProgress.slug else FORMS[slug].done
    return pages.show("changed.html", done=words)


def _shown_again(
    form_class: type[Form], raw: dict[str, str], begun: Begun, token: str, status: int, *, message: Text
) -> Response:
    with site().db.reading() as session:
        form = form_class(raw, begun.context(session), complete=True)
        return _render(form, begun, token, status, message=message)


def _take_files(form_class: type[Form], raw: dict[str, str], begun: Begun) -> tuple[Text, ...]:
    """Put the files of this request among the answers; return why some were not taken."""
    files = uploads.files_of(form_class)
    if files is None:
        return ()
    before = uploads.had(files)
    if before:
        with site().db.reading() as session:
            known = files.found(before, begun.context(session))
        uploads.describe(known)
    found = uploads.taken(files, before, begun.person)
    raw[files.name] = found.raw
    return found.refusals


def sent(form_class: type[Form]) -> dict[str, str]:
    """Return the fields that were sent; what comes several times under one name is one answer with spaces."""
    together = {one.name for one in form_class.declared if one.kind in (Kind.SEVERAL, Kind.FILES)}
    return {
        name: " ".join(request.form.getlist(name)) if name in together else raw
        for name, raw in request.form.items()
    }


def _go_on_in_telegram(form: Form, begun: Begun) -> Response:
    """Keep what was typed, and show the one-time link with which the chat goes on."""
    raw = {name: value for name, value in form.raw.items() if value and name not in form.errors}
    with site().db.transaction() as session:
        draft = drafts.begin(session, form.slug, person_id=None, language=tag(), answers=raw)
        person_id = begun.person.id if begun.person else None
        token = links.issue(session, Purpose.DRAFT, person_id=person_id, target_id=draft.id)
    return pages.show("to_telegram.html", address=site().settings.telegram_address(token))


def receive(form: Form, key: str, begun: Begun) -> None:
    """Take a good form in, within one transaction; SentBefore rolls it back.

    A form that was begun in chat belongs to the person of that chat, and ends there too.
    """
    language = tag()

    def take_in(session: Session) -> None:
        known = people.get(session, begun.person.id) if begun.person else None
        form.submit(session, Sender("page", language, key, known))
        if begun.draft:
            link = links.use(session, begun.draft, Purpose.DRAFT)
            draft = drafts.get(session, link.target_id) if link.target_id else None
            if draft is not None:
                drafts.drop(session, draft)

    site().db.take_in(take_in)
