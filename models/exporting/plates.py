"""Parts that several printings share: head with badge and region, a code with words and address, titles."""

from dataclasses import replace

from models.exporting import print_words as words
from models.exporting.canvas import Align, Canvas, height_of
from models.exporting.documentation_words import source
from models.exporting.prints import Piece, Prints
from models.exporting.shapes import draw_badge, draw_stripes, look_of
from models.exporting.typesetting import Line, Style
from translations import SOURCE, Text, language

Box = tuple[float, float, float, float]  # left, top, width, height
QUIET = (75, 85, 90)
BAND = 6.0  # millimetres of pattern along the edge


def draw_number(canvas: Canvas, piece: Piece, x: float, y: float, height: float, *, at_right: bool) -> float:
    """Draw the badge with the goal's number at a place, or ending there; return its width."""
    look = look_of(piece.card.field_number)
    style = Style(height * 72 / 25.4 / 1.75, bold=True, colour=look.tone(70, 16), leading=1.75)
    lines = canvas.lines(piece.card.number, style, canvas.width, SOURCE)
    width = canvas.width_of(lines) + height * 0.75
    left = x - width if at_right else x
    with canvas.drawing():
        draw_badge(canvas.pdf, look, left, y, width, height)
    canvas.put(lines, left + height * 0.5, y, width, align=Align.LEFT)
    return width


def draw_head(canvas: Canvas, prints: Prints, piece: Piece, margin: float, times: float) -> None:
    """Draw the field's band, the badge with the field's name, and whose poster it is."""
    is_rtl = language(prints.tags[0]).is_rtl
    with canvas.drawing():
        draw_stripes(
            canvas.pdf, look_of(piece.card.field_number), 0, 0, canvas.width, BAND * times, 9 * times
        )
    y, height = (BAND + 8) * times, 17 * times
    edge = canvas.width - margin if is_rtl else margin
    wide = draw_number(canvas, piece, edge, y, height, at_right=is_rtl) + 4 * times
    left = canvas.width - 2 * margin - wide
    names = [
        line
        for said in words.once(piece.card.field_name, prints.tags)
        or [words.field_name(piece.card, prints.tags[0])]
        for line in canvas.lines(said, Style(9.5 * times, colour=QUIET, leading=1.25), left * 0.55, said.tag)
    ]
    x = margin + left * 0.45 if is_rtl else margin + wide
    top = y + max(0.0, (height - height_of(names)) / 2)
    for line in names:
        canvas.put([line], x, top, left * 0.55, align=Align.RIGHT if is_rtl else Align.LEFT)
        top += line.height
    _region(
        canvas,
        prints,
        (margin if is_rtl else canvas.width - margin - left * 0.43, y, left * 0.43, height),
        times,
    )


def _region(canvas: Canvas, prints: Prints, box: Box, times: float) -> None:
    """Say whose it is, at the edge across from the badge."""
    x, y, width, height = box
    region, tag = prints.region, prints.tags[0]
    lines = canvas.lines(source(region.name, tag), Style(10 * times, bold=True, leading=1.25), width, tag)
    if region.office:
        lines += canvas.lines(
            source(region.office, tag), Style(8.5 * times, colour=QUIET, leading=1.25), width, tag
        )
    at = Align.LEFT if language(tag).is_rtl else Align.RIGHT
    canvas.put(lines, x, y + max(0.0, (height - height_of(lines)) / 2), width, align=at)


def draw_address(canvas: Canvas, address: str, x: float, y: float, width: float, size: float) -> float:
    """Write an address for typing under its code; return where it ends."""
    lines = canvas.on_one_line(words.short(address), Style(size, leading=1.3), width, SOURCE)
    return canvas.put(lines, x, y, width, align=Align.CENTRE)


def invitations(
    canvas: Canvas, text: Text, tags: tuple[str, ...], box: tuple[float, float], size: float, *, gap: float
) -> list[Line]:
    """Say words in each language, the first one larger, all of them small enough for a box."""
    width, height = box
    while True:
        lines: list[Line] = []
        for place, tag in enumerate(tags):
            style = Style(size if place else size * 1.25, bold=not place, leading=1.25)
            said = canvas.lines(text, style, width, tag)
            if place and said:  # room between the languages belongs to the first line of each
                said[0] = replace(said[0], style=replace(style, leading=1.25 + gap))
            lines += said
        if height_of(lines) <= height or size < 5:
            return lines
        size *= 0.96


def draw_panel(
    canvas: Canvas, tags: tuple[str, ...], address: str, invitation: Text, spoken: str, box: Box, times: float
) -> None:
    """Draw a code with an invitation in each language beside it and the address underneath."""
    x, y, width, height = box
    with canvas.drawing():
        canvas.pdf.set_draw_color(150, 150, 150)
        canvas.pdf.set_line_width(0.3 * times)
        canvas.pdf.rect(x, y, width, height, style="D")
    below, pad = 9 * times, 2 * times
    side = height - below - pad
    is_rtl = language(tags[0]).is_rtl
    canvas.code(address, x + width - side - pad if is_rtl else x + pad, y + pad, side, spoken, tags[0])
    room = width - side - 3 * pad
    lines = invitations(canvas, invitation, tags, (room, side), 9.5 * times, gap=0.55)
    left = x + 2 * pad - pad if is_rtl else x + side + 1.5 * pad
    canvas.put(lines, left, y + pad + (side - height_of(lines)) / 2, room)
    draw_address(canvas, address, x + pad, y + pad + side + 1 * times, width - 2 * pad, 9.5 * times)
