"""Documents to hand on: the half-year documentation and goal sheets, as Word and as PDF."""

from collections.abc import Callable
from pathlib import Path

from models.exporting.conference import Conference
from models.exporting.conference_docx import conference_docx
from models.exporting.conference_pdf import conference_pdf
from models.exporting.documentation import Documentation
from models.exporting.documentation_docx import documentation_docx, goal_sheets_docx
from models.exporting.documentation_pdf import documentation_pdf, goal_sheets_pdf

DOCUMENTATION, GOAL_SHEETS, CONFERENCE = "documentation", "goal-sheets", "conference"
DOCUMENTS = (DOCUMENTATION, GOAL_SHEETS)
DOCUMENT_MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_WRITERS: dict[tuple[str, str], Callable[[Documentation, str, Path | None], bytes]] = {
    (DOCUMENTATION, "docx"): documentation_docx,
    (DOCUMENTATION, "pdf"): lambda doc, tag, _templates: documentation_pdf(doc, tag),
    (GOAL_SHEETS, "docx"): goal_sheets_docx,
    (GOAL_SHEETS, "pdf"): lambda doc, tag, _templates: goal_sheets_pdf(doc, tag),
}


def write_document(
    kind: str, ending: str, doc: Documentation, tag: str, templates: Path | None = None
) -> bytes:
    """Return a document (DOCUMENTS) as "docx" or "pdf" in the language of `tag`; asks no database.

    FontsMissing where a PDF lacks fonts, TemplateUnusable where the office's own template does not work.
    """
    return _WRITERS[kind, ending](doc, tag, templates)


def write_conference(ending: str, doc: Conference, tag: str, templates: Path | None = None) -> bytes:
    """Return the documentation of an event as "docx" or "pdf"; refuses as `write_document` does."""
    return conference_docx(doc, tag, templates) if ending == "docx" else conference_pdf(doc, tag)
