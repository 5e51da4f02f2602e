"""What people read of a page, and which of it is not in their language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from translations import SOURCE, catalogues

VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "path", "circle", "col", "source", "wbr"})
PEOPLES = ("p", "textarea", "blockquote", "pre")  # with dir="auto": what people wrote, in any language
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
# What is the same in every language.
SAME = re.compile(
    r"https?://\S*|\S+@\S+|[\w.]+\.(?:example|org|de|ics|json)\b|"
    r"\b(?:Telegram|mitwirken|EUPL|CSV|JSON|PDF|Word|QR|Atom|CC BY|JPEG|PNG|MB|JavaScript|WCAG|AA|GDPR)\b|"
    r"/mydata\b|\b[2-9A-HJKMNP-Z]{6}\b"  # the latter for entrances
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


def any_of(content: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for what people have written, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(content, key=len, reverse=True))) or "(?!)")


def without(line: str, content: re.Pattern[str]) -> str:
    """Return a line without what people have written, nor what is put in between isolating signs."""
    line = content.sub(" ", line)
    while "\u2068" in line:
        line, count = _ISOLATED.subn(" ", line)
        if not count:
            break
    return line


def unfilled(lines: Iterable[str]) -> set[str]:
    """Return the lines in which a placeholder was left as it stands in the catalogue."""
    return {line for line in lines if re.search(r"\{[a-z_]+\}", line)}


def latin(lines: Iterable[str]) -> set[str]:
    """Return the lines with Latin words that are not the same everywhere."""
    return {line.strip() for line in lines if LATIN.search(line) and LATIN.search(SAME.sub("", line))}


def plain_words(html: str, tag: str, content: Iterable[str] | re.Pattern[str] = ()) -> set[str]:
    """Return the lines of a page with Latin words that are neither `content` nor the same everywhere."""
    pattern = content if isinstance(content, re.Pattern) else any_of(content)
    return latin(without(line, pattern) for line in read(html, tag))


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
def _said(tag: str) -> frozenset[str]:
    """Return all that a catalogue says, without tags; "" stands for the code's own words."""
    words: dict[str | tuple[str, int], str] = vars(catalogues.own(tag or SOURCE))["_catalog"]
    every = words.values() if tag else {key[0] if isinstance(key, tuple) else key for key in words}
    return frozenset(line for one in every if (line := " ".join(_TAG.sub("", str(one)).split())))


def _pieces(words: Iterable[str]) -> Iterator[str]:
    """Return the parts of sentences between what is put in, where they are long enough and several words."""
    for one in words:
        for piece in _GAP.split(one):
            if len(piece.strip()) >= SHORTEST and " " in piece.strip():
                yield piece.strip()


@cache
def foreign(tag: str, other: str) -> Foreign:
    """Return what must not be read in `tag`, as it is `other`'s ("" for the code's own English)."""
    mine, theirs = _said(tag), _said(other)
    text = "\n".join(mine)
    lines = {line for line in theirs - mine if not _GAP.search(line)}
    parts = {piece for piece in _pieces(theirs) if piece not in text}
    return Foreign(frozenset(lines), tuple(sorted(parts)))
