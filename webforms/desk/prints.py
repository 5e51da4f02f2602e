"""Posters and cards: what the office prints for halls and tables, as PDF or as a page for the printer."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models import clock, groups, saying
from models.errors import InvalidAnswer
from models.exporting import form_sheet, print_words, prints
from models.exporting.print_words import MOST_LANGUAGES, PRODUCT_WORDS, Product
from models.exporting.printing import prints_pdf
from models.exporting.prints import Prints, Size
from models.forms import FORMS
from models.forms.form import Form
from models.forms.register_event import RegisterEvent
from models.groups import Directory, GroupCard
from models.sheets import MILESTONE_WORDS
from translations import Text, _, catalogues, language
from webforms import static_files
from webforms.desk import showing
from webforms.qr import qr_svg
from webforms.site import site, tag

blueprint = Blueprint("prints", __name__)
_FIRST = "join-group"  # the form that is wanted most
_PLACE = "/prints"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose to print."""

    product: Product
    cards: tuple[GroupCard, ...]
    tags: tuple[str, ...]
    size: Size
    form: type[Form]


def _offered_forms() -> list[type[Form]]:
    return [form for form in FORMS.values() if form.listed or form is RegisterEvent]


def _read(directory: Directory) -> Wanted:
    """Read the choice from the address; InvalidAnswer for what is not on offer."""
    try:
        product = Product(request.args.get("product", Product.POSTER))
        size = Size(request.args.get("paper", Size.A4))
        slug = request.args.get("form", _FIRST)
        form = {form.slug: form for form in _offered_forms()}[slug]
    except (ValueError, KeyError) as error:
        raise InvalidAnswer(_("Please choose one of the answers.")) from error
    named = [directory.get(key) for key in request.args.getlist("group")[:200]]
    cards = {card.id: card for card in named}
    return Wanted(
        product, tuple(cards.values()), prints.chosen_tags(request.args.getlist("language")[:20]), size, form
    )


def _gathered(session: Session, wanted: Wanted) -> Prints:
    today = clock.today(site().settings.zone)
    return prints.read(session, wanted.product, wanted.cards, wanted.tags, site().settings.address, today)


@blueprint.get(_PLACE)
def choose() -> Response:
    """Offer what can be printed, for which groups, in which languages."""
    return _choose()


def _choose(status: int = 200, wrong: Text | None = None) -> Response:
    args = request.args
    with site().db.reading() as session:
        cards = groups.directory(session).cards
    chosen = [] if "product" in args else [card.number for card in cards]
    return showing.show(
        "desk/prints.html", status, cards=cards, products=PRODUCT_WORDS, sizes=list(Size),
        forms=_offered_forms(), tongues_offered=catalogues.offered(), most=MOST_LANGUAGES - 1, wrong=wrong,
        typed={
            "product": args.get("product", Product.POSTER), "paper": args.get("paper", Size.A4),
            "form": args.get("form", _FIRST), "groups": args.getlist("group") or chosen,
            "languages": args.getlist("language") or [tag()],
        },
    )  # fmt: skip


@blueprint.get(f"{_PLACE}/pdf")
def paper() -> Response:
    """Hand out what was chosen as one PDF."""
    try:
        wanted, gathered, sheets = _asked_for()
    except InvalidAnswer as refusal:
        return _choose(422, refusal.text)
    if wanted.product is Product.FORM:
        whole = form_sheet.form_sheets_pdf(sheets, gathered)
    else:
        whole = prints_pdf(wanted.product, gathered, wanted.size)
    response = Response(whole, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(wanted)}"'
    return response


def _asked_for() -> tuple[Wanted, Prints, list[form_sheet.FormSheet]]:
    """Return what was chosen with all that goes onto it; InvalidAnswer where nothing can be printed."""
    with site().db.reading() as session:
        wanted = _read(groups.directory(session))
        gathered = _gathered(session, wanted)
        return wanted, gathered, _sheets(session, wanted, gathered)


def _sheets(session: Session, wanted: Wanted, gathered: Prints) -> list[form_sheet.FormSheet]:
    if wanted.product is not Product.FORM:
        return []
    return form_sheet.form_sheets(session, wanted.form, gathered, site().settings.address)


def _file_name(wanted: Wanted) -> str:
    what = wanted.form.slug if wanted.product is Product.FORM else wanted.product.value
    which = wanted.cards[0].number if len(wanted.cards) == 1 else ""
    return "-".join(part for part in (what, which, *wanted.tags) if part) + ".pdf"


@blueprint.get(f"{_PLACE}/page")
def page() -> Response:
    """Show what was chosen as a page that the browser prints."""
    try:
        wanted, gathered, sheets = _asked_for()
    except InvalidAnswer as refusal:
        return _choose(422, refusal.text)
    return showing.show(
        "desk/prints_page.html", wanted=wanted, gathered=gathered, sheets=sheets, words=print_words,
        form_words=form_sheet, qr=qr_svg, states=MILESTONE_WORDS, back=request.query_string.decode("latin-1"),
        tongues_printed=[language(one) for one in wanted.tags], tongue_of=language, when_in=saying.when,
        look=static_files.address("prints.css"),
    )  # fmt: skip
