"""Every period that is promised is kept: things of each kind are there just before its end, and gone after.

Made from the list of periods: one that nothing carries out, or that has no example here, fails.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.orm import Session

from models import (
    attachments,
    clock,
    drafts,
    feedback,
    groups,
    links,
    memberships,
    nights,
    people,
    retention,
    sessions,
    staff,
    submissions,
)
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.ballots import Ballot, BallotCard, Phase
from models.db import Base, Database
from models.devices import Device
from models.drafts import Draft
from models.erasures import Erasure
from models.events import Event, EventKind, Workshop
from models.feedback import FeedbackPoint, Noted, Side
from models.inbox import InboxState, InboxUpdate
from models.links import Link, Purpose
from models.memberships import Membership, MembershipState, Role
from models.nights import Night
from models.outbox import Message
from models.people import Person
from models.periods import KINDS, Periods
from models.programmes import Programme
from models.registrations import Registration, RegistrationState
from models.retention_deeds import DEEDS
from models.sessions import LogIn
from models.settings import Settings
from models.staff import StaffRole
from models.submissions import Arrival, State, Submission
from models.tries import Tries
from models.workshop_sheets import WorkshopField, WorkshopSheet
from translations import Localised

BEGAN = datetime(2030, 5, 6, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DAILY = {"needs", "guests", "workshops", "feedback"}  # counted in days of the region
IsThere: TypeAlias = Callable[[Session], bool]


def row_of(table: type[Base]) -> IsThere:
    """Whether there is any row of a table."""
    return lambda session: bool(session.scalar(sa.select(sa.func.count()).select_from(table)))


def somebody(session: Session, *, confirmed: bool = True, in_group: bool = True) -> Person:
    """Amina, whom nothing else lets go of while she is in a group."""
    number, _is_confirmed = people.meet(
        session, name="Amina Beispiel", language="de", email="amina@example.org"
    )
    person = session.get_one(Person, number)
    if confirmed:
        people.confirm_email(session, person)
    if in_group:
        card = groups.directory(session).get("7.49")
        memberships.join(session, person.id, card, role=Role.MEMBER, submission_id=entry(session, person))
        session.execute(sa.update(Membership).values(state=MembershipState.ACTIVE))
    return person


def entry(session: Session, person: Person, state: State = State.RECEIVED, key: str = "join") -> int:
    """A form that she has sent."""
    sent = Arrival("ask-office", key, person.id, None, "page", "de", "Frage", {"question": "Wann?"})
    number = submissions.arrive(session, sent) or 0
    submissions.get(session, number).state = state
    session.flush()
    return number


def answers(state: State) -> Callable[[Session], IsThere]:
    """A form in a state; there while it has answers."""

    def seed(session: Session) -> IsThere:
        number = entry(session, somebody(session), state, key="it")
        return lambda later: bool(submissions.get(later, number).answers)

    return seed


def a_person(*, confirmed: bool) -> Callable[[Session], IsThere]:
    """Somebody in no group."""

    def seed(session: Session) -> IsThere:
        number = somebody(session, confirmed=confirmed, in_group=False).id
        return lambda later: people.get(later, number) is not None

    return seed


def added(make: Callable[[Session], Base]) -> Callable[[Session], IsThere]:
    """One row; there while its table has any."""

    def seed(session: Session) -> IsThere:
        one = make(session)
        session.add(one)
        session.flush()
        return row_of(type(one))

    return seed


def done(act: Callable[[Session], object], table: type[Base]) -> Callable[[Session], IsThere]:
    """What an operation leaves; there while its table has any."""

    def seed(session: Session) -> IsThere:
        act(session)
        session.flush()
        return row_of(table)

    return seed


def an_event(session: Session) -> Event:
    """An event of today."""
    programme = session.scalars(sa.select(Programme.id)).first() or 0
    made = Event(programme_id=programme, kind=EventKind.CONFERENCE, title="Probe", held_on=BEGAN.date())
    session.add(made)
    session.flush()
    return made


def a_guest(session: Session) -> Registration:
    """Amina is registered, and needs something."""
    person = somebody(session)
    made = Registration(
        event_id=an_event(session).id, person_id=person.id, state=RegistrationState.REGISTERED, code="AM2NAX",
        needs="Eine Rampe", queued_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def needs(session: Session) -> IsThere:
    """What she needs, there while it is noted."""
    number = a_guest(session).id
    return lambda later: bool(later.get_one(Registration, number).needs)


def a_workshop(session: Session) -> IsThere:
    """Something is written in a workshop."""
    card = groups.directory(session).get("7.49")
    made = Workshop(event_id=an_event(session).id, group_id=card.id, phase=1, position=1)
    session.add(made)
    session.flush()
    session.add_all([
        WorkshopSheet(workshop_id=made.id),
        WorkshopField(workshop_id=made.id, name="notes", words="Wir sprachen", changed_at=clock.now()),
    ])  # fmt: skip
    session.flush()
    return row_of(WorkshopField)


def words_of_feedback(session: Session) -> IsThere:
    """A point of feedback, there while it has words."""
    card = groups.directory(session).get("7.49")
    feedback.take(session, card, None, [Noted(Side.STAYS, "Gut")], key="k", channel="page", language="de")
    return lambda later: bool(later.scalars(sa.select(FeedbackPoint.words)).one())


def a_vote(session: Session, phase: Phase) -> Ballot:
    """A vote with a card."""
    programme = session.scalars(sa.select(Programme.id)).first() or 0
    ended = clock.now() if phase is Phase.RESULT else None
    ballot = Ballot(
        programme_id=programme, title=Localised({"de": "Themen"}), phase=phase, closed_at=ended,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(ballot)
    session.flush()
    session.add(BallotCard(ballot_id=ballot.id, words="Mehr Sport", language="de"))
    session.flush()
    return ballot


def an_open_vote(session: Session) -> IsThere:
    """A vote that nobody closes."""
    number = a_vote(session, Phase.VOTE).id
    return lambda later: later.get_one(Ballot, number).phase is Phase.VOTE


def a_closed_vote(session: Session) -> IsThere:
    """A vote that has ended, with words."""
    a_vote(session, Phase.RESULT)
    return lambda later: bool(later.scalars(sa.select(BallotCard.words)).one())


def a_file(session: Session) -> IsThere:
    """A file of a form that was not sent."""
    made = attachments.take_in(session, AttachmentKind.PHOTO, person_id=None, name="bild.jpg")
    number = made.id
    return lambda later: later.get_one(Attachment, number).state is not AttachmentState.GONE


def update(state: InboxState) -> Callable[[Session], Base]:
    """Something that came from the chat."""
    return lambda _session: InboxUpdate(
        update_id=7, chat_id=1, body={}, state=state, attempts=1, error="", received_at=clock.now()
    )


def a_message(_session: Session) -> Base:
    """A letter."""
    return Message(kind="thanks", words={}, created_at=clock.now())


def log_in(session: Session) -> object:
    """Olga logs in at the desk."""
    olga = staff.add(session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="-")
    return sessions.start(session, staff_id=olga.id)


def a_device(session: Session) -> Base:
    """The browser in which Olga has logged in."""
    olga = staff.add(session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="-")
    return Device(token_hash="x" * 64, staff_id=olga.id, seen_at=clock.now())


def a_link(session: Session) -> object:
    """A link that ends now."""
    with clock.frozen(clock.now() - links.SPANS[Purpose.ME]):
        return links.issue(session, Purpose.ME, person_id=somebody(session).id)


SEEDS: Mapping[str, Callable[[Session], IsThere]] = {
    "drafts": done(lambda s: drafts.begin(s, "ask-office", person_id=None, language="de"), Draft),
    "loose-files": a_file,
    "unconfirmed": a_person(confirmed=False),
    "inactive": a_person(confirmed=True),
    "entries-accepted": answers(State.ACCEPTED),
    "entries-declined": answers(State.REJECTED),
    "entries-withdrawn": answers(State.WITHDRAWN),
    "entries-unanswered": answers(State.RETURNED),
    "needs": needs,
    "guests": done(a_guest, Registration),
    "workshops": a_workshop,
    "feedback": words_of_feedback,
    "votes-open": an_open_vote,
    "votes": a_closed_vote,
    "letters": added(a_message),
    "inbox": added(update(InboxState.DONE)),
    "inbox-failed": added(update(InboxState.PARKED)),
    "links": done(a_link, Link),
    "log-ins": done(log_in, LogIn),
    "browsers": added(a_device),
    "counted-letters": added(lambda _s: Tries(key="mail:x", failures=1, since=clock.now())),
    "failed-log-ins": added(lambda _s: Tries(key="all:x", failures=1, since=clock.now())),
    "erasures": added(lambda _s: Erasure(mark="m" * 64, number=1, erased_at=clock.now())),
    "nights": lambda _session: (
        lambda later: bool(later.scalar(sa.select(Night.id).where(Night.began_at == BEGAN)))
    ),
}
CASES = [
    pytest.param(key, span, id=f"{key}-{span.days}d")
    for key, kind in KINDS.items()
    for span in sorted({kind.least, kind.default, kind.most})
]


def test_each_period_has_a_deed_and_each_deed_a_period_that_there_is() -> None:
    assert {deed.period for deed in DEEDS if deed.period} == set(KINDS)
    assert len({deed.name for deed in DEEDS}) == len(DEEDS)


@pytest.mark.parametrize(("key", "span"), CASES)
def test_it_is_there_until_its_time_is_over_and_then_no_more(
    paderborn: Database, key: str, span: timedelta
) -> None:
    kind, margin = KINDS[key], DAY if key in DAILY else MINUTE
    paderborn.keep_for(Periods({} if kind.is_fixed else {key: span}))
    with clock.frozen(BEGAN), paderborn.transaction() as session:
        is_there = SEEDS[key](session)
        if key == "nights":
            nights.note(session, BEGAN, {"drafts": 1})
    for moment, stays in ((BEGAN + span - margin, True), (BEGAN + span + margin, False)):
        with clock.frozen(moment):
            with paderborn.reading() as session:
                coming = retention.outlook(session, moment)[key]
            retention.prune(paderborn)
            with paderborn.reading() as session:
                assert is_there(session) is stays, moment
        assert bool(coming.due) is not stays
        assert coming.held >= coming.due


def test_what_waits_for_the_office_is_kept_and_so_is_the_sign_up_of_a_member(paderborn: Database) -> None:
    with clock.frozen(BEGAN), paderborn.transaction() as session:
        person = somebody(session)
        session.execute(sa.update(Submission).values(state=State.ACCEPTED))
        waiting = [entry(session, person, one, key=one.value) for one in (State.RECEIVED, State.ANSWERED)]
    with clock.frozen(BEGAN + timedelta(days=9000)):
        retention.prune(paderborn)
    with paderborn.reading() as session:
        assert all(submissions.get(session, one).answers for one in waiting)
        assert submissions.by_key(session, "join").answers  # type: ignore[union-attr]


def test_a_question_without_an_answer_ends_the_sign_up_too(paderborn: Database) -> None:
    with clock.frozen(BEGAN), paderborn.transaction() as session:
        number = somebody(session).id
        session.execute(sa.update(Submission).values(state=State.RETURNED))
        session.execute(sa.update(Membership).values(state=MembershipState.ASKED))
    with clock.frozen(BEGAN + timedelta(days=366)):
        retention.prune(paderborn)
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Membership.state)).all() == [MembershipState.DECLINED]
        left = session.scalars(sa.select(Submission)).one()
        assert (left.state, left.answers, left.person_id) == (State.WITHDRAWN, {}, None)
        assert people.get(session, number) is not None


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("drafts=14", "is not written as in drafts=14d"),
        ("drafts=1d", "drafts must be between 2d and 90d"),
        ("needs=91d", "needs must be between 1d and 90d"),  # what people agreed to says 90 days
        ("log-ins=2d", "log-ins cannot be set"),
        ("dreams=2d", "there is no kind 'dreams'"),
        ("drafts=3d,drafts=4d", "drafts is there twice"),
    ],
)
def test_a_setting_that_cannot_be_says_why(setting: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why.replace("'", ".")):
        Settings(retention=setting, _env_file=None)


def test_a_setting_that_can_be_is_read() -> None:
    found = Settings(retention=" drafts=7d, inactive = 365d ,", _env_file=None).periods
    assert (found["drafts"], found["inactive"], found["links"]) == (7 * DAY, 365 * DAY, 30 * DAY)
    assert found.said("inactive").to("en") == "1 year"


def test_bounds_hold_the_default() -> None:
    assert not [one.key for one in KINDS.values() if not one.least <= one.default <= one.most]


def test_what_a_run_removed_is_noted_in_numbers(paderborn: Database) -> None:
    with paderborn.transaction() as session:
        drafts.begin(session, "ask-office", person_id=None, language="de")
    with clock.frozen(clock.now() + 15 * DAY):
        retention.prune(paderborn)
        with paderborn.reading() as session:
            (night,) = nights.latest(session)
            assert night.removed == {"drafts": 1}
            assert not nights.is_late(session)
            later = clock.now() + nights.LATE
        with clock.frozen(later), paderborn.reading() as session:
            assert nights.is_late(session)


def test_a_new_installation_is_not_late_before_its_first_nights(paderborn: Database) -> None:
    with paderborn.transaction() as session:
        assert not nights.is_late(session)
        nights.watch(session)
    with paderborn.reading() as session:
        assert not nights.is_late(session)
