"""Exports open in a spreadsheet as what they are: words are words, dates are dates, nothing is computed."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from models import memberships
from models.db import Database
from models.exporting import WRITERS, Column, Table, members, submissions
from models.exporting.as_csv import harmless
from models.exporting.table import Cell
from models.memberships import Membership, MembershipState
from models.queue import Filters, Show
from tests.webforms.desk.people import AMINA, BORIS, said, send
from translations import _

MOMENT = datetime(2018, 9, 5, 12, 30, tzinfo=UTC)
NASTY = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    '=HYPERLINK("http://evil.example")',
    "＝1",
]


def _table(rows: Iterator[tuple[Cell, ...]]) -> Table:
    return Table(_("Members"), (Column(_("Name")), Column(_("Since"))), rows)


def _written(ending: str, *rows: tuple[Cell, ...], tag: str = "en") -> io.BytesIO:
    target = io.BytesIO()
    WRITERS[ending](_table(iter(rows)), target, tag=tag, zone="Europe/Berlin")
    target.seek(0)
    return target


@pytest.mark.parametrize("words", NASTY)
def test_no_cell_of_a_workbook_is_a_formula_and_none_is_changed(words: str) -> None:
    book = load_workbook(_written("xlsx", (words, MOMENT)))
    assert book.active is not None
    cell = book.active["A2"]
    assert cell.data_type in ("s", "inlineStr")
    assert str(cell.value).replace("\r", "\n") == words.replace("\r", "\n")  # line ends may be read as one
    assert cell.quotePrefix is words.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("words", NASTY)
def test_what_begins_a_formula_gets_an_apostrophe_in_csv(words: str) -> None:
    text = _written("csv", (words, MOMENT)).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[1] == [f"'{words}", "2018-09-05 14:30"]


@pytest.mark.parametrize("number", ["+49 5251 1234567", "+49 (0)5251/12-34", "05251 1234567"])
def test_telephone_numbers_stay_readable_in_csv(number: str) -> None:
    assert harmless(number) == number


@pytest.mark.parametrize("almost", ["+49+1", "+1-SUM(A1)", "+49 5251 x", "+", "+49 5251 12345\n=1"])
def test_what_only_looks_like_a_telephone_number_does_not(almost: str) -> None:
    assert harmless(almost) == f"'{almost}"


def test_csv_is_what_a_german_excel_opens() -> None:
    raw = _written("csv", ("Müller; Şahin", MOMENT), tag="de").getvalue()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b'"M\xc3\xbcller; \xc5\x9eahin";2018-09-05 14:30\r\n' in raw


def test_dates_of_a_workbook_are_dates_in_the_regions_zone() -> None:
    book = load_workbook(_written("xlsx", ("Amina", MOMENT)))
    assert book.active is not None
    assert book.active["B2"].value == datetime(2018, 9, 5, 14, 30)  # noqa: DTZ001 - as Excel keeps it
    assert book.active["B2"].is_date


def test_characters_that_excel_cannot_hold_do_not_break_the_file() -> None:
    book = load_workbook(_written("xlsx", ("Ami\x00na\x1b\ufffe\uffff", None)))
    assert book.active is not None
    assert book.active["A2"].value == "Amina"


def test_an_arabic_workbook_runs_from_right_to_left() -> None:
    book = load_workbook(_written("xlsx", ("أمينة", None), tag="ar"))
    assert book.active is not None
    assert book.active.sheet_view.rightToLeft


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_long_tables_are_written_row_by_row(ending: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("export") / f"long.{ending}"
    rows = (("x" * 400, MOMENT) for _row in range(3000))  # 1.2 MB of words
    with path.open("wb") as target:
        tracemalloc.start()
        WRITERS[ending](_table(rows), target, tag="en", zone="Europe/Berlin")
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 600_000


def test_members_carry_their_consents_and_how_to_reach_them(any_db: Database) -> None:
    send(any_db, "join-group", AMINA, language="ar")
    send(any_db, "join-group", {**AMINA, "email": "b@example.org", "name": "Berta", "pass_on": "no"})
    with any_db.reading() as session:
        rows = list(members(session, "en").rows)
    assert [(row[0], row[2], row[7], row[9], row[12]) for row in rows] == [
        ("7.49", "Amina Beispiel", "العربية", "amina@example.org", said("Yes")),
        ("7.49", "Berta", "Deutsch", "b@example.org", said("No")),
    ]


def test_submissions_follow_the_filters_and_hold_every_answer(any_db: Database) -> None:
    send(any_db, "join-group", AMINA)
    boris = send(any_db, "ask-office", BORIS, language="uk")
    with any_db.reading() as session:
        rows = list(submissions(session, "en", Filters(Show.ALL, form="ask-office")).rows)
        assert len(list(submissions(session, "en", Filters(words="beispiel")).rows)) == 1
    assert len(rows) == 1
    assert rows[0][0] == boris
    assert rows[0][5] == "Boris Muster"
    assert "Gibt es einen Kurs?\nAm Abend?" in str(rows[0][-1])


def test_who_still_waits_is_not_said_to_be_in_the_group(paderborn: Database) -> None:
    send(paderborn, "join-group", AMINA)
    with paderborn.transaction() as session:
        assert next(iter(members(session, "en").rows))[-1] is None
        membership = session.scalars(sa.select(Membership)).one()
        memberships.settle(session, membership, MembershipState.ACTIVE)
        assert next(iter(members(session, "en").rows))[-1] == membership.changed_at
