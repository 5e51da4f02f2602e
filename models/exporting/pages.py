"""Pages of A4: where things stand on them, from the reader's starting edge, and what runs along with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import clock
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


class Pages:
    """The pages of a document while they are filled from top to bottom. Positions are in millimetres."""

    def __init__(self, tag: str, title: str, running: Running, *, landscape: bool = False) -> None:
        self.tag = tag
        self.is_rtl = language(tag).is_rtl
        self._running = running
        self.pdf = ShapedPDF(orientation="landscape" if landscape else "portrait", format="A4")
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_margins(0, 0, 0)
        self.pdf.c_margin = 0
        self.pdf.set_title(title)
        self.pdf.set_lang(tag)
        self.pdf.set_creator("mitwirken")
        self.pdf.set_creation_date(clock.now())
        self.setter = Typesetter(self.pdf)
        self.tags = Tags(self.pdf)
        self.y = TOP
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

    def written(self) -> bytes:
        """Put head, foot and page numbers on all pages, and return the file."""
        total = len(self.pdf.pages)
        for number in range(1, total + 1):
            self.pdf.page = number
            self.pdf.current_font_is_set_on_page = False
            with self.tags.decoration():
                self._run_along(number, total)
        return self.tags.written(bytes(self.pdf.output()), is_rtl=self.is_rtl)

    def _run_along(self, number: int, total: int) -> None:
        half = self.width / 2
        foot = self.pdf.h - BOTTOM + 9
        page = _("Page {number} of {total}")(number=number, total=total).to(self.tag)
        self.put(self.lines(self._running.foot, RUNNING, 0.7 * self.width)[:1], 0, 0.7 * self.width, foot)
        side = 0.3 * self.width
        self.put(self.lines(page, RUNNING, side)[:1], self.width - side, side, foot, at_end=True)
        if number == 1 and not self._running.on_first:
            return
        self.put(self.lines(self._running.head, RUNNING, half)[:1], 0, half, 14)
        self.put(self.lines(self._running.head_end, RUNNING, half)[:1], half, half, 14, at_end=True)
