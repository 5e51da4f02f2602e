"""Meetings: who plans them, who hears of them, what happens when they change."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import changes, clock, consents, groups, leads, meeting_letters, meetings, memberships, people
from models.changes import Author, SheetChange, Subject
from models.consents import Given
from models.db import Database
from models.errors import Conflict, InvalidAnswer, NotAllowed
from models.groups import WorkingGroup
from models.letters import Letter
from models.meeting_letters import News
from models.meetings import Details
from models.memberships import MembershipState, Role
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.sheets import MeetingState
from models.staff import StaffMember, StaffRole
from models.submissions import Arrival, arrive
from models.when import When

NOON = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)  # a Monday
DAY = When.parse("2027-01-12")


def office(session: Session) -> Author:
    """An officer."""
    olga = StaffMember(
        email="olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="-",
        created_at=clock.now(),
    )  # fmt: skip
    session.add(olga)
    session.flush()
    return Author(staff_id=olga.id)


def member(
    session: Session, name: str, *, agrees: bool = True, state: MembershipState = MembershipState.ACTIVE
) -> Person:
    """Somebody who asked to join 7.49 by e-mail, confirmed, and was taken in."""
    card = groups.directory(session).get("7.49")
    person_id, _known = people.meet(session, name=name, language="ar", email=f"{name.lower()}@example.org")
    person = session.get_one(Person, person_id)
    people.confirm_email(session, person)
    sent = Arrival("join-group", f"key-{name}", person_id, card.id, "page", "ar", card.to("de"), {})
    submission_id = arrive(session, sent) or 0
    memberships.join(session, person_id, card, role=Role.MEMBER, submission_id=submission_id)
    found = memberships.by_submission(session, submission_id)
    assert found is not None
    memberships.settle(session, found, state)
    if agrees:
        given = Given(consents.GROUP_UPDATES, 1, "Ja", "ar")
        consents.give(session, person_id, [given], submission_id=submission_id, channel="page")
    return person


def letters_to(session: Session, person: Person, *, dropped: bool = False) -> list[Letter]:
    """The letters on their way to somebody, the oldest first."""
    states = [DeliveryState.QUEUED, DeliveryState.HELD] + ([DeliveryState.DROPPED] if dropped else [])
    rows = session.scalars(
        sa.select(Message.words)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.person_id == person.id, Delivery.state.in_(states))
        .order_by(Delivery.id)
    )
    return [Letter.unpack(words) for words in rows]


def group_id(session: Session) -> int:
    """The id of the group 7.49, which nobody leads."""
    found = groups.directory(session).get("7.49").id
    session.execute(sa.update(WorkingGroup).where(WorkingGroup.id == found).values(contact_id=None))
    return found


def test_planning_tells_members_who_agreed_and_leads_each_once(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, boris = member(session, "Amina"), member(session, "Boris", agrees=False)
        carla, number = member(session, "Carla", state=MembershipState.ASKED), group_id(session)
        lead = groups.set_contact(session, number, name="Lea Beispiel", email="lea@example.org")
        leads.appoint(session, number, amina)
        meetings.plan(
            session, number, held=DAY, starts="18:00", ends="20:00", place="Haus der Vielfalt",
            by=office(session), agenda="Sprachcafé", languages=("de", "ar"),
        )  # fmt: skip
        assert [len(letters_to(session, one)) for one in (amina, lead, boris, carla)] == [1, 1, 0, 0]
        said = "\n".join(words.to("ar") for words in letters_to(session, amina)[0].paragraphs)
        assert "الثلاثاء" in said, "the weekday in words"
        assert "12 يناير 2027" in said
        assert "18:00" in said
        assert "العربية" in said
        assert letters_to(session, amina)[0].quote == "Sprachcafé"


def test_a_change_replaces_what_has_not_left_yet_and_a_cancellation_says_so(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, by = member(session, "Amina"), office(session)
        meeting = meetings.plan(session, group_id(session), held=DAY, starts="18:00", by=by)
        meetings.change(session, meeting, Details(DAY, "19:00"), by=by, sequence=0)
        meetings.change(session, meeting, Details(DAY, "19:00"), by=by)  # nothing new, nothing said
        (letter,) = letters_to(session, amina)
        assert "changed" in letter.subject.msgid
        meetings.cancel(session, meeting, by=by, reason="Raum gesperrt", sequence=1)
        (letter,) = letters_to(session, amina)
        assert "cancelled" in letter.subject.msgid
        assert letter.quote == "Raum gesperrt"
        assert len(letters_to(session, amina, dropped=True)) == 3
        assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 2)


def test_planning_the_same_day_twice_changes_the_one_that_is_there(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        by = office(session)
        first = meetings.plan(session, group_id(session), held=When.parse("12.01.2027"), by=by)
        again = meetings.plan(session, group_id(session), held=DAY, starts="17:30", by=by)
        assert again is first
        assert (again.held.wording, again.starts, again.sequence) == ("12.01.2027", "17:30", 1)
        meetings.cancel(session, again, by=by)
        revived = meetings.plan(session, group_id(session), held=DAY, starts="17:30", by=by)
        assert revived is first
        assert revived.state is MeetingState.PLANNED


def test_a_day_that_another_meeting_has_is_refused_clearly(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        by = office(session)
        meetings.plan(session, group_id(session), held=DAY, by=by)
        other = meetings.plan(session, group_id(session), held=When.parse("2027-02-12"), by=by)
        with pytest.raises(Conflict, match="on this day already"):
            meetings.change(session, other, Details(DAY), by=by)
        session.refresh(other)
        assert other.held.wording == "2027-02-12"


def test_only_leads_and_the_office_plan_and_nobody_overwrites_unseen(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, number = member(session, "Amina"), group_id(session)
        with pytest.raises(NotAllowed):
            meetings.plan(session, number, held=DAY, by=Author(person_id=amina.id))
        with pytest.raises(NotAllowed):
            meetings.plan(session, number, held=DAY, by=Author())
        leads.appoint(session, number, amina)
        meeting = meetings.plan(session, number, held=DAY, by=Author(person_id=amina.id))
        meetings.change(session, meeting, Details(DAY, "18:00"), by=Author(person_id=amina.id), sequence=0)
        with pytest.raises(Conflict, match="just changed"):
            meetings.change(session, meeting, Details(DAY, "19:00"), by=office(session), sequence=0)
        with pytest.raises(InvalidAnswer, match="end before"):
            meetings.change(session, meeting, Details(DAY, "19:00", "18:00"), by=Author(person_id=amina.id))


def test_every_change_stands_in_the_sheets_history(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        by, number = office(session), group_id(session)
        meeting = meetings.plan(session, number, held=DAY, starts="18:00", place="Rathaus", by=by)
        meetings.change(session, meeting, Details(DAY, "18:30", place="Rathaus"), by=by)
        meetings.cancel(session, meeting, by=by, reason="Krankheit")
        noted = [one for one in changes.of_group(session, number) if one.subject is Subject.MEETING]
        assert [(one.before, one.after, one.reason) for one in reversed(noted)] == [
            ("", "2027-01-12, 18:00, Rathaus", ""),
            ("2027-01-12, 18:00, Rathaus", "2027-01-12, 18:30, Rathaus", ""),
            ("2027-01-12, 18:30, Rathaus", "", "Krankheit"),
        ]
        assert {one.staff_id for one in noted} == {by.staff_id}
        assert session.scalar(sa.select(sa.func.count(SheetChange.id))) == len(noted)


def test_minutes_end_a_meeting_and_plan_the_next_one(any_db: Database) -> None:
    with clock.frozen(NOON + timedelta(days=9)), any_db.transaction() as session:
        by, number = office(session), group_id(session)
        meeting = meetings.plan(session, number, held=DAY, by=by)
        meetings.take_minutes(
            session, meeting, "Wir haben besprochen …", by=by, present=12, decisions="Ein Flyer",
            following=When.parse("Ende Januar 2027"),
        )  # fmt: skip
        assert (meeting.state, meeting.present) == (MeetingState.HELD, 12)
        (ahead,) = meetings.coming(session, number, today=date(2027, 1, 13))
        assert ahead.meeting.held.wording == "Ende Januar 2027"
        with pytest.raises(Conflict, match="over"):
            meetings.change(session, meeting, Details(DAY, "19:00"), by=by)


def test_a_person_sees_what_lies_ahead_in_their_groups(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, by, number = member(session, "Amina"), office(session), group_id(session)
        boris = member(session, "Boris", state=MembershipState.LEFT)
        later = meetings.plan(session, number, held=When.parse("2027-03-02"), by=by)
        soon = meetings.plan(session, number, held=DAY, by=by)
        unsettled = meetings.plan(session, number, held=When.parse("nach dem Fest"), by=by)
        meetings.plan(session, number, held=When.parse("2026-12-01"), by=by)
        today = date(2027, 1, 12)
        found = [one.meeting for one in meetings.of_person(session, amina.id, today=today)]
        assert found == [soon, later, unsettled]
        assert meetings.of_person(session, boris.id, today=today) == []
        assert len(meetings.of_person(session, amina.id, since=date(2026, 11, 1))) == 3


def test_many_members_are_told_in_batches_and_nobody_twice(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meeting_letters, "BATCH", 2)
    with clock.frozen(NOON), any_db.transaction() as session:
        everybody = [member(session, name) for name in ("Amina", "Boris", "Carla", "Dana", "Emil")]
        called = member(session, "Frieda")
        called.prefers, called.phone = ChannelKind.PHONE, "05251 1234567"
        number = group_id(session)
        meeting = meetings.plan(session, number, held=DAY, by=office(session))
        message_id = session.scalars(sa.select(Message.id).where(Message.kind == meeting_letters.KIND)).one()
        told = (session, message_id, meeting, number, News.PLANNED)
        sizes = [meeting_letters.send_batch(*told) for _turn in range(3)]
        assert sizes == [2, 1, 0]
        assert [len(letters_to(session, one)) for one in everybody] == [1] * 5
        assert letters_to(session, called) == []


def test_at_night_only_what_is_near_is_told(any_db: Database) -> None:
    night = datetime(2027, 1, 4, 22, 0, tzinfo=UTC)
    with clock.frozen(night), any_db.transaction() as session:
        member(session, "Amina")
        by = office(session)
        meetings.plan(session, group_id(session), held=DAY, by=by)
        meetings.plan(session, group_id(session), held=When.parse("2027-01-05"), by=by)
        waits = session.scalars(sa.select(Delivery.not_before).order_by(Delivery.id)).all()
        assert waits == [datetime(2027, 1, 5, 7, 0, tzinfo=UTC), night]


def test_the_night_is_the_regions_night(paderborn: Database) -> None:
    noon_in_berlin = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)
    there = Database(str(paderborn.url), "Pacific/Auckland")  # midnight there
    with clock.frozen(noon_in_berlin), there.transaction() as session:
        amina = member(session, "Amina")
        meetings.plan(session, group_id(session), held=DAY, starts="18:00", by=office(session))
        due = session.scalars(sa.select(Delivery.not_before).where(Delivery.person_id == amina.id)).one()
        assert due == datetime(2027, 1, 4, 19, 0, tzinfo=UTC), "eight in the morning of Auckland"
    there.close()
