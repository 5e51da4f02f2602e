"""Words on lines: measured as they are drawn, shaped, and in the right order for both directions.

Lines are broken before they are put into visual order, as the Unicode bidirectional algorithm asks; then
each line is drawn on its own. Isolates that a break would cut are opened again on the next line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from fpdf import FPDF

from models.exporting import fonts
from translations import Spoken, Text, language

_OPENS, _CLOSES = "\u2066\u2067\u2068", "\u2069"
_PARTS = re.compile(r"[^/–—-]*[/–—-]|[^/–—-]+")
_INVISIBLE = {ord(sign): None for sign in "\u00ad\ufeff\ufe0f\r"} | {9: " ", 11: "\n", 12: "\n"}
_STRONG_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_STRONG_LTR = re.compile(r"[A-Za-z\u00aa-\u02b8\u0370-\u058f\u1e00-\u1fff]")
_NEEDS_NO_SIGN = f"\n\u200c\u200d{_OPENS}{_CLOSES}"
_MARGIN = 0.2  # millimetres by which a line may differ from the sum of its words


@dataclass(frozen=True, slots=True)
class Style:
    """How words look: size in points, weight, colour as red, green, blue."""

    size: float = 10
    bold: bool = False
    colour: tuple[int, int, int] = (26, 26, 26)
    leading: float = 1.4

    @property
    def line_height(self) -> float:
        """Height of a line in millimetres."""
        return self.size * self.leading * 25.4 / 72


@dataclass(frozen=True, slots=True)
class Say:
    """Words with a look of their own."""

    words: "Text | str | Spoken"
    style: Style


Words: TypeAlias = "Text | str | Spoken | Say"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn."""

    text: str
    style: Style
    tag: str
    is_rtl: bool

    @property
    def height(self) -> float:
        """Height in millimetres."""
        return self.style.line_height


def runs_rtl(text: str, tag: str) -> bool:
    """Tell whether words run from right to left: by their first letter, else by their language."""
    rtl, ltr = _STRONG_RTL.search(text), _STRONG_LTR.search(text)
    if rtl is None and ltr is None:
        return language(tag).is_rtl
    if language(tag).is_rtl and rtl is not None:
        return True  # "7.49 BIZ: …" at the beginning of an Arabic sentence does not turn it round
    return ltr is None or (rtl is not None and rtl.start() < ltr.start())


def _spoken(said: Words, tag: str) -> Spoken:
    words = said.words if isinstance(said, Say) else said
    if isinstance(words, Spoken):
        return words
    return Spoken(words.to(tag) if isinstance(words, Text) else words, tag, False)


class Typesetter:
    """Measures words and breaks them into lines, with the fonts of one document."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._widths: dict[tuple[str, bool, bool], float] = {}  # for each point of size
        self._files = fonts.files()
        self._known: set[int] = set()
        self._loaded: list[str] = []
        self._load("sans", fonts.SANS, fonts.SANS_BOLD)

    def lines(self, said: Words, style: Style, width: float, tag: str) -> list[Line]:
        """Break words into lines of at most `width` millimetres; without words there is no line."""
        style = said.style if isinstance(said, Say) else style
        spoken = _spoken(said, tag)
        made: list[Line] = []
        for paragraph in self._clean(spoken.text).split("\n"):
            plain = Line("", style, spoken.tag, runs_rtl(paragraph, spoken.tag))
            made += [replace(plain, text=text) for text in self._broken(paragraph, plain, width)]
        while made and not made[-1].text:
            made.pop()
        return made

    def use(self, line: Line) -> None:
        """Make the document write as this line does."""
        self._pdf.set_text_shaping(True, direction="rtl" if line.is_rtl else "ltr")
        if line.is_rtl:
            self._load("arabic", fonts.ARABIC, fonts.ARABIC_BOLD)
        family = "arabic" if line.is_rtl else "sans"
        self._pdf.set_font(family, "B" if line.style.bold else "", line.style.size)
        self._pdf.set_text_color(*line.style.colour)

    def _clean(self, text: str) -> str:
        """Leave out what has no sign, and show a replacement for signs that no font has."""
        text = text.translate(_INVISIBLE).strip()
        self._prepare({sign for sign in text if ord(sign) not in self._known and sign not in _NEEDS_NO_SIGN})
        return "".join(
            sign if ord(sign) in self._known or sign in _NEEDS_NO_SIGN else "\ufffd" for sign in text
        )

    def _prepare(self, lacking: set[str]) -> None:
        """Load the fonts that words need: reading a font takes longer than setting a page with it."""
        if _STRONG_RTL.search("".join(lacking)):
            self._load("arabic", fonts.ARABIC, fonts.ARABIC_BOLD)
        for name in fonts.SYMBOLS:
            if name in self._files and any(ord(sign) not in self._known for sign in lacking):
                self._load(name.lower(), name)

    def _load(self, family: str, *names: str) -> None:
        if family in self._loaded:
            return
        for name, style in zip(names, ("", "B"), strict=False):
            self._pdf.add_font(family, style, self._files[name])
            self._known |= set(self._pdf.fonts[f"{family}{style}"].cmap)  # type: ignore[union-attr]
        self._loaded.append(family)
        self._pdf.set_fallback_fonts(self._loaded, exact_match=False)

    def width(self, text: str, like: Line) -> float:
        """Return the width of words in millimetres."""
        key = (text, like.style.bold, like.is_rtl)
        if key not in self._widths:
            self.use(like)
            self._widths[key] = self._pdf.get_string_width(text) / like.style.size
        return self._widths[key] * like.style.size

    def _broken(self, paragraph: str, plain: Line, width: float) -> Iterator[str]:
        text, taken, isolate = "", 0.0, ""
        space = self.width(" ", plain)
        for word, glued in self._words(paragraph, plain, width):
            wide = self.width(word, plain)
            gap = 0.0 if glued or not text else space
            if text and taken + gap + wide > width + _MARGIN:
                yield isolate + text
                isolate = _still_open(isolate + text)
                text, taken, gap, glued = "", 0.0, 0.0, True
            text += word if glued or not text else f" {word}"
            taken += gap + wide
        yield isolate + text

    def _words(self, paragraph: str, plain: Line, width: float) -> Iterator[tuple[str, bool]]:
        """Yield what may stand on a line of its own, and whether it sticks to what is before it."""
        for word in paragraph.split(" "):
            if word and self.width(word, plain) <= width:
                yield word, False
                continue
            for position, part in enumerate(_PARTS.findall(word)):
                for place, piece in enumerate(self._pieces(part, plain, width)):
                    yield piece, bool(position or place)

    def _pieces(self, part: str, plain: Line, width: float) -> Iterator[str]:
        piece = ""
        for sign in part:
            if piece and self.width(piece + sign, plain) > width:
                yield piece
                piece = ""
            piece += sign
        if piece:
            yield piece


def _still_open(text: str) -> str:
    """Return the isolates that are open at the end of words."""
    stack = ""
    for sign in text:
        if sign in _OPENS:
            stack += sign
        elif sign in _CLOSES:
            stack = stack[:-1]
    return stack
