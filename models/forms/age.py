"""Whether somebody is old enough to decide alone: asked where a region wants it, instead of a birth date."""

from enum import StrEnum

from sqlalchemy.orm import Session

from models import regions
from models.forms.questions import Choice, Question
from models.forms.rules import Filled, Rule
from models.submissions import Submission
from translations import Text, _

NAME = "old_enough"  # of the question, in every form that has it
NEEDS_GUARDIAN = _("A parent or guardian has to say yes first.")
TICK = _("Please confirm that a parent or guardian has said yes.")
THEN = _("Because you are under 16, a parent or guardian has to say yes. The office writes to you about it.")


class Age(StrEnum):
    """The two answers."""

    OLD_ENOUGH = "yes"
    YOUNGER = "no"


AGE_WORDS = {
    Age.OLD_ENOUGH: _("Yes, I am 16 or older"),
    Age.YOUNGER: _("No, I am younger"),
}


class AskedHere(Rule):
    """Asked where the region wants to know; most do not."""

    def holds(self, form: Filled) -> bool:
        """Tell whether the region asks."""
        return self.stands_on_paper(form.context.session)

    def stands_on_paper(self, session: Session) -> bool:
        """Tell the same of the printed sheet."""
        return regions.the_region(session).asks_age


def old_enough() -> Choice[Age]:
    """Ask whether somebody can decide alone; a form keeps it under `NAME`."""
    return Choice[Age](
        AGE_WORDS, _("Are you 16 or older?"), when=AskedHere(),
        hint=_("If not, you are just as welcome. A parent or guardian only has to say yes."),
    )  # fmt: skip


def then(form: Filled) -> tuple[Text, ...]:
    """Return what happens besides when somebody is younger."""
    return (THEN,) if form.answers.get(NAME) is Age.YOUNGER else ()


def needs_guardian(submission: Submission) -> bool:
    """Return whether an entry is from somebody younger, so that somebody else has to agree."""
    return submission.answers.get(NAME) == Age.YOUNGER.value


def is_on_paper(question: Question[object], session: Session) -> bool:
    """Return whether a question stands on the printed sheet."""
    return not isinstance(question.when, AskedHere) or question.when.stands_on_paper(session)
