"""Thanking the guests of an event: an update for those who came, each with the sheets of their own groups."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import updates_writing
from models.audiences import Audience
from models.changes import Author
from models.event_cards import EventCard
from models.updates import ButtonKind, Update, UpdateState
from models.updates_writing import Content
from translations import LANGUAGES, SOURCE, _

_TITLE = _("Thank you for coming: {event}")
_BODY = _(
    "Thank you for being there and for thinking along. What your group has agreed stands on its goal sheet: "
    "look at it, and tell us what is missing."
)


def written(session: Session, card: EventCard) -> Update | None:
    """Return the thanks of an event that are there already, unless they were stopped."""
    return session.scalars(
        sa.select(Update)
        .where(
            Update.button == ButtonKind.SHEETS, Update.button_target == card.code,
            Update.state != UpdateState.CANCELLED,
        )
        .order_by(Update.id.desc())
        .limit(1)
    ).first()  # fmt: skip


def thank(session: Session, card: EventCard, *, by: Author) -> Update:
    """Return the draft of the thanks, in all languages; pressed once more, it is the same one."""
    found = written(session, card)
    if found is not None:
        return found
    tags = [SOURCE, *(entry.tag for entry in LANGUAGES if entry.tag != SOURCE)]
    made = updates_writing.begin(session, by=by)
    content = Content(
        title={tag: _TITLE(event=card.title).to(tag)[: updates_writing.LONGEST_TITLE] for tag in tags},
        body={tag: _BODY.to(tag) for tag in tags}, button=ButtonKind.SHEETS, target=card.code,
    )  # fmt: skip
    saved = updates_writing.save(session, made.id, content, by=by, version=made.version)
    audience = Audience(events=frozenset({card.id}), arrived=True)
    return updates_writing.choose(session, saved.id, audience, by=by, version=saved.version, is_public=False)
