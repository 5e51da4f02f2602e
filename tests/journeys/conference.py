"""Who plays a conference day: guests with a browser or a chat, the office, a moderator."""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask

from models import links, people
from models.db import Database
from models.events import Event, Workshop
from models.links import Purpose
from models.outbox import Delivery, Message
from models.people import Person
from models.registrations import Registration
from tests.bot.chat import Bot, Visitor, said
from tests.webforms.conftest import Browser, Page
from tests.webforms.desk.people import Officer
from translations import Text


def words(msgid: str, tag: str, **values: str | int | Text) -> str:
    """Words as their reader sees them, without the marks that keep directions apart."""
    return plain(Text(msgid)(**values).to(tag))


def plain(text: str) -> str:
    """A text without marks of direction, and with each gap as one space."""
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069\u200e\u200f]", "", text))


@dataclass
class Guest:
    """Somebody with a browser."""

    browser: Browser
    tag: str
    email: str

    def open(self, address: str) -> Page:
        """Open a page that has to be there."""
        page = self.browser.open(address)
        assert page.status == 200, (address, page.status)
        page.text = plain(page.text)
        return page

    def follow(self, page: Page, part: str) -> Page:
        """Go on by the link of a page with this in its address."""
        found = [link for link in page.links if part in link]
        assert found, (part, page.links)
        return self.open(found[0])

    def send(self, page: Page, form: str, **answers: str) -> Page:
        """Fill a form in and send it."""
        sent = self.browser.send(page, f"/{self.tag}/forms/{form}", **answers)
        assert sent.status == 200, sent.text
        sent.text = plain(sent.text)
        return sent

    def register(self, code: str, workshop: int, name: str, **answers: str) -> Page:
        """Register from the code on a poster, by e-mail."""
        form = self.follow(self.open(f"/e/{code}?lang={self.tag}"), "/forms/register-event")
        raw = {"company": "alone", "name": name, "workshop-1": str(workshop), "reach": "email"}
        return self.send(form, "register-event", **(raw | {"email": self.email} | answers))


def talk(visitor: Visitor, *steps: str) -> str:
    """Press the button that a step names, else write it; return what is said last."""
    for step in steps:
        ends = (f":{step}", step)
        found = [one.verb for one in visitor.last.buttons if one.verb.endswith(ends) or step in one.verb[:20]]
        visitor.press_data(found[0]) if found else visitor.write(step)
    return said(visitor.last)


def heard(visitor: Visitor, tag: str) -> str:
    """The last letter as the person reads it."""
    return plain("\n".join(one.to(tag) for one in visitor.last.paragraphs))


@dataclass
class Day:
    """A day with its event, and everybody who plays it."""

    db: Database
    app: Flask
    bot: Bot
    olga: Officer
    nora: Officer
    number: int = 0
    guests: dict[str, Guest] = field(default_factory=dict)
    chats: dict[str, Visitor] = field(default_factory=dict)

    def guest(self, name: str, tag: str) -> Guest:
        """Let somebody open a browser of their own."""
        self.guests[name] = Guest(Browser(self.app.test_client()), tag, f"{name}@example.org")
        return self.guests[name]

    def visitor(self, name: str, tag: str) -> Visitor:
        """Let somebody open the chat."""
        self.chats[name] = Visitor(self.bot, 7000 + len(self.chats), language=tag)
        return self.chats[name]

    def event(self) -> Event:
        """The event as it is now."""
        with self.db.reading() as session:
            return session.get_one(Event, self.number)

    def workshop(self, position: int = 0) -> int:
        """The number of a workshop."""
        wanted = sa.select(Workshop.id).where(Workshop.event_id == self.number).order_by(Workshop.position)
        with self.db.reading() as session:
            return session.scalars(wanted).all()[position]

    def registration(self, name: str) -> Registration:
        """Somebody's registration: a guest's by address, a visitor's by chat."""
        known = (
            Person.email == self.guests[name].email
            if name in self.guests
            else Person.telegram_id == self.chats[name].id
        )
        wanted = sa.select(Registration).join(Person, Person.id == Registration.person_id).where(known)
        with self.db.reading() as session:
            return session.scalars(wanted).one()

    def own_link(self, name: str) -> str:
        """The address of the own registration that stands in a guest's letters."""
        guest = self.guests[name]
        with self.db.transaction() as session:
            person = people.by_email(session, guest.email)
            assert person is not None
            token = links.issue(session, Purpose.TICKET, person_id=person.id, target_id=self.number)
        return f"/{guest.tag}/registration/{token}"

    def letters(self, name: str, kind: str, part: str = "") -> int:
        """How many letters of a kind there are to somebody."""
        wanted = (
            sa.select(sa.func.count(Delivery.id))
            .join(Message, Message.id == Delivery.message_id)
            .where(
                Delivery.person_id == self.registration(name).person_id, Message.kind == kind,
                Message.key.contains(part),
            )
        )  # fmt: skip
        with self.db.reading() as session:
            return session.scalar(wanted) or 0

    def desk(self, part: str = "") -> str:
        """An address of the event at the desk."""
        return f"/desk/events/{self.number}{part}"

    def changed(self) -> None:
        """Let pages see at once what they would see within seconds."""
        self.db.cache.drop()


def done(officer: Officer, address: str, **data: object) -> str:
    """Send a form of the desk that has to be taken; return where it leads."""
    answer = officer.post(address, **data)
    assert answer.status_code == 303, (address, answer.status_code, Page(answer).text)
    return str(answer.headers["Location"])
