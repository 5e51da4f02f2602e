"""Questions of the office and their answers, and what is stored of somebody."""

import sqlalchemy as sa

from models import consents, outgoing, people, privacy, staff, submissions
from models.consents import Given
from models.db import Base, Database
from models.forms import review
from models.forms.answer_office import AnswerOffice
from models.groups import WorkingGroup
from models.outbox import Delivery, DeliveryState, Message
from models.staff import StaffMember, StaffRole
from models.submissions import State, Step, Submission
from tests.bot.chat import Bot, Visitor, count, msgids, said
from tests.bot.test_conversation import only_person, sign_up
from tests.bot.test_starting import from_page


def officer(db: Database) -> StaffMember:
    """Somebody at the desk."""
    with db.transaction() as session:
        found = staff.by_email(session, "office@example.org")
        return found or staff.add(
            session, "office@example.org", name="Olga Muster", role=StaffRole.OFFICER, password_hash="x"
        )


def ask_back(db: Database, question: str = "An welchem Tag?") -> Submission:
    """Ask the newest entry's sender something."""
    asker = officer(db)
    with db.transaction() as session:
        sent = session.scalars(sa.select(Submission).order_by(Submission.id.desc())).first()
        assert sent is not None
        review.ask_back(session, asker, sent.id, version=sent.version, question=question)
        return sent


def words_of(db: Database, submission_id: int) -> tuple[State, str | None]:
    """State and latest answer of an entry."""
    with db.reading() as session:
        sent = submissions.get(session, submission_id)
        return sent.state, submissions.last_words(session, submission_id, Step.ANSWERED)


def signed_up(bot: Bot, chat: int) -> Visitor:
    """Somebody who has signed up."""
    officer(bot.db)
    visitor = Visitor(bot, chat)
    sign_up(visitor)
    return visitor


def test_an_answer_by_button_lands_on_the_same_entry(any_bot: Bot) -> None:
    visitor = signed_up(any_bot, 201)
    sent = ask_back(any_bot.db)
    letter = visitor.press("answer")
    assert "An welchem Tag?" in said(letter)
    visitor.write("Am Montag")
    visitor.press("send", times=2)
    assert words_of(any_bot.db, sent.id) == (State.ANSWERED, "Am Montag")
    assert count(any_bot.db, "submissions") == 1


def test_plain_words_answer_the_open_question_after_a_check(bot: Bot) -> None:
    visitor = signed_up(bot, 202)
    sent = ask_back(bot.db)
    visitor.write("Am Dienstag")
    assert words_of(bot.db, sent.id)[0] is State.RETURNED
    visitor.write("oder am Mittwoch")
    assert "Am Dienstag\noder am Mittwoch" in said(visitor.last)
    visitor.press("send")
    assert words_of(bot.db, sent.id) == (State.ANSWERED, "Am Dienstag\noder am Mittwoch")
    assert AnswerOffice.done.msgid in msgids(visitor.last)


def test_a_reply_answers_that_question_even_in_the_middle_of_a_form(bot: Bot) -> None:
    visitor = signed_up(bot, 203)
    sent = ask_back(bot.db)
    with bot.db.transaction() as session:
        row = session.scalars(
            sa.select(Delivery).join(Message, Message.id == Delivery.message_id).where(
                Message.kind == "asked-back"
            )
        ).one()  # fmt: skip
        outgoing.settle(session, row.id, DeliveryState.SENT, external_id=777)
    visitor.write("/ask")
    question = {"message_id": 777, "date": 1, "chat": visitor.chat, "text": "?"}
    visitor.write("Am Freitag", reply_to_message=question)
    visitor.press("send")
    assert words_of(bot.db, sent.id) == (State.ANSWERED, "Am Freitag")


def test_a_settled_question_is_not_asked_again(bot: Bot) -> None:
    visitor = signed_up(bot, 204)
    ask_back(bot.db)
    button = visitor.button("answer").verb
    visitor.press_data(button)
    visitor.write("Am Montag")
    visitor.press("send")
    visitor.press_data(button)
    assert said(visitor.last) == "This question has been answered already. Thank you."


def test_nobody_answers_for_somebody_else(bot: Bot) -> None:
    visitor = signed_up(bot, 205)
    sent = ask_back(bot.db)
    button = visitor.button("answer").verb
    stranger = Visitor(bot, 206)
    stranger.write("/start")
    stranger.press_data(button)
    assert said(stranger.last) == "This entry does not exist."
    assert words_of(bot.db, sent.id)[0] is State.RETURNED


def test_an_answer_given_on_the_page_meanwhile_is_a_kind_refusal(bot: Bot) -> None:
    visitor = signed_up(bot, 207)
    sent = ask_back(bot.db)
    visitor.write("Am Montag")
    known = only_person(bot.db, 207)
    with bot.db.transaction() as session:
        person = session.merge(known)
        review.answer(session, person, sent.id, "Am Sonntag", channel="page", language="de")
    visitor.press("send")
    assert said(visitor.last) == "This question has been answered already. Thank you."
    visitor.press("cancel")
    assert words_of(bot.db, sent.id) == (State.ANSWERED, "Am Sonntag")


def test_my_data_tells_what_is_stored(bot: Bot) -> None:
    visitor = signed_up(bot, 208)
    letter = visitor.write("/mydata")
    words = said(letter)
    for known in (": Amina", ": Deutsch", "208", "7.49", "1. "):
        assert known in words
    assert any(button.page == "/{lang}/me/{link}" for button in letter.buttons)


def test_a_consent_is_withdrawn_with_one_tap(bot: Bot) -> None:
    visitor = signed_up(bot, 209)
    visitor.write("/mydata")
    visitor.press("withdraw")
    with bot.db.reading() as session:
        mine = consents.of_person(session, only_person(bot.db, 209).id)
    assert [one.withdrawn_at is None for one in mine] == [False]
    assert not any(b.verb.startswith("withdraw") for b in visitor.write("/mydata").buttons)


def test_each_of_several_consents_is_withdrawn_by_itself_and_stays_to_be_seen(bot: Bot) -> None:
    visitor = signed_up(bot, 212)
    number = only_person(bot.db, 212).id
    given = [Given(consents.GROUP_UPDATES, 1, f"Wortlaut {n}", "uk") for n in (1, 2)]
    with bot.db.transaction() as session:
        consents.give(session, number, given, submission_id=None, channel="page")
    letter = visitor.write("/mydata")
    assert "Wortlaut 1" in said(letter)
    with bot.db.reading() as session:
        mine = {one.wording: one.id for one in consents.of_person(session, number)}
    assert len(mine) == 3
    assert "Wortlaut 2" in said(visitor.press(f"withdraw:{mine['Wortlaut 2']}:0"))
    with bot.db.reading() as session:
        left = {one.wording: one.withdrawn_at is None for one in consents.of_person(session, number)}
    assert left.pop("Wortlaut 2") is False
    assert all(left.values())
    again = visitor.write("/mydata")
    verbs = [button.verb for button in again.buttons if button.verb.startswith("withdraw")]
    assert sorted(verbs) == sorted(f"withdraw:{mine[words]}:0" for words in left)
    assert said(again).index("Wortlaut 1") < said(again).index("Wortlaut 2"), "what was taken back comes last"
    assert any("to=data" in button.page for button in again.buttons)


def test_a_consent_of_somebody_else_is_not_withdrawn(bot: Bot) -> None:
    visitor = signed_up(bot, 213)
    with bot.db.transaction() as session:
        other, _known = people.meet(session, name="Boris", language="de", email="boris@example.org")
        given = [Given(consents.GROUP_UPDATES, 1, "Nur meine", "de")]
        consents.give(session, other, given, submission_id=None, channel="page")
        (theirs,) = consents.of_person(session, other)
    assert "Nur meine" not in said(visitor.press_data(f"withdraw:{theirs.id}:0"))
    with bot.db.reading() as session:
        assert consents.of_person(session, other)[0].withdrawn_at is None


def test_ones_own_data_are_corrected_in_the_chat(bot: Bot) -> None:
    visitor = signed_up(bot, 214)
    before = count(bot.db, "submissions")
    visitor.write("/mydata")
    visitor.press("correctdata")
    visitor.write("Amina Neu")
    visitor.write("Verein Beispiel")
    letter = visitor.last
    visitor.press_data(next(one.verb for one in letter.buttons if one.verb.endswith(":phone")))
    visitor.write("05251 7777777")
    visitor.press("send")
    person = only_person(bot.db, 214)
    assert (person.name, person.organisation, person.phone) == (
        "Amina Neu", "Verein Beispiel", "05251 7777777",
    )  # fmt: skip
    assert count(bot.db, "submissions") == before


def rows_with(db: Database, canary: str) -> list[str]:
    """The tables and columns in which a word stands."""
    found = []
    with db.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(sa.text(f'SELECT * FROM "{table.name}"')).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if canary in str(value)]
    return found


def write_much(visitor: Visitor, canary: str) -> None:
    """Leave one's name wherever words are taken."""
    visitor.write(f"Was macht {canary}?")
    sign_up(visitor, up_to="join")
    visitor.write(f"Amina {canary}")
    visitor.write(f"Verein {canary}")
    visitor.write("9")
    for verb in ("member", "email"):
        visitor.press(verb)
    visitor.write(f"{canary}@example.org")
    for verb in ("yes", "yes", "send"):
        visitor.press(verb)
    ask_back(visitor.bot.db, f"Wie geht es, {canary}?")
    visitor.write(f"Gut, {canary} singt")
    visitor.press("send")
    visitor.write(f"Und noch eine Frage von {canary}")
    for verb in ("offer", "take", "telegram", "send"):
        visitor.press(verb)


def test_erasing_leaves_no_trace(any_bot: Bot) -> None:
    canary, chat, db = "kanarienvogel", 987_654_321, any_bot.db
    desk = officer(db)
    visitor = Visitor(any_bot, chat, username=f"{canary}_name")
    write_much(visitor, canary)
    with db.transaction() as session:
        sent = session.scalars(sa.select(Submission).where(Submission.group_id.is_not(None))).one()
        group = session.get_one(WorkingGroup, sent.group_id)
        if group.contact_id is None:
            group.contact_id = people.meet(
                session, name="Kontakt Beispiel", language="de", email="k@example.org"
            )[0]
            session.flush()
        review.hand_over(session, desk, sent.id, version=sent.version)
    broken = visitor.update(f"{canary} kaputt")
    broken["message"]["date"] = "never"
    any_bot.take(broken)
    visitor.write("/ask")
    visitor.write(f"{canary}?")
    where = {name.partition(".")[0] for name in rows_with(db, canary)}
    assert where >= {"people", "submissions", "history", "messages", "drafts", "inbox"}
    visitor.write("/mydata")
    visitor.press("erase")
    visitor.press("erased")
    assert rows_with(db, canary) == []
    assert rows_with(db, str(chat)) == []
    with db.reading() as session:
        kept = session.get_one(Submission, sent.id)
    assert (kept.answers, kept.person_id, kept.state) == ({}, None, State.ACCEPTED)
    assert kept.group_id == sent.group_id


def test_erasing_one_person_touches_nobody_else(any_db: Database) -> None:
    from_page(any_db, "one", email="one@example.org")
    from_page(any_db, "two", email="two@example.org")
    with any_db.transaction() as session:
        person = people.by_email(session, "one@example.org")
        assert person is not None
        privacy.erase(session, person)
    with any_db.reading() as session:
        owners = session.scalars(sa.select(Submission.person_id).order_by(Submission.id)).all()
    assert owners[0] is None
    assert owners[1] is not None
    assert rows_with(any_db, "one@example.org") == []
    assert rows_with(any_db, "two@example.org")


def test_an_erase_button_of_before_erases_nothing_of_after(bot: Bot) -> None:
    visitor = signed_up(bot, 210)
    visitor.write("/mydata")
    visitor.press("erase")
    data = visitor.button("erased").verb
    visitor.press_data(data)
    assert count(bot.db, "memberships") == 0
    sign_up(visitor)
    visitor.press_data(data)
    assert said(visitor.last) == "This button is out of date."
    stranger = Visitor(bot, 211)
    stranger.write("/start")
    stranger.press_data(data)
    assert count(bot.db, "memberships") == 1
