"""Printed documents (PDF) in any of the languages, from left to right and from right to left.

How to use it:

    paper = Paper("ar", title="…", running=Running(head=region, foot=day), accent=region.accent)
    paper.heading(_("Milestones"), level=2)     # also stands in the outline, never alone at a page's end
    paper.paragraph(content.spoken(tag))        # a Spoken keeps its own language and direction
    paper.facts([(_("Who leads"), "BIZ")])      # label and words beside each other
    paper.progress(3, 5, _("3 of 5 done"))      # the bar is only a picture of the words
    paper.table([Column(_("Due"), 1), …], rows) # heads are repeated, rows stay together where they can
    paper.choices([...]); paper.ruled(3)        # boxes to tick, lines to write on by hand
    raw = paper.written()

Words are a `Text` (said in the paper's language), a plain `str`, a `Spoken`, or a `Say` with a `Style`; a
cell is one of these or several, one below the other. Widths of columns are shares of the page. Positions are
counted from the edge where reading starts, so nobody who uses this has to think of directions. FontsMissing
where the fonts are not installed. The same words always give the same file under a frozen clock.
"""

import io
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from models.exporting.pages import RGB, TOP, Pages, Running
from models.exporting.paper_table import Column, draw_table
from models.exporting.typesetting import Line, Say, Style, Words
from translations import Spoken, Text

Cell: TypeAlias = "Words | Sequence[Words]"

ACCENT = "#0b5d66"
NORMAL = Style(10)
BOLD = Style(10, bold=True)
SMALL = Style(8.5, colour=(85, 85, 85))
LEAD = Style(12)
TITLE = Style(26, bold=True, leading=1.25)
HEADINGS = {1: Style(18, bold=True, leading=1.25), 2: Style(13, bold=True), 3: Style(10.5, bold=True)}
_ABOVE = {1: 8.0, 2: 6.0, 3: 4.0}  # millimetres above a heading
_BELOW = {1: 3.0, 2: 1.5, 3: 0.5}
PICTURE = 110.0  # millimetres of a picture's longer side
GAP = 2.0  # millimetres after a block
_LABEL = 0.27  # share of the width that labels of facts take
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TRACK = (222, 222, 222)

__all__ = [
    "BOLD", "LEAD", "NORMAL", "SMALL", "TITLE", "Cell", "Column", "Paper", "Running", "Say", "Style", "Words",
]  # fmt: skip


class Paper:
    """A document of A4 pages that is filled from top to bottom."""

    def __init__(
        self, tag: str, *, title: str, running: Running, accent: str = ACCENT, landscape: bool = False
    ) -> None:
        self._pages = Pages(tag, title, running, landscape=landscape)
        self._rgb = _rgb(accent) if _COLOUR.fullmatch(accent) else _rgb(ACCENT)
        self._waiting: list[tuple[int, list[Line]]] = []  # headings, drawn with what follows them

    @property
    def tag(self) -> str:
        """The language in which words are said."""
        return self._pages.tag

    def next_paper(self, tag: str, running: Running) -> None:
        """Begin another paper in the same file: in its own language, with its own page numbers."""
        self._begin(0)
        self._pages.begin(tag, running)

    def heading(self, words: Words, level: int = 1) -> None:
        """Set a heading of level 1 to 3; it goes to the next page together with what follows it."""
        self._waiting.append((level, self._lines(words, HEADINGS[level])))

    def paragraph(self, words: Words, style: Style = NORMAL) -> None:
        """Set a paragraph; two lines of it at least stay together at the end and the beginning of pages."""
        self._paragraph(self._lines(words, style))
        self._pages.y += GAP

    def title(self, words: Words) -> None:
        """Set the document's title, large, with a band in the region's colour."""
        self._begin(30)
        self._pages.fill(0, self._pages.width, self._pages.y, 1.6, self._rgb)
        self._pages.y += 8
        with self._pages.tags.part("H1"):
            self._draw(self._lines(words, TITLE))
        self._pages.y += GAP

    def facts(self, pairs: Iterable[tuple[Words, Cell]]) -> None:
        """Set labels with words beside them."""
        start = _LABEL * self._pages.width
        for label, cell in pairs:
            labels = self._lines(label, BOLD, start - 3)
            words = self._cell(cell, NORMAL, self._pages.width - start)
            self._begin(max(_height(labels), min(_height(words), self._pages.whole / 3)))
            self._side_by_side(labels, words, start)
            self._pages.y += 1.2
        self._pages.y += GAP - 1.2

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Set a table; its heads stand on every page, a row is only broken where no page could hold it."""
        said = [[_several(cell) for cell in row] for row in rows]
        draw_table(self._pages, columns, said, NORMAL, self._begin)
        self._pages.y += 2 * GAP

    def progress(self, done: int, total: int, words: Words) -> None:
        """Set a bar with the words that say the same."""
        lines = self._lines(words, NORMAL)
        self._begin(_height(lines) + 5)
        with self._pages.tags.part("P", self.tag):
            self._draw(lines)
        width, height = self._pages.width, 2.4
        self._pages.fill(0, width, self._pages.y + 1, height, _TRACK)
        if total and done:
            self._pages.fill(0, width * min(1, done / total), self._pages.y + 1, height, self._rgb)
        self._pages.y += height + 1 + 2 * GAP

    def picture(self, data: bytes, width: int, height: int, words: str) -> None:
        """Set a picture as large as fits beside others on a page; `words` are said in its place."""
        wide = min(PICTURE, self._pages.width, PICTURE * width / max(height, 1))
        high = wide * height / max(width, 1)
        self._begin(high)
        with self._pages.tags.part("Figure", self.tag, words), self._pages.tags.drawing():
            self._pages.pdf.image(io.BytesIO(data), self._pages.x(0, wide), self._pages.y, wide, high)
        self._pages.y += high + GAP

    def choices(self, options: Sequence[Words], *, indent: float = 0) -> None:
        """Set boxes to tick, beside each other as far as they fit."""
        side, start, row = 3.6, indent, 0.0
        self._begin(7)
        for one in options:
            lines = self._lines(one, NORMAL, self._pages.width - indent - side - 2)
            wide = max(self._pages.setter.width(line.text, line) for line in lines)
            if start > indent and start + side + 2 + wide > self._pages.width:
                start, row = indent, self._next_row(row, _height(lines))
            row = max(row, _height(lines) + 2)
            self._pages.box(start, self._pages.y + 0.7, side)
            with self._pages.tags.part("P", self.tag), self._pages.tags.content(lines):
                self._pages.put(lines, start + side + 2, wide + 0.3, self._pages.y)
            start += side + 2 + wide + 7
        self._pages.y += row + GAP

    def _next_row(self, row: float, height: float) -> float:
        """Go below a row of boxes, to the next page where there is no room; no row is there yet."""
        self._pages.y += row
        self._pages.need(height)
        return 0.0

    def code(self, address: str, words: Sequence[Words], *, side: float = 30) -> None:
        """Set a QR code with words beside it; the last ones are the address for typing."""
        width = self._pages.width - side - 4
        lines = [line for one in words for line in self._lines(one, NORMAL, width)]
        self._begin(max(side, _height(lines)))
        self._pages.code(address, self._pages.width - side, self._pages.y, side)
        with self._pages.tags.part("P", self.tag), self._pages.tags.content(lines):
            self._pages.put(lines, 0, width, self._pages.y + max(0.0, (side - _height(lines)) / 2))
        self._pages.y += max(side, _height(lines)) + GAP

    def ruled(self, count: int = 1) -> None:
        """Set lines to write on by hand."""
        for _line in range(count):
            self._begin(9)
            self._pages.y += 9
            self._pages.rule(0, self._pages.width, self._pages.y, (120, 120, 120))
        self._pages.y += GAP

    def close_up(self) -> None:
        """Let what follows stand close below the last block."""
        self._begin(0)
        self._pages.y -= min(GAP, max(0.0, self._pages.y - TOP))

    def space(self, millimetres: float) -> None:
        """Leave room; none at the top of a page."""
        self._begin(0)
        self._pages.y += min(millimetres, max(0.0, self._pages.left))

    def need(self, millimetres: float) -> None:
        """Begin a new page where less than this is left."""
        self._begin(millimetres)

    def new_page(self) -> None:
        """Begin a new page."""
        self._begin(0)
        self._pages.turn()

    def written(self) -> bytes:
        """Return the finished file: with page numbers, outline, title, language and structure."""
        self._begin(0)
        return self._pages.written()

    def _lines(self, words: Words, style: Style, width: float | None = None) -> list[Line]:
        return self._pages.lines(words, style, width or self._pages.width)

    def _cell(self, cell: Cell, style: Style, width: float) -> list[Line]:
        return [line for words in _several(cell) for line in self._pages.lines(words, style, width)]

    def _begin(self, height: float) -> None:
        """Make room for headings that wait and `height` below them, then set the headings."""
        above = sum(_ABOVE[level] + _height(lines) + _BELOW[level] for level, lines in self._waiting)
        self._pages.need(above + height)
        self._take_waiting()

    def _take_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for level, lines in waiting:
            if self._pages.left < self._pages.whole:
                self._pages.y += _ABOVE[level]
            self._pages.pdf.set_y(self._pages.y)
            self._pages.pdf.start_section(" ".join(line.text for line in lines), level - 1, strict=False)
            with self._pages.tags.part(f"H{level}", lines[0].tag if lines else ""):
                self._draw(lines)
            self._pages.y += _BELOW[level]

    def _paragraph(self, lines: list[Line]) -> None:
        self._begin(_height(lines[:2] if len(lines) > 3 else lines))
        with self._pages.tags.part("P", lines[0].tag if lines else ""):
            self._draw(lines)

    def _draw(self, lines: list[Line]) -> None:
        """Draw lines below each other, over as many pages as they need, the last two on one page."""
        rest = lines
        while rest:
            fit = _fitting(rest, self._pages.left)
            if fit == len(rest) - 1 and fit > 2:
                fit -= 1
            now, rest = rest[: fit or 1], rest[fit or 1 :]
            with self._pages.tags.content(now):
                self._pages.put(now, 0, self._pages.width, self._pages.y)
            self._pages.y += _height(now)
            if rest:
                self._pages.turn()

    def _side_by_side(self, labels: list[Line], words: list[Line], start: float) -> None:
        tags, pages = self._pages.tags, self._pages
        with tags.part("P", self.tag), tags.content(labels):
            pages.put(labels, 0, start - 3, pages.y)
        rest, first = words, True
        with tags.part("P", words[0].tag if words else self.tag):
            while rest or first:
                fit = max(1, _fitting(rest, pages.left))
                now, rest = rest[:fit], rest[fit:]
                with tags.content(now):
                    pages.put(now, start, pages.width - start, pages.y)
                pages.y += max(_height(now), _height(labels) if first else 0)
                first = False
                if rest:
                    pages.turn()


def _rgb(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _several(cell: Cell) -> Sequence[Words]:
    return [cell] if isinstance(cell, (Text, str, Spoken, Say)) else cell


def _height(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines)


def _fitting(lines: Sequence[Line], height: float) -> int:
    """Return how many of the lines fit."""
    for count, line in enumerate(lines):
        height -= line.height
        if height < -0.01:
            return count
    return len(lines)
