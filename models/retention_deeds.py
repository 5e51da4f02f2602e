"""What the nightly job does: for each period of the list, which rows are due, and how they go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    attachments,
    ballot_board,
    ballots,
    clock,
    feedback,
    needs,
    periods,
    retention_entries,
    retention_people,
    translation_lists,
    tries,
    workshop_pictures,
    workshop_sheets,
)
from models.attachments import Attachment, AttachmentState
from models.ballots import Ballot, BallotCard, Phase
from models.broadcasts import KIND, Broadcast, BroadcastState
from models.ceremonies import Ceremony
from models.db import Base, zone_of
from models.devices import Device
from models.drafts import Draft
from models.erasures import Erasure
from models.events import Event
from models.feedback import FeedbackPoint
from models.inbox import InboxState, InboxUpdate
from models.links import Link
from models.nights import Night
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.registrations import Registration
from models.renditions import Rendition
from models.sessions import LogIn
from models.submissions import State, Submission
from models.tries import Tries
from models.updates import Update
from models.workshop_pictures import WorkshopPicture
from models.workshop_sheets import WorkshopSheet

Chosen: TypeAlias = sa.Select[Any]
Due: TypeAlias = Callable[[Session, datetime], Chosen]
Go: TypeAlias = Callable[[Session, Sequence[Any]], object]
_ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that the job does: what there is of it, what is due at a moment, and how that goes.

    `is_counted` is false for what belongs to rows that another deed of the same period counts.
    """

    name: str
    period: str | None
    held: Chosen
    due: Due
    go: Go
    is_counted: bool = True


def _since(session: Session, at: datetime, key: str) -> datetime:
    """Return the moment up to which things of a kind are over."""
    return at - periods.of(session)[key]


def _day(session: Session, at: datetime, key: str) -> date:
    return _since(session, at, key).astimezone(ZoneInfo(zone_of(session))).date()


def _key(table: type[Base]) -> Any:
    (key,) = sa.inspect(table).primary_key
    return key


def _delete(table: type[Base]) -> Go:
    key = _key(table)

    def go(session: Session, chosen: Sequence[Any]) -> None:
        session.execute(sa.delete(table).where(key.in_(chosen)).execution_options(synchronize_session=False))

    return go


def _rows(
    name: str, period: str, table: type[Base], column: Any, *conditions: sa.ColumnElement[bool]
) -> Deed:
    """Return the deed of deleting rows so long after what a column says."""
    held = sa.select(_key(table)).where(*conditions)
    return Deed(name, period, held, lambda s, at: held.where(column <= _since(s, at, period)), _delete(table))


def _drafts(session: Session, at: datetime) -> Chosen:
    is_old = Draft.changed_at <= _since(session, at, "drafts")  # begun under a longer period, too
    return sa.select(Draft.id).where(sa.or_(is_old, Draft.expires_at <= at))


def _of_past_events(session: Session, at: datetime, key: str) -> Chosen:
    over = sa.select(Event.id).where(Event.held_on <= _day(session, at, key))
    return sa.select(Registration.id).where(Registration.event_id.in_(over))


_HAS_NEEDS = Registration.needs != ""


_NEEDS_IN_FORMS = sa.select(Submission.id).where(
    Submission.form == "register-event", Submission.answers["needs"].as_string() != ""
)


def _needs_in_forms(session: Session, at: datetime) -> Chosen:
    over = sa.select(Event.code).where(Event.held_on <= _day(session, at, "needs"))
    return _NEEDS_IN_FORMS.where(Submission.answers["event"].as_string().in_(over))


def _is_loose(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on files of forms that were never sent, and that nobody is about to send."""
    in_work = sa.select(Draft.id).where(Draft.person_id == Attachment.person_id, Draft.expires_at > at)
    shown = sa.select(Update.id).where(Update.picture_id == Attachment.id)
    return (
        Attachment.submission_id.is_(None), Attachment.state != AttachmentState.GONE, ~in_work.exists(),
        ~shown.exists(), ~workshop_pictures.keeps(),
    )  # fmt: skip


def _loose_files(session: Session, at: datetime) -> Chosen:
    since = Attachment.created_at <= _since(session, at, "loose-files")
    return sa.select(Attachment.id).where(since, *_is_loose(at))


def _forget_files(session: Session, chosen: Sequence[Any]) -> None:
    attachments.forget(session, Attachment.id.in_(chosen), *_is_loose(clock.now()))


def _old_letters(session: Session, at: datetime) -> Chosen:
    waits = sa.select(Delivery.id).where(Delivery.message_id == Message.id, Delivery.state.in_(_ON_THE_WAY))
    runs = sa.select(Broadcast.id).where(
        Broadcast.message_id == Message.id, Broadcast.state == BroadcastState.RUNNING
    )
    since = _since(session, at, "letters")
    return sa.select(Message.id).where(Message.created_at <= since, ~waits.exists(), ~runs.exists())


def _old_deliveries(session: Session, at: datetime) -> Chosen:
    old = _old_letters(session, at).where(Message.kind == KIND)
    return sa.select(Delivery.id).where(Delivery.message_id.in_(old))


_DELIVERIES = sa.select(Delivery.id).join(Message, Message.id == Delivery.message_id)
_OPEN_VOTES = sa.select(Ballot.id).where(Ballot.phase != Phase.RESULT)
_WORDS = sa.select(FeedbackPoint.id).where(FeedbackPoint.words != "")
_CARDS = sa.select(BallotCard.id).where(BallotCard.words != "")
_DONE, _FAILED = InboxUpdate.state == InboxState.DONE, InboxUpdate.state == InboxState.PARKED


def _answers(key: str) -> Deed:
    """Return the deed of letting go of the answers of entries in one state."""
    is_open = key == "entries-unanswered"
    return Deed(
        f"answers of {key.removeprefix('entries-')} entries", key, retention_entries.settled(key),
        lambda s, at: retention_entries.settled(key, _since(s, at, key)),
        retention_entries.close if is_open else retention_entries.empty,
    )  # fmt: skip


DEEDS: Sequence[Deed] = (
    Deed("unconfirmed sign-ups", "unconfirmed", retention_people.unconfirmed(),
         lambda s, at: retention_people.unconfirmed(_since(s, at, "unconfirmed")),
         retention_people.erase_with_entries),
    Deed("people whose time is over", None, sa.select(Person.id).where(Person.keep_until.is_not(None)),
         lambda _s, at: sa.select(Person.id).where(Person.keep_until <= at), retention_people.erase),
    Deed("people not heard of for long", "inactive", retention_people.inactive(),
         lambda s, at: retention_people.inactive(_since(s, at, "inactive")), retention_people.erase),
    Deed("submissions whose time is over", None,
         sa.select(Submission.id).where(Submission.keep_until.is_not(None)),
         lambda _s, at: sa.select(Submission.id).where(Submission.keep_until <= at),
         retention_entries.empty),
    *map(_answers, retention_entries.STATES),
    Deed("needs of guests", "needs", sa.select(Registration.id).where(_HAS_NEEDS),
         lambda s, at: _of_past_events(s, at, "needs").where(_HAS_NEEDS), needs.forget_in_registrations),
    Deed("needs in forms", "needs", _NEEDS_IN_FORMS, _needs_in_forms, needs.forget_in_forms,
         is_counted=False),
    Deed("guests of events long ago", "guests", sa.select(Registration.id),
         lambda s, at: _of_past_events(s, at, "guests"), _delete(Registration)),
    Deed("words of workshops", "workshops", sa.select(WorkshopSheet.workshop_id),
         lambda s, at: workshop_sheets.of_events_until(_day(s, at, "workshops")), workshop_sheets.forget_old),
    Deed("pictures of workshops", "workshops", sa.select(WorkshopPicture.id),
         lambda s, at: workshop_pictures.of_events_until(_day(s, at, "workshops")),
         workshop_pictures.forget_old),
    Deed("files of no form", "loose-files",
         sa.select(Attachment.id).where(Attachment.submission_id.is_(None),
                                        Attachment.state != AttachmentState.GONE, ~workshop_pictures.keeps()),
         _loose_files, _forget_files),
    Deed("drafts", "drafts", sa.select(Draft.id), _drafts, _delete(Draft)),
    _rows("links", "links", Link, Link.expires_at),
    Deed("log-ins", "log-ins", sa.select(_key(LogIn)),
         lambda _s, at: sa.select(_key(LogIn)).where(LogIn.expires_at <= at), _delete(LogIn)),
    Deed("log-ins under way", "log-ins", sa.select(_key(Ceremony)),
         lambda _s, at: sa.select(_key(Ceremony)).where(Ceremony.expires_at <= at), _delete(Ceremony),
         is_counted=False),
    _rows("browsers of staff", "browsers", Device, Device.seen_at),
    _rows("failed log-ins", "failed-log-ins", Tries, Tries.since, ~tries.IS_OF_LETTERS),
    _rows("counts of letters", "counted-letters", Tries, Tries.since, tries.IS_OF_LETTERS),
    Deed("words of feedback", "feedback", _WORDS,
         lambda s, at: feedback.old_words(_day(s, at, "feedback")), feedback.forget_words),
    Deed("votes that nobody closed", "votes-open", _OPEN_VOTES,
         lambda s, at: ballot_board.forgotten(_since(s, at, "votes-open")), ballot_board.close_forgotten),
    Deed("words of votes", "votes", _CARDS,
         lambda s, at: ballots.old_words(_since(s, at, "votes")), ballots.forget_words),
    _rows("chat updates", "inbox", InboxUpdate, InboxUpdate.received_at, _DONE),
    _rows("chat updates that failed", "inbox-failed", InboxUpdate, InboxUpdate.received_at, _FAILED),
    Deed("deliveries of updates", "letters", _DELIVERIES.where(Message.kind == KIND), _old_deliveries,
         _delete(Delivery), is_counted=False),  # before their letters, which would else take all at once
    Deed("letters", "letters", sa.select(Message.id), _old_letters, _delete(Message)),
    Deed("translations of nothing", None, sa.select(Rendition.id),
         lambda _s, _at: translation_lists.orphans(), _delete(Rendition)),
    _rows("list of erasures", "erasures", Erasure, Erasure.erased_at),
    _rows("nights", "nights", Night, Night.began_at),
)  # fmt: skip
WAITING = sa.select(Submission.id).where(Submission.state.in_((State.RECEIVED, State.ANSWERED)))
