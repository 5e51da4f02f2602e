"""The second step: each code works once, also for two at once; those written down as well."""

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from models import clock, factors, staff, vault
from models.db import Database
from models.errors import Conflict, InvalidAnswer
from models.settings import Settings
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


def _lock(db: Database, key: str) -> None:
    db.lock_with(vault.key_of(Settings(secret=key, _env_file=None)))


def test_the_secret_rests_sealed_and_for_its_own_account_only(any_db: Database) -> None:
    _lock(any_db, "a secret of tests")
    number = _employ(any_db)
    secret, _codes = _set_up(any_db, number)
    with any_db.transaction() as session:
        member = session.get_one(StaffMember, number)
        kept = member.totp_secret or ""
        assert secret not in kept
        assert base64.b32decode(secret) not in base64.urlsafe_b64decode(kept.removeprefix("v1."))
        other = staff.add(session, "b@example.org", name="Boris", role=StaffRole.ADMIN, password_hash="-")
        other.totp_secret = kept  # put there by who can write to the database
        assert factors.is_lost(session, other)
        assert not factors.is_lost(session, member)
    later = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    assert _takes(any_db, number, later)


def test_with_another_key_codes_written_down_still_open_and_the_way_out_is_a_reset(db: Database) -> None:
    _lock(db, "the first secret")
    number = _employ(db)
    secret, codes = _set_up(db, number)
    _lock(db, "another secret")
    later = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    assert not _takes(db, number, later)
    with db.transaction() as session:
        assert factors.take_recovery_code(session, number, codes[0])
        assert [one.id for one in factors.lost(session)] == [number]
        assert (factors.kept(session).lost, factors.seal_all(session)) == (1, 0)
        factors.reset(session, number)
        assert factors.is_due(session.get_one(StaffMember, number))
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        _set_up(db, number)
    with db.reading() as session:
        assert factors.lost(session) == []


@pytest.mark.parametrize("how", ["all at once", "when it is used"])
def test_what_rests_open_from_before_is_sealed(db: Database, how: str) -> None:
    number = _employ(db)
    secret, _codes = _set_up(db, number)  # without a lasting key nothing can be sealed
    with db.reading() as session:
        assert session.get_one(StaffMember, number).totp_secret == secret
        assert factors.kept(session) == factors.Kept(1, 0, 1)
    _lock(db, "a secret of tests")
    if how == "all at once":
        with db.transaction() as session:
            assert (factors.seal_all(session), factors.seal_all(session)) == (1, 0)
    later = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    assert _takes(db, number, later)
    with db.reading() as session:
        assert factors.kept(session) == factors.Kept(1, 0, 0)


def test_a_secret_that_is_made_up_at_each_start_seals_nothing() -> None:
    assert vault.key_of(Settings(_env_file=None)) == b""
