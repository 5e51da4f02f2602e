"""Any form as a chat: answers and an event in, answers out. No Telegram, no database in here.

The questions, their order and their rules are the form's; this only walks through them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot import matching
from models import attachments
from models.forms.file_questions import Files, closed, tokens_in, with_one, without
from models.forms.form import Form
from models.forms.points import Points, with_more
from models.forms.points import closed as points_closed
from models.forms.questions import Consent, Context, Kind, Question
from models.forms.several import Several, chosen_in, toggled
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
    """What happened: a button's verb with what it carries, `typed` with the words, `file` with the token of
    one that was taken in and its caption on the next lines, or `media` for what cannot be taken.
    """

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


def files_of(form_class: FormClass) -> Files | None:
    """Return the form's question for files."""
    return next((one for one in form_class.declared if isinstance(one, Files)), None)


def text_beside_files(form_class: FormClass) -> Question[Any] | None:
    """Return the question for words in whose place files can stand: captions answer it."""
    files = files_of(form_class)
    return next((one for one in form_class.declared if files and one.unless == files.name), None)


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
    if question is None or isinstance(question, Consent):
        return Outcome(stage)
    if not form_class(stage.answers, context).may_skip(question):
        return Outcome(stage)
    return proceed(form_class, {**stage.answers, question.name: ""}, context)


def _take(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    answered = form_class(stage.answers, context).context
    suggestion = question.suggestion(answered) if question else ""
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
    asked = asked_question(form_class, stage, context)
    raw = stage.answers.get(stage.asked)
    if asked is not None and raw is not None and not asked.is_open(raw):
        return proceed(form_class, stage.answers, context)  # it was to be changed, and stays as it was
    earlier = before(form_class, stage, context)
    if earlier is None:
        return Outcome(stage)
    answers = {name: raw for name, raw in stage.answers.items() if name != earlier.name}
    again = earlier.reopened(stage.answers[earlier.name])
    return Outcome(Stage(answers | ({earlier.name: again} if again else {}), earlier.name))


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
    if isinstance(question, Points):
        return _typed_points(form_class, stage, question, words, context)
    if question.kind in (Kind.LINE, Kind.TEXT):
        return _answer(form_class, stage, words, context)
    if isinstance(question, Files):
        return _typed_beside_files(form_class, stage, words, context)
    if isinstance(question, Several):
        return _typed_several(form_class, stage, question, words, context)
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


def _typed_beside_files(form_class: FormClass, stage: Stage, words: str, context: Context) -> Outcome:
    """Take words that follow a photo as what it shows, if nothing has been said yet."""
    text = text_beside_files(form_class)
    if text is None or stage.answers.get(text.name, "").strip():
        return Outcome(stage, _("Please send a photo, a voice note or a document, or press a button."))
    answers = {**stage.answers, text.name: words}
    form = form_class(answers, context)
    if text.name in form.errors:
        return Outcome(stage, form.errors[text.name])
    return Outcome(replace(stage, answers=answers), _("I have noted your words."))


def _file(form_class: FormClass, stage: Stage, words: str, context: Context) -> Outcome:
    """Take a file at any point of a form that takes files. One that does not fit is not in the answers."""
    files = files_of(form_class)
    if files is None:
        return _media(form_class, stage, words, context)
    token, _line, caption = words.partition("\n")
    answers = {**stage.answers, files.name: with_one(stage.answers.get(files.name), token)}
    refusal = _too_many(answers[files.name])
    if refusal is not None:
        return Outcome(stage, refusal)
    text = text_beside_files(form_class)
    note: Text | None = _ADDED
    if text is not None:
        answers, note = _with_caption(form_class, Stage(answers, stage.asked), text, caption, context)
    if text is not None and stage.asked == text.name:
        answers.setdefault(text.name, "")
        outcome = proceed(form_class, answers, context)
        return replace(outcome, note=outcome.note or note)
    return Outcome(replace(stage, answers=answers), note)


def _too_many(raw: str) -> Text | None:
    if len(tokens_in(raw)) <= attachments.MOST:
        return None
    return _("Please send at most {n} files at once.")(n=attachments.MOST)


def _with_caption(
    form_class: FormClass, stage: Stage, text: Question[Any], caption: str, context: Context
) -> tuple[dict[str, str], Text | None]:
    """Let a file's caption answer the question for words, if that waits or says nothing yet."""
    answers = dict(stage.answers)
    is_free = stage.asked == text.name or not answers.get(text.name, "").strip()
    if not caption or not is_free:
        return answers, _ADDED
    form = form_class({**answers, text.name: caption}, context)
    if text.name in form.errors:
        return answers, form.errors[text.name]
    return {**answers, text.name: caption}, _ADDED


def _done(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    """Go on: these are all files."""
    files = files_of(form_class)
    raw = stage.answers.get(files.name) if files else None
    if files is None or raw is None or stage.asked != files.name:
        return Outcome(stage)
    return proceed(form_class, {**stage.answers, files.name: closed(raw)}, context)


def _remove(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    """Take the last file back. Words that it stood for are asked for then."""
    files = files_of(form_class)
    tokens = tokens_in(stage.answers.get(files.name, "")) if files else []
    if files is None or not tokens:
        return Outcome(stage)
    raw = stage.answers[files.name]
    left = without(raw, tokens[-1])
    answers = {name: one for name, one in stage.answers.items() if name != files.name}
    if left or not files.is_open(raw):
        answers[files.name] = left
    first = proceed(form_class, answers, context)
    text = text_beside_files(form_class)
    if text is not None and first.stage.asked == text.name:
        return first
    return Outcome(Stage(answers, stage.asked), _("The last file has been removed."))


def _toggle(form_class: FormClass, stage: Stage, key: str, context: Context) -> Outcome:
    """Switch one of several answers on or off; more are waited for."""
    question = asked_question(form_class, stage, context)
    if not isinstance(question, Several) or key not in question.words:
        return Outcome(stage)
    raw = toggled(stage.answers.get(question.name, ""), key)
    return Outcome(replace(stage, answers={**stage.answers, question.name: raw}))


def _typed_points(
    form_class: FormClass, stage: Stage, question: Points, words: str, context: Context
) -> Outcome:
    """Take another point, or several on lines of their own; more are waited for."""
    answers = {**stage.answers, question.name: with_more(stage.answers.get(question.name, ""), words)}
    form = form_class(answers, context)
    if question.name in form.errors:
        return Outcome(stage, form.errors[question.name])
    return Outcome(replace(stage, answers=answers), _("Noted. Write the next point, or press “That is all”."))


def _chosen(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    """Go on: these are all that are switched on, or all points."""
    said = stage.answers.get(stage.asked, "")
    if isinstance(asked_question(form_class, stage, context), Points):
        raw = points_closed(said)
    else:
        raw = " ".join(chosen_in(said))
    return _answer(form_class, stage, raw, context) if raw else Outcome(stage, _PRESS_A_BUTTON)


def _typed_several(
    form_class: FormClass, stage: Stage, question: Several, words: str, context: Context
) -> Outcome:
    """Take several answers typed with commas between; each of them has to be sure."""
    options = question.options(form_class(stage.answers, context).context)
    parts = [part for part in _BETWEEN.split(words) if part.strip()]
    found = [matching.find(part, options, context.language) for part in parts]
    if not found or any(len(keys) != 1 for keys in found):
        return Outcome(stage, _("I did not find this among the answers. Please choose one."))
    return _answer(form_class, stage, " ".join(keys[0] for keys in found), context)


def _media(form_class: FormClass, stage: Stage, _words: str, context: Context) -> Outcome:
    question = asked_question(form_class, stage, context)
    if question is not None and question.kind in (Kind.LINE, Kind.TEXT):
        return Outcome(stage, _("Here I can only read words. Please write your answer."))
    return Outcome(stage, _PRESS_A_BUTTON)


_PRESS_A_BUTTON = _("Please press one of the buttons.")
_ADDED = _("Thank you, it has arrived.")
_BETWEEN = re.compile(r"[,;،؛、/\n]")
_STEPS: dict[str, Callable[[FormClass, Stage, str, Context], Outcome]] = {
    "a": _answer, "skip": _skip, "take": _take, "back": _back, "page": _page, "send": _send,
    "change": _change, "cancel": _cancel, "typed": _typed, "media": _media,
    "file": _file, "done": _done, "remove": _remove, "toggle": _toggle, "chosen": _chosen,
}  # fmt: skip
