"""Checks on catalogues: what would show people untranslated, broken or misleading words.

Pure functions on Babel's catalogues; `trouble` runs them all. Each finding is a `Trouble` of one `Kind`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import PLURALS as GETTEXT
from babel.messages.plurals import get_plural
from babel.plural import to_gettext

from translations import glossary, plain, scripts
from translations.languages import Language

# CLDR's order; Babel's own header for Arabic swaps the last two forms.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);"
}
LONGEST_BUTTON = 40  # characters; longer labels are cut on a phone
# What only staff read: there plain German is held to short sentences alone.
STAFF = ("webforms/desk/", "webforms/templates/desk/", "commands/", "models/exporting/", "models/importing/",
         "models/exchanging/", "bot/emulator/")  # fmt: skip
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TAG = re.compile(r"</?\w[^>]*>|&#?\w+;")


class Kind(StrEnum):
    """What can be wrong with a catalogue."""

    HEADER = "plural header"
    MISSING = "missing"
    STALE = "stale"
    FUZZY = "fuzzy"
    EMPTY = "empty"
    PLACEHOLDERS = "placeholders"
    TAGS = "tags"
    LATIN = "Latin letters"
    LETTERS = "look-alike letters"
    CONTROLS = "invisible characters"
    QUOTES = "quotes"
    ENDING = "beginning or end"
    SPACES = "no-break spaces"
    FIGURES = "figures"
    ADDRESS = "form of address"
    TERM = "glossary"
    BUTTON = "button too long"
    SENTENCE = "sentence too long"
    HARD = "hard to read"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, with the words it is about."""

    kind: Kind
    msgid: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.msgid!r} {self.detail}".rstrip()


def plural_header(entry: Language) -> str:
    """Return the plural rule that a language's catalogue must carry."""
    if entry.folder in PLURALS:
        return PLURALS[entry.folder]
    if not {entry.locale, entry.locale.partition("_")[0]} & set(GETTEXT):
        return to_gettext(Locale.parse(entry.locale).plural_form)  # Babel's list is short, CLDR's is not
    number, rule = get_plural(entry.locale)[:2]
    return f"nplurals={number}; plural={rule};"


def singular(message: Message) -> str:
    """Return the (singular) source words of an entry."""
    return str(message.id) if isinstance(message.id, str) else str(message.id[0])


def forms(message: Message) -> tuple[str, ...]:
    """Return the translated words of an entry, one for each plural form."""
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string or ())


def trouble(
    catalogue: Catalog, template: Catalog, entry: Language, *, buttons: Iterable[str] = ()
) -> list[Trouble]:
    """Return everything that is wrong with the catalogue of a language."""
    labels = frozenset(buttons)
    found = [*_header(catalogue, entry), *_coverage(catalogue, template)]
    for message in catalogue:
        if message.id and message.id in template:
            places = tuple(file for file, _line in template[message.id].locations)
            found += _entry(message, catalogue.num_plurals, entry, labels)
            found += _read_by_learners(message, entry, places)
    return found


def _header(catalogue: Catalog, entry: Language) -> Iterator[Trouble]:
    expected = plural_header(entry)
    if catalogue.plural_forms.replace(" ", "") != expected.replace(" ", ""):
        yield Trouble(Kind.HEADER, "", f"is {catalogue.plural_forms}, should be {expected}")


def _coverage(catalogue: Catalog, template: Catalog) -> Iterator[Trouble]:
    for message in template:
        if message.id and message.id not in catalogue:
            yield Trouble(Kind.MISSING, singular(message))
    stale = [message for message in catalogue if message.id and message.id not in template]
    for message in (*stale, *catalogue.obsolete.values()):
        yield Trouble(Kind.STALE, singular(message))


def _entry(message: Message, plurals: int, entry: Language, labels: frozenset[str]) -> Iterator[Trouble]:
    msgid, said = singular(message), forms(message)
    if message.fuzzy:
        yield Trouble(Kind.FUZZY, msgid)
    if not all(said) or len(said) != (plurals if message.pluralizable else 1):
        yield Trouble(Kind.EMPTY, msgid, f"{sum(map(bool, said))} forms filled")
        return
    for words in said:
        yield from _broken(message, words)
        yield from _misspelt(msgid, words, entry)
        if msgid in labels and len(words) > LONGEST_BUTTON:
            yield Trouble(Kind.BUTTON, msgid, f"{words!r} has {len(words)} characters")


def _read_by_learners(message: Message, entry: Language, places: tuple[str, ...]) -> Iterator[Trouble]:
    if entry.tag != "de-simple":
        return
    for_staff = bool(places) and all(file.startswith(STAFF) for file in places)
    for words in forms(message):
        for told in plain.long_sentences(words):
            yield Trouble(Kind.SENTENCE, singular(message), told)
        for told in () if for_staff else plain.hard_to_read(words):
            yield Trouble(Kind.HARD, singular(message), told)


def _broken(message: Message, words: str) -> Iterator[Trouble]:
    msgid = singular(message)
    known = {name for one in _ids(message) for name in _PLACEHOLDER.findall(one)}
    used = set(_PLACEHOLDER.findall(words))
    # A plural form may leave out its number ("one group"); other words may leave out nothing.
    complete = used <= known if message.pluralizable else used == known
    if not complete or set(_PLACEHOLDER.sub("", words)) & set("{}"):
        yield Trouble(Kind.PLACEHOLDERS, msgid, repr(words))
    if set(_TAG.findall(words)) != {tag for one in _ids(message) for tag in _TAG.findall(one)}:
        yield Trouble(Kind.TAGS, msgid, repr(words))


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _misspelt(msgid: str, words: str, entry: Language) -> Iterator[Trouble]:
    bare = _PLACEHOLDER.sub("", words)
    for kind, found in (
        (Kind.LATIN, scripts.latin(bare, entry.tag)),
        (Kind.LETTERS, scripts.foreign(bare, entry.tag)),
        (Kind.CONTROLS, scripts.invisible(bare, entry.tag)),
        (Kind.QUOTES, scripts.wrong_quotes(words, entry.tag)),
        (Kind.ENDING, scripts.other_ends(msgid, words)),
        (Kind.SPACES, scripts.wrong_spaces(words, entry.tag)),
        (Kind.FIGURES, scripts.lost_figures(_PLACEHOLDER.sub("", msgid), bare)),
        (Kind.ADDRESS, scripts.familiar(bare, entry.tag)),
        (Kind.TERM, glossary.unnamed(msgid, words, entry.tag)),
    ):
        if found:
            yield Trouble(kind, msgid, f"{found} in {words!r}")
