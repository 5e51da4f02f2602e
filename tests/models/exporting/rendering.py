"""PDF pages as pictures, and the codes that a phone would find on them."""

from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL.Image import Image

PRINTED = 150  # dots per inch of a poor printer


def pictures(raw: bytes, *, dpi: int = PRINTED) -> Iterator[Image]:
    """Render each page."""
    document = pypdfium2.PdfDocument(raw)
    try:
        for number in range(len(document)):
            page = document[number]
            bitmap = page.render(scale=dpi / 72, grayscale=True)
            yield bitmap.to_pil().copy()
            bitmap.close()
            page.close()
    finally:
        document.close()


def codes_on(picture: Image) -> list[str]:
    """Return what the codes of a picture hold, from left to right, then downwards."""
    found = zxingcpp.read_barcodes(picture)
    placed = sorted((one.position.top_left.y // 40, one.position.top_left.x, one.text) for one in found)
    return [text for _y, _x, text in placed]


def sizes(raw: bytes) -> list[tuple[int, int]]:
    """Return width and height of each page in millimetres."""
    document = pypdfium2.PdfDocument(raw)
    try:
        return [
            tuple(round(side / 72 * 25.4) for side in document.get_page_size(n)) for n in range(len(document))
        ]  # type: ignore[misc]
    finally:
        document.close()
