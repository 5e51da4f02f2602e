"""The right to be forgotten: everything that tells of a person goes; what remains counts and says nothing."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import attachments, erasures, participants, places, progress, renditions, workshop_sheets
from models.attachments import Attachment
from models.broadcasts import KIND
from models.drafts import Draft
from models.inbox import InboxState, InboxUpdate
from models.links import Link, Purpose
from models.outbox import Delivery, Message, begins
from models.people import Person
from models.submissions import HistoryEntry, Step, Submission
from models.translating import KINDS
from models.updates import Update, UpdateState, UpdateStep

_NOT_SENT = (UpdateState.DRAFT, UpdateState.WAITING, UpdateState.SCHEDULED)
# Forms whose entries are called after group and milestone; others hold their sender's own words there.
_TITLED_BY_GROUP = (
    "join-group", "follow-group", "report-progress", "add-to-report", "status-round",
    "register-event",
)  # fmt: skip
_AT_ONCE = 100  # conditions in one statement


def erase(session: Session, person: Person) -> None:
    """Remove a person with all that was said by them and to them.

    Their submissions keep form, state, group and dates, so that counts stay right. Accounts, consents,
    memberships, drafts, links, log-ins and deliveries go with the person's row. Files are seen by nobody from
    now on; their bytes are removed within minutes, after the commit. The list of erasures keeps their number
    and mark, so that a backup that comes back does not bring them back.
    """
    session.flush()
    erasures.note(session, person)
    # Held, so that no letter about an entry is written after those that are there have been removed.
    held = sa.select(Submission.id).where(Submission.person_id == person.id).with_for_update()
    session.execute(held.order_by(Submission.id))
    _erase_as_contact(session, person)
    places.let_go(session, person.id)
    _erase_messages(session, person.id)
    participants.forget(session, person)
    workshop_sheets.forget(session, person)
    own = sa.select(Submission.id).where(Submission.person_id == person.id)
    progress.forget(session, own)
    _erase_updates(session, person.id)
    attachments.forget(session, sa.or_(Attachment.person_id == person.id, Attachment.submission_id.in_(own)))
    session.execute(
        sa.update(HistoryEntry)
        .where(HistoryEntry.submission_id.in_(own))
        .values(words="", language="", channel="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Submission)
        .where(Submission.person_id == person.id, Submission.form.not_in(_TITLED_BY_GROUP))
        .values(title="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Submission)
        .where(Submission.person_id == person.id)
        .values(answers={}, person_id=None, version=Submission.version + 1)  # who has it open is told so
        .execution_options(synchronize_session=False)
    )
    # What was begun on a page belongs to nobody yet, but to the link with which its owner goes on in a chat.
    begun = sa.select(Link.target_id).where(Link.person_id == person.id, Link.purpose == Purpose.DRAFT)
    session.execute(sa.delete(Draft).where(Draft.id.in_(begun)).execution_options(synchronize_session=False))
    if person.telegram_id is not None:
        _erase_inbox(session, person.telegram_id)
    session.execute(sa.delete(Person).where(Person.id == person.id))
    for one in list(session):
        if isinstance(one, (Person, Submission, HistoryEntry, Attachment)):
            session.expunge(one) if one is person else session.expire(one)


def _erase_as_contact(session: Session, person: Person) -> None:
    """Remove who it was to whom others' contacts were passed on, from their entries and letters."""
    if not person.name:
        return
    named = sa.and_(HistoryEntry.step == Step.HANDED_OVER, HistoryEntry.words == person.name)
    for number in session.scalars(sa.select(HistoryEntry.submission_id).where(named)).all():
        letter = Message.key == f"handed:{number}:member"
        session.execute(sa.delete(Message).where(letter).execution_options(synchronize_session=False))
    session.execute(
        sa.update(HistoryEntry).where(named).values(words="").execution_options(synchronize_session=False)
    )


def _erase_updates(session: Session, person_id: int) -> None:
    """Remove what a lead has begun to write to a group; what has been sent is the group's."""
    own = sa.select(Update.id).where(Update.person_id == person_id, Update.state.in_(_NOT_SENT))
    for number in session.scalars(own).all():
        renditions.forget(session, KINDS["update"], number)
        session.execute(
            sa.delete(Update).where(Update.id == number).execution_options(synchronize_session=False)
        )
    session.execute(
        sa.update(UpdateStep)
        .where(UpdateStep.person_id == person_id)
        .values(words="")
        .execution_options(synchronize_session=False)
    )


def _erase_messages(session: Session, person_id: int) -> None:
    """Remove letters to this person alone, and those that gave their contact to somebody else."""
    to_person = sa.select(Delivery.message_id).where(Delivery.person_id == person_id)
    to_others = sa.select(Delivery.message_id).where(
        Delivery.person_id != person_id, Delivery.message_id == Message.id
    )
    session.execute(
        sa.delete(Message)
        .where(Message.id.in_(to_person), ~to_others.exists(), Message.kind != KIND)  # the office's own words
        .execution_options(synchronize_session=False)
    )
    # Who led a group before was told who leads it now; who was replaced is not in the letter.
    led = sa.and_(begins(session, "lead-changed:"), Message.key.like(f"lead-changed:%:%:{person_id}"))
    named = [led]
    for number in session.scalars(sa.select(Submission.id).where(Submission.person_id == person_id)):
        named.append(Message.key.in_([f"accepted:{number}", f"declined:{number}"]))
        named += [begins(session, f"{word}:{number}:") for word in ("asked", "corrected", "added", "handed")]
    for start in range(0, len(named), _AT_ONCE):
        some = sa.or_(*named[start : start + _AT_ONCE])
        session.execute(sa.delete(Message).where(some).execution_options(synchronize_session=False))


def _erase_inbox(session: Session, chat_id: int) -> None:
    """Forget what arrived from a chat. What still waits was written after the wish to be forgotten."""
    session.execute(
        sa.update(InboxUpdate)
        .where(InboxUpdate.chat_id == chat_id, InboxUpdate.state != InboxState.NEW)
        .values(body=sa.null(), error="", chat_id=0)
        .execution_options(synchronize_session=False)
    )
