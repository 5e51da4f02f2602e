"""Open data: every goal and milestone, in three formats, and nobody's name."""

import csv
import io
import json

import openpyxl
import pytest

from models.db import Database
from tests.models.forms.test_join import AMINA, join
from tests.webforms.conftest import Browser


@pytest.mark.parametrize(("kind", "rows"), [("goals", 13), ("milestones", 39)])
def test_the_three_formats_hold_the_same_rows(browser: Browser, kind: str, rows: int) -> None:
    as_json = json.loads(browser.client.get(f"/data/{kind}.json").data)
    as_csv = list(
        csv.DictReader(io.StringIO(browser.client.get(f"/data/{kind}.csv").text[1:]), delimiter=";")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(browser.client.get(f"/data/{kind}.xlsx").data)).active
    assert sheet is not None
    assert len(as_json) == len(as_csv) == sheet.max_row - 1 == rows
    assert [row["Ziel"] for row in as_json] == [row["Ziel"] for row in as_csv]
    assert list(as_json[0]) == list(as_csv[0])


def test_inexact_dates_keep_their_words(browser: Browser) -> None:
    milestones = json.loads(browser.client.get("/data/milestones.json?lang=de").data)
    one = next(row for row in milestones if row["Fällig"] == "Ca. Jan / Feb 2019")
    assert [value for value in one.values() if str(value).startswith("2019")] == ["2019-01-01", "2019-02-28"]


def test_nobody_is_in_them(browser: Browser, paderborn: Database) -> None:
    join(paderborn, AMINA, "a1")
    for kind in ("goals", "milestones"):
        body = browser.client.get(f"/data/{kind}.json").text
        assert "Amina" not in body
        assert "@" not in body


def test_the_page_names_licence_and_day_in_the_readers_language(browser: Browser) -> None:
    page = browser.open("/data/?lang=ar")
    assert (page.lang, page.direction) == ("ar", "rtl")
    assert "CC BY 4.0" in page.text
    assert "/data/goals.csv?lang=ar" in page.links
    assert browser.open("/data/goals.exe").status == 404


def test_a_table_names_its_letters_once(browser: Browser) -> None:
    assert browser.client.get("/data/goals.csv").headers["Content-Type"] == "text/csv; charset=utf-8"
