"""Invented people who send things, and the office that reads them."""

from dataclasses import dataclass, field

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import clock, groups, people, staff
from models.db import Database
from models.forms import FORMS
from models.forms.form import Sender
from models.forms.questions import Context
from models.people import ChannelKind, Person
from models.staff import StaffRole
from tests.webforms.conftest import Page
from translations import Text

PASSWORD = "a sentence that nobody guesses"
# Argon2 is slow on purpose; how slow, a hash says itself, and this one is read at once.
HASHED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
AMINA = {
    "group": "7.49", "name": "Amina Beispiel", "organisation": "Elternverein Muster", "role": "member",
    "reach": "email", "email": "amina@example.org", "pass_on": "yes", "updates": "yes",
}  # fmt: skip
BORIS = {
    "question": "Gibt es einen Kurs?\nAm Abend?", "name": "Boris Muster", "reach": "phone",
    "phone": "05251 1234567",
}  # fmt: skip


def said(msgid: str, **values: str) -> str:
    """Return how the desk says something in English: the catalogue may word it better than the code."""
    return Text(msgid)(**values).to("en")


def send(db: Database, form: str, raw: dict[str, str], *, language: str = "de", key: str = "") -> int:
    """Send a form as from a page; return the entry's id."""
    with db.reading() as reading:
        read = FORMS[form](raw, Context(reading, language), complete=True)
        assert read.is_complete, read.errors
        with db.transaction() as session:
            receipt = read.submit(session, Sender("page", language, key or repr(sorted(raw.items()))))
    assert receipt.submission_id is not None
    return receipt.submission_id


def confirm(db: Database, email: str) -> None:
    """Let somebody confirm their address."""
    with db.transaction() as session:
        person = people.by_email(session, email)
        assert person is not None
        people.confirm_email(session, person)


def name_contact(db: Database, number: str = "7.49") -> None:
    """Give a group its contact person."""
    with db.transaction() as session:
        card = groups.directory(session).get(number)
        groups.set_contact(session, card.id, name="Karla Beispiel", email="karla@example.org")


def chatter(db: Database, name: str = "Clara Muster") -> int:
    """Make somebody known who is reached in Telegram; return their id."""
    with db.transaction() as session:
        now = clock.now()
        person = Person(
            name=name, language="ar", telegram_id=4711, prefers=ChannelKind.TELEGRAM, met_at=now, seen_at=now
        )
        session.add(person)
        session.flush()
        return person.id


def employ(db: Database, email: str, role: StaffRole = StaffRole.OFFICER, *, language: str = "en") -> int:
    """Open an account; return its id."""
    with db.transaction() as session:
        member = staff.add(session, email, name="Olga Beispiel", role=role, password_hash=HASHED)
        member.language = language
        return member.id


@dataclass
class Officer:
    """Somebody at the desk, in a browser without JavaScript."""

    client: FlaskClient
    email: str
    csrf: str = field(default="", init=False)

    def log_in(self, password: str = PASSWORD, onwards: str = "/desk/") -> TestResponse:
        """Log in by the form."""
        page = Page(self.client.get("/desk/login"))
        data = {**page.fields, "email": self.email, "password": password, "next": onwards}
        answer = self.client.post("/desk/login", data=data)
        if answer.status_code == 303:
            self.csrf = Page(self.client.get("/desk/account")).fields["csrf"]
        return answer

    def open(self, address: str) -> Page:
        """Open a page."""
        return Page(self.client.get(address))

    def post(self, address: str, **data: object) -> TestResponse:
        """Send a form of the desk."""
        return self.client.post(address, data={"csrf": self.csrf, **data})
