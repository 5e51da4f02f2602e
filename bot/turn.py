"""One update as the steps of the conversation see it: who writes, what, and where answers go."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.aftermath import After, MarkPressed
from bot.media import Media
from models import clock, outbox
from models.forms.questions import Context
from models.letters import Button, Letter
from models.people import ChannelKind, Person
from translations import Localised, Text, catalogues, find

MAX_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes, as Telegram tells it. Nothing of it is stored unasked, except the number."""

    telegram_id: int
    first_name: str = ""
    username: str = ""
    language_code: str = ""

    @property
    def suggested_language(self) -> str | None:
        """The language that Telegram's code suggests, if we have it."""
        found = find(self.language_code) if self.language_code else None
        return found.tag if found in catalogues.offered() and found else None


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: `verb:id:version[:rest]`, with its words and the message that it stands below."""

    verb: str
    id: str = ""
    version: int = 0
    rest: str = ""
    label: str = ""
    message_id: int = 0

    @staticmethod
    def read(data: str, *, label: str = "", message_id: int = 0) -> "Press":
        """Read a button's data; what is not ours becomes a press that nobody handles."""
        verb, target, version, rest = (*data.split(":", 3), "", "", "")[:4]
        number = int(version) if version.isdecimal() else 0
        return Press(verb, target, number, rest, label, message_id)

    @property
    def number(self) -> int:
        """The id as a number; 0 where it is none, or none that a database could have given out."""
        number = int(self.id) if self.id.isascii() and self.id.isdecimal() and len(self.id) <= 10 else 0
        return number if number <= MAX_ID else 0


@dataclass(slots=True)
class Turn:
    """One update in one transaction. What is said goes to the outbox; `after` follows the commit."""

    session: Session
    person: Person
    visitor: Visitor
    text: str = ""
    press: Press = field(default_factory=lambda: Press(""))
    reply_to: int | None = None
    media: Media | None = None
    after: list[After] = field(default_factory=list)

    @property
    def language(self) -> str:
        """The language in which the person reads."""
        return self.person.language

    @property
    def context(self) -> Context:
        """How forms are read and asked here."""
        return Context(
            self.session, self.language, channel="chat", person=self.person,
            suggested_name=self.visitor.first_name,
        )  # fmt: skip

    def say(self, letter: Letter, *, key: str = "", wait: timedelta | None = None) -> None:
        """Answer in the chat, before any news; once where there is a key, and not before `wait` is over."""
        outbox.post(
            self.session, self.person.id, ChannelKind.TELEGRAM, letter, kind="dialogue",
            priority=outbox.ANSWER_FIRST, key=key or None, not_before=clock.now() + wait if wait else None,
        )  # fmt: skip

    def tell(self, *paragraphs: Text | Localised, buttons: tuple[Button, ...] = (), key: str = "") -> None:
        """Answer with these words; once where there is a key."""
        self.say(letter(*paragraphs, buttons=buttons), key=key)

    def mark_pressed(self) -> None:
        """Leave only the pressed button in its message, once everything is stored."""
        self._leave(self.press.label)

    def clear_pressed(self) -> None:
        """Take the buttons away from a message whose time is over."""
        self._leave("")

    def _leave(self, label: str) -> None:
        if self.press.message_id:
            self.after.append(MarkPressed(self.visitor.telegram_id, self.press.message_id, label))


def letter(*paragraphs: Text | Localised, buttons: tuple[Button, ...] = ()) -> Letter:
    """Return a letter for the chat; its subject, which only e-mail shows, is its first words."""
    first = next((words for words in paragraphs if isinstance(words, Text)), paragraphs[0])
    return Letter(first, paragraphs, buttons)
