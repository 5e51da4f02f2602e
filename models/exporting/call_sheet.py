"""Call sheets: the questions of a status round on paper, for leads whom the office telephones."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import rounds
from models.exporting.paper import BOLD, NORMAL, SMALL, Paper, Running
from models.forms.questions import Context
from models.forms.round_questions import ASKED_OF, HowFar, done_already, questions
from models.groups import GroupCard
from models.people import Person
from models.regions import Region
from models.rounds import StatusRound
from models.rounds_coverage import Coverage, Line, coverage
from models.sheets import Milestone, MilestoneState
from translations import SOURCE, Spoken, Text, _

TITLE = _("Call sheet")
HAPPENED = _("What has happened? What is needed? When will it be done?")
ANYTHING = _("Is there anything else?")
SPOKEN_WITH = _("Spoken with, on which day")
NOBODY = _("Nobody yet")
NOTHING_OPEN = _("No milestone is open.")


@dataclass(frozen=True, slots=True)
class CallSheet:
    """One group's sheet: whom to call, and what to ask."""

    card: GroupCard
    lead: Person | None
    done: Text | None
    questions: Sequence[HowFar]


def chosen(whole: Coverage, numbers: Collection[str]) -> tuple[Line, ...]:
    """Return the groups of these numbers; else the silent ones, else all that have not answered."""
    wanted = tuple(line for line in whole.lines if line.card.number in numbers)
    return wanted or whole.silent or whole.unanswered


def call_sheets(session: Session, one: StatusRound, tag: str, numbers: Collection[str]) -> list[CallSheet]:
    """Return the sheets of the chosen groups: as many statements for one as for a hundred."""
    lines = chosen(coverage(session, one), numbers)
    milestones = rounds.milestones_by_group(session, [line.card.id for line in lines])
    return [_sheet(line, milestones.get(line.card.id, []), tag) for line in lines]


def _sheet(line: Line, milestones: Sequence[Milestone], tag: str) -> CallSheet:
    finished = [one for one in milestones if one.state is MilestoneState.DONE]
    asked = [one for one in milestones if one.state in ASKED_OF]
    return CallSheet(line.card, line.lead, done_already(finished), questions(asked, tag))


def call_sheets_pdf(
    session: Session, sheets: Sequence[CallSheet], *, month: date, region: Region, tag: str
) -> bytes:
    """Return the sheets as PDF, each group on a page of its own; FontsMissing without fonts."""
    about = _("Status round {month}")(month=rounds.month_words(month))
    head = Spoken(region.name, SOURCE, tag != SOURCE)
    running = Running(head=head, head_end=about, foot=TITLE)
    paper = Paper(tag, title=TITLE.to(tag), running=running, accent=region.accent)
    for place, sheet in enumerate(sheets):
        if place:
            paper.new_page()
        _draw(paper, sheet, Context(session, tag, channel="desk"))
    return paper.written()


def _draw(paper: Paper, sheet: CallSheet, context: Context) -> None:
    lead = sheet.lead
    title = sheet.card.title.spoken(paper.tag)
    paper.heading(Spoken(f"{sheet.card.number} {title.text}", title.tag, title.is_fallback))
    paper.facts(
        [
            (_("Who leads"), lead.name if lead and lead.name else NOBODY),
            (_("Telephone"), Spoken(lead.phone if lead and lead.phone else "–", SOURCE, False)),
            (_("Organisation"), (lead.organisation if lead else "") or sheet.card.lead_organisation or "–"),
            (SPOKEN_WITH, "…" * 30),
        ]
    )
    if sheet.done is not None:
        paper.paragraph(sheet.done, SMALL)
    if not sheet.questions:
        paper.paragraph(NOTHING_OPEN)
    for question in sheet.questions:
        paper.need(48)
        paper.heading(question.label, level=3)
        if question.hint is not None:
            paper.paragraph(question.hint, SMALL)
        paper.choices([option.label.to(paper.tag) for option in question.options(context)])
        paper.paragraph(HAPPENED, NORMAL)
        paper.ruled(2)
    paper.need(30)
    paper.paragraph(ANYTHING, BOLD)
    paper.ruled(2)
