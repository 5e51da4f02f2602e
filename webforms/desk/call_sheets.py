"""Call sheets at the desk: a status round on paper, for who is called."""

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models import regions, rounds
from models.exporting import call_sheet
from models.exporting.call_sheet import CallSheet
from models.forms.questions import Context
from models.rounds import StatusRound
from webforms.desk import showing
from webforms.site import site, tag

blueprint = Blueprint("call_sheets", __name__)
_PLACE = "/rounds/<int:number>/call-sheet"


def _read(session: Session, number: int) -> tuple[StatusRound, list[CallSheet]]:
    one = rounds.get(session, number)
    return one, call_sheet.call_sheets(session, one, tag(), request.args.getlist("group")[:200])


@blueprint.get(_PLACE)
def show(number: int) -> Response:
    """Show the sheets of the chosen groups, or of all silent ones, to print from the browser."""
    with site().db.reading() as session:
        one, sheets = _read(session, number)
        return showing.show(
            "desk/call_sheet.html", round=one, sheets=sheets, words=call_sheet,
            month=rounds.month_words(one.month), context=Context(session, tag(), channel="desk"),
            chosen=request.args.getlist("group")[:200],
        )  # fmt: skip


@blueprint.get(f"{_PLACE}.pdf")
def paper(number: int) -> Response:
    """Hand the sheets out as PDF."""
    with site().db.reading() as session:
        one, sheets = _read(session, number)
        body = call_sheet.call_sheets_pdf(
            session, sheets, month=one.month, region=regions.the_region(session), tag=tag()
        )
    response = Response(body, mimetype="application/pdf")
    name = f"call-sheet-{one.month:%Y-%m}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
