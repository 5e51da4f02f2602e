"""Question types. A question reads raw words into a typed answer, and says how it is asked.

Front ends know the `kind` of a question and nothing else of its class.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, overload

from email_validator import EmailNotValidError
from sqlalchemy.orm import Session

from models.addresses import normalized
from models.consents import Given
from models.errors import InvalidAnswer
from models.forms import clean
from models.forms.rules import Condition, Filled, Rule
from models.groups import Directory, GroupCard
from models.people import Person
from translations import Text, Words, _

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Kind(StrEnum):
    """How a question is asked; all that a front end has to know."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    CONSENT = "consent"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Context:
    """Where and for whom a form is read. `session` is only asked where memory has no answer."""

    session: Session
    language: str
    channel: str = "page"
    has_telegram: bool = True
    person: Person | None = None
    suggested_name: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)  # those before the question that is asked
    entry_id: int | None = None  # the submission that is read again, corrected or added to
    entry_version: int = 0  # as the person saw it


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its key on the wire and its words."""

    key: str
    label: Words


class Question(Generic[T]):
    """One question of a form; on a form object, its typed answer."""

    kind: ClassVar[Kind]
    missing: ClassVar[Text] = _("Please answer this question.")
    unless: str = ""  # the name of a question with whose answer this one may be left out

    def __init__(
        self,
        label: Text,
        *,
        hint: Text | None = None,
        optional: bool = False,
        when: Rule | None = None,
        default: str = "",
        autocomplete: str = "",
    ) -> None:
        self.name = ""
        self.label = label
        self.hint = hint
        self.optional = optional
        self.when = when
        self.default = default
        self.autocomplete = autocomplete

    def __set_name__(self, owner: type[object], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, form: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, form: Filled, owner: type[object]) -> T: ...

    def __get__(self, form: Filled | None, owner: type[object]) -> Self | T:
        if form is None:
            return self
        return cast(T, form.answers[self.name]) if self.name in form.answers else self.nothing()

    def __set__(self, form: Filled, value: T) -> None:
        raise AttributeError("answers are read, not set")

    def nothing(self) -> T:
        """Return the answer of who was not asked, or left it out."""
        raise NotImplementedError

    def read(self, raw: str, context: Context) -> T:
        """Return the typed answer; InvalidAnswer in words that help otherwise."""
        raise NotImplementedError

    def is_given(self, raw: str) -> bool:
        """Return whether a raw answer says anything."""
        return bool(raw.strip())

    def is_open(self, raw: str) -> bool:
        """Return whether a dialogue still waits for more of this answer."""
        return False

    def reopened(self, raw: str) -> str:
        """Return what of an answer stays when a dialogue goes back to its question; "" for nothing."""
        return ""

    def options(self, context: Context) -> Sequence[Option]:
        """Return what can be chosen; nothing where people type."""
        return ()

    def say(self, answer: T) -> Words:
        """Return the answer in words, for a summary or the desk."""
        raise NotImplementedError

    def suggestion(self, context: Context) -> str:
        """Return an answer that is offered for taking over, "" where there is none."""
        return ""

    def is_(self, *keys: str) -> Condition:
        """Return the condition that this question has one of these answers."""
        return Condition(self, keys)

    def given(self) -> Condition:
        """Return the condition that this question has any answer."""
        return Condition(self)


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a person, the same in every language."""

    text: str

    def to(self, tag: str) -> str:
        """Return them as they are."""
        return self.text


class Line(Question[str]):
    """A few words on one line, at most `longest` characters."""

    kind = Kind.LINE
    input_type: ClassVar[str] = "text"
    longest: ClassVar[int] = 120

    def nothing(self) -> str:
        """Return no words."""
        return ""

    def read(self, raw: str, context: Context) -> str:
        """Return the line without surrounding space."""
        return clean.text(raw, longest=self.longest)

    def say(self, answer: str) -> Words:
        """Return it as typed."""
        return Said(answer)


class Name(Line):
    """One field for the whole name, in any script."""

    missing = _("Please tell us your name.")

    def read(self, raw: str, context: Context) -> str:
        """Return the name; InvalidAnswer for one of which nothing is to be seen."""
        name = super().read(raw, context)
        if not name and raw.strip() and not self.optional:
            raise InvalidAnswer(self.missing)
        return name

    def suggestion(self, context: Context) -> str:
        """Offer the name that the chat or an earlier form knows."""
        known = context.person.name if context.person else ""
        return known or context.suggested_name


class Email(Line):
    """An e-mail address."""

    input_type = "email"
    longest = 254
    missing = _("Please give an e-mail address, so that we can answer you.")

    def read(self, raw: str, context: Context) -> str:
        """Return the address in lower case; its spelling is checked, nothing is looked up."""
        line = super().read(raw, context)
        try:
            return normalized(line).lower()
        except EmailNotValidError as error:
            text = _("This does not look like an e-mail address. It needs an @, as in name@example.org.")
            raise InvalidAnswer(text) from error

    def suggestion(self, context: Context) -> str:
        """Offer the address that the person has confirmed before."""
        person = context.person
        return person.email if person and person.email and person.email_confirmed_at else ""


class Phone(Line):
    """A telephone number as people write it."""

    input_type = "tel"
    longest = 40
    missing = _("Please give a telephone number, so that we can call you.")

    def read(self, raw: str, context: Context) -> str:
        """Return the number as written, if it could be one."""
        line = super().read(raw, context)
        if not re.fullmatch(r"[+(]?[\d\s()/.\-]+", line) or sum(c.isdigit() for c in line) < 5:
            text = _("This does not look like a telephone number. Please use digits, as in 05251 1234567.")
            raise InvalidAnswer(text)
        return line


class LongText(Question[str]):
    """Some sentences, at most `longest` characters."""

    kind = Kind.TEXT
    longest: ClassVar[int] = 2000
    missing = _("Please write a few words.")

    def nothing(self) -> str:
        """Return no words."""
        return ""

    def read(self, raw: str, context: Context) -> str:
        """Return the text with its paragraphs."""
        return clean.text(raw, longest=self.longest, lines=True)

    def say(self, answer: str) -> Words:
        """Return it as typed."""
        return Said(answer)


class OptionalChoice(Question["E | None"], Generic[E]):
    """One of a few fixed things, or none of them."""

    kind = Kind.CHOICE
    missing = _("Please choose one.")

    def __init__(
        self, words: dict[E, Text], label: Text, *, available: Callable[[E, Context], bool] | None = None,
        hint: Text | None = None, optional: bool = True, when: Rule | None = None, default: str = "",
    ) -> None:  # fmt: skip
        super().__init__(label, hint=hint, optional=optional, when=when, default=default)
        self.words = words
        self.available = available

    def nothing(self) -> E | None:
        """Return no choice."""
        return None

    def options(self, context: Context) -> Sequence[Option]:
        """Return what is on offer here."""
        return [
            Option(value.value, words)
            for value, words in self.words.items()
            if self.available is None or self.available(value, context)
        ]

    def read(self, raw: str, context: Context) -> E | None:
        """Return the chosen value."""
        for value in self.words:
            if value.value == raw and (self.available is None or self.available(value, context)):
                return value
        raise InvalidAnswer(_("Please choose one of the answers."))

    def say(self, answer: E | None) -> Words:
        """Return its words."""
        return self.words[answer] if answer is not None else Said("")


class Choice(OptionalChoice[E]):
    """One of a few fixed things; something has to be chosen."""

    def __init__(
        self, words: dict[E, Text], label: Text, *, available: Callable[[E, Context], bool] | None = None,
        hint: Text | None = None, when: Rule | None = None, default: str = "",
    ) -> None:  # fmt: skip
        super().__init__(
            words, label, available=available, hint=hint, optional=False, when=when, default=default
        )

    if TYPE_CHECKING:

        @overload
        def __get__(self, form: None, owner: type[object]) -> Self: ...

        @overload
        def __get__(self, form: Filled, owner: type[object]) -> E: ...

        def __get__(self, form: Filled | None, owner: type[object]) -> Self | E: ...


class OneOf(Question[GroupCard]):
    """One of the working groups, by its code or by its goal's number."""

    kind = Kind.CHOICE
    missing = _("Please choose a group.")

    def __init__(
        self, source: Callable[[Session], Directory], label: Text, *, hint: Text | None = None
    ) -> None:
        super().__init__(label, hint=hint)
        self.source = source

    def options(self, context: Context) -> Sequence[Option]:
        """Return the groups that are open to people."""
        return [Option(card.code, card) for card in self.source(context.session).open]

    def read(self, raw: str, context: Context) -> GroupCard:
        """Return the group; closed ones are read too, joining them is refused later."""
        card = self.source(context.session).find(raw)
        if card is None:
            raise InvalidAnswer(_("There is no working group with this number or code."))
        return card

    def say(self, answer: GroupCard) -> Words:
        """Return number and title."""
        return answer

    def nothing(self) -> GroupCard:
        """Never asked for: a group is always chosen."""
        raise LookupError(self.name)


class Consent(Question[bool]):
    """Agreement to one purpose; its wording and version are stored as the person saw them."""

    kind = Kind.CONSENT

    def __init__(
        self,
        *,
        purpose: str,
        version: int,
        text: Text,
        hint: Text | None = None,
        when: Rule | None = None,
    ) -> None:
        super().__init__(text, hint=hint, optional=True, when=when)
        self.purpose = purpose
        self.version = version

    def nothing(self) -> bool:
        """Silence is no consent."""
        return False

    def read(self, raw: str, context: Context) -> bool:
        """Return whether it was given."""
        if raw not in ("yes", "no"):
            raise InvalidAnswer(_("Please answer with yes or no."))
        return raw == "yes"

    def options(self, context: Context) -> Sequence[Option]:
        """Return yes and no."""
        return [Option("yes", _("Yes, I agree")), Option("no", _("No"))]

    def say(self, answer: bool) -> Words:
        """Return yes or no."""
        return _("Yes") if answer else _("No")

    def as_given(self, language: str) -> Given:
        """Return the consent with the words that a reader of `language` saw."""
        return Given(self.purpose, self.version, self.label.to(language), language)
