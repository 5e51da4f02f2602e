"""Questions with several answers at once: boxes to tick on a page, buttons to switch on in a chat.

The raw answer is the chosen keys with spaces between. In a dialogue, where they come one by one, it ends with
`MORE` until the person says that these are all.
"""

from collections.abc import Mapping, Sequence

from models.errors import InvalidAnswer
from models.forms.questions import Context, Kind, Option, Question, Said
from models.forms.rules import Rule
from translations import Text, Words, _

MORE = "+"


def chosen_in(raw: str) -> list[str]:
    """Return the keys of a raw answer, each once."""
    return [key for key in dict.fromkeys(raw.split()) if key != MORE]


def toggled(raw: str, key: str) -> str:
    """Return an answer with one key more, or without it where it was there; more are waited for."""
    keys = chosen_in(raw)
    left = [one for one in keys if one != key] if key in keys else [*keys, key]
    return " ".join([*left, MORE])


class Several(Question[tuple[str, ...]]):
    """Any number of a few fixed things, by their keys; keys hold no spaces."""

    kind = Kind.SEVERAL
    missing = _("Please choose at least one.")

    def __init__(
        self, words: Mapping[str, Words], label: Text, *, hint: Text | None = None, optional: bool = False,
        when: Rule | None = None,
    ) -> None:  # fmt: skip
        super().__init__(label, hint=hint, optional=optional, when=when)
        self.words = words

    def nothing(self) -> tuple[str, ...]:
        """Return no choice."""
        return ()

    def is_given(self, raw: str) -> bool:
        """Return whether anything is chosen."""
        return bool(chosen_in(raw))

    def is_open(self, raw: str) -> bool:
        """Return whether the dialogue waits for more."""
        return MORE in raw.split()

    def reopened(self, raw: str) -> str:
        """Return the same choice, with more to come."""
        found = chosen_in(raw)
        return " ".join([*found, MORE]) if found else ""

    def options(self, context: Context) -> Sequence[Option]:
        """Return what is on offer."""
        return [Option(key, words) for key, words in self.words.items()]

    def read(self, raw: str, context: Context) -> tuple[str, ...]:
        """Return the chosen keys in the order of the options."""
        keys = chosen_in(raw)
        if not set(keys) <= set(self.words):
            raise InvalidAnswer(_("Please choose from the answers."))
        return tuple(key for key in self.words if key in keys)

    def say(self, answer: tuple[str, ...]) -> Words:
        """Return the words of everything chosen."""
        return _Listed(tuple(self.words[key] for key in answer))


class _Listed:
    """Words one after the other."""

    def __init__(self, parts: Sequence[Words]) -> None:
        self.parts = parts

    def to(self, tag: str) -> str:
        """Say them with dots between, which no language reads as part of a word."""
        return Said(" · ".join(part.to(tag) for part in self.parts)).text
