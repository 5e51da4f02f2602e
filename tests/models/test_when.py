"""Inexact dates: every wording of the Paderborn files and those that people will write next."""

import csv
from datetime import date, time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, composite, mapped_column

from models import when_rules
from models.when import LONGEST_WORDING, WeekdayMismatch, When, WordingTooLong
from tests.models.when_table import (
    LANGUAGES,
    OPEN_AND_RANGES,
    PADERBORN,
    UNREADABLE,
    WEEKS_AND_PARTS,
    WITHOUT_DAYS,
    rows,
    words,
)

FOLDER = Path(when_rules.__file__).parent / "regions" / "paderborn-2018"
CONFERENCE = date(2018, 9, 5)


@pytest.mark.parametrize(
    ("wording", "earliest", "latest"), rows(PADERBORN + WEEKS_AND_PARTS + OPEN_AND_RANGES + LANGUAGES)
)
def test_reads_the_days_and_keeps_the_words(wording: str, earliest: date | None, latest: date | None) -> None:
    when = When.parse(wording, today=CONFERENCE)
    assert (when.wording, when.earliest, when.latest) == (wording, earliest, latest)
    assert when.understood


def test_the_table_holds_every_wording_of_the_paderborn_files() -> None:
    columns = {
        "goals.csv": ("deadline",),
        "milestones.csv": ("when_written", "report_written"),
        "meetings.csv": ("when_written", "checked"),
    }
    written = {"2018-09-05", "2023-12-31", "2019-09"}  # programme.csv: starts, ends, interim_target_due
    for name, wanted in columns.items():
        with (FOLDER / name).open(encoding="utf-8", newline="") as file:
            written |= {row[column] for row in csv.DictReader(file) for column in wanted}
    assert len(written) > 30
    assert written - {wording for wording, _, _ in rows(PADERBORN)} == set()


def test_meetings_fit_their_checked_dates_except_the_one_slip() -> None:
    with (FOLDER / "meetings.csv").open(encoding="utf-8", newline="") as file:
        meetings = [row for row in csv.DictReader(file) if row["checked"]]
    slips = [
        row["when_written"]
        for row in meetings
        if When.parse(row["when_written"]).__composite_values__()[1:]
        != When.parse(row["checked"]).__composite_values__()[1:]
    ]
    assert slips == ["Do, 17. Januar 2018"]
    hours = {row["goal"]: When.parse(row["when_written"]).starts for row in meetings}
    assert hours["4.29"] == time(14)
    assert hours["10.64"] == time(16)


@pytest.mark.parametrize("wording", ["", "  ", *words(WITHOUT_DAYS)])
def test_some_words_are_understood_and_have_no_days(wording: str) -> None:
    when = When.parse(wording, today=CONFERENCE)
    assert when.understood
    assert not when.is_known


@pytest.mark.parametrize("wording", words(UNREADABLE))
def test_what_cannot_be_read_keeps_its_words_and_gets_no_days(wording: str) -> None:
    when = When.parse(wording, today=CONFERENCE)
    assert when == When(wording, None, None)
    assert not when.understood
    assert (when.due_month, when.approximate, when.recurring, when.starts) == (None, False, False, None)


@pytest.mark.parametrize(
    "wording",
    words(
        "Juni  2019 | Juni\u00a02019 | JUNI 2019 | juni 2019. | \u200fJuni 2019 | (Juni 2019) | Juni ２０１９"
    ),
)
def test_spaces_case_and_invisible_signs_do_not_matter(wording: str) -> None:
    for written in (wording, f"  {wording}\t"):
        when = When.parse(written)
        assert (when.wording, when.earliest, when.latest) == (written, date(2019, 6, 1), date(2019, 6, 30))


@pytest.mark.parametrize(
    ("wording", "month"),
    [
        ("14.11.18", (2018, 11)),
        ("09/19", (2019, 9)),
        ("Ca. Jan / Feb 2019", (2019, 2)),
        ("28.5.-2.6.2019", (2019, 6)),
        ("KW 9/2019", (2019, 3)),
        ("Ende März 2019", (2019, 3)),
        ("bis 31.12.2019", (2019, 12)),
        ("bis Ende 2019", (2019, 12)),
        ("by the end of 2019", (2019, 12)),
        ("bis Mitte 2019", None),
        ("2022", None),
        ("Q1 2019", None),
        ("Sommer 2019", None),
        ("Schuljahr 2018/19", None),
        ("nach den Sommerferien 2019", None),
        ("ab März 2019", None),
        ("Ab sofort", None),
        ("laufend bis 31.12.2019", None),
        ("", None),
    ],
)
def test_due_month_only_where_the_wording_fixes_one(wording: str, month: tuple[int, int] | None) -> None:
    assert When.parse(wording, today=CONFERENCE).due_month == month


def test_at_once_has_no_first_day_when_nobody_knows_when_it_was_written() -> None:
    when = When.parse("Ab sofort")
    assert when.understood
    assert not when.is_known
    assert When.parse("ab sofort bis Ende 2019", today=date(2020, 2, 1)).earliest is None


def test_weekday_mismatch_names_both_days_and_ends_when_the_date_is_settled() -> None:
    wording = "Do, 17. Januar 2018"
    assert When.parse(wording).weekday_mismatch == WeekdayMismatch(written=3, actual=2)
    assert When.from_parts(wording, date(2019, 1, 17), date(2019, 1, 17)).weekday_mismatch is None
    assert When.parse("Di, 20.11.2018, 14 Uhr").weekday_mismatch is None
    assert When.parse("20.11.2018").weekday_mismatch is None
    assert When.parse("11.06.2019 Çarşamba").weekday_mismatch == WeekdayMismatch(written=2, actual=1)


@pytest.mark.parametrize(
    ("wording", "starts", "ends"),
    [
        ("Di, 20.11.2018, 14 Uhr", time(14), None),
        ("20.11.2018, 14.30 Uhr", time(14, 30), None),
        ("20.11.2018 von 14 bis 16 Uhr", time(14), time(16)),
        ("20.11.2018 von 22 bis 2 Uhr", time(22), None),
        ("Dienstag, den 20. November 2018 um 14:00 – 15:30", time(14), time(15, 30)),
        ("2018-11-20T09:05", time(9, 5), None),
        ("20.11.18 14h30", time(14, 30), None),
        ("2018-11-20 00:00:00", None, None),
        ("20.11.2018", None, None),
    ],
)
def test_clock_times_of_a_day_are_read(wording: str, starts: time | None, ends: time | None) -> None:
    when = When.parse(wording)
    assert (when.earliest, when.starts, when.ends) == (date(2018, 11, 20), starts, ends)


def test_approximate_and_recurring_are_noted() -> None:
    for wording in ("Ca. 06/19", "etwa Juni 2019", "Juni 2019 (?)", "bis ca. Juni 2019"):
        assert When.parse(wording).approximate, wording
    assert not When.parse("Juni 2019").approximate
    for wording in ("laufend", "Einmal im Jahr", "laufend ab 2019"):
        assert When.parse(wording).recurring, wording
    assert not When.parse("2019").recurring


def test_truth_exactness_and_overdue() -> None:
    assert not When.nothing()
    assert not When.parse(" ")
    assert When.parse("offen")
    assert When.parse("14.11.18").is_exact
    assert not When.parse("11/18").is_exact
    assert When.parse("bis 31.12.2019").overdue_on(date(2020, 1, 1))
    assert not When.parse("bis 31.12.2019").overdue_on(date(2019, 12, 31))
    assert not When.parse("ab 2019").overdue_on(date(2030, 1, 1))


def test_days_settled_by_a_person_decide_over_the_words() -> None:
    assert When.from_parts("nach Ostern", date(2019, 4, 23), date(2019, 4, 30)).due_month == (2019, 4)
    assert When.from_parts("nach Ostern", date(2019, 4, 23), date(2019, 5, 3)).due_month is None
    assert When.from_parts("März 2019", date(2019, 4, 23), date(2019, 5, 3)).due_month is None
    assert When.from_parts("jährlich", date(2019, 5, 1), date(2019, 5, 3)).due_month == (2019, 5)
    assert When.from_parts("rechtzeitig", None, date(2019, 5, 3)).due_month == (2019, 5)
    assert When.from_parts("nach Ostern", date(2019, 4, 23), None).understood


def test_broken_promises_are_refused() -> None:
    with pytest.raises(ValueError, match="is after"):
        When("", date(2019, 2, 1), date(2019, 1, 1))
    with pytest.raises(WordingTooLong, match="201"):
        When.parse("x" * 201)
    assert When.parse("x" * LONGEST_WORDING).wording == "x" * 200


class Base(DeclarativeBase):
    """The tables of this test."""


class Task(Base):
    """Something with an inexact date."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[When] = composite(
        When.from_parts,
        mapped_column("wording", sa.String(200), default=""),
        mapped_column("earliest", sa.Date, nullable=True),
        mapped_column("latest", sa.Date, nullable=True),
    )


def test_a_database_keeps_it_whole() -> None:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    written = [
        When.parse(wording, today=CONFERENCE) for wording in ("Ca. Jan / Feb 2019", "", "Ab sofort", "offen")
    ]
    with Session(engine) as session:
        session.add_all(Task(due=when) for when in written)
        session.commit()
        session.expunge_all()
        assert [task.due for task in session.scalars(sa.select(Task).order_by(Task.id))] == written
        found = session.scalars(sa.select(Task).where(Task.due == written[0])).one()
        found.due = When.parse("März 2019")
        session.commit()
        assert session.scalar(sa.text("SELECT latest FROM tasks WHERE wording = 'März 2019'")) == "2019-03-31"
    engine.dispose()
