"""Meeting notices and minutes: how days and times are read, who is believed at once, what is public when."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, groups, leads, meetings, staff, submissions
from models.changes import Author
from models.db import Database
from models.errors import Conflict
from models.forms import FORMS, review
from models.forms.form import Form, Sender
from models.forms.meeting_minutes import MeetingMinutes
from models.forms.meeting_notice import MeetingNotice
from models.forms.meeting_questions import time_in
from models.forms.plan_meeting import the_day
from models.forms.questions import Context
from models.people import Person
from models.sheets import Meeting, MeetingState
from models.staff import StaffMember, StaffRole
from models.submissions import State, Submission
from models.when import When
from tests.models.test_meetings import group_id, letters_to, member
from translations import LANGUAGES

NOON = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)
NOTICE = {
    "group": "7.49", "day": "12.01.2027", "starts": "18 Uhr", "ends": "٢٠:٣٠", "place": "Rathaus",
    "agenda": "Sprachcafé", "languages": "ar de",
}  # fmt: skip


def filled(session: Session, slug: str, answers: dict[str, str], person: Person | None) -> Form:
    """A form as a known person fills it in on a page."""
    return FORMS[slug](answers, Context(session, "de", person=person), complete=True)


def send(session: Session, slug: str, answers: dict[str, str], person: Person) -> Submission:
    """Send it, and return the entry."""
    form = filled(session, slug, answers, person)
    assert form.is_complete, form.errors
    receipt = form.submit(session, Sender("page", "de", f"{slug}{len(answers)}{answers.get('day')}", person))
    assert receipt.submission_id is not None
    return submissions.get(session, receipt.submission_id)


def officer(session: Session) -> StaffMember:
    """Somebody of the office."""
    return staff.add(session, "olga@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="-")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("18 Uhr", "18:00"), ("18.30", "18:30"), ("18:30 Uhr", "18:30"), ("9", "09:00"), ("18h30", "18:30"),
        ("1830", "18:30"), ("6 pm", "18:00"), ("12 am", "00:00"), ("6:15 p.m.", "18:15"), ("١٨:٣٠", "18:30"),
        ("الساعة ١٨", "18:00"), ("о 18:00", "18:00"), ("saat 18:00", "18:00"), ("ab 18 Uhr 30", "18:30"),
        ("24", None), ("18:60", None), ("13 pm", None), ("abends", None), ("", None), ("18-20 Uhr", None),
    ],
)  # fmt: skip
def test_times_are_read_in_the_spellings_that_people_use(typed: str, read: str | None) -> None:
    assert time_in(typed) == read


def test_a_leads_notice_takes_effect_at_once_and_lands_accepted(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, boris = member(session, "Amina"), member(session, "Boris")
        leads.appoint(session, group_id(session), amina)
        entry = send(session, MeetingNotice.slug, NOTICE, amina)
        assert entry.state is State.ACCEPTED
        assert [one.step.value for one in submissions.history_of(session, entry.id)] == ["accepted"]
        ((meeting, _group),) = meetings.coming(session, group_id(session), today=date(2027, 1, 4))
        assert (meeting.starts, meeting.ends, meeting.place) == ("18:00", "20:30", "Rathaus")
        assert (meeting.languages, meeting.submission_id) == (["de", "ar"], entry.id)
        assert len(letters_to(session, boris)) == 1


def test_a_members_notice_waits_until_the_office_accepts_it(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, boris = member(session, "Amina"), member(session, "Boris")
        entry = send(session, MeetingNotice.slug, NOTICE, amina)
        assert entry.state is State.RECEIVED
        assert session.scalar(sa.select(sa.func.count(Meeting.id)).where(Meeting.starts == "18:00")) == 0
        assert letters_to(session, boris) == []
        review.accept(session, officer(session), entry.id, version=entry.version)
        assert len(meetings.coming(session, group_id(session), today=date(2027, 1, 4))) == 1
        assert len(letters_to(session, boris)) == 1
        assert [one.subject.msgid for one in letters_to(session, amina)][-1] == "Your meeting is announced"


def test_slips_are_pointed_out_and_inexact_days_are_taken_with_a_word_on_what_that_means(
    any_db: Database,
) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        person = member(session, "Amina")
        wrong = {
            "Mo, 12.01.2027": "Tuesday, 12 January 2027", "12.01.2026": "year", "": "when the meeting is",
        }  # fmt: skip
        for day, words in wrong.items():
            form = filled(session, MeetingNotice.slug, {**NOTICE, "day": day}, person)
            assert words in form.errors["day"].to("en")
        form = filled(session, MeetingNotice.slug, {**NOTICE, "day": "Ende Januar"}, person)
        assert form.is_complete
        said = next(words for question, words in form.summary() if question.name == "day").to("en")
        assert "Ende Januar" in said
        assert "calendars" in said
        form = filled(session, MeetingNotice.slug, {**NOTICE, "ends": "17:00"}, person)
        assert "end before" in form.errors["ends"].to("en")


def test_the_time_beside_the_day_is_offered(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        answers = {"group": "7.49", "day": "12.01.2027, 18-20 Uhr"}
        form = MeetingNotice(answers, Context(session, "de", channel="chat"))
        assert form.next_question is MeetingNotice.starts
        assert MeetingNotice.starts.suggestion(form.context) == "18:00"
        assert MeetingNotice.ends.suggestion(form.context) == "20:00"


def test_minutes_are_public_after_the_offices_look_and_the_next_meeting_is_planned(any_db: Database) -> None:
    later = NOON + timedelta(days=9)
    with clock.frozen(NOON), any_db.transaction() as session:
        amina = member(session, "Amina")
        leads.appoint(session, group_id(session), amina)
        send(session, MeetingNotice.slug, NOTICE, amina)
        ((meeting, number),) = meetings.coming(session, group_id(session), today=NOON.date())
    with clock.frozen(later), any_db.transaction() as session:
        answers = {
            "group": "7.49", "meeting": str(meeting.id), "text": "Wir haben …", "present": "١٢",
            "decisions": "Ein Flyer", "next_day": "2027-02-09",
        }  # fmt: skip
        person = session.get_one(Person, amina.id)
        question = MeetingMinutes.meeting
        offered = question.options(
            Context(session, "de", answers={"group": groups.directory(session).get("7.49")})
        )
        assert str(meeting.id) in [one.key for one in offered]
        entry = send(session, MeetingMinutes.slug, answers, person)
        known = session.get_one(Meeting, meeting.id)
        assert (known.minutes, known.state) == ("", MeetingState.PLANNED)
        review.accept(session, officer(session), entry.id, version=entry.version)
        assert (known.minutes, known.present, known.decisions) == ("Wir haben …", 12, "Ein Flyer")
        ((following, _g),) = meetings.coming(session, number, today=later.date())
        assert following.held.earliest == date(2027, 2, 9)


def test_minutes_of_an_unplanned_meeting_tell_nobody_that_the_group_meets(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, boris = member(session, "Amina"), member(session, "Boris")
        answers = {"group": "7.49", "meeting": "other", "day": "2026-12-20", "text": "Kurz."}
        entry = send(session, MeetingMinutes.slug, answers, amina)
        review.accept(session, officer(session), entry.id, version=entry.version)
        found = session.scalars(sa.select(Meeting).where(Meeting.minutes == "Kurz.")).one()
        assert (found.held.earliest, found.state) == (date(2026, 12, 20), MeetingState.HELD)
        assert letters_to(session, boris) == []


def test_minutes_of_a_meeting_that_was_called_off_are_refused_clearly(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, olga = member(session, "Amina"), officer(session)
        by = Author(staff_id=olga.id)
        meeting = meetings.plan(session, group_id(session), held=When.parse("2027-01-04"), by=by)
        answers = {"group": "7.49", "meeting": str(meeting.id), "text": "Kurz."}
        entry = send(session, MeetingMinutes.slug, answers, amina)
        meetings.cancel(session, meeting, by=by)
        with pytest.raises(Conflict, match="cancelled"):
            review.accept(session, olga, entry.id, version=entry.version)


@pytest.mark.parametrize("tag", [entry.tag for entry in LANGUAGES])
def test_the_example_of_a_day_that_is_not_settled_is_understood_as_it_stands(tag: str) -> None:
    said = the_day().hint.to(tag)
    assert When.parse(said.rsplit(": ", 1)[1].rstrip(".")).earliest, said
