"""Questions that take several points in free words: one on each line of a page, one message each in a chat.

In a dialogue the raw answer ends with a line `MORE` until the person says that these are all.
"""

from models.errors import InvalidAnswer
from models.forms import clean
from models.forms.questions import Context, Kind, Question
from models.forms.rules import Rule
from translations import Text, Words, _, n_

MORE = "+"
MOST = 12
LONGEST = 500


def points_in(raw: str) -> list[str]:
    """Return the points of a raw answer, each on its own line."""
    return [line.strip() for line in raw.split("\n") if line.strip() and line.strip() != MORE]


def with_more(raw: str, words: str) -> str:
    """Return an answer with what was written now; more is waited for."""
    return "\n".join([*points_in(raw), *points_in(words.replace("\r\n", "\n")), MORE])


def closed(raw: str) -> str:
    """Return an answer of which these are all the points."""
    return "\n".join(points_in(raw))


class Points(Question[tuple[str, ...]]):
    """Up to a dozen points."""

    kind = Kind.TEXT
    missing = _("Please write at least one point.")

    def __init__(
        self,
        label: Text,
        *,
        hint: Text | None = None,
        optional: bool = False,
        when: Rule | None = None,
        unless: str = "",
    ) -> None:
        super().__init__(label, hint=hint, optional=optional, when=when)
        self.unless = unless

    def nothing(self) -> tuple[str, ...]:
        """Return no points."""
        return ()

    def is_given(self, raw: str) -> bool:
        """Return whether there is any point."""
        return bool(points_in(raw))

    def is_open(self, raw: str) -> bool:
        """Return whether the dialogue waits for more."""
        return raw.split("\n")[-1].strip() == MORE

    def reopened(self, raw: str) -> str:
        """Return the same points, with more to come."""
        return with_more(raw, "") if points_in(raw) else ""

    def read(self, raw: str, context: Context) -> tuple[str, ...]:
        """Return the points without what is no text."""
        lines = [clean.text(line, longest=LONGEST) for line in points_in(raw)]
        if len(lines) > MOST:
            raise InvalidAnswer(_("Please write at most {n} points at once.")(n=MOST))
        return tuple(line for line in lines if line)

    def say(self, answer: tuple[str, ...]) -> Words:
        """Say how many they are: what is anonymous is not repeated into a chat's letters, which are kept."""
        return n_("{n} point", "{n} points")(n=len(answer))
