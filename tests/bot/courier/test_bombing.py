"""Again and again somebody types another's address: into forms, into the field for a link, into chats."""

import secrets
from datetime import timedelta

import pytest
import sqlalchemy as sa

from models import clock, people, privacy
from models.db import Database
from models.forms import FORMS
from models.forms.form import Sender
from models.forms.questions import Context
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind
from models.settings import Settings
from models.tries import Tries
from tests.bot.courier.house import courier, mail_server, mail_settings, until
from tests.webforms.conftest import Browser
from tests.webforms.test_sign_up import AMINA
from webforms import create_app

VICTIM = "victim@example.org"
FORM, LINK, CHATS = 60, 30, 20  # requests of each kind; with 240, 160 and 100 it was the same, in 20 s


def type_into_pages(settings: Settings, db: Database) -> None:
    """Fill in forms, and ask for a link; each is answered as for anybody."""
    browser = Browser(create_app(settings, db).test_client())
    pages = {slug: browser.open(f"/en/forms/{slug}?group=7.49") for slug in ("join-group", "ask-office")}
    pages["link"] = browser.open("/en/me")
    answers = AMINA | {"email": VICTIM, "question": "Why?"}
    for number in range(FORM):
        slug = ("join-group", "ask-office")[number % 2]
        if number > 1:
            pages[slug] = browser.open(f"/en/forms/{slug}?group=7.49")
        sent = browser.send(pages[slug], f"/en/forms/{slug}", follow=False, **answers)
        assert sent.status == 303
    for number in range(LINK):
        with clock.frozen(clock.now() - timedelta(minutes=number)):
            assert browser.send(pages["link"], "/en/me/link", email=VICTIM).status == 200


def type_into_chats(db: Database) -> None:
    """Tell the address in a chat, be forgotten there, and come again."""
    for number in range(CHATS):
        with db.transaction() as session:
            person = people.by_chat(session, 990_000 + number, language="de")
            raw = {"question": "Warum?", "name": "Boris", "reach": "email", "email": VICTIM}
            form = FORMS["ask-office"](
                raw, Context(session, "de", channel="chat", person=person), complete=True
            )
            assert not form.errors
            form.submit(session, Sender("chat", "de", secrets.token_hex(8), person))


def forget_chats(db: Database) -> None:
    """Let everybody who came by chat press "erase everything"."""
    with db.transaction() as session:
        for number in range(CHATS):
            person = people.of_chat(session, 990_000 + number)
            if person is not None:
                privacy.erase(session, person)


@pytest.mark.parametrize("is_known", [False, True])
def test_a_flood_of_requests_is_three_letters(paderborn: Database, is_known: bool) -> None:
    with mail_server() as box:
        settings = mail_settings(paderborn, box.port).model_copy(update={"bot_username": "beispiel_bot"})
        if is_known:
            with paderborn.transaction() as session:
                number, _is_confirmed = people.meet(session, name="Vera", language="de", email=VICTIM)
                person = people.get(session, number)
                assert person
                people.confirm_email(session, person)
        else:
            for _time in range(2):  # first by chat, where the address becomes somebody's who then goes again
                type_into_chats(paderborn)
                carry_all(settings, paderborn)
                forget_chats(paderborn)
        type_into_pages(settings, paderborn)
        carry_all(settings, paderborn)
        assert [str(mail["To"]) for mail in box.got] == [VICTIM] * 3


def carry_all(settings: Settings, db: Database) -> None:
    """Let the courier carry all mails that are due."""
    waiting = sa.select(sa.func.count(Delivery.id)).where(
        Delivery.channel == ChannelKind.EMAIL,
        Delivery.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING]),
    )

    def is_done() -> bool:
        with db.reading() as session:
            return session.scalar(waiting) == 0

    with courier(settings, db):
        until(is_done, 20)


def test_on_the_next_day_letters_go_again(paderborn: Database) -> None:
    with mail_server() as box:
        settings = mail_settings(paderborn, box.port)
        type_into_chats(paderborn)
        carry_all(settings, paderborn)
        assert len(box.got) == 1, "of all chats one may have the address"
        forget_chats(paderborn)
        with paderborn.transaction() as session:
            session.execute(sa.update(Tries).values(since=clock.now() - timedelta(days=1, minutes=1)))
        type_into_chats(paderborn)
        carry_all(settings, paderborn)
        assert len(box.got) == 2
