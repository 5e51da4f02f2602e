"""Every dialogue of the chat in every language: no foreign word, no long button, no sign instead of words."""

import pytest

from bot import profile
from bot.aftermath import SayOnce
from bot.commands import COMMANDS, DRAFT
from bot.emulator.threaded import Running
from bot.routing import BUTTON_STEPS, COMMAND_STEPS, MENU_STEPS
from models.db import Database
from models.letters import Button, Letter
from tests.bot.chat import started
from tests.bot.conftest import bot_settings
from tests.bot.heard import Heard, all_words, content_of, listening, only_own_words, strange_in
from tests.bot.walk import TYPED, walk
from tests.bot.walker import Walker
from translations import Localised, Text, _, catalogues

LONGEST_COMMAND = 256  # characters that Telegram takes
TAGS = [entry.tag for entry in catalogues.offered()]
DIALOGUES, NOT_SAID = "bot/", ("bot/emulator/", "bot/mail_catcher/", "bot/profile.py")


def dialogues(tag: str) -> set[str]:
    """Return all that the chat's own code says to readers of a language."""
    said = all_words().items()
    unsaid = set() if catalogues.is_draft(tag) else {DRAFT.msgid}
    return {
        words
        for words, files in said
        if any(file.startswith(DIALOGUES) and not file.startswith(NOT_SAID) for file in files)
    } - unsaid


@pytest.mark.parametrize("tag", TAGS)
def test_everything_is_said_in_the_language(paderborn: Database, telegram: Running, tag: str) -> None:
    with (
        only_own_words(tag) as words,
        started(paderborn, bot_settings(paderborn, telegram)) as bot,
        listening(bot) as heard,
    ):
        visitor = Walker(bot, 4711, tag, heard)
        walk(visitor)
    assert words.missing == set()
    assert strange_in(heard, tag, content_of(paderborn, tag) | TYPED) == {}
    assert set(COMMAND_STEPS) <= visitor.written
    assert {*BUTTON_STEPS, *(f"menu:{name}" for name in MENU_STEPS)} <= visitor.pressed
    assert dialogues(tag) - words.asked == set(), "nobody walks through these"


@pytest.mark.parametrize("tag", TAGS)
def test_the_bot_presents_itself_in_the_language(paderborn: Database, tag: str) -> None:
    region = profile.region_name(paderborn)
    with only_own_words(tag) as words:
        whole, short = profile.DESCRIPTION.to(tag), profile.SHORT(region=region).to(tag)
        commands = [said.to(tag) for _name, said in COMMANDS]
    assert words.missing == set()
    assert strange_in(Heard([whole, short, *commands]), tag, {region}) == {}
    assert len(whole) <= profile.LONGEST_DESCRIPTION, "it would be cut"
    assert len(short) <= profile.LONGEST_SHORT, "it would be cut"
    assert all(len(said) <= LONGEST_COMMAND for said in commands)


@pytest.mark.parametrize(
    ("letter", "why"),
    [
        (Letter(_("Skip"), (Localised({"uk": "Welcome!"}),)), "letters of another script"),
        (Letter(_("Skip"), (Localised({"uk": "Zurück"}),)), "words of another language"),
        (Letter(_("Skip"), (Localised({"uk": "Skip"}),)), "words of another language"),
        (Letter(_("Skip"), (Localised({"uk": "👍 ✅"}),)), "nothing but signs"),
        (Letter(_("Skip"), (_("Name: {value}"),)), "a placeholder is left"),
        (Letter(_("Skip"), (_("Skip"),), (Button(Localised({"uk": "→"}), "noop:0:0"),)), "nothing but signs"),
        (Letter(_("Skip"), (_("Skip"),), (Button(Localised({"uk": "Так " * 20}), "noop:0:0"),)), "too long"),
    ],
)
def test_a_planted_fault_is_seen(letter: Letter, why: str) -> None:
    heard = Heard()
    heard.letter(letter, "uk")
    assert set(strange_in(heard, "uk", set()).values()) == {why}


def test_words_that_no_catalogue_has_are_seen() -> None:
    with only_own_words("uk") as words:
        assert Text("Nobody has translated this").to("uk") == "Nobody has translated this"
        assert _("Skip").to("uk") != "Skip"
    assert (words.missing, words.asked) == (
        {"Nobody has translated this"},
        {"Nobody has translated this", "Skip"},
    )


def test_words_besides_letters_are_heard() -> None:
    heard = Heard()
    heard.after(SayOnce(1, "Welcome!", "→"))
    assert strange_in(heard, "uk", set()) == {
        "Welcome!": "letters of another script",
        "→": "nothing but signs",
    }
