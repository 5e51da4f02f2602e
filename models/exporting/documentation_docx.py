"""The half-year documentation, or one goal sheet of it, as a Word document from a template.

The template is the office's own where its folder has one of that name, else ours.
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
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

_COUNTS = ("total", "done", "under_way", "stuck", "overdue")
_PAGE = _("Page {number} of {total}")


class TemplateUnusable(NotReady):
    """The office's own template is missing or cannot be filled in."""


def documentation_docx(doc: Documentation, tag: str, templates: Path | None = None) -> bytes:
    """Return all goal sheets with a title page and an overview; TemplateUnusable."""
    values = _common(doc, tag, words.TITLE.to(tag))
    values["sheets"] = [_sheet(sheet, tag) for sheet in doc.sheets]
    return _filled(docx_template.DOCUMENTATION, values, tag, templates)


def goal_sheets_docx(doc: Documentation, tag: str, templates: Path | None = None) -> bytes:
    """Return the goal sheets alone, one or many; TemplateUnusable."""
    values = _common(doc, tag, (words.SHEET if len(doc.sheets) == 1 else words.SHEETS).to(tag))
    values["sheets"] = [_sheet(sheet, tag) for sheet in doc.sheets]
    return _filled(docx_template.GOAL_SHEETS, values, tag, templates)


def _filled(name: str, values: dict[str, Any], tag: str, templates: Path | None) -> bytes:
    own = _own(name, templates)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    target = io.BytesIO()
    try:
        template = DocxTemplate(io.BytesIO(own.read_bytes() if own else docx_template.built_in(name)))
        template.render(values, environment)
        docx_settling.settle(template.docx, tag)
        template.save(target)
    except (TemplateError, OpcError, BadZipFile, LxmlError, KeyError, ValueError, OSError) as error:
        if own is None:
            raise
        raise TemplateUnusable(
            _("The template {file} cannot be filled in: {why}")(file=str(own), why=_first_line(error))
        ) from error
    return target.getvalue()


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


def _said(said: Words | str | Spoken, tag: str) -> str:
    spoken = said if isinstance(said, Spoken) else words.said(said, tag)
    return marked(Piece(spoken), tag)


def _common(doc: Documentation, tag: str, title: str) -> dict[str, Any]:
    before, _number, rest = _PAGE.to(tag).partition("{number}")
    between, _total, after = rest.partition("{total}")
    return {
        "title": plain(title),
        "region": _said(words.source(doc.region, tag), tag),
        "office": _said(words.source(doc.office, tag), tag),
        "programme": _said(words.source(doc.programme, tag), tag),
        "period": _said(words.period(doc, tag), tag),
        "as_of": _said(words.as_of(doc), tag),
        "progress": _said(words.progress(doc.standing, tag), tag),
        "page": {"before": before, "between": between, "after": after},
        "words": _labels(tag),
        **_counts(doc.standing),
    }


def _labels(tag: str) -> dict[str, str]:
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


def _sheet(sheet: SheetLine, tag: str) -> dict[str, Any]:
    facts, closing = list(words.facts(sheet, tag)), list(words.closing(sheet, tag))
    single = dict.fromkeys(words.FACTS, "")
    single |= {fact.key: "\n".join(_lines(fact.pieces, tag)) for fact in (*facts, *closing)}
    return {
        **single,
        "number": sheet.number,
        "title": _said(sheet.title.spoken(tag), tag),
        "summary": _said(sheet.summary.spoken(tag), tag),
        "field": _said(sheet.field_name.spoken(tag), tag),
        "fallback": words.FALLBACK.to(tag) if words.is_fallback(sheet.title, tag) else "",
        "carried": words.CARRIED_BY[words.carrier(sheet)].to(tag),
        "ownership": single["carried"],
        "progress": _said(words.progress(sheet.standing, tag), tag),
        "facts": _facts(facts, tag),
        "closing": _facts(closing, tag),
        "milestones": [_milestone(one, tag) for one in sheet.milestones],
        "other_reports": _lines(words.reports(sheet.other_reports, tag), tag),
        **_counts(sheet.standing),
    }


def _milestone(one: MilestoneLine, tag: str) -> dict[str, Any]:
    return {
        "due": _said(saying.when(one.due, tag), tag),
        "measure": _said(words.source(one.measure, tag), tag),
        "state": MILESTONE_WORDS[one.state].to(tag),
        "report": _lines(words.report(one, tag), tag),
    }


def _facts(facts: Iterable[Fact], tag: str) -> list[dict[str, Any]]:
    return [
        {"key": fact.key, "label": fact.label.to(tag), "lines": _lines(fact.pieces, tag)} for fact in facts
    ]


def _lines(pieces: Iterable[Piece], tag: str) -> list[str]:
    return [marked(piece, tag) for piece in pieces]
