"""Documents at the desk: the whole or one goal sheet, as Word or PDF, in the language that is chosen."""

import io
from pathlib import Path

import pytest
from docx import Document
from flask import Flask

from models.db import Database
from models.exporting import fonts
from models.settings import Settings
from tests.models.exporting.lively import PERSON, enliven
from tests.models.exporting.reading_pdf import needs_fonts, read_pdf
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer

pytestmark = needs_fonts


def test_the_whole_documentation_in_both_formats(olga: Officer, paderborn: Database) -> None:
    enliven(paderborn)
    word = olga.client.get("/desk/documents/docx?group=&language=ar")
    assert word.status_code == 200
    assert "documentation-ar-" in word.headers["Content-Disposition"]
    document = Document(io.BytesIO(word.data))
    rows = [table.rows for table in document.tables if len(table.columns) == 3]
    assert sum(len(found) - 1 for found in rows) == 39
    printed = read_pdf(olga.client.get("/desk/documents/pdf?group=&language=uk").data)
    assert printed.lang == "uk"
    assert len(printed.outline) == 14


def test_one_goal_sheet_names_whom_the_office_knows(olga: Officer, paderborn: Database) -> None:
    enliven(paderborn)
    answer = olga.client.get("/desk/documents/pdf?group=12.72&language=de")
    assert "goal-sheets-12.72-de-" in answer.headers["Content-Disposition"]
    assert PERSON in "".join(read_pdf(answer.data).pages)


def test_the_page_offers_every_goal_and_language_and_is_found(olga: Officer) -> None:
    assert "/desk/documents" in Page(olga.client.get("/desk/groups")).links
    page = Page(olga.client.get("/desk/documents"))
    assert page.status == 200
    for words in ("12.72", "العربية", "Українська"):
        assert words in page.text
    for link in page.links:
        if link.startswith("/desk/documents/template/"):
            assert Document(io.BytesIO(olga.client.get(link).data)).paragraphs


@pytest.mark.parametrize(
    ("query", "status"), [("language=xx", 422), ("group=99.99", 404), ("group=%00&language=de", 404)]
)
def test_what_is_not_there_is_said(olga: Officer, query: str, status: int) -> None:
    assert olga.client.get(f"/desk/documents/pdf?{query}").status_code == status


def test_missing_fonts_and_templates_are_said_in_words(
    olga: Officer, app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    refused = olga.client.get("/desk/documents/pdf?language=de")
    assert refused.status_code == 503
    assert "fonts-noto-core" in refused.text
    settings.templates = tmp_path / "away"
    refused = olga.client.get("/desk/documents/docx?language=de")
    assert refused.status_code == 503
    assert "away" in refused.text


def test_each_section_is_found_in_the_navigation_and_marked_there(olga: Officer, paderborn: Database) -> None:
    sections = ("/desk/", "/desk/groups", "/desk/rounds", "/desk/documents", "/desk/deliveries")
    below = {"/desk/groups/7.49/sheet": "/desk/groups", "/desk/workbook": "/desk/documents"}
    for address, section in (*((one, one) for one in sections), *below.items()):
        shown = olga.open(address).response.get_data(as_text=True).partition("</nav>")[0]
        assert all(f'<a href="{one}"' in shown for one in sections)
        assert shown.count(f'<a href="{section}" aria-current="true">') == 1
