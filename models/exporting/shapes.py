"""Shapes by which people know things again in print: a field's colour and pattern, a milestone's state.

They are those of the pages (static/mitwirken.css, templates/parts.html), so a poster and a page look alike.
"""

import colorsys
import math
from dataclasses import dataclass

from fpdf import FPDF

from models.sheets import MilestoneState

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class FieldLook:
    """How a field of action looks: hue, direction of its stripes in degrees, their width and distance."""

    hue: int
    slant: int = 0
    on: float = 0
    gap: float = 0  # 0: no stripes, one colour

    def tone(self, saturation: int, lightness: int) -> RGB:
        """Return a tone of the hue, both in percent as in CSS."""
        red, green, blue = colorsys.hls_to_rgb(self.hue / 360, lightness / 100, saturation / 100)
        return round(red * 255), round(green * 255), round(blue * 255)


LOOKS = (
    FieldLook(205), FieldLook(28, 0, 4, 7), FieldLook(265, 45, 3, 6), FieldLook(145, -45, 3, 6),
    FieldLook(340, 90, 2, 4), FieldLook(48, 0, 2, 4), FieldLook(180, 45, 5, 8), FieldLook(230, -45, 5, 8),
    FieldLook(95, 0, 6, 9), FieldLook(10, 90, 4, 5), FieldLook(300, 45, 2, 4), FieldLook(220, -45, 2, 4),
)  # fmt: skip
_PAGE_SIZE = 24.0  # pixels of type for which the widths of stripes are meant


def look_of(field_number: int) -> FieldLook:
    """Return the look of a field; after twelve they begin again."""
    return LOOKS[(field_number - 1) % len(LOOKS)]


def draw_stripes(
    pdf: FPDF, look: FieldLook, x: float, y: float, width: float, height: float, size: float
) -> None:
    """Fill a box with a field's pattern as it is beside type of `size` millimetres."""
    pdf.set_fill_color(*look.tone(45, 92))
    pdf.rect(x, y, width, height, style="F")
    pdf.set_fill_color(*look.tone(65, 32))
    if not look.gap:
        pdf.rect(x, y, width, height, style="F")
        return
    step, on = look.gap * size / _PAGE_SIZE, look.on * size / _PAGE_SIZE
    turn = math.radians(look.slant)
    along, across = (math.cos(turn), math.sin(turn)), (math.sin(turn), -math.cos(turn))
    middle, reach = (x + width / 2, y + height / 2), math.hypot(width, height) / 2
    with pdf.rect_clip(x, y, width, height):
        for number in range(-math.ceil(reach / step) - 1, math.ceil(reach / step) + 1):
            near, far = number * step, number * step + on
            corners = [(near, -reach), (near, reach), (far, reach), (far, -reach)]
            pdf.polygon(
                [
                    (
                        middle[0] + across[0] * out + along[0] * side,
                        middle[1] + across[1] * out + along[1] * side,
                    )
                    for out, side in corners
                ],
                style="F",
            )


def draw_badge(pdf: FPDF, look: FieldLook, x: float, y: float, width: float, height: float) -> None:
    """Draw the plate on which a goal's number stands; its stripes are at the left, as on pages."""
    size = height / 1.75
    pdf.set_fill_color(*look.tone(45, 92))
    pdf.rect(x, y, width, height, style="F")
    draw_stripes(pdf, look, x, y, size / 2.4, height, size)
    pdf.set_draw_color(*look.tone(40, 55))
    pdf.set_line_width(size / _PAGE_SIZE)
    pdf.rect(x, y, width, height, style="D")


def draw_state(pdf: FPDF, state: MilestoneState, x: float, y: float, side: float) -> None:
    """Draw the sign of a milestone's state into a square; the words stand beside it."""
    ink, unit = (40, 50, 54), side / 20
    pdf.set_draw_color(*ink)
    pdf.set_fill_color(*ink)
    pdf.set_line_width(1.8 * unit)

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + across * unit, y + down * unit) for across, down in points]

    middle = (x + 10 * unit, y + 10 * unit, 8 * unit)
    match state:
        case MilestoneState.STUCK:
            pdf.polygon(at((10, 2), (18.5, 17), (1.5, 17)), style="D")
            pdf.polyline(at((10, 8), (10, 12)))
            pdf.polyline(at((10, 13.5), (10, 15)))
        case MilestoneState.DONE:
            pdf.circle(*middle, style="DF")
            pdf.set_draw_color(255, 255, 255)
            pdf.polyline(at((6, 10.5), (8.7, 13.2), (14, 7.5)))
        case MilestoneState.UNDER_WAY:
            pdf.circle(*middle, style="D")
            pdf.solid_arc(middle[0] - middle[2], middle[1] - middle[2], 2 * middle[2], -90, 90, style="F")
        case _:
            pdf.circle(*middle, style="D")
