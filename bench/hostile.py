"""`python -m bench.hostile`: what somebody hostile types, into every field, address, command and button.

Everything is really processed: pages by the application, chats by the bot's processor. Counted are answers
with 5xx, such as took more than a second of CPU, and what came back as markup, a header or a way elsewhere.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask

from bench.databases import fresh
from bench.hostile_corpus import SPOKEN
from bench.hostile_pages import Found, Pages
from bench.stage import SECRET
from bot import routing
from bot.emulator.threaded import running
from models.db import Database
from models.forms import FORMS
from models.inbox import InboxState, InboxUpdate
from models.settings import Settings
from tests.bot.chat import NUMBERS, Bot, Visitor, started
from webforms import create_app


class Chat:
    """The bot's processor, spoken to in hostile ways."""

    def __init__(self, bot: Bot, found: Found, step: int = 1) -> None:
        self.bot, self.found, self.step = bot, found, step
        self._at, self._chat = 0, 770_000

    def _visitor(self) -> Visitor:
        self._chat += 1
        return Visitor(self.bot, self._chat, language="de")

    def _take(self, where: str, update: dict[str, Any]) -> None:
        self._at += 1
        if self._at % self.step:
            return
        begun = time.process_time()
        self.bot.take(update)
        seconds = time.process_time() - begun
        with self.bot.db.reading() as session:
            failed = session.scalars(
                sa.select(InboxUpdate.error).where(
                    InboxUpdate.update_id == update["update_id"],
                    sa.or_(InboxUpdate.error != "", InboxUpdate.state == InboxState.PARKED),
                )
            ).all()
        self.found.note(where, seconds, *(f"failed: {one}" for one in failed))

    def commands(self) -> None:
        """Say everything after each command."""
        for name in routing.COMMAND_STEPS:
            someone = self._visitor()
            for number, value in enumerate(SPOKEN):
                self._take(f"/{name} #{number}", someone.update(f"/{name} {value}"[:4096]))

    def buttons(self) -> None:
        """Press each button with everything in the place of its number and version."""
        for verb in routing.BUTTON_STEPS:
            someone = self._visitor()
            for number, value in enumerate(SPOKEN):
                data = f"{verb}:{value}:0" if number % 2 else f"{verb}:1:{value}"
                self._take(f"{verb} #{number}", someone.pressing(data[:200]))

    def answers(self) -> None:
        """Say everything to each form, as the answer to whatever it asks."""
        for slug, form in FORMS.items():
            if not form.listed:
                continue
            someone = self._visitor()
            for number, value in enumerate(SPOKEN):
                if number % 25 == 0:
                    self.bot.take(someone.pressing(f"form:{slug}:0"))
                self._take(f"{slug} #{number}", someone.update(value[:4096]))

    def strange(self) -> None:
        """Say everything in names, captions and contacts, and send what nobody sends."""
        for number, value in enumerate(SPOKEN):
            someone = self._visitor()
            someone.user |= {"first_name": value[:60], "username": value[:30], "language_code": value[:30]}
            self._take(f"name #{number}", someone.update("/start"))
            contents: tuple[dict[str, Any], ...] = (
                {"caption": value},
                {"contact": {"phone_number": value, "first_name": value}},
                {"location": {"latitude": -91.5, "longitude": 1e6}},
                {"dice": {"emoji": value, "value": 3}},
            )
            for content in contents:
                update = {"update_id": next(NUMBERS), "message": someone.message(**content)}
                self._take(f"{next(iter(content))} #{number}", update)


def attack_pages(app: Flask, step: int = 1, parts: Sequence[str] = ()) -> Found:
    """Ask the pages everything, or each so manieth; return what was found."""
    found = Found()
    pages = Pages(app, found, step)
    for part in parts or ("forms", "others", "addresses", "desk", "headers", "webhook"):
        getattr(pages, part)()
    return found


def attack_chat(bot: Bot, step: int = 1) -> Found:
    """Say everything to the bot, or each so manieth; return what was found."""
    found = Found()
    chat = Chat(bot, found, step)
    for part in (chat.commands, chat.buttons, chat.answers, chat.strange):
        part()
    return found


def settings_of(url: str, **more: object) -> Settings:
    """Return the settings of what is attacked."""
    given: dict[str, Any] = {
        "database": url, "secret": SECRET, "webhook_secret": "hostile", "bot_username": "hostile_bot",
        "smtp_host": "127.0.0.1", "posts_a_minute": 0, "_env_file": None,
    }  # fmt: skip
    return Settings(**(given | more))


def _report(name: str, found: Found) -> Iterator[str]:
    yield (
        f"{name}: {found.inputs:,} inputs, {len(found.wrong)} wrong; slowest {found.slowest:.2f} s of CPU"
        f" ({found.slowest_where})"
    )
    yield from (f"  {one}" for one in found.wrong[:30])


@click.command()
@click.option(
    "--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True
)
@click.option("--step", default=1, show_default=True, help="Each so manieth input only.")
@click.option(
    "--part",
    "parts",
    multiple=True,
    help="Only these: forms, others, addresses, desk, headers, webhook, chat.",
)
def main(kind: str, step: int, parts: tuple[str, ...]) -> None:
    """Attack pages and chat, and count. Status 1 when anything is wrong."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(fresh(kind, folder))
        db = Database(url)
        stack.callback(db.close)
        wrong: list[str] = []
        of_pages = [one for one in parts if one != "chat"]
        if of_pages or not parts:
            app = create_app(settings_of(url, files=str(folder / "files")), db)
            app.config["PROPAGATE_EXCEPTIONS"] = False
            found = attack_pages(app, step, of_pages)
            wrong += found.wrong
            print("\n".join(_report("pages", found)), flush=True)
        if "chat" in parts or not parts:
            emulator = stack.enter_context(running(limits=False))
            settings = settings_of(url, bot_api=emulator.url, bot_token=emulator.token)
            bot = stack.enter_context(started(db, settings))
            bot.work()  # what the webhook took in before is not the first command's to wait for
            found = attack_chat(bot, step)
            wrong += found.wrong
            print("\n".join(_report("chat", found)), flush=True)
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
