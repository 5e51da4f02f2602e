"""The documentation says what the database says, in a number of statements that does not grow."""

from collections import Counter
from datetime import date

import pytest
import sqlalchemy as sa

from bench.recording import listening
from models import clock, progress
from models.db import Database
from models.errors import NotFound
from models.exporting import documentation
from models.exporting.documentation import Documentation, half_year
from models.sheets import Milestone, MilestoneState, Participant
from tests.models.exporting.lively import PERSON, TODAY, enliven

STATEMENTS = 9  # with the region


def test_every_milestone_of_the_database_is_in_it(doc: Documentation, lively: Database) -> None:
    with lively.reading() as session:
        stored = Counter(
            (one.measure, one.due.wording, one.state) for one in session.scalars(sa.select(Milestone))
        )
        standings = progress.standings(session)
    said = Counter(
        (one.measure, one.due.wording, one.state) for sheet in doc.sheets for one in sheet.milestones
    )
    assert said == stored
    assert said.total() == 39
    assert {sheet.group_id: sheet.standing for sheet in doc.sheets} == standings
    assert (doc.standing.total, doc.standing.done, doc.standing.dropped) == (38, 1, 1)


def test_reports_stand_at_their_milestones_and_only_accepted_ones(sheet: Documentation) -> None:
    (one,) = sheet.sheets
    first, second, third, fourth, _fifth = one.milestones
    assert [len(line.reports) for line in one.milestones] == [1, 1, 0, 0, 0]
    assert first.reports[0].public.to("de").startswith("Die Vorlage <Entwurf 2>")
    assert (third.state, fourth.state) == (MilestoneState.STUCK, MilestoneState.DROPPED)
    assert fourth.dropped_reason == "Wird mit 7.47 zusammengelegt."
    assert not second.dropped_reason
    assert [line.public.to("de") for line in one.other_reports] == ["Ein Netzwerk ist entstanden."]
    assert one.next_meeting is not None
    assert one.next_meeting.held.wording == "Do, 17.10.2019, 14 Uhr"


def test_figures_are_those_measured_last_until_the_day(doc: Documentation) -> None:
    measured = next(sheet.measured for sheet in doc.sheets if sheet.number == "4.29")
    assert measured is not None
    assert (str(measured.latest), measured.on) == ("7.250", date(2019, 5, 1))


def test_a_meeting_that_is_over_is_no_next_meeting(lively: Database) -> None:
    with clock.frozen(TODAY.replace(year=2020)), lively.reading() as session:
        found = documentation.read(session)
    assert all(sheet.next_meeting is None for sheet in found.sheets if sheet.number == "12.72")


def test_single_persons_are_not_named_in_public(sheet: Documentation, lively: Database) -> None:
    assert (PERSON, False) in sheet.sheets[0].participants
    with lively.reading() as session:
        public = documentation.read(session, group_id=sheet.sheets[0].group_id, public=True)
    assert PERSON not in repr(public)
    assert len(public.sheets[0].participants) == len(sheet.sheets[0].participants) - 1


def test_the_statements_do_not_grow_with_the_goals(any_db: Database) -> None:
    enliven(any_db)
    counts = []
    for turn in (1, 2):
        any_db.cache.drop()
        with listening(any_db) as heard, any_db.reading() as session:
            documentation.read(session)
        counts.append(sum(one.is_statement for one in heard))
        with any_db.transaction() as session:
            sheets = set(session.scalars(sa.select(Milestone.sheet_id)))
            session.add_all(
                Milestone(sheet_id=sheet, position=500 * turn + place, measure=f"Schritt {place}")
                for sheet in sheets
                for place in range(60)
            )
            session.add_all(
                Participant(sheet_id=sheet, position=500 * turn, name="Muster e. V.") for sheet in sheets
            )
    with any_db.reading() as session:
        assert sum(len(sheet.milestones) for sheet in documentation.read(session).sheets) > 600
    assert counts == [STATEMENTS, STATEMENTS]


@pytest.mark.parametrize(
    ("today", "months", "first", "last"),
    [
        (date(2019, 6, 3), [5, 11], date(2018, 12, 1), date(2019, 5, 31)),
        (date(2019, 5, 1), [11, 5], date(2018, 12, 1), date(2019, 5, 31)),
        (date(2019, 4, 30), [5, 11], date(2018, 6, 1), date(2018, 11, 30)),
        (date(2020, 1, 1), [6, 12], date(2019, 7, 1), date(2019, 12, 31)),
        (date(2020, 1, 1), [], date(2019, 6, 1), date(2019, 11, 30)),
        (date(2019, 3, 1), [2], date(2018, 3, 1), date(2019, 2, 28)),
    ],
)
def test_the_period_is_the_one_that_was_asked_about_last(
    today: date, months: list[int], first: date, last: date
) -> None:
    assert half_year(today, months) == (first, last)


def test_without_goals_there_is_nothing_to_document(db: Database) -> None:
    with db.reading() as session, pytest.raises(NotFound):
        documentation.read(session)
