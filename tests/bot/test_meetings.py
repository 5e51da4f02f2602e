"""Meetings in the chat: announced with several languages switched on, seen, written down, subscribed to."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.aftermath import ShowButtons
from models import clock, consents, groups, leads, meeting_reminders, people, preferences
from models.consents import Given
from models.db import Database
from models.forms.meeting_notice import MeetingNotice
from models.links import Purpose
from models.memberships import Membership, MembershipState, Role
from models.preferences import Rhythm, Topic
from models.sheets import Meeting
from models.submissions import Arrival, State, Submission, arrive
from tests.bot.chat import Bot, Visitor, said, untranslated
from translations import _

NOON = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)


def lead(bot: Bot) -> Visitor:
    """Amina, who leads 7.49 and takes part in it."""
    visitor = Visitor(bot, 4711, language="de")
    with bot.db.transaction() as session:
        person = people.by_chat(session, 4711, language="de")
        people.set_language(session, person, "de")
        group = groups.directory(session).get("7.49").id
        leads.appoint(session, group, person)
        session.add(
            Membership(
                person_id=person.id, group_id=group, role=Role.MEMBER, state=MembershipState.ACTIVE,
                asked_at=clock.now(), changed_at=clock.now(),
            )
        )  # fmt: skip
    return visitor


def planned(db: Database) -> Meeting:
    """The meeting that was announced."""
    with db.reading() as session:
        return session.scalars(sa.select(Meeting).where(Meeting.place == "Rathaus")).one()


def announce(visitor: Visitor) -> None:
    """Walk through the form up to the languages."""
    visitor.press_data(f"form:{MeetingNotice.slug}:0")
    for words in ("7.49", "12.01.2027, 18-20 Uhr"):
        visitor.write(words)
    assert visitor.button("take").label.to("de") == "18:00"
    visitor.press("take")
    visitor.press("take")
    visitor.write("Rathaus")
    visitor.press("skip")


def test_languages_are_switched_on_in_one_message_and_quick_presses_all_count(any_bot: Bot) -> None:
    with clock.frozen(NOON):
        visitor = lead(any_bot)
        announce(visitor)
        asked = len(visitor.letters)
        assert "Which languages" in said(visitor.last)
        for key in ("de", "ar", "uk", "uk"):
            visitor.press(key)
        assert len(visitor.letters) == asked, "the message is edited, none is added"
        toggle = visitor.button("toggle").verb  # "Done" stands in the edited message, with the same numbers
        visitor.press_data(toggle.replace("toggle", "chosen").rsplit(":", 1)[0])
        assert "Deutsch · العربية" in said(visitor.last)
        visitor.press("send")
        meeting = planned(any_bot.db)
        assert (meeting.starts, meeting.ends, meeting.languages) == ("18:00", "20:00", ["de", "ar"])
        with any_bot.db.reading() as session:
            entry = session.scalars(sa.select(Submission)).one()
            assert entry.state is State.ACCEPTED


def test_the_pressed_message_shows_what_is_on(bot: Bot) -> None:
    with clock.frozen(NOON):
        visitor = lead(bot)
        announce(visitor)
        seen: list[ShowButtons] = []
        start = bot.processor.aftermath.start
        bot.processor.aftermath.start = lambda things: seen.extend(  # type: ignore[method-assign]
            one for one in things if isinstance(one, ShowButtons)
        )
        data = next(one.verb for one in visitor.last.buttons if one.verb.endswith(":ar"))
        visitor.press_data(data)
        visitor.press_data(data)
        bot.processor.aftermath.start = start  # type: ignore[method-assign]
    shown = [[label for label, _data, _beside in one.buttons] for one in seen]
    on = _("✓ {answer} – chosen")(answer="العربية").to("de")
    assert on in shown[0]
    assert on not in shown[1]
    assert any(verb.startswith("chosen:") for _label, verb, _beside in seen[0].buttons)
    assert any(verb.startswith("skip:") for _label, verb, _beside in seen[1].buttons)


def test_languages_can_be_typed(bot: Bot) -> None:
    with clock.frozen(NOON):
        visitor = lead(bot)
        announce(visitor)
        assert "did not find" in said(visitor.write("Deutsch, Klingonisch"))
        visitor.write("Deutsch, العربية")
        visitor.press("send")
        assert planned(bot.db).languages == ["de", "ar"]


def test_my_groups_tells_when_they_meet_and_gives_a_calendar(bot: Bot) -> None:
    with clock.frozen(NOON):
        visitor = lead(bot)
        announce(visitor)
        visitor.press("skip")
        visitor.press("send")
        letter = visitor.write("/groups")
        assert "Next meeting" in said(letter)
        assert "Rathaus" in said(letter)
        letter = visitor.press("calendar:0:0")
        (button,) = [one for one in letter.buttons if one.purpose is Purpose.CALENDAR]
        assert button.page == "/{lang}/calendar/{link}"


def test_one_press_ends_the_messages_about_a_groups_meetings(bot: Bot) -> None:
    with clock.frozen(NOON):
        visitor = lead(bot)
        with bot.db.transaction() as session:
            person = people.by_chat(session, 4711, language="de")
            card = groups.directory(session).get("7.49")
            sent = Arrival("join-group", "key", person.id, card.id, "chat", "de", "7.49", {})
            given = Given(consents.GROUP_UPDATES, 1, "Ja", "de")
            consents.give(session, person.id, [given], submission_id=arrive(session, sent), channel="chat")
        announce(visitor)
        visitor.press("skip")
        visitor.press("send")
        (news,) = [one for one in visitor.letters if "The group “" in said(one)]
        stop = next(one for one in news.buttons if one.verb.startswith("stop:"))
        assert stop.purpose is Purpose.NEWS
        visitor.press_data(stop.verb)
        with bot.db.reading() as session:
            assert preferences.wish(session, person.id, Topic.MEETINGS, card.id).rhythm is Rhythm.NEVER
            assert preferences.wish(session, person.id, Topic.REMINDERS, card.id).rhythm is Rhythm.INSTANT
            assert consents.standing_in(session, person.id, consents.GROUP_UPDATES, card.id)
        visitor.press_data(f"nomeetings:{card.id}:0")  # the button of older letters
        with bot.db.reading() as session:
            assert preferences.wish(session, person.id, Topic.REMINDERS, card.id).rhythm is Rhythm.NEVER


def test_a_lead_is_asked_for_minutes_and_answers_in_the_chat(bot: Bot) -> None:
    with clock.frozen(NOON):
        visitor = lead(bot)
        announce(visitor)
        visitor.press("skip")
        visitor.press("send")
    with clock.frozen(NOON + timedelta(days=10)):
        meeting_reminders.tick(bot.db, bot.settings)
        assert "How was the meeting" in said(visitor.last)
        letter = visitor.press("minutes")
        assert "What did you talk about?" in said(letter)
        visitor.write("Wir haben geredet.")
        for answer in (None, "12", "Ein Flyer", None):
            visitor.press("skip") if answer is None else visitor.write(answer)
        assert "Please check:" in said(visitor.last)
        assert "Ein Flyer" in said(visitor.last)
        visitor.press("send")
        assert any("Your minutes" in untranslated(words) for words in visitor.last.paragraphs)
        with bot.db.reading() as session:
            entry = session.scalars(sa.select(Submission).order_by(Submission.id.desc())).first()
            assert entry is not None
            assert (entry.form, entry.state) == ("meeting-minutes", State.RECEIVED)
            assert entry.answers["present"] == "12"
