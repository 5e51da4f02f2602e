"""Printed documents: in the right order for eye and ear, nothing lost between pages, nothing clipped."""

from pathlib import Path

import pytest
from fpdf import FPDF

from models.exporting import fonts
from models.exporting.documentation import Documentation
from models.exporting.documents import write_document
from models.exporting.fonts import FontsMissing
from models.exporting.pages import MARGIN, Pages
from models.exporting.paper import Column, Paper, Running
from models.exporting.shaping import ShapedPDF
from models.exporting.typesetting import Style
from models.sheets import MILESTONE_WORDS
from tests.models.exporting.lively import ONLY_GERMAN, PUBLIC, REASON
from tests.models.exporting.reading_pdf import Part, needs_fonts, read_pdf
from translations import LANGUAGES, Language, Spoken, _

pytestmark = needs_fonts


def _row(root: Part, measure: str) -> list[Part]:
    """Return the cells of the row about a measure, as eyes find it."""
    rows = [row.all("TD") for row in root.all("TR")]
    return next(cells for cells in rows if len(cells) == 3 and measure in cells[1].words)


def test_the_documentation_shows_every_milestone_and_its_state(doc: Documentation) -> None:
    printed = read_pdf(write_document("documentation", "pdf", doc, "de"))
    rows = [cells for row in printed.root.all("TR") if len(cells := row.all("TD")) == 3]
    assert len(rows) == 39
    for sheet in doc.sheets:
        for one in sheet.milestones:
            due, _measure, report = _row(printed.root, one.measure)
            assert due.words in (one.due.wording, "") or one.due.earliest
            assert report.words.startswith(MILESTONE_WORDS[one.state].to("de"))
    totals = [cells for row in printed.root.all("TR") if len(cells := row.all("TD")) == 8][-1]
    standing = doc.standing
    counts = (standing.total, standing.done, standing.under_way, standing.stuck, standing.overdue)
    assert [cell.words for cell in totals[3:]] == [str(count) for count in counts]


def test_inexact_dates_and_public_words_stand_there_as_written(sheet: Documentation) -> None:
    printed = read_pdf(write_document("goal-sheets", "pdf", sheet, "de"))
    (one,) = sheet.sheets
    for milestone in one.milestones:
        due, _measure, _report = _row(printed.root, milestone.measure)
        assert due.words == milestone.due.wording
    whole = "".join(printed.pages)
    for words in (PUBLIC.to("de"), ONLY_GERMAN, REASON):
        assert words.replace(" ", "") in whole.replace(" ", "")
    assert "Secret words" not in whole
    assert "Zurückgehalten" not in whole


def test_what_is_drawn_is_what_is_noted_for_screen_readers(sheet: Documentation) -> None:
    printed = read_pdf(write_document("goal-sheets", "pdf", sheet, "uk"))
    parts = [part for role in ("H1", "H2", "P", "TH", "TD") for part in printed.root.all(role) if part.words]
    assert len(parts) > 30
    for part in parts:
        assert part.glyphs.replace(" ", "") == part.words.replace(" ", "")


@pytest.mark.parametrize("entry", LANGUAGES, ids=lambda entry: entry.tag)
def test_every_language_has_its_tags_and_german_words_keep_theirs(
    sheet: Documentation, entry: Language
) -> None:
    printed = read_pdf(write_document("goal-sheets", "pdf", sheet, entry.tag))
    assert printed.lang == entry.tag
    assert printed.direction == ("/R2L" if entry.is_rtl else "/L2R")
    assert printed.title.startswith("12.72 ")
    _due, measure, _report = _row(printed.root, sheet.sheets[0].milestones[0].measure)
    assert measure.lang == "de"


def test_the_outline_leads_to_every_goal(doc: Documentation) -> None:
    printed = read_pdf(write_document("documentation", "pdf", doc, "ar"))
    assert len(printed.outline) == 1 + len(doc.sheets)
    assert printed.outline[1].startswith("1.2 ")


def test_arabic_is_drawn_from_right_to_left_and_noted_as_it_is_read(sheet: Documentation) -> None:
    printed = read_pdf(write_document("goal-sheets", "pdf", sheet, "ar"))
    title = sheet.sheets[0].title.to("ar")
    (heading,) = printed.root.all("H1")
    assert heading.words == f"12.72 {title}"
    # The eye meets the last letter first where glyphs are laid from left to right.
    assert heading.glyphs.replace(" ", "") == f"{title[::-1]}12.72".replace(" ", "")
    accepted = next(part for part in printed.root.all("TD") if PUBLIC.words["ar"] in part.words)
    assert accepted.glyphs


def test_vowel_signs_do_not_tear_a_word_apart() -> None:
    found = fonts.files()
    cut = {}
    for kind in (FPDF, ShapedPDF):
        pdf = kind()
        pdf.add_font("arabic", "", found[fonts.ARABIC])
        pdf.add_page()
        pdf.set_font("arabic", "", 12)
        pdf.set_text_shaping(True, direction="rtl")
        cut[kind] = len(tuple(pdf._parse_chars("يُحدَّد ويطبّقها", markdown=False)))
    assert cut[ShapedPDF] == 1
    assert cut[FPDF] > 1, "fpdf2 has mended this: ShapedPDF may go"


@pytest.mark.parametrize(
    "words",
    ["Fünf Quartiere, 3–5 % (2026)", "a\u0301 1.000 €", "+49 …", "أمينة 5", "a أمينة b", "\u2068x\u2069"],
)
def test_the_short_way_for_lines_to_the_right_writes_the_same(words: str) -> None:
    pdf = ShapedPDF()
    pdf.add_font("sans", "", fonts.files()[fonts.SANS])
    pdf.add_font("arabic", "", fonts.files()[fonts.ARABIC])
    pdf.set_fallback_fonts(["arabic"], exact_match=False)
    pdf.set_font("sans", "", 10)
    pdf.set_text_shaping(True, direction="ltr")

    def drawn(way: type[FPDF]) -> list[tuple[str, object]]:
        runs = way._preload_bidirectional_text(pdf, words, False)
        return [(run.string, run.graphics_state.text_shaping) for run in runs]

    assert drawn(ShapedPDF) == drawn(FPDF)


def _pages(tag: str = "de") -> Pages:
    return Pages(tag, "Probe", Running())


def test_lines_never_leave_their_width() -> None:
    pages = _pages()
    style = Style(10)
    words = (
        "Donaudampfschifffahrtsgesellschaftskapitän und https://example.org/" + "a" * 80 + " mit/oder ohne"
    )
    for width in (12.0, 30.0, 170.0):
        for line in pages.lines(words, style, width):
            pages.setter.use(line)
            assert pages.pdf.get_string_width(line.text) <= width + 0.5, (line.text, width)


def test_breaking_loses_no_word() -> None:
    pages = _pages("ar")
    words = PUBLIC.words["ar"] * 20
    lines = pages.lines(words, Style(10), 60)
    assert len(lines) > 10
    assert " ".join(line.text for line in lines) == words


def test_an_isolate_that_is_cut_goes_on_in_the_next_line() -> None:
    pages = _pages("ar")
    lines = pages.lines("قبل \u2068eins zwei drei vier fünf\u2069 بعد", Style(10), 22)
    assert len(lines) > 2
    opened = [line.text.count("\u2068") for line in lines]
    assert max(opened) == 1
    assert all(line.text.startswith("\u2068") for line in lines[1:-1])


def test_signs_that_no_font_has_are_shown_as_missing() -> None:
    (line,) = _pages().lines("gut \U0001faf6 so\x00", Style(10), 100)
    assert line.text.startswith("gut \ufffd so")


def test_heads_of_a_table_stand_on_every_page_and_headings_never_alone() -> None:
    for filling in range(28, 38):
        paper = Paper("de", title="Probe", running=Running(head="Region", foot="Stand"))
        for place in range(filling):
            paper.paragraph(f"Absatz {place}")
        paper.heading("Überschrift", 2)
        rows = [[f"Zeile {place}", "Wort " * 30] for place in range(40)]
        paper.table([Column("Spalte", 1), Column("Worte", 3)], rows)
        printed = read_pdf(paper.written())
        for page in printed.pages:
            if "Zeile" in page:
                assert "Spalte" in page
            if "Überschrift" in page:
                assert "Zeile 0" in page
        assert (
            f"Seite {len(printed.pages)}" in printed.pages[-1] or f"{len(printed.pages)}" in printed.pages[-1]
        )


def test_a_row_that_no_page_can_hold_goes_on_over_pages_and_loses_nothing() -> None:
    paper = Paper("de", title="Probe", running=Running())
    words = " ".join(f"Wort{place}" for place in range(3000))
    paper.table([Column("Spalte", 1), Column("Worte", 2)], [["kurz", words], ["danach", "Ende"]])
    printed = read_pdf(paper.written())
    assert len(printed.pages) > 3
    whole = "".join(printed.pages)
    assert all(f"Wort{place}" in whole for place in range(3000))
    assert "danach" in printed.pages[-1]


@pytest.mark.parametrize(("tag", "first_is_left"), [("de", True), ("fa", False)])
def test_columns_and_text_begin_where_reading_begins(tag: str, first_is_left: bool) -> None:
    pages = _pages(tag)
    left = pages.x(0, 40)
    assert (left == MARGIN) is first_is_left
    assert left + 40 == (MARGIN + 40 if first_is_left else pages.pdf.w - MARGIN)


def test_a_colour_that_is_none_is_no_reason_to_fail() -> None:
    paper = Paper("en", title="Probe", running=Running(), accent="rot")
    paper.progress(1, 3, _("{done} done")(done=1))
    paper.choices([_("Done"), Spoken("Stockt", "de", True)])
    paper.ruled(2)
    assert paper.written().startswith(b"%PDF")


def test_without_fonts_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing) as refusal:
        fonts.files([tmp_path])
    assert "fonts-noto-core" in refusal.value.text.to("en")
    for name in fonts.NEEDED:
        (tmp_path / name).write_bytes(b"")
    assert set(fonts.files([tmp_path])) == set(fonts.NEEDED)  # found without a restart
