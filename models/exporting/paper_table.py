"""Tables on paper: heads on every page, rows that stay together, columns in the order of reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.exporting.pages import Pages
from models.exporting.typesetting import Line, Style, Words
from models.exporting.widths import share_out
from translations import Text

PADDING = 1.8  # millimetres inside a cell
_HEAD_FILL = (236, 238, 240)
_LEAST = 3  # lines of a row that must fit before it is broken


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and its share of the page's width. Numbers stand at the end of theirs."""

    heading: Text | str
    share: float = 1
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    start: float
    width: float
    is_number: bool


Row = Sequence[Sequence[Line]]  # the lines of each cell


def draw_table(
    pages: Pages,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Sequence[Words]]],
    style: Style,
    begin: Callable[[float], None],
) -> None:
    """Draw a table where the pages are; `begin` makes room for its beginning."""
    bold = replace(style, bold=True, size=style.size - 1)
    heads: list[Sequence[Words]] = [[column.heading] for column in columns]
    least = [
        max(_least(pages, [head], bold), _least(pages, [row[at] for row in rows], style))
        for at, head in enumerate(heads)
    ]
    places = _places(pages, columns, least)
    top = _laid_out(pages, places, heads, bold)
    made = [_laid_out(pages, places, row, style) for row in rows]
    first = _height(made[0]) if made else 0.0
    begin(_height(top) + min(first, pages.whole / 3))
    with pages.tags.part("Table"):
        _draw_row(pages, places, top, role="TH")
        for row in made:
            _draw_over_pages(pages, places, top, row)


def _laid_out(pages: Pages, places: Sequence[_Place], row: Sequence[Sequence[Words]], style: Style) -> Row:
    return [
        [line for words in cell for line in pages.lines(words, style, place.width - 2 * PADDING)]
        for cell, place in zip(row, places, strict=True)
    ]


def _least(pages: Pages, cells: Sequence[Sequence[Words]], style: Style) -> float:
    """Return the width that a column needs so that no word is broken, up to a fifth of the page."""
    widest = 0.0
    for cell in cells:
        for words in cell:
            for line in pages.lines(words, style, 1000):
                widest = max(widest, *(pages.setter.width(word, line) for word in line.text.split(" ")))
    return min(widest + 2 * PADDING + 0.3, pages.width / 5)


def _places(pages: Pages, columns: Sequence[Column], least: Sequence[float]) -> list[_Place]:
    """Share the width out; what a column needs beyond its share, the others give."""
    widths = share_out(pages.width, [column.share for column in columns], least)
    places: list[_Place] = []
    start = 0.0
    for column, width in zip(columns, widths, strict=True):
        places.append(_Place(start, width, column.is_number))
        start += width
    return places


def _height(row: Row) -> float:
    return max((sum(line.height for line in cell) for cell in row), default=0.0) + 2 * PADDING


def _draw_over_pages(pages: Pages, places: Sequence[_Place], heads: Row, row: Row) -> None:
    """Draw a row, on the next page where it does not fit; broken only where a page is too small for it."""
    if _height(row) > pages.left:
        fits_a_page = _height(row) + _height(heads) <= pages.whole
        if fits_a_page or pages.left < _LEAST * 5 + 2 * PADDING:
            _turn(pages, places, heads)
    while _height(row) > pages.left:
        now, row = _cut(row, pages.left - 2 * PADDING)
        _draw_row(pages, places, now)
        _turn(pages, places, heads)
    _draw_row(pages, places, row)


def _turn(pages: Pages, places: Sequence[_Place], heads: Row) -> None:
    pages.turn()
    with pages.tags.decoration():
        _put_cells(pages, places, heads)
    _finish_row(pages, _height(heads))


def _cut(row: Row, height: float) -> tuple[Row, Row]:
    now, later = [], []
    for cell in row:
        taken, left = 0, height
        while taken < len(cell) and cell[taken].height <= left:
            left -= cell[taken].height
            taken += 1
        now.append(cell[:taken])
        later.append(cell[taken:])
    if not any(now):  # a line that is higher than a page: draw it all the same
        return [cell[:1] for cell in row], [cell[1:] for cell in row]
    return now, later


def _draw_row(pages: Pages, places: Sequence[_Place], row: Row, role: str = "TD") -> None:
    height = _height(row)
    if role == "TH":
        pages.fill(0, pages.width, pages.y, height, _HEAD_FILL)
    with pages.tags.part("TR"):
        for place, cell in zip(places, row, strict=True):
            with pages.tags.part(role, cell[0].tag if cell else ""), pages.tags.content(cell):
                _put_cell(pages, place, cell)
    _finish_row(pages, height)


def _put_cells(pages: Pages, places: Sequence[_Place], row: Row) -> None:
    pages.pdf.set_fill_color(*_HEAD_FILL)
    pages.pdf.rect(pages.x(0, pages.width), pages.y, pages.width, _height(row), style="F")
    for place, cell in zip(places, row, strict=True):
        _put_cell(pages, place, cell)


def _put_cell(pages: Pages, place: _Place, cell: Sequence[Line]) -> None:
    pages.put(
        cell, place.start + PADDING, place.width - 2 * PADDING, pages.y + PADDING, at_end=place.is_number
    )


def _finish_row(pages: Pages, height: float) -> None:
    pages.y += height
    pages.rule(0, pages.width, pages.y)
