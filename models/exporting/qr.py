"""QR codes: level M, a quiet zone of four modules, dark on white; on pages, as pictures and in print."""

from functools import lru_cache
from typing import Any

import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # modules of white around the code, as the standard asks


def code(text: str) -> qrcode.QRCode[Any]:
    """Return the code of a text."""
    made: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET, box_size=12)
    made.add_data(text)
    made.make(fit=True)
    return made


def draw_code(pdf: FPDF, text: str, x: float, y: float, side: float) -> None:
    """Draw a code with its quiet zone into a square of `side` millimetres.

    All modules are one path: beside each other as shapes of their own they would show seams on a screen.
    """
    rows = _rows(text)
    module = side / len(rows)
    pdf.set_fill_color(255, 255, 255)
    pdf.rect(x, y, side, side, style="F")
    pdf.set_fill_color(0, 0, 0)
    boxes = []
    for down, row in enumerate(rows):
        for start, length in _runs(row):
            left, top = x + start * module, y + (down + 1) * module
            numbers = (left, pdf.h - top, length * module, module)
            boxes.append(" ".join(f"{number * pdf.k:.4f}" for number in numbers) + " re")
    pdf._out("\n".join([*boxes, "f"]))


@lru_cache(maxsize=64)
def _rows(text: str) -> list[list[bool]]:
    """Return the modules of a code; a sheet of stickers asks for the same one 24 times."""
    return code(text).get_matrix()


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return where dark modules begin and how many stand in a row."""
    found: list[tuple[int, int]] = []
    for at, is_dark in enumerate(row):
        if not is_dark:
            continue
        if found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((at, 1))
    return found
