"""Two at once on meetings, reports and files: what one has not committed yet, the other waits for."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    attachments,
    clock,
    groups,
    meeting_letters,
    meeting_reminders,
    meetings,
    milestones,
    outbox,
    people,
    privacy,
    sheet_editing,
    staff,
    submissions,
)
from models.attachments import Attachment, AttachmentState
from models.changes import Author
from models.cleaned import AttachmentKind
from models.db import Database
from models.errors import Conflict
from models.forms import review
from models.forms.add_to_report import AddToReport
from models.forms.form import Sender
from models.forms.questions import Context
from models.importing import import_region
from models.meetings import Details
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.sheets import GoalSheet, Meeting, MilestoneState
from models.staff import StaffMember, StaffRole
from models.submissions import State
from tests.models.importing import workbooks
from tests.models.test_meeting_reminders import EVE, SETTINGS
from tests.models.test_meetings import DAY, NOON, group_id, letters_to, member, office
from tests.models.together import A_MOMENT, at_once, in_transaction
from tests.webforms.desk.reports import milestones as milestones_of
from tests.webforms.desk.reports import oksana, reports_of


@pytest.fixture
def olga(any_db: Database) -> StaffMember:
    """An officer."""
    with any_db.transaction() as session:
        return staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )


# Meetings


def planned(db: Database, members: int = 1) -> Meeting:
    """A meeting of 7.49 on a Tuesday at six, of which so many members are to hear."""
    with clock.frozen(NOON), db.transaction() as session:
        for number in range(members):
            member(session, f"Amina{number}")
        return meetings.plan(
            session, group_id(session), held=DAY, starts="18:00", place="Rathaus", by=office(session)
        )


def amina(session: Session) -> Person:
    """The first member."""
    return session.scalars(sa.select(Person).where(Person.name == "Amina0")).one()


def moved(session: Session, number: int, place: str, *, seen: int) -> Meeting:
    """Change the place of a meeting, as somebody of the office who saw it so."""
    by = Author(staff_id=session.scalar(sa.select(StaffMember.id)))
    meeting = meetings.get(session, number).meeting
    return meetings.change(session, meeting, Details(DAY, "18:00", "", place), by=by, sequence=seen)


def test_of_two_who_change_a_meeting_at_once_one_is_told_so(any_db: Database) -> None:
    one = planned(any_db)
    with clock.frozen(NOON):
        second = at_once(
            any_db,
            lambda session: moved(session, one.id, "Bibliothek", seen=0),
            in_transaction(any_db, lambda session: moved(session, one.id, "Turnhalle", seen=0)),
        )
    assert isinstance(second.exception(), Conflict)
    with any_db.reading() as session:
        meeting = meetings.get(session, one.id).meeting
        assert (meeting.place, meeting.sequence) == ("Bibliothek", 1)
        (letter,) = letters_to(session, amina(session))
        assert "Bibliothek" in str(letter.pack())


def test_a_reminder_beside_a_change_does_not_tell_what_no_longer_counts(any_db: Database) -> None:
    one = planned(any_db)
    with clock.frozen(EVE):
        at_once(
            any_db,
            lambda session: moved(session, one.id, "Bibliothek", seen=0),
            lambda: meeting_reminders.tick(any_db, SETTINGS),
        ).result()
    with any_db.reading() as session:
        said = [str(one.pack()) for one in letters_to(session, amina(session))]
    assert len(said) == 1
    assert "Bibliothek" in said[0]


def test_two_couriers_that_spread_a_letter_send_it_once(any_db: Database) -> None:
    planned(any_db, members=3 * meeting_letters.BATCH + 5)
    together = threading.Barrier(2)

    def tick() -> int:
        together.wait()
        return meeting_reminders.tick(any_db, SETTINGS)

    with clock.frozen(NOON), ThreadPoolExecutor(2) as couriers:
        for done in [couriers.submit(tick), couriers.submit(tick)]:
            done.result()
    with any_db.reading() as session:
        letters = session.scalars(sa.select(Delivery.person_id)).all()
    assert len(letters) == len(set(letters)) == 3 * meeting_letters.BATCH + 5


def test_a_letter_that_is_being_spread_is_not_spread_past_a_change(any_db: Database) -> None:
    one = planned(any_db, members=meeting_letters.BATCH + 5)
    with clock.frozen(NOON):
        at_once(
            any_db,
            lambda session: moved(session, one.id, "Bibliothek", seen=0),
            lambda: meeting_reminders.tick(any_db, SETTINGS),
        ).result()
        meeting_reminders.tick(any_db, SETTINGS)
    with any_db.reading() as session:
        waiting = session.execute(
            sa.select(Delivery.person_id, Message.key)
            .join(Message, Message.id == Delivery.message_id)
            .where(Delivery.state == DeliveryState.QUEUED)
        ).all()
    assert {row.key for row in waiting} == {f"meeting:{one.id}:1:changed"}
    assert len(waiting) == meeting_letters.BATCH + 5


# Reports and the goal sheet


def accept(db: Database, olga: StaffMember, number: int, version: int = 1) -> Callable[[], object]:
    """Return the accepting of an entry that was seen in a version."""
    return in_transaction(db, lambda session: review.accept(session, olga, number, version=version))


def version_of(db: Database, group: int) -> int:
    """The number of a goal sheet."""
    with db.reading() as session:
        return session.scalars(sa.select(GoalSheet.version).where(GoalSheet.group_id == group)).one()


def test_a_milestone_that_is_dropped_while_a_report_is_accepted_stays_dropped(
    any_db: Database, olga: StaffMember
) -> None:
    number = oksana(any_db)
    group, about = reports_of(any_db, number)[0].group_id, reports_of(any_db, number)[0].milestone_id or 0
    by, seen = Author(staff_id=olga.id), version_of(any_db, group)
    at_once(
        any_db,
        lambda session: milestones.drop(session, group, about, "Anders gelöst", by=by, seen=seen),
        accept(any_db, olga, number),
    ).result()
    (report,) = reports_of(any_db, number)
    assert report.published_at
    assert report.milestone
    assert (report.milestone.state, report.milestone.dropped_reason) == (
        MilestoneState.DROPPED,
        "Anders gelöst",
    )


def test_accepting_and_editing_wait_for_each_other_and_not_in_a_ring(
    any_db: Database, olga: StaffMember
) -> None:
    number = oksana(any_db)
    report = reports_of(any_db, number)[0]
    by, seen = Author(staff_id=olga.id), version_of(any_db, report.group_id)
    with ThreadPoolExecutor(1) as other:
        with any_db.transaction() as session:
            sheet = sheet_editing.begin(session, report.group_id, by=by, seen=seen)
            done = other.submit(accept(any_db, olga, number))
            wait([done], timeout=A_MOMENT)
            next(one for one in sheet.milestones if one.id == report.milestone_id).weight = 7
            sheet.version += 1
        done.result()
    (report,) = reports_of(any_db, number)
    assert report.milestone
    assert (report.milestone.state, report.milestone.weight) == (MilestoneState.DONE, 7)


def test_two_editors_who_saw_the_same_sheet_do_not_both_put_it_in_order(
    any_db: Database, olga: StaffMember
) -> None:
    first, second, *_others = milestones_of(any_db)
    with any_db.reading() as session:
        group = groups.directory(session).get("7.49").id
    by, seen = Author(staff_id=olga.id), version_of(any_db, group)
    late = at_once(
        any_db,
        lambda session: milestones.move(session, group, first.id, 3, by=by, seen=seen),
        in_transaction(
            any_db, lambda session: milestones.move(session, group, second.id, 1, by=by, seen=seen)
        ),
    )
    assert isinstance(late.exception(), Conflict)
    assert [one.position for one in milestones_of(any_db)] == sorted(
        {one.position for one in milestones_of(any_db)}
    )


def test_an_addition_while_the_office_accepts_is_taken_as_one_afterwards(
    any_db: Database, olga: StaffMember
) -> None:
    number = oksana(any_db)
    with any_db.reading() as session:
        sender = people.get(session, submissions.get(session, number).person_id or 0)
    assert sender

    def add(session: Session) -> None:
        context = Context(session, "uk", person=sender, entry_id=number)
        form = AddToReport({"added": "Ще одне слово."}, context, complete=True)
        form.submit(session, Sender("page", "uk", "addition", session.get_one(Person, sender.id)))

    at_once(
        any_db,
        lambda session: review.accept(session, olga, number, version=1),
        in_transaction(any_db, add),
    ).result()
    with any_db.reading() as session:
        later = session.scalars(
            sa.select(submissions.Submission).where(submissions.Submission.follows_id == number)
        ).one()
        assert (later.state, later.answers["added"]) == (State.RECEIVED, "Ще одне слово.")


def test_who_is_erased_while_the_office_accepts_gets_no_letter(any_db: Database, olga: StaffMember) -> None:
    number = oksana(any_db)
    with any_db.reading() as session:
        sender = submissions.get(session, number).person_id or 0
    late = at_once(
        any_db,
        lambda session: privacy.erase(session, session.get_one(Person, sender)),
        accept(any_db, olga, number),
    )
    assert isinstance(late.exception(), Conflict)


def test_who_is_erased_just_after_leaves_no_letter_behind(any_db: Database, olga: StaffMember) -> None:
    number = oksana(any_db)
    with any_db.reading() as session:
        sender = submissions.get(session, number).person_id or 0
    at_once(
        any_db,
        lambda session: review.accept(session, olga, number, version=1),
        in_transaction(any_db, lambda session: privacy.erase(session, session.get_one(Person, sender))),
    ).result()
    with any_db.reading() as session:
        assert not outbox.is_written(session, f"accepted:{number}")


# Files


def test_a_file_that_a_slow_form_takes_along_is_not_let_go_of(any_db: Database) -> None:
    number = oksana(any_db)
    with any_db.transaction() as session:
        sender = submissions.get(session, number).person_id or 0
        one = attachments.take_in(session, AttachmentKind.PHOTO, person_id=sender)
    at_once(
        any_db,
        lambda session: attachments.adopt(session, [one.token], number, sender),
        in_transaction(any_db, lambda s: attachments.forget(s, Attachment.submission_id.is_(None))),
    ).result()
    with any_db.reading() as session:
        (kept,) = attachments.of_submission(session, number)
        assert (kept.token, kept.state) == (one.token, AttachmentState.WAITING)


def test_an_import_waits_for_who_edits_and_keeps_what_they_wrote(
    any_db: Database, olga: StaffMember, tmp_path: Path
) -> None:
    folder = workbooks.copy(tmp_path)
    workbooks.change(folder, "goals", workbooks.row_of(folder, "goals", "7.49"), "notes", "Aus der Datei")
    with any_db.reading() as session:
        group = groups.directory(session).get("7.49").id
    by, seen = Author(staff_id=olga.id), version_of(any_db, group)
    at_once(
        any_db,
        lambda session: sheet_editing.set_notes(session, group, "Von Hand", by=by, seen=seen),
        lambda: import_region(any_db, folder),
    ).result()
    with any_db.reading() as session:
        assert session.scalar(sa.select(GoalSheet.notes).where(GoalSheet.group_id == group)) == "Von Hand"
