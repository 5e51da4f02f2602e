"""What somebody has sent, looked at again in the chat: corrected, and added to."""

import sqlalchemy as sa

from models import groups, progress, staff, submissions
from models.attachments import AttachmentKind
from models.forms import review
from models.staff import StaffRole
from models.submissions import State, Step, Submission
from tests.bot.chat import Bot, Visitor, count, said
from tests.bot.test_conversation import sign_up
from tests.bot.test_media import begin, files_of, finish, photo, send, voice


def reported(bot: Bot, chat: int) -> tuple[Visitor, Submission]:
    """Somebody who has reported with a photo."""
    visitor = begin(bot, chat)
    send(visitor, photo=photo("a"), caption="Ein Bild")
    visitor.press("done")
    return visitor, finish(visitor)


def test_a_report_is_corrected_in_the_chat(any_bot: Bot) -> None:
    visitor, entry = reported(any_bot, 615)
    visitor.press_data("menu:sent:0")
    visitor.press("entry")
    assert "Ein Bild" in said(visitor.last)
    visitor.press("correct")
    visitor.press("change")
    visitor.press("happened")
    visitor.write("Zwei Bilder")
    visitor.press("change")
    visitor.press("files")
    send(visitor, photo=photo("b"))
    visitor.press("done")
    visitor.press("send", times=2)
    assert sum("now reads as you have changed it" in said(letter) for letter in visitor.letters) == 1
    with any_bot.db.reading() as session:
        after = submissions.get(session, entry.id)
        steps = submissions.history_of(session, entry.id)
        assert len(progress.of_submission(session, entry.id)) == 1
    assert (after.version, after.state, after.answers["happened"]) == (2, State.RECEIVED, "Zwei Bilder")
    assert len(after.answers["files"].split()) == 2
    assert [one.step for one in steps] == [Step.CORRECTED]
    assert "Ein Bild" in steps[0].words
    assert count(any_bot.db, "submissions") == 1
    assert len(files_of(any_bot.db, after)) == 2


def test_what_has_just_been_sent_can_be_corrected_from_its_receipt(bot: Bot) -> None:
    visitor, entry = reported(bot, 617)
    receipt = visitor.last
    assert receipt.buttons[0].verb == f"correct:{entry.id}:0"
    visitor.press_data(receipt.buttons[0].verb)
    assert "Press “Change”" in said(visitor.last)


def test_a_correction_that_comes_too_late_becomes_an_addition(bot: Bot) -> None:
    visitor, entry = reported(bot, 616)
    visitor.press_data(f"correct:{entry.id}:1")
    visitor.press("change")
    visitor.press("happened")
    visitor.write("Doch anders")
    with bot.db.transaction() as session:
        olga = staff.add(session, "o@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="x")
        review.ask_back(session, olga, entry.id, version=1, question="Wann?")
    data = visitor.letters[-2].buttons[0].verb  # the form, as it was when the office began
    visitor.press_data(data)
    assert "The office has begun" in said(visitor.last)
    visitor.press("add")
    visitor.press("skip")
    assert "Doch anders" in said(visitor.last)
    visitor.press("send", times=2)
    with bot.db.reading() as session:
        after = submissions.get(session, entry.id)
        steps = [(one.step, one.words) for one in submissions.history_of(session, entry.id)]
    assert after.state is State.ANSWERED
    assert steps == [(Step.ASKED_BACK, "Wann?"), (Step.ADDED, "Doch anders")]


def test_a_file_is_added_to_a_settled_report_as_an_entry_that_follows(bot: Bot) -> None:
    visitor, entry = reported(bot, 617)
    with bot.db.transaction() as session:
        olga = staff.add(session, "o@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="x")
        review.accept(session, olga, entry.id, version=1)
    visitor.press_data(f"add:{entry.id}:0")
    send(visitor, voice=voice("v"))
    visitor.press("done")
    visitor.press("send", times=2)
    with bot.db.reading() as session:
        after = session.scalars(sa.select(Submission).order_by(Submission.id)).all()
    assert [one.follows_id for one in after] == [None, entry.id]
    assert [one.kind for one in files_of(bot.db, after[1])] == [AttachmentKind.VOICE]


def test_nobody_sees_or_changes_what_others_have_sent(bot: Bot) -> None:
    _visitor, entry = reported(bot, 618)
    stranger = Visitor(bot, 619)
    stranger.write("/start")
    for verb in ("entry", "correct", "add"):
        stranger.press_data(f"{verb}:{entry.id}:1")
        assert "This entry does not exist." in said(stranger.last)


def test_what_was_sent_is_named_in_the_readers_language(bot: Bot) -> None:
    visitor = Visitor(bot, 990, language="ar")
    sign_up(visitor)
    with bot.db.reading() as session:
        card = groups.directory(session).get("7.49")
    visitor.write("/mydata")
    told = "\n".join(words.to("ar") for words in visitor.last.paragraphs)
    assert card.title.to("ar") in told
    assert card.title.to("de") not in told
