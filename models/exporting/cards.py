"""Table cards, slides for the screen and stickers: a group's code, and how to take part, in each language."""

from collections.abc import Callable, Sequence

from models.exporting import print_words as words
from models.exporting.canvas import Align, Canvas, height_of
from models.exporting.plates import (
    QUIET,
    draw_address,
    draw_head,
    draw_number,
    invitations,
)
from models.exporting.prints import Piece, Prints
from models.exporting.shapes import draw_stripes, look_of
from models.exporting.typesetting import Line, Style
from translations import language

CARD = (148.0, 210.0)  # A5
SLIDE = (338.67, 190.5)  # 16:9, as programs for slides take it
SHEET = (210.0, 297.0)  # A4
ACROSS, DOWN = 3, 8  # stickers on a sheet
STICKER = (70.0, 37.0)  # as sold: 3 beside each other without a margin, 8 below each other
PAGE_TOP = (SHEET[1] - DOWN * STICKER[1]) / 2


def cards_pdf(prints: Prints) -> bytes:
    """Return a table card of each group, a page of A5 each."""
    return _each(prints, words.Product.CARD, CARD, _card)


def slides_pdf(prints: Prints) -> bytes:
    """Return a slide of each group, 16:9."""
    return _each(prints, words.Product.SLIDE, SLIDE, _slide)


def stickers_pdf(prints: Prints) -> bytes:
    """Return a sheet of 24 stickers of each group."""
    return _each(prints, words.Product.STICKERS, SHEET, _stickers)


def _each(
    prints: Prints, product: words.Product, size: tuple[float, float],
    draw: Callable[[Canvas, Prints, Piece], None],
) -> bytes:  # fmt: skip
    tag = prints.tags[0]
    canvas = Canvas(tag, words.PRODUCT_NAMES[product].to(tag), size)
    for piece in prints.pieces:
        canvas.page(piece.card.to(tag))
        draw(canvas, prints, piece)
    return canvas.written()


def _spoken(prints: Prints, piece: Piece) -> str:
    return words.CODE_OF(number=piece.card.number).to(prints.tags[0])


def _titles(
    canvas: Canvas, prints: Prints, piece: Piece, box: tuple[float, float], size: float, more: float
) -> list[Line]:
    """Say the title in each language, the first one large, all of them small enough for a box."""
    said = words.once(piece.card.title, prints.tags)
    while True:
        lines = [
            line
            for place, title in enumerate(said)
            for line in canvas.lines(title, _title_style(size, more, place), box[0], title.tag)
        ]
        if height_of(lines) <= box[1] or more < 5:
            return lines
        size, more = size * 0.96, more * 0.96


def _title_style(size: float, more: float, place: int) -> Style:
    return Style(more, colour=QUIET, leading=1.45) if place else Style(size, bold=True, leading=1.3)


def _card(canvas: Canvas, prints: Prints, piece: Piece) -> None:
    margin, side = 11.0, 84.0
    width = canvas.width - 2 * margin
    draw_head(canvas, prints, piece, margin, 0.8)
    titles = _titles(canvas, prints, piece, (width, 43), 20, 11.5)
    top = 32 + max(0.0, (43 - height_of(titles)) / 2)
    canvas.put(titles, margin, top, width, align=Align.CENTRE)
    canvas.code(piece.join, (canvas.width - side) / 2, 77, side, _spoken(prints, piece), prints.tags[0])
    end = draw_address(canvas, piece.join, margin, 77 + side, width, 12)
    room = canvas.height - margin - end - 2
    lines = invitations(canvas, words.TAKE_PART, prints.tags, (width, room), 12, gap=0.2)
    canvas.put(lines, margin, end + 2 + (room - height_of(lines)) / 2, width, align=Align.CENTRE)


def _slide(canvas: Canvas, prints: Prints, piece: Piece) -> None:
    margin, side, band = 14.0, 146.0, 10.0
    is_rtl = language(prints.tags[0]).is_rtl
    with canvas.drawing():
        look = look_of(piece.card.field_number)
        edge = canvas.width - band if is_rtl else 0
        draw_stripes(canvas.pdf, look, edge, 0, band, canvas.height, 14)
    code_at = margin if is_rtl else canvas.width - margin - side
    canvas.code(piece.join, code_at, margin, side, _spoken(prints, piece), prints.tags[0])
    draw_address(canvas, piece.join, code_at, margin + side + 2, side, 22)
    width = canvas.width - band - side - 3 * margin
    x = code_at + side + margin if is_rtl else band + margin
    draw_number(canvas, piece, x + width if is_rtl else x, margin, 24, at_right=is_rtl)
    titles = _titles(canvas, prints, piece, (width, 82), 32, 17)
    canvas.put(titles, x, margin + 31, width)
    top = margin + 31 + 82 + 4
    lines = invitations(
        canvas, words.TAKE_PART, prints.tags, (width, canvas.height - margin - top), 17, gap=0.15
    )
    canvas.put(lines, x, canvas.height - margin - height_of(lines), width)


def _stickers(canvas: Canvas, prints: Prints, piece: Piece) -> None:
    width, height = STICKER
    for column in range(1, ACROSS):
        x = column * width
        canvas.rule(x, 0, (x, canvas.height), (225, 225, 225), 0.1)
    for row in range(DOWN + 1):
        y = PAGE_TOP + row * height
        canvas.rule(0, y, (canvas.width, y), (225, 225, 225), 0.1)
    tag = prints.tags[0]
    title = canvas.fitted(piece.card.title.spoken(tag), Style(8, bold=True, leading=1.25), (33, 8), tag)
    invited = invitations(canvas, words.JOIN, prints.tags, (33, 10.5), 6.4, gap=0)
    for number in range(ACROSS * DOWN):
        x, y = number % ACROSS * width, PAGE_TOP + number // ACROSS * height
        _sticker(canvas, prints, piece, (x, y), title, invited)


def _sticker(
    canvas: Canvas, prints: Prints, piece: Piece, at: tuple[float, float],
    title: Sequence[Line], invited: Sequence[Line],
) -> None:  # fmt: skip
    """Draw one sticker: 4 mm at its edges stay free, for printers that cannot reach them."""
    x, y = at
    side = 27.5
    canvas.code(piece.join, x + 2, y + 2.5, side, _spoken(prints, piece), prints.tags[0])
    draw_address(canvas, piece.join, x + 4, y + 2.4 + side, 62, 7)
    left = x + side + 3.5
    is_rtl = language(prints.tags[0]).is_rtl
    draw_number(canvas, piece, left + 33 if is_rtl else left, y + 4, 5.6, at_right=is_rtl)
    canvas.put(title, left, y + 10.4, 33)
    canvas.put(invited, left, y + side + 1.4 - height_of(invited), 33)
