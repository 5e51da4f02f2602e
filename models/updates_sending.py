"""Sending updates: released where that is wished, now or at a time, stopped, corrected, tried out.

Every step is taken from what was seen: of two who press at once, one wins and the other is told so.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    audiences,
    broadcasts,
    clock,
    groups,
    outbox,
    outgoing,
    people,
    updates,
    updates_checking,
    updates_letters,
)
from models.attachments import Attachment
from models.audiences import Audience
from models.broadcasts import Broadcast
from models.changes import Author
from models.errors import Conflict, InvalidAnswer, NotAllowed
from models.outbox import Message
from models.people import ChannelKind, Person
from models.preferences import DigestItem
from models.settings import Release
from models.staff import StaffMember
from models.updates import StepKind, Update, UpdateGroup, UpdateState, UpdateStep
from models.updates_writing import Content, hold, officer, put, seen
from translations import SOURCE, _

FURTHEST = timedelta(days=366)  # ahead for which an update can be planned
SENT_OUT = (UpdateState.SENDING, UpdateState.SENT, UpdateState.CANCELLED)
MOST_TESTS = 20  # in an hour, to one officer
AUTHORS = (StepKind.BEGUN, StepKind.CHANGED)


def needs_release(update: Update, rule: Release) -> bool:
    """Return whether somebody else has to release an update before it is sent."""
    return rule is Release.SECOND or (rule is Release.OFFICE and update.group_id is not None)


def must_be_complete(update: Update) -> None:
    """Refuse to send what is not complete yet, with the first reason."""
    for lack in updates_checking.lacking(update):
        raise InvalidAnswer(lack.words)


def _note(session: Session, update: Update, kind: StepKind, by: Author, words: str = "") -> None:
    updates.note(session, update.id, kind, staff_id=by.staff_id, person_id=by.person_id, words=words)


def ask_release(
    session: Session, number: int, *, by: Author, version: int, at: datetime | None = None
) -> Update:
    """Ask that an update be released; it is then sent at once, or at the time that is wished."""
    must_be_complete(seen(session, number, by=by))
    if at is not None:
        _must_be_ahead(at)
    held = hold(session, number, version, (UpdateState.DRAFT,))
    held.state, held.send_at = UpdateState.WAITING, at
    _note(session, held, StepKind.ASKED, by)
    return held


def may_release(session: Session, update: Update, member: StaffMember) -> bool:
    """Return whether an officer may release an update: never who has written of it themselves.

    A lead's update has been written by the lead, whatever the office has put right in it.
    """
    if update.group_id is not None:
        return True
    wrote = sa.select(UpdateStep.id).where(
        UpdateStep.update_id == update.id, UpdateStep.staff_id == member.id, UpdateStep.kind.in_(AUTHORS)
    )
    return update.staff_id != member.id and session.scalar(wrote.limit(1)) is None


def release(session: Session, number: int, *, by: Author, version: int) -> Update:
    """Release an update that waits for it: it is sent, or planned for the time that was wished."""
    member = officer(session, by)
    found = updates.get(session, number)
    if not may_release(session, found, member):
        raise NotAllowed(_("Somebody else has to release what you have written."))
    must_be_complete(found)
    held = hold(session, number, version, (UpdateState.WAITING,))
    held.released_by = member.id
    _note(session, held, StepKind.RELEASED, by)
    if held.send_at is not None and held.send_at > clock.now():
        held.state = UpdateState.SCHEDULED
        session.flush()
    else:
        _send(session, held, by)
    return held


def give_back(session: Session, number: int, words: str, *, by: Author, version: int) -> Update:
    """Give an update back to its writer instead of releasing it, with the reason."""
    officer(session, by)
    if not words:
        raise InvalidAnswer(_("Please write what should be changed."))
    held = hold(session, number, version, (UpdateState.WAITING,))
    held.state, held.send_at = UpdateState.DRAFT, None
    _note(session, held, StepKind.GIVEN_BACK, by, words)
    writer = session.get(Person, held.person_id) if held.person_id is not None else None
    if writer is not None:
        letter = updates_letters.given_back(held, groups.directory(session), words)
        outbox.tell(session, writer, letter, kind=updates_letters.BACK_KIND)
    return held


def schedule(
    session: Session, number: int, at: datetime, *, by: Author, version: int, rule: Release
) -> Update:
    """Plan an update for a time; the clockwork sends it then."""
    found = seen(session, number, by=by)
    _must_not_wait(found, rule)
    _must_be_ahead(at)
    must_be_complete(found)
    held = hold(session, number, version, (UpdateState.DRAFT,))
    held.state, held.send_at = UpdateState.SCHEDULED, at
    _note(session, held, StepKind.PLANNED, by)
    return held


def _must_not_wait(update: Update, rule: Release) -> None:
    if needs_release(update, rule):
        raise NotAllowed(_("This update has to be released by somebody else first."))


def _must_be_ahead(at: datetime) -> None:
    if not clock.now() < at < clock.now() + FURTHEST:
        raise InvalidAnswer(_("Please choose a time ahead, within a year."))


def send(session: Session, number: int, *, by: Author, version: int, rule: Release) -> Update:
    """Send an update now, to everybody of its audience."""
    found = seen(session, number, by=by)
    _must_not_wait(found, rule)
    must_be_complete(found)
    held = hold(session, number, version, (UpdateState.DRAFT,))
    _send(session, held, by)
    return held


def send_planned(session: Session, number: int, *, version: int) -> Update:
    """Send a planned update because its time has come; whoever planned or released it had the right to."""
    must_be_complete(updates.get(session, number))
    held = hold(session, number, version, (UpdateState.SCHEDULED,))
    _send(session, held, Author())
    return held


def _send(session: Session, held: Update, by: Author) -> None:
    held.state, held.sent_at, held.send_at = UpdateState.SENDING, clock.now(), None
    token = _publish_picture(session, held)
    audience = Audience.unpack(held.audience)
    if audience.groups or audience.fields:
        session.add_all(
            UpdateGroup(update_id=held.id, group_id=group_id)
            for group_id in session.scalars(audiences.group_ids(audience))
        )
    session.flush()
    _broadcast(session, held, updates_letters.letter(held, token).pack())
    _note(session, held, StepKind.SENT, by)


def _broadcast(session: Session, held: Update, words: dict[str, object]) -> None:
    message = Message(
        key=updates_letters.key_of(held), kind=updates_letters.KIND, words=words, created_at=clock.now()
    )
    session.add(message)
    session.flush()
    broadcasts.start(session, held, message.id)


def _publish_picture(session: Session, held: Update) -> str:
    """Let everybody see the picture of an update that everybody may read, and return its token.

    What was stopped is on no page. The picture is the office's from now on: it stays where it was sent when
    its writer goes.
    """
    picture = session.get(Attachment, held.picture_id) if held.picture_id is not None else None
    if picture is None:
        return ""
    picture.is_public = held.is_public and held.state is not UpdateState.CANCELLED
    picture.person_id = None
    picture.name = picture.caption = picture.telegram_file = picture.telegram_unique = ""
    return picture.token


def cancel(session: Session, number: int, *, by: Author, version: int) -> Update:
    """Take back what has not been sent yet; stop what is being sent: who has it keeps it.

    Conflict where everybody has it already.
    """
    found = seen(session, number, by=by)
    states = (UpdateState.WAITING, UpdateState.SCHEDULED, UpdateState.SENDING, UpdateState.SENT)
    held = hold(session, number, version, states)
    if found.sent_at is None:
        held.state, held.send_at, held.released_by = UpdateState.DRAFT, None, None
        _note(session, held, StepKind.TAKEN_BACK, by)
        return held
    _stop(session, held, by)
    return held


def stop(session: Session, number: int) -> int:
    """Stop what is being sent, from the machine itself; return how many that waited do not get it.

    Conflict where everybody has it already.
    """
    found = updates.get(session, number)
    held = hold(session, number, found.version, (UpdateState.SENDING, UpdateState.SENT))
    return _stop(session, held, Author())


def _stop(session: Session, held: Update, by: Author) -> int:
    if broadcasts.is_only_corrected(session, held.id):  # everybody has it; what stops is its correction
        dropped = broadcasts.cancel_correction(session, held.id)
        held.state = UpdateState.SENT
        _note(session, held, StepKind.STOPPED, by)
        return dropped
    weekly = session.scalar(sa.select(DigestItem.update_id).where(DigestItem.update_id == held.id).limit(1))
    dropped = broadcasts.cancel(session, held.id)
    if held.state is UpdateState.SENT and not dropped and weekly is None:
        raise Conflict(_("Everybody has it already."))
    held.state = UpdateState.CANCELLED
    _publish_picture(session, held)
    _note(session, held, StepKind.STOPPED, by)
    return dropped


def correct(
    session: Session, number: int, content: Content, *, by: Author, version: int, rule: Release
) -> Update:
    """Change what has been sent, and tell those who have it: chats are edited, e-mail gets a correction.

    What is still on its way goes out right at once.
    """
    found = seen(session, number, by=by)
    if by.staff_id is None and needs_release(found, rule):
        raise NotAllowed(_("Please ask the office to correct what has been sent."))
    held = hold(session, number, version, SENT_OUT)
    put(session, held, content, by)
    must_be_complete(held)
    token = _publish_picture(session, held)
    sent = sa.select(Broadcast.message_id).where(Broadcast.update_id == held.id)
    session.execute(
        sa.update(Message)
        .where(Message.id.in_(sent))
        .values(words=updates_letters.letter(held, token).pack())
        .execution_options(synchronize_session=False)
    )
    held.edition, held.corrected_at = held.edition + 1, clock.now()
    if held.state is UpdateState.SENT:
        held.state = UpdateState.SENDING
    session.flush()
    _broadcast(session, held, updates_letters.letter(held, token, is_correction=True).pack())
    _note(session, held, StepKind.CORRECTED, by)
    return held


def try_out(session: Session, number: int, tag: str, *, by: Author) -> list[ChannelKind]:
    """Send an update to its writer alone, as readers of a language get it; return over which channels.

    An officer gets it at the address of their account, and in a chat where one belongs to that address.
    """
    found = seen(session, number, by=by)
    must_be_complete(found)
    writer = _tester(session, by)
    if (
        outgoing.sent_lately(
            session, writer.id, updates_letters.TEST_KIND, since=clock.now() - timedelta(hours=1)
        )
        >= 2 * MOST_TESTS
    ):
        raise Conflict(_("That were many tests within an hour. Please wait a little."))
    picture = session.get(Attachment, found.picture_id) if found.picture_id is not None else None
    letter = updates_letters.trial(found, picture.token if picture else "", tag)
    ways = _ways(writer, is_office=by.staff_id is not None)
    for way in ways:
        outbox.post(session, writer.id, way, letter, kind=updates_letters.TEST_KIND)
    _note(session, found, StepKind.TESTED, by, tag)
    return ways


def _tester(session: Session, by: Author) -> Person:
    if by.person_id is not None and by.staff_id is None:
        return session.get_one(Person, by.person_id)
    member = officer(session, by)
    person_id, _confirmed = people.meet(session, name=member.name, language=SOURCE, email=member.email)
    return session.get_one(Person, person_id)


def _ways(person: Person, *, is_office: bool) -> list[ChannelKind]:
    """Return where a test goes: to a lead's address only once it is known to be theirs.

    Anybody can name an officer's address in a chat: to that chat only once the address is confirmed.
    """
    is_theirs = person.email_confirmed_at is not None
    has_mail = bool(person.email) and (is_office or is_theirs)
    has_chat = person.telegram_id is not None and not person.telegram_blocked and (is_theirs or not is_office)
    return [way for way, there in ((ChannelKind.EMAIL, has_mail), (ChannelKind.TELEGRAM, has_chat)) if there]
