"""Files with a form on the page: kept from the first try, refused in words, sent with the report."""

import io
import re

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.test import TestResponse

from models import attachments, dossier, drafts, groups, links, people, sessions, staff, submissions, unsent
from models.attachments import Attachment, AttachmentKind
from models.db import Database
from models.errors import Conflict, NotReady
from models.exporting import submissions as exporting
from models.forms import review
from models.links import Purpose
from models.queue import Filters
from models.settings import Settings
from models.staff import StaffRole
from models.submissions import HistoryEntry, State, Step, Submission
from tests.webforms.conftest import Browser, Page
from webforms import create_app, uploads
from webforms.desk import reading
from webforms.errors import WORDS
from webforms.site import PERSON_COOKIE

FORM = "/de/forms/report-progress"
GOOD = {
    "milestone": "other", "state": "under-way", "happened": "Zwei Schulen haben zugesagt.",
    "name": "Amina Beispiel", "reach": "email", "email": "amina@example.org",
}  # fmt: skip


@pytest.fixture
def settings(settings: Settings, tmp_path: object) -> Settings:
    """Settings with a folder of their own for files."""
    return settings.model_copy(update={"files": f"{tmp_path}/files"})


def jpeg(side: int = 40, colour: str = "teal") -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "JPEG")
    return made.getvalue()


def post(browser: Browser, page: Page, *files: tuple[str, bytes], **answers: str) -> Page:
    """Send the form with files, as a browser does."""
    fields: dict[str, object] = {k: v for k, v in page.fields.items() if k != "files"} | dict(answers)
    fields["group"] = page.fields.get("group", "7.49")
    fields["files"] = [kept_of(page), *((io.BytesIO(data), name) for name, data in files)]
    answer: TestResponse = browser.client.post(
        FORM if "entry" not in fields or "added" not in answers else "/de/forms/add-to-report",
        data=fields, content_type="multipart/form-data", follow_redirects=True,
    )  # fmt: skip
    return Page(answer)


def kept_of(page: Page) -> str:
    """The tokens that a page remembers."""
    found = re.search(r'type="hidden" name="files" value="([^"]*)"', page.response.get_data(as_text=True))
    return found[1] if found else ""


def stored(db: Database) -> list[Attachment]:
    """All files."""
    with db.reading() as session:
        return list(session.scalars(sa.select(Attachment).order_by(Attachment.id)))


def sent(db: Database) -> list[Submission]:
    """All entries."""
    with db.reading() as session:
        return list(session.scalars(sa.select(Submission).order_by(Submission.id)))


def test_a_report_takes_its_files_along(browser: Browser, paderborn: Database) -> None:
    page = browser.open(f"{FORM}?group=7.49")
    thanks = post(browser, page, ("foto.jpg", jpeg()), ("notiz.txt", "Schön war's".encode()), **GOOD)
    assert "/thanks/" in str(thanks.response.request.path)
    (entry,) = sent(paderborn)
    files = stored(paderborn)
    assert [(one.kind, one.name, one.submission_id, one.person_id) for one in files] == [
        (AttachmentKind.PHOTO, "foto.jpg", entry.id, entry.person_id),
        (AttachmentKind.DOCUMENT, "notiz.txt", entry.id, entry.person_id),
    ]
    assert entry.answers["files"] == " ".join(one.token for one in files)
    with paderborn.reading() as session:
        table = exporting(session, "en", Filters())
        assert "1 photo, 1 document" in str(next(iter(table.rows))[-1])
        shown = [one.words for one in reading.answers(session, entry, "en") if one.name == "files"]
    assert [str(one.to("en")) for one in shown] == ["1 photo, 1 document"]  # type: ignore[union-attr]


def test_what_was_uploaded_stays_when_something_else_is_wrong(browser: Browser, paderborn: Database) -> None:
    page = browser.open(f"{FORM}?group=7.49")
    wrong = post(browser, page, ("foto.jpg", jpeg()), **{**GOOD, "email": "amina"})
    assert wrong.status == 422
    (file,) = stored(paderborn)
    assert kept_of(wrong) == file.token
    assert "foto.jpg" in wrong.text
    picture = re.search(r'<img src="(/uploads/[^"]+)"', wrong.response.get_data(as_text=True))
    assert picture is not None
    shown = browser.client.get(picture[1].replace("&amp;", "&"))
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert browser.client.get(f"/uploads/{file.token}?key=guessed").status_code == 404
    assert browser.client.get(f"/files/{file.token}").status_code == 404
    post(browser, wrong, ("zwei.jpg", jpeg(colour="red")), **GOOD, **{f"caption-{file.token}": "Der Raum"})
    assert [(one.name, one.caption) for one in stored(paderborn)] == [
        ("foto.jpg", "Der Raum"),
        ("zwei.jpg", ""),
    ]
    assert len(sent(paderborn)[0].answers["files"].split()) == 2


def test_a_file_can_be_removed_on_the_second_look(browser: Browser, paderborn: Database) -> None:
    page = browser.open(f"{FORM}?group=7.49")
    wrong = post(browser, page, ("a.jpg", jpeg()), ("b.jpg", jpeg(50)), **{**GOOD, "email": "amina"})
    first = kept_of(wrong).split()[0]
    post(browser, wrong, **GOOD, **{"files-remove": first})
    (entry,) = sent(paderborn)
    assert entry.answers["files"] == kept_of(wrong).split()[1]


def test_a_refused_file_is_named_with_the_reason_and_the_rest_is_kept(
    browser: Browser, paderborn: Database
) -> None:
    page = browser.open("/en/forms/report-progress?group=7.49")
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    wrong = post(browser, page, ("plan.svg", drawing), ("gut.jpg", jpeg()), **GOOD)
    assert wrong.status == 422
    assert "plan.svg" in wrong.text
    assert wrong.fields["email"] == "amina@example.org"
    assert "Zwei Schulen" in wrong.text
    assert [one.name for one in stored(paderborn)] == ["gut.jpg"]
    assert sent(paderborn) == []
    post(browser, wrong, **GOOD)
    assert len(sent(paderborn)) == 1


def test_a_photo_can_stand_for_the_words(browser: Browser, paderborn: Database) -> None:
    page = browser.open(f"{FORM}?group=7.49")
    nothing = post(browser, page, **{**GOOD, "happened": ""})
    assert nothing.status == 422
    post(browser, nothing, ("foto.jpg", jpeg()), **{**GOOD, "happened": ""})
    (entry,) = sent(paderborn)
    assert "happened" not in entry.answers


def test_sent_twice_it_is_one_report_with_its_file(browser: Browser, paderborn: Database) -> None:
    page = browser.open(f"{FORM}?group=7.49")
    wrong = post(browser, page, ("foto.jpg", jpeg()), **{**GOOD, "email": "amina"})
    for _time in range(2):
        assert post(browser, wrong, **GOOD).status == 200
    assert len(sent(paderborn)) == 1
    assert len([one for one in stored(paderborn) if one.submission_id]) == 1


def test_eleven_files_are_too_many(browser: Browser, paderborn: Database) -> None:
    page = browser.open("/de/forms/report-progress?group=7.49")
    wrong = post(browser, page, *((f"{n}.txt", b"words") for n in range(11)), **GOOD)
    assert wrong.status == 422
    assert len(stored(paderborn)) == attachments.MOST
    assert len(kept_of(wrong).split()) == attachments.MOST


def test_what_is_too_large_together_gets_a_page_of_its_own(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_TOGETHER", 20_000)
    page = browser.open(f"{FORM}?group=7.49")
    large = post(browser, page, ("gross.bin", b"x" * 30_000), **GOOD)
    assert large.status == 413
    assert "10" in large.text
    assert large.lang == "de"


def test_forms_without_files_stay_small(browser: Browser) -> None:
    page = browser.open("/de/forms/ask-office")
    answer = browser.client.post("/de/forms/ask-office", data={**page.fields, "question": "x" * 300_000})
    assert answer.status_code == 413


def test_nobody_takes_files_of_somebody_else(browser: Browser, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        other = people.by_chat(session, 77, language="de")
        theirs = attachments.take_in(session, AttachmentKind.PHOTO, person_id=other.id).token
    page = browser.open(f"{FORM}?group=7.49")
    wrong = Page(
        browser.client.post(FORM, data={**page.fields, **GOOD, "files": theirs}, follow_redirects=True)
    )
    assert wrong.status == 422
    assert kept_of(wrong) == ""
    assert sent(paderborn) == []


def test_a_draft_of_the_chat_shows_its_files_and_knows_its_person(
    browser: Browser, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        person = people.by_chat(session, 78, language="de")
        file = attachments.take_in(session, AttachmentKind.VOICE, person_id=person.id).token
        code = groups.directory(session).get("7.49").code
        draft = drafts.begin(
            session, "report-progress", person_id=person.id, language="de",
            answers={"group": code, "files": f"{file} +"},
        )  # fmt: skip
        token = links.issue(session, Purpose.DRAFT, person_id=person.id, target_id=draft.id)
        person_id = person.id
    page = browser.open(f"{FORM}?draft={token}")
    assert kept_of(page) == file
    assert "name" not in page.fields
    for _time in range(2):
        assert post(browser, page, milestone="other", state="done").status == 200
    (entry,) = sent(paderborn)
    assert (entry.person_id, entry.answers["files"]) == (person_id, file)
    assert stored(paderborn)[0].submission_id == entry.id


def signed_in(settings: Settings, db: Database, person_id: int) -> Browser:
    """Somebody's browser with their own page open."""
    app = create_app(settings, db)
    client = app.test_client()
    with db.transaction() as session:
        ticket = sessions.start(session, person_id=person_id)
    client.set_cookie(PERSON_COOKIE, ticket, domain="localhost")
    return Browser(client)


def test_a_report_can_be_corrected_until_the_office_begins(
    browser: Browser, settings: Settings, paderborn: Database
) -> None:
    post(browser, browser.open(f"{FORM}?group=7.49"), ("alt.jpg", jpeg()), **GOOD)
    (entry,) = sent(paderborn)
    own = signed_in(settings, paderborn, entry.person_id or 0)
    address = f"{FORM}?entry={entry.id}"
    assert any(link.endswith(f"entry={entry.id}") for link in own.open("/de/me").links)
    page = own.open(address)
    assert page.fields["version"] == "1"
    assert "Zwei Schulen haben zugesagt." in page.text
    mended = {"milestone": "other", "state": "done", "happened": "Drei Schulen haben zugesagt."}
    removed = {"files-remove": kept_of(page)}
    for _time in range(2):
        answer = post(own, page, ("neu.jpg", jpeg(50)), **mended, **removed)
        assert answer.response.request.path.endswith("/done")
    (after,) = sent(paderborn)
    assert (after.state, after.version, after.answers["email"]) == (State.RECEIVED, 2, "amina@example.org")
    assert after.answers["happened"] == "Drei Schulen haben zugesagt."
    with paderborn.reading() as session:
        steps = session.scalars(sa.select(HistoryEntry).order_by(HistoryEntry.id)).all()
        report = session.execute(sa.text("SELECT state FROM progress_reports")).all()
        files = attachments.of_submission(session, entry.id)
    assert "Zwei Schulen haben zugesagt." in steps[0].words
    assert [step.step for step in steps] == [Step.CORRECTED]
    assert report == [("done",)]
    assert [one.name for one in files] == ["neu.jpg"]
    fresh = own.open(address)
    with paderborn.transaction() as session:
        olga = staff.add(session, "o@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="x")
        with pytest.raises(Conflict):  # she had it open as it was before
            review.ask_back(session, olga, entry.id, version=1, question="Wann?")
        review.ask_back(session, olga, entry.id, version=2, question="Wann?")
    assert own.open(address).status == 409
    late = post(own, fresh, **{**mended, "happened": "Vier."})
    assert late.status == 409
    assert "Vier." in late.text


def test_what_is_added_lands_on_the_open_entry_or_follows_the_settled_one(
    browser: Browser, settings: Settings, paderborn: Database
) -> None:
    post(browser, browser.open(f"{FORM}?group=7.49"), **GOOD)
    (entry,) = sent(paderborn)
    with paderborn.transaction() as session:
        olga = staff.add(session, "o@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="x")
        review.ask_back(session, olga, entry.id, version=1, question="Wann?")
    own = signed_in(settings, paderborn, entry.person_id or 0)
    page = own.open(f"/de/forms/add-to-report?entry={entry.id}")
    for _time in range(2):
        answer = post(own, page, ("foto.jpg", jpeg()), added="Im Mai.")
        assert answer.response.request.path.endswith("/done")
    with paderborn.transaction() as session:
        assert session.get_one(Submission, entry.id).state is State.ANSWERED
        steps = submissions.history_of(session, entry.id)
        assert [step.step for step in steps] == [Step.ASKED_BACK, Step.ADDED]
        assert steps[1].words.startswith("Im Mai.\n1 ")
        assert [one.name for one in attachments.of_submission(session, entry.id)] == ["foto.jpg"]
        review.reject(session, olga, entry.id, version=3, reason="Bitte später.")
    page = own.open(f"/de/forms/add-to-report?entry={entry.id}")
    for _time in range(2):
        assert post(own, page, ("spaet.jpg", jpeg(60)), added="").status == 200
    first, second = sent(paderborn)
    assert (first.state, second.state, second.follows_id) == (State.REJECTED, State.RECEIVED, first.id)
    assert (second.group_id, second.person_id, second.form) == (
        first.group_id, first.person_id, "add-to-report"
    )  # fmt: skip
    with paderborn.transaction() as session:
        assert [one.name for one in attachments.of_submission(session, second.id)] == ["spaet.jpg"]
        assert [one.id for one in dossier.read(session, second.id).related] == [first.id]
        review.accept(session, olga, second.id, version=1)


def test_nobody_corrects_for_somebody_else(browser: Browser, settings: Settings, paderborn: Database) -> None:
    post(browser, browser.open(f"{FORM}?group=7.49"), **GOOD)
    (entry,) = sent(paderborn)
    with paderborn.transaction() as session:
        other = people.by_chat(session, 79, language="de").id
    for stranger in (browser, signed_in(settings, paderborn, other)):
        assert stranger.open(f"{FORM}?entry={entry.id}").status == 404
    page = browser.open(f"{FORM}?group=7.49")
    assert post(browser, page, **GOOD, entry=str(entry.id)).status == 404
    assert sent(paderborn)[0].version == 1


def test_strangers_cannot_fill_the_disk_with_forms_that_they_never_send(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent, "MOST_OF_STRANGERS", 3)
    wrong = {**GOOD, "email": "amina"}
    for number in range(3):
        post(browser, browser.open(f"{FORM}?group=7.49"), (f"{number}.jpg", jpeg()), **wrong)
    page = post(browser, browser.open(f"{FORM}?group=7.49"), ("4.jpg", jpeg()), **GOOD)
    assert page.status == 422
    assert WORDS[503].to("de") in page.text
    assert "Zwei Schulen" in page.text
    assert len(stored(paderborn)) == 3
    assert post(browser, page, **GOOD).status == 200  # the words can be sent all the same
    monkeypatch.setattr(unsent, "MOST_BYTES", stored(paderborn)[0].size)
    with paderborn.transaction() as session:
        session.execute(sa.delete(Attachment).where(Attachment.name != "0.jpg"))
    again = post(browser, browser.open(f"{FORM}?group=7.49"), ("5.jpg", jpeg()), **GOOD)
    assert again.status == 422
    with paderborn.transaction() as session:
        session.execute(
            sa.update(Attachment).values(submission_id=sent(paderborn)[0].id)
        )  # sent: no longer counted
    assert post(browser, browser.open(f"{FORM}?group=7.49"), ("6.jpg", jpeg()), **GOOD).status == 200


def test_a_document_for_which_there_is_no_time_now_loses_no_words(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_given: object, **_named: object) -> None:
        raise NotReady(WORDS[503])

    monkeypatch.setattr(uploads, "clean", busy)
    again = post(browser, browser.open(f"{FORM}?group=7.49"), ("plan.pdf", b"%PDF-1.4"), **GOOD)
    assert again.status == 422
    assert "plan.pdf" in again.text
    assert GOOD["happened"] in again.text
    assert not sent(paderborn)
