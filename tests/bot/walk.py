"""A walk through all that the chat can say: each command, each button, each form, good and bad answers.

The same steps in every language; what is typed is content and stays as it is.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    attachments,
    change_letters,
    clock,
    digests,
    drafts,
    file_letters,
    groups,
    links,
    meeting_reminders,
    meetings,
    people,
    preferences,
    rounds,
    rounds_asking,
    updates_letters,
)
from models.attachments import Attachment, AttachmentKind
from models.changes import Author
from models.cleaned import Problem
from models.forms import review
from models.forms.ask_office import AskOffice
from models.forms.join_group import JoinGroup
from models.forms.meeting_notice import MeetingNotice
from models.forms.translation_feedback import TranslationFeedback
from models.groups import GroupCard, WorkingGroup
from models.links import Purpose
from models.meetings import Details
from models.people import ChannelKind
from models.preferences import Rhythm, Topic
from models.programmes import Programme
from models.sheets import Meeting
from models.staff import StaffMember
from models.submissions import OPEN_STATES, Submission
from models.when import When
from tests.bot import walk_halls
from tests.bot.test_gatherings import TITLE, in_group
from tests.bot.test_media import file, photo, send
from tests.bot.test_office import officer
from tests.bot.test_starting import from_page
from tests.bot.walker import Walker
from tests.models.test_digests import update, waits
from translations import Localised

NOON = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)
NAME = "Amina Beispiel"
REFERENCE = "0A1B2C3D"  # of something that went wrong
TYPED = {
    NAME,
    "Amina",
    "Gut.",
    "Neu.",
    "Rathaus",
    "Olga Muster",
    "05251 1234567",
    "amina_b",
    "e.V.",
    TITLE,
    REFERENCE,
    *walk_halls.SAID,
}
GROUP, OTHER, CLOSED = "7.49", "1.2", "12.71"
ZONE = "Europe/Berlin"


def walk(visitor: Walker) -> None:
    """Go everywhere, day after day."""
    chapters = (
        _begin, _join, _come_from_page, _report, _ask, _go_wrong, _choose_messages, _follow, _lead,
        _hear_from_office, _meet, _hear_news, _attend, _go,
    )  # fmt: skip
    for day, chapter in enumerate(chapters):
        with clock.frozen(NOON + timedelta(days=day)):
            chapter(visitor)


def _card(visitor: Walker, number: str = GROUP) -> GroupCard:
    with visitor.bot.db.reading() as session:
        return groups.directory(session).get(number)


def _begin(visitor: Walker) -> None:
    """Begin without a code and with one, choose the language, look into every menu."""
    code = _card(visitor).code
    visitor.write("/start")
    visitor.write(f"/start {code}")
    visitor.write("/language")
    visitor.press_data("menu:language:0")
    visitor.press(f"lang:{visitor.tag}")
    visitor.press_all(
        "menu:main:0", "menu:more:0", "menu:help:0", "menu:groups:0", "menu:sent:0", f"languages:0:0:{code}"
    )
    visitor.press(f"lang:{visitor.tag}:0:{code}")
    for words in ("/help", "/groups", "/web", "/cancel", "/nonsense", "/start nonsense", "nonsense"):
        visitor.write(words)
    visitor.press("offer")
    visitor.write("/cancel")
    visitor.bot.processor._apologise(visitor.id, {"message": {"from": visitor.user}}, REFERENCE)


def _join(visitor: Walker) -> None:
    """Sign up with every mistake on the way."""
    code = _card(visitor).code
    visitor.write("/join")
    visitor.answer("nonsense", "7", "!page", "!page", GROUP)
    send(visitor, photo=photo("none"))
    visitor.answer("x" * 200, NAME)
    old = visitor.button("skip").verb
    visitor.answer("Beispiel e.V.", "!back", "Beispiel e.V.", "!school")
    visitor.press_later(old)
    visitor.write("/web")
    visitor.answer("nonsense", "!member", "!phone", "nonsense", "05251 1234567", "nonsense")
    send(visitor, location={"latitude": 1.0, "longitude": 2.0})
    visitor.answer("!yes", "!no", "nonsense", "!change", "!back", "!change", "!name", "!back")
    stale = visitor.button("send").verb
    visitor.press("cancel")
    visitor.press_later(stale)
    visitor.press_data(f"join:{code}:0")
    visitor.press_later("send:999:1")
    visitor.answer("!take", "!skip", "!member", "!telegram", "!yes", "!yes")
    old = visitor.button("send").verb
    visitor.answer("!send")
    visitor.press_data(old)
    visitor.write(f"/start {code}")
    visitor.write("/mydata")
    _accept_all(visitor)


def _come_from_page(visitor: Walker) -> None:
    """Come with the codes of pages, and to a group that is closed."""
    from_page(visitor.bot.db, "page-1", number=OTHER)
    visitor.write("/start k_page-1")
    visitor.write("/start k_page-1")
    with visitor.bot.db.transaction() as session:
        draft = drafts.begin(session, AskOffice.slug, person_id=None, language=visitor.tag)
        token = links.issue(session, Purpose.DRAFT, person_id=None, target_id=draft.id)
        me = visitor.me(session)
        me.phone, me.organisation = "05251 1234567", "Beispiel e.V."
    visitor.write(f"/start {token}")
    visitor.write("/cancel")
    for is_open in (False, True):
        with visitor.bot.db.transaction() as session:
            session.get_one(WorkingGroup, _card(visitor, CLOSED).id).is_open = is_open
        visitor.bot.db.cache.drop()
        visitor.write(f"/start {_card(visitor, CLOSED).code}")


def _report(visitor: Walker) -> None:
    """Report with all steps and files, correct it, add to it."""
    visitor.write("/report")
    visitor.answer(GROUP)
    visitor.press(visitor.last.buttons[0].verb)
    visitor.answer("!under-way", "!back", "!under-way")
    send(visitor, video=file("v", duration=1, width=1, height=1))
    for number in range(attachments.MOST + 1):
        send(visitor, photo=photo(f"many-{number}"))
    visitor.answer("Gut.", "Gut.")
    visitor.edit(text="Neu.")
    visitor.edit(photo=photo("many-0"), caption="Neu.")
    visitor.answer("!remove", "!done", "Neu.", "03/2027", "!send")
    with visitor.bot.db.reading() as session:
        number = visitor.newest(session).id
    visitor.press_data(f"entry:{number}:0")
    visitor.press("correct")
    visitor.answer("!change", "!needed", "Gut.", "!send")
    _settle(visitor, lambda session, staff, one: review.ask_back(
        session, staff, one.id, version=one.version, question="Gut."))  # fmt: skip
    visitor.press_data(f"entry:{number}:0")
    visitor.press_data(f"correct:{number}:0")
    visitor.answer("!add", "Neu.", "!skip", "!send")
    visitor.press_all(f"entry:{number}:0", "menu:sent:0")
    send(visitor, photo=photo("three"))
    visitor.press("offer")
    visitor.write("/cancel")
    visitor.press_data("resume:1:0")
    _accept_all(visitor)


def _ask(visitor: Walker) -> None:
    """Ask the office, tell of a bad translation."""
    visitor.write("/ask")
    visitor.answer("Gut.", "!take", "!telegram", "!send")
    with visitor.bot.db.reading() as session:
        number = visitor.newest(session).id
    visitor.press_all(f"add:{number}:0", f"form:{TranslationFeedback.slug}:0")
    visitor.answer("Gut.", "!skip", "!skip", "!send")
    visitor.write("/ask")
    visitor.write("/start")
    visitor.press("resume")
    visitor.write("/cancel")


def _go_wrong(visitor: Walker) -> None:
    """Press what is not there any more."""
    visitor.press_all(
        "nothing:1:1", "form:nonsense:0", "entry:999:0", "answer:999:0", "correct:999:0", "add:999:0",
        "leave:999:0", "withdraw:999:0", "erased:999:0", "round:999:0", "follow:999:0", "minutes:999:0",
        "topic:999:0:updates", "news:999:0", "hear:0:0:nonsense", "less:0:0:nonsense", "lang:nonsense:0",
        "toggle:1:1:x", "a:1:1:x", "chats:999:0", "unlink:999:999", "join:nonsense:0",
        "over:0:0:updates:post", "noop:0:0", "nomeetings:999:0", f"news:{_card(visitor, CLOSED).id}:0",
    )  # fmt: skip


def _choose_messages(visitor: Walker) -> None:
    """Less, more, elsewhere, at other hours, not at all; and everything again."""
    with visitor.bot.db.transaction() as session:
        me = visitor.me(session)
        me.email, me.email_confirmed_at = "amina@example.org", clock.now()
    visitor.write("/messages")
    group = _card(visitor).id
    for topic in Topic:
        visitor.press_all(
            *(f"{verb}:{group}:0:{topic}" for verb in ("topic", "less", "stop")), f"less:0:0:{topic}",
            f"topic:0:0:{topic}", f"over:0:0:{topic}:{ChannelKind.EMAIL}",
            f"over:{group}:0:{topic}:{ChannelKind.TELEGRAM}", f"over:0:0:{topic}:{ChannelKind.TELEGRAM}",
        )  # fmt: skip
    visitor.press_all(
        "menu:messages:0", "stop:0:0:weekly", "weekly:1:0", f"news:{group}:0", "quiet:0:0",
        "quiet:0:0:22-7", "menu:messages:0", "quiet:0:0:none", "stopall:0:0",
    )  # fmt: skip
    for topic in Topic:
        visitor.press_all(f"hear:{group}:0:{topic}:instant", f"hear:0:0:{topic}:instant")


def _follow(visitor: Walker) -> None:
    """Be told of changes, and no more."""
    visitor.press_data(f"follow:{_card(visitor).id}:0")
    visitor.press_data(f"follow:{_card(visitor, CLOSED).id}:0", times=2)
    visitor.write("/groups")
    visitor.press(f"unfollow:{_card(visitor, CLOSED).id}")
    visitor.press_data("form:follow-group:0")
    visitor.answer(CLOSED, "!send")


def _lead(visitor: Walker) -> None:
    """Lead a group: its sheet, its chats, its status round."""
    group = _card(visitor).id
    with visitor.bot.db.transaction() as session:
        me = visitor.me(session)
        me.prefers = ChannelKind.TELEGRAM
        session.get_one(WorkingGroup, group).contact_id = me.id
        programme = session.scalars(sa.select(Programme)).one()
        rounds_asking.open(session, programme, date(2027, 1, 1), zone=ZONE)
        code = links.issue(session, Purpose.CHAT, person_id=me.id, target_id=group)
    visitor.write("/groups")
    name = visitor.bot.settings.bot_username
    in_group(visitor.bot, visitor, text=f"/start@{name}")
    in_group(visitor.bot, visitor, text=f"/start@{name} {code}")
    visitor.press_data(f"chats:{group}:0")
    visitor.press("unlink")
    with visitor.bot.db.reading() as session:
        request = rounds.current(session, group)
    assert request is not None
    for days in (8, 16):
        with clock.frozen(NOON + timedelta(days=8 + days)), visitor.bot.db.transaction() as session:
            (one,) = rounds.running(session)
            rounds_asking.remind(session, one, zone=ZONE)
    visitor.press_data(f"round:{request.id}:0")
    visitor.answer("!stuck", "Gut.", "Neu.", "!skip", "!same", "!same", "!skip", "!send")
    visitor.press_data(f"round:{request.id}:0")
    _accept_all(visitor)


def _settle(visitor: Walker, act: Callable[[Session, StaffMember, Submission], object]) -> None:
    """Let the office do something with the newest entry."""
    staff = officer(visitor.bot.db)
    with visitor.bot.db.transaction() as session:
        act(session, staff, visitor.newest(session))


def _hear_from_office(visitor: Walker) -> None:
    """Hear whatever the office says to an entry, and answer its questions."""
    visitor.press_data(f"form:{AskOffice.slug}:0")
    visitor.answer("Gut.", "!take", "!telegram", "!send")
    _settle(visitor, lambda session, staff, one: review.ask_back(
        session, staff, one.id, version=one.version, question="Neu."))  # fmt: skip
    answer = visitor.button("answer").verb
    visitor.answer("!answer", "Gut.", "!cancel", "!answer", "Gut.", "!send")
    visitor.press_data(answer)
    _accept_all(visitor)
    visitor.press_data(f"form:{AskOffice.slug}:0")
    visitor.answer("Neu.", "!take", "!telegram", "!send")
    _settle(visitor, lambda session, staff, one: review.reject(
        session, staff, one.id, version=one.version, reason="Neu."))  # fmt: skip


def _accept_all(visitor: Walker) -> None:
    """Accept what waits, and hand contacts over."""
    staff = officer(visitor.bot.db)
    with visitor.bot.db.transaction() as session:
        for one in session.scalars(sa.select(Submission).where(Submission.state.in_(OPEN_STATES))):
            if one.form == JoinGroup.slug and one.channel == "chat":
                review.hand_over(session, staff, one.id, version=one.version)
            else:
                review.accept(session, staff, one.id, version=one.version, words="Gut.")


def _meet(visitor: Walker) -> None:
    """Announce a meeting, hear that it changes, be reminded, write the minutes, stop."""
    group, begin = _card(visitor).id, clock.now()
    visitor.press_data(f"form:{MeetingNotice.slug}:0")
    visitor.answer(
        GROUP, "Freitag, 25.01.2027", "25.01.2027", "nonsense", "18:00", "20:00", "Rathaus", "Gut.", "!toggle"
    )
    visitor.answer("nonsense", "!chosen", "!send")
    with visitor.bot.db.reading() as session:
        met = session.scalars(sa.select(Meeting).where(Meeting.place == "Rathaus")).one()
    by = Author(staff_id=officer(visitor.bot.db).id)
    with clock.frozen(begin + timedelta(hours=1)), visitor.bot.db.transaction() as session:
        held, details = (
            session.get_one(Meeting, met.id),
            Details(met.held, "19:00", "", "Rathaus", "", ("ar",)),
        )
        meetings.change(session, held, details, by=by)
    visitor.write("/groups")
    visitor.press_data("calendar:0:0")
    with clock.frozen(datetime(2027, 1, 24, 11, tzinfo=UTC)):
        meeting_reminders.tick(visitor.bot.db, visitor.bot.settings)
    with clock.frozen(datetime(2027, 1, 27, 11, tzinfo=UTC)):
        meeting_reminders.tick(visitor.bot.db, visitor.bot.settings)
        visitor.press_data(f"minutes:{met.id}:0")
        visitor.answer("Gut.", "!skip", "nonsense", "12", "Gut.", "!skip", "!send")
        with visitor.bot.db.transaction() as session:
            off = meetings.plan(session, group, held=When.parse("2027-02-12"), by=by)
        visitor.write("/groups")
        with visitor.bot.db.transaction() as session:
            meetings.cancel(session, session.get_one(Meeting, off.id), by=by, reason="Gut.")
            other, _known = people.meet(session, name="Olga Muster", language="de", email="olga@example.org")
            session.get_one(WorkingGroup, group).contact_id = other
            request = rounds.current(session, group)
            assert request is not None
        visitor.press_all(f"nomeetings:{group}:0", f"round:{request.id}:0")


def _hear_news(visitor: Walker) -> None:
    """Hear of changes and updates, at once and once a week, and that a file was not taken."""
    group, settings = _card(visitor).id, visitor.bot.settings
    by, meets = Author(staff_id=officer(visitor.bot.db).id), When.parse("2027-01-21")
    change_letters.tick(visitor.bot.db, settings)
    with visitor.bot.db.transaction() as session:
        me = visitor.me(session)
        for topic in (Topic.MEETINGS, Topic.UPDATES):
            preferences.set_wish(session, me.id, topic, group, Rhythm.WEEKLY)
        told = update(session, "Neu.", group=group, body=Localised({"de": "Gut."}))
        waits(session, me, told)
        visitor.heard.letter(updates_letters.letter(told, is_correction=True), visitor.tag)
        meetings.plan(session, group, held=meets, starts="18:00", by=by, place="Rathaus")
        called_off = meetings.plan(session, group, held=When.parse("2027-01-22"), by=by)
        meetings.cancel(session, called_off, by=by)
    with clock.frozen(datetime(2027, 1, 18, 11, tzinfo=UTC)):
        digests.tick(visitor.bot.db, settings)
    for kind in AttachmentKind:
        for name in ("", "Neu."):
            lost = Attachment(kind=kind, name=name, problem=Problem.BROKEN)
            visitor.heard.letter(file_letters.not_taken(lost), visitor.tag)


def _attend(visitor: Walker) -> None:
    """Go to events, say something there, vote."""
    walk_halls.through_events(visitor)
    walk_halls.through_feedback(visitor)
    walk_halls.through_dots(visitor)


def _go(visitor: Walker) -> None:
    """Look at what is stored, take it back, leave, and be forgotten."""
    visitor.write("/mydata")
    visitor.press("withdraw")
    visitor.write("/mydata")
    visitor.press("correctdata")
    visitor.write("/cancel")
    visitor.write("/groups")
    visitor.answer("!leave", "!left")
    visitor.write("/mydata")
    visitor.press("erase")
    visitor.listen()
    visitor.press("erased")
