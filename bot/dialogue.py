"""Any form as a chat: answers and an event in, answers out. No Telegram, no database in here.

The questions, their order and their rules are the form's; this only walks through them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot import matching
from models.forms.form import Form
from models.forms.questions import Consent, Context, Kind, Question
from translations import Text, _

CHECK = ""  # nothing is asked: everything is shown before it is sent
CHANGE = "?"  # which answer shall be changed?
OFFERED = "!"  # words that were not understood, kept in case they are meant for the office

FormClass = type[Form]


class End(StrEnum):
    """How a dialogue ends."""

    SEND = "send"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a dialogue stands: the raw answers, and the name of the question that waits."""

    answers: Mapping[str, str]
    asked: str = CHECK


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: a button's verb with what it carries, `typed` with the words, or `media`."""

    verb: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the dialogue stands now, and what to say beside the next question."""

    stage: Stage
    note: Text | None = None
    end: End | None = None
    page: int = 0
    found: tuple[str, ...] = ()


def proceed(form_class: FormClass, answers: Mapping[str, str], context: Context) -> Outcome:
    """Go on to the first question without a good answer, or to the check before sending."""
    form = form_class(answers, context)
    if form.next_question is None:
        return Outcome(Stage(dict(answers), CHECK))
    name = form.next_question.name
    return Outcome(Stage(dict(answers), name), form.errors.get(name))


def asked_question(form_class: FormClass, stage: Stage, context: Context) -> Question[Any] | None:
    """Return the question that waits for an answer."""
    form = form_class(stage.answers, context)
    return next((one for one in form.questions if one.name == stage.asked), None)


def step(form_class: FormClass, stage: Stage, event: Event, context: Context) -> Outcome:
    """Return what follows from an event; nothing at all changes where it does not fit."""
    handle = _STEPS.get(event.verb)
    return handle(form_class, stage, event.words, context) if handle else Outcome(stage)


def _answer(form_class: FormClass, stage: Stage, raw: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    if question is None:
        return Outcome(stage, _PRESS_A_BUTTON)
    answers = {**stage.answers, question.name: raw}
    form = form_class(answers, context)
    if question.name in form.errors:
        return Outcome(stage, form.errors[question.name])
    return proceed(form_class, answers, context)


def _skip(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    if question is None or not question.optional or isinstance(question, Consent):
        return Outcome(stage)
    return proceed(form_class, {**stage.answers, question.name: ""}, context)


def _take(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    suggestion = question.suggestion(context) if question else ""
    return _answer(form_class, stage, suggestion, context) if suggestion else Outcome(stage)


def before(form_class: FormClass, stage: Stage, context: Context) -> Question[Any] | None:
    """Return the question that was answered just before the one that waits."""
    earlier = None
    for question in form_class(stage.answers, context).asked:
        if question.name == stage.asked:
            break
        earlier = question if question.name in stage.answers else earlier
    return earlier


def _back(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    if stage.asked == CHANGE:
        return Outcome(replace(stage, asked=CHECK))
    if stage.asked in stage.answers:  # it was to be changed, and stays as it was
        return proceed(form_class, stage.answers, context)
    earlier = before(form_class, stage, context)
    if earlier is None:
        return Outcome(stage)
    answers = {name: raw for name, raw in stage.answers.items() if name != earlier.name}
    return Outcome(Stage(answers, earlier.name))


def _page(_form: FormClass, stage: Stage, words: str, _context: Context) -> Outcome:
    return Outcome(stage, page=int(words) if words.isdecimal() else 0)


def _send(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    outcome = proceed(form_class, stage.answers, context)
    return replace(outcome, end=End.SEND) if outcome.stage.asked == CHECK else outcome


def _change(form_class: FormClass, stage: Stage, words: str, context: Context) -> Outcome:
    names = {question.name for question in form_class(stage.answers, context).asked}
    return Outcome(replace(stage, asked=words if words in names else CHANGE))


def _cancel(_form: FormClass, stage: Stage, _words: str, _context: Context) -> Outcome:
    return Outcome(stage, end=End.CANCEL)


def _typed(form_class: FormClass, stage: Stage, words: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    if question is None:
        return _typed_at_check(form_class, stage, words, context)
    if question.kind in (Kind.LINE, Kind.TEXT):
        return _answer(form_class, stage, words, context)
    is_consent = question.kind is Kind.CONSENT
    options = question.options(form_class(stage.answers, context).context)
    found = matching.find(words, options, context.language, is_strict=is_consent)
    if len(found) == 1:
        return _answer(form_class, stage, found[0], context)
    if found:
        return Outcome(stage, _("Several answers fit. Please choose one."), found=tuple(found))
    if is_consent:
        return Outcome(stage, _("Please answer with yes or no."))
    return Outcome(stage, _("I did not find this among the answers. Please choose one."))


def _typed_at_check(form_class: FormClass, stage: Stage, words: str, context: Context) -> Outcome:
    if stage.asked == CHECK and matching.plain(words) == matching.plain(form_class.send.to(context.language)):
        return _send(form_class, stage, "", context)
    if stage.asked == CHECK and [question.kind for question in form_class.declared] == [Kind.TEXT]:
        # Who answers in two messages means both.
        name = form_class.declared[0].name
        longer = {**stage.answers, name: f"{stage.answers.get(name, '')}\n{words}"}
        form = form_class(longer, context)
        return Outcome(stage, form.errors[name]) if form.errors else Outcome(Stage(longer, CHECK))
    return Outcome(stage, _PRESS_A_BUTTON)


def _media(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    if question is not None and question.kind in (Kind.LINE, Kind.TEXT):
        return Outcome(stage, _("Here I can only read words. Please write your answer."))
    return Outcome(stage, _PRESS_A_BUTTON)


_PRESS_A_BUTTON = _("Please press one of the buttons.")
_STEPS: dict[str, Callable[[FormClass, Stage, str, Context], Outcome]] = {
    "a": _answer, "skip": _skip, "take": _take, "back": _back, "page": _page, "send": _send,
    "change": _change, "cancel": _cancel, "typed": _typed, "media": _media,
}  # fmt: skip
