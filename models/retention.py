"""How long things are kept, and the nightly job that lets go of them.

The periods are promises of the privacy page, so they are written here and not set anywhere.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    attachments,
    ballot_board,
    ballots,
    clock,
    devices,
    feedback,
    privacy,
    progress,
    sweeping,
    translation_lists,
    tries,
    workshop_pictures,
    workshop_sheets,
)
from models.attachments import Attachment
from models.broadcasts import KIND, Broadcast, BroadcastState
from models.db import Base, Database
from models.devices import Device
from models.drafts import Draft
from models.erasures import Erasure
from models.events import Event
from models.files import Store
from models.groups import WorkingGroup
from models.inbox import InboxState, InboxUpdate
from models.leads import Lead
from models.links import Link, Purpose
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.registrations import Registration
from models.sessions import LogIn
from models.settings import Settings
from models.submissions import HistoryEntry, State, Submission
from models.tries import Tries
from models.updates import Update

UNCONFIRMED = timedelta(days=7)  # an address that nobody confirms, and that the office did not work on
INACTIVE = timedelta(days=730)  # since the last contact, for who is in no group any more
LINKS = timedelta(days=30)  # after their end, so that old ones still get a kind answer
RECEIVED_UPDATES = timedelta(days=3)  # Telegram repeats an update for one day at most
PARKED_UPDATES = timedelta(days=30)  # those that failed, for somebody to look at
LOOSE_FILES = timedelta(days=14)  # that belong to no form, because it was never sent
NEEDS = timedelta(days=90)  # after an event: what its guests needed to take part
GUESTS = timedelta(days=730)  # after an event: who had registered
ERASURES = timedelta(days=1095)  # who was erased, by number and mark: no backup may be kept for longer
_LATELY = timedelta(minutes=3)  # within which what was erased may still stand in SQLite's log
LETTERS = timedelta(days=90)  # words of messages whose deliveries have all ended

_BATCH = 200  # rows a transaction: sign-ups that come in meanwhile must not wait
_ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING)
_UNTOUCHED = (State.RECEIVED, State.REPEATED)
_IS_CONTACT = sa.or_(  # whoever answers for a group is needed, however long it has been silent
    sa.select(WorkingGroup.id).where(WorkingGroup.contact_id == Person.id).exists(),
    sa.select(Lead.id).where(Lead.person_id == Person.id).exists(),
)


def prune(db: Database, store: Store | None = None) -> dict[str, int]:
    """Let go of everything whose time is over; return how much of what. Safe to repeat and to interrupt.

    With the store of files, what belongs to nobody is removed there as well, after the rows.
    """
    steps = {
        "unconfirmed sign-ups": _unconfirmed,
        "people whose time is over": _people,
        "people not heard of for two years": _inactive,
        "submissions whose time is over": _submissions,
        "needs of guests": _needs,
        "needs in forms": _needs_in_forms,
        "guests of events long ago": lambda session: _rows(session, Registration, _of_past_events(GUESTS)),
        "words of workshops": lambda session: workshop_sheets.forget_old(session, _BATCH),
        "pictures of workshops": lambda session: workshop_pictures.forget_old(session, _BATCH),
        "files of no form": _loose_files,
        "drafts": lambda session: _rows(session, Draft, Draft.expires_at <= clock.now()),
        "links": lambda session: _rows(session, Link, Link.expires_at <= clock.now() - LINKS),
        "log-ins": lambda session: _rows(session, LogIn, LogIn.expires_at <= clock.now()),
        "browsers of staff": lambda session: _rows(
            session, Device, Device.seen_at <= clock.now() - devices.SPAN
        ),
        "failed log-ins": lambda session: _rows(session, Tries, tries.is_over()),
        "words of feedback": lambda session: feedback.forget_words(session, _BATCH),
        "votes that nobody closed": lambda session: ballot_board.close_forgotten(session, _BATCH),
        "words of votes": lambda session: ballots.forget_words(session, _BATCH),
        "chat updates": _updates,
        "deliveries of updates": _deliveries,  # before their letters, which would else take all at once
        "letters": _letters,
        "translations of nothing": _orphans,
        "list of erasures": _old_erasures,
    }
    counts = {}
    for name, step in steps.items():
        counts[name] = 0
        while True:
            with db.transaction() as session:
                done = step(session)
            counts[name] += done
            if done < _BATCH:
                break
    if store is not None:
        sweeping.sweep(db, store)
        counts["files that nothing speaks of"] = sweeping.sweep_orphans(db, store)
    scrub(db)
    return counts


def tick(db: Database, _settings: Settings) -> int:
    """Let SQLite's log forget who was erased lately; for the clockwork, once a minute."""
    with db.reading() as session:
        since = clock.now() - _LATELY
        found = session.scalar(sa.select(sa.func.count()).where(Erasure.erased_at >= since)) or 0
    if found:
        scrub(db)
    return found


def scrub(db: Database) -> None:
    """Make SQLite forget on the disk too: without this, erased words stay readable in the WAL file."""
    if not db.is_sqlite:
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.close()


def _rows(session: Session, table: type[Base], condition: sa.ColumnElement[bool]) -> int:
    (key,) = sa.inspect(table).primary_key
    chosen = session.scalars(sa.select(key).where(condition).limit(_BATCH)).all()
    if chosen:
        session.execute(sa.delete(table).where(key.in_(chosen)).execution_options(synchronize_session=False))
    return len(chosen)


def _unconfirmed(session: Session) -> int:
    """Erase people who are known by an unconfirmed address only, with what they have sent."""
    worked_on = (
        sa.select(Submission.id)
        .where(
            Submission.person_id == Person.id,
            Submission.state.not_in(_UNTOUCHED),
            Submission.version > 1,  # the first one is of its arrival: accepted then, nobody looked at it
        )
        .exists()
    )
    invited = sa.select(Link.token_hash).where(  # the office asks them to lead a group
        Link.person_id == Person.id, Link.purpose == Purpose.HAND_OVER, Link.expires_at > clock.now()
    )
    chosen = session.scalars(
        sa.select(Person)
        .where(
            Person.email.is_not(None),
            Person.email_confirmed_at.is_(None),
            Person.telegram_id.is_(None),
            Person.phone == "",
            Person.seen_at <= clock.now() - UNCONFIRMED,
            ~worked_on,
            ~invited.exists(),
            ~_IS_CONTACT,
        )
        .limit(_BATCH)
    ).all()
    for person in chosen:
        sent = session.scalars(sa.select(Submission.id).where(Submission.person_id == person.id)).all()
        privacy.erase(session, person)
        session.execute(
            sa.delete(Submission).where(Submission.id.in_(sent)).execution_options(synchronize_session=False)
        )
    return len(chosen)


def _erase(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    chosen = session.scalars(sa.select(Person).where(*conditions).limit(_BATCH)).all()
    for person in chosen:
        privacy.erase(session, person)
    return len(chosen)


def _people(session: Session) -> int:
    return _erase(session, Person.keep_until <= clock.now())


def _inactive(session: Session) -> int:
    """Erase people who have not been in touch for two years; being in a group is being in touch."""
    standing = (
        sa.select(Membership.id)
        .where(
            Membership.person_id == Person.id,
            Membership.state.in_([MembershipState.ASKED, MembershipState.ACTIVE]),
        )
        .exists()
    )
    return _erase(session, Person.seen_at <= clock.now() - INACTIVE, ~standing, ~_IS_CONTACT)


def _submissions(session: Session) -> int:
    """Empty submissions whose time is over; form, state, group and dates stay, so that counts do."""
    chosen = session.scalars(
        sa.select(Submission.id).where(Submission.keep_until <= clock.now()).limit(_BATCH)
    ).all()
    plain = {"synchronize_session": False}
    progress.forget(session, chosen)
    # What has been published stays with the goal sheet, and no longer says from whom it came.
    attachments.forget(session, Attachment.submission_id.in_(chosen), Attachment.is_public.is_(False))
    session.execute(
        sa.update(Attachment)
        .where(Attachment.submission_id.in_(chosen), Attachment.is_public)
        .values(person_id=None, name="", telegram_file="", telegram_unique="")
        .execution_options(**plain)
    )
    session.execute(
        sa.update(HistoryEntry)
        .where(HistoryEntry.submission_id.in_(chosen))
        .values(words="")
        .execution_options(**plain)
    )
    session.execute(
        sa.update(Submission)
        .where(Submission.id.in_(chosen))
        .values(answers={}, title="", person_id=None, keep_until=None)
        .execution_options(**plain)
    )
    return len(chosen)


def _of_past_events(span: timedelta) -> sa.ColumnElement[bool]:
    over = sa.select(Event.id).where(Event.held_on <= clock.now().date() - span)
    return Registration.event_id.in_(over)


def _needs(session: Session) -> int:
    """Forget what guests of an event needed: nobody prepares anything for it any more."""
    chosen = session.scalars(
        sa.select(Registration.id).where(Registration.needs != "", _of_past_events(NEEDS)).limit(_BATCH)
    ).all()
    session.execute(
        sa.update(Registration)
        .where(Registration.id.in_(chosen))
        .values(needs="")
        .execution_options(synchronize_session=False)
    )
    return len(chosen)


def _needs_in_forms(session: Session) -> int:
    """Forget the same in the forms with which they had registered."""
    over = sa.select(Event.code).where(Event.held_on <= clock.now().date() - NEEDS)
    told = Submission.answers["needs"].as_string()
    chosen = session.scalars(
        sa.select(Submission)
        .where(
            Submission.form == "register-event", Submission.answers["event"].as_string().in_(over),
            told != "",
        )
        .limit(_BATCH)
    ).all()  # fmt: skip
    for one in chosen:
        one.answers = {name: raw for name, raw in one.answers.items() if not name.startswith("needs")}
    session.flush()
    return len(chosen)


def _loose_files(session: Session) -> int:
    """Let go of files of forms that were never sent, unless somebody is still about to."""
    in_work = sa.select(Draft.id).where(
        Draft.person_id == Attachment.person_id, Draft.expires_at > clock.now()
    )
    shown = sa.select(Update.id).where(Update.picture_id == Attachment.id)
    return attachments.forget(
        session, Attachment.submission_id.is_(None), Attachment.created_at <= clock.now() - LOOSE_FILES,
        ~in_work.exists(), ~shown.exists(), ~workshop_pictures.keeps(), limit=_BATCH,
    )  # fmt: skip


def _updates(session: Session) -> int:
    now = clock.now()
    return _rows(
        session,
        InboxUpdate,
        sa.or_(
            sa.and_(InboxUpdate.state == InboxState.DONE, InboxUpdate.received_at <= now - RECEIVED_UPDATES),
            sa.and_(InboxUpdate.state == InboxState.PARKED, InboxUpdate.received_at <= now - PARKED_UPDATES),
        ),
    )


def _old_letters() -> sa.ColumnElement[bool]:
    waits = sa.select(Delivery.id).where(Delivery.message_id == Message.id, Delivery.state.in_(_ON_THE_WAY))
    runs = sa.select(Broadcast.id).where(
        Broadcast.message_id == Message.id, Broadcast.state == BroadcastState.RUNNING
    )
    return sa.and_(Message.created_at <= clock.now() - LETTERS, ~waits.exists(), ~runs.exists())


def _old_erasures(session: Session) -> int:
    return _rows(session, Erasure, Erasure.erased_at <= clock.now() - ERASURES)


def _deliveries(session: Session) -> int:
    old = sa.select(Message.id).where(Message.kind == KIND, _old_letters())
    return _rows(session, Delivery, Delivery.message_id.in_(old))


def _letters(session: Session) -> int:
    return _rows(session, Message, _old_letters())


def _orphans(session: Session) -> int:
    return translation_lists.drop_orphans(session, _BATCH)
