"""Catalogues: finding, compiling and asking them, with the fallback that gettext lacks.

The `.po` files are the source; a compiled `.mo` beside each is made when it is missing or older,
so that nothing has to be built by hand after a checkout.
"""

import contextlib
import io
import os
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from translations.languages import LANGUAGES, Language, language

FOLDER = Path(__file__).parent
DOMAIN = "messages"


def po_file(entry: Language) -> Path:
    """Return where the catalogue of a language is, or would be."""
    return FOLDER / entry.folder / "LC_MESSAGES" / f"{DOMAIN}.po"


def _compiled(po: Path) -> bytes:
    with po.open("rb") as source:
        catalogue = read_po(source)
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def _read_mo(po: Path) -> bytes:
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return mo.read_bytes()
    data = _compiled(po)
    # A read-only installation only costs the next start a moment, so it is not an error.
    with contextlib.suppress(OSError):
        part = mo.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(data)
        part.replace(mo)
    return data


class _Silent(NullTranslations):
    """Answers nothing, so that words which are the same in two languages are not taken for missing ones."""

    def gettext(self, message: str) -> str:
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ""


@cache
def own(tag: str) -> NullTranslations:
    """Return the catalogue of one language alone, without fallback: it answers "" where it has no words."""
    po = po_file(language(tag))
    if not po.exists():
        return _Silent()
    catalogue = Translations(io.BytesIO(_read_mo(po)), domain=DOMAIN)
    catalogue.add_fallback(_Silent())
    return catalogue


@cache
def chain(tag: str) -> tuple[NullTranslations, ...]:
    """Return the catalogues to ask in turn: the language, then what it falls back to."""
    return (own(tag), *(own(other) for other in language(tag).fallback))


@cache
def offered() -> tuple[Language, ...]:
    """Return the languages with a catalogue: those that people are asked to choose from."""
    return tuple(entry for entry in LANGUAGES if po_file(entry).exists())


@cache
def is_draft(tag: str) -> bool:
    """Tell whether nobody has put their name to this catalogue yet; readers are told so."""
    po = po_file(language(tag))
    # Babel forgets headers that it does not know, so the file itself is asked.
    return po.exists() and '"X-Status: draft' in po.read_text(encoding="utf-8")[:2000]


@cache
def single(tag: str, msgid: str) -> str:
    """Return the words for `msgid`, from the first catalogue of the chain that has them."""
    for catalogue in chain(tag):
        found = catalogue.gettext(msgid)
        if found:
            return found
    return msgid


def plural(tag: str, msgid: str, msgid_plural: str, number: int) -> str:
    """Return the words for a counted message, in the plural form of the language that has them."""
    for catalogue in chain(tag):
        found = catalogue.ngettext(msgid, msgid_plural, number)
        if found:
            return found
    return msgid if number == 1 else msgid_plural
