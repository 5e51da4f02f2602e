"""The words on posters, cards, slides and stickers, and what there is to print."""

from enum import StrEnum

from models.groups import GroupCard
from translations import Localised, Spoken, Text, _, n_

FEEDBACK_FORM = "feedback"  # the form to which the address /f/<code> leads
MOST_LANGUAGES = 4  # that one page has room for
TAKE_PART = _("Take part: scan the code, in your language.")
JOIN = _("Take part")
FEEDBACK = _("What do you think of this goal? Scan the code and tell us.")
LEADS, MILESTONES, OPEN_POINT = _("Who leads"), _("Milestones"), _("Not settled yet")
MORE = n_("{n} more milestone is on the group's page.", "{n} more milestones are on the group's page.")
ONLY_GERMAN = _("The milestones are written in German.")
CODE_OF = _("QR code of the group {number}")
CODE_OF_FEEDBACK = _("QR code for feedback on the goal {number}")


class Product(StrEnum):
    """What can be printed of groups."""

    POSTER = "poster"
    CARD = "card"
    SLIDE = "slide"
    STICKERS = "stickers"
    FORM = "form"


PRODUCT_WORDS: dict[Product, Text] = {
    Product.POSTER: _("Poster for the gallery walk: goal sheet, codes for taking part and for feedback"),
    Product.CARD: _("Table card ({size}): the code, large")(size="A5"),
    Product.SLIDE: _("Slide for the screen (16:9): the code, huge"),
    Product.STICKERS: _("Stickers: {n} on a sheet of {size}, each {measures}")(
        n=24, size="A4", measures="70 × 37 mm"
    ),
    Product.FORM: _("Form on paper, to fill in with a pen"),
}
PRODUCT_NAMES: dict[Product, Text] = {
    Product.POSTER: _("Posters"),
    Product.CARD: _("Table cards"),
    Product.SLIDE: _("Slides"),
    Product.STICKERS: _("Stickers"),
    Product.FORM: _("Forms on paper"),
}


def field_name(card: GroupCard, tag: str) -> Spoken:
    """Say the field of action of a group."""
    if card.field_name:
        return card.field_name.spoken(tag)
    return Spoken(_("Field {number}")(number=card.field_number).to(tag), tag, False)


def once(words: Localised, tags: tuple[str, ...]) -> list[Spoken]:
    """Say words in each of the languages; what comes out the same (a fallback) only once."""
    found: list[Spoken] = []
    for tag in tags:
        said = words.spoken(tag)
        if said.text and all(said.text != one.text for one in found):
            found.append(said)
    return found


def short(address: str) -> str:
    """Return an address as people type it: without what every browser puts before it."""
    return address.removeprefix("https://").removeprefix("http://")
