"""Milestones are added, moved, split and dropped: their places have no gaps, the history tells all."""

import pytest

from models import changes, milestones
from models.changes import Subject
from models.db import Database
from models.errors import Conflict, InvalidAnswer
from models.milestones import Part
from models.sheets import Milestone, MilestoneState
from models.when import When
from tests.models.test_sheet_editing import Table, table


@pytest.fixture
def sheet(any_db: Database) -> Table:
    """The goal sheet of group 1.5 with its five milestones, on both databases."""
    return table(any_db)


@pytest.fixture
def fast(paderborn: Database) -> Table:
    """The same on SQLite only, where no SQL is new."""
    return table(paderborn)


def _places(sheet: Table) -> list[int]:
    return [one.position for one in sheet.milestones()]


def test_milestones_come_to_any_place_and_the_places_have_no_gaps(sheet: Table) -> None:
    group, lead = sheet.group_id, sheet.lead
    names = [one.measure for one in sheet.milestones()]
    for place, words in ((1, "Zuerst"), (3, "Mitten"), (None, "Zuletzt"), (99, "Ganz zuletzt")):
        sheet.do(
            lambda s, v, p=place, w=words: milestones.add(s, group, w, When(), place=p, by=lead, seen=v)  # type: ignore[misc]
        )
    expected = ["Zuerst", names[0], "Mitten", *names[1:], "Zuletzt", "Ganz zuletzt"]
    assert [one.measure for one in sheet.milestones()] == expected
    assert _places(sheet) == list(range(1, 10))
    last = sheet.milestones()[-1].id
    for place in (1, 9, 4, -3, 500, 2):
        sheet.do(lambda s, v, p=place: milestones.move(s, group, last, p, by=lead, seen=v))  # type: ignore[misc]
        assert _places(sheet) == list(range(1, 10))
        wanted = min(max(place, 1), 9)
        assert sheet.milestones()[wanted - 1].id == last
    moves = [(b, a) for what, b, a in sheet.history() if what is Subject.MILESTONE_ORDER and b]
    assert moves == [("9", "1"), ("1", "9"), ("9", "4"), ("4", "1"), ("1", "9"), ("9", "2")]


def test_gaps_from_a_file_are_closed_by_the_first_move(fast: Table) -> None:
    with fast.db.transaction() as session:
        for one in fast.milestones():
            session.get_one(Milestone, one.id).position = one.position * 100
    first = fast.milestones()[0].id
    fast.do(lambda s, v: milestones.move(s, fast.group_id, first, 2, by=fast.lead, seen=v))
    assert _places(fast) == [1, 2, 3, 4, 5]
    assert fast.milestones()[1].id == first


def test_a_split_keeps_its_place_and_the_history_tells_where_the_parts_come_from(sheet: Table) -> None:
    group, before = sheet.group_id, sheet.milestones()
    one = before[1]
    parts = [Part("Flyer schreiben"), Part("Flyer drucken", When.parse("Juni 2019")), Part("Flyer verteilen")]
    sheet.do(lambda s, v: milestones.split(s, group, one.id, parts, by=sheet.lead, seen=v))
    now = sheet.milestones()
    assert [each.measure for each in now[1:4]] == [part.measure for part in parts]
    assert [each.id for each in now if each.id in {b.id for b in before}] == [each.id for each in before]
    assert _places(sheet) == list(range(1, 8))
    assert [each.due.wording for each in now[1:4]] == [one.due.wording, "Juni 2019", one.due.wording]
    with sheet.db.reading() as session:
        told = changes.of_group(session, group)
    reasons = {each.after: each.reason for each in told if each.subject is Subject.MILESTONE}
    assert one.measure in reasons["Flyer drucken"]
    assert one.measure in reasons["Flyer verteilen"]
    assert "Flyer verteilen" in reasons["Flyer schreiben"]
    with pytest.raises(InvalidAnswer), sheet.db.transaction() as session:
        milestones.split(session, group, one.id, [Part("Nur eins")], by=sheet.lead, seen=sheet.seen())


def test_what_is_dropped_stays_with_its_reason_and_is_taken_up_again(sheet: Table) -> None:
    group, one = sheet.group_id, sheet.milestones()[2]
    sheet.do(
        lambda s, v: milestones.set_state(s, group, one.id, MilestoneState.UNDER_WAY, by=sheet.olga, seen=v)
    )
    with pytest.raises(InvalidAnswer), sheet.db.transaction() as session:
        milestones.drop(session, group, one.id, "  ", by=sheet.lead, seen=sheet.seen())
    sheet.do(lambda s, v: milestones.drop(s, group, one.id, "Kein Geld", by=sheet.lead, seen=v))
    now = sheet.milestones()[2]
    assert (now.state, now.dropped_reason) == (MilestoneState.DROPPED, "Kein Geld")
    assert _places(sheet) == [1, 2, 3, 4, 5]
    for act in (
        lambda s, v: milestones.drop(s, group, one.id, "Noch einmal", by=sheet.lead, seen=v),
        lambda s, v: milestones.split(s, group, one.id, [Part("A"), Part("B")], by=sheet.lead, seen=v),
    ):
        with pytest.raises(Conflict):
            sheet.do(act)
    sheet.do(lambda s, v: milestones.take_up(s, group, one.id, by=sheet.lead, seen=v))
    now = sheet.milestones()[2]
    assert (now.state, now.dropped_reason) == (MilestoneState.UNDER_WAY, "")
    with sheet.db.reading() as session:
        told = [(c.before, c.after, c.reason) for c in changes.of_group(session, group)]
    assert told[::-1] == [
        ("not-begun", "under-way", ""), ("under-way", "dropped", "Kein Geld"), ("dropped", "under-way", ""),
    ]  # fmt: skip
