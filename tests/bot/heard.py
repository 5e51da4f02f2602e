"""What a chat said, held to what its reader may expect: their language, their script, words beside signs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import sqlalchemy as sa
from babel.support import NullTranslations

from bot import languages
from bot.aftermath import After, AnswerPress, MarkPressed, SayOnce, ShowButtons, ShowCommands
from models import groups, regions
from models.db import Database
from models.letters import Letter
from models.people import Person
from models.rendering.telegram import parts
from models.sheets import Meeting, Milestone
from tests.bot.chat import Bot
from translations import LANGUAGES, catalogues, messages, scripts

LONGEST_LABEL = 64  # characters that a phone shows of a button at all
_ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")
_TAGS = re.compile(r"<[^>]+>")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_NAMES = re.compile(
    r"\b(?:Telegram|QR|PDF|Amina|Olga|Beispiel|Muster)\b|\bhttps?://\S+|\b[2-9A-HJKMNP-Z]{6}\b"
    r"|\b[2-9A-HJKMNP-Z]{3}(?: [2-9A-HJKMNP-Z]{3}){2}\b"
)  # the latter for entrances and votes


@dataclass
class Heard:
    """All that a chat has shown: texts, and the labels of buttons."""

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def letter(self, letter: Letter, tag: str) -> None:
        """Hear a letter as it is sent."""
        addresses = tuple("" if one.verb else "https://mitwirken.example/" for one in letter.buttons)
        for part in parts(letter, tag, addresses):
            self.texts += _TAGS.sub("", part.html).split("\n\n")
            self.labels += [key.label for row in part.keys for key in row]

    def after(self, one: After) -> None:
        """Hear what is said besides letters."""
        match one:
            case AnswerPress(_query, text) if text:
                self.texts.append(text)
            case MarkPressed(_chat, _message, label) if label:
                self.labels.append(label)
            case ShowButtons(_chat, _message, buttons):
                self.labels += [label for label, _data, _beside in buttons]
            case ShowCommands(_chat, commands):
                self.texts += [words for _name, words in commands]
            case SayOnce(_chat, text, label, _url):
                self.texts.append(text)
                self.labels += [label] if label else []


@contextmanager
def listening(bot: Bot) -> Iterator[Heard]:
    """Hear what a bot says besides letters, too."""
    heard, start = Heard(), bot.processor.aftermath.start

    def begin(things: list[After]) -> None:
        for one in things:
            heard.after(one)

    vars(bot.processor.aftermath)["start"] = begin
    try:
        yield heard
    finally:
        vars(bot.processor.aftermath)["start"] = start


@dataclass
class Asked:
    """What was asked of a language's catalogue, and what of that it does not have."""

    asked: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


class _Own(NullTranslations):
    """One catalogue alone, which notes what it is asked for."""

    def __init__(self, tag: str, noted: Asked) -> None:
        super().__init__()
        self._own, self._noted = catalogues.own(tag), noted

    def gettext(self, message: str) -> str:
        return self._note(message, self._own.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._note(msgid1, self._own.ngettext(msgid1, msgid2, n))

    def _note(self, message: str, said: str) -> str:
        self._noted.asked.add(message)
        if not said:
            self._noted.missing.add(message)
        return said or message


@contextmanager
def only_own_words(tag: str) -> Iterator[Asked]:
    """Let a language fall back to no other one, and note what is asked of it."""
    real, noted = catalogues.chain, Asked()
    alone = (_Own(tag, noted),)

    def chain(asked: str) -> tuple[NullTranslations, ...]:
        return alone if asked == tag else real(asked)

    vars(catalogues)["chain"] = chain
    catalogues.single.cache_clear()
    try:
        yield noted
    finally:
        vars(catalogues)["chain"] = real
        catalogues.single.cache_clear()


@cache
def all_words() -> dict[str, tuple[str, ...]]:
    """Return all messages of the program that are not counted, with the files that say them."""
    template = messages.read(messages.TEMPLATE)
    found = [one for one in template if one.id]
    return {
        one.id if isinstance(one.id, str) else one.id[0]: tuple(file for file, _line in one.locations)
        for one in found
    }


@cache
def words_of_others(tag: str) -> frozenset[str]:
    """Return what the program says in English or German, where this language says something else."""
    mine = {words: catalogues.own(tag).gettext(words) for words in all_words()}
    theirs = {words for words in mine if tag != "en"}
    if tag not in ("de", "de-simple"):
        theirs |= {catalogues.own("de").gettext(words) for words in mine}
    return frozenset(theirs - set(mine.values()))


def content_of(db: Database, tag: str) -> set[str]:
    """Return what people wrote, which is shown as it is: groups, measures, places, the office's name."""
    with db.reading() as session:
        found = set(session.scalars(sa.select(Milestone.measure)))
        found |= set(session.scalars(sa.text("SELECT due_wording FROM milestones")))
        found |= set(session.scalars(sa.select(Meeting.place)))
        for card in groups.directory(session).cards:
            found |= {card.to(tag), card.title.to(tag), card.summary.to(tag), card.lead_organisation}
            found |= {card.to("de"), card.title.to("de")}
        region = regions.the_region(session)
        found |= {region.name, region.phone, region.email}
        for row in session.execute(sa.select(Person.name, Person.email, Person.organisation)):
            found |= {one or "" for one in row}
    # The question for the language is asked in all of them at once.
    found |= {languages.QUESTION.to(entry.tag) for entry in LANGUAGES}
    return {one for one in found if one.strip()} | {entry.own_name for entry in LANGUAGES}


def _without(said: str, content: set[str]) -> str:
    """Take content out, at the end also the beginning of some: buttons and lists cut it short."""
    for one in sorted(content, key=len, reverse=True):
        said = said.replace(one, " ")
    for one in content if said.endswith("…") else ():
        place = said.find(one[:12])
        if place >= 0 and one.startswith(said[place:-1]):
            return said[:place]
    return said


def strange(said: str, tag: str, content: set[str]) -> str:
    """Return what is wrong with words for a reader of a language, "" for nothing."""
    bare = _ISOLATES.sub("", said).strip()
    if not any(char.isalnum() for char in bare):
        return "nothing but signs"
    if _PLACEHOLDER.search(bare):
        return "a placeholder is left"
    for line in bare.split("\n"):
        if line.strip("✓• ") in words_of_others(tag) - content:
            return "words of another language"
    rest = "\n".join(_without(line, content) for line in bare.split("\n"))
    return scripts.latin(_NAMES.sub("", rest), tag) and "letters of another script"


def strange_label(label: str, tag: str, content: set[str]) -> str:
    """Return what is wrong with a button."""
    return "too long" if len(label) > LONGEST_LABEL else strange(label, tag, content)


def strange_in(heard: Heard, tag: str, content: set[str]) -> dict[str, str]:
    """Return all that is wrong in a chat, and what it is."""
    found = {one: strange(one, tag, content) for one in dict.fromkeys(heard.texts)}
    found |= {one: strange_label(one, tag, content) for one in dict.fromkeys(heard.labels)}
    return {said: why for said, why in found.items() if why}
