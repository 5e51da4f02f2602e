"""Editing goal sheets: who may, what stays, what the history tells, and two at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    changes,
    clock,
    groups,
    leads,
    milestones,
    ownerships,
    participants,
    people,
    sheet_editing,
    staff,
)
from models.changes import Author, SheetChange, Subject
from models.db import Database
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.goals import Carrier, Ownership
from models.milestones import Part
from models.participants import Standing
from models.sheets import GoalSheet, Milestone, MilestoneState, Participant, ParticipantKind
from models.staff import StaffRole
from models.when import When

WORDINGS = ("ca. 06/19", "Ab sofort", "Jan / Feb 2019", "3. Quartal", "09/19", "", "Do, 17. Januar 2018")


@dataclass
class Table:
    """A group's goal sheet and those who work on it."""

    db: Database
    group_id: int
    lead: Author
    olga: Author

    def seen(self) -> int:
        """Return the sheet's number as a page shows it."""
        with self.db.reading() as session:
            found = session.scalar(sa.select(GoalSheet.version).where(GoalSheet.group_id == self.group_id))
            return found or 0

    def do(self, act: Callable[[Session, int], object]) -> None:
        """Do something as somebody who has just looked."""
        seen = self.seen()
        with self.db.transaction() as session:
            act(session, seen)

    def milestones(self) -> list[Milestone]:
        """Return the milestones in their order."""
        with self.db.reading() as session:
            sheet = groups.with_sheet(session, self.group_id).sheet
            return list(sheet.milestones) if sheet else []

    def history(self) -> list[tuple[Subject, str, str]]:
        """Return what changed, the oldest first."""
        with self.db.reading() as session:
            found = changes.of_group(session, self.group_id)
            return [(one.subject, one.before, one.after) for one in reversed(found)]


def _person(db: Database, name: str) -> int:
    with db.transaction() as session:
        return people.meet(session, name=name, language="de", email=f"{name.split()[0].lower()}@example.org")[
            0
        ]


def table(db: Database, number: str = "1.5") -> Table:
    """Return a group's table with a lead and an officer."""
    karla = _person(db, "Karla Beispiel")
    with db.transaction() as session:
        group_id = groups.directory(session).get(number).id
        person = people.get(session, karla)
        assert person is not None
        leads.appoint(session, group_id, person)
        olga = staff.add(
            session, f"olga-{number}@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )
        session.execute(sa.delete(SheetChange))
        return Table(db, group_id, Author(person_id=karla), Author(staff_id=olga.id))


@pytest.fixture
def sheet(any_db: Database) -> Table:
    """The goal sheet of group 1.5 with its five milestones, on both databases."""
    return table(any_db)


@pytest.fixture
def fast(paderborn: Database) -> Table:
    """The same on SQLite only, where no SQL is new."""
    return table(paderborn)


def test_single_fields_are_set_with_before_and_after_and_by_whom(sheet: Table) -> None:
    group, lead = sheet.group_id, sheet.lead
    due = When.parse("ca. 06/19")
    sheet.do(lambda s, v: sheet_editing.set_lead_organisation(s, group, " Kitaverbund ", by=lead, seen=v))
    sheet.do(lambda s, v: sheet_editing.set_interim(s, group, "Drei Treffen", due, by=lead, seen=v))
    sheet.do(lambda s, v: sheet_editing.set_notes(s, group, "Bitte leise", by=sheet.olga, seen=v))
    with sheet.db.reading() as session:
        now = groups.with_sheet(session, group).sheet
        assert (now.lead_organisation, now.interim_target, now.notes) == (
            "Kitaverbund", "Drei Treffen", "Bitte leise",
        )  # fmt: skip
        assert now.interim_due == due
        assert groups.directory(session).by_id(group).lead_organisation == "Kitaverbund"  # type: ignore[union-attr]
        found = changes.of_group(session, group)
    assert [(one.staff_id, one.person_id) for one in found if one.subject is Subject.NOTES] == [
        (sheet.olga.staff_id, None)
    ]
    told = {subject: after for subject, _before, after in sheet.history()}
    assert told[Subject.LEAD] == "Kitaverbund"
    assert told[Subject.INTERIM_TARGET] == "Drei Treffen"
    assert told[Subject.INTERIM_DUE] == "ca. 06/19"


def test_saving_the_same_again_notes_nothing_and_disturbs_nobody(fast: Table) -> None:
    fast.do(lambda s, v: sheet_editing.set_notes(s, fast.group_id, "Neu", by=fast.lead, seen=v))
    seen, told = fast.seen(), fast.history()
    fast.do(lambda s, v: sheet_editing.set_notes(s, fast.group_id, "Neu", by=fast.lead, seen=v))
    assert (fast.seen(), fast.history()) == (seen, told)


@pytest.mark.parametrize("wording", WORDINGS)
def test_inexact_wordings_stay_as_written(fast: Table, wording: str) -> None:
    due = When.parse(wording, today=date(2026, 5, 4))
    one = fast.milestones()[0]
    fast.do(
        lambda s, v: milestones.change(
            s, fast.group_id, one.id, measure=one.measure, due=due, weight=1, by=fast.lead, seen=v
        )
    )
    fast.do(lambda s, v: sheet_editing.set_interim(s, fast.group_id, "Ziel", due, by=fast.lead, seen=v))
    fast.do(lambda s, v: milestones.add(s, fast.group_id, "Neu", due, by=fast.lead, seen=v))
    now = fast.milestones()
    assert now[0].due == now[-1].due == due
    assert now[0].due.wording == wording
    if wording != one.due.wording:
        assert (Subject.MILESTONE_DUE, one.due.wording, wording) in fast.history()


def test_the_same_words_keep_the_days_that_were_settled(fast: Table) -> None:
    one = fast.milestones()[0]
    settled = When.from_parts("Ab sofort", date(2018, 9, 5), None)
    with fast.db.transaction() as session:
        session.get_one(Milestone, one.id).due = settled
    later = When.parse("Ab sofort", today=date(2026, 5, 4))
    fast.do(
        lambda s, v: milestones.change(
            s, fast.group_id, one.id, measure="Anders", due=later, weight=2, by=fast.lead, seen=v
        )
    )
    assert fast.milestones()[0].due == settled
    assert fast.milestones()[0].weight == 2
    assert [what for what, _b, _a in fast.history()] == [Subject.MILESTONE, Subject.MILESTONE_WEIGHT]


def test_of_two_editors_the_slower_one_is_told_and_overwrites_nothing(sheet: Table) -> None:
    seen = sheet.seen()
    with sheet.db.transaction() as session:
        sheet_editing.set_notes(session, sheet.group_id, "Von Karla", by=sheet.lead, seen=seen)
    with pytest.raises(Conflict), sheet.db.transaction() as session:
        sheet_editing.set_notes(session, sheet.group_id, "Von Olga", by=sheet.olga, seen=seen)
    with sheet.db.reading() as session:
        assert groups.with_sheet(session, sheet.group_id).sheet.notes == "Von Karla"
    assert [after for _s, _b, after in sheet.history()] == ["Von Karla"]


def test_any_change_that_is_noted_counts_as_quicker(fast: Table) -> None:
    seen = fast.seen()
    with fast.db.transaction() as session:
        changes.record(session, fast.group_id, Subject.MILESTONE_STATE, by=fast.olga, after="done")
    with pytest.raises(Conflict), fast.db.transaction() as session:
        sheet_editing.set_notes(session, fast.group_id, "Zu spät", by=fast.lead, seen=seen)


def test_a_group_without_a_sheet_gets_one_at_the_first_edit(sheet: Table) -> None:
    with sheet.db.transaction() as session:
        found = groups.with_sheet(session, sheet.group_id).sheet.id
        for part in (Milestone, Participant):
            session.execute(sa.delete(part).where(part.sheet_id == found))
        session.execute(sa.delete(GoalSheet).where(GoalSheet.id == found))
    assert sheet.seen() == 0
    add = milestones.add
    sheet.do(lambda s, v: add(s, sheet.group_id, "Anfangen", When.parse("03/19"), by=sheet.lead, seen=v))
    assert [one.measure for one in sheet.milestones()] == ["Anfangen"]
    with pytest.raises(Conflict), sheet.db.transaction() as session:
        sheet_editing.set_notes(session, sheet.group_id, "Zu spät", by=sheet.lead, seen=0)


def test_only_leads_and_the_office_may_edit(fast: Table) -> None:
    with fast.db.transaction() as session:
        elsewhere = groups.directory(session).get("7.49").id
        boris = people.meet(session, name="Boris Muster", language="de", email="boris@example.org")[0]
        person = people.get(session, boris)
        assert person is not None
        leads.appoint(session, elsewhere, person)
        assert fast.olga.staff_id is not None
        staff.add(session, "dora@example.org", name="Dora", role=StaffRole.OFFICER, password_hash="x")
        gone = staff.disable(session, "dora@example.org").id
        assert fast.lead.person_id is not None
        assert leads.dismiss(session, fast.group_id, fast.lead.person_id, by=fast.olga)
        assert not leads.dismiss(session, fast.group_id, fast.lead.person_id, by=fast.olga)
    strangers = (
        Author(person_id=boris),
        fast.lead,
        Author(staff_id=gone),
        Author(),
        Author(person_id=99_999),
    )
    for stranger in strangers:
        for act in _every_act(fast):
            with pytest.raises(NotAllowed), fast.db.transaction() as session:
                act(session, stranger, fast.seen())
    assert [what for what, _b, _a in fast.history()] == [Subject.LEAD]


def test_states_and_carriers_are_set_by_the_office_only(fast: Table) -> None:
    *_leads_may, state, carrier = _every_act(fast)
    for act in (state, carrier):
        with pytest.raises(NotAllowed), fast.db.transaction() as session:
            act(session, fast.lead, fast.seen())
        fast.do(lambda s, v, act=act: act(s, fast.olga, v))  # type: ignore[misc]


def _every_act(fast: Table) -> list[Callable[[Session, Author, int], object]]:
    group, one, some = fast.group_id, fast.milestones()[0].id, When()
    with fast.db.reading() as session:
        who = groups.with_sheet(session, group).sheet.participants[0].id
    kind = ParticipantKind.PERSON
    return [
        lambda s, by, v: sheet_editing.set_lead_organisation(s, group, "Neu", by=by, seen=v),
        lambda s, by, v: sheet_editing.set_interim(s, group, "Neu", some, by=by, seen=v),
        lambda s, by, v: sheet_editing.set_notes(s, group, "Neu", by=by, seen=v),
        lambda s, by, v: participants.add(s, group, "Neu", by=by, seen=v),
        lambda s, by, v: participants.change(
            s, group, who, name="Neu", kind=kind, confirmed=False, by=by, seen=v
        ),
        lambda s, by, v: participants.remove(s, group, who, by=by, seen=v),
        lambda s, by, v: milestones.add(s, group, "Neu", some, by=by, seen=v),
        lambda s, by, v: milestones.change(s, group, one, measure="N", due=some, weight=1, by=by, seen=v),
        lambda s, by, v: milestones.move(s, group, one, 2, by=by, seen=v),
        lambda s, by, v: milestones.split(s, group, one, [Part("A"), Part("B")], by=by, seen=v),
        lambda s, by, v: milestones.drop(s, group, one, "Weil", by=by, seen=v),
        lambda s, by, v: milestones.take_up(s, group, one, by=by, seen=v),
        lambda s, by, v: milestones.set_state(s, group, one, MilestoneState.DONE, by=by, seen=v),
        lambda s, by, v: ownerships.hand_over(
            s, group, Carrier.OFFICE, body="Kreistag", decided_on=date(2019, 1, 1), reason="W", by=by, seen=v
        ),
    ]  # fmt: skip


def test_participants_are_added_renamed_confirmed_and_removed(sheet: Table) -> None:
    group, lead = sheet.group_id, sheet.lead
    sheet.do(lambda s, v: participants.add(s, group, "Elternverein", confirmed=False, by=lead, seen=v))
    with sheet.db.reading() as session:
        one = groups.with_sheet(session, group).sheet.participants[-1]
    assert (one.name, one.confirmed, one.kind) == ("Elternverein", False, ParticipantKind.ORGANISATION)
    with pytest.raises(Conflict), sheet.db.transaction() as session:
        participants.add(session, group, "ELTERNVEREIN", by=lead, seen=sheet.seen())
    person = ParticipantKind.PERSON
    sheet.do(
        lambda s, v: participants.change(
            s, group, one.id, name="Amina Beispiel", kind=person, confirmed=True, by=lead, seen=v
        )
    )
    sheet.do(lambda s, v: participants.remove(s, group, one.id, by=lead, seen=v))
    told = [(before, after) for _s, before, after in sheet.history()]
    assert told == [
        ("", "Elternverein"), ("Elternverein", "Amina Beispiel"), ("organisation", "person"),
        (Standing.UNCONFIRMED, Standing.CONFIRMED), ("Amina Beispiel", ""),
    ]  # fmt: skip
    with sheet.db.reading() as session:
        names = [each.name for each in groups.with_sheet(session, group).sheet.participants]
    assert "Amina Beispiel" not in names
    with pytest.raises(NotFound), sheet.db.transaction() as session:
        participants.remove(session, group, one.id, by=lead, seen=sheet.seen())


def test_the_carrier_changes_by_decision_and_every_step_stays(sheet: Table) -> None:
    group = sheet.group_id
    steps = (
        (Carrier.OFFICE, "Kreistag", date(2019, 2, 1)),
        (Carrier.GROUPS, "Lenkungskreis", date(2019, 5, 1)),
    )
    with sheet.db.reading() as session:
        assert groups.directory(session).by_id(group).carrier is Carrier.GROUPS  # type: ignore[union-attr]
    for carrier, body, day in steps:
        sheet.do(
            lambda s, v, c=carrier, b=body, d=day: ownerships.hand_over(  # type: ignore[misc]
                s, group, c, body=b, decided_on=d, reason=f"Beschluss {b}", by=sheet.olga, seen=v
            )
        )
        with sheet.db.reading() as session:
            assert groups.directory(session).by_id(group).carrier is carrier  # type: ignore[union-attr]
    with sheet.db.reading() as session:
        goal = groups.with_sheet(session, group).goal
        found: list[Ownership] = goal.ownerships
        assert [one.position for one in found] == [1, 2, 3]
        assert [one.carrier for one in found] == [Carrier.GROUPS, Carrier.OFFICE, Carrier.GROUPS]
        assert [one.body.name if one.body else "" for one in found] == ["", "Kreistag", "Lenkungskreis"]
    assert [(b, a) for _s, b, a in sheet.history()] == [("green", "blue"), ("blue", "green")]
    with pytest.raises(Conflict), sheet.db.transaction() as session:
        ownerships.hand_over(
            session, group, Carrier.GROUPS, body="Kreistag", decided_on=date(2019, 6, 1), reason="Weil",
            by=sheet.olga, seen=sheet.seen(),
        )  # fmt: skip
    with pytest.raises(InvalidAnswer), sheet.db.transaction() as session:
        ownerships.hand_over(
            session, group, Carrier.OFFICE, body="Kreistag", decided_on=clock.ahead(days=3).date(),
            reason="Weil", by=sheet.olga, seen=sheet.seen(),
        )  # fmt: skip


def test_words_that_the_database_could_not_hold_are_refused_in_words(fast: Table) -> None:
    group = fast.group_id
    for act in (
        lambda s, v: sheet_editing.set_lead_organisation(s, group, "x" * 201, by=fast.lead, seen=v),
        lambda s, v: participants.add(s, group, "x" * 201, by=fast.lead, seen=v),
        lambda s, v: participants.add(s, group, "  ", by=fast.lead, seen=v),
        lambda s, v: milestones.add(s, group, "", When(), by=fast.lead, seen=v),
        lambda s, v: milestones.add(s, group, "Neu", When(), weight=0, by=fast.lead, seen=v),
    ):
        with pytest.raises(InvalidAnswer):
            fast.do(act)
    assert fast.history() == []
