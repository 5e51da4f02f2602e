"""The glossary: the same thing has the same name wherever people meet it.

`glossary.csv` has a line per term: its name in the code, then the words of each language, `|` between those
that are allowed. The English ones are whole words and find the term in a message id; the others are stems,
any of which a translation has to hold. Where a sentence says it well without the word, then
`glossary-exceptions.csv` names the message and the reason.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "glossary.csv"
EXCEPTIONS = Path(__file__).parent / "glossary-exceptions.csv"
SOURCE = "en"  # the language of the message ids
EVERY = "*"  # an exception for all languages
_PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the field, with the words and stems that name it in each language."""

    code: str
    pattern: re.Pattern[str]
    stems: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Exempt:
    """A message that a language says without the term, and why."""

    code: str
    tag: str
    msgid: str
    reason: str


def folded(words: str) -> str:
    """Return words for comparing: without capitals, vowel signs, soft hyphens and the Turkish dot."""
    plain = unicodedata.normalize("NFKD", words.casefold().replace("ı", "i"))
    kept = (char for char in plain if not 0x64B <= ord(char) <= 0x652 and char not in "\u00ad\u0307\u200c")
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def terms() -> tuple[Term, ...]:
    """Read the glossary; longer names come first, so that a "goal sheet" is not taken for a "goal"."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = [_term(row) for row in csv.DictReader(file)]
    return tuple(sorted(found, key=lambda term: -len(term.code)))


def _term(row: dict[str, str]) -> Term:
    code, named = row.pop("code"), {tag: tuple(words.split("|")) for tag, words in row.items()}
    wanted = sorted(named[SOURCE], key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, wanted))})(?![\w-])", re.IGNORECASE)
    return Term(code, pattern, {tag: tuple(map(folded, stems)) for tag, stems in named.items()})


@cache
def exceptions() -> tuple[Exempt, ...]:
    """Read which messages do without a term, and why."""
    with EXCEPTIONS.open(encoding="utf-8", newline="") as file:
        return tuple(Exempt(**row) for row in csv.DictReader(file))


@cache
def _exempt() -> frozenset[tuple[str, str, str]]:
    return frozenset((one.code, one.tag, one.msgid) for one in exceptions())


def used(msgid: str) -> Iterator[Term]:
    """Yield the terms that a message id uses."""
    rest = _PLACEHOLDER.sub(" ", msgid)
    for term in terms():
        rest, number = term.pattern.subn(" ", rest)
        if number:
            yield term


def unnamed(msgid: str, words: str, tag: str) -> str:
    """Return the terms that a message id uses and its translation names by another word, or not at all."""
    said = folded(words)
    return ", ".join(
        term.code
        for term in used(msgid)
        if tag in term.stems
        and not any(stem in said for stem in term.stems[tag])
        and not {(term.code, tag, msgid), (term.code, EVERY, msgid)} & _exempt()
    )
