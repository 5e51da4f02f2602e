"""Goal sheets as files on the groups' pages: what is public, in the page's language."""

import io
from pathlib import Path

import pytest
from docx import Document

from bench.recording import listening
from models.db import Database
from models.settings import Settings
from tests.models.exporting.lively import ONLY_GERMAN, PERSON, enliven
from tests.models.exporting.reading_pdf import needs_fonts, read_pdf
from tests.webforms.conftest import Browser
from webforms import create_app

pytestmark = needs_fonts


def test_the_page_of_a_group_leads_to_its_files(browser: Browser) -> None:
    page = browser.open("/ar/groups/12.72")
    for ending, mimetype in (("pdf", "application/pdf"), ("docx", "wordprocessingml")):
        address = f"/ar/groups/12.72.{ending}"
        assert address in page.links
        answer = browser.client.get(address)
        assert answer.status_code == 200
        assert mimetype in answer.mimetype
        assert answer.headers["Content-Disposition"] == f'attachment; filename="12.72-ar.{ending}"'


def test_the_files_hold_what_is_public_and_nobodys_name(browser: Browser, paderborn: Database) -> None:
    enliven(paderborn)
    printed = read_pdf(browser.client.get("/de/groups/12.72.pdf").data)
    whole = "".join(printed.pages)
    document = Document(io.BytesIO(browser.client.get("/de/groups/12.72.docx").data))
    xml = "".join(document.element.body.itertext())
    for said in (whole, xml):
        assert ONLY_GERMAN.replace(" ", "") in said.replace(" ", "")
        assert "Secret words" not in said
        assert PERSON not in said
    assert printed.lang == "de"


def test_a_code_leads_to_the_number_and_what_is_not_there_is_said(browser: Browser) -> None:
    code = browser.open("/de/groups/7.49").links
    found = next(link for link in code if "join-group?group=" in link).rpartition("=")[2]
    moved = browser.client.get(f"/en/groups/{found}.pdf")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/groups/7.49.pdf")
    assert browser.client.get("/en/groups/99.99.pdf").status_code == 404
    assert browser.client.get("/en/groups/7.49.exe").status_code == 404


def test_what_is_asked_for_again_is_not_written_again(browser: Browser) -> None:
    first = browser.client.get("/de/groups/7.49.pdf")
    again = browser.client.get("/de/groups/7.49.pdf", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_no_transaction_is_open_while_a_file_is_written(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_then: list[int] = []
    from_module = "webforms.papers.write_document"

    def look(*_arguments: object) -> bytes:
        open_then.append(paderborn.reader.pool.checkedout())  # type: ignore[attr-defined]
        return b"%PDF"

    monkeypatch.setattr(from_module, look)
    with listening(paderborn) as heard:
        assert browser.client.get("/de/groups/7.49.pdf").data == b"%PDF"
    assert open_then == [0]
    assert sum(one.is_statement for one in heard) < 12


def test_strangers_get_our_template_where_the_offices_own_does_not_work(
    settings: Settings, paderborn: Database, tmp_path: Path
) -> None:
    (tmp_path / "goal-sheets.docx").write_bytes(b"no zip")
    settings.templates = tmp_path
    answer = create_app(settings, paderborn).test_client().get("/de/groups/7.49.docx")
    assert answer.status_code == 200
    written = Document(io.BytesIO(answer.data))
    assert any("7.49" in one.text for one in written.paragraphs)
