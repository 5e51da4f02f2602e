"""Badges: ten on a page to cut out, with name, organisation, languages spoken, and the code for the door."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M

from models import clock
from models.door import Guest
from models.exporting.pages import RULE
from models.exporting.shaping import ShapedPDF
from models.exporting.tagging import Tags
from models.exporting.typesetting import Line, Style, Typesetter, Words
from models.regions import Region
from translations import SOURCE, Spoken, Text, _, find

TITLE = _("Badges")
WIDE, HIGH, COLUMNS, ROWS = 90.0, 54.0, 2, 5  # millimetres; ten on a page of A4
_LEFT, _TOP = (210 - COLUMNS * WIDE) / 2, (297 - ROWS * HIGH) / 2
_PADDING, _QR = 5.0, 20.0
_NAMES = (
    Style(24, bold=True, leading=1.2),
    Style(19, bold=True, leading=1.2),
    Style(14, bold=True, leading=1.2),
)
_ORGANISATION, _SMALL = Style(11), Style(7.5, colour=(85, 85, 85))
_TONGUE, _CODE = Style(9.5), Style(9, bold=True)
_DOT = "·"


def badges_pdf(guests: Sequence[Guest], *, event: Words, region: Region, tag: str) -> bytes:
    """Return the badges as PDF, ten on a page; FontsMissing without fonts."""
    pdf = ShapedPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(0, 0, 0)
    pdf.c_margin = 0
    pdf.set_title(TITLE.to(tag))
    pdf.set_lang(tag)
    pdf.set_creator("mitwirken")
    pdf.set_creation_date(clock.now())
    sheet = _Sheet(pdf, tag)
    for place, guest in enumerate(guests):
        on_page = place % (COLUMNS * ROWS)
        if not on_page:
            pdf.add_page()
        left, top = _LEFT + on_page % COLUMNS * WIDE, _TOP + on_page // COLUMNS * HIGH
        sheet.badge(guest, left, top, head=(Spoken(region.name, SOURCE, tag != SOURCE), event))
    if not guests:
        pdf.add_page()
    return sheet.tags.written(bytes(pdf.output()), is_rtl=False)


class _Sheet:
    """Draws badges; everything stands in the middle, so names run in any direction."""

    def __init__(self, pdf: FPDF, tag: str) -> None:
        self.pdf, self.tag = pdf, tag
        self.setter, self.tags = Typesetter(pdf), Tags(pdf)

    def badge(self, guest: Guest, left: float, top: float, *, head: Sequence[Words]) -> None:
        """Draw one badge with its edges."""
        with self.tags.decoration():
            self.pdf.set_draw_color(*RULE)
            self.pdf.set_line_width(0.15)
            self.pdf.rect(left, top, WIDE, HIGH)
        inner = WIDE - 2 * _PADDING
        y = top + 3.5
        for said in head:
            y = self._middle(self._lines(said, _SMALL, inner)[:1], left + _PADDING, inner, y)
        room = HIGH - _QR - 12
        name = self._name(guest.name or _("Without a name"), inner)
        whole = [*name, *self._lines(guest.organisation, _ORGANISATION, inner)[:2]]
        y += max(1.0, (room - sum(line.height for line in whole)) / 2)
        with self.tags.part("H1", name[0].tag if name else self.tag):
            y = self._middle(name, left + _PADDING, inner, y)
        below = [line for line in whole[len(name) :] if y + line.height <= top + HIGH - _QR - 3.5]
        self._middle(below or whole[len(name) :][:1], left + _PADDING, inner, y)
        foot = top + HIGH - _QR - 2.5
        self._tongues(guest.languages, left + _PADDING, inner - _QR - 3, foot + _QR)
        self._code(guest.code, left + WIDE - _PADDING - _QR, foot)

    def _lines(self, said: Words, style: Style, width: float) -> list[Line]:
        return self.setter.lines(said, style, width, self.tag)

    def _name(self, name: Text | str, width: float) -> list[Line]:
        """Return a name on two lines at most, as large as it fits."""
        said = name if isinstance(name, Text) else Spoken(name, self.tag, False)
        lines: list[Line] = []
        for style, most in zip(_NAMES, (1, 2, 2), strict=True):
            lines = self._lines(said, style, width)
            if len(lines) <= most:
                break
        return lines[:2]

    def _middle(self, lines: Sequence[Line], left: float, width: float, y: float) -> float:
        """Draw lines in the middle; return where the next one begins."""
        if not lines:
            return y
        with self.tags.part("P", lines[0].tag), self.tags.content(lines):
            for line in lines:
                self._put(line, left, width, y, "C")
                y += line.height
        return y

    def _put(self, line: Line, left: float, width: float, y: float, align: str) -> None:
        self.setter.use(line)
        self.pdf.set_xy(left, y)
        self.pdf.cell(width, line.height, line.text, align=align)

    def _tongues(self, tags: Sequence[str], left: float, width: float, bottom: float) -> None:
        """Draw the languages in their own names beside each other, in rows that end at the bottom."""
        known = [entry for entry in map(find, tags) if entry is not None]
        said = [self._lines(Spoken(entry.own_name, entry.tag, False), _TONGUE, width)[0] for entry in known]
        rows: list[list[tuple[Line, float]]] = [[]]
        taken = 0.0
        for line in said:
            wide = self.setter.width(line.text, line)
            if rows[-1] and taken + wide > width:
                rows.append([])
                taken = 0.0
            rows[-1].append((line, wide))
            taken += wide + 5
        y = bottom - len(rows) * _TONGUE.line_height
        for row in rows:
            x = left
            for place, (line, wide) in enumerate(row):
                if place:
                    dot = replace(line, text=_DOT, is_rtl=False, tag=self.tag)
                    with self.tags.decoration():
                        self._put(dot, x - 5, 5, y, "C")
                with self.tags.part("P", line.tag), self.tags.content([line]):
                    self._put(line, x, wide + 0.3, y, "L")
                x += wide + 5
            y += _TONGUE.line_height

    def _code(self, code: str, left: float, top: float) -> None:
        """Draw the code for the door, in squares and in letters."""
        line = self._lines(Spoken(code, "de", False), _CODE, _QR)[0]
        made: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
        made.add_data(code)
        made.make(fit=True)
        rows = made.get_matrix()
        side = (_QR - line.height) / len(rows)
        start = left + (_QR - side * len(rows)) / 2
        with self.tags.decoration():
            self.pdf.set_fill_color(0, 0, 0)
            for y, row in enumerate(rows):
                for x, is_dark in enumerate(row):
                    if is_dark:  # a hair larger, so that no white line is left between two
                        self.pdf.rect(start + x * side, top + y * side, side + 0.02, side + 0.02, style="F")
        self._middle([line], left, _QR, top + _QR - line.height)
