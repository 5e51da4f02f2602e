"""Where a demo lives: its folder, its settings file with the secrets, its passwords."""

import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dotenv import dotenv_values

from commands.failures import Refusal
from commands.passwords import new_password
from commands.ports import HOST, Ports
from models import factors
from models.settings import Settings
from models.staff import StaffRole

BOT_USERNAME = "mitwirken_demo_bot"
_HEAD = "# Settings of this demo. They hold its secrets; made anew where a line is missing.\n"
_PORT_NAMES = ("web", "chat", "smtp", "mail")
_PEOPLE = (
    (StaffRole.OFFICER, "Olga Muster", ()),
    (StaffRole.ADMIN, "Adam Beispiel", ()),
    (StaffRole.TRANSLATOR, "Oksana Muster", ("uk", "ar")),
)
_TOTP = "DEMO_ADMIN_TOTP"
_KEPT = ("MITWIRKEN_DEBUG",)


@dataclass(frozen=True, slots=True)
class Account:
    """An invented account at the desk of the demo."""

    email: str
    name: str
    role: StaffRole
    password: str
    languages: tuple[str, ...] = ()
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A demo's folder with everything that its processes need to know."""

    folder: Path
    ports: dict[str, int]
    accounts: tuple[Account, ...]
    settings: Settings
    lock: IO[str]
    held: Ports

    def close(self) -> None:
        """Let others have the folder and the ports."""
        self.lock.close()
        self.held.close()

    @property
    def settings_file(self) -> Path:
        """The file from which all processes of the demo read their settings."""
        return self.folder / "settings"

    @property
    def chat_url(self) -> str:
        """The address of the chat page."""
        return f"http://{HOST}:{self.ports['chat']}/"

    @property
    def mail_url(self) -> str:
        """The address at which the demo's mail can be read."""
        return f"http://{HOST}:{self.ports['mail']}/"


def open_home(folder: Path, port: int | None) -> Home:
    """Open a demo's folder, or make one; secrets and ports stay those of the last time where possible."""
    _forget_installation()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder)
    file = folder / "settings"
    kept = {key: value for key, value in dotenv_values(file).items() if value} if file.exists() else {}
    held = Ports()
    ports = _choose_ports(held, kept, port)
    accounts = _accounts(kept)
    values = _values(folder, ports, kept) | {
        f"DEMO_{account.role.upper()}_PASSWORD": account.password for account in accounts
    }
    values[_TOTP] = next(account.totp_secret or "" for account in accounts if account.role is StaffRole.ADMIN)
    _write_private(file, _HEAD + "".join(f"{key}='{value}'\n" for key, value in values.items()))
    settings = Settings(_env_file=file)
    return Home(folder, ports, accounts, settings, lock, held)


def _forget_installation() -> None:
    """Drop the settings of a real installation from our environment: a demo must never touch its database."""
    for name in list(os.environ):
        if name.startswith("MITWIRKEN_") and name not in _KEPT:
            del os.environ[name]


def _lock(folder: Path) -> IO[str]:
    lock = (folder / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Refusal(f"A demo is already running in {folder}. Stop it, or choose another --dir.") from None
    return lock


def _choose_ports(free: Ports, kept: dict[str, str], port: int | None) -> dict[str, int]:
    last = {name: _number(kept.get(f"DEMO_{name.upper()}_PORT")) for name in _PORT_NAMES}
    web = free.exactly(port) if port is not None else free.preferring(last["web"])
    return {"web": web} | {name: free.preferring(last[name]) for name in _PORT_NAMES[1:]}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _accounts(kept: dict[str, str]) -> tuple[Account, ...]:
    return tuple(
        Account(
            f"{role}@example.org",
            name,
            role,
            kept.get(f"DEMO_{role.upper()}_PASSWORD") or new_password(),
            languages,
            _totp_secret(role, kept),
        )
        for role, name, languages in _PEOPLE
    )


def _totp_secret(role: StaffRole, kept: dict[str, str]) -> str | None:
    """Return the key of the second step, which an admin must have."""
    return (kept.get(_TOTP) or factors.new_secret()) if role is StaffRole.ADMIN else None


def _database(folder: Path, kept: dict[str, str]) -> str:
    """Return the address of the demo's database: a file in its folder, or a PostgreSQL that it was given."""
    given = kept.get("MITWIRKEN_DATABASE", "")
    return given if given.startswith("postgresql") else f"sqlite:///{folder / 'mitwirken.sqlite'}"


def _values(folder: Path, ports: dict[str, int], kept: dict[str, str]) -> dict[str, str]:
    def keep(name: str, new: str) -> str:
        return kept.get(name) or new

    chat = f"http://{HOST}:{ports['chat']}"
    token = f"{secrets.randbelow(900_000) + 100_000}:demo{secrets.token_hex(16)}"
    return {
        "MITWIRKEN_DATABASE": _database(folder, kept),
        "MITWIRKEN_BASE_URL": f"http://{HOST}:{ports['web']}",
        "MITWIRKEN_HOST": HOST,
        "MITWIRKEN_PORT": str(ports["web"]),
        "MITWIRKEN_SECRET": keep("MITWIRKEN_SECRET", secrets.token_hex(32)),
        "MITWIRKEN_TELEGRAM": "on",
        "MITWIRKEN_BOT_TOKEN": keep("MITWIRKEN_BOT_TOKEN", token),
        "MITWIRKEN_BOT_USERNAME": BOT_USERNAME,
        "MITWIRKEN_BOT_API": chat,
        "MITWIRKEN_TELEGRAM_LINK": f"{chat}/?start={{code}}",
        "MITWIRKEN_SMTP_HOST": HOST,
        "MITWIRKEN_SMTP_PORT": str(ports["smtp"]),
        "MITWIRKEN_SMTP_TLS": "none",
        "MITWIRKEN_MAIL_FROM": "office@example.org",
        "MITWIRKEN_FILES": str(folder / "files"),
        "MITWIRKEN_DEMO": "true",
        "MITWIRKEN_LEAST_SECONDS": "0",  # who tries it out by a program is no intruder
    } | {f"DEMO_{name.upper()}_PORT": str(number) for name, number in ports.items()}


def _write_private(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(file)
