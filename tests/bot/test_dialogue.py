"""Any form as a chat, without a database and without Telegram."""

from enum import StrEnum
from typing import cast

import pytest
from sqlalchemy.orm import Session

from bot.asking import MAX_DATA, PAGE, Tag, ask
from bot.dialogue import CHANGE, CHECK, End, Event, Outcome, Stage, proceed, step
from models.forms.form import Form
from models.forms.questions import Choice, Consent, Context, Email, Line, LongText, Name, OptionalChoice
from models.letters import Button, Letter
from tests.bot.chat import said, untranslated
from translations import Localised, Text, _


class Fruit(StrEnum):
    """Something to choose."""

    APPLE = "apple"
    PEAR = "pear"
    PLUM = "plum"


WORDS = {Fruit.APPLE: _("A red apple"), Fruit.PEAR: _("A pear"), Fruit.PLUM: _("A blue plum")}


class Many(StrEnum):
    """More than fits on one page."""

    N1, N2, N3, N4, N5, N6, N7, N8, N9, N10 = (f"n{i}" for i in range(1, 11))


class Basket(Form):
    """A form with every kind of question."""

    slug = "basket"
    title = _("A basket")
    done = _("Thanks")

    name = Name(_("Your name"), hint=_("As you like"))
    shop = Line(_("Shop"), optional=True)
    where = Line(_("Where is it?"), when=shop.given())
    fruit = Choice[Fruit](WORDS, _("Which fruit?"))
    many = OptionalChoice[Many]({one: Text(f"Number {one.value[1:]}") for one in Many}, _("How many?"))
    email = Email(_("Your address"), when=fruit.is_("plum"))
    agree = Consent(purpose="test", version=1, text=_("I agree to this."))


class Note(Form):
    """One text and nothing else."""

    slug = "note"
    title = _("A note")
    done = _("Thanks")
    text = LongText(_("Your words"))


CONTEXT = Context(cast(Session, None), "en", channel="chat", suggested_name="Amina")
TAG = Tag(17, 3)
WHOLE = {"name": "Amina", "shop": "", "fruit": "pear", "many": "", "agree": "yes"}


def walk(form: type[Form], *events: tuple[str, str], start: Stage | None = None) -> Outcome:
    """Let events happen one after the other."""
    outcome = Outcome(start) if start else proceed(form, {}, CONTEXT)
    for verb, words in events:
        outcome = step(form, outcome.stage, Event(verb, words), CONTEXT)
    return outcome


def labels(letter: Letter) -> list[str]:
    """The buttons' words."""
    return [untranslated(button.label) for button in letter.buttons]


def words(letter: Letter) -> str:
    """The letter's words."""
    return said(letter)


def test_one_question_is_asked_at_a_time_and_follow_ups_only_where_they_apply() -> None:
    walked = ["name"]
    outcome = proceed(Basket, {}, CONTEXT)
    answers = ("Amina", "Edeka", "Paderborn", "2", "Number 3", "yes")
    for answer in answers:
        outcome = step(Basket, outcome.stage, Event("typed", answer), CONTEXT)
        walked.append(outcome.stage.asked)
    assert walked == ["name", "shop", "where", "fruit", "many", "agree", CHECK]


def test_a_follow_up_is_asked_when_its_answer_was_given() -> None:
    outcome = walk(Basket, ("typed", "Amina"), ("skip", ""), ("typed", "a blue PLUM"), ("skip", ""))
    assert outcome.stage.asked == "email"


def test_a_wrong_answer_is_said_and_the_question_repeated() -> None:
    start = Stage({"name": "Amina", "shop": "", "fruit": "plum", "many": ""}, "email")
    outcome = walk(Basket, ("typed", "no address"), start=start)
    assert outcome.stage == start
    letter = ask(Basket, outcome, CONTEXT, TAG)
    assert letter.paragraphs[0] == outcome.note
    assert "Your address" in words(letter)
    assert outcome.note is not None
    assert "@" in outcome.note.to("en")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a red apple", "apple"), ("A RED APPLE!", "apple"), ("apple", "apple"), ("2", "pear"), ("٣", "plum"),
        ("blue", "plum"), ("\u2068A pear\u2069", "pear"),
    ],
)  # fmt: skip
def test_typed_words_choose_an_option(typed: str, found: str) -> None:
    outcome = walk(Basket, ("typed", typed), start=Stage({"name": "A", "shop": ""}, "fruit"))
    assert outcome.stage.answers["fruit"] == found


@pytest.mark.parametrize("typed", ["4", "0", "banana", "applepie", ""])
def test_words_that_fit_nothing_choose_nothing(typed: str) -> None:
    start = Stage({"name": "A", "shop": ""}, "fruit")
    outcome = walk(Basket, ("typed", typed), start=start)
    assert outcome.stage == start
    assert outcome.note is not None


def test_words_that_fit_several_options_show_only_those() -> None:
    start = Stage({"name": "A", "shop": "", "fruit": "pear"}, "many")
    outcome = walk(Basket, ("typed", "number"), start=start)
    assert outcome.stage == start
    letter = ask(Basket, Outcome(start, found=("n9", "n10")), CONTEXT, TAG)
    assert labels(letter) == ["Number 9", "Number 10", "Show all", "Skip", "Back"]


def test_a_plain_yes_agrees_and_anything_unclear_does_not() -> None:
    start = Stage({k: v for k, v in WHOLE.items() if k != "agree"}, "agree")
    assert walk(Basket, ("typed", "Yes"), start=start).stage.answers["agree"] == "yes"
    assert walk(Basket, ("typed", "no."), start=start).stage.answers["agree"] == "no"
    for unclear in ("y", "maybe", "not yes", "1", "👍"):
        assert walk(Basket, ("typed", unclear), start=start).stage == start


def test_consent_can_not_be_skipped_by_a_forged_button() -> None:
    start = Stage({k: v for k, v in WHOLE.items() if k != "agree"}, "agree")
    assert walk(Basket, ("skip", ""), start=start).stage == start
    assert labels(ask(Basket, Outcome(start), CONTEXT, TAG)) == ["Yes, I agree", "No", "Back"]


def test_the_suggestion_is_the_first_button_and_can_be_taken() -> None:
    outcome = proceed(Basket, {}, CONTEXT)
    assert labels(ask(Basket, outcome, CONTEXT, TAG)) == ["Amina"]
    assert walk(Basket, ("take", "")).stage.answers == {"name": "Amina"}


def test_back_asks_the_question_before_once_more() -> None:
    outcome = walk(Basket, ("typed", "Amina"), ("skip", ""), ("a", "pear"), ("back", ""))
    assert outcome.stage == Stage({"name": "Amina", "shop": ""}, "fruit")
    assert walk(Basket, ("back", ""), start=outcome.stage).stage == Stage({"name": "Amina"}, "shop")
    assert walk(Basket, ("back", "")).stage.asked == "name"


def test_skip_stands_beside_back_in_the_last_row() -> None:
    letter = ask(Basket, walk(Basket, ("typed", "Amina")), CONTEXT, TAG)
    assert [(untranslated(b.label), b.beside) for b in letter.buttons] == [("Skip", False), ("Back", True)]


def test_long_lists_come_in_pages() -> None:
    start = Stage({"name": "A", "shop": "", "fruit": "pear"}, "many")
    first = ask(Basket, Outcome(start), CONTEXT, TAG)
    assert labels(first)[:PAGE] == [f"Number {n}" for n in range(1, 9)]
    assert first.buttons[PAGE].verb == "page:17:3:1"
    second = ask(Basket, walk(Basket, ("page", "1"), start=start), CONTEXT, TAG)
    assert labels(second)[:2] == ["Number 9", "Number 10"]
    assert ask(Basket, walk(Basket, ("page", "99999"), start=start), CONTEXT, TAG).buttons


def test_the_check_shows_every_answer_and_four_ways_on() -> None:
    letter = ask(Basket, proceed(Basket, WHOLE, CONTEXT), CONTEXT, TAG)
    assert words(letter).splitlines()[1:] == [
        "Your name: Amina",
        "Which fruit: A pear",
        "I agree to this: Yes",
    ]
    assert [b.verb for b in letter.buttons] == ["send:17:3", "change:17:3", "cancel:17:3", ""]
    assert (letter.buttons[3].page, letter.buttons[3].target_id) == ("/{lang}/forms/basket?draft={link}", 17)


def test_one_answer_can_be_changed_and_the_others_stay() -> None:
    start = Stage(WHOLE, CHECK)
    choosing = walk(Basket, ("change", ""), start=start)
    assert choosing.stage.asked == CHANGE
    assert "change:17:3:fruit" in [b.verb for b in ask(Basket, choosing, CONTEXT, TAG).buttons]
    outcome = walk(Basket, ("change", "fruit"), ("a", "plum"), start=start)
    assert outcome.stage == Stage({**WHOLE, "fruit": "plum"}, "email")
    assert walk(Basket, ("change", "fruit"), ("back", ""), start=start).stage == start
    assert walk(Basket, ("change", ""), ("back", ""), start=start).stage == start
    assert walk(Basket, ("change", "nonsense"), start=start).stage.asked == CHANGE


def test_nothing_is_sent_before_it_is_complete() -> None:
    outcome = walk(Basket, ("send", ""), start=Stage({"name": "Amina"}, CHECK))
    assert outcome.end is None
    assert outcome.stage.asked == "shop"
    assert walk(Basket, ("send", ""), start=Stage(WHOLE, CHECK)).end is End.SEND
    assert walk(Basket, ("typed", "Send"), start=Stage(WHOLE, CHECK)).end is End.SEND
    assert walk(Basket, ("typed", "Sending is hard"), start=Stage(WHOLE, CHECK)).end is None
    assert walk(Basket, ("cancel", ""), start=Stage(WHOLE, CHECK)).end is End.CANCEL


def test_an_option_that_does_not_exist_is_refused() -> None:
    start = Stage({"name": "A", "shop": ""}, "fruit")
    outcome = walk(Basket, ("a", "banana"), start=start)
    assert outcome.stage == start
    assert outcome.note is not None


def test_a_picture_is_answered_with_what_to_do() -> None:
    text = walk(Basket, ("media", ""))
    choice = walk(Basket, ("media", ""), start=Stage({"name": "A", "shop": ""}, "fruit"))
    assert text.note is not None
    assert choice.note is not None
    assert text.note != choice.note


def test_a_second_message_joins_the_first_in_a_form_of_one_text() -> None:
    outcome = walk(Note, ("typed", "Yes, gladly."), ("typed", "On Mondays."))
    assert outcome.stage == Stage({"text": "Yes, gladly.\nOn Mondays."}, CHECK)
    too_long = walk(Note, ("typed", "x" * 3000), start=outcome.stage)
    assert too_long.stage == outcome.stage
    assert too_long.note is not None


def test_events_that_fit_nothing_change_nothing() -> None:
    start = Stage(WHOLE, CHECK)
    for verb in ("a", "skip", "take", "unheard-of", "media"):
        assert walk(Basket, (verb, "x"), start=start).stage == start


def test_buttons_are_small_enough_for_telegram() -> None:
    letter = ask(Basket, Outcome(Stage({"name": "A", "shop": "", "fruit": "pear"}, "many")), CONTEXT, TAG)
    assert all(len(b.verb.encode()) <= MAX_DATA for b in letter.buttons)
    with pytest.raises(ValueError, match="too long"):
        Tag(10**10, 10**9).verb("a", "ü" * 30)


def test_a_letter_survives_the_outbox() -> None:
    letter = ask(Basket, proceed(Basket, WHOLE, CONTEXT), CONTEXT, TAG)
    assert Letter.unpack(letter.pack()) == letter
    assert isinstance(letter.paragraphs[1], Localised)
    assert all(isinstance(b, Button) for b in letter.buttons)


def test_a_summary_of_long_texts_fits_into_one_message() -> None:
    class Long(Form):
        """Three long texts."""

        slug = "long"
        title = _("Long")
        done = _("Thanks")
        one = LongText(_("One"))
        two = LongText(_("Two"))
        three = LongText(_("Three"))

    answers = dict.fromkeys(("one", "two", "three"), "word " * 380)
    assert len(words(ask(Long, proceed(Long, answers, CONTEXT), CONTEXT, TAG))) < 3500
