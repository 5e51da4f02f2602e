"""What the privacy page promises about time: two years after the last contact, not while in a group."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from models import clock, memberships, people, retention, submissions
from models.db import Database
from models.people import Person
from tests.models.forms.test_join import AMINA, join

TWO_YEARS = timedelta(days=731)


@pytest.fixture
def amina(any_db: Database) -> int:
    """Amina has signed up and confirmed her address."""
    join(any_db, AMINA, "a1")
    with any_db.transaction() as session:
        person = people.by_email(session, "amina@example.org")
        assert person is not None
        people.confirm_email(session, person)
        return person.id


def exists(db: Database, person_id: int) -> bool:
    """Tell whether a person is still stored."""
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count(Person.id)).where(Person.id == person_id)) == 1


def leave(db: Database, person_id: int) -> None:
    """Leave every group."""
    with db.transaction() as session:
        for one in memberships.of_person(session, person_id):
            memberships.leave(session, person_id, one.group_id)


def test_who_is_in_a_group_is_not_forgotten(any_db: Database, amina: int) -> None:
    with clock.frozen(clock.now() + TWO_YEARS):
        with any_db.reading() as session:
            assert retention.outlook(session, clock.now())["inactive"].due == 0
        retention.prune(any_db)
    assert exists(any_db, amina)


def test_who_has_left_is_erased_two_years_after_the_last_contact(any_db: Database, amina: int) -> None:
    leave(any_db, amina)
    with clock.frozen(clock.now() + timedelta(days=700)):
        retention.prune(any_db)
        assert exists(any_db, amina)
    with clock.frozen(clock.now() + TWO_YEARS):
        assert retention.prune(any_db)["people not heard of for long"] == 1
    assert not exists(any_db, amina)
    with any_db.reading() as session:
        submission = submissions.by_key(session, "a1")
    assert submission is None or submission.answers == {}


def test_being_in_touch_counts_from_then_on(any_db: Database, amina: int) -> None:
    leave(any_db, amina)
    with clock.frozen(clock.now() + timedelta(days=400)), any_db.transaction() as session:
        person = people.get(session, amina)
        assert person is not None
        people.notice(person)
    with clock.frozen(clock.now() + TWO_YEARS):
        retention.prune(any_db)
    assert exists(any_db, amina)
