"""Any form as a sheet of paper: the same questions, with boxes to tick and lines to write on.

Questions have numbers, so that the office finds the answers on an Arabic sheet by the German one beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from models.exporting.documentation_words import source
from models.exporting.paper import BOLD, LEAD, SMALL, Paper, Running
from models.exporting.print_words import FEEDBACK_FORM, short
from models.exporting.prints import Address, Piece, Prints
from models.forms import age
from models.forms.form import Form
from models.forms.join_group import JoinGroup
from models.forms.questions import Context, Kind, Option, Question
from models.groups import GroupCard
from translations import SOURCE, Spoken, _

ONLINE = _("You can also fill this in online, in your language. Scan the code or type the address:")
ONLY_AFTER = _("Only if you have answered question {number}.")
ONLY_FOR = _("Only for: {answer}")
OPTIONAL = _("optional")
CONSENTS = _("Tick only what you agree to. You can change that at any time.")
FILES = _("You can send photos, voice notes and documents online.")
HAND_IN = _("Please give this sheet to the office. Thank you!")
PRIVACY = _("What happens with your data: {address}")
_LINES = {Kind.LINE: 1, Kind.TEXT: 4}  # to write on


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on paper, in one language."""

    number: int
    kind: Kind
    label: str
    hint: str
    only: str  # when it is to be answered, "" for always
    optional: bool
    options: tuple[Spoken, ...]
    begins_consents: bool = False

    @property
    def lines(self) -> int:
        """How many lines to write on stand below."""
        return _LINES.get(self.kind, 0)


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet: a form in a language, about a group or none."""

    tag: str
    form: type[Form]
    card: GroupCard | None
    online: str  # the address where the same can be done
    privacy: str
    questions: tuple[Asked, ...]


def form_sheets(session: Session, form: type[Form], prints: Prints, address: Address) -> list[FormSheet]:
    """Return the sheets of a form: of each group, in each language."""
    pieces: Sequence[Piece | None] = prints.pieces if _is_about_group(form) else ()
    return [
        FormSheet(
            tag, form, piece.card if piece else None, _online(form, piece, tag, address),
            address(f"/{tag}/privacy"), tuple(asked(session, form, tag, piece.card if piece else None)),
        )
        for piece in pieces or [None]
        for tag in prints.tags
    ]  # fmt: skip


def _is_about_group(form: type[Form]) -> bool:
    return any(question.name == "group" for question in form.declared)


def _online(form: type[Form], piece: Piece | None, tag: str, address: Address) -> str:
    """Return the shortest address where the same can be done."""
    if piece is None:
        return address(f"/{tag}/forms/{form.slug}")
    if form.slug == FEEDBACK_FORM:
        return piece.feedback
    return piece.join if form is JoinGroup else address(f"/{tag}/forms/{form.slug}?group={piece.card.code}")


def asked(session: Session, form: type[Form], tag: str, card: GroupCard | None) -> Iterator[Asked]:
    """Return the questions of a form as they stand on paper, those about the chosen group left out."""
    # Nobody can open a chat by a pen, so Telegram is not among the ways to be reached.
    context = Context(session, tag, has_telegram=False, answers={"group": card} if card else {})
    numbers: dict[str, int] = {}
    consents = 0
    for question in form.declared:
        if (question.name == "group" and card is not None) or not age.is_on_paper(question, session):
            continue
        numbers[question.name] = len(numbers) + 1
        consents += question.kind is Kind.CONSENT
        is_consent = question.kind is Kind.CONSENT
        yield Asked(
            numbers[question.name],
            question.kind,
            question.label.to(tag),
            _hint(question, tag),
            _only(question.when, numbers, context, tag),
            question.optional and not is_consent,
            () if is_consent else tuple(_said(option, tag) for option in question.options(context)),
            begins_consents=is_consent and consents == 1,
        )


def _hint(question: Question[Any], tag: str) -> str:
    """Say the hint; what an upload may be helps nobody on paper."""
    if question.kind is Kind.FILES:
        return FILES.to(tag)
    return question.hint.to(tag) if question.hint else ""


def _said(option: Option, tag: str) -> Spoken:
    label = option.label
    if isinstance(label, GroupCard):
        title = label.title.spoken(tag)
        return replace(title, text=f"{label.number} {title.text}")
    spoken = getattr(label, "spoken", None)
    return spoken(tag) if spoken else Spoken(label.to(tag), tag, False)


def _only(rule: object, numbers: dict[str, int], context: Context, tag: str) -> str:
    """Say when a follow-up question is to be answered."""
    before = getattr(rule, "follows", None)
    if before is None or before.name not in numbers:
        return ""
    keys = getattr(rule, "keys", ())
    labels = [_said(one, tag).text for one in before.options(context) if one.key in keys]
    if labels:
        return ONLY_FOR(answer=" / ".join(labels)).to(tag)
    return ONLY_AFTER(number=numbers[before.name]).to(tag)


def form_sheets_pdf(sheets: Sequence[FormSheet], prints: Prints) -> bytes:
    """Return the sheets as one file, each with its own page numbers; FontsMissing without fonts."""
    title = sheets[0].form.title.to(sheets[0].tag)
    paper = Paper(
        sheets[0].tag, title=title, running=_running(sheets[0], prints), accent=prints.region.accent
    )
    for place, sheet in enumerate(sheets):
        if place:
            paper.next_paper(sheet.tag, _running(sheet, prints))
        _draw(paper, sheet)
    return paper.written()


def _running(sheet: FormSheet, prints: Prints) -> Running:
    region, tag = prints.region, sheet.tag
    number = f" {sheet.card.number}" if sheet.card else ""
    office = ", ".join(part for part in (region.office or region.name, *region.address.splitlines()) if part)
    return Running(
        head=source(region.name, tag),
        head_end=Spoken(f"{sheet.form.title.to(tag)}{number}", tag, False),
        foot=source(office, tag),
    )


def _draw(paper: Paper, sheet: FormSheet) -> None:
    paper.heading(sheet.form.title)
    if sheet.card is not None:
        title = sheet.card.title.spoken(sheet.tag)
        paper.paragraph(replace(title, text=f"{sheet.card.number} {title.text}"), replace(LEAD, bold=True))
    address = Spoken(short(sheet.online), SOURCE, False)
    paper.code(sheet.online, [ONLINE, address])
    for question in sheet.questions:
        _draw_question(paper, question)
    paper.space(3)
    paper.paragraph(HAND_IN, BOLD)
    paper.paragraph(PRIVACY(address=short(sheet.privacy)), SMALL)


def _draw_question(paper: Paper, one: Asked) -> None:
    paper.need(34 if one.lines > 1 else 24)
    if one.begins_consents:
        paper.paragraph(CONSENTS, BOLD)
    if one.kind is Kind.CONSENT:
        paper.choices([f"{one.number}. {one.label}"])
        return
    optional = f" ({OPTIONAL.to(paper.tag)})" if one.optional else ""
    paper.paragraph(f"{one.number}. {one.label}{optional}", BOLD)
    for more in (one.only, one.hint):
        if more:
            paper.close_up()
            paper.paragraph(more, SMALL)
    if one.options:
        paper.choices(one.options)
    elif one.lines:
        paper.close_up()
        paper.ruled(one.lines)
    else:
        paper.space(2)
