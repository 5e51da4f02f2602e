"""Word documents: whole, readable from both sides, and in the office's own look where it has one."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from models.exporting import docx_template
from models.exporting.documentation import Documentation
from models.exporting.documentation_docx import TemplateUnusable
from models.exporting.documents import write_document
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.when import When
from tests.models.exporting.lively import ONLY_GERMAN, PUBLIC, REASON
from translations import LANGUAGES

HEADS = {"Maßnahme", "Measure"}


def _open(raw: bytes) -> Document:  # type: ignore[valid-type]
    return Document(io.BytesIO(raw))


def _tables(document: Document, columns: int) -> list:  # type: ignore[type-arg, valid-type]
    return [table for table in document.tables if len(table.columns) == columns]  # type: ignore[attr-defined]


def _milestones(document: Document) -> list[tuple[str, str, str]]:  # type: ignore[valid-type]
    """Return due, measure and report of each row below a head."""
    found = []
    for table in _tables(document, 3):
        for row in table.rows[1:]:
            due, measure, report = (cell.text for cell in row.cells)
            found.append((due, measure, report))
    return found


def test_counts_of_milestones_and_states_equal_the_database(doc: Documentation) -> None:
    document = _open(write_document("documentation", "docx", doc, "de"))
    rows = _milestones(document)
    stored = [one for sheet in doc.sheets for one in sheet.milestones]
    assert len(rows) == len(stored) == 39
    for state in MilestoneState:
        said = MILESTONE_WORDS[state].to("de")
        count = sum(report.split("\n")[0].split(" · ")[0] == said for _due, _measure, report in rows)
        assert count == sum(one.state is state for one in stored)
    (overview,) = _tables(document, 8)
    assert len(overview.rows) == 1 + len(doc.sheets) + 1
    totals = [cell.text for cell in overview.rows[-1].cells][3:]
    one = doc.standing
    assert totals == [str(count) for count in (one.total, one.done, one.under_way, one.stuck, one.overdue)]


def test_inexact_dates_stand_there_verbatim(doc: Documentation) -> None:
    document = _open(write_document("documentation", "docx", doc, "de"))
    stored = [one for sheet in doc.sheets for one in sheet.milestones]
    assert [row[0] for row in _milestones(document)] == [one.due.wording for one in stored]
    assert "Ca. Jan / Feb 2019" in {row[0] for row in _milestones(document)}


def test_public_words_and_no_others_are_in_it(sheet: Documentation) -> None:
    raw = write_document("goal-sheets", "docx", sheet, "de")
    whole = "\n".join(report for _due, _measure, report in _milestones(_open(raw)))
    assert PUBLIC.to("de") in whole  # with its <, > and &
    assert ONLY_GERMAN in whole
    assert REASON in whole
    xml = zipfile.ZipFile(io.BytesIO(raw)).read("word/document.xml").decode()
    assert "Secret words" not in xml
    assert "Zurückgehalten" not in xml
    assert "{{" not in xml
    assert "{%" not in xml


@pytest.mark.parametrize("tag", [entry.tag for entry in LANGUAGES])
def test_no_mark_of_ours_is_left_in_any_language(doc: Documentation, tag: str) -> None:
    with zipfile.ZipFile(io.BytesIO(write_document("documentation", "docx", doc, tag))) as file:
        assert file.testzip() is None
        whole = "".join(file.read(name).decode() for name in file.namelist() if name.endswith(".xml"))
    for sign in "\ue000\ue001\ue002\u2068\u2069":
        assert sign not in whole


@pytest.mark.parametrize("tag", ["ar", "fa"])
def test_right_to_left_is_marked_on_pages_tables_paragraphs_and_runs(doc: Documentation, tag: str) -> None:
    document = _open(write_document("documentation", "docx", doc, tag))
    body = document.element.body
    assert all(section._sectPr.find(qn("w:bidi")) is not None for section in document.sections)
    assert all(table.tblPr.find(qn("w:bidiVisual")) is not None for table in body.iter(qn("w:tbl")))
    arabic = german = 0
    for paragraph in body.iter(qn("w:p")):
        texts = [text.text or "" for text in paragraph.iter(qn("w:t"))]
        has_bidi = paragraph.pPr is not None and paragraph.pPr.find(qn("w:bidi")) is not None
        if any("\u0600" <= letter <= "\u06ff" for letter in "".join(texts)):
            arabic += 1
            assert has_bidi, texts
        elif any(letter.isalpha() for letter in "".join(texts)):
            german += 1
            assert not has_bidi, texts
            assert paragraph.pPr.jc.get(qn("w:val")) in ("right", "left")
    assert arabic > 20
    assert german > 20
    for run in body.iter(qn("w:r")):
        text = "".join(part.text or "" for part in run.iter(qn("w:t")))
        is_rtl = run.rPr is not None and run.rPr.find(qn("w:rtl")) is not None
        if any("\u0600" <= letter <= "\u06ff" for letter in text):
            assert is_rtl, text
        elif any(letter.isalpha() for letter in text):
            assert not is_rtl, text


def test_hours_keep_their_order_in_an_arabic_sentence(sheet: Documentation) -> None:
    document = _open(write_document("goal-sheets", "docx", sheet, "ar"))
    assert "\u200e14:00–15:30" in [text.text for text in document.element.body.iter(qn("w:t"))]


def test_heads_and_feet_are_settled_too(doc: Documentation) -> None:
    document = _open(write_document("documentation", "docx", doc, "ar"))
    for section in document.sections:
        for part in (section.header, section.footer):
            (paragraph,) = part.paragraphs
            assert paragraph._p.pPr.find(qn("w:bidi")) is not None
    assert "Kreis Paderborn" in document.sections[0].header.paragraphs[0].text


def test_german_documents_know_nothing_of_right_to_left(doc: Documentation) -> None:
    xml = zipfile.ZipFile(io.BytesIO(write_document("documentation", "docx", doc, "de"))).read(
        "word/document.xml"
    )
    for mark in (b"w:bidi", b"w:rtl", b"w:bidiVisual"):
        assert b"<" + mark + b"/>" not in xml
        assert b"<" + mark + b" " not in xml


def test_fallback_words_say_their_language(sheet: Documentation) -> None:
    document = _open(write_document("goal-sheets", "docx", sheet, "en"))
    run = next(run for run in document.element.body.iter(qn("w:r")) if ONLY_GERMAN in "".join(run.itertext()))
    assert run.rPr.find(qn("w:lang")).get(qn("w:val")) == "de-DE"
    assert document.core_properties.language == "en"


def test_table_heads_are_repeated_and_rows_stay_whole(doc: Documentation) -> None:
    document = _open(write_document("documentation", "docx", doc, "de"))
    for columns in (3, 8):
        for table in _tables(document, columns):
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
            assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows[:-1])


def _own(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    document = Document()
    document.add_paragraph(text)
    document.save(str(folder / name))
    return folder


def test_the_offices_own_template_is_taken(sheet: Documentation, tmp_path: Path) -> None:
    words = (
        "{%p for sheet in sheets %}Ziel {{ sheet.number }}: {{ sheet.lead }}, {{ sheet.notes }}{%p endfor %}"
    )
    own = _own(tmp_path / "own", docx_template.GOAL_SHEETS, words.replace("{%p", "{%").replace("%}", "%}"))
    document = _open(write_document("goal-sheets", "docx", sheet, "de", own))
    assert document.paragraphs[0].text.startswith("Ziel 12.72: ")


def test_without_a_template_of_that_name_ours_is_taken(sheet: Documentation, tmp_path: Path) -> None:
    assert _milestones(_open(write_document("goal-sheets", "docx", sheet, "de", tmp_path)))


@pytest.mark.parametrize(
    ("text", "why"),
    [("{{ sheets[0].sumary }}", "sumary"), ("{% for x in %}", "Expected an expression")],
)
def test_a_template_that_cannot_be_filled_in_says_why(
    sheet: Documentation, tmp_path: Path, text: str, why: str
) -> None:
    own = _own(tmp_path / "own", docx_template.GOAL_SHEETS, text)
    with pytest.raises(TemplateUnusable) as refusal:
        write_document("goal-sheets", "docx", sheet, "de", own)
    assert why in refusal.value.text.to("en")
    assert docx_template.GOAL_SHEETS in refusal.value.text.to("en")


def test_a_file_that_is_no_template_and_a_folder_that_is_not_there_are_told(
    sheet: Documentation, tmp_path: Path
) -> None:
    (tmp_path / docx_template.GOAL_SHEETS).write_bytes(b"no zip")
    with pytest.raises(TemplateUnusable):
        write_document("goal-sheets", "docx", sheet, "de", tmp_path)
    with pytest.raises(TemplateUnusable) as refusal:
        write_document("goal-sheets", "docx", sheet, "de", tmp_path / "away")
    assert "away" in refusal.value.text.to("en")


def test_a_template_cannot_reach_beyond_its_words(sheet: Documentation, tmp_path: Path) -> None:
    own = _own(tmp_path / "own", docx_template.GOAL_SHEETS, "{{ ''.__class__.__mro__ }}")
    with pytest.raises(TemplateUnusable):
        write_document("goal-sheets", "docx", sheet, "de", own)


def test_a_column_grows_with_its_longest_word_and_the_table_does_not(sheet: Documentation) -> None:
    def widths(document: Document) -> list[int]:  # type: ignore[valid-type]
        return [int(column.get(qn("w:w"))) for column in _tables(document, 3)[0]._tbl.tblGrid]

    (one,) = sheet.sheets
    long = replace(one.milestones[0], due=When("Donaudampfschifffahrt 2019"))
    changed = replace(sheet, sheets=(replace(one, milestones=(long, *one.milestones[1:])),))
    usual = widths(_open(write_document("goal-sheets", "docx", sheet, "de")))
    grown = widths(_open(write_document("goal-sheets", "docx", changed, "de")))
    assert grown[0] > usual[0] + 300
    assert abs(sum(grown) - sum(usual)) < 5
