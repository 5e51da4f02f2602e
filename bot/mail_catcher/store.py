"""Caught e-mails as .eml files in a folder: on the disk before the sender hears so, and after a restart."""

import base64
import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses, parseaddr
from pathlib import Path

_NAME = re.compile(r"(\d{6,})\.eml")
LINK = re.compile(r"https?://[^\s<>\"']+")
TRAILING = ".,;:!?)]}»”"  # ends a sentence rather than an address
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as read. `to` holds every address that it was handed over for."""

    number: int
    to: tuple[str, ...]
    sender: str
    subject: str
    date: str
    text: str
    html: str
    language: str

    @property
    def links(self) -> list[str]:
        """The addresses in the text part, in their order."""
        return [match.rstrip(TRAILING) for match in LINK.findall(self.text)]

    def is_for(self, address: str) -> bool:
        """Whether it went to an address, in capital letters or not."""
        return address.strip().casefold() in (one.casefold() for one in self.to)


class Store:
    """The folder. Not thread-safe: used from one event loop."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._read: OrderedDict[int, Mail] = OrderedDict()
        names = (_NAME.fullmatch(path.name) for path in folder.iterdir())
        self.numbers = sorted(int(name[1]) for name in names if name)

    def add(self, sender: str, recipients: list[str], content: bytes) -> int:
        """Keep an e-mail, with the trace lines that a mailbox adds; return its number."""
        number = self.numbers[-1] + 1 if self.numbers else 1
        trace = [f"Return-Path: <{_one_line(sender)}>"]
        trace += [f"Delivered-To: {_one_line(address)}" for address in recipients]
        whole = "\r\n".join(trace).encode() + b"\r\n" + content
        self._write(self.path(number), whole)
        self.numbers.append(number)
        return number

    def _write(self, path: Path, content: bytes) -> None:
        partial = path.with_suffix(".part")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def path(self, number: int) -> Path:
        """Return where an e-mail lies."""
        return self._folder / f"{number:06}.eml"

    def get(self, number: int) -> Mail | None:
        """Return an e-mail, None when there is none of this number."""
        if number not in self._read:
            try:
                self._read[number] = read(number, self.path(number).read_bytes())
            except FileNotFoundError:
                return None
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        return self._read[number]

    def shown(self, number: int) -> str:
        """Return the HTML of an e-mail with its own pictures in it, as a mail program shows it."""
        mail = self.get(number)
        if mail is None or "cid:" not in mail.html:
            return mail.html if mail else ""
        message = message_from_bytes(self.path(number).read_bytes(), policy=policy.default)
        return _with_pictures(mail.html, message)

    def newest_first(self, to: str = "") -> Iterator[Mail]:
        """Yield all e-mails, or those to an address."""
        for number in reversed(self.numbers):
            mail = self.get(number)
            if mail is not None and (not to or mail.is_for(to)):
                yield mail


def read(number: int, content: bytes) -> Mail:
    """Read an e-mail; whatever is missing or broken in it is empty."""
    message = message_from_bytes(content, policy=policy.default)
    to = [str(value) for name in ("Delivered-To", "To") for value in message.get_all(name, [])]
    addresses = dict.fromkeys(address for _name, address in getaddresses(to) if address)
    return Mail(
        number=number,
        to=tuple(addresses),
        sender=parseaddr(str(message.get("From", "")))[1] or str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        date=str(message.get("Date", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        language=str(message.get("Content-Language", "")),
    )


def _with_pictures(html: str, message: EmailMessage) -> str:
    for part in message.walk():
        name, data = str(part.get("Content-ID", "")).strip("<> "), part.get_payload(decode=True)
        if name and part.get_content_maintype() == "image" and isinstance(data, bytes):
            address = f"data:{part.get_content_type()};base64,{base64.b64encode(data).decode()}"
            html = html.replace(f'"cid:{name}"', f'"{address}"')
    return html


def _body(message: EmailMessage, kind: str) -> str:
    part: MIMEPart | None = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, KeyError, ValueError):
        return ""


def _one_line(words: str) -> str:
    return " ".join(words.split())
