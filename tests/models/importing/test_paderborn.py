"""The demo's region, as it stands in the database after an import."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from models import regions
from models.db import Database
from models.events import Event
from models.goals import Carrier, Field, Goal
from models.groups import WorkingGroup, directory
from models.importing import Noun, import_region
from models.people import ChannelKind, Person
from models.programmes import Body, Programme
from models.sheets import GoalSheet, MilestoneState
from models.when import When
from tests.conftest import REGION
from tests.models.importing import workbooks
from translations import LANGUAGES, scripts


def sheet_of(db: Database, number: str) -> GoalSheet:
    """Return a goal sheet with everything on it."""
    parts = (GoalSheet.participants, GoalSheet.milestones, GoalSheet.meetings)
    with db.reading() as session:
        return session.scalars(
            sa.select(GoalSheet)
            .join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
            .join(Goal, Goal.id == WorkingGroup.goal_id)
            .where(Goal.number == number)
            .options(*(selectinload(part) for part in parts))
        ).one()


def goal_of(db: Database, number: str) -> Goal:
    """Return a goal with its history."""
    with db.reading() as session:
        found = sa.select(Goal).where(Goal.number == number).options(selectinload(Goal.ownerships))
        return session.scalars(found).one()


def test_everything_is_there_and_a_second_time_changes_nothing(empty_db: Database) -> None:
    first = import_region(empty_db, REGION)
    counts = {noun.value: tally.created for noun, tally in first.tallies.items()}
    assert counts == {
        "region": 1, "bodies": 9, "programme": 1, "fields": 8, "goals": 13, "ownerships": 14, "groups": 13,
        "sheets": 13, "participants": 45, "milestones": 39, "meetings": 8, "events": 1, "agenda": 10,
        "contacts": 13,
    }  # fmt: skip
    assert first.ok
    assert workbooks.notes(first) == [("meetings.csv", 5, "when_written")]
    assert workbooks.warnings(first) == []
    before = workbooks.dump(empty_db)
    second = import_region(empty_db, REGION)
    assert workbooks.dump(empty_db) == before
    assert not second.changes_anything
    assert [tally.created + tally.changed for tally in second.tallies.values()] == [0] * len(Noun)
    assert second.tallies[Noun.MILESTONES].unchanged == 39


def test_a_trial_stores_nothing_and_tells_what_it_would(empty_db: Database) -> None:
    before = workbooks.dump(empty_db)
    trial = import_region(empty_db, REGION, dry_run=True)
    assert workbooks.dump(empty_db) == before
    real = import_region(empty_db, REGION)
    assert trial.tallies == real.tallies
    assert trial.findings == real.findings


def test_region_and_programme_are_as_written(look_at: Database) -> None:
    with look_at.reading() as session:
        region = regions.the_region(session)
        programme = session.scalars(sa.select(Programme)).one()
        bodies = {body.name: body.kind for body in session.scalars(sa.select(Body))}
    assert region.name == "Bildungs- und Integrationsregion Kreis Paderborn"
    assert (region.office_short, region.phone, region.email) == ("BIZ", "05251 308 4610", "biz@example.org")
    assert programme.title == "Umsetzung der Leit- und Mittlerziele"
    assert (programme.starts, programme.ends) == (date(2018, 9, 5), date(2023, 12, 31))
    assert (programme.status_months, programme.conference_month) == ([5, 11], 9)
    assert programme.interim_due == When("2019-09", date(2019, 9, 1), date(2019, 9, 30))
    assert bodies["Kreistag"] == "political"


def test_goals_keep_their_words_and_targets(look_at: Database) -> None:
    goal = goal_of(look_at, "10.64")
    assert goal.title.words["de"] == "Qualifizierung und Arbeit für Zugewanderte"
    assert (goal.base, goal.target, goal.unit) == (Decimal(15), Decimal(10), "%")
    assert goal.deadline == When("2023", date(2023, 1, 1), date(2023, 12, 31))
    assert goal_of(look_at, "12.72").deadline == When("2019-12-31", date(2019, 12, 31), date(2019, 12, 31))
    assert goal_of(look_at, "1.2").target is None
    with look_at.reading() as session:
        numbers = [card.number for card in directory(session).cards]
    assert numbers == [
        "1.2", "1.5", "2.21", "3.27", "4.29", "4.30", "4.31", "6.45", "7.47", "7.49", "10.64", "12.71",
        "12.72",
    ]  # fmt: skip


def test_goals_and_fields_are_said_in_every_language(look_at: Database) -> None:
    with look_at.reading() as session:
        goals = session.scalars(sa.select(Goal)).all()
        fields = session.scalars(sa.select(Field)).all()
    assert (len(goals), len(fields)) == (13, 8)
    for content in [words for goal in goals for words in (goal.title, goal.summary)] + [
        f.name for f in fields
    ]:
        assert {tag for tag, words in content.words.items() if words.strip()} == {e.tag for e in LANGUAGES}
        for tag, words in content.words.items():
            assert words == content.to(tag) == words.strip()
            assert not scripts.latin(words, tag), (tag, words)
            assert not scripts.foreign(words, tag), (tag, words)
            assert not scripts.invisible(words, tag), (tag, words)
        # No language was filled by copying another one; short names may be the same word in two of them.
        copied = {words for tag, words in content.words.items() if tag not in ("de", "de-simple")}
        assert len(copied) == len(LANGUAGES) - 2, content


def test_the_blue_goal_was_green_until_the_council_decided(look_at: Database) -> None:
    first, last = goal_of(look_at, "3.27").ownerships
    assert (first.carrier, first.decided_on, first.body, first.reason) == (Carrier.GROUPS, None, None, "")
    assert (last.carrier, last.decided_on) == (Carrier.OFFICE, date(2018, 9, 17))
    assert last.body is not None
    assert last.body.name == "Kreistag"
    note = "Am 17.09.2018 durch den Kreistag von grün auf blau gesetzt"
    assert last.reason == note
    assert sheet_of(look_at, "3.27").notes == note
    assert [step.carrier for step in goal_of(look_at, "1.2").ownerships] == [Carrier.GROUPS]


def test_goal_sheets_hold_lead_participants_and_the_interim_target(look_at: Database) -> None:
    sheet = sheet_of(look_at, "1.5")
    assert sheet.lead_organisation == "Schulamt"
    names = [participant.name for participant in sheet.participants]
    assert names == ["Hospitationsschulen", "BIZ", "Schulberatungsstelle", "Förderschule"]
    assert (sheet.interim_target, sheet.interim_due.wording) == ("siehe Maßnahmen", "2019-09")
    assert sheet_of(look_at, "3.27").interim_due == When()


def test_milestones_keep_their_dates_as_written(look_at: Database) -> None:
    first, second = sheet_of(look_at, "4.30").milestones
    assert first.due == When("Ca. Jan / Feb 2019", date(2019, 1, 1), date(2019, 2, 28))
    assert second.due.wording == "Sept 2019"
    at_once = sheet_of(look_at, "4.31").milestones[2]
    assert at_once.due == When("Ab sofort", date(2018, 9, 5), None)
    projects = sheet_of(look_at, "12.72").milestones
    assert projects[0].report_due == When("Nov. 2019", date(2019, 11, 1), date(2019, 11, 30))
    assert {milestone.state for milestone in projects} == {MilestoneState.NOT_BEGUN}
    assert sheet_of(look_at, "1.2").milestones[0].due == When()


def test_a_slip_in_a_date_keeps_its_words_and_gets_the_checked_day(look_at: Database) -> None:
    (meeting,) = sheet_of(look_at, "7.47").meetings
    assert meeting.held == When("Do, 17. Januar 2018", date(2019, 1, 17), date(2019, 1, 17))
    assert (meeting.starts, meeting.ends) == ("14:00", "15:00")
    assert meeting.place.startswith("Mehrgenerationenhaus AWO Leo")
    (holidays,) = sheet_of(look_at, "12.71").meetings
    assert holidays.held == When("nach den Sommerferien 2019", date(2019, 8, 28), date(2019, 12, 31))


def test_the_agenda_is_the_conference_with_which_the_programme_begins(look_at: Database) -> None:
    with look_at.reading() as session:
        event = session.scalars(sa.select(Event).options(selectinload(Event.agenda))).one()
    assert (event.title, event.held_on) == ("Meilensteinkonferenz 2018", date(2018, 9, 5))
    assert [item.starts for item in event.agenda][:3] == ["14:00", "14:10", "14:30"]
    assert event.agenda[-1].what == "Verabschiedung"


def test_each_group_has_a_code_and_an_invented_contact_person(look_at: Database) -> None:
    with look_at.reading() as session:
        rows = session.execute(
            sa.select(WorkingGroup.code, Person).join(Person, Person.id == WorkingGroup.contact_id)
        ).all()
    assert len({code for code, _person in rows}) == 13
    for _code, person in rows:
        assert person.name.endswith("(erfunden)")
        assert (person.email or "").endswith("@example.org")
        assert person.channel is ChannelKind.EMAIL
        assert person.email_confirmed_at is not None


def test_a_workbook_gives_the_same_as_the_folder(db: Database, tmp_path: Path) -> None:
    book = tmp_path / "region.xlsx"
    workbooks.make_workbook(REGION).save(book)
    from_book = import_region(db, book)
    assert from_book.ok
    from_folder = import_region(db, REGION, dry_run=True)
    assert not from_folder.changes_anything
    assert from_folder.tallies[Noun.MILESTONES].unchanged == 39
    assert from_book.tallies[Noun.PARTICIPANTS].created == 45


def test_goals_of_high_field_numbers_find_room(empty_db: Database, tmp_path: Path) -> None:
    region = workbooks.copy(tmp_path)
    workbooks.change(region, "goals", 2, "number", "999.9999.9999")
    assert ("goals.csv", 2, "number") not in workbooks.errors(import_region(empty_db, region))
    with empty_db.reading() as session:
        assert directory(session).cards[-1].number == "999.9999.9999"
