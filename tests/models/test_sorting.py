"""Lists of names: the same order for a reader on both databases, whose own orders differ."""

import pytest

from models import ownerships, staff
from models.db import Database
from models.programmes import Body, BodyKind
from models.staff import StaffRole

ORDERS = [
    ("de", ["Adlerhof", "Arndtschule", "Ärztekammer", "Oberstufe", "Ökumene", "Ostwald", "Übergang", "Ufer"]),
    ("tr", ["Çocuk", "Irmak", "İpek", "Oya", "Ömer", "Sevgi", "Şen", "Zeki"]),
    ("uk", ["Галина", "Ґалаґан", "Євген", "Жанна", "Ігор", "Їжак", "Йосип", "Яна"]),
    ("ar", ["أحمد", "باسم", "خالد", "فاطمة", "كريم", "هالة", "وليد", "يوسف"]),
    ("fa", ["آرش", "احمد", "پریسا", "چنگیز", "کاوه", "گلنار", "وحید", "هما"]),
]


@pytest.mark.parametrize(("tag", "names"), ORDERS, ids=[tag for tag, _names in ORDERS])
def test_bodies_and_accounts_are_found_where_readers_look(
    any_db: Database, tag: str, names: list[str]
) -> None:
    with any_db.transaction() as session:
        for number, name in enumerate(reversed(names)):
            session.add(Body(name=name, kind=BodyKind.ADVISORY))
            staff.add(session, f"s{number}@example.org", name=name, role=StaffRole.OFFICER, password_hash="x")
    with any_db.reading() as session:
        bodies = [one.name for one in ownerships.bodies(session, tag)]
        accounts = [one.name for one in staff.everyone(session, tag)]
    assert [name for name in bodies if name in names] == names
    assert [name for name in accounts if name in names] == names
