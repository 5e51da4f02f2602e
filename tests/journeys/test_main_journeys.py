"""Join, report, stop, be erased: by chat and by page, in five languages, seen in answers and rows."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.aftermath import After, SayOnce
from bot.courier.email_words import mail
from bot.courier.ledger import Ledger
from bot.emulator.threaded import Running, running
from models import groups, links, people, progress, stopping
from models.consents import CONTACT_RELAY, Consent
from models.db import Database
from models.forms import review
from models.forms.join_group import JoinGroup
from models.forms.notices import named
from models.forms.report_progress import ReportProgress
from models.groups import GroupCard
from models.letters import Letter
from models.links import Purpose
from models.memberships import MEMBERSHIP_WORDS, ROLE_WORDS, Membership, MembershipState, Role
from models.people import ChannelKind, Person
from models.preferences import Rhythm, Topic
from models.settings import Settings
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.submissions import Submission
from tests.bot.chat import Bot, Visitor, started
from tests.bot.conftest import bot_settings
from tests.bot.test_office import officer
from tests.webforms.conftest import Browser, Page
from translations import Text, Words, _, language
from webforms import create_app

TAGS = ("ar", "fa", "uk", "tr", "de-simple")
NUMBER, CHAT, EMAIL = "7.49", 4711, "amina@example.org"
WELCOME = _("Welcome! You are now part of the group “{group}”.")
HAPPENED = {
    "ar": "لقد بدأنا.", "fa": "شروع کردیم.", "uk": "Ми почали.", "tr": "Başladık.",
    "de-simple": "Wir haben angefangen.",
}  # fmt: skip


@pytest.fixture(scope="module")
def telegram() -> Iterator[Running]:
    """An emulated Telegram without limits."""
    with running(limits=False) as emulator:
        yield emulator


def card_of(db: Database) -> GroupCard:
    """The group that is joined."""
    with db.reading() as session:
        return groups.directory(session).get(NUMBER)


def the_person(session: Session) -> Person:
    """Whoever has joined."""
    sent = sa.select(Submission.person_id).where(Submission.form == JoinGroup.slug)
    return session.get_one(Person, session.scalars(sent).one())


def joined(db: Database, tag: str, channel: str) -> None:
    """The sign-up is there as it was meant, in the language in which it was filled in."""
    with db.reading() as session:
        sent = session.scalars(sa.select(Submission)).one()
        row = session.scalars(sa.select(Membership)).one()
        consents = session.scalars(sa.select(Consent).order_by(Consent.id)).all()
        assert (sent.channel, sent.language, the_person(session).language) == (channel, tag, tag)
        assert (row.state, row.role) == (MembershipState.ASKED, Role.LEAD)
        assert (consents[0].purpose, consents[0].wording) == (CONTACT_RELAY, JoinGroup.pass_on.label.to(tag))


def reported(db: Database, tag: str) -> None:
    """The report is there, in the words of its sender."""
    with db.reading() as session:
        sent = session.scalars(sa.select(Submission).where(Submission.form == ReportProgress.slug)).one()
        (report,) = progress.of_submission(session, sent.id)
        assert (sent.answers["happened"], report.state) == (HAPPENED[tag], MilestoneState.STUCK)
        assert (sent.language, sent.person_id) == (tag, the_person(session).id)


def stopped(db: Database) -> None:
    """Nothing of our own accord is sent any more."""
    with db.reading() as session:
        person, group = the_person(session), card_of(db).id
        for topic in Topic:
            assert stopping.rhythm_of(session, person.id, topic, group) is Rhythm.NEVER, topic


def erased(db: Database) -> None:
    """Nobody is known any more, and nothing that they said."""
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Membership.id))) == 0
        assert people.of_chat(session, CHAT) is None
        assert people.by_email(session, EMAIL) is None
        assert all(not one.answers for one in session.scalars(sa.select(Submission)))


def officer_accepts(db: Database) -> None:
    """An officer, who reads German, takes the newest entry in."""
    staff = officer(db)
    with db.transaction() as session:
        sent = session.scalars(sa.select(Submission).order_by(Submission.id.desc())).first()
        assert sent is not None
        review.accept(session, staff, sent.id, version=sent.version)


class Talker(Visitor):
    """Somebody who presses buttons by the words that they read on them."""

    def __init__(self, bot: Bot, tag: str) -> None:
        super().__init__(bot, CHAT, language=tag if len(tag) == 2 else "de")
        self.tag = tag

    def tap(self, *labels: Words | str) -> Letter:
        """Press the buttons with these words, one after the other."""
        for label in labels:
            said = label if isinstance(label, str) else label.to(self.tag)
            found = [one.verb for one in self.last.buttons if one.label.to(self.tag) == said]
            assert found, (said, [one.label.to(self.tag) for one in self.last.buttons])
            self.press_data(found[0])
        return self.last

    def reads(self, *words: Words) -> None:
        """The newest letter says this, in the person's language."""
        told = [one.to(self.tag) for one in self.last.paragraphs]
        for one in words:
            assert one.to(self.tag) in told


@pytest.mark.parametrize("tag", TAGS)
def test_by_chat(paderborn: Database, telegram: Running, tag: str) -> None:
    card, directly = card_of(paderborn), list[After]()
    with started(paderborn, bot_settings(paderborn, telegram)) as bot:
        vars(bot.processor.aftermath)["start"] = directly.extend
        visitor = Talker(bot, tag)
        visitor.write("/language")
        visitor.tap(language(tag).own_name)
        visitor.write(f"/start {card.code}")
        visitor.tap(_("Join"), "Amina", _("Skip"), ROLE_WORDS[Role.LEAD], _("In Telegram"))
        visitor.tap(_("Yes, I agree"), _("No"), JoinGroup.send)
        visitor.reads(JoinGroup.done(group=named(card)))
        joined(paderborn, tag, "chat")
        officer_accepts(paderborn)
        visitor.reads(WELCOME(group=named(card)))
        visitor.write("/report")
        visitor.tap(f"{card.number} {card.title.to(tag)}")
        visitor.press_data(visitor.last.buttons[0].verb)
        visitor.tap(MILESTONE_WORDS[MilestoneState.STUCK])
        visitor.write(HAPPENED[tag])
        visitor.tap(_("Skip"), _("Skip"), _("Skip"), ReportProgress.send)
        visitor.reads(ReportProgress.done(group=named(card)))
        reported(paderborn, tag)
        visitor.write("/messages")
        visitor.tap(_("Stop all messages"))
        visitor.reads(_("I write nothing of my own accord any more. What you ask, I still answer."))
        stopped(paderborn)
        visitor.write("/mydata")
        visitor.tap(_("Erase everything"), _("Yes, erase everything"))
    (goodbye,) = [one for one in directly if isinstance(one, SayOnce)]
    assert goodbye.text == Text(
        "Everything has been erased. If you write again, we begin afresh. All the best!"
    ).to(tag)
    erased(paderborn)


class Reader(Browser):
    """Somebody who reads pages in one language, and checks that they are in it."""

    def __init__(self, db: Database, settings: Settings, tag: str) -> None:
        super().__init__(create_app(settings, db).test_client())
        self.tag = tag

    def reads(self, page: Page, *words: Words, status: int = 200) -> Page:
        """A page is in the person's language and says this."""
        assert page.status == status, page.text
        assert (page.lang, page.direction) == (self.tag, language(self.tag).direction)
        for one in words:
            assert one.to(self.tag) in page.text
        return page

    def fill(self, path: str, query: str = "", **answers: str) -> Page:
        """Open a form, fill it in and send it."""
        return self.send(self.open(f"/{self.tag}/{path}{query}"), f"/{self.tag}/{path}", **answers)


@pytest.mark.parametrize("tag", TAGS)
def test_by_page(paderborn: Database, settings: Settings, tag: str) -> None:
    card, reader = card_of(paderborn), Reader(paderborn, settings, tag)
    wrong = reader.fill("forms/join-group", f"?group={card.code}", email="amina")
    reader.reads(wrong, _("Please tell us your name."), status=422)
    own = {"name": "Amina Beispiel", "role": "lead", "reach": "email", "email": EMAIL, "pass_on": "yes"}
    done = reader.send(wrong, f"/{tag}/forms/join-group", **own)
    reader.reads(done, JoinGroup.done(group=named(card)), _("The office looks at your sign-up."))
    joined(paderborn, tag, "page")
    with paderborn.transaction() as session:
        person = the_person(session)
        people.confirm_email(session, person)
        token = links.issue(session, Purpose.ME, person_id=person.id)
    officer_accepts(paderborn)
    written(paderborn, settings, tag, WELCOME(group=named(card)))
    reader.reads(reader.enter(f"/{tag}/me/{token}"), _("My page"), MEMBERSHIP_WORDS[MembershipState.ACTIVE])
    report = {"milestone": "other", "state": "stuck", "happened": HAPPENED[tag]}
    sent = reader.fill("forms/report-progress", f"?group={card.number}", **report)
    reader.reads(sent, ReportProgress.done(group=named(card)))
    reported(paderborn, tag)
    ended = reader.fill("me/messages", act="stop-all")
    reader.reads(ended, _("Messages"))
    stopped(paderborn)
    unsure = reader.send(reader.open(f"/{tag}/me"), f"/{tag}/me/erase")
    sure = _("Please tick the box, so that nothing is erased by mistake.")
    reader.reads(unsure, sure, status=422)
    gone = reader.send(reader.open(f"/{tag}/me"), f"/{tag}/me/erase", sure="yes")
    reader.reads(gone)
    assert gone.response.request.path == f"/{tag}/erased"
    erased(paderborn)


def written(db: Database, settings: Settings, tag: str, words: Words) -> None:
    """An e-mail that an officer has brought about is in the language of who gets it."""
    ledger = Ledger(db, settings, ChannelKind.EMAIL, "tests")
    ledger.hold()
    found = [parcel for one in ledger.due([], []) if (parcel := ledger.claim(one))]
    assert {parcel.language for parcel in found if parcel.email == EMAIL} == {tag}
    texts = [_plain(mail(parcel, "Amt <amt@example.org>")) for parcel in found if parcel.email == EMAIL]
    assert any(words.to(tag) in text for text in texts), texts


def _plain(message: object) -> str:
    body = message.get_body(("plain",))  # type: ignore[attr-defined]
    return " ".join(str(body.get_content()).split())
