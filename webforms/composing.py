"""Composing updates: the same pages for the office at the desk and for leads beside their goal sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from models import audit, updates_checking, updates_sending, updates_watching, updates_writing
from models.audiences import Audience
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import NotFound
from models.groups import GroupCard
from models.updates import UPDATE_WORDS, Update, UpdateState
from translations import LANGUAGES, _
from webforms.site import site

OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
OPEN = (UpdateState.DRAFT, UpdateState.WAITING)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody composes: who they are, below which address, how a page is shown there.

    `card` is the group of a lead; the office writes without one.
    """

    by: Author
    base: str
    render: Callable[..., Response]
    card: GroupCard | None = None

    @property
    def is_office(self) -> bool:
        """Return whether it is the desk."""
        return self.card is None

    def note(self, session: Session, verb: Verb, number: int) -> None:
        """Note in the audit what somebody of the office did with an update; that of leads is in its steps."""
        if self.by.staff_id is not None:
            audit.note(session, self.by.staff_id, verb, Kind.UPDATE, number)

    def at(self, number: int, part: str = "") -> str:
        """Return the address of one of an update's pages."""
        return f"{self.base}/{number}/{part}" if part else f"{self.base}/{number}"


def seen(session: Session, place: Place, number: int) -> Update:
    """Return an update that may be written here; NotFound for one of another group."""
    found = updates_writing.seen(session, number, by=place.by)
    if place.card is not None and found.group_id != place.card.id:
        raise NotFound(_("There is no such update."))
    return found


def chats(session: Session, audience: Audience) -> int:
    """Return into how many linked group chats an update goes: none where there is no Telegram."""
    return updates_watching.chats(session, audience) if site().settings.is_telegram_on else 0


def show(
    place: Place, update: Update, part: str, status: int = 200, *, is_moving: bool = False, **values: Any
) -> Response:
    """Show one of an update's pages with what all of them carry; `is_moving`: some of it still goes out."""
    rule = site().settings.release
    stage = updates_watching.shown_state(update, is_moving=is_moving)
    return place.render(
        f"update_{part}.html", status, update=update, place=place, part=part, states=UPDATE_WORDS,
        own_names=OWN_NAMES, stage=stage, is_open=update.state in OPEN, is_out=update.sent_at is not None,
        missing=updates_checking.missing(update), needs_release=updates_sending.needs_release(update, rule),
        instead=lambda tag: updates_checking.instead(update, tag), most=updates_checking.LONGEST_MESSAGE,
        **values,
    )  # fmt: skip
