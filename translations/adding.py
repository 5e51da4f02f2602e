"""Adding a language: a line in the register and a catalogue with every message, empty."""

import csv
import re
from pathlib import Path

from babel import Locale, UnknownLocaleError

from translations import messages
from translations.catalogues import po_file
from translations.languages import REGISTER, SOURCE, Language, find, language

_TAG = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")
_CURVED = "“”"


class NotAdded(ValueError):
    """Why a language cannot be added, in English."""


def described(tag: str, *, own_name: str = "", quotes: str = _CURVED) -> Language:
    """Return what CLDR knows of a language: how its speakers call it, and where they begin to read."""
    if not _TAG.fullmatch(tag):
        raise NotAdded(f"{tag!r} is no language tag: two or three small letters, as in it or pt-br.")
    known = find(tag)
    if known is not None and tag in (known.tag, *known.aliases):
        raise NotAdded(f"{tag} is registered already: {known.own_name}.")
    if len(quotes) != 2:
        raise NotAdded("Quotation marks are two signs: the opening and the closing one.")
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise NotAdded(f"{tag} is not known to CLDR, so dates and numbers would have no words.") from error
    name = own_name or locale.get_display_name(locale) or tag
    return Language(
        tag=tag, own_name=name[0].upper() + name[1:], folder=str(locale), locale=str(locale),
        direction=locale.text_direction, quotes=quotes,
    )  # fmt: skip


def add(entry: Language) -> Path:
    """Register a language and make its catalogue, a draft; return the file to translate."""
    # The source catalogue has every message; an installation has no program text to collect them from.
    template = messages.read(po_file(language(SOURCE)))
    po = po_file(entry)
    if po.exists():
        raise NotAdded(f"{po} is there already.")
    words = messages.merged(template, entry)
    po.parent.mkdir(parents=True)
    po.write_text(messages.render(words, state=messages.DRAFT, entry=entry), encoding="utf-8")
    _register(entry)
    return po


def _register(entry: Language) -> None:
    row = (
        entry.tag, entry.own_name, entry.folder, entry.locale, entry.direction, " ".join(entry.fallback),
        " ".join(entry.aliases), entry.quotes,
    )  # fmt: skip
    with REGISTER.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)
