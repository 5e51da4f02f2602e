"""Photos, voice messages and documents in the chat, from raw updates to the rows."""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from bot.media import read as read_media
from models import attachments, drafts, groups, unsent
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.db import Database
from models.links import Purpose
from models.submissions import Submission
from tests.bot.chat import Bot, Visitor, count, said
from tests.bot.test_conversation import only_person, sign_up

_NUMBERS = itertools.count(700_000_000)


def photo(name: str) -> list[dict[str, Any]]:
    """A photo in two sizes."""
    sizes = ((90, f"{name}-small"), (1280, name))
    return [
        {"file_id": f"id-{one}", "file_unique_id": f"u-{one}", "width": side, "height": side, "file_size": 9}
        for side, one in sizes
    ]


def file(name: str, **more: Any) -> dict[str, Any]:
    """Any other file."""
    return {"file_id": f"id-{name}", "file_unique_id": f"u-{name}", "file_size": 9, **more}


def voice(name: str) -> dict[str, Any]:
    """A voice message."""
    return file(name, duration=3, mime_type="audio/ogg")


def send(visitor: Visitor, **content: Any) -> None:
    """Send something that is no text."""
    visitor.bot.take({"update_id": next(_NUMBERS), "message": visitor.message(**content)})


def album(visitor: Visitor, *names: str, caption: str = "", at_once: bool = True) -> None:
    """Send photos together: an update for each, the caption with the first."""
    group = str(next(_NUMBERS))
    updates = [
        {
            "update_id": next(_NUMBERS),
            "message": visitor.message(
                photo=photo(name), media_group_id=group, **({"caption": caption} if caption and not n else {})
            ),
        }
        for n, name in enumerate(names)
    ]
    for part in [updates] if at_once else [[one] for one in updates]:
        visitor.bot.take(*part)


def begin(bot: Bot, chat: int, *, up_to: str = "happened") -> Visitor:
    """Somebody who reports, up to a question."""
    visitor = Visitor(bot, chat)
    visitor.write("/report")
    visitor.write("7.49")
    if up_to != "milestone":
        visitor.press("other")
        visitor.press("under-way")
    return visitor


def answers(visitor: Visitor) -> dict[str, str]:
    """What the draft holds."""
    with visitor.bot.db.reading() as session:
        found = drafts.of_person(session, only_person(visitor.bot.db, visitor.id).id)
    assert found is not None
    return dict(found.answers)


def names_of(visitor: Visitor, raw: str) -> list[str]:
    """The names that Telegram gave to the files of an answer."""
    with visitor.bot.db.reading() as session:
        tokens = [token for token in raw.split() if token != "+"]
        return [one.telegram_unique for one in attachments.by_tokens(session, tokens)]


def finish(visitor: Visitor) -> Submission:
    """Leave out what is left, send the form, and return the entry."""
    for _question in ("needed", "new_due"):
        visitor.press("skip")
    visitor.press("send")
    with visitor.bot.db.reading() as session:
        return session.scalars(sa.select(Submission).order_by(Submission.id.desc())).first()  # type: ignore[return-value]


def files_of(db: Database, submission: Submission) -> list[Attachment]:
    """The files of an entry."""
    with db.reading() as session:
        return list(attachments.of_submission(session, submission.id))


def test_a_photo_with_a_caption_answers_what_has_happened(any_bot: Bot) -> None:
    visitor = begin(any_bot, 600)
    send(visitor, photo=photo("a"), caption="Wir haben  angefangen.")
    assert "1 photo" in said(visitor.last)
    visitor.press("done")
    entry = finish(visitor)
    (one,) = files_of(any_bot.db, entry)
    assert (one.kind, one.state, one.telegram_file) == (
        AttachmentKind.PHOTO, AttachmentState.WAITING, "id-a"
    )  # fmt: skip
    assert (one.caption, one.person_id) == ("Wir haben angefangen.", entry.person_id)
    assert entry.answers["happened"] == "Wir haben angefangen."
    assert entry.answers["files"] == one.token


def test_a_voice_message_alone_is_enough(bot: Bot) -> None:
    visitor = begin(bot, 601)
    send(visitor, voice=voice("v"))
    assert "1 voice note" in said(visitor.last)
    visitor.press("done")
    entry = finish(visitor)
    assert "happened" not in entry.answers
    assert [one.kind for one in files_of(bot.db, entry)] == [AttachmentKind.VOICE]


def test_an_album_is_answered_once_and_is_one_report(any_bot: Bot) -> None:
    visitor = begin(any_bot, 602)
    before = len(visitor.letters)
    album(visitor, "a", "b", "c", caption="Drei Bilder")
    assert len(visitor.letters) == before + 1
    assert "3 photo" in said(visitor.last)
    visitor.press("done")  # the button of the one answer still works
    entry = finish(visitor)
    assert [one.telegram_unique for one in files_of(any_bot.db, entry)] == ["u-a", "u-b", "u-c"]
    assert entry.answers["happened"] == "Drei Bilder"
    assert count(any_bot.db, "submissions") == 1


def test_an_album_that_comes_bit_by_bit_is_answered_once(bot: Bot) -> None:
    visitor = begin(bot, 603)
    before = len(visitor.letters)
    album(visitor, "a", "b", "c", at_once=False)
    assert len(visitor.letters) == before + 1
    assert len(names_of(visitor, answers(visitor)["files"])) == 3


def test_photos_are_taken_at_any_question_and_the_question_stays(bot: Bot) -> None:
    visitor = begin(bot, 604, up_to="milestone")
    asked = [button.verb.split(":")[0] for button in visitor.last.buttons]
    send(visitor, photo=photo("a"))
    assert [button.verb.split(":")[0] for button in visitor.last.buttons] == asked
    assert "it has arrived" in said(visitor.last)
    visitor.press("other")
    visitor.press("under-way")
    visitor.press("skip")  # what has happened can be left out now
    assert "1 photo" in said(visitor.last)


def test_words_after_a_photo_say_what_it_shows(bot: Bot) -> None:
    visitor = begin(bot, 605)
    send(visitor, photo=photo("a"))
    visitor.write("Das ist der neue Raum.")
    assert answers(visitor)["happened"] == "Das ist der neue Raum."
    visitor.press("done")
    assert finish(visitor).answers["happened"] == "Das ist der neue Raum."


def test_the_last_file_can_be_removed_and_words_are_asked_for_then(bot: Bot) -> None:
    visitor = begin(bot, 606)
    send(visitor, photo=photo("a"))
    send(visitor, photo=photo("b"))
    visitor.press("remove")
    assert names_of(visitor, answers(visitor)["files"]) == ["u-a"]
    visitor.press("remove")
    assert "What has happened?" in said(visitor.last)
    visitor.write("Nur Worte.")
    visitor.press("skip")
    entry = finish(visitor)
    assert files_of(bot.db, entry) == []


def test_going_back_and_forth_keeps_the_files(bot: Bot) -> None:
    visitor = begin(bot, 607)
    visitor.write("Worte.")
    send(visitor, photo=photo("a"))
    visitor.press("back")  # to the words
    visitor.write("Andere Worte.")
    assert "1 photo" in said(visitor.last)
    visitor.press("done")
    visitor.press("back")  # from what is needed to the files
    assert "1 photo" in said(visitor.last)
    send(visitor, document=file("d", file_name="plan.pdf", mime_type="application/pdf"))
    visitor.press("done")
    entry = finish(visitor)
    assert [one.name for one in files_of(bot.db, entry)] == ["", "plan.pdf"]
    assert entry.answers["happened"] == "Andere Worte."


def test_files_can_be_changed_at_the_check(bot: Bot) -> None:
    visitor = begin(bot, 608)
    visitor.write("Worte.")
    visitor.press("skip")
    for _question in ("needed", "new_due"):
        visitor.press("skip")
    send(visitor, photo=photo("a"))  # at the check it is simply taken
    assert "1 Foto" in said(visitor.last)
    visitor.press("change")
    visitor.press("files")
    send(visitor, photo=photo("b"))
    visitor.press("done")
    assert "2 Fotos" in said(visitor.last)
    visitor.press("send")
    assert count(bot.db, "attachments") == 2


def test_more_than_ten_are_too_many_in_words(bot: Bot) -> None:
    visitor = begin(bot, 609)
    album(visitor, *(f"a{n}" for n in range(7)))
    before = len(visitor.letters)
    album(visitor, *(f"b{n}" for n in range(6)))
    assert len(names_of(visitor, answers(visitor)["files"])) == attachments.MOST
    new = [said(letter) for letter in visitor.letters[before:]]
    assert len(new) == 2
    assert "at most 10 files" in new[1]
    assert count(bot.db, "attachments") == attachments.MOST


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"video": file("v", duration=1, width=1, height=1)}, "videos"),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, "cannot use this here"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "cannot use this here"),
        ({"document": file("d", mime_type="video/mp4")}, "videos"),
        ({"document": {**file("big"), "file_size": 21 * 1024 * 1024}}, "too large"),
        (
            {"sticker": file("s", width=1, height=1, is_animated=False, is_video=False, type="regular")},
            "cannot use this here",
        ),
    ],
)
def test_what_cannot_be_taken_is_said_kindly(bot: Bot, content: dict[str, Any], words: str) -> None:
    visitor = begin(bot, 610)
    send(visitor, **content)
    assert words in said(visitor.last)
    assert "What has happened?" in said(visitor.last)
    stranger = Visitor(bot, 611)
    send(stranger, **content)
    assert words in said(stranger.last)
    assert count(bot.db, "attachments") == 0


def test_a_photo_without_a_form_becomes_a_report_with_one_tap(any_bot: Bot) -> None:
    visitor = Visitor(any_bot, 612)
    sign_up(visitor)
    with any_bot.db.reading() as session:
        own = groups.directory(session).get("7.49")
    before = len(visitor.letters)
    album(visitor, "a", "b", caption="Schaut her")
    assert len(visitor.letters) == before + 1
    assert "Would you like to report progress with this?" in said(visitor.last)
    assert "2 photo" in said(visitor.last)
    letter = visitor.press("offer")
    assert letter.buttons[0].verb.endswith(f":{own.code}")  # the person's own group comes first
    visitor.press(own.code)
    visitor.press("other")
    visitor.press("under-way")
    visitor.press("done")
    entry = finish(visitor)
    assert entry.answers["happened"] == "Schaut her"
    assert len(files_of(any_bot.db, entry)) == 2


def test_a_changed_caption_changes_the_words_while_the_form_is_open(bot: Bot) -> None:
    visitor = begin(bot, 613)
    send(visitor, photo=photo("a"), caption="Frist")
    changed = visitor.message(photo=photo("a"), caption="First, with care", edit_date=5)
    bot.take({"update_id": next(_NUMBERS), "edited_message": changed})
    assert answers(visitor)["happened"] == "First, with care"
    visitor.press("done")
    (one,) = files_of(bot.db, finish(visitor))
    assert one.caption == "First, with care"
    later = visitor.message(photo=photo("a"), caption="Too late", edit_date=6)
    bot.take({"update_id": next(_NUMBERS), "edited_message": later})
    with bot.db.reading() as session:
        assert session.scalars(sa.select(Submission.answers)).one()["happened"] == "First, with care"


def test_the_check_leads_to_the_page_with_everything(bot: Bot) -> None:
    visitor = begin(bot, 614)
    visitor.write("Worte.")
    send(visitor, photo=photo("a"))
    visitor.press("done")
    for _question in ("needed", "new_due"):
        visitor.press("skip")
    button = next(one for one in visitor.last.buttons if one.page)
    assert (button.purpose, "report-progress" in button.page) == (Purpose.DRAFT, True)


def test_a_file_that_turns_out_bad_before_the_form_is_sent_is_left_out_in_words(bot: Bot) -> None:
    visitor = begin(bot, 620)
    send(visitor, voice=voice("v"))
    with bot.db.transaction() as session:
        session.execute(sa.update(Attachment).values(state=AttachmentState.REFUSED, problem="other-sound"))
    visitor.press("done")
    assert "We cannot play this recording" in said(visitor.last)
    visitor.press("skip")
    assert "What has happened?" in said(visitor.last)
    visitor.write("Dann eben so.")
    entry = finish(visitor)
    assert "files" not in entry.answers
    assert entry.answers["happened"] == "Dann eben so."


def test_words_alone_are_no_media() -> None:
    assert read_media(None) is None


def test_one_chat_cannot_send_files_without_end(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "MOST_OF_ONE", 2)
    visitor = begin(bot, 931)
    for name in ("a", "b", "c"):
        send(visitor, photo=photo(name))
    assert "Please send at most" in said(visitor.last)
    assert count(bot.db, "attachments") == 2
    other = begin(bot, 932)
    send(other, photo=photo("d"))
    assert count(bot.db, "attachments") == 3
