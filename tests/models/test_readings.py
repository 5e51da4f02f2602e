"""Measured figures: read as people write them, corrected, taken off, and told in the history."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from models import changes, figures, groups, readings, staff
from models.changes import Subject
from models.db import Database
from models.errors import InvalidAnswer, NotAllowed, NotFound
from models.figures import Figure
from models.importing import import_region
from models.readings import Course, Point, Reading
from models.staff import StaffMember, StaffRole
from models.when import When
from tests.conftest import REGION

UNDERSTOOD = {
    "12": "12", "12,5": "12.5", "12.5": "12.5", "1.234.567": "1234567", "1,234,567.5": "1234567.5",
    "1.234,5": "1234.5", "1 234,5": "1234.5", "12 %": "12", "12%": "12", "−4": "-4", "٣٫٥": "3.5",
    "0,125": "0.125", "-0": "0", "\u206812\u2069": "12",
}  # fmt: skip
REFUSED = [
    "",
    "abc",
    "1..2",
    "12.34.5",
    "1.234",
    "1,234",
    "999999999999",
    "1,2345",
    "1e5",
    "NaN",
    "5 Schulen",
]


@pytest.mark.parametrize(("raw", "value"), UNDERSTOOD.items())
def test_numbers_are_read_as_people_write_them(raw: str, value: str) -> None:
    assert figures.read(raw, "%") == Decimal(value)


@pytest.mark.parametrize("raw", REFUSED)
def test_what_may_mean_two_numbers_or_none_is_asked_for_again(raw: str) -> None:
    with pytest.raises(InvalidAnswer):
        figures.read(raw, "%")


@pytest.mark.parametrize("value", ["0", "12.5", "1.234", "-1.234", "1234567.891", "100"])
@pytest.mark.parametrize("tag", ["de", "en", "ar", "fr"])
def test_what_is_offered_for_changing_reads_as_the_same(value: str, tag: str) -> None:
    assert figures.read(figures.typed(Decimal(value), tag)) == Decimal(value)
    assert Figure.unkept(Figure(Decimal(value), "Schulen neu").kept()) == Figure(
        Decimal(value), "Schulen neu"
    )


def test_figures_are_said_in_the_reader_s_way() -> None:
    one = Figure(Decimal("1234.500"), "%")
    assert [one.to(tag) for tag in ("de", "en")] == ["1.234,5\u00a0%", "1,234.5\u00a0%"]
    assert one.to("ar") == "\u20681,234.5\u00a0%\u2069"


@pytest.fixture
def olga(any_db: Database) -> StaffMember:
    """An officer."""
    with any_db.transaction() as session:
        return staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )


@pytest.fixture
def enter(any_db: Database, olga: StaffMember) -> Callable[..., None]:
    """Enter a figure of goal 10.64."""

    def entered(value: str, day: str, source: str = "Jahresbericht (erfunden)") -> None:
        with any_db.transaction() as session:
            goal_id = groups.directory(session).get("10.64").goal_id
            readings.take(session, olga, goal_id, value, day, source)

    return entered


def _course(db: Database, number: str = "10.64") -> Course:
    with db.reading() as session:
        return readings.course(session, groups.directory(session).get(number).goal_id)


def test_a_figure_of_the_same_day_corrects_the_first(any_db: Database, enter: Callable[..., None]) -> None:
    enter("14,2 %", "31.12.2019")
    enter("12", "2022-12-31")
    enter("14,3", "31. Dezember 2019")
    course = _course(any_db)
    assert [(one.day, one.value) for one in course.readings] == [
        (date(2019, 12, 31), Decimal("14.3")), (date(2022, 12, 31), Decimal(12)),
    ]  # fmt: skip
    base = course.points[0]
    assert (base.day, base.value, base.id) == (date(2018, 9, 5), 15, None)
    with any_db.reading() as session:
        group = groups.directory(session).get("10.64")
        rows = changes.of_group(session, group.id)
    assert [(row.subject, row.about, row.before, row.after) for row in rows] == [
        (Subject.READING, "2019-12-31", "14.2 %", "14.3 %"),
        (Subject.READING, "2022-12-31", "", "12 %"),
        (Subject.READING, "2019-12-31", "", "14.2 %"),
    ]


def test_a_figure_can_be_taken_off_once(
    any_db: Database, olga: StaffMember, enter: Callable[..., None]
) -> None:
    enter("12", "31.12.2022")
    with any_db.transaction() as session:
        one = session.scalars(sa.select(Reading)).one()
        readings.remove(session, olga, one.goal_id, one.id)
    assert _course(any_db).readings == ()
    with any_db.transaction() as session, pytest.raises(NotFound):
        readings.remove(session, olga, one.goal_id, one.id)


WRONG = [("x", "31.12.2022", "Q"), ("1", "2022", "Q"), ("1", "31.12.2099", "Q"), ("1", "31.12.2022", " "),
         ("1", "31.12.2022", "Q" * 301)]  # fmt: skip


@pytest.mark.parametrize(("value", "day", "source"), WRONG)
def test_a_figure_without_its_day_or_source_is_refused(
    any_db: Database, enter: Callable[..., None], value: str, day: str, source: str
) -> None:
    with pytest.raises(InvalidAnswer):
        enter(value, day, source)
    assert _course(any_db).readings == ()


def test_who_no_longer_works_here_enters_nothing(any_db: Database, olga: StaffMember) -> None:
    with any_db.transaction() as session:
        staff.disable(session, olga.email)
    with any_db.transaction() as session, pytest.raises(NotAllowed):
        member = staff.by_email(session, "olga@example.org")
        assert member is not None
        readings.take(session, member, _course(any_db).goal_id, "1", "31.12.2022", "Q")


def test_target_unit_and_date_are_changed_and_told(any_db: Database, olga: StaffMember) -> None:
    goal_id = _course(any_db).goal_id
    with any_db.transaction() as session:
        readings.set_target(session, olga, goal_id, base="15", target="8,5", unit="%", deadline="Ende 2025")
    course = _course(any_db)
    assert (course.base, course.target, course.deadline.wording) == (15, Decimal("8.5"), "Ende 2025")
    with any_db.reading() as session:
        rows = changes.of_group(session, groups.directory(session).get("10.64").id)
    assert [(row.about, row.before, row.after) for row in rows] == [
        ("deadline", "2023", "Ende 2025"), ("target", "10 %", "8.5 %"),
    ]  # fmt: skip


def test_an_older_file_does_not_undo_what_the_office_set(any_db: Database, olga: StaffMember) -> None:
    goal_id = _course(any_db).goal_id
    with any_db.transaction() as session:
        readings.set_target(session, olga, goal_id, base="16", target="8,5", unit="%", deadline="Ende 2025")
    report = import_region(any_db, REGION)
    course = _course(any_db)
    assert (course.base, course.target, course.deadline.wording) == (
        Decimal(16), Decimal("8.5"), "Ende 2025"
    )  # fmt: skip
    assert any("10.64" in finding.words for finding in report.findings)
    assert _course(any_db, "4.29").target == 10


FALLS = Course(1, "%", Decimal(15), date(2018, 9, 5), Decimal(10), When.parse("2023"))
RISES = Course(1, "Schulen", None, None, Decimal(5), When.parse("2023"))


@pytest.mark.parametrize(
    ("course", "value", "is_reached"),
    [(FALLS, 12, False), (FALLS, 10, True), (FALLS, 9, True), (RISES, 4, False), (RISES, 5, True)],
)
def test_a_target_is_reached_from_the_side_of_the_base(course: Course, value: int, is_reached: bool) -> None:
    one = Point(date(2022, 12, 31), Decimal(value), "Q", 1)
    found = Course(
        1, course.unit, course.base, course.base_day, course.target, course.deadline, readings=(one,)
    )
    assert found.is_reached is is_reached


def test_measurable_goals_have_a_course(any_db: Database) -> None:
    with any_db.reading() as session:
        found = readings.courses(session)
        cards = {card.number for card in groups.directory(session).cards if card.goal_id in found}
    assert cards == {"4.29", "7.47", "10.64", "12.71", "12.72"}
