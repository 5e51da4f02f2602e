"""Making one person of two: who signed up on a page and goes on in Telegram is still one person."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from models import clock, erasures, filling, links, people, places, submissions, subscriptions
from models.attachments import Attachment
from models.broadcasts import WAITING
from models.consents import Consent
from models.db import Base
from models.drafts import Draft
from models.errors import gone as link_gone
from models.groups import WorkingGroup
from models.leads import Lead
from models.links import Link, Purpose, hashed
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind, Person
from models.preferences import DigestItem, Preference
from models.submissions import WAITING_STATES, State, Submission
from models.subscriptions import Subscription

_BEST_FIRST = (
    MembershipState.ACTIVE,
    MembershipState.ASKED,
    MembershipState.DECLINED,
    MembershipState.LEFT,
)
_ON_THE_WAY = (DeliveryState.SENDING, DeliveryState.SENT)
_AT_ONCE = timedelta(seconds=30)  # a person and their first form are written in one transaction


def merge(session: Session, keep: Person, gone: Person) -> None:
    """Make everything of `gone` belong to `keep`, and remove `gone`.

    In a group in which both are, the better membership stays. What was held for an unconfirmed address
    of `gone` goes to the chat of `keep` if there is one.
    """
    if keep.id == gone.id:
        return
    session.flush()
    erasures.note_merge(session, keep, gone)
    if keep.email is not None:  # a link that went to the address of `gone` must not confirm this one
        links.revoke(session, gone.id, *links.MAILBOX)
    places.merge(session, keep.id, gone.id)
    _merge_memberships(session, keep.id, gone.id)
    _drop_doubles(session, Subscription, keep.id, gone.id)
    _drop_doubles(session, Lead, keep.id, gone.id)
    _drop_double_wishes(session, keep.id, gone.id)
    _drop_double_letters(session, keep.id, gone.id)
    if session.scalar(sa.select(Draft.id).where(Draft.person_id == keep.id)) is not None:
        session.execute(sa.delete(Draft).where(Draft.person_id == gone.id))
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column is Person.__table__.c.id:
                move = sa.update(table).where(key.parent == gone.id).values({key.parent.name: keep.id})
                session.execute(move)
    _complete(session, keep, gone)
    session.execute(sa.delete(Person).where(Person.id == gone.id))
    _forget_what_moved(session)
    filling.catch_up(session, keep.id, gone.id)
    _release_to_chat(session, keep)


def _forget_what_moved(session: Session) -> None:
    """Read again what the session knows of people and their things, and nothing else."""
    person = Person.__table__
    for one in list(session):
        table = sa.inspect(type(one)).local_table
        if table is person or any(key.column.table is person for key in table.foreign_keys):
            session.expire(one)


def _merge_memberships(session: Session, keep_id: int, gone_id: int) -> None:
    mine = {m.group_id: m for m in _memberships(session, keep_id)}
    for other in _memberships(session, gone_id):
        own = mine.get(other.group_id)
        if own is None:
            continue
        worse = own if _BEST_FIRST.index(own.state) > _BEST_FIRST.index(other.state) else other
        if worse.submission_id is not None:
            _no_longer_waits(session, worse.submission_id)
        session.delete(worse)
        # Both were counted when they came, and they are one.
        session.execute(
            sa.update(WorkingGroup)
            .where(WorkingGroup.id == other.group_id, WorkingGroup.signups > 0)
            .values(signups=WorkingGroup.signups - 1)
        )
    session.flush()


def _drop_doubles(
    session: Session, table: type[Subscription] | type[Lead], keep_id: int, gone_id: int
) -> None:
    """Let go of what both have in the same group: one of each is enough."""
    theirs = sa.select(table.group_id).where(table.person_id == keep_id)
    session.execute(
        sa.delete(table)
        .where(table.person_id == gone_id, table.group_id.in_(theirs))
        .execution_options(synchronize_session=False)
    )


def _drop_double_wishes(session: Session, keep_id: int, gone_id: int) -> None:
    """Keep one wish of each kind: that of the person who stays; and each update in one weekly letter."""
    mine, other = aliased(Preference), Preference
    same = sa.and_(
        mine.person_id == keep_id,
        mine.topic == other.topic,
        mine.group_id.is_not_distinct_from(other.group_id),
    )
    waiting = sa.select(DigestItem.update_id).where(DigestItem.person_id == keep_id)
    for doubled in (
        sa.delete(other).where(other.person_id == gone_id, sa.select(mine.id).where(same).exists()),
        sa.delete(DigestItem).where(DigestItem.person_id == gone_id, DigestItem.update_id.in_(waiting)),
    ):
        session.execute(doubled.execution_options(synchronize_session=False))


def _drop_double_letters(session: Session, keep_id: int, gone_id: int) -> None:
    """Send a letter to many, which waits for both, once; and not to who has it under the other number."""
    for mine, other, enough in (
        (gone_id, keep_id, (*_ON_THE_WAY, *WAITING)),
        (keep_id, gone_id, _ON_THE_WAY),
    ):
        there = sa.select(Delivery.message_id).where(Delivery.person_id == other, Delivery.state.in_(enough))
        session.execute(
            sa.update(Delivery)
            .where(Delivery.person_id == mine, Delivery.state.in_(WAITING), Delivery.message_id.in_(there))
            .values(state=DeliveryState.DROPPED, error="has it already", settled_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def _memberships(session: Session, person_id: int) -> list[Membership]:
    return list(session.scalars(sa.select(Membership).where(Membership.person_id == person_id)))


def _no_longer_waits(session: Session, submission_id: int) -> None:
    if submissions.get(session, submission_id).state in WAITING_STATES:
        submissions.mark_repeated(session, submission_id)


def _complete(session: Session, keep: Person, gone: Person) -> None:
    email, confirmed, failed = gone.email, gone.email_confirmed_at, gone.email_failed
    chat, blocked = gone.telegram_id, gone.telegram_blocked
    gone.email = gone.telegram_id = None
    session.flush()  # both are unique: they must be free before they can be taken over
    if keep.email is None:
        keep.email, keep.email_confirmed_at, keep.email_failed = email, confirmed, failed
    if keep.telegram_id is None:
        keep.telegram_id, keep.telegram_blocked = chat, blocked
    keep.telegram_name = keep.telegram_name or gone.telegram_name
    keep.name = keep.name or gone.name
    keep.phone = keep.phone or gone.phone
    keep.organisation = keep.organisation or gone.organisation
    keep.organisation_kind = keep.organisation_kind or gone.organisation_kind
    if keep.quiet_from is None:
        keep.quiet_from, keep.quiet_until = gone.quiet_from, gone.quiet_until
    keep.met_at = min(keep.met_at, gone.met_at)
    keep.seen_at = max(keep.seen_at, gone.seen_at)
    if not keep.language_chosen and gone.language_chosen:
        keep.language, keep.language_chosen = gone.language, True
    session.flush()


def _release_to_chat(session: Session, person: Person) -> None:
    if person.telegram_id is None:
        return
    session.execute(
        sa.update(Delivery)
        .where(Delivery.person_id == person.id, Delivery.state == DeliveryState.HELD)
        .values(state=DeliveryState.QUEUED, channel=ChannelKind.TELEGRAM)
    )


def connect(session: Session, person: Person, submission: Submission) -> bool:
    """Give what was sent on a page to the person whose chat shows its code; False if it is theirs already.

    Whoever typed an address on a page has not shown it to be theirs. So the sender's other things come
    along only when there are none: a code proves this one form and nothing else. NotFound when somebody
    else's chat was first.
    """
    if submission.person_id == person.id:
        return False
    owner = people.get(session, submission.person_id) if submission.person_id else None
    if owner is None or owner.telegram_id is not None:
        raise link_gone()
    if _came_with(session, owner, submission):
        merge(session, person, owner)
    else:
        _adopt(session, person, submission)
    person.prefers = ChannelKind.TELEGRAM
    session.flush()
    return True


def _came_with(session: Session, owner: Person, submission: Submission) -> bool:
    """Return whether all that is known of the owner came with this one form."""
    others = session.scalar(
        sa.select(sa.func.count(Submission.id)).where(
            Submission.person_id == owner.id, Submission.id != submission.id
        )
    )
    is_new = owner.met_at >= submission.received_at - _AT_ONCE
    return is_new and not others and owner.email_confirmed_at is None


def _adopt(session: Session, person: Person, submission: Submission) -> None:
    _adopt_subscription(session, person, submission)
    places.adopt(session, person.id, submission.id)
    submission.person_id = person.id
    person.name = person.name or str(submission.answers.get("name", ""))
    if not person.language_chosen:
        people.set_language(session, person, submission.language)
    session.execute(
        sa.update(Consent).where(Consent.submission_id == submission.id).values(person_id=person.id)
    )
    session.execute(
        sa.update(Attachment).where(Attachment.submission_id == submission.id).values(person_id=person.id)
    )
    found = session.scalars(sa.select(Membership).where(Membership.submission_id == submission.id)).first()
    mine = {m.group_id for m in _memberships(session, person.id)}
    if found is not None and found.group_id not in mine:
        found.person_id = person.id
    elif found is not None and submission.state in WAITING_STATES:
        submission.state = State.REPEATED
    session.flush()


def _adopt_subscription(session: Session, person: Person, submission: Submission) -> None:
    """Tell the chat, and not the address, of a group's changes if that is what the form asked for."""
    wish = session.scalars(
        sa.select(Subscription).where(
            Subscription.person_id == submission.person_id,
            Subscription.group_id == submission.group_id,
            Subscription.created_at.between(
                submission.received_at - _AT_ONCE, submission.received_at + _AT_ONCE
            ),
        )
    ).first()
    if wish is not None:
        subscriptions.follow(session, person.id, wish.group_id)
        session.delete(wish)
        session.flush()


def connected_before(session: Session, token: str, person_id: int) -> bool:
    """Return whether this person's chat has used this link already."""
    link = session.get(Link, hashed(token))
    return (
        link is not None
        and link.purpose in (Purpose.TELEGRAM, Purpose.DRAFT)
        and link.used_at is not None
        and link.person_id == person_id
    )
