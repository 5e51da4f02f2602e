"""Inviting all groups to an event: an update that the office reads once more and then sends."""

from sqlalchemy.orm import Session

from models import event_letters, updates_writing
from models.changes import Author
from models.event_cards import EventCard
from models.updates import ButtonKind, Update
from models.updates_writing import Content
from translations import SOURCE, _

_TITLE = _("Invitation: {event}")
_BODY = _("You are invited to “{event}”. Please register, so that there is a place for you.")


def invite(session: Session, card: EventCard, *, by: Author) -> Update:
    """Write a draft to all groups, in each language in which the event has a title, with its button."""
    tags = [SOURCE, *(tag for tag in card.title.words if tag != SOURCE)]
    made = updates_writing.begin(session, by=by)
    content = Content(
        title={tag: _TITLE(event=card.title).to(tag)[: updates_writing.LONGEST_TITLE] for tag in tags},
        body={tag: _body(card, tag) for tag in tags}, button=ButtonKind.EVENT, target=card.code,
    )  # fmt: skip
    return updates_writing.save(session, made.id, content, by=by, version=made.version)


def _body(card: EventCard, tag: str) -> str:
    facts = [_("When: {when}")(when=event_letters.when_said(card)).to(tag)]
    if card.place:
        facts.append(_("Where: {place}")(place=card.place).to(tag))
    about = card.about.words.get(tag, "")
    parts = (_BODY(event=card.title).to(tag), "\n".join(f"- {one}" for one in facts), about)
    return "\n\n".join(part for part in parts if part)
