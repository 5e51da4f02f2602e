"""Asking for the language."""

from bot import menus
from bot.turn import Turn
from translations import Localised, _, catalogues

QUESTION = _("Which language would you like to use?")


def ask(turn: Turn, rest: str = "", *, key: str = "") -> None:
    """Ask for the language, in all of them at once, since we may not know a single one."""
    said = dict.fromkeys(QUESTION.to(entry.tag) for entry in catalogues.offered())
    turn.tell(Localised({turn.language: "\n".join(said)}), buttons=menus.languages(rest), key=key)


def ask_by_button(turn: Turn) -> None:
    """Ask for the language and remember with which code to go on."""
    ask(turn, turn.press.rest)


def must_be_asked(turn: Turn) -> bool:
    """Return whether we do not know any language that the person reads."""
    is_unknown = not turn.person.language_chosen and turn.visitor.suggested_language is None
    return is_unknown and len(catalogues.offered()) > 1
