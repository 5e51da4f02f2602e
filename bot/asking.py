"""How a dialogue's next question looks as a letter with buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue import CHANGE, CHECK, FormClass, Outcome, asked_question, before
from models.forms.file_questions import Files
from models.forms.form import Form
from models.forms.points import Points
from models.forms.questions import Consent, Context, Option, Question
from models.forms.several import Several, chosen_in
from models.letters import Button, Letter
from models.links import Purpose
from translations import Localised, Text, Words, _

PAGE = 8  # options shown at once
LONGEST_LABEL = 60
LONGEST_SUMMARY = 3000  # a chat message takes 4096 characters, with everything
MAX_DATA = 64  # bytes in a button
BACK = _("Back")
_CHOSEN = _("✓ {answer} – chosen")


@dataclass(frozen=True, slots=True)
class Tag:
    """What the buttons of one question carry: the draft and its version."""

    draft_id: int
    version: int

    def verb(self, verb: str, rest: str = "") -> str:
        """Return a button's data; ValueError if Telegram would refuse it."""
        data = f"{verb}:{self.draft_id}:{self.version}" + (f":{rest}" if rest else "")
        if len(data.encode()) > MAX_DATA:
            raise ValueError(f"button data too long: {data}")
        return data


def storable(words: Words, tag: str, *, longest: int | None = None) -> Text | Localised:
    """Return words as a letter can keep them; what is neither Text nor content is said in `tag` now."""
    if isinstance(words, (Text, Localised)) and longest is None:
        return words
    said = words.to(tag)
    if longest is None or len(said) <= longest:
        return words if isinstance(words, (Text, Localised)) else Localised({tag: said})
    return Localised({tag: shortened(said, longest)})


def shortened(words: str, longest: int) -> str:
    """Return at most `longest` characters, cut between words where that is possible."""
    if len(words) <= longest:
        return words
    return words[: longest - 1].rsplit(" ", 1)[0] + "…"


def ask(
    form_class: FormClass, outcome: Outcome, context: Context, tag: Tag, *notes: Text | Localised
) -> Letter:
    """Return the letter that asks what waits: one question, or the check before sending."""
    said = [*notes, *([outcome.note] if outcome.note else [])]
    if outcome.stage.asked == CHECK:
        return _check(form_class, outcome, context, tag, said)
    if outcome.stage.asked == CHANGE:
        return _choose_change(form_class, outcome, context, tag, said)
    question = asked_question(form_class, outcome.stage, context)
    if question is None:
        raise LookupError(f"{form_class.slug} has no question {outcome.stage.asked}")
    said.append(question.label)
    if question.hint:
        said.append(question.hint)
    form = form_class(outcome.stage.answers, context)
    if isinstance(question, Files) and form.answers.get(question.name):
        so_far = question.say(form.answers[question.name])
        said.append(_("Here so far: {files}")(files=storable(so_far, context.language)))
    options = question.options(form.context)
    if len(options) > PAGE and not outcome.found:
        said.append(_("You can also type a word or a number that occurs in it."))
    buttons = [
        *_suggestion(question, form.context, tag),
        *(
            _switches(question, options, outcome.stage.answers, context.language, tag)
            if isinstance(question, Several)
            else _options(options, outcome, context.language, tag)
        ),
        *_controls(form, outcome, question, context, tag),
    ]
    return Letter(question.label, tuple(said), tuple(buttons))


def _suggestion(question: Question[Any], context: Context, tag: Tag) -> list[Button]:
    words = question.suggestion(context)
    if not words:
        return []
    return [Button(Localised({context.language: shortened(words, LONGEST_LABEL)}), tag.verb("take"))]


def _options(options: Sequence[Option], outcome: Outcome, language: str, tag: Tag) -> list[Button]:
    if outcome.found:
        shown = [option for option in options if option.key in outcome.found][:PAGE]
        return [_option(option, language, tag) for option in shown]
    if len(options) <= PAGE:
        return [_option(option, language, tag) for option in options]
    pages = -(-len(options) // PAGE)
    page = outcome.page % pages
    shown = list(options[page * PAGE : (page + 1) * PAGE])
    more = _("More") if page + 1 < pages else _("From the beginning")
    return [
        *(_option(option, language, tag) for option in shown),
        Button(more, tag.verb("page", str((page + 1) % pages))),
    ]


def _switches(
    question: Several, options: Sequence[Option], answers: Mapping[str, str], language: str, tag: Tag
) -> list[Button]:
    """Return a button for each answer, two in a row; those that are on say so, with a sign for the eye."""
    chosen = chosen_in(answers.get(question.name, ""))
    return [
        Button(
            _CHOSEN(answer=storable(option.label, language))
            if option.key in chosen
            else storable(option.label, language),
            tag.verb("toggle", option.key),
            beside=position % 2 == 1,
        )
        for position, option in enumerate(options)
    ]


def _option(option: Option, language: str, tag: Tag) -> Button:
    return Button(storable(option.label, language, longest=LONGEST_LABEL), tag.verb("a", option.key))


def _controls(
    form: Form, outcome: Outcome, question: Question[Any], context: Context, tag: Tag
) -> list[Button]:
    found: list[Button] = []
    stage = outcome.stage
    if outcome.found:
        found.append(Button(_("Show all"), tag.verb("page", "0")))
    if isinstance(question, Files) and question.is_given(stage.answers.get(question.name, "")):
        found.append(Button(_("That is all"), tag.verb("done")))
        found.append(Button(_("Remove the last one"), tag.verb("remove")))
    elif isinstance(question, Points) and question.is_given(stage.answers.get(question.name, "")):
        found.append(Button(_("That is all"), tag.verb("chosen")))
    elif isinstance(question, Several) and question.is_given(stage.answers.get(question.name, "")):
        found.append(Button(_("Done"), tag.verb("chosen")))
    elif form.may_skip(question) and not isinstance(question, Consent):
        found.append(Button(_("Skip"), tag.verb("skip")))
    if stage.asked in stage.answers or before(type(form), stage, context) is not None:
        found.append(Button(BACK, tag.verb("back"), beside=bool(found)))
    return found


def on_the_page(form_class: FormClass, draft_id: int) -> Button:
    """Return the button with which a form goes on on the page, from where it stands."""
    page = f"/{{lang}}/forms/{form_class.slug}?draft={{link}}"
    return Button(_("Go on on the page"), page=page, purpose=Purpose.DRAFT, target_id=draft_id)


def _check(
    form_class: FormClass, outcome: Outcome, context: Context, tag: Tag, said: list[Text | Localised]
) -> Letter:
    heading = _("Please check:")
    said += [heading, summary(form_class, outcome, context)]
    buttons = (
        Button(form_class.send, tag.verb("send")),
        Button(_("Change"), tag.verb("change")),
        Button(_("Cancel"), tag.verb("cancel"), beside=True),
        *([on_the_page(form_class, tag.draft_id)] if form_class.has_page else []),
    )
    return Letter(heading, tuple(said), buttons)


def summary(form_class: FormClass, outcome: Outcome, context: Context) -> Localised:
    """Return all answers, one per line, cut where they would not fit into one message."""
    pairs = form_class(outcome.stage.answers, context).summary()
    longest = max(80, LONGEST_SUMMARY // max(1, len(pairs))) - 100
    whole = sum(len(words.to(context.language)) for _question, words in pairs) <= LONGEST_SUMMARY - 1000
    lines = []
    for question, words in pairs:
        said = words.to(context.language)
        line = _("{question}: {answer}")(
            question=question.label.to(context.language).rstrip("?؟."),
            answer=said if whole else shortened(said, longest),
        )
        lines.append(line.to(context.language))
    return Localised({context.language: "\n".join(lines)})


def _choose_change(
    form_class: FormClass, outcome: Outcome, context: Context, tag: Tag, said: list[Text | Localised]
) -> Letter:
    heading = _("Which answer would you like to change?")
    buttons = [
        Button(
            storable(question.label, context.language, longest=LONGEST_LABEL),
            tag.verb("change", question.name),
        )
        for question in form_class(outcome.stage.answers, context).asked
    ]
    buttons.append(Button(BACK, tag.verb("back")))
    return Letter(heading, (*said, heading), tuple(buttons))
