"""The half-year documentation, or one goal sheet of it, as PDF."""

from collections.abc import Iterable, Sequence

from models import saying
from models.exporting import documentation_words as words
from models.exporting.documentation import Documentation, MilestoneLine, SheetLine
from models.exporting.documentation_words import Fact, Piece
from models.exporting.paper import BOLD, LEAD, SMALL, Cell, Column, Paper, Running, Say, Style
from models.exporting.paper import Words as Printed
from translations import Text


def documentation_pdf(doc: Documentation, tag: str) -> bytes:
    """Return all goal sheets with a title page and an overview; FontsMissing without fonts."""
    paper = _paper(doc, tag, words.TITLE.to(tag), on_first=False)
    _title_page(paper, doc)
    paper.new_page()
    _overview(paper, doc)
    for sheet in doc.sheets:
        paper.new_page()
        set_sheet(paper, sheet)
    return paper.written()


def goal_sheets_pdf(doc: Documentation, tag: str) -> bytes:
    """Return the goal sheets alone, one or many; FontsMissing without fonts."""
    title = words.heading(doc.sheets[0], tag).text if len(doc.sheets) == 1 else words.SHEETS.to(tag)
    paper = _paper(doc, tag, title, on_first=True)
    for place, sheet in enumerate(doc.sheets):
        if place:
            paper.new_page()
        set_sheet(paper, sheet)
    return paper.written()


def _paper(doc: Documentation, tag: str, title: str, *, on_first: bool) -> Paper:
    head_end = words.TITLE if not on_first else words.SHEET
    foot = (
        f"{words.apart(doc.office, tag)} · {words.as_of(doc.today).to(tag)}"
        if doc.office
        else words.as_of(doc.today)
    )
    running = Running(head=words.source(doc.region, tag), head_end=head_end, foot=foot, on_first=on_first)
    return Paper(tag, title=title, running=running, accent=doc.accent)


def _title_page(paper: Paper, doc: Documentation) -> None:
    paper.space(55)
    paper.title(words.TITLE)
    paper.paragraph(words.source(doc.programme, paper.tag), Style(15))
    paper.paragraph(words.period(doc, paper.tag), Style(15))
    paper.space(70)
    paper.paragraph(words.source(doc.region, paper.tag), Style(12, bold=True))
    if doc.office:
        paper.paragraph(words.source(doc.office, paper.tag), LEAD)
    paper.paragraph(words.as_of(doc.today), LEAD)


def _overview(paper: Paper, doc: Documentation) -> None:
    standing = doc.standing
    paper.heading(words.OVERVIEW)
    paper.progress(standing.weight_done, standing.weight, words.progress(standing, paper.tag))
    shares = (1, 4, 2, 1, 1, 1, 1, 1)
    columns = [
        Column(head, share, is_number=place > 2)
        for place, (head, share) in enumerate(zip(words.OVERVIEW_HEADS, shares, strict=True))
    ]
    rows: list[list[Cell]] = [
        [
            sheet.number,
            sheet.title.spoken(paper.tag),
            words.CARRIED_BY[words.carrier(sheet)],
            *words.counts(sheet.standing),
        ]
        for sheet in doc.sheets
    ]
    closing: Sequence[Text | str] = ("", words.OVERVIEW_HEADS[3], "", *words.counts(standing))
    total = [Say(cell, BOLD) for cell in closing]
    paper.table(columns, [*rows, total])


def set_sheet(paper: Paper, sheet: SheetLine) -> None:
    """Set one goal with its sheet."""
    tag = paper.tag
    paper.heading(words.heading(sheet, tag))
    if sheet.summary:
        paper.paragraph(sheet.summary.spoken(tag), LEAD)
    if words.is_fallback(sheet.title, tag):
        paper.paragraph(words.FALLBACK, SMALL)
    if sheet.standing.total:
        standing = sheet.standing
        paper.progress(standing.weight_done, standing.weight, words.progress(standing, tag))
    _facts(paper, words.facts(sheet, tag))
    if sheet.milestones:
        paper.heading(words.MILESTONES, 2)
        due, measure, report = words.MILESTONE_HEADS
        paper.table(
            [Column(due, 1.1), Column(measure, 3), Column(report, 3)],
            [_row(one, tag) for one in sheet.milestones],
        )
    if sheet.other_reports:
        paper.heading(words.OTHER, 2)
        for piece in words.reports(sheet.other_reports, tag):
            paper.paragraph(printed(piece))
        paper.space(3)
    _facts(paper, words.closing(sheet, tag))


def _row(one: MilestoneLine, tag: str) -> list[Cell]:
    return [
        saying.when(one.due, tag),
        words.source(one.measure, tag),
        [printed(piece) for piece in words.report(one, tag)],
    ]


def _facts(paper: Paper, facts: Iterable[Fact]) -> None:
    paper.facts((fact.label, [printed(piece) for piece in fact.pieces]) for fact in facts)


def printed(piece: Piece) -> Printed:
    """Return a piece with its look."""
    if piece.quiet:
        return Say(piece.words, SMALL)
    return Say(piece.words, BOLD) if piece.bold else piece.words
