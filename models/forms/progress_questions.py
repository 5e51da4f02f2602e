"""Questions about milestones: which one, and when it will be done."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from models import memberships, progress
from models.errors import InvalidAnswer
from models.forms.questions import Context, Kind, Line, OneOf, Option, Question, Said
from models.forms.rules import Rule
from models.sheets import Milestone
from models.when import When
from translations import Localised, Text, Words, _, dates

SOMETHING_ELSE = "other"
_NOT_THERE = _("This milestone is not on this goal sheet.")
_EXAMPLE = date(2027, 3, 1)


class OwnGroupFirst(OneOf):
    """One of the working groups; those in which the person is come first."""

    def options(self, context: Context) -> Sequence[Option]:
        """Return the groups that are open, and the person's own ones even where they are closed."""
        if context.person is None:
            return super().options(context)
        mine = memberships.of_person(context.session, context.person.id)
        directory = self.source(context.session)
        own = [card for one in reversed(mine) if (card := directory.by_id(one.group_id)) is not None]
        others = [card for card in directory.open if card not in own]
        return [Option(card.code, card) for card in (*own, *others)]


class MilestoneOf(Question[Milestone | None]):
    """One of the milestones of the group that was answered before, or something else."""

    kind = Kind.CHOICE
    missing = _("Please choose a milestone.")

    def __init__(self, group: Question[Any], label: Text, *, when: Rule, hint: Text | None = None) -> None:
        super().__init__(label, when=when, hint=hint)
        self.group = group

    def nothing(self) -> Milestone | None:
        """Return no milestone."""
        return None

    def _milestones(self, context: Context, *, dropped: bool = False) -> Sequence[Milestone]:
        card = context.answers.get(self.group.name)
        return progress.milestones_of(context.session, card.id, dropped=dropped) if card else ()

    def options(self, context: Context) -> Sequence[Option]:
        """Return the group's milestones in their order, and a way for everything else."""
        found = [Option(str(one.id), Localised({"de": one.measure})) for one in self._milestones(context)]
        return [*found, Option(SOMETHING_ELSE, _("Something else"))]

    def read(self, raw: str, context: Context) -> Milestone | None:
        """Return the milestone; InvalidAnswer when it belongs to another group, or has been dropped since.

        The office reads of one that was dropped after the report, too.
        """
        if raw == SOMETHING_ELSE:
            return None
        for one in self._milestones(context):
            if str(one.id) == raw:
                return one
        for one in self._milestones(context, dropped=True):
            if str(one.id) == raw and context.channel == "staff":
                return one
            if str(one.id) == raw:
                raise InvalidAnswer(_("{first} {second}")(first=_NOT_THERE, second=self.missing))
        raise InvalidAnswer(_("This milestone belongs to another group. Please choose again."))

    def say(self, answer: Milestone | None) -> Words:
        """Return its measure as the group wrote it."""
        return Localised({"de": answer.measure}) if answer else _("Something else")


class Due(Line):
    """When something will be done, as inexactly as people know it; the wording is kept."""

    longest = 80

    def read(self, raw: str, context: Context) -> str:
        """Return the wording, if a day, month or longer follows from it."""
        line = super().read(raw, context)
        if line and not When.parse(line).is_known:
            example = dates.month(_EXAMPLE, context.language).rstrip(".")  # “р.” and a full stop are one dot
            raise InvalidAnswer(_("When is that? Please write a month, for example {month}.")(month=example))
        return line

    def say(self, answer: str) -> Words:
        """Return it as typed."""
        return Said(answer)
