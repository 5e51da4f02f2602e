"""Feedback on goals: anonymous, counted once, sorted by the office, public when it is released."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models import clock, feedback, feedback_sorting, feedback_summary, groups, periods, retention, staff
from models.db import Database
from models.errors import Conflict, InvalidAnswer, NotAllowed
from models.events import Event, EventKind, EventState
from models.feedback import FeedbackEntry, Noted, Side
from models.feedback_summary import Summary
from models.groups import GroupCard
from models.programmes import Programme
from models.staff import StaffMember, StaffRole
from tests.models.together import at_once, in_transaction

GOAL = "7.49"


def card(session: Session) -> GroupCard:
    """The group of the goal."""
    return groups.directory(session).get(GOAL)


def say(session: Session, *points: Noted, key: str, event_id: int | None = None) -> bool:
    """Give feedback."""
    return feedback.take(session, card(session), event_id, points, key=key, channel="page", language="ar")


def employ(session: Session, role: StaffRole) -> StaffMember:
    """Somebody of the staff."""
    return staff.add(
        session, f"{role}@example.org", name="Mona Muster", role=role, password_hash="x", fields=[7]
    )


def conference(session: Session) -> Event:
    """An event of today."""
    programme = session.query(Programme).one()
    event = Event(
        programme_id=programme.id, kind=EventKind.CONFERENCE, title="Probekonferenz", state=EventState.OPEN,
        held_on=clock.today("Europe/Berlin"),
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def only(session: Session) -> Summary:
    """The one sheet that there is."""
    (found,) = feedback_summary.listed(session, hidden=True)
    return found


def test_a_form_that_arrives_twice_at_once_counts_once(any_db: Database) -> None:
    point = Noted(Side.ADAPT, "الموعد مبكر")
    second = at_once(
        any_db,
        lambda session: say(session, point, key="k"),
        in_transaction(any_db, lambda session: say(session, point, key="k")),
    )
    assert second.result() is False
    with any_db.reading() as session:
        whole = only(session)
        assert (whole.adapt.count, whole.stays.count, whole.forms, whole.event) == (1, 0, 1, None)


def test_first_points_at_once_share_one_sheet(any_db: Database) -> None:
    for event in (False, True):
        with any_db.transaction() as session:
            event_id = conference(session).id if event else None
        at_once(
            any_db,
            lambda session, e=event_id: say(session, key=f"a{e}", event_id=e),  # type: ignore[misc]
            in_transaction(any_db, lambda session, e=event_id: say(session, key=f"b{e}", event_id=e)),  # type: ignore[misc]
        ).result()
    with any_db.reading() as session:
        assert [one.no_remarks for one in feedback_summary.listed(session)] == [2, 2]


def test_paper_and_screen_are_counted_together(any_db: Database) -> None:
    with any_db.transaction() as session:
        mona = employ(session, StaffRole.MODERATOR)
        say(session, Noted(Side.STAYS, "Es hilft"), key="a")
        say(session, key="b")
        typed = feedback_sorting.noted("Es hilft! ×3\n\nZu spät (x2)\nNur einmal", Side.STAYS)
        assert [(one.words, one.times) for one in typed] == [
            ("Es hilft!", 3), ("Zu spät", 2), ("Nur einmal", 1),
        ]  # fmt: skip
        for _again in range(2):
            feedback_sorting.type_in(session, mona, card(session), None, typed, 4, key="p", language="de")
    with any_db.reading() as session:
        whole = only(session)
        assert (whole.stays.count, whole.no_remarks, whole.forms) == (7, 5, 2)


def test_points_are_put_into_topics_and_two_do_not_undo_each_other(any_db: Database) -> None:
    with any_db.transaction() as session:
        mona = employ(session, StaffRole.MODERATOR)
        say(session, Noted(Side.ADAPT, "Zu früh"), Noted(Side.ADAPT, "Zu viel"), key="a")
        whole = only(session)
        time = feedback_sorting.add_topic(session, mona, whole.sheet_id, Side.ADAPT, "Zeit")
        other = feedback_sorting.add_topic(session, mona, whole.sheet_id, Side.ADAPT, "Anderes")
    early, much = whole.adapt.loose

    def put(session: Session, topic_id: int, german: str) -> object:
        return feedback_sorting.sort(
            session, mona, early.id, seen=early.version, german=german, topic_id=topic_id, is_hidden=False
        )

    second = at_once(
        any_db,
        lambda session: put(session, time.id, "Zu früh am Tag"),
        in_transaction(any_db, lambda session: put(session, other.id, "Anders")),
    )
    assert isinstance(second.exception(), Conflict)
    with any_db.transaction() as session:
        feedback_sorting.sort(session, mona, much.id, seen=1, german="", topic_id=other.id, is_hidden=True)
        topics = {one.title: one for one in only(session).adapt.topics}
        assert (topics["Zeit"].count, topics["Anderes"].count) == (1, 0), "what is hidden does not count"
        feedback_sorting.merge_topics(session, mona, whole.sheet_id, other.id, time.id)
        (left,) = only(session).adapt.topics
        assert [one.german for one in left.points] == ["Zu früh am Tag", ""]
        with pytest.raises(InvalidAnswer):
            feedback_sorting.merge_topics(session, mona, whole.sheet_id, time.id, time.id)


def test_everybody_sees_it_only_once_the_office_says_so(any_db: Database) -> None:
    with any_db.transaction() as session:
        mona, olga = employ(session, StaffRole.MODERATOR), employ(session, StaffRole.OFFICER)
        tom = employ(session, StaffRole.REVIEWER)
        say(session, Noted(Side.ADAPT, "Zu früh"), key="a")
        whole = only(session)
        assert feedback_summary.released(session, whole.card.id) == []
        with pytest.raises(NotAllowed):
            feedback_sorting.set_released(session, mona, whole.sheet_id, is_released=True)
        with pytest.raises(NotAllowed):
            feedback_sorting.add_topic(session, tom, whole.sheet_id, Side.ADAPT, "Zeit")
        feedback_sorting.set_released(session, olga, whole.sheet_id, is_released=True)
        assert [one.adapt.count for one in feedback_summary.released(session, whole.card.id)] == [1]


def test_words_go_after_two_years_and_counts_stay(any_db: Database) -> None:
    with any_db.transaction() as session:
        say(session, Noted(Side.ADAPT, "Zu früh"), key="a")
    with clock.frozen(clock.now() + periods.KINDS["feedback"].default - timedelta(days=2)):
        assert retention.prune(any_db)["words of feedback"] == 0
    with clock.frozen(clock.now() + periods.KINDS["feedback"].default + timedelta(days=2)):
        assert retention.prune(any_db)["words of feedback"] == 1
    with any_db.reading() as session:
        whole = only(session)
        assert (whole.adapt.count, whole.adapt.loose[0].words) == (1, "")
        assert isinstance(session.query(FeedbackEntry).one().given_on, date)
