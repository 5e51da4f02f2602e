"""Questions of a status round: made for each milestone that a group still works on."""

from collections.abc import Mapping, Sequence

from models import saying
from models.errors import InvalidAnswer
from models.forms.progress_questions import Due
from models.forms.questions import Context, Kind, LongText, Option, Question
from models.forms.rules import Filled, Rule
from models.sheets import MILESTONE_WORDS, Milestone, MilestoneState
from translations import Text, Words, _

SAME = "same"
AS_BEFORE = _("As before")
CHOICES = (
    MilestoneState.DONE, MilestoneState.UNDER_WAY, MilestoneState.STUCK, MilestoneState.NOT_BEGUN,
)  # fmt: skip
STATE, HAPPENED, NEEDED, DUE = "state", "happened", "needed", "due"  # names: state-12 is about milestone 12


def field(kind: str, milestone: Milestone) -> str:
    """Return the name of a question about a milestone."""
    return f"{kind}-{milestone.id}"


def is_field(name: str) -> bool:
    """Return whether a field is about a milestone."""
    kind, _dash, number = name.partition("-")
    return kind in (STATE, HAPPENED, NEEDED, DUE) and number.isascii() and number.isdecimal()


class HowFar(Question["MilestoneState | None"]):
    """How far a milestone is now; no answer of its own where it is as before."""

    kind = Kind.CHOICE
    missing = _("Please choose one.")

    def __init__(self, milestone: Milestone, number: int, total: int, language: str) -> None:
        super().__init__(
            _("Milestone {n} of {total}: {measure}")(n=number, total=total, measure=milestone.measure),
            hint=_stands(milestone, language),
            default=SAME,
        )
        self.name = field(STATE, milestone)
        self.milestone, self.number, self.total = milestone, number, total

    def nothing(self) -> MilestoneState | None:
        """Return no change."""
        return None

    def options(self, context: Context) -> Sequence[Option]:
        """Return "as before" first, then every other state."""
        chosen = context.answers.get(self.name)  # it may have got that state since
        others = [one for one in CHOICES if one is not self.milestone.state or one is chosen]
        return [Option(SAME, AS_BEFORE), *(Option(one.value, MILESTONE_WORDS[one]) for one in others)]

    def read(self, raw: str, context: Context) -> MilestoneState | None:
        """Return the new state; the one that it has is read too, for it may have got it meanwhile."""
        if raw == SAME:
            return None
        if raw not in {one.value for one in CHOICES}:
            raise InvalidAnswer(_("Please choose one of the answers."))
        return MilestoneState(raw)

    def say(self, answer: MilestoneState | None) -> Words:
        """Return its words."""
        return MILESTONE_WORDS[answer] if answer else AS_BEFORE

    def followers(self, raw: Mapping[str, str]) -> list[Question[str]]:
        """Return what is asked where something has changed, and of what is stuck.

        What is needed counts as well where somebody has said it while the milestone was still stuck.
        """
        changed = [one.value for one in CHOICES]
        is_stuck = self.milestone.state is MilestoneState.STUCK
        is_said = bool(raw.get(field(NEEDED, self.milestone), "").strip())
        wanted = self.is_(*changed, *([SAME] if is_stuck or is_said else []))
        moved = self.is_(*(one for one in changed if one != MilestoneState.DONE))
        n = self.number
        return [
            self._text(HAPPENED, _("Milestone {n}: what has happened?")(n=n), self.is_(*changed)),
            self._text(NEEDED, _("Milestone {n}: what is needed?")(n=n), wanted),
            self._due(_("Milestone {n}: when will it be done?")(n=n), moved),
        ]

    def _text(self, kind: str, label: Text, when: Rule) -> Question[str]:
        hint = _("For example help, contacts or a decision.") if kind == NEEDED else None
        made = LongText(label, hint=hint, optional=True, when=when)
        made.name = field(kind, self.milestone)
        return made

    def _due(self, label: Text, when: Rule) -> Question[str]:
        hint = _("Only if that has changed. A month is enough.")
        made = Due(label, hint=hint, optional=True, when=when)
        made.name = field(DUE, self.milestone)
        return made


ASKED_OF = (MilestoneState.NOT_BEGUN, MilestoneState.UNDER_WAY, MilestoneState.STUCK)
_LONGEST_MEASURE = 60


def questions(milestones: Sequence[Milestone], language: str) -> list[HowFar]:
    """Return a question for each of these milestones, numbered."""
    return [HowFar(one, n, len(milestones), language) for n, one in enumerate(milestones, start=1)]


def done_already(milestones: Sequence[Milestone]) -> Text | None:
    """Say in one sentence what is done already; None where these are no milestones."""
    measures = [" ".join(one.measure.split()) for one in milestones]
    short = [one if len(one) <= _LONGEST_MEASURE else one[: _LONGEST_MEASURE - 1] + "…" for one in measures]
    return _("Done already: {measures}")(measures="; ".join(short)) if short else None


def _stands(milestone: Milestone, language: str) -> Text:
    """Say where a milestone stands now."""
    state, due = MILESTONE_WORDS[milestone.state], saying.when(milestone.due, language)
    if not due.text:
        return _("Now: {state}.")(state=state)
    return _("Due: {when}. Now: {state}.")(when=due.text, state=state)


class NobodyKnown(Rule):
    """Asked only at the desk, where the group has no lead who could have told it."""

    def holds(self, form: Filled) -> bool:
        """Tell whether the office types the answers of somebody unknown."""
        return form.context.channel == "desk" and form.context.person is None
