"""The office's side: asking back, accepting, declining, handing over; and what each of them tells people."""

import pytest
import sqlalchemy as sa

from models import clock, groups, people, staff, submissions
from models.db import Database
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed, NotFound
from models.forms import review
from models.groups import WorkingGroup
from models.letters import Letter
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.staff import StaffMember, StaffRole
from models.submissions import State, Step, Submission
from tests.models.forms.test_join import AMINA, join


@pytest.fixture
def olga(any_db: Database) -> StaffMember:
    """An officer; Amina has signed up for 7.49, which has a contact person."""
    with any_db.transaction() as session:
        member = staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )
        now = clock.now()
        kim = Person(name="Kim Kontakt", language="de", email="kim@example.org", email_confirmed_at=now,
                     prefers=ChannelKind.EMAIL, met_at=now, seen_at=now)  # fmt: skip
        session.add(kim)
        session.flush()
        card = groups.directory(session).get("7.49")
        session.execute(sa.update(WorkingGroup).where(WorkingGroup.id == card.id).values(contact_id=kim.id))
    join(any_db, AMINA, "amina-1")
    return member


def entry(db: Database) -> Submission:
    """Return Amina's entry."""
    with db.reading() as session:
        found = submissions.by_key(session, "amina-1")
        assert found is not None
        return found


def letters(db: Database, kind: str) -> list[tuple[str, Letter, DeliveryState]]:
    """Return (address, letter, state) of all letters of a kind."""
    with db.reading() as session:
        rows = session.execute(
            sa.select(Person.email, Message.words, Delivery.state)
            .join(Delivery, Delivery.message_id == Message.id)
            .join(Person, Person.id == Delivery.person_id)
            .where(Message.kind == kind)
            .order_by(Person.email)
        ).all()
    return [(row[0], Letter.unpack(row[1]), row[2]) for row in rows]


def test_a_question_goes_out_and_its_answer_lands_on_the_same_entry(
    any_db: Database, olga: StaffMember
) -> None:
    one = entry(any_db)
    with any_db.transaction() as session:
        review.ask_back(session, olga, one.id, version=1, question="Wann haben Sie Zeit?")
    assert entry(any_db).state is State.RETURNED
    ((address, letter, state),) = letters(any_db, "asked-back")
    assert (address, letter.quote, state) == ("amina@example.org", "Wann haben Sie Zeit?", DeliveryState.HELD)
    with any_db.transaction() as session:
        amina = people.by_email(session, "amina@example.org")
        assert amina is not None
        assert review.answer(session, amina, one.id, "مساءً", channel="chat", language="ar")
        assert not review.answer(session, amina, one.id, "مساءً", channel="chat", language="ar"), (
            "twice is once"
        )
    assert entry(any_db).state is State.ANSWERED
    with any_db.reading() as session:
        steps = [(e.step, e.words) for e in submissions.history_of(session, one.id)]
    assert steps == [(Step.ASKED_BACK, "Wann haben Sie Zeit?"), (Step.ANSWERED, "مساءً")]


def test_nobody_answers_for_somebody_else(any_db: Database, olga: StaffMember) -> None:
    one = entry(any_db)
    with any_db.transaction() as session:
        review.ask_back(session, olga, one.id, version=1, question="Wann?")
    with any_db.transaction() as session:
        kim = people.by_email(session, "kim@example.org")
        assert kim is not None
        with pytest.raises(NotFound):
            review.answer(session, kim, one.id, "nie", channel="page", language="de")


def test_one_click_hands_the_contact_over_and_tells_both(any_db: Database, olga: StaffMember) -> None:
    one = entry(any_db)
    with any_db.transaction() as session:
        review.hand_over(session, olga, one.id, version=one.version)
    told = letters(any_db, "handed-over")
    assert [address for address, _letter, _state in told] == ["amina@example.org", "kim@example.org"]
    to_kim = " ".join(words.to("de") for words in told[1][1].paragraphs)
    assert "Amina Beispiel" in to_kim
    assert "amina@example.org" in to_kim
    with any_db.reading() as session:
        assert session.scalars(sa.select(Membership.state)).one() is MembershipState.ACTIVE
    with any_db.transaction() as session, pytest.raises(Conflict):
        review.hand_over(session, olga, one.id, version=entry(any_db).version)


def test_without_consent_no_contact_is_passed_on(any_db: Database, olga: StaffMember) -> None:
    join(any_db, {**AMINA, "pass_on": "", "email": "boris@example.org", "group": "1.2"}, "boris-1")
    with any_db.reading() as session:
        boris = submissions.by_key(session, "boris-1")
    assert boris is not None
    with any_db.transaction() as session:
        card = groups.directory(session).get("1.2")
        kim = people.by_email(session, "kim@example.org")
        session.execute(sa.update(WorkingGroup).where(WorkingGroup.id == card.id).values(contact_id=kim.id))  # type: ignore[union-attr]
    with any_db.transaction() as session, pytest.raises(NotAllowed):
        review.hand_over(session, olga, boris.id, version=1)


def test_two_officers_on_one_entry_do_not_overwrite_each_other(any_db: Database, olga: StaffMember) -> None:
    one = entry(any_db)
    with any_db.transaction() as session:
        review.accept(session, olga, one.id, version=1)
    with any_db.transaction() as session, pytest.raises(Conflict):
        review.reject(session, olga, one.id, version=1, reason="voll")
    assert entry(any_db).state is State.ACCEPTED
    assert letters(any_db, "declined") == []


def test_a_decline_needs_a_reason_and_gives_it(any_db: Database, olga: StaffMember) -> None:
    one = entry(any_db)
    with any_db.transaction() as session, pytest.raises(InvalidAnswer):
        review.reject(session, olga, one.id, version=1, reason="  ")
    with any_db.transaction() as session:
        review.reject(session, olga, one.id, version=1, reason="Die Gruppe ist voll.")
    assert letters(any_db, "declined")[0][1].quote == "Die Gruppe ist voll."
    with any_db.reading() as session:
        assert session.scalars(sa.select(Membership.state)).one() is MembershipState.DECLINED


@pytest.mark.parametrize("action", ["ask_back", "accept", "reject", "hand_over"])
def test_a_closed_account_can_do_nothing(any_db: Database, olga: StaffMember, action: str) -> None:
    words = {"ask_back": {"question": "?"}, "reject": {"reason": "?"}}.get(action, {})
    with any_db.transaction() as session:
        closed = staff.disable(session, "olga@example.org")
        with pytest.raises(DomainError):
            getattr(review, action)(session, closed, entry(any_db).id, version=1, **words)


def test_letters_name_the_group_in_the_language_of_whoever_reads(any_db: Database, olga: StaffMember) -> None:
    one = entry(any_db)
    with any_db.transaction() as session:
        name = groups.directory(session).get("7.49").title.to("ar")
        review.ask_back(session, olga, one.id, version=1, question="Wann?")
        review.reject(session, olga, one.id, version=2, reason="Es ist voll.")
    for kind in ("asked-back", "declined"):
        ((_address, letter, _state),) = letters(any_db, kind)
        assert name in letter.paragraphs[0].to("ar")
        assert "Patenschaftsmodelle" in letter.paragraphs[0].to("de")
