"""Passwords of the office: kept as OWASP wants it, and told apart."""

import pytest
from argon2 import Type, extract_parameters

from models import staff
from models.errors import InvalidAnswer

PASSWORD = "a sentence that nobody guesses"


def test_a_password_is_hashed_dearly_and_never_twice_alike() -> None:
    one, two = staff.hash_password(PASSWORD), staff.hash_password(PASSWORD)
    assert one != two
    asked = extract_parameters(one)
    assert asked.type is Type.ID
    assert asked.memory_cost >= 19_456
    assert asked.time_cost >= 2
    assert staff.fits(PASSWORD, one)
    assert not staff.fits(f"{PASSWORD}!", one)
    assert not staff.fits(PASSWORD, None)
    assert not staff.fits(PASSWORD, "no hash at all")


def test_a_short_password_is_refused() -> None:
    with pytest.raises(InvalidAnswer):
        staff.hash_password("x" * (staff.MIN_PASSWORD - 1))
