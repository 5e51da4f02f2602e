"""A region in which things have happened: states, reports, a dropped milestone, figures, a meeting."""

from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, groups, progress, submissions
from models.db import Database
from models.goals import Goal
from models.groups import WorkingGroup
from models.progress import ProgressReport
from models.readings import Reading
from models.sheets import GoalSheet, Meeting, Milestone, MilestoneState, Participant, ParticipantKind
from models.submissions import Arrival
from models.when import When
from translations import Localised

TODAY = datetime(2019, 6, 3, 8, tzinfo=UTC)
PUBLIC = Localised(
    {
        "de": "Die Vorlage <Entwurf 2> liegt vor & wird erprobt.",
        "ar": "الوثيقة جاهزة ويُجرى اختبارها.",
    }
)
ONLY_GERMAN = "Drei Betriebe haben zugesagt; zwei überlegen noch."
REASON = "Wird mit 7.47 zusammengelegt."
PERSON = "Erika Beispiel (erfunden)"


def _milestones(session: Session, number: str) -> list[Milestone]:
    return list(
        session.scalars(
            sa.select(Milestone)
            .join(GoalSheet, GoalSheet.id == Milestone.sheet_id)
            .join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
            .join(Goal, Goal.id == WorkingGroup.goal_id)
            .where(Goal.number == number)
            .order_by(Milestone.position)
        )
    )


def report(
    session: Session,
    number: str,
    milestone: Milestone | None,
    state: MilestoneState | None,
    public: Localised,
    *,
    published: bool = True,
) -> ProgressReport:
    """Let somebody report, and the office accept it; or take it off the page again."""
    card = groups.directory(session).get(number)
    key = f"{number}-{milestone.id if milestone else 0}-{state}-{published}"
    arrival = Arrival("report-progress", key, None, card.id, "page", "de", card.to("de"), {})
    entry = submissions.arrive(session, arrival)
    assert entry is not None
    made = progress.report(
        session, submission_id=entry, group_id=card.id, milestone_id=milestone.id if milestone else None,
        state=state, new_due=When.nothing(), happened="Secret words of the reporter",
    )  # fmt: skip
    made.public = public
    if published:
        made.published_at = clock.now()
        if milestone and state:
            milestone.state = state
    return made


def enliven(db: Database) -> None:
    """Let things happen in the demo's region, some months after its first conference."""
    with clock.frozen(TODAY), db.transaction() as session:
        one, two, *others = _milestones(session, "12.72")
        report(session, "12.72", one, MilestoneState.DONE, PUBLIC)
        report(
            session,
            "12.72",
            one,
            MilestoneState.UNDER_WAY,
            Localised({"de": "Zurückgehalten"}),
            published=False,
        )
        report(session, "12.72", two, MilestoneState.UNDER_WAY, Localised({"de": ONLY_GERMAN}))
        report(session, "12.72", None, None, Localised({"de": "Ein Netzwerk ist entstanden."}))
        others[0].state = MilestoneState.STUCK
        others[1].state, others[1].dropped_reason = MilestoneState.DROPPED, REASON
        sheet_id = one.sheet_id
        session.add(
            Participant(
                sheet_id=sheet_id, position=90, name=PERSON, confirmed=False, kind=ParticipantKind.PERSON
            )
        )
        held = When.parse("Do, 17.10.2019, 14 Uhr")
        session.add(
            Meeting(sheet_id=sheet_id, held=held, starts="14:00", ends="15:30", place="Kreishaus, Raum 2")
        )
        goal_id = groups.directory(session).get("4.29").goal_id
        for day, value in ((date(2018, 12, 31), "6.5"), (date(2019, 5, 1), "7.25")):
            session.add(
                Reading(
                    goal_id=goal_id, measured_on=day, value=Decimal(value), source="Statistik des Jugendamts",
                    recorded_at=clock.now(),
                )
            )  # fmt: skip
    db.cache.drop()
