"""Sign-up: one membership, whatever is pressed twice, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from models import consents, groups, memberships, people, submissions
from models.consents import Consent
from models.db import Database
from models.errors import Conflict
from models.forms import JoinGroup
from models.forms.form import Receipt, Sender
from models.forms.questions import Context
from models.forms.receive import SentBefore
from models.groups import WorkingGroup
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.submissions import State, Submission

AMINA = {"group": "7.49", "name": "Amina Beispiel", "role": "member", "reach": "email",
         "email": "amina@example.org", "pass_on": "yes"}  # fmt: skip


def join(db: Database, raw: dict[str, str], key: str, language: str = "ar") -> Receipt:
    """Sign up as a page does."""
    with db.reading() as session:
        form = JoinGroup(raw, Context(session, language), complete=True)
        assert form.is_complete, form.errors
        with db.transaction() as writing:
            return form.submit(writing, Sender("page", language, key))


def count(db: Database, table: type) -> int:
    """Return how many rows a table has."""
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_sign_up_is_one_submission_one_membership_one_letter(any_db: Database) -> None:
    before = count(any_db, Person)
    join(any_db, AMINA, "key-1")
    with any_db.reading() as session:
        submission = session.scalars(sa.select(Submission)).one()
        membership = session.scalars(sa.select(Membership)).one()
        consent = session.scalars(sa.select(Consent)).one()
        delivery = session.scalars(sa.select(Delivery)).one()
    assert (submission.state, submission.language, submission.answers["name"]) == (
        State.RECEIVED,
        "ar",
        "Amina Beispiel",
    )
    assert membership.state is MembershipState.ASKED
    assert (consent.purpose, consent.language, consent.version) == (consents.CONTACT_RELAY, "ar", 1)
    assert consent.wording == JoinGroup.pass_on.label.to("ar")
    assert delivery.state is DeliveryState.QUEUED
    assert count(any_db, Person) == before + 1


def test_the_same_form_sent_twice_is_one(any_db: Database) -> None:
    join(any_db, AMINA, "key-1")
    with pytest.raises(SentBefore):
        join(any_db, AMINA, "key-1")
    assert [count(any_db, table) for table in (Submission, Membership, Delivery)] == [1, 1, 1]


def test_the_same_person_in_two_forms_stays_one_member_and_is_not_renamed(any_db: Database) -> None:
    join(any_db, AMINA, "key-1")
    join(any_db, {**AMINA, "name": "Somebody Else", "email": "AMINA@example.org"}, "key-2")
    with any_db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Membership.id))) == 1
        assert people.by_email(session, "amina@example.org").name == "Amina Beispiel"  # type: ignore[union-attr]
        states = session.scalars(sa.select(Submission.state).order_by(Submission.id)).all()
        signups = session.scalars(sa.select(WorkingGroup.signups).where(WorkingGroup.signups > 0)).all()
    assert list(states) == [State.RECEIVED, State.REPEATED]
    assert list(signups) == [1]


def test_thirty_taps_at_once_stay_one_member(any_db: Database) -> None:
    def tap(n: int) -> str:
        try:
            join(any_db, AMINA, f"key-{n % 10}")
        except SentBefore:
            return "before"
        return "new"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(tap, range(30)))
    assert answers.count("new") == 10
    assert [count(any_db, table) for table in (Submission, Membership)] == [10, 1]


def test_nothing_stays_of_a_sign_up_for_a_closed_group(any_db: Database) -> None:
    with any_db.transaction() as session:
        session.execute(sa.update(WorkingGroup).values(is_open=False))
    before = count(any_db, Person)
    with pytest.raises(Conflict):
        join(any_db, AMINA, "key-1")
    assert [count(any_db, table) for table in (Submission, Membership, Message)] == [0, 0, 0]
    assert count(any_db, Person) == before


def test_who_has_left_may_come_back(any_db: Database) -> None:
    join(any_db, AMINA, "key-1")
    with any_db.transaction() as session:
        card = groups.directory(session).get("7.49")
        person = people.by_email(session, "amina@example.org")
        memberships.leave(session, person.id, card.id)  # type: ignore[union-attr]
    with any_db.reading() as session:
        first = submissions.by_key(session, "key-1")
    assert first is not None
    assert first.state is State.WITHDRAWN, "the office need not look at it any more"
    join(any_db, {**AMINA, "role": "lead"}, "key-2")
    with any_db.reading() as session:
        membership = session.scalars(sa.select(Membership)).one()
        newest = submissions.by_key(session, "key-2")
    assert (membership.state, membership.role.value) == (MembershipState.ASKED, "lead")
    assert newest is not None
    assert membership.submission_id == newest.id


def test_people_without_an_address_are_known_apart(any_db: Database) -> None:
    raw = {
        "group": "7.49",
        "name": "Boris Muster",
        "role": "member",
        "reach": "phone",
        "phone": "05251 123456",
    }
    before = count(any_db, Person)
    join(any_db, raw, "key-1")
    join(any_db, raw, "key-2")
    assert count(any_db, Person) == before + 2
    assert count(any_db, Delivery) == 0, "the office calls; nothing is sent"


def test_somebody_elses_address_given_in_chat_is_written_to_by_nobody(any_db: Database) -> None:
    join(any_db, AMINA, "key-1")
    with any_db.transaction() as session:
        boris = people.by_chat(session, 4711, language="de")
        raw = {**AMINA, "name": "Boris Muster", "group": "1.2", "organisation": "", "updates": "no"}
        form = JoinGroup(raw, Context(session, "de", channel="chat", person=boris))
        assert form.is_complete
        form.submit(session, Sender("chat", "de", "key-2", boris))
        assert boris.email is None
        sent = session.execute(
            sa.select(Message.kind, Delivery.channel)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Delivery.person_id == boris.id)
        ).all()
    assert [tuple(row) for row in sent] == [("received", people.ChannelKind.TELEGRAM)]
