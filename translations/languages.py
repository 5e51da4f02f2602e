"""The languages: their own names, direction, catalogue and what to fall back to.

Codes follow IETF tags as used in `<html lang>`; `simple` is a registered variant for German.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = "de"  # content (goals, groups) is written in this language first


@dataclass(frozen=True, slots=True)
class Language:
    """A language that a person can choose.

    `tag` stands in addresses, `folder` names the catalogue, `locale` is what Babel formats dates with,
    `own_name` is how its speakers write it, `aliases` are other tags that mean the same readers, `quotes` its
    opening and closing quotation mark.
    """

    tag: str
    own_name: str
    folder: str
    locale: str
    direction: str = "ltr"
    fallback: tuple[str, ...] = (SOURCE,)
    aliases: tuple[str, ...] = ()
    quotes: str = "“”"

    @property
    def is_rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.direction == "rtl"

    @property
    def comma(self) -> str:
        """What stands between two parts of a list: an Arabic comma in Arabic letters."""
        return "،" if self.is_rtl else ","


def _language(row: dict[str, str]) -> Language:
    several = {name: tuple(row.pop(name).split()) for name in ("fallback", "aliases")}
    return Language(**row, **several)  # type: ignore[arg-type]


def _registered(file: Path) -> tuple[Language, ...]:
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(_language(row) for row in csv.DictReader(rows))


# A line each; `mitwirken language add` writes one. Babel maps "kmr" to "ku" silently and then misses the
# folder, so that folder is called "ku".
REGISTER = Path(__file__).parent / "languages.csv"
LANGUAGES = _registered(REGISTER)

_BY_TAG = {name: entry for entry in LANGUAGES for name in (entry.tag, *entry.aliases)}


def language(tag: str) -> Language:
    """Return the language of exactly this tag; KeyError for a tag that we do not register."""
    return _BY_TAG[tag]


@cache
def find(tag: str) -> Language | None:
    """Return the language that serves readers of an IETF tag such as "fa-AF" or "pt-br", or None."""
    parts = tag.replace("_", "-").lower().split("-")[:4]
    while parts:
        found = _BY_TAG.get("-".join(parts))
        if found:
            return found
        parts.pop()
    return None


def _weights(header: str) -> list[tuple[float, str]]:
    """Read an Accept-Language header into (weight, tag), the heaviest first."""
    found = []
    for part in header[:500].split(","):
        tag, _sep, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            continue
        if tag:
            found.append((weight, tag))
    return sorted(found, key=lambda pair: -pair[0])


def suggest(header: str | None) -> Language:
    """Suggest a language from an Accept-Language header or Telegram's code; the source language otherwise.

    Only a suggestion: what a person once chose is stored and wins.
    """
    for _weight, tag in _weights(header or ""):
        found = find(tag)
        if found:
            return found
    return language(SOURCE)
