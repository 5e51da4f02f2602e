"""Every form, filled in by chat and on the page with the same answers, makes the same rows."""

import base64
import io
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from models import attachments
from models.attachments import AttachmentKind
from models.consents import Consent
from models.feedback import FeedbackEntry, FeedbackPoint
from models.forms import FORMS
from models.forms.points import Points
from models.forms.questions import Context, Kind, Question
from models.forms.rules import Stranger
from models.memberships import Membership
from models.people import Person
from models.submissions import Submission
from tests.journeys.chat import Human, call
from tests.journeys.conftest import Demo
from translations import _

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

ANSWERS: dict[str, dict[str, str]] = {
    "join-group": {
        "group": "12.71", "name": "Samira Muster", "organisation": "Verein Beispiel e.V.",
        "organisation_kind": "migrant-organisation", "role": "lead", "reach": "phone",
        "phone": "05251 123456", "pass_on": "yes", "updates": "no",
    },
    "report-progress": {
        "group": "12.71", "milestone": "other", "state": "under-way",
        "happened": "Zwei Schulen haben zugesagt.", "files": "64x48 120x90", "needed": "Ein Raum.",
        "new_due": "03/2027",
        "name": "Samira Muster", "reach": "phone", "phone": "05251 123456",
    },
    "meeting-notice": {
        "group": "12.71", "day": "12.01.2038", "starts": "18.30", "ends": "20 Uhr", "place": "Rathaus",
        "agenda": "Sprachcafé", "languages": "de ar", "name": "Samira Muster", "reach": "phone",
        "phone": "05251 123456",
    },
    "meeting-minutes": {
        "group": "12.71", "meeting": "other", "day": "12.01.2026", "text": "Wir haben geredet.",
        "files": "64x48 120x90",
        "present": "12", "decisions": "Ein Flyer.", "next_day": "Ende Januar 2038", "name": "Samira Muster",
        "reach": "phone", "phone": "05251 123456",
    },
    "follow-group": {"group": "12.71", "reach": "telegram"},
    "ask-office": {
        "question": "Wann trifft sich die Gruppe?\nIch arbeite bis 16 Uhr.", "name": "Samira Muster",
        "reach": "phone", "phone": "05251 123456",
    },
    "feedback": {
        "group": "12.71", "remarks": "some", "stays": "Es hilft.\nGut zu erreichen.", "adapt": "Zu früh.",
    },
    "translation-feedback": {
        "wrong": "„Jour fixe“ versteht niemand.", "better": "Regelmäßiges Treffen",
        "page": "/de/groups/12.71",
    },
}  # fmt: skip
DONE = _("That is all")
TONGUES = ("de", "en", "ar")
LISTED = [slug for slug, form in FORMS.items() if form.listed]


def test_every_form_has_answers_here() -> None:
    assert set(ANSWERS) == set(LISTED)


def of_strangers(slug: str) -> set[str]:
    """Return the questions that a chat does not ask, because it knows who writes."""
    asked = FORMS[slug].declared
    first = {one.name for one in asked if isinstance(one.when, Stranger)}
    return first | {
        one.name for one in asked if one.when and one.when.follows and one.when.follows.name in first
    }


def rows(demo: Demo, slug: str, submission_id: int) -> dict[str, Any]:
    """Return what a submission made, without what must differ between the channels."""
    database = demo.database()
    if FORMS[slug].is_anonymous:
        with database.reading() as session:
            entry = session.get_one(FeedbackEntry, submission_id)
            points = session.scalars(
                sa.select(FeedbackPoint).where(FeedbackPoint.entry_id == entry.id).order_by(FeedbackPoint.id)
            ).all()
        database.close()
        told = [(one.side, one.words, one.times) for one in points]
        return {"sheet": entry.sheet_id, "language": entry.language, "points": told}
    with database.reading() as session:
        one = session.get(Submission, submission_id)
        assert one is not None
        person = session.get(Person, one.person_id)
        assert person is not None
        membership = session.scalars(sa.select(Membership).where(Membership.submission_id == one.id)).first()
        consents = session.scalars(sa.select(Consent).where(Consent.submission_id == one.id)).all()
        made = {
            "form": one.form, "title": one.title,
            "answers": {
                k: v
                for k, v in one.answers.items()
                if v != "no" and k not in of_strangers(one.form) and k != "files"
            },
            "files": files(session, one),
            "group": one.group_id, "state": one.state, "language": one.language,
            "person": (person.language, *(() if of_strangers(one.form) else (person.name, person.phone))),
            "organisation": (person.organisation, person.organisation_kind),
            "membership": (membership.role, membership.state, membership.group_id) if membership else None,
            "consents": [(c.purpose, c.version, c.wording, c.language) for c in consents],
        }  # fmt: skip
    database.close()
    return made


def photo(size: str) -> bytes:
    """A photo of this size in pixels."""
    width, height = map(int, size.split("x"))
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "JPEG")
    return made.getvalue()


def files(session: Session, one: Submission) -> list[tuple[AttachmentKind, int, int, str]]:
    """Return the files of an entry in the order of its answer, once they are here."""
    end = time.monotonic() + 20
    while any(not file.width for file in attachments.of_submission(session, one.id)):
        assert time.monotonic() < end, "the files do not come"
        session.rollback()
        session.expire_all()
        time.sleep(0.1)
    found = attachments.by_tokens(session, str(one.answers.get("files", "")).split())
    assert {file.id for file in found} == {file.id for file in attachments.of_submission(session, one.id)}
    return [(file.kind, file.width, file.height, file.caption) for file in found]


def newest_of_page(demo: Demo) -> int:
    """Return the id of the newest submission from the pages."""
    database = demo.database()
    with database.reading() as session:
        found = session.scalar(sa.select(sa.func.max(Submission.id)).where(Submission.channel == "page")) or 0
    database.close()
    return found


def only_one_of(demo: Demo, chat: int) -> int:
    """Return the id of the one submission that somebody who chats has sent."""
    database = demo.database()
    with database.reading() as session:
        sent = sa.select(Submission.id).join(Person, Person.id == Submission.person_id)
        found = session.scalars(sent.where(Person.telegram_id == chat)).one()
    database.close()
    return found


def anonymous(demo: Demo, channel: str, language: str) -> int:
    """Return the id of the newest feedback of a channel in a language: it knows nothing else of anybody."""
    database = demo.database()
    with database.reading() as session:
        wanted = sa.select(sa.func.max(FeedbackEntry.id)).where(
            FeedbackEntry.channel == channel, FeedbackEntry.language == language
        )
        found = session.scalar(wanted) or 0
    database.close()
    return found


def on_the_page(demo: Demo, page: Page, slug: str, language: str, answers: dict[str, str]) -> int:
    """Fill the form in without JavaScript, as a reader of the language sees it."""
    # A milestone can be chosen once the group is known, as on the way from the group's page.
    is_of_group = "milestone" in answers or "meeting" in answers
    known = f"?group={answers['group']}" if is_of_group else ""
    page.goto(f"{demo.base}/{language}/forms/{slug}{known}")
    for name, value in answers.items():
        if known and name == "group":
            continue
        field = page.locator(f"[name={name}]").first
        if name == "files":
            chosen = [(f"{size}.jpg", "image/jpeg", photo(size)) for size in value.split()]
            field.set_input_files([{"name": n, "mimeType": m, "buffer": b} for n, m, b in chosen])
            continue
        kind = field.evaluate("field => field.tagName + (field.type || '')")
        if kind.startswith("SELECT"):
            option = page.locator(f"[name={name}] option", has_text=value)
            field.select_option(value=option.get_attribute("value") if name == "group" else value)
        elif "radio" in kind:
            page.check(f"[name={name}][value={value}]")
        elif "checkbox" in kind and field.get_attribute("value") != "yes":
            for key in value.split():
                page.check(f"[name={name}][value={key}]")
        elif "checkbox" in kind:
            field.set_checked(value == "yes")
        else:
            field.fill(value)
    page.click("main button[type=submit]:not([name])")
    assert "/thanks/" in page.url, page.inner_text("main")
    return anonymous(demo, "page", language) if FORMS[slug].is_anonymous else newest_of_page(demo)


def label(question: Question[Any], value: str, language: str) -> str:
    """Return how a choice is written on its button."""
    if question.kind in (Kind.CONSENT, Kind.SEVERAL) or not hasattr(question, "words"):
        options = question.options(Context(Session(), language))
        return next(option.label.to(language) for option in options if option.key == value)
    words = getattr(question, "words", {})
    return str(next(text.to(language) for key, text in words.items() if key.value == value))


def by_chat(demo: Demo, slug: str, language: str, answers: dict[str, str]) -> int:
    """Fill the form in question by question, with the buttons that the bot shows."""
    person = Human.meet(demo.chat, "Samira", language)
    person.write("/start")
    if FORMS[slug].title.to(language) not in person.labels():
        person.press(_("More").to(language))
    person.press(FORMS[slug].title.to(language))
    for question in FORMS[slug].declared:
        value = answers.get(question.name)
        if value is None or question.name in of_strangers(slug):
            continue
        if question.kind is Kind.FILES:
            photos = [base64.b64encode(photo(size)).decode() for size in value.split()]
            call(person.base, f"/user/{person.id}/send", {"photos": photos})
            person.wait()
            person.press(DONE.to(language))
            continue
        if isinstance(question, Points):
            for line in value.split("\n"):
                person.write(line)
            person.press(DONE.to(language))
        elif question.kind is Kind.SEVERAL:
            person.write(", ".join(label(question, key, language) for key in value.split()))
        elif question.kind in (Kind.LINE, Kind.TEXT) or question.name == "group":
            person.write(value)
        else:
            person.press(label(question, value, language))
    person.press(FORMS[slug].send.to(language))
    return anonymous(demo, "chat", language) if FORMS[slug].is_anonymous else only_one_of(demo, person.id)


@pytest.fixture(scope="module")
def spoken(demo: Demo) -> Iterator[dict[tuple[str, str], Future[int]]]:
    """Every form in every language by chat, each by somebody else and all at once.

    A chat gets one message a second, so that one person after the other would take minutes.
    """
    jobs: dict[tuple[str, str], Future[int]] = {}

    def speak(slug: str, language: str) -> int:
        if slug == "meeting-minutes":  # they ask for the meeting only where there is one
            jobs["meeting-notice", language].result()
        return by_chat(demo, slug, language, ANSWERS[slug])

    with ThreadPoolExecutor(len(LISTED) * len(TONGUES)) as people:
        for slug in sorted(LISTED, key="meeting-minutes".__eq__):
            for language in TONGUES:
                jobs[slug, language] = people.submit(speak, slug, language)
        yield jobs


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("slug", LISTED)
def test_chat_and_page_find_the_same_rows(
    demo: Demo,
    spoken: dict[tuple[str, str], Future[int]],
    chromium: Browser,
    slug: str,
    language: str,
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    on_page = rows(demo, slug, on_the_page(demo, page, slug, language, ANSWERS[slug]))
    context.close()
    assert rows(demo, slug, spoken[slug, language].result()) == on_page
