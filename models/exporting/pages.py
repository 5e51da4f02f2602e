"""Pages of A4: where things stand on them, from the reader's starting edge, and what runs along with them.

A document may hold several papers, each in a language of its own, with its own page numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models import clock
from models.exporting.qr import draw_code
from models.exporting.shaping import ShapedPDF
from models.exporting.tagging import Tags
from models.exporting.typesetting import Line, Style, Typesetter, Words
from translations import _, language

MARGIN, TOP, BOTTOM = 20.0, 28.0, 22.0  # millimetres; the running head and foot stand in TOP and BOTTOM
RUNNING = Style(8, colour=(90, 90, 90))
RULE = (190, 190, 190)
RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Running:
    """What stands on each page: at the head its start and end, at the foot its start (then the number)."""

    head: Words = ""
    head_end: Words = ""
    foot: Words = ""
    on_first: bool = True  # no head on a title page


def new_pdf(
    tag: str, title: str, *, size: str | tuple[float, float] = "A4", landscape: bool = False
) -> ShapedPDF:
    """Return an empty document that is filled place by place; the same clock gives the same file."""
    pdf = ShapedPDF(orientation="landscape" if landscape else "portrait", format=size)
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(0, 0, 0)
    pdf.c_margin = 0
    pdf.set_title(title)
    pdf.set_lang(tag)
    pdf.set_creator("mitwirken")
    pdf.set_creation_date(clock.now())
    return pdf


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Pages of one paper: from which one on, in which language, with what running along."""

    first: int
    tag: str
    running: Running


class Pages:
    """The pages of a document while they are filled from top to bottom. Positions are in millimetres."""

    def __init__(self, tag: str, title: str, running: Running, *, landscape: bool = False) -> None:
        self.pdf = new_pdf(tag, title, landscape=landscape)
        self.setter = Typesetter(self.pdf)
        self.tags = Tags(self.pdf)
        self._document_is_rtl = language(tag).is_rtl
        self._stretches: list[_Stretch] = []
        self.y = TOP
        self.begin(tag, running)

    def begin(self, tag: str, running: Running) -> None:
        """Begin a paper of its own, on a new page."""
        self.tag = tag
        self.is_rtl = language(tag).is_rtl
        self._stretches.append(_Stretch(len(self.pdf.pages) + 1, tag, running))
        self.turn()

    @property
    def width(self) -> float:
        """Width between the margins."""
        return self.pdf.w - 2 * MARGIN

    @property
    def left(self) -> float:
        """Height that is left on this page."""
        return self.pdf.h - BOTTOM - self.y

    @property
    def whole(self) -> float:
        """Height of an empty page."""
        return self.pdf.h - BOTTOM - TOP

    def turn(self) -> None:
        """Begin a new page."""
        self.pdf.add_page()
        self.y = TOP

    def need(self, height: float) -> bool:
        """Begin a new page where less than this is left; tell whether it did."""
        if height <= self.left + 0.01 or self.y <= TOP:
            return False
        self.turn()
        return True

    def lines(self, said: Words, style: Style, width: float) -> list[Line]:
        """Break words into lines."""
        return self.setter.lines(said, style, width, self.tag)

    def put(
        self, lines: Sequence[Line], start: float, width: float, y: float, *, at_end: bool = False
    ) -> None:
        """Draw lines at `start` from the starting edge; on an Arabic page that edge is the right one."""
        left = self.x(start, width)
        is_left = self.is_rtl is at_end
        for line in lines:
            if line.text:
                self.setter.use(line)
                self.pdf.set_xy(left, y)
                self.pdf.cell(width, line.height, line.text, align="L" if is_left else "R")
            y += line.height

    def x(self, start: float, width: float) -> float:
        """Return the left edge of what begins at `start` from the starting edge."""
        return self.pdf.w - MARGIN - start - width if self.is_rtl else MARGIN + start

    def rule(self, start: float, width: float, y: float, colour: RGB = RULE, weight: float = 0.2) -> None:
        """Draw a horizontal rule."""
        left = self.x(start, width)
        with self.tags.decoration():
            self.pdf.set_draw_color(*colour)
            self.pdf.set_line_width(weight)
            self.pdf.line(left, y, left + width, y)

    def fill(self, start: float, width: float, y: float, height: float, colour: RGB) -> None:
        """Fill a box."""
        with self.tags.decoration():
            self.pdf.set_fill_color(*colour)
            self.pdf.rect(self.x(start, width), y, width, height, style="F")

    def box(self, start: float, y: float, side: float) -> None:
        """Draw an empty box to tick."""
        with self.tags.decoration():
            self.pdf.set_draw_color(60, 60, 60)
            self.pdf.set_line_width(0.25)
            self.pdf.rect(self.x(start, side), y, side, side)

    def code(self, text: str, start: float, y: float, side: float) -> None:
        """Draw a QR code."""
        with self.tags.decoration():
            draw_code(self.pdf, text, self.x(start, side), y, side)

    def written(self) -> bytes:
        """Put head, foot and page numbers on all pages, and return the file."""
        ends = [one.first for one in self._stretches[1:]] + [len(self.pdf.pages) + 1]
        for one, end in zip(self._stretches, ends, strict=True):
            self.tag, self.is_rtl = one.tag, language(one.tag).is_rtl
            for number in range(one.first, end):
                self.pdf.page = number
                self.pdf.current_font_is_set_on_page = False
                with self.tags.decoration():
                    self._run_along(one.running, number - one.first + 1, end - one.first)
        return self.tags.written(bytes(self.pdf.output()), is_rtl=self._document_is_rtl)

    def _run_along(self, running: Running, number: int, total: int) -> None:
        half = self.width / 2
        foot = self.pdf.h - BOTTOM + 9
        page = _("Page {number} of {total}")(number=number, total=total).to(self.tag)
        self.put(self.lines(running.foot, RUNNING, 0.7 * self.width)[:1], 0, 0.7 * self.width, foot)
        side = 0.3 * self.width
        self.put(self.lines(page, RUNNING, side)[:1], self.width - side, side, foot, at_end=True)
        if number == 1 and not running.on_first:
            return
        self.put(self.lines(running.head, RUNNING, half)[:1], 0, half, 14)
        self.put(self.lines(running.head_end, RUNNING, half)[:1], half, half, 14, at_end=True)
