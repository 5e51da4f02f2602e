"""Content that people wrote at length, as a page shows it: marked with its language where it is another."""

from dataclasses import dataclass

from models import markup
from models.rendering import words
from translations import Localised, Text, language


@dataclass(frozen=True, slots=True)
class Told:
    """Safe HTML, the language and direction that it is in, and a note when that is not the reader's."""

    html: str
    tag: str
    direction: str
    note: Text | None


def told(content: Localised, tag: str) -> Told:
    """Return content for readers of a language."""
    said = content.spoken(tag)
    entry = language(said.tag)
    return Told(
        markup.page(said.text), entry.tag, entry.direction, words.only_in(said) if said.is_fallback else None
    )


preview = told  # a preview is what is shown
