"""One text in a file for translators: its lasting name, its source, and its translation if there is one."""

import re
from dataclasses import dataclass

from models.translation_lists import Standing

_NAME = re.compile(r"([a-z]{1,24})[-/]([1-9]\d{0,9})[-/]([a-z_]{1,40})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unit:
    """A text. `name` is the same in every file and for ever: kind, id and part of what it belongs to."""

    kind: str
    id: int
    part: str
    source: str
    target: str = ""
    standing: Standing = Standing.MISSING
    is_sure: bool = True  # as the file says: somebody has looked at the translation
    about: tuple[str, ...] = ()  # where it appears, and how long it may be

    @property
    def name(self) -> str:
        """Return the lasting name."""
        return f"{self.kind}-{self.id}-{self.part}"


@dataclass(frozen=True, slots=True)
class Package:
    """All texts of one file: from one language into one other."""

    source: str
    tag: str
    units: tuple[Unit, ...]
    foreign: int = 0  # texts that are not from here
    unsure: int = 0  # texts that the file itself marks as not to be relied on


def parsed_name(name: str) -> tuple[str, int, str] | None:
    """Return kind, id and part of a lasting name; None for a name that is not from here."""
    found = _NAME.fullmatch(name.strip())
    return (found[1], int(found[2]), found[3]) if found and int(found[2]) < 2**31 else None


def plain(words: str) -> str:
    """Return words as both sides of a comparison have them: tools change the ends of lines and of texts."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()
