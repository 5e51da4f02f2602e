"""The second step: each code works once, also for two at once; those written down as well."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from models import clock, factors, staff
from models.db import Database
from models.errors import Conflict, InvalidAnswer
from models.staff import StaffMember, StaffRole
from tests.models.together import at_once, in_transaction

NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


def _employ(db: Database) -> int:
    with db.transaction() as session:
        return staff.add(
            session, "ada@example.org", name="Ada Beispiel", role=StaffRole.ADMIN, password_hash="-"
        ).id


def _set_up(db: Database, number: int) -> tuple[str, list[str]]:
    secret = factors.new_secret()
    with db.transaction() as session:
        codes = factors.set_up(session, number, secret, pyotp.TOTP(secret).at(clock.now()))
    return secret, codes


def _takes(db: Database, number: int, code: str) -> bool:
    with db.transaction() as session:
        return factors.take_code(session, number, code)


def test_it_is_on_once_the_app_shows_the_right_code(db: Database) -> None:
    number, secret = _employ(db), factors.new_secret()
    with clock.frozen(NOON), db.transaction() as session:
        wrong = pyotp.TOTP(secret).at(NOON + timedelta(hours=1))
        with pytest.raises(InvalidAnswer):
            factors.set_up(session, number, secret, wrong)
        with pytest.raises(InvalidAnswer):
            factors.set_up(session, number, "A", "000000")
        assert factors.is_due(session.get_one(StaffMember, number))
        codes = factors.set_up(session, number, secret, pyotp.TOTP(secret).at(NOON))
        assert len(set(codes)) == 8
        member = session.get_one(StaffMember, number)
        assert not factors.is_due(member)
        assert not set(codes) & set(member.recovery_codes)
        with pytest.raises(Conflict):
            factors.set_up(session, number, secret, "000000")


def test_a_code_works_once_and_for_a_minute(db: Database) -> None:
    number = _employ(db)
    with clock.frozen(NOON):
        secret, _codes = _set_up(db, number)
    app = pyotp.TOTP(secret)
    with clock.frozen(NOON + timedelta(seconds=90)):
        now = clock.now()
        assert not _takes(db, number, app.at(now - timedelta(seconds=90)))
        assert not _takes(db, number, app.at(now + timedelta(seconds=90)))
        assert not _takes(db, number, "")
        spaced = app.at(now)
        assert _takes(db, number, f" {spaced[:3]} {spaced[3:]}")
        assert not _takes(db, number, app.at(now))
        assert not _takes(db, number, app.at(now - timedelta(seconds=30)))  # an older one neither
        assert _takes(db, number, app.at(now + timedelta(seconds=30)))


def test_two_who_send_the_same_code_at_once_do_not_both_get_in(any_db: Database) -> None:
    number = _employ(any_db)
    secret = factors.new_secret()
    with any_db.transaction() as session:
        session.get_one(StaffMember, number).totp_secret = secret
    code = pyotp.TOTP(secret).at(clock.now())
    first: list[bool] = []
    second = at_once(
        any_db,
        lambda session: first.append(factors.take_code(session, number, code)),
        in_transaction(any_db, lambda session: factors.take_code(session, number, code)),
    )
    assert (first, second.result()) == ([True], False)


def test_a_code_written_down_works_once(db: Database) -> None:
    number = _employ(db)
    _secret, codes = _set_up(db, number)
    with db.transaction() as session:
        assert not factors.take_recovery_code(session, number, "aaaaa-bbbbb-ccccc")
        assert factors.take_recovery_code(session, number, codes[3].upper().replace("-", " "))
        assert not factors.take_recovery_code(session, number, codes[3])
        assert len(session.get_one(StaffMember, number).recovery_codes) == 7
        factors.turn_off(session, number)
        assert not factors.take_recovery_code(session, number, codes[0])
