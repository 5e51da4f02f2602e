"""How wide the columns of a table must be so that no word is broken."""

import unicodedata
from collections.abc import Sequence
from copy import copy
from typing import Any

from docx.oxml.ns import qn

_NARROW = frozenset("iljtfrI1.,:;|!'()[]/-–")
_WIDE = frozenset("mwMWмшщжюыфМШЩЖЮЫФ%@–—")
_DEFAULT_SIZE = 10.0  # points, of a run that says nothing
_TWENTIETHS = 20  # of a point, in which Word counts


def share_out(total: float, shares: Sequence[float], least: Sequence[float]) -> list[float]:
    """Divide a width by shares; what a column needs beyond its own, the others give as far as they can."""
    needy: set[int] = set()
    widths = list(least)
    while True:
        rest = total - sum(least[at] for at in needy)
        whole = sum(share for at, share in enumerate(shares) if at not in needy)
        for at, share in enumerate(shares):
            widths[at] = least[at] if at in needy else rest * share / whole
        short = {at for at, width in enumerate(widths) if width < least[at] - 0.01} - needy
        if not short or len(needy) + len(short) == len(shares):
            return widths
        needy |= short


def widen(table: Any) -> None:
    """Let a Word table with fixed columns give each the width that its longest word needs.

    Word and LibreOffice would break the word amid its letters; how wide it is can only be estimated here,
    because the reader's machine has the fonts.
    """
    columns = table.tblGrid.findall(qn("w:gridCol"))
    rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
    if not columns or any(len(cells) != len(columns) for cells in rows):
        return  # cells that span columns: somebody else's table, left as it is
    widths = [float(column.get(qn("w:w"), 0)) for column in columns]
    beside = _beside(table)
    limit = sum(widths) / 4
    least = [
        min(limit, beside + max((_longest(cells[at]) for cells in rows), default=0))
        for at in range(len(columns))
    ]
    if all(width >= wanted for width, wanted in zip(widths, least, strict=True)):
        return
    for at, width in enumerate(share_out(sum(widths), copy(widths), least)):
        columns[at].set(qn("w:w"), str(round(width)))
        for cells in rows:
            held = cells[at].tcPr.find(qn("w:tcW")) if cells[at].tcPr is not None else None
            if held is not None:
                held.set(qn("w:w"), str(round(width)))


def _beside(table: Any) -> float:
    """Return what is left free at both sides of the words in a cell."""
    margins = table.tblPr.find(qn("w:tblCellMar"))
    found = [] if margins is None else [margins.find(qn(side)) for side in ("w:left", "w:right")]
    return sum(float(one.get(qn("w:w"), 0)) for one in found if one is not None) or 216


def _longest(cell: Any) -> float:
    longest = 0.0
    for run in cell.iter(qn("w:r")):
        size, is_bold = _DEFAULT_SIZE, False
        if run.rPr is not None:
            size = float(run.rPr.sz_val.pt) if run.rPr.sz_val is not None else size
            is_bold = bool(run.rPr.b is not None and run.rPr.b.val)
        for text in run.iter(qn("w:t")):
            for word in (text.text or "").split():
                longest = max(longest, _width(word) * size * (1.08 if is_bold else 1) * _TWENTIETHS)
    return longest


def _width(word: str) -> float:
    """Estimate the width of a word, in parts of the size of its letters, rather too wide than too narrow."""
    return sum(_letter(sign) for sign in word)


def _letter(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    if sign in _WIDE:
        return 0.87
    if sign in _NARROW:
        return 0.33
    return 0.72 if sign.isupper() else 0.57
