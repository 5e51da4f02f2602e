"""Printing as PDF: each product by its name, all groups in one file."""

from collections.abc import Callable

from models.exporting.cards import cards_pdf, slides_pdf, stickers_pdf
from models.exporting.poster import posters_pdf
from models.exporting.print_words import Product
from models.exporting.prints import Prints, Size

_WRITERS: dict[Product, Callable[[Prints, Size], bytes]] = {
    Product.POSTER: posters_pdf,
    Product.CARD: lambda prints, _size: cards_pdf(prints),
    Product.SLIDE: lambda prints, _size: slides_pdf(prints),
    Product.STICKERS: lambda prints, _size: stickers_pdf(prints),
}


def prints_pdf(product: Product, prints: Prints, size: Size = Size.A4) -> bytes:
    """Return posters, cards, slides or stickers as one file; forms have their own way (`form_sheet`).

    FontsMissing where the fonts are not installed.
    """
    return _WRITERS[product](prints, size)
