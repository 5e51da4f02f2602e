"""Who reports from a chat is answered there, in their language, at every step; answers land on the entry."""

import pytest
import sqlalchemy as sa

from models import clock, groups, people, progress, submissions
from models.db import Database
from models.forms import ReportProgress, publishing, review
from models.forms.form import Sender
from models.forms.questions import Context
from models.outbox import Delivery, Message
from models.people import ChannelKind, Person
from models.submissions import State, Step
from tests.bot.chat import Bot, Visitor, msgids
from tests.bot.test_office import officer, words_of
from translations import Localised

WORDS = {"uk": "Ми провели перші розмови.", "ar": "تمت المحادثات الأولى."}
CHATS = {"uk": 901, "ar": 902}


def report(db: Database, visitor: Visitor, language: str) -> int:
    """Report on the first milestone from the chat; return the entry's id."""
    with db.transaction() as session:
        person = people.by_chat(session, visitor.id, language=language)
        people.set_language(session, person, language)
        milestone = progress.milestones_of(session, groups.directory(session).get("7.49").id)[0]
        raw = {
            "group": "7.49", "milestone": str(milestone.id), "state": "done", "happened": WORDS[language],
            "files": "", "needed": "", "new_due": "", "name": "Amina Beispiel",
        }  # fmt: skip
        context = Context(session, language, channel="chat", person=person)
        form = ReportProgress(raw, context)
        assert form.is_complete, (form.errors, form.next_question)
        receipt = form.submit(session, Sender("chat", language, f"key-{visitor.id}", person))
    assert receipt.submission_id is not None
    return receipt.submission_id


def ask(db: Database, number: int, question: str) -> None:
    """Ask the sender something."""
    asker = officer(db)
    with db.transaction() as session:
        version = submissions.get(session, number).version
        review.ask_back(session, asker, number, version=version, question=question)


def channels(db: Database, kind: str) -> list[ChannelKind]:
    """Over which channels letters of a kind went out."""
    with db.reading() as session:
        return list(
            session.scalars(
                sa.select(Delivery.channel)
                .join(Message, Message.id == Delivery.message_id)
                .where(Message.kind == kind)
                .order_by(Delivery.id)
            )
        )


@pytest.mark.parametrize("language", ["uk", "ar"])
def test_asked_back_twice_and_accepted_all_in_the_chat(bot: Bot, language: str) -> None:
    visitor = Visitor(bot, CHATS[language], language=language)
    number = report(bot.db, visitor, language)
    for question, answer in (("Mit wem?", "Зі школою"), ("Wann?", "يوم الثلاثاء")):
        ask(bot.db, number, question)
        letter = visitor.last
        assert letter.quote == question
        assert letter.paragraphs[0].to(language) != letter.paragraphs[0].to("de")  # said in their language
        visitor.press("answer")
        visitor.write(answer)
        visitor.press("send")
        assert words_of(bot.db, number) == (State.ANSWERED, answer)
    editor = officer(bot.db)
    with bot.db.transaction() as session:
        (one,) = progress.of_submission(session, number)
        version = submissions.get(session, number).version
        public = {one.id: Localised({"de": "Gespräche.", language: WORDS[language]})}
        review.accept(session, editor, number, version=version, public=public, words="Danke!")
    assert visitor.last.subject.msgid == "Your report is on the goal sheet"
    assert visitor.last.quote == "Danke!"
    with bot.db.reading() as session:
        steps = [one.step for one in submissions.history_of(session, number)]
        assert session.scalar(sa.text("SELECT count(*) FROM submissions")) == 1
    assert steps == [Step.ASKED_BACK, Step.ANSWERED, Step.ASKED_BACK, Step.ANSWERED, Step.ACCEPTED]


def test_the_button_of_the_first_question_answers_the_second_one(bot: Bot) -> None:
    visitor = Visitor(bot, 903, language="uk")
    number = report(bot.db, visitor, "uk")
    ask(bot.db, number, "Mit wem?")
    first = visitor.button("answer").verb
    visitor.press_data(first)
    visitor.write("Зі школою")
    visitor.press("send")
    ask(bot.db, number, "Wann?")
    visitor.press_data(first)
    assert any("Wann?" in words.to("de") for words in visitor.last.paragraphs)
    visitor.write("У середу")
    visitor.press("send")
    assert words_of(bot.db, number) == (State.ANSWERED, "У середу")


def _known_by_mail(db: Database, visitor: Visitor, prefers: ChannelKind, phone: str = "") -> None:
    with db.transaction() as session:
        person = people.by_chat(session, visitor.id, language="uk")
        person.email, person.email_confirmed_at = "oksana@example.org", clock.now()
        person.prefers, person.phone = prefers, phone


def test_who_prefers_e_mail_is_answered_in_the_chat_they_wrote_from(bot: Bot) -> None:
    visitor = Visitor(bot, 904, language="uk")
    number = report(bot.db, visitor, "uk")
    _known_by_mail(bot.db, visitor, ChannelKind.EMAIL)
    ask(bot.db, number, "Mit wem?")
    assert channels(bot.db, "asked-back") == [ChannelKind.TELEGRAM]
    with bot.db.transaction() as session:
        session.execute(sa.update(Person).values(telegram_blocked=True))
    editor = officer(bot.db)
    with bot.db.transaction() as session:
        review.reject(session, editor, number, version=2, reason="Doppelt.")
    assert channels(bot.db, "declined") == [ChannelKind.EMAIL]  # the chat is blocked by now


def test_who_wishes_to_be_called_is_called(bot: Bot) -> None:
    visitor = Visitor(bot, 905, language="uk")
    number = report(bot.db, visitor, "uk")
    _known_by_mail(bot.db, visitor, ChannelKind.PHONE, phone="05251 1234567")
    ask(bot.db, number, "Mit wem?")
    assert channels(bot.db, "asked-back") == []


def test_what_is_mended_in_public_is_no_news_for_the_reporter(bot: Bot) -> None:
    visitor = Visitor(bot, 906, language="uk")
    number = report(bot.db, visitor, "uk")
    editor = officer(bot.db)
    with bot.db.transaction() as session:
        (one,) = progress.of_submission(session, number)
        review.accept(session, editor, number, version=1, public={one.id: Localised({"de": "Gespräche."})})
    heard = len(visitor.letters)
    with bot.db.transaction() as session:
        public = {one.id: Localised({"de": "Erste Gespräche."})}
        publishing.reword(session, editor, number, version=2, public=public)
    assert len(visitor.letters) == heard
    assert msgids(visitor.last)
