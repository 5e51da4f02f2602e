"""Where the reader of a group's page edits its goal sheet, if they may."""

from flask import request, url_for
from sqlalchemy.orm import Session

from models import leads, sessions
from models.groups import GroupCard
from models.staff import OFFICE
from webforms.site import STAFF_COOKIE, signed_in, site


def address(session: Session, card: GroupCard) -> str:
    """Return the address of the editing page for a lead or the office, "" for everybody else.

    The database is asked only where a browser brings a session.
    """
    person = signed_in()
    if person is not None and leads.is_lead(session, person, card.id):
        return url_for("sheets.edit", number=card.number)
    ticket = request.cookies.get(site().cookie(STAFF_COOKIE), "")
    member = sessions.staff_of(session, ticket) if ticket else None
    if member is not None and member.role in OFFICE:
        return url_for("desk.sheets.edit", number=card.number)
    return ""
