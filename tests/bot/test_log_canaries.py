"""People mark every field, the processes say all they can say, and none of the marks is in the logs.

Pages, chat, courier and a mail server run as they are, all loggers at their most talkative (SQL too), with
faults on the way. A second handler writes the same records plainly, to show that there is something to hide.
"""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from bot import service
from bot.courier import service as courier
from bot.emulator.threaded import Running, running
from commands.logs import set_up_logging
from models.db import Database
from models.settings import Settings
from tests.bot.chat import count
from tests.bot.conftest import bot_settings
from tests.bot.courier.house import Postbox, mail_server
from tests.bot.test_conversation import code_of
from tests.bot.test_service import VERBS, Phone, finish_sign_up, processes, wait_for
from tests.webforms.conftest import Browser
from webforms import create_app

LEAST = 10_000  # lines
SIGN_UPS = 70
NAME, WORDS, DOMAIN = "Kanarie", "Kanarienvogeltext", "kanarienpost.example"
PHONE = "05251 7654321"
FORM = "/de/forms/join-group"


class Books:
    """Everything that was logged: as the processes write it, and plainly."""

    def __init__(self, settings: Settings) -> None:
        self.written, self.plain = io.StringIO(), io.StringIO()
        set_up_logging(settings)
        root = logging.getLogger()
        (discreet,) = root.handlers
        assert isinstance(discreet, logging.StreamHandler)
        discreet.setStream(self.written)
        root.addHandler(logging.StreamHandler(self.plain))
        root.setLevel(logging.DEBUG)
        logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)


@pytest.fixture
def books(request: pytest.FixtureRequest, paderborn: Database, canary_settings: Settings) -> Iterator[Books]:
    """Logging at its most talkative, put back afterwards."""
    names = ["", "sqlalchemy.engine"]
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    handlers, factory = logging.getLogger().handlers[:], logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    yield Books(canary_settings)
    logging.getLogger().handlers[:] = handlers
    logging.setLogRecordFactory(factory)
    logging.captureWarnings(False)
    for logger, level in before:
        logger.setLevel(level)


@pytest.fixture
def fresh_telegram(four_languages: None) -> Iterator[Running]:
    """An emulated Telegram of one's own."""
    with running(limits=False) as emulator:
        yield emulator


@pytest.fixture
def letterbox() -> Iterator[Postbox]:
    """A mail server that refuses one address, and says which."""
    with mail_server() as box:
        yield box


@pytest.fixture
def canary_settings(paderborn: Database, fresh_telegram: Running, letterbox: Postbox) -> Settings:
    """An installation with chat and mail."""
    return settings_with_canaries(paderborn, fresh_telegram, letterbox)


def settings_with_canaries(db: Database, telegram: Running, box: Postbox) -> Settings:
    """Return settings of an installation with chat and mail, whose secret is marked, too."""
    given = bot_settings(db, telegram)
    more = {
        "smtp_host": "127.0.0.1", "smtp_port": box.port, "mail_from": "mitwirken@region.example.org",
        "secret": SecretStr("canary-secret-of-the-installation"),
    }  # fmt: skip
    return given.model_copy(update=more)


def by_page(browser: Browser, number: int) -> None:
    """Somebody signs up, asks the office something, and meets a fault of ours."""
    answers = {
        "name": f"{NAME}{number} Vogel",
        "email": f"vogel{number}@{DOMAIN}",
        "role": "member",
        "pass_on": "yes",
    }
    assert browser.send(browser.open(f"{FORM}?group=7.49"), FORM, **answers).status == 200
    wrong = {**answers, "email": f"vogel{number}(at){DOMAIN}"}
    assert browser.send(browser.open(f"{FORM}?group=7.49"), FORM, **wrong).status == 422
    asked = {"name": f"{NAME}{number}", "reach": "phone", "phone": PHONE, "question": WORDS, "text": WORDS}
    browser.send(browser.open("/de/forms/ask-office"), "/de/forms/ask-office", **asked)
    assert browser.client.get(f"/broken/{NAME}{number}/{WORDS}").status_code == 500


def through_mails(browser: Browser, box: Postbox) -> set[str]:
    """Follow all links of all mails; return what stood in them."""
    tokens: set[str] = set()
    for mail in list(box.got):
        body = mail.get_body(("plain",))
        for link in re.findall(r"https?://[^\s>]+", body.get_content() if body else ""):
            path = "/" + link.split("/", 3)[3] if link.count("/") > 2 else "/"
            tokens |= set(re.findall(r"/([\w-]{22})(?=$|[/?.])", path))
            browser.client.get(path, follow_redirects=True)
            browser.client.post(path, follow_redirects=True)
    return tokens


def break_down(name: str, words: str) -> str:
    """A bug that tells what somebody wrote."""
    raise ValueError(f"cannot count to {name}: {words}, see vogel@{DOMAIN} and {PHONE}")


@dataclass(frozen=True, slots=True)
class Told:
    """What was logged, as the processes write it and plainly, and the marks that must not be in it."""

    written: str
    plain: str
    canaries: list[str]
    tokens: set[str]

    def found_in(self, log: str) -> list[str]:
        """Return which marks stand in a log."""
        return [one for one in self.canaries if one in log]


def tell_all(
    books: Books, settings: Settings, database: Database, telegram: Running, box: Postbox, sign_ups: int
) -> Told:
    """Let people sign up by page and by chat, and use all their mails; return what the logs say."""
    db = Database(str(database.url))  # opened now, so that its SQL is logged
    app = create_app(settings, db)
    app.add_url_rule("/broken/<name>/<words>", "broken", break_down)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = Browser(app.test_client())
    box.refuse = {f"vogel3@{DOMAIN}": [f"550 5.1.1 <vogel3@{DOMAIN}> {NAME} is unknown"]}
    phone, before = Phone(telegram), count(db, "memberships")
    phone.post("/fault", {"method": "sendMessage", "kind": "500", "times": 2})
    with processes(settings, db, service.run, courier.run):
        phone.write(f"/start {code_of(database)}")
        for number in range(sign_ups):
            by_page(browser, number)
        finish_sign_up(phone, *VERBS)
        phone.write(f"{WORDS} {NAME}")
        patience = 60.0 + sign_ups
        wait_for(lambda: len(box.got) >= sign_ups - 1, patience)
        wait_for(lambda: count(db, "memberships") == before + sign_ups + 1, patience)
        tokens = through_mails(browser, box)
    db.close()
    canaries = [
        NAME, WORDS, DOMAIN, PHONE, str(phone.id), telegram.token,
        settings.secret.get_secret_value(), *tokens,
    ]  # fmt: skip
    return Told(books.written.getvalue(), books.plain.getvalue(), canaries, tokens)


def test_ten_thousand_lines_tell_of_nobody(
    books: Books, canary_settings: Settings, paderborn: Database, fresh_telegram: Running, letterbox: Postbox
) -> None:
    told = tell_all(books, canary_settings, paderborn, fresh_telegram, letterbox, SIGN_UPS)
    assert told.written.count("\n") >= LEAST
    assert len(told.tokens) >= SIGN_UPS - 1
    assert told.found_in(told.written) == []
    # With the protection off the same records tell it all.
    assert {NAME, WORDS, DOMAIN, PHONE} <= set(told.found_in(told.plain))
    assert told.written.count("ValueError (words withheld)") == SIGN_UPS
