"""The documentation of an event as a Word document, from the office's own template or from ours."""

from pathlib import Path
from typing import Any

from models.exporting import conference_words as words
from models.exporting import docx_template
from models.exporting.conference import Conference, GoalPart, PictureLine
from models.exporting.conference_words import Row, Section
from models.exporting.documentation_docx import Shown, fill, labels, lines, page_words, say, sheet_values
from models.exporting.documentation_words import as_of, source
from models.exporting.docx_settling import plain


def conference_docx(doc: Conference, tag: str, templates: Path | None = None) -> bytes:
    """Return the documentation of an event; TemplateUnusable."""
    values: dict[str, Any] = {
        "title": plain(words.TITLE.to(tag)),
        "region": say(source(doc.region, tag), tag),
        "office": say(source(doc.office, tag), tag),
        "programme": say(doc.title.spoken(tag), tag),
        "period": say(words.when_and_where(doc, tag), tag),
        "as_of": say(as_of(doc.today), tag),
        "page": page_words(tag),
        "words": labels(tag) | {"pictures": words.PICTURES.to(tag)},
        "opening": [_section(one, tag) for one in words.opening(doc, tag) if one],
        "sheets": [_goal(one, tag) for one in doc.goals],
        "others": [
            _section(words.of_workshop(one, words.title_of(one, tag), tag), tag) for one in doc.others
        ],
    }
    return fill(docx_template.CONFERENCE, values, tag, templates)


def _goal(goal: GoalPart, tag: str) -> dict[str, Any]:
    sections = [_section(one, tag) for one in words.of_goal(goal, tag) if one]
    return sheet_values(goal.sheet, tag) | {"sections": sections}


def _section(one: Section, tag: str) -> dict[str, Any]:
    return {
        "heading": say(one.heading, tag),
        "facts": [_row(row, tag) for row in one.rows],
        "pictures": [_picture(picture, tag) for picture in one.pictures],
    }


def _row(row: Row, tag: str) -> dict[str, Any]:
    return {"key": "", "label": say(row.label, tag), "lines": lines(row.pieces, tag)}


def _picture(one: PictureLine, tag: str) -> dict[str, Any]:
    shown = Shown(one.data, one.width, one.height, one.caption or words.PICTURES.to(tag))
    return {"picture": shown, "caption": say(source(one.caption, tag), tag)}
