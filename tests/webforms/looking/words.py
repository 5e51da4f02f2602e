"""What people read of a page, and which of it is not in their language."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from babel.messages.catalog import Message

from translations import SOURCE, catalogues, language, messages

VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "path", "circle", "col", "source", "wbr"})
PEOPLES = ("p", "textarea", "blockquote", "pre")  # with dir="auto": what people wrote, in any language
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
# What is the same in every language.
SAME = re.compile(
    r"https?://\S*|\S+@\S+|[\w.]+\.(?:example|org|de|ics|json)\b|"
    r"\b(?:Telegram|mitwirken|EUPL|CSV|JSON|PDF|Word|QR|Atom|CC BY|JPEG|PNG|MB|JavaScript|WCAG|AA)\b|"
    r"/mydata\b"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
WITHOUT_LATIN = ("ar", "fa", "uk", "ru")
_GAP = re.compile(r"\{\w+\}")
_TAG = re.compile(r"<[^>]*>")
SHORTEST = 10  # letters of a part of a sentence that cannot be there by chance


class Reader(HTMLParser):
    """Reads what people read of a page, but for words marked as being in another language, and names."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._own, self._open = tag, [(tag, True)]
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element; words in attributes are read, too."""
        have = {name: value or "" for name, value in attrs}
        tongue, is_read = self._open[-1]
        tongue = have.get("lang", tongue) if tag != "html" else tongue
        is_read = is_read and tongue == self._own and tag not in ("style", "script", "bdi", "code")
        is_read = is_read and (have.get("dir") != "auto" or tag not in PEOPLES)
        if is_read:
            self.said += [have[name] for name in SPOKEN if have.get(name)]
        if tag not in VOID:
            self._open.append((tongue, is_read))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is inside."""

    def handle_endtag(self, tag: str) -> None:
        """Come out of an element."""
        if tag not in VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Read words."""
        if self._open[-1][1]:
            self.said.append(data)


def read(html: str, tag: str) -> list[str]:
    """Return the lines of a page in its own language, each with single spaces."""
    reader = Reader(tag)
    reader.feed(html)
    return [line for said in reader.said if (line := " ".join(said.split()))]


_ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")


def without(line: str, content: Iterable[str]) -> str:
    """Return a line without what people have written, nor what is put in between isolating signs."""
    for words in sorted(content, key=len, reverse=True):
        line = line.replace(words, " ")
    while _ISOLATED.search(line):
        line = _ISOLATED.sub(" ", line)
    return line


def plain_words(html: str, tag: str, content: Iterable[str] = ()) -> set[str]:
    """Return the lines of a page with Latin words that are neither `content` nor the same everywhere."""
    found = {without(line, content).strip() for line in read(html, tag)}
    return {line for line in found if LATIN.search(SAME.sub("", line))}


@dataclass(frozen=True, slots=True)
class Foreign:
    """The words of another language that may not be on a page: whole lines, and parts of sentences."""

    lines: frozenset[str]
    parts: tuple[str, ...]

    def among(self, lines: Iterable[str]) -> set[str]:
        """Return the lines that say something foreign."""
        every = set(lines)
        whole = "\n".join(sorted(every))
        hits = [part for part in self.parts if part in whole]
        return {line for line in every if line in self.lines or any(part in line for part in hits)}


@cache
def _said(tag: str) -> Mapping[object, tuple[str, ...]]:
    """Return what a catalogue says, by message id; the source of the code is "" here."""
    catalogue = messages.read(catalogues.po_file(language(tag or SOURCE)))
    return {one.id: _strings(one.string if tag else one.id) for one in catalogue if one.id}


def _strings(raw: Message | object) -> tuple[str, ...]:
    words = raw if isinstance(raw, (tuple, list)) else (raw,)
    return tuple(" ".join(_TAG.sub("", str(one)).split()) for one in words if one)


def _pieces(words: Iterable[str]) -> Iterator[str]:
    """Return the parts of sentences between what is put in, where they are long enough and several words."""
    for one in words:
        for piece in _GAP.split(one):
            if len(piece.strip()) >= SHORTEST and " " in piece.strip():
                yield piece.strip()


@cache
def foreign(tag: str, other: str) -> Foreign:
    """Return what must not be read in `tag`, as it is `other`'s ("" for the code's own English)."""
    own, theirs = _said(tag), _said(other)
    mine = {line for said in own.values() for line in said}
    text = "\n".join(mine)
    lines = {line for said in theirs.values() for line in said if line not in mine and not _GAP.search(line)}
    parts = {piece for said in theirs.values() for piece in _pieces(said) if piece not in text}
    return Foreign(frozenset(lines), tuple(sorted(parts)))
