"""The documentation of an event as PDF."""

from models.exporting import conference_words as words
from models.exporting import documentation_words
from models.exporting.conference import Conference
from models.exporting.conference_words import Section
from models.exporting.documentation_pdf import printed, set_sheet
from models.exporting.documentation_words import as_of, source
from models.exporting.paper import LEAD, SMALL, Paper, Running, Style


def conference_pdf(doc: Conference, tag: str) -> bytes:
    """Return the documentation of an event; FontsMissing without fonts."""
    said = as_of(doc.today)
    foot = f"{documentation_words.apart(doc.office, tag)} · {said.to(tag)}" if doc.office else said
    running = Running(head=source(doc.region, tag), head_end=doc.title.spoken(tag), foot=foot, on_first=False)
    paper = Paper(tag, title=words.TITLE.to(tag), running=running, accent=doc.accent)
    _title_page(paper, doc)
    paper.new_page()
    for section in words.opening(doc, tag):
        _section(paper, section, 1)
    for goal in doc.goals:
        paper.new_page()
        set_sheet(paper, goal.sheet)
        for section in words.of_goal(goal, tag):
            _section(paper, section, 2)
    for place, one in enumerate(doc.others):
        if not place:
            paper.new_page()
        _section(paper, words.of_workshop(one, words.title_of(one, tag), tag), 1)
    return paper.written()


def _title_page(paper: Paper, doc: Conference) -> None:
    paper.space(55)
    paper.title(words.TITLE)
    paper.paragraph(doc.title.spoken(paper.tag), Style(15))
    paper.paragraph(words.when_and_where(doc, paper.tag), Style(12))
    paper.space(70)
    paper.paragraph(source(doc.region, paper.tag), Style(12, bold=True))
    if doc.office:
        paper.paragraph(source(doc.office, paper.tag), LEAD)
    paper.paragraph(as_of(doc.today), LEAD)


def _section(paper: Paper, section: Section, level: int) -> None:
    if not section:
        return
    paper.heading(section.heading, level)
    paper.facts((row.label, [printed(piece) for piece in row.pieces]) for row in section.rows)
    for one in section.pictures:
        paper.picture(one.data, one.width, one.height, one.caption or words.PICTURES.to(paper.tag))
        if one.caption:
            paper.paragraph(source(one.caption, paper.tag), SMALL)
