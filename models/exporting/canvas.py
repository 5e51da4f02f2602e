"""Pages of any size on which words, codes and shapes stand at a place: posters, cards, slides, stickers.

Positions are millimetres from the left and the top. Words run in their own direction: those from right to
left begin at the right edge of their box, whatever stands beside them in other languages.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from itertools import groupby

from models.exporting.pages import RGB, new_pdf
from models.exporting.qr import draw_code
from models.exporting.tagging import Tags
from models.exporting.typesetting import Line, Style, Typesetter, Words
from translations import language

_STEP = 0.96  # by which words that are too many become smaller at a time
LEAST = 4.5  # points: smaller words nobody reads


class Align(StrEnum):
    """Where in their box words stand: at the edge where they begin themselves, or at a place for all."""

    START = "start"
    CENTRE = "C"
    LEFT = "L"
    RIGHT = "R"


class Canvas:
    """A document whose pages are filled place by place."""

    def __init__(self, tag: str, title: str, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self._is_rtl = language(tag).is_rtl
        self.pdf = new_pdf(tag, title, size=size)
        self._setter = Typesetter(self.pdf)
        self._tags = Tags(self.pdf)

    def page(self, name: str) -> None:
        """Begin a page; it stands in the outline by its name."""
        self.pdf.add_page()
        self.pdf.set_y(0)
        self.pdf.start_section(name)

    def lines(self, words: Words, style: Style, width: float, tag: str) -> list[Line]:
        """Break words into lines, said in the language of `tag`."""
        return self._setter.lines(words, style, width, tag)

    def fitted(self, words: Words, style: Style, box: tuple[float, float], tag: str) -> list[Line]:
        """Break words into lines that fit a box, smaller where they have to be; no word is left out."""
        width, height = box
        while True:
            lines = self.lines(words, style, width, tag)
            if height_of(lines) <= height or style.size <= LEAST:
                return lines
            style = replace(style, size=max(LEAST, style.size * _STEP))

    def on_one_line(self, text: str, style: Style, width: float, tag: str) -> list[Line]:
        """Set words on one line, smaller where they have to be; on several where that is too small."""
        while True:
            lines = self.lines(text, style, width, tag)
            if len(lines) <= 1 or style.size <= LEAST + 1:
                return lines
            style = replace(style, size=style.size * _STEP)

    def put(
        self, lines: Sequence[Line], x: float, y: float, width: float, *, align: Align = Align.START,
        role: str = "P",
    ) -> float:  # fmt: skip
        """Draw lines below each other, a part for each language; return where they end."""
        for tag, group in groupby(lines, lambda line: line.tag):
            told = list(group)
            with self._tags.part(role, tag), self._tags.content(told):
                for line in told:
                    self._setter.use(line)
                    self.pdf.set_xy(x, y)
                    self.pdf.cell(width, line.height, line.text, align=_letter(line, align))
                    y += line.height
        return y

    def width_of(self, lines: Sequence[Line]) -> float:
        """Return how wide lines are."""
        return max((self._setter.width(line.text, line) for line in lines), default=0.0)

    def code(self, text: str, x: float, y: float, side: float, spoken: str, tag: str) -> None:
        """Draw a QR code; `spoken` says what it is to those who do not see it."""
        with self._tags.part("Figure", tag, spoken), self._tags.content([]):
            draw_code(self.pdf, text, x, y, side)

    def fill(self, x: float, y: float, width: float, height: float, colour: RGB) -> None:
        """Fill a box."""
        with self.drawing():
            self.pdf.set_fill_color(*colour)
            self.pdf.rect(x, y, width, height, style="F")

    def rule(
        self, x: float, y: float, to: tuple[float, float], colour: RGB = (190, 190, 190), weight: float = 0.2
    ) -> None:
        """Draw a line from a point to another."""
        with self.drawing():
            self.pdf.set_draw_color(*colour)
            self.pdf.set_line_width(weight)
            self.pdf.line(x, y, *to)

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Draw shapes that nobody needs to hear of."""
        with self._tags.decoration():
            yield

    def written(self) -> bytes:
        """Return the finished file: with outline, title, language and structure."""
        return self._tags.written(bytes(self.pdf.output()), is_rtl=self._is_rtl)


def height_of(lines: Sequence[Line]) -> float:
    """Return how high lines are together."""
    return sum(line.height for line in lines)


def _letter(line: Line, align: Align) -> str:
    if align is Align.START:
        return "R" if line.is_rtl else "L"
    return align.value
