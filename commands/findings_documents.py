"""What the doctor looks at for documents: fonts for PDF, the office's own templates for Word."""

from datetime import UTC, date, datetime

from commands.findings import Finding
from models.event_cards import AgendaCard, EventCard, WorkshopCard
from models.events import EventKind, EventState
from models.exporting import docx_template, fonts
from models.exporting.conference import Conference, GoalPart, Numbers, StepLine, WorkshopLine
from models.exporting.documentation import Documentation, MilestoneLine, ReportLine, SheetLine
from models.exporting.documentation_docx import TemplateUnusable
from models.exporting.documents import DOCUMENTS, write_conference, write_document
from models.progress import Standing
from models.settings import Settings
from models.sheets import MilestoneState
from models.when import When
from translations import Localised

DAY = date(2020, 1, 1)
_NOTHING = Localised({})


def font_files(_settings: Settings) -> Finding:
    """Tell whether PDF files can be written in all languages."""
    lacking = fonts.missing()
    if lacking:
        remedy = f"`apt install {fonts.PACKAGE}`, or put these files into ~/.local/share/fonts."
        return Finding("fonts", False, f"PDF files cannot be written: {', '.join(lacking)} missing", remedy)
    return Finding("fonts", True, "Noto is there, for PDF files in all languages")


def templates(settings: Settings) -> Finding:
    """Tell whether the office's own document templates can be filled in."""
    if settings.templates is None:
        return Finding("templates", True, "ours, for Word documents")
    try:
        for kind in DOCUMENTS:
            write_document(kind, "docx", _specimen(), "de", settings.templates)
        write_conference("docx", _conference(), "de", settings.templates)
    except TemplateUnusable as error:
        remedy = "`mitwirken export documentation --template --to FILE.docx` writes ours, to begin anew."
        return Finding("templates", False, error.text.to("en"), remedy)
    own = [name for name in docx_template.NAMES if (settings.templates / name).is_file()]
    return Finding("templates", True, f"{settings.templates}: {', '.join(own) or 'none; ours are taken'}")


def _specimen() -> Documentation:
    """Return a documentation in which every part of a template has something to say."""
    report = ReportLine(datetime(2020, 1, 1, tzinfo=UTC), MilestoneState.DONE, _NOTHING)
    milestone = MilestoneLine(When("01/20"), "–", MilestoneState.DONE, False, "", (report,))
    sheet = SheetLine(
        1, "1.1", 1, _NOTHING, _NOTHING, _NOTHING, "", (), (), When.nothing(), None, "", When.nothing(),
        (milestone,), (report,), "", None, Standing(total=1, done=1),
    )  # fmt: skip
    return Documentation("–", "–", "", "–", DAY, DAY, (DAY, DAY), DAY, (sheet,))


def _conference() -> Conference:
    """Return the documentation of a conference, likewise."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    card = EventCard(
        1, "CODE", EventKind.CONFERENCE, EventState.OVER, _NOTHING, DAY, "", "", "", _NOTHING, _NOTHING, (),
        (), None, 0, 0, None, 1, moment, (AgendaCard("14:00", "", _NOTHING, None),),
    )  # fmt: skip
    workshop = WorkshopCard(1, 1, None, "", 0, _NOTHING, "", "", (), None, 0)
    line = WorkshopLine(workshop, {"where": "–"}, (StepLine("–", "01/20", "–"),), ())
    goal = GoalPart(_specimen().sheets[0], (line,), None)
    return Conference("–", "–", "", card, Numbers(1, 1, 1, (("de", 1),)), (goal,), (line,), (), DAY)
