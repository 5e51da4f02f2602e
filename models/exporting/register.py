"""The register of processing activities (Article 30 GDPR), as Word, PDF or Markdown, from one list."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models import processing, regions
from models.exporting import docx_template
from models.exporting.documentation_docx import fill, lines, page_words, say
from models.exporting.documentation_pdf import printed
from models.exporting.documentation_words import Piece, as_of, said, source
from models.exporting.docx_settling import plain
from models.exporting.paper import Paper, Running
from models.periods import KINDS, Periods
from models.processing import BASIS_WORDS, Purpose
from models.regions import Region
from models.settings import Settings
from translations import Spoken, Text, _

TITLE = _("Register of processing activities")
CONTROLLER, OFFICER = _("Who is responsible"), _("Data protection officer")
HEADS: Mapping[str, Text] = {
    "people": _("Categories of persons"),
    "data": _("Categories of data"),
    "basis": _("Legal basis"),
    "periods": _("How long it is kept"),
    "recipients": _("Recipients"),
    "abroad": _("Transfer to other countries"),
    "measures": _("Technical and organisational measures"),
}
FOR_ALL = _("For all purposes")


@dataclass(frozen=True, slots=True)
class Row:
    """A label and the lines beside it."""

    label: Text
    said: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its rows."""

    heading: Text
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """The whole register in one language."""

    tag: str
    region: Region
    today: date
    parts: Sequence[Part]


def read(session: Session, settings: Settings, tag: str, *, today: date) -> Register:
    """Return the register of this installation."""
    region = regions.the_region(session)
    purposes = (_purpose(one, settings, tag) for one in processing.in_use(settings))
    return Register(tag, region, today, [_controller(region, tag), *purposes, _for_all(settings, tag)])


def _controller(region: Region, tag: str) -> Part:
    told = (region.office or region.name, *region.address.splitlines(), region.phone, region.email)
    rows = [Row(_("Office"), tuple(source(one, tag) for one in told if one))]
    if region.privacy_contact:
        lines_of = region.privacy_contact.splitlines()
        rows.append(Row(OFFICER, tuple(source(one, tag) for one in lines_of if one)))
    return Part(CONTROLLER, tuple(rows))


def _row(key: str, words: Iterable[Text], tag: str) -> Row:
    return Row(HEADS[key], tuple(said(one, tag) for one in words))


def _purpose(one: Purpose, settings: Settings, tag: str) -> Part:
    spans = tuple(period_said(key, settings.periods, tag) for key in processing.periods_of(one, settings))
    stays = (said(one.stays, tag),) if one.stays else ()
    return Part(
        one.what,
        (
            _row("people", [one.people], tag), _row("data", [one.data], tag),
            _row("basis", [BASIS_WORDS[basis] for basis in one.basis], tag),
            Row(HEADS["periods"], (*spans, *stays)),
        ),
    )  # fmt: skip


def period_said(key: str, periods: Periods, tag: str) -> Spoken:
    """Return one period in words: what is kept, and how long."""
    return Spoken(f"{KINDS[key].name.to(tag)}: {periods.said(key).to(tag)}", tag, False)


def _for_all(settings: Settings, tag: str) -> Part:
    return Part(
        FOR_ALL,
        (
            _row("recipients", processing.recipients(settings), tag),
            _row("abroad", [processing.abroad(settings)], tag),
            _row("measures", processing.MEASURES, tag),
        ),
    )


def as_docx(register: Register, settings: Settings) -> bytes:
    """Return it as a Word document; TemplateUnusable where the office's own template does not work."""
    tag = register.tag
    values = {
        "title": plain(TITLE.to(tag)),
        "region": say(source(register.region.name, tag), tag),
        "office": say(source(register.region.office, tag), tag),
        "as_of": say(as_of(register.today), tag),
        "page": page_words(tag),
        "sections": [
            {"heading": say(part.heading, tag), "facts": _facts(part, tag), "pictures": []}
            for part in register.parts
        ],
    }
    return fill(docx_template.REGISTER, values, tag, settings.templates)


def _facts(part: Part, tag: str) -> list[dict[str, object]]:
    return [
        {"key": "", "label": say(row.label, tag), "lines": lines(map(Piece, row.said), tag)}
        for row in part.rows
    ]


def as_pdf(register: Register, _settings: Settings) -> bytes:
    """Return it as PDF; FontsMissing without fonts."""
    tag, region = register.tag, register.region
    foot = as_of(register.today)
    running = Running(head=source(region.name, tag), head_end=TITLE, foot=foot, on_first=False)
    paper = Paper(tag, title=TITLE.to(tag), running=running, accent=region.accent)
    paper.title(TITLE)
    for part in register.parts:
        paper.heading(part.heading, 2)
        paper.facts((row.label, [printed(Piece(one)) for one in row.said]) for row in part.rows)
    return paper.written()


def as_markdown(register: Register, _settings: Settings) -> bytes:
    """Return it as Markdown."""
    tag = register.tag
    blocks = [f"# {TITLE.to(tag)}", as_of(register.today).to(tag)]
    for part in register.parts:
        blocks.append(f"## {part.heading.to(tag)}")
        for row in part.rows:
            blocks.append("\n".join([f"**{row.label.to(tag)}**", "", *(f"- {one.text}" for one in row.said)]))
    return ("\n\n".join(blocks) + "\n").encode()


WRITERS: Mapping[str, Callable[[Register, Settings], bytes]] = {
    "docx": as_docx, "pdf": as_pdf, "md": as_markdown,
}  # fmt: skip
