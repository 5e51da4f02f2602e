"""Importing the region's files once more, after leads and officers have edited goal sheets in the app."""

from pathlib import Path

import pytest

from models import groups, leads, milestones, participants, sheet_editing
from models.db import Database
from models.importing import Report, import_region
from models.milestones import Part
from models.sheets import GoalSheet
from models.when import When
from tests.models.importing import workbooks
from tests.models.test_sheet_editing import Table, table


@pytest.fixture
def sheet(paderborn: Database) -> Table:
    """Group 1.5 with its five milestones."""
    return table(paderborn)


def _whole(sheet: Table) -> GoalSheet:
    with sheet.db.reading() as session:
        return groups.with_sheet(session, sheet.group_id).sheet


def _again(sheet: Table, region: Path) -> Report:
    """Import twice more; nothing of the sheet may move, and nothing may be doubled."""
    before = workbooks.dump(sheet.db)
    report = import_region(sheet.db, region)
    import_region(sheet.db, region)
    assert workbooks.changed_rows(before, workbooks.dump(sheet.db)) == {}
    return report


def _kept(report: Report) -> list[str]:
    return [one.words for one in report.findings if "What was changed here has been kept" in one.text.msgid]


def _edit_everything(sheet: Table) -> None:
    group, by, one = sheet.group_id, sheet.lead, sheet.milestones()
    who = _whole(sheet).participants
    due = When.parse("3. Quartal")
    sheet.do(lambda s, v: sheet_editing.set_lead_organisation(s, group, "Kitaverbund", by=by, seen=v))
    sheet.do(lambda s, v: sheet_editing.set_interim(s, group, "Drei Treffen", due, by=by, seen=v))
    sheet.do(lambda s, v: sheet_editing.set_notes(s, group, "Bitte leise", by=by, seen=v))
    sheet.do(lambda s, v: participants.remove(s, group, who[0].id, by=by, seen=v))
    sheet.do(
        lambda s, v: participants.change(
            s, group, who[1].id, name="Büro", kind=who[1].kind, confirmed=False, by=by, seen=v
        )
    )
    sheet.do(
        lambda s, v: milestones.change(s, group, one[0].id, measure="Neu", due=due, weight=3, by=by, seen=v)
    )
    sheet.do(lambda s, v: milestones.split(s, group, one[1].id, [Part("A"), Part("B")], by=by, seen=v))
    sheet.do(lambda s, v: milestones.move(s, group, one[4].id, 1, by=by, seen=v))
    sheet.do(lambda s, v: milestones.add(s, group, "Zuletzt", due, place=2, by=by, seen=v))
    sheet.do(lambda s, v: milestones.drop(s, group, one[2].id, "Kein Geld", by=by, seen=v))


def test_edits_of_every_kind_survive_the_old_files(sheet: Table, region: Path) -> None:
    _edit_everything(sheet)
    places = [(one.position, one.measure, one.due.wording) for one in sheet.milestones()]
    report = _again(sheet, region)
    assert [(one.position, one.measure, one.due.wording) for one in sheet.milestones()] == places
    assert _whole(sheet).interim_due.wording == "3. Quartal"
    assert any("1.5" in words for words in _kept(report))
    assert report.ok


def test_a_cell_changed_in_the_file_does_not_win_over_an_edit_but_is_taken_elsewhere(
    sheet: Table, region: Path
) -> None:
    sheet.do(lambda s, v: sheet_editing.set_notes(s, sheet.group_id, "Bitte leise", by=sheet.lead, seen=v))
    row = workbooks.row_of(region, "goals", "1.5")
    workbooks.change(region, "goals", row, "notes", "Aus der Tabelle")
    workbooks.change(region, "goals", row, "lead_organisation", "Aus der Tabelle")
    report = import_region(sheet.db, region)
    assert (_whole(sheet).notes, _whole(sheet).lead_organisation) == ("Bitte leise", "Aus der Tabelle")
    assert _kept(report)


def test_who_is_made_a_lead_does_not_hold_the_organisation_that_leads(sheet: Table, region: Path) -> None:
    with sheet.db.transaction() as session:
        boris = groups.vouched(session, name="Boris Muster", email="boris@example.org")
        assert leads.appoint(session, sheet.group_id, boris, by=sheet.olga)
    row = workbooks.row_of(region, "goals", "1.5")
    workbooks.change(region, "goals", row, "lead_organisation", "Aus der Tabelle")
    assert _kept(import_region(sheet.db, region)) == []
    assert _whole(sheet).lead_organisation == "Aus der Tabelle"


def test_a_milestone_with_new_words_and_a_new_place_is_found_again(sheet: Table, region: Path) -> None:
    group, by, one = sheet.group_id, sheet.lead, sheet.milestones()[0]
    sheet.do(
        lambda s, v: milestones.change(s, group, one.id, measure="Neu", due=one.due, weight=1, by=by, seen=v)
    )
    sheet.do(lambda s, v: milestones.move(s, group, one.id, 3, by=by, seen=v))
    row = workbooks.row_of(region, "milestones", "1.5", "1")
    workbooks.change(region, "milestones", row, "when_written", "Herbst 2020")
    import_region(sheet.db, region)
    now = sheet.milestones()
    assert len(now) == 5
    assert [(each.id, each.measure, each.due.wording) for each in now][2] == (one.id, "Neu", "Herbst 2020")
