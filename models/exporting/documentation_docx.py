"""The half-year documentation, or one goal sheet of it, as a Word document from a template.

The template is the office's own where its folder has one of that name, else ours.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError

from models import saying
from models.errors import NotReady
from models.exporting import documentation_words as words
from models.exporting import docx_settling, docx_template
from models.exporting.documentation import Documentation, MilestoneLine, SheetLine
from models.exporting.documentation_words import Fact, Piece
from models.exporting.docx_settling import marked, plain
from models.progress import Standing
from models.sheets import MILESTONE_WORDS
from translations import Spoken, Words, _

_WIDEST, _HIGHEST = 120, 110  # millimetres of a picture
_COUNTS = ("total", "done", "under_way", "stuck", "overdue")
_PAGE = _("Page {number} of {total}")


class TemplateUnusable(NotReady):
    """The office's own template is missing or cannot be filled in."""


def documentation_docx(doc: Documentation, tag: str, templates: Path | None = None) -> bytes:
    """Return all goal sheets with a title page and an overview; TemplateUnusable."""
    values = _common(doc, tag, words.TITLE.to(tag))
    values["sheets"] = [sheet_values(sheet, tag) for sheet in doc.sheets]
    return fill(docx_template.DOCUMENTATION, values, tag, templates)


def goal_sheets_docx(doc: Documentation, tag: str, templates: Path | None = None) -> bytes:
    """Return the goal sheets alone, one or many; TemplateUnusable."""
    values = _common(doc, tag, (words.SHEET if len(doc.sheets) == 1 else words.SHEETS).to(tag))
    values["sheets"] = [sheet_values(sheet, tag) for sheet in doc.sheets]
    return fill(docx_template.GOAL_SHEETS, values, tag, templates)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture among the values of a template: a JPEG, its size in pixels, and what it shows."""

    data: bytes
    width: int
    height: int
    caption: str


def fill(name: str, values: dict[str, Any], tag: str, templates: Path | None) -> bytes:
    """Return a template filled in with values, settled in its language; TemplateUnusable."""
    own = _own(name, templates)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    target = io.BytesIO()
    try:
        template = DocxTemplate(io.BytesIO(own.read_bytes() if own else docx_template.built_in(name)))
        captions = list[str]()
        template.render(_with_pictures(values, template, captions), environment)
        docx_settling.settle(template.docx, tag)
        for drawing, caption in zip(template.docx.element.body.iter(qn("wp:docPr")), captions, strict=False):
            drawing.set("descr", plain(caption))
        template.save(target)
    except (TemplateError, OpcError, BadZipFile, LxmlError, KeyError, ValueError, OSError) as error:
        if own is None:
            raise
        raise TemplateUnusable(
            _("The template {file} cannot be filled in: {why}")(file=str(own), why=_first_line(error))
        ) from error
    return target.getvalue()


def _with_pictures(values: Any, template: DocxTemplate, captions: list[str]) -> Any:
    """Return values with what Word shows in place of their pictures; what these show is noted in order."""
    if isinstance(values, Shown):
        captions.append(values.caption)
        wide = min(_WIDEST, _HIGHEST * values.width / max(values.height, 1))
        return InlineImage(template, io.BytesIO(values.data), width=Mm(round(wide)))
    if isinstance(values, dict):
        return {name: _with_pictures(one, template, captions) for name, one in values.items()}
    return [_with_pictures(one, template, captions) for one in values] if isinstance(values, list) else values


def _own(name: str, templates: Path | None) -> Path | None:
    if templates is None:
        return None
    if not templates.is_dir():
        raise TemplateUnusable(
            _("The folder of document templates, {folder}, is not there.")(folder=str(templates))
        )
    own = templates / name
    return own if own.is_file() else None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def say(said: Words | str | Spoken, tag: str) -> str:
    """Return words with the marks of their language."""
    spoken = said if isinstance(said, Spoken) else words.said(said, tag)
    return marked(Piece(spoken), tag)


def _common(doc: Documentation, tag: str, title: str) -> dict[str, Any]:
    return {
        "title": plain(title),
        "region": say(words.source(doc.region, tag), tag),
        "office": say(words.source(doc.office, tag), tag),
        "programme": say(words.source(doc.programme, tag), tag),
        "period": say(words.period(doc, tag), tag),
        "as_of": say(words.as_of(doc.today), tag),
        "progress": say(words.progress(doc.standing, tag), tag),
        "page": page_words(tag),
        "words": labels(tag),
        **_counts(doc.standing),
    }


def page_words(tag: str) -> dict[str, str]:
    """Return what stands around the numbers of pages."""
    before, _number, rest = _PAGE.to(tag).partition("{number}")
    between, _total, after = rest.partition("{total}")
    return {"before": before, "between": between, "after": after}


def labels(tag: str) -> dict[str, str]:
    """Return the heads of tables."""
    overview = ("number", "title", "carried", *_COUNTS)
    table = ("due", "measure", "report")
    return {
        "overview": words.OVERVIEW.to(tag),
        "milestones": words.MILESTONES.to(tag),
        "other_reports": words.OTHER.to(tag),
        **{name: head.to(tag) for name, head in zip(overview, words.OVERVIEW_HEADS, strict=True)},
        **{name: head.to(tag) for name, head in zip(table, words.MILESTONE_HEADS, strict=True)},
    }


def _counts(one: Standing) -> dict[str, int]:
    return {name: getattr(one, name) for name in _COUNTS}


def sheet_values(sheet: SheetLine, tag: str) -> dict[str, Any]:
    """Return what a template may say of a goal."""
    facts, closing = list(words.facts(sheet, tag)), list(words.closing(sheet, tag))
    single = dict.fromkeys(words.FACTS, "")
    single |= {fact.key: "\n".join(lines(fact.pieces, tag)) for fact in (*facts, *closing)}
    return {
        **single,
        "number": sheet.number,
        "title": say(sheet.title.spoken(tag), tag),
        "summary": say(sheet.summary.spoken(tag), tag),
        "field": say(sheet.field_name.spoken(tag), tag),
        "fallback": words.FALLBACK.to(tag) if words.is_fallback(sheet.title, tag) else "",
        "carried": words.CARRIED_BY[words.carrier(sheet)].to(tag),
        "ownership": single["carried"],
        "progress": say(words.progress(sheet.standing, tag), tag),
        "facts": _facts(facts, tag),
        "closing": _facts(closing, tag),
        "milestones": [_milestone(one, tag) for one in sheet.milestones],
        "other_reports": lines(words.reports(sheet.other_reports, tag), tag),
        **_counts(sheet.standing),
    }


def _milestone(one: MilestoneLine, tag: str) -> dict[str, Any]:
    return {
        "due": say(saying.when(one.due, tag), tag),
        "measure": say(words.source(one.measure, tag), tag),
        "state": MILESTONE_WORDS[one.state].to(tag),
        "report": lines(words.report(one, tag), tag),
    }


def _facts(facts: Iterable[Fact], tag: str) -> list[dict[str, Any]]:
    return [
        {"key": fact.key, "label": fact.label.to(tag), "lines": lines(fact.pieces, tag)} for fact in facts
    ]


def lines(pieces: Iterable[Piece], tag: str) -> list[str]:
    """Return the lines of a cell."""
    return [marked(piece, tag) for piece in pieces]
