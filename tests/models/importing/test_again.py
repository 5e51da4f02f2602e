"""Importing again: what changed in the files changes, what people did stays, nothing is deleted."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from models import clock
from models.db import Database
from models.events import Event
from models.goals import Carrier, Goal, Ownership
from models.groups import WorkingGroup, directory
from models.importing import Change, Noun, Report, import_region
from models.people import Person
from models.programmes import Body, Programme
from models.sheets import Meeting, Milestone, MilestoneState, Participant
from models.when import When
from tests.models.importing import workbooks
from tests.models.importing.test_paderborn import goal_of, sheet_of


@pytest.mark.parametrize(
    ("file", "row", "column", "words", "expected"),
    [
        ("goals", 2, "title", "Von der Kita in die Schule", {"goals": 1, "renditions": 11}),  # outdated now
        ("goals", 2, "summary", "", {"goals": 1, "renditions": 11}),
        ("goals", 2, "deadline", "Ende 2022", {"goals": 1}),
        ("goals", 6, "target", "12,5", {"goals": 1}),
        ("goals", 2, "lead_organisation", "Kreisjugendamt Nord", {"goal_sheets": 1}),
        ("goals", 2, "notes", "", {"goal_sheets": 1}),
        ("goals", 2, "participants", "Kitas; Grundschulen; Schulaufsicht; Eltern", {"participants": 1}),
        ("goals", 2, "colour", "blau", {"ownerships": 1}),
        ("milestones", 4, "when_written", "03/2019", {"milestones": 1}),
        ("milestones", 4, "measure", "Noch ein Treffen", {"milestones": 1}),
        ("milestones", 4, "report_written", "Nov. 2019", {"milestones": 1}),
        ("meetings", 2, "when_written", "Febr. 2019", {"meetings": 1}),
        ("meetings", 2, "checked", "2019-03", {"meetings": 1}),
        ("meetings", 2, "place", "Kreishaus", {"meetings": 1}),
        ("agenda", 3, "what", "Einführung", {"agenda_items": 1}),
        ("agenda", 3, "from", "14:15", {"agenda_items": 1}),
        ("bodies", 2, "kind", "advisory", {"bodies": 1}),
        ("programme", 2, "value", "Kreis Paderborn", {"regions": 1}),
        ("programme", 6, "value", "05251 308 0", {"regions": 1}),
        ("programme", 7, "value", "Ein neuer Titel", {"programmes": 1}),
        ("contacts", 2, "phone", "030 23125 199", {"people": 1}),
    ],
)  # fmt: skip
def test_a_changed_cell_changes_just_that(
    paderborn: Database, region: Path, file: str, row: int, column: str, words: str, expected: dict[str, int]
) -> None:
    before = workbooks.dump(paderborn)
    workbooks.change(region, file, row, column, words)
    trial = import_region(paderborn, region, dry_run=True)
    assert workbooks.dump(paderborn) == before
    report = import_region(paderborn, region)
    after = workbooks.dump(paderborn)
    assert workbooks.changed_rows(before, after) == expected
    assert report.ok
    assert trial.tallies == report.tallies
    import_region(paderborn, region)
    assert workbooks.dump(paderborn) == after


@pytest.mark.parametrize(
    ("file", "row", "noun", "name"),
    [
        ("goals", 2, Noun.GOALS, "1.2"),
        ("milestones", 4, Noun.MILESTONES, "1.2, 3"),
        ("meetings", 2, Noun.MEETINGS, "1.2 Febr. 19"),
        ("agenda", 5, Noun.AGENDA, "15:30 Pause mit Snacks"),
        ("bodies", 2, Noun.BODIES, "Lenkungskreis"),
    ],
)
def test_a_row_that_vanished_is_kept_and_told(
    paderborn: Database, region: Path, file: str, row: int, noun: Noun, name: str
) -> None:
    before = workbooks.dump(paderborn)
    workbooks.drop_row(region, file, row)
    report = import_region(paderborn, region)
    assert workbooks.dump(paderborn) == before
    assert [(f.file, f.words) for f in report.findings if not f.row] == [(f"{file}.csv", name)]
    assert report.tallies[noun].kept == 1


def test_a_missing_file_takes_nothing_away(paderborn: Database, region: Path) -> None:
    before = workbooks.dump(paderborn)
    for name in ("meetings", "agenda", "contacts", "programme"):
        (region / f"{name}.csv").unlink()
    report = import_region(paderborn, region)
    assert [f.text.msgid for f in report.findings if f.file != "meetings.csv"] == [
        "There is no sheet “{name}”.",
        "There is no sheet “{name}”.",
        "There is no sheet “{name}”.",
    ]
    assert workbooks.dump(paderborn) == before


def test_a_missing_column_leaves_what_is_there(paderborn: Database, region: Path) -> None:
    before = workbooks.dump(paderborn)
    for file in ("goals", "milestones", "meetings", "contacts"):
        cells = workbooks.table(region, file)
        needed = {"goals": 3, "milestones": 2, "meetings": 2, "contacts": 3}[file]
        keep = [n for n, name in enumerate(cells[0]) if n < needed or name == "measure"]
        workbooks.write(region, file, [[record[n] for n in keep] for record in cells])
    report = import_region(paderborn, region)
    assert report.ok
    assert workbooks.dump(paderborn) == before


def test_what_people_did_stays(paderborn: Database, region: Path) -> None:
    with paderborn.transaction() as session:
        milestone = session.scalars(sa.select(Milestone).limit(1)).one()
        milestone.state = MilestoneState.DONE
        session.scalars(sa.select(Participant).limit(1)).one().confirmed = False
        group = session.scalars(sa.select(WorkingGroup).limit(1)).one()
        group.is_open, group.signups, code = False, 7, group.code
        vague = session.scalars(sa.select(Milestone).where(Milestone.due_wording == "09/19")).first()  # type: ignore[attr-defined]
        assert vague is not None
        vague.due = When.from_parts("09/19", date(2019, 9, 12), date(2019, 9, 12))
    before = workbooks.dump(paderborn)
    workbooks.change(region, "milestones", 2, "measure", "Regionalkonferenzen anschreiben")
    report = import_region(paderborn, region)
    assert workbooks.changed_rows(before, workbooks.dump(paderborn)) == {"milestones": 1}
    assert report.changes == [Change(Noun.MILESTONES, "1.2, 1", ("measure",))]
    first = sheet_of(paderborn, "1.2").milestones[0]
    assert (first.state, first.measure) == (MilestoneState.DONE, "Regionalkonferenzen anschreiben")
    with paderborn.reading() as session:
        group = session.scalars(sa.select(WorkingGroup).limit(1)).one()
    assert (group.is_open, group.signups, group.code) == (False, 7, code)


def recolour(db: Database, number: str, carrier: Carrier, day: date) -> None:
    """Decide at the desk who carries a goal."""
    goal = goal_of(db, number)
    with db.transaction() as session:
        session.add(
            Ownership(
                goal_id=goal.id, position=len(goal.ownerships) + 1, carrier=carrier, decided_on=day,
                reason="Beschluss", recorded_at=clock.now(),
            )
        )  # fmt: skip


def test_an_old_file_does_not_turn_back_who_carries_a_goal(paderborn: Database, region: Path) -> None:
    recolour(paderborn, "1.2", Carrier.OFFICE, date(2019, 9, 1))
    before = workbooks.dump(paderborn)
    report = import_region(paderborn, region)
    assert workbooks.dump(paderborn) == before
    assert workbooks.warnings(report) == [("goals.csv", 2, "colour")]


def test_a_newer_decision_in_the_notes_goes_on_with_the_history(paderborn: Database, region: Path) -> None:
    recolour(paderborn, "1.2", Carrier.OFFICE, date(2019, 9, 1))
    note = "Am 02.03.2020 durch den Lenkungskreis von blau auf grün gesetzt"
    workbooks.change(region, "goals", 2, "notes", note)
    import_region(paderborn, region)
    steps = goal_of(paderborn, "1.2").ownerships
    assert [step.carrier for step in steps] == [Carrier.GROUPS, Carrier.OFFICE, Carrier.GROUPS]
    assert steps[-1].decided_on == date(2020, 3, 2)


def test_a_new_item_in_the_middle_of_the_day_moves_the_others_on(any_db: Database, region: Path) -> None:
    cells = workbooks.table(region, "agenda")
    cells.insert(3, ["14:30", "14:45", "Grußwort"])
    del cells[5]  # the first break goes
    workbooks.write(region, "agenda", cells)
    import_region(any_db, region)
    before = workbooks.dump(any_db)
    report = import_region(any_db, region)
    assert workbooks.dump(any_db) == before
    assert report.tallies[Noun.AGENDA].kept == 1
    with any_db.reading() as session:
        event = session.scalars(sa.select(Event).options(selectinload(Event.agenda))).one()
    said = [item.what for item in event.agenda]
    assert said[1:6] == [
        "Einführung: Umsetzung des Zielprozesses", "Grußwort", "Workshop-Phase 1", "Pause mit Snacks",
        "Workshop-Phase 2",
    ]  # fmt: skip
    assert [item.position for item in event.agenda] == list(range(1, 12))


def test_the_same_items_in_another_order_change_places(any_db: Database, region: Path) -> None:
    cells = workbooks.table(region, "agenda")
    workbooks.write(region, "agenda", [cells[0], *reversed(cells[1:])])
    report = import_region(any_db, region)
    assert report.tallies[Noun.AGENDA].created == 0
    with any_db.reading() as session:
        event = session.scalars(sa.select(Event).options(selectinload(Event.agenda))).one()
    assert event.agenda[0].what == "Verabschiedung"


def test_a_second_programme_gets_goals_of_its_own(paderborn: Database, region: Path) -> None:
    workbooks.change(region, "programme", 7, "value", "Handlungsziele 2024–2028")
    workbooks.change(region, "programme", 8, "value", "2024-01-15")
    workbooks.change(region, "programme", 9, "value", "2028-12-31")
    report = import_region(paderborn, region)
    assert report.tallies[Noun.GOALS].created == 13
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Programme)) == 2
        assert session.scalar(sa.select(sa.func.count()).select_from(Body)) == 9
        assert session.scalar(sa.select(sa.func.count()).select_from(WorkingGroup)) == 26


def test_translations_are_taken_and_an_empty_cell_keeps_one_of_the_desk(
    paderborn: Database, region: Path
) -> None:
    with paderborn.transaction() as session:
        goal = session.scalars(sa.select(Goal).where(Goal.number == "1.5")).one()
        goal.title = type(goal.title)({**goal.title.words, "uk": "Підтримка"})
    workbooks.add_column(region, "goals", "title_uk", {2: "Перехід"})
    workbooks.add_column(region, "goals", "title_pl", {2: "Z przedszkola do szkoły"})
    workbooks.add_column(region, "goals", "summary_fr", {2: "De la crèche à l’école."})
    workbooks.add_column(region, "goals", "title_xx", {2: "?"})
    report = import_region(paderborn, region)
    words = goal_of(paderborn, "1.2").title.words
    assert (words["de"], words["uk"]) == ("Übergang Kita–Grundschule", "Перехід")
    assert words["pl"] == "Z przedszkola do szkoły"
    assert goal_of(paderborn, "1.2").summary.to("fr") == "De la crèche à l’école."
    assert goal_of(paderborn, "1.5").title.to("uk") == "Підтримка"
    assert ("goals.csv", 1, "") in workbooks.notes(report)


def test_fields_get_their_names_from_their_file(paderborn: Database, region: Path) -> None:
    text = "number,name,name_en\n7,Quartier,Neighbourhood\n8,Wohnen,Housing\n"
    (region / "fields.csv").write_text(text, encoding="utf-8")
    report = import_region(paderborn, region)
    assert (report.tallies[Noun.FIELDS].created, report.tallies[Noun.FIELDS].changed) == (1, 1)
    (region / "fields.csv").unlink()
    before = workbooks.dump(paderborn)
    import_region(paderborn, region)
    assert workbooks.dump(paderborn) == before


def test_a_known_person_named_as_contact_keeps_their_own_language(paderborn: Database, region: Path) -> None:
    with paderborn.transaction() as session:
        person = session.scalars(sa.select(Person).limit(1)).one()
        person.language, person.language_chosen, person.email_confirmed_at = "uk", True, None
    workbooks.change(region, "contacts", 2, "language", "en")
    report = import_region(paderborn, region)
    assert workbooks.warnings(report) == [("contacts.csv", 2, "email")]
    with paderborn.reading() as session:
        person = session.scalars(sa.select(Person).limit(1)).one()
    assert (person.language, person.email_confirmed_at) == ("uk", None)


def test_a_contact_without_address_is_found_again(paderborn: Database, region: Path) -> None:
    workbooks.change(region, "contacts", 2, "email", "")
    first = import_region(paderborn, region)
    assert first.tallies[Noun.CONTACTS].created == 1
    before = workbooks.dump(paderborn)
    import_region(paderborn, region)
    assert workbooks.dump(paderborn) == before


def test_one_address_with_two_names_keeps_the_first(paderborn: Database, region: Path) -> None:
    workbooks.change(region, "contacts", 3, "email", "kontakt-1-2@example.org")
    report = import_region(paderborn, region)
    assert workbooks.warnings(report) == [("contacts.csv", 3, "name")]
    before = workbooks.dump(paderborn)
    import_region(paderborn, region)
    assert workbooks.dump(paderborn) == before
    with paderborn.reading() as session:
        query = sa.select(WorkingGroup.id).join(Person, Person.id == WorkingGroup.contact_id)
        query = query.where(Person.email == "kontakt-1-2@example.org", Person.name.startswith("Erika"))
        assert len(session.scalars(query).all()) == 2


def test_pages_show_the_new_words_at_once(paderborn: Database, region: Path) -> None:
    with paderborn.reading() as session:
        assert directory(session).get("1.2").title.to("de") == "Übergang Kita–Grundschule"
    workbooks.change(region, "goals", 2, "title", "Von der Kita in die Schule")
    import_region(paderborn, region)
    with paderborn.reading() as session:
        assert directory(session).get("1.2").title.to("de") == "Von der Kita in die Schule"


def selects(db: Database, region: Path) -> tuple[Report, int]:
    """Import and return how many SELECTs it took."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement.lstrip()[:6].upper())

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    report = import_region(db, region)
    sa.event.remove(db.engine, "before_cursor_execute", listen)
    return report, seen.count("SELECT")


def test_what_is_there_is_read_at_once_however_many_rows(paderborn: Database, region: Path) -> None:
    _first, before = selects(paderborn, region)
    cells = workbooks.table(region, "milestones")
    cells += [["7.49", str(n), "03/19", f"Maßnahme {n}", ""] for n in range(10, 310)]
    workbooks.write(region, "milestones", cells)
    goals = workbooks.table(region, "goals")
    goals += [[f"5.{n}", "green", f"Ziel {n}", *goals[2][3:]] for n in range(10, 60)]
    workbooks.write(region, "goals", goals)
    import_region(paderborn, region)
    again, after = selects(paderborn, region)
    assert again.tallies[Noun.MILESTONES].unchanged == 339
    assert again.tallies[Noun.GOALS].unchanged == 63
    assert after == before
    assert before <= 24


def test_a_meeting_of_another_day_is_not_mistaken_for_one_that_could_not_be_read(
    paderborn: Database, region: Path
) -> None:
    cells = workbooks.table(region, "meetings")
    cells[1][cells[0].index("from")] = "am Abend"
    cells.append(["1.2", "Mai 2020", "", "", "", ""])
    workbooks.write(region, "meetings", cells)
    report = import_region(paderborn, region)
    assert workbooks.errors(report) == [("meetings.csv", 2, "from")]
    with paderborn.reading() as session:
        wordings = session.scalars(sa.select(Meeting.held_wording)).all()  # type: ignore[attr-defined]
    assert {"Febr. 19", "Mai 2020"} <= set(wordings)
    assert report.tallies[Noun.MEETINGS].kept == 0
