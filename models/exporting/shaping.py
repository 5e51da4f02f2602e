"""Which font writes which letter: runs as long as possible, so that letters join across marks."""

import unicodedata
from collections.abc import Iterator, Sequence

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment

_JOINERS = "\u200c\u200d"
# Bidirectional classes of signs that stand where they are in a line that runs to the right (UAX #9).
_TO_THE_RIGHT = frozenset({"L", "EN", "ES", "ET", "CS", "NSM", "WS", "ON"})


class ShapedPDF(FPDF):
    """A PDF whose words are cut only where another font is needed.

    fpdf2 2.8 also cuts at every vowel sign, because Unicode gives those no script of their own; then the
    letters beside it no longer join.
    """

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        """Return the runs of a line. Looking for what runs to the left was a quarter of a document's time."""
        shaping = self.text_shaping
        if not shaping or shaping["direction"] is not TextDirection.LTR or not _is_to_the_right(text):
            return super()._preload_bidirectional_text(text, markdown)
        shaping["paragraph_direction"] = shaping["fragment_direction"] = TextDirection.LTR
        return tuple(self._parse_chars(text, markdown))

    def _parse_chars(
        self,
        text: str,
        markdown: bool,
        _initial_emphasis: tuple[bool, bool, bool, bool] | None = None,
    ) -> Iterator[Fragment]:
        own = f"{self.font_family}{self.font_style}"
        run, font = "", own
        for sign in text:
            wanted = font if run and _sticks(sign) else self._font_for(sign, own)
            if run and wanted != font:
                yield self._fragment(run, font)
                run = ""
            run, font = run + sign, wanted
        if run:
            yield self._fragment(run, font)

    def _font_for(self, sign: str, own: str) -> str:
        if ord(sign) in self.fonts[own].cmap:  # type: ignore[union-attr]
            return own
        return self.get_fallback_font(sign, self.font_style) or own

    def _fragment(self, run: str, font: str) -> Fragment:
        state = self._get_current_graphics_state()
        state.current_font = self.fonts[font]
        state.font_style = "B" if font.endswith("B") else ""
        state.font_family = font.removesuffix("B")
        return Fragment(list(run), state, self.k)


def _sticks(sign: str) -> bool:
    """Tell whether a sign belongs to the letter before it."""
    return unicodedata.category(sign).startswith("M") or sign in _JOINERS


def _is_to_the_right(text: str) -> bool:
    return text.isascii() or _TO_THE_RIGHT.issuperset(map(unicodedata.bidirectional, text))
