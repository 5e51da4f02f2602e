"""A form: typed questions in, answers, errors and the next question out.

It is written once as a class and rendered as a chat dialogue, as a page and as a printed sheet.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from models.consents import Given
from models.errors import InvalidAnswer
from models.forms.questions import Consent, Context, Question
from models.people import Person
from models.plain_text import plain
from translations import Text, Words, _

MAX_ANSWERS = 60  # more fields than most forms have: somebody is playing


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a form, and from where. `key` is the form's own: the same form twice has the same key."""

    channel: str
    language: str
    key: str
    person: Person | None = None
    staff_id: int | None = None  # of an officer who types for the person


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets at once. `is_new` is false when the form had arrived before."""

    key: str
    done: Text
    next_steps: tuple[Text, ...]
    is_new: bool = True
    submission_id: int | None = None


class Form:
    """Base of all forms. `Form(raw, context)` reads raw answers.

    With `complete` (a page, where everything is asked at once) an absent answer counts as left out;
    without it (a dialogue) it is the next question. "" is an answer left out on purpose.
    """

    slug: ClassVar[str]
    title: ClassVar[Text]
    intro: ClassVar[Text | None] = None
    send: ClassVar[Text] = _("Send")
    done: ClassVar[Text]
    listed: ClassVar[bool] = True
    needs_office: ClassVar[bool] = True  # whether somebody has to look at it; else it is accepted as it comes
    is_anonymous: ClassVar[bool] = (
        False  # nothing of who sends it is kept, and it is not in the office's queue
    )
    has_page: ClassVar[bool] = True  # whether its half-filled state can be taken to the page of its slug
    most_answers: ClassVar[int] = MAX_ANSWERS
    declared: ClassVar[tuple[Question[Any], ...]] = ()

    def __init_subclass__(cls) -> None:
        found: dict[str, Question[Any]] = {}
        for base in reversed(cls.__mro__):
            found |= {key: value for key, value in vars(base).items() if isinstance(value, Question)}
        cls.declared = tuple(found.values())

    def __init__(self, raw: Mapping[str, str], context: Context, *, complete: bool = False) -> None:
        # Browsers send line ends as CR LF; the same words are the same answer on every channel.
        self.raw = {name: plain(value.replace("\r\n", "\n")) for name, value in raw.items()}
        self.answers: dict[str, Any] = {}
        self.context = replace(context, answers=self.answers)
        self.errors: dict[str, Text] = {}
        self.next_question: Question[Any] | None = None
        self.asked: list[Question[Any]] = []
        self.questions: list[Question[Any]] = []
        waiting = deque(self.declared)
        while waiting:
            question = waiting.popleft()
            self.questions.append(question)
            if self.next_question is None and self.applies(question):
                self._take(question, complete=complete)
            waiting.extendleft(reversed(self.following(question)))

    def _take(self, question: Question[Any], *, complete: bool) -> None:
        """Read the answer to a question, or note that the dialogue waits for it."""
        self.asked.append(question)
        if question.name in self.raw or complete:
            self._read(question)
            is_open = question.is_open(self.raw.get(question.name, ""))
            if complete or (question.name not in self.errors and not is_open):
                return
        self.next_question = question

    def following(self, question: Question[Any]) -> Sequence[Question[Any]]:
        """Return questions that only this filling-in has, to be asked after `question`: made from answers.

        Each needs a name that `takes` knows.
        """
        return ()

    @classmethod
    def takes(cls, name: str) -> bool:
        """Return whether a field of this name is an answer to this form."""
        return any(question.name == name for question in cls.declared)

    def applies(self, question: Question[Any]) -> bool:
        """Return whether a question is asked, given the answers before it."""
        return question.when is None or question.when.holds(self)

    def may_skip(self, question: Question[Any]) -> bool:
        """Return whether the answer to a question can be left out, given the others."""
        other = next((one for one in self.declared if one.name and one.name == question.unless), None)
        is_said_so = other is not None and other.is_given(self.raw.get(other.name, ""))
        return question.optional or is_said_so

    def _read(self, question: Question[Any]) -> None:
        raw = self.raw.get(question.name, question.default)
        try:
            if not question.is_given(raw):
                if not self.may_skip(question):
                    raise InvalidAnswer(question.missing)
                self.answers[question.name] = question.nothing()
            else:
                value = question.read(raw, self.context)
                if value == "" and not self.may_skip(question):
                    raise InvalidAnswer(question.missing)
                self.answers[question.name] = value
        except InvalidAnswer as error:
            self.errors[question.name] = error.text

    @property
    def is_complete(self) -> bool:
        """Whether everything that is asked has a good answer."""
        return not self.errors and self.next_question is None

    def summary(self) -> list[tuple[Question[Any], Words]]:
        """Return the answers in words, in the order of the questions; what was left out is left out."""
        return [
            (question, question.say(self.answers[question.name]))
            for question in self.asked
            if question.name in self.answers
            and (self.raw.get(question.name, question.default).strip() or isinstance(question, Consent))
        ]

    def kept(self) -> dict[str, str]:
        """Return the raw answers to the questions asked, for storing; what was left out is left out."""
        found = {q.name: self.raw.get(q.name, q.default) for q in self.asked if q.name in self.answers}
        return {name: raw for name, raw in found.items() if raw.strip()}

    def consents(self) -> list[Given]:
        """Return the consents that were given, in the words that were shown."""
        return [
            question.as_given(self.context.language)
            for question in self.asked
            if isinstance(question, Consent) and self.answers.get(question.name)
        ]

    def thanks(self) -> Text:
        """Return the words of thanks."""
        return self.done

    def next_steps(self) -> tuple[Text, ...]:
        """Return what happens next, a sentence each."""
        return ()

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Do what the form asks for, within the caller's transaction."""
        raise NotImplementedError


def raw_answers(fields: Mapping[str, str], form: type[Form]) -> dict[str, str]:
    """Return the fields that are answers to this form's questions."""
    if len(fields) > form.most_answers:
        raise InvalidAnswer(_("This form has too many fields."))
    return {name: raw for name, raw in fields.items() if form.takes(name)}
