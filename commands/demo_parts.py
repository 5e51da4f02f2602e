"""The processes of a demo, and the moment from which all of them answer."""

import os
import threading
import time
from collections.abc import Callable

from commands.answering import ask, mail_answers, page_answers
from commands.demo_home import Home
from commands.failures import Refusal
from commands.ports import HOST
from commands.reading import SETTINGS_FILE
from commands.supervise import Part, Supervisor

PATIENCE = 120.0  # seconds until we give up; five are usual, a busy machine takes many more


def environment(home: Home) -> dict[str, str]:
    """Return the environment of the demo's processes: they read the demo's settings and no others."""
    return {**os.environ, SETTINGS_FILE: str(home.settings_file)}


def outside(home: Home) -> list[Part]:
    """Return the processes that play the outside world. They need no database."""
    chat = ("emulator", "--port", str(home.ports["chat"]), "--store", str(home.folder / "chat"))
    mail = (
        "mailbox", "--smtp-port", str(home.ports["smtp"]), "--web-port", str(home.ports["mail"]),
        "--folder", str(home.folder / "mail"),
    )  # fmt: skip
    return [Part("emulator", chat, is_leaned_on=True), Part("mailbox", mail, is_leaned_on=True)]


def questions(home: Home) -> dict[str, Callable[[], bool]]:
    """Return what tells of each part whether it answers. The courier shows itself by the first mail."""
    api = home.settings.bot_api
    token = home.settings.bot_token.get_secret_value()
    return {
        "emulator": lambda: bool((ask(f"{api}/bot{token}/getMe").body or {}).get("ok")),
        "mailbox": lambda: mail_answers(HOST, home.ports["smtp"]) and page_answers(home.mail_url),
        "web": lambda: page_answers(home.settings.address("/healthz")),
        "bot": lambda: _bot_listens(api),
    }


def _bot_listens(api: str) -> bool:
    stats = ask(f"{api}/stats").body or {}
    return bool({"deleteWebhook", "setWebhook"} & set(stats.get("methods", {})))


def wait_until_answering(supervisor: Supervisor, home: Home, stop: threading.Event) -> bool:
    """Return True once all parts answer, False when asked to stop; a Refusal after `PATIENCE`."""
    waiting = questions(home)
    deadline = time.monotonic() + PATIENCE
    while waiting:
        supervisor.tend()
        waiting = {name: answers for name, answers in waiting.items() if not answers()}
        if waiting and stop.wait(0.05):
            return False
        if waiting and time.monotonic() > deadline:
            name = next(iter(waiting))
            raise Refusal(f"{name} does not answer. {_last_line(supervisor, name)}")
    return not stop.is_set()


def _last_line(supervisor: Supervisor, name: str) -> str:
    log = supervisor.log_of(name)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return f"The end of {log}: {lines[-1]}" if lines else f"Its log {log} is empty."
