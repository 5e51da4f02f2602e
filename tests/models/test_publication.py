"""What the office mends and takes off of public reports; what rejecting leaves alone."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, dossier, groups, progress, publication, selection, staff, submissions
from models.attachments import Attachment
from models.changes import SheetChange, Subject
from models.db import Database
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.forms import publishing, review
from models.forms.questions import Context
from models.forms.report_progress import ReportProgress
from models.programmes import Programme
from models.progress import ProgressReport
from models.rounds import RequestState, RoundRequest, StatusRound
from models.sheets import Milestone, MilestoneState
from models.staff import StaffMember, StaffRole
from models.submissions import State, Step
from tests.webforms.desk.reports import attach, boris, milestones, oksana, reports_of, whole_round
from translations import Localised

ERSTER = "Erste Gespräche sind geführt."


@pytest.fixture
def olga(any_db: Database) -> StaffMember:
    """An officer."""
    with any_db.transaction() as session:
        return staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )


def publish(db: Database, olga: StaffMember, number: int, *, shown: tuple[str, ...] = ()) -> list[int]:
    """Accept an entry with a wording for each report; return the reports' ids."""
    ids = [one.id for one in reports_of(db, number)]
    public = {one: Localised({"de": f"{ERSTER} {one}", "uk": "Розмови."}) for one in ids}
    with db.transaction() as session:
        review.accept(session, olga, number, version=1, public=public, shown=shown)
    return ids


def _public(session: Session, number: str = "7.49") -> list[ProgressReport]:
    return list(progress.published(session, groups.directory(session).get(number).id))


def test_rewording_keeps_the_languages_that_were_not_touched(any_db: Database, olga: StaffMember) -> None:
    number = whole_round(any_db)
    first, *_others = publish(any_db, olga, number)
    with any_db.transaction() as session:
        public = {first: Localised({"de": "Besser gesagt.", "en": "Better said."})}
        publishing.reword(session, olga, number, version=2, public=public)
    one, *others = reports_of(any_db, number)
    assert one.public.words == {"de": "Besser gesagt.", "uk": "Розмови.", "en": "Better said."}
    assert [other.public.to("de") for other in others] == [f"{ERSTER} {other.id}" for other in others]
    with any_db.reading() as session:
        last = submissions.history_of(session, number)[-1]
        assert (last.step, last.staff_id) == (Step.REWORDED, olga.id)
        assert f"{ERSTER} {first}" in last.words
        assert "Besser" not in last.words
        rows = session.execute(
            sa.select(SheetChange.milestone_id, SheetChange.after)
            .where(SheetChange.subject == Subject.REPORT)
            .order_by(SheetChange.id)
        ).all()
    assert [row.after for row in rows] == [
        "", *(f"{ERSTER} {other.id}" for other in others), "Besser gesagt."
    ]  # fmt: skip


def test_a_report_on_no_milestone_is_taken_off_alone(any_db: Database, olga: StaffMember) -> None:
    number, other = oksana(any_db, milestone="other", state=""), boris(any_db)
    (first,) = publish(any_db, olga, number)
    publish(any_db, olga, other)
    with any_db.transaction() as session:
        publishing.hide(session, olga, number, first, version=2, reason="Ein Name stand darin.")
    with any_db.reading() as session:
        assert [one.submission_id for one in _public(session)] == [other]
        told = session.scalars(sa.select(SheetChange).where(SheetChange.submission_id == number)).all()
        assert [(one.after, one.reason) for one in told] == [("", ""), ("", "")]
    with any_db.transaction() as session:
        publishing.show_again(session, olga, number, first, version=3)
    with any_db.reading() as session:
        assert {one.submission_id for one in _public(session)} == {number, other}


def test_files_stay_public_while_one_report_of_the_entry_is(any_db: Database, olga: StaffMember) -> None:
    number = whole_round(any_db)
    photo, voice = attach(any_db, number, "photo", "voice")
    ids = publish(any_db, olga, number, shown=(photo, voice))
    for version, one in enumerate(ids, start=2):
        with any_db.reading() as session:
            found = publication.files(session, _public(session))
        assert [file.token for file in found[number]] == [photo]
        with any_db.transaction() as session:
            publishing.hide(session, olga, number, one, version=version, reason="Weg.")
    with any_db.reading() as session:
        assert session.scalars(sa.select(Attachment.is_public)).all() == [False, False]
        assert publication.files(session, _public(session)) == {}


def test_photos_of_an_addition_stand_with_the_report_that_it_adds_to(
    any_db: Database, olga: StaffMember
) -> None:
    first, later = oksana(any_db, key="1"), oksana(any_db, key="2")
    (token,) = attach(any_db, later, "photo")
    with any_db.transaction() as session:
        submissions.get(session, later).follows_id = first
    publish(any_db, olga, first)
    publish(any_db, olga, later, shown=(token,))
    with any_db.reading() as session:
        (report,) = (one for one in _public(session) if one.submission_id == first)
        assert [file.token for file in publication.files(session, [report])[first]] == [token]


def test_only_accepted_entries_are_reworded_by_who_may(any_db: Database, olga: StaffMember) -> None:
    number = boris(any_db)
    (one,) = reports_of(any_db, number)
    public = {one.id: Localised({"de": "Neu"})}
    with any_db.transaction() as session, pytest.raises(Conflict):
        publishing.reword(session, olga, number, version=1, public=public)
    publish(any_db, olga, number)
    with any_db.transaction() as session, pytest.raises(Conflict):
        publishing.reword(session, olga, number, version=1, public=public)
    with any_db.transaction() as session, pytest.raises(InvalidAnswer):
        publishing.reword(session, olga, number, version=2, public={one.id: Localised({"de": "x" * 2001})})
    with any_db.transaction() as session, pytest.raises(NotFound):
        publishing.hide(session, olga, number, one.id + 99, version=2, reason="Weg.")
    with any_db.transaction() as session:
        staff.disable(session, "olga@example.org")
    with any_db.transaction() as session, pytest.raises(NotAllowed):
        closed = session.get_one(StaffMember, olga.id)
        publishing.reword(session, closed, number, version=2, public=public)
    assert reports_of(any_db, number)[0].public.to("de") == f"{ERSTER} {one.id}"


def test_rejecting_the_answer_to_a_status_round_reopens_nothing(any_db: Database, olga: StaffMember) -> None:
    number = whole_round(any_db)
    with any_db.transaction() as session:
        group = groups.directory(session).get("7.49")
        programme = session.scalars(sa.select(Programme.id)).first()
        opened = StatusRound(
            programme_id=programme, month=clock.today("Europe/Berlin"), opened_at=clock.now()
        )
        session.add(opened)
        session.flush()
        session.add(
            RoundRequest(
                round_id=opened.id, group_id=group.id, state=RequestState.ANSWERED, submission_id=number,
                answered_at=clock.now(),
            )
        )  # fmt: skip
    with any_db.transaction() as session:
        review.reject(session, olga, number, version=1, reason="Bitte zuerst mit der Gruppe sprechen.")
    with any_db.reading() as session:
        request = session.scalars(sa.select(RoundRequest)).one()
        assert (request.state, request.submission_id) == (RequestState.ANSWERED, number)
        assert submissions.get(session, number).state is State.REJECTED
        assert _public(session) == []
        assert session.scalars(sa.select(SheetChange)).all() == []
    assert {one.state for one in milestones(any_db)} == {MilestoneState.NOT_BEGUN}


def test_what_happened_since_a_version_is_told(any_db: Database, olga: StaffMember) -> None:
    number = boris(any_db)
    with any_db.transaction() as session:
        review.ask_back(session, olga, number, version=1, question="Mit wem?")
        review.reject(session, olga, number, version=2, reason="Doppelt.")
    with any_db.reading() as session:
        whole = dossier.read(session, number)
    assert [one.words for one in whole.since(1)] == ["Mit wem?", "Doppelt."]
    assert [one.words for one in whole.since(2)] == ["Doppelt."]
    assert list(whole.since(3)) == list(whole.since(9)) == []


def test_several_entries_are_read_in_the_order_asked_for(any_db: Database, olga: StaffMember) -> None:
    round_, single = whole_round(any_db), boris(any_db)
    attach(any_db, round_, "photo", "voice")
    with any_db.reading() as session:
        chosen = selection.read(session, [single, 4711, round_])
    assert [(one.submission.id, len(one.reports), one.files, one.is_ready) for one in chosen] == [
        (single, 1, 0, True), (round_, 3, 2, True)
    ]  # fmt: skip


def test_a_report_on_a_milestone_dropped_since_is_published_and_takes_nothing_up(
    any_db: Database, olga: StaffMember
) -> None:
    number = oksana(any_db)
    (report,) = reports_of(any_db, number)
    with any_db.transaction() as session:
        session.get_one(Milestone, report.milestone_id).state = MilestoneState.DROPPED
    with any_db.reading() as session:
        (read,) = progress.of_submission(session, number)
        assert progress.change_of(read) is None
        told = submissions.get(session, number).answers
        office = ReportProgress(told, Context(session, "de", channel="staff", entry_id=number), complete=True)
        assert office.answers["milestone"] == read.milestone
        again = ReportProgress(told, Context(session, "de"), complete=True)
        assert "not on this goal sheet" in again.errors["milestone"].to("en")
        assert again.raw["happened"]
    publish(any_db, olga, number)
    (report,) = reports_of(any_db, number)
    assert report.published_at
    assert report.milestone
    assert report.milestone.state is MilestoneState.DROPPED
