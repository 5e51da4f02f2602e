"""Progress: reported, looked at, published; nothing on the goal sheet changes before the office says so."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups, outbox, progress, staff, submissions
from models.db import Database
from models.errors import Conflict
from models.forms import ReportProgress, review
from models.forms.form import Sender
from models.forms.questions import Context
from models.outbox import Delivery, Message
from models.progress import ProgressReport
from models.sheets import Milestone, MilestoneState
from models.staff import StaffMember, StaffRole
from models.submissions import State
from translations import Localised


def first_milestone(db: Database, number: str = "7.49") -> Milestone:
    """Return the first milestone of a group."""
    with db.reading() as session:
        return progress.milestones_of(session, groups.directory(session).get(number).id)[0]


def report(db: Database, key: str, **answers: str) -> int:
    """Report as somebody on a page; return the submission's id."""
    raw = {
        "group": "7.49", "milestone": str(first_milestone(db).id), "state": "done", "name": "Oksana Beispiel",
        "happened": "Ми провели перші розмови.", "reach": "email", "email": "oksana@example.org", **answers,
    }  # fmt: skip
    with db.reading() as session:
        form = ReportProgress(raw, Context(session, "uk"), complete=True)
        assert form.is_complete, {name: text.msgid for name, text in form.errors.items()}
        with db.transaction() as writing:
            receipt = form.submit(writing, Sender("page", "uk", key))
    assert receipt.submission_id is not None
    return receipt.submission_id


def _words(session: Session, number: int, german: str) -> dict[int, Localised]:
    return {one.id: Localised({"de": german}) for one in progress.of_submission(session, number)}


@pytest.fixture
def olga(any_db: Database) -> StaffMember:
    """An officer."""
    with any_db.transaction() as session:
        return staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )


def test_a_report_changes_nothing_before_the_office_publishes_it(any_db: Database, olga: StaffMember) -> None:
    number = report(any_db, "r1", new_due="03/2027")
    assert first_milestone(any_db).state is MilestoneState.NOT_BEGUN
    with any_db.reading() as session:
        (one,) = progress.of_submission(session, number)
        change = progress.change_of(one)
    assert change is not None
    assert change.state == (MilestoneState.NOT_BEGUN, MilestoneState.DONE)
    assert change.due is not None
    assert [when.wording for when in change.due] == ["10/18", "03/2027"]
    with any_db.transaction() as session:
        review.accept(
            session, olga, number, version=1, public=_words(session, number, "Erste Gespräche sind geführt.")
        )
    after = first_milestone(any_db)
    assert (after.state, after.due.wording, after.due.latest) == (
        MilestoneState.DONE, "03/2027", date(2027, 3, 31)
    )  # fmt: skip
    with any_db.reading() as session:
        group = groups.directory(session).get("7.49")
        (public,) = progress.published(session, group.id)
        standing = progress.standings(session, date(2026, 11, 21))[group.id]
        kinds = session.scalars(sa.select(Message.kind).order_by(Message.id)).all()
    assert public.public.to("de") == "Erste Gespräche sind geführt."
    assert (standing.total, standing.done, standing.overdue) == (3, 1, 2)
    assert list(kinds) == ["confirm", "accepted"]


def test_a_declined_report_stays_off_the_goal_sheet(any_db: Database, olga: StaffMember) -> None:
    number = report(any_db, "r1")
    with any_db.transaction() as session:
        review.reject(session, olga, number, version=1, reason="Bitte fragen Sie zuerst die Gruppe.")
    assert first_milestone(any_db).state is MilestoneState.NOT_BEGUN
    with any_db.reading() as session:
        assert progress.published(session, groups.directory(session).get("7.49").id) == []


def test_two_officers_publish_once(any_db: Database, olga: StaffMember) -> None:
    number = report(any_db, "r1")
    with any_db.transaction() as session:
        review.accept(session, olga, number, version=1, public=_words(session, number, "A"))
    with any_db.transaction() as session, pytest.raises(Conflict):
        review.accept(session, olga, number, version=1, public=_words(session, number, "B"))
    with any_db.reading() as session:
        assert session.scalars(sa.select(ProgressReport)).one().public.to("de") == "A"


def test_something_else_can_be_reported_without_a_state(any_db: Database, olga: StaffMember) -> None:
    number = report(any_db, "r1", milestone="other", state="")
    with any_db.transaction() as session:
        review.accept(
            session, olga, number, version=1, public=_words(session, number, "Ein neuer Partner ist dabei.")
        )
    with any_db.reading() as session:
        one = session.scalars(sa.select(ProgressReport)).one()
    assert (one.milestone_id, one.state) == (None, None)


def test_a_milestone_of_another_group_is_asked_for_again(any_db: Database) -> None:
    foreign = str(first_milestone(any_db, "1.2").id)
    with any_db.reading() as session:
        form = ReportProgress({"group": "7.49", "milestone": foreign}, Context(session, "de"))
    assert form.next_question is ReportProgress.milestone
    assert "milestone" in form.errors


def test_a_date_that_says_nothing_is_asked_for_again(any_db: Database) -> None:
    raw = {
        "group": "7.49",
        "milestone": "other",
        "state": "stuck",
        "happened": "x",
        "files": "",
        "needed": "",
        "new_due": "bald mal",
    }
    with any_db.reading() as session:
        form = ReportProgress(raw, Context(session, "de"))
        assert form.next_question is ReportProgress.new_due
        good = ReportProgress({**raw, "new_due": "березень 2027"}, Context(session, "uk"))
    assert "new_due" not in good.errors


def test_who_is_known_is_not_asked_who_they_are(any_db: Database) -> None:
    with any_db.transaction() as session:
        from_chat = Context(session, "uk", channel="chat")
        raw = {
            "group": "7.49",
            "milestone": "other",
            "state": "done",
            "happened": "x",
            "files": "",
            "needed": "",
            "new_due": "",
        }
        assert ReportProgress(raw, from_chat).is_complete
        stranger = ReportProgress(raw, Context(session, "uk"))
        assert stranger.next_question is ReportProgress.name


def test_the_same_report_twice_is_one(any_db: Database) -> None:
    number = report(any_db, "r1")
    with any_db.reading() as session:
        assert submissions.get(session, number).state is State.RECEIVED
        assert session.scalar(sa.select(sa.func.count(Delivery.id))) == 1
        assert outbox.ANSWER_FIRST == 0
