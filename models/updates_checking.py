"""What an update still lacks before it can be sent, and what its writer should know."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from models import markup, updates_letters
from models.markup import units
from models.rendering import telegram
from models.updates import ButtonKind, Update
from translations import LANGUAGES, Text, _

LONGEST_MESSAGE, LONGEST_CAPTION = 4_096, 1_024  # UTF-16 units, as Telegram counts
_BETWEEN = 2  # the empty line between title and text


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing or wrong: in which field, in which language ("" for none), and what."""

    field: str
    tag: str
    words: Text


def length(title: str, body: str) -> int:
    """Return how long the message of an update is in Telegram, without the marks in its text."""
    return units(title) + (_BETWEEN + markup.length(body) if body else 0)


def lacking(update: Update) -> list[Lack]:
    """Return what keeps an update from being sent, in the order of the page; nothing: it is complete."""
    found = [*_words(update), *_lengths(update)]
    if update.picture_id is not None and not update.picture_words.words.get(update.source):
        found.append(
            Lack(
                "picture_words", update.source, _("Please say what the picture shows, for who cannot see it.")
            )
        )
    return [*found, *_button(update)]


def _words(update: Update) -> list[Lack]:
    found = []
    for tag in dict.fromkeys([update.source, *update.title.words, *update.body.words]):
        if not update.title.words.get(tag):
            found.append(Lack("title", tag, _("Please write a title.")))
        if not update.body.words.get(tag):
            found.append(Lack("body", tag, _("Please write the text.")))
    return found


def _lengths(update: Update) -> list[Lack]:
    """Refuse what does not fit into one message, in each language in which it is read."""
    letter, found = updates_letters.letter(update), dict[str, Lack]()
    nowhere = ("",) * len(letter.buttons)
    for entry in LANGUAGES:
        tag, shown = instead(update, entry.tag), telegram.preview(letter, entry.tag, nowhere)
        if not shown.fits and tag not in found:
            words = _("This is too long for one message: {n} signs, at most {most}.")
            found[tag] = Lack("body", tag, words(n=shown.units, most=shown.limit))
    return list(found.values())


def _button(update: Update) -> list[Lack]:
    if update.button is ButtonKind.NONE:
        return []
    if update.button is ButtonKind.LINK:
        found = []
        if not is_address(update.button_target):
            found.append(Lack("target", "", _("Please give a whole address that begins with https://.")))
        if not update.button_label.words.get(update.source):
            found.append(Lack("button_label", update.source, _("Please say what the button leads to.")))
        return found
    if not update.button_target:
        return [Lack("target", "", _("Please choose what the button leads to."))]
    return []


def is_address(words: str) -> bool:
    """Return whether words are a whole address that begins with https://."""
    try:
        parts = urlsplit(words)
        host = parts.hostname or ""
        known = parts.port is None or 0 < parts.port < 65_536
    except ValueError:
        return False
    plain = words.isprintable() and not any(char in words for char in " \"'<>\\^`{|}")
    return plain and known and parts.scheme == "https" and "." in host and not parts.username


def notes(update: Update, tag: str) -> list[Text]:
    """Return what is worth knowing of an update in one language, and keeps nothing from being sent."""
    words = update.title.words.get(tag), update.body.words.get(tag)
    if update.picture_id is not None and length(words[0] or "", words[1] or "") > LONGEST_CAPTION:
        return [
            _(
                "With more than {n} signs Telegram takes no text below a picture: "
                "the picture comes first, the text after it."
            )(n=LONGEST_CAPTION)
        ]
    return []


def missing(update: Update) -> list[str]:
    """Return the languages in which an update is not written."""
    return [entry.tag for entry in LANGUAGES if not update.body.words.get(entry.tag)]


def instead(update: Update, tag: str) -> str:
    """Return the language in which readers of a language get an update; "" where nothing is written yet."""
    said = update.body.spoken(tag)
    return said.tag if said.text else ""
