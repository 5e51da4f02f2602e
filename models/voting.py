"""Taking part in a ballot: suggesting, giving dots. The limits are decided inside the write."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import ballots, seats
from models.ballots import Ballot, BallotCard, BallotDot, BallotTopic, BallotVoter, Phase
from models.errors import Conflict, InvalidAnswer, NotFound
from models.groups import CODE_ALPHABET
from models.registrations import Registration, RegistrationState
from models.staff import StaffMember
from models.submissions import hashed
from translations import _, n_

SLIP_LENGTH = 9  # a registration's code has six signs; those of its further places are looked for first
MOST_SLIPS = 500


@dataclass(frozen=True, slots=True)
class Who:
    """Who takes part: a place of a registration of the event, or a voter by a slip."""

    ballot_id: int
    registration_id: int | None = None
    slip_voter_id: int | None = None
    seat: int = 1


def by_typed(session: Session, ballot: Ballot, typed: str) -> Who | None:
    """Return who has a code: that of a registration, of a further place of it, or of a slip."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if not code or len(code) > 16:
        return None
    if ballot.event_id is not None:
        found = session.scalar(
            sa.select(Registration.id).where(
                Registration.event_id == ballot.event_id, Registration.code == code,
                Registration.state == RegistrationState.REGISTERED,
            )
        )  # fmt: skip
        if found is not None:
            return Who(ballot.id, registration_id=found)
        further = seats.found(session, ballot.event_id, code)
        if further is not None:
            return Who(ballot.id, registration_id=further[0], seat=further[1])
    slip = session.scalar(
        sa.select(BallotVoter.id).where(BallotVoter.ballot_id == ballot.id, BallotVoter.slip == hashed(code))
    )
    return Who(ballot.id, slip_voter_id=slip) if slip is not None else None


def of_person(session: Session, ballot: Ballot, person_id: int) -> Who | None:
    """Return a person who has registered for the event."""
    if ballot.event_id is None:
        return None
    found = session.scalar(
        sa.select(Registration.id).where(
            Registration.event_id == ballot.event_id, Registration.person_id == person_id,
            Registration.state == RegistrationState.REGISTERED,
        )
    )  # fmt: skip
    return Who(ballot.id, registration_id=found) if found is not None else None


def _voter_id(session: Session, who: Who) -> int | None:
    if who.slip_voter_id is not None:
        return who.slip_voter_id
    return session.scalar(
        sa.select(BallotVoter.id).where(
            BallotVoter.ballot_id == who.ballot_id, BallotVoter.registration_id == who.registration_id,
            BallotVoter.seat == who.seat,
        )
    )  # fmt: skip


def _locked(session: Session, who: Who) -> BallotVoter:
    """Return the voter, held until the transaction ends: whoever else acts for them waits."""
    number = _voter_id(session, who)
    if number is None:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        new = insert(BallotVoter).values(
            ballot_id=who.ballot_id, registration_id=who.registration_id, seat=who.seat, version=0
        )
        session.execute(new.on_conflict_do_nothing())
        number = _voter_id(session, who)
    wanted = sa.select(BallotVoter).where(BallotVoter.id == number).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(_("This code does not count any more."))
    return found


def own_cards(session: Session, who: Who) -> Sequence[BallotCard]:
    """Return the cards of somebody."""
    wanted = sa.select(BallotCard).where(BallotCard.voter_id == _voter_id(session, who))
    return session.scalars(wanted.order_by(BallotCard.slot)).all()


def suggest(session: Session, who: Who, words: str, *, language: str, key: str) -> bool:
    """Put a card up; False where this form has arrived already, Conflict where all cards are used."""
    ballot = ballots.held(session, who.ballot_id, Phase.SUGGEST, shared=True)
    if not words:
        raise InvalidAnswer(_("Please write a few words."))
    voter_id = _locked(session, who).id
    if session.scalar(sa.select(BallotCard.id).where(BallotCard.key == hashed(key))) is not None:
        return False
    used = set(session.scalars(sa.select(BallotCard.slot).where(BallotCard.voter_id == voter_id)))
    slot = next((one for one in range(1, ballot.cards_each + 1) if one not in used), None)
    if slot is None:
        raise Conflict(_("You have used all your cards. You can take one back."))
    session.add(
        BallotCard(
            ballot_id=ballot.id, voter_id=voter_id, slot=slot, key=hashed(key), words=words, language=language
        )
    )  # fmt: skip
    session.flush()
    return True


def take_back(session: Session, who: Who, card_id: int) -> None:
    """Take one's own card down again."""
    ballots.held(session, who.ballot_id, Phase.SUGGEST, shared=True)
    voter_id = _locked(session, who).id
    session.execute(
        sa.delete(BallotCard)
        .where(BallotCard.id == card_id, BallotCard.voter_id == voter_id)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class Given:
    """The dots that somebody has given, by topic, and which state of them this is."""

    by_topic: Mapping[int, int]
    version: int

    @property
    def used(self) -> int:
        """Return how many that are."""
        return sum(self.by_topic.values())


def given(session: Session, who: Who) -> Given:
    """Return the dots that somebody has given so far."""
    voter_id = _voter_id(session, who)
    found = session.scalars(sa.select(BallotDot.topic_id).where(BallotDot.voter_id == voter_id))
    version = session.scalar(sa.select(BallotVoter.version).where(BallotVoter.id == voter_id))
    return Given(Counter(found), version or 0)


def place(session: Session, who: Who, wanted: Mapping[int, int]) -> None:
    """Give dots exactly so, in place of those before; InvalidAnswer where they are too many."""
    ballot = ballots.held(session, who.ballot_id, Phase.VOTE, shared=True)
    _must_be_of(session, ballot, wanted)
    total = sum(wanted.values())
    if total > ballot.dots_each or any(count < 0 for count in wanted.values()):
        text = _("You have {most} dots, and this would be {n}. Please take some away.")
        raise InvalidAnswer(text(most=ballot.dots_each, n=total))
    voter = _locked(session, who)
    session.execute(
        sa.delete(BallotDot)
        .where(BallotDot.voter_id == voter.id)
        .execution_options(synchronize_session=False)
    )
    spread = [topic_id for topic_id, count in wanted.items() for _dot in range(count)]
    if spread:
        rows = [{"voter_id": voter.id, "slot": slot, "topic_id": one} for slot, one in enumerate(spread, 1)]
        session.execute(sa.insert(BallotDot), rows)
    voter.version += 1
    session.flush()


def add(session: Session, who: Who, topic_id: int, step: int, *, seen: int) -> bool:
    """Give one dot more to a topic, or take one back. False for a button that is not the latest."""
    ballot = ballots.held(session, who.ballot_id, Phase.VOTE, shared=True)
    _must_be_of(session, ballot, [topic_id])
    voter = _locked(session, who)
    if voter.version != seen:
        return False
    held = sa.select(BallotDot.slot, BallotDot.topic_id).where(BallotDot.voter_id == voter.id)
    slots = {row.slot: row.topic_id for row in session.execute(held)}
    if step > 0:
        slot = next((one for one in range(1, ballot.dots_each + 1) if one not in slots), None)
        if slot is None:
            raise Conflict(_("You have given all your dots. Take one back first."))
        session.execute(sa.insert(BallotDot), [{"voter_id": voter.id, "slot": slot, "topic_id": topic_id}])
    else:
        slot = next((one for one, topic in slots.items() if topic == topic_id), None)
        session.execute(
            sa.delete(BallotDot)
            .where(BallotDot.voter_id == voter.id, BallotDot.slot == slot)
            .execution_options(synchronize_session=False)
        )
    voter.version += 1
    session.flush()
    return True


def _must_be_of(session: Session, ballot: Ballot, wanted: Mapping[int, int] | Sequence[int]) -> None:
    known = set(session.scalars(sa.select(BallotTopic.id).where(BallotTopic.ballot_id == ballot.id)))
    if not set(wanted) <= known:
        raise NotFound(_("This is not there any more."))


def open_to(session: Session, person_id: int) -> Sequence[Ballot]:
    """Return the ballots in which a person can suggest or vote now, the latest first."""
    mine = sa.select(Registration.event_id).where(
        Registration.person_id == person_id, Registration.state == RegistrationState.REGISTERED
    )
    wanted = sa.select(Ballot).where(Ballot.event_id.in_(mine), Ballot.phase.in_((Phase.SUGGEST, Phase.VOTE)))
    return session.scalars(wanted.order_by(Ballot.id.desc())).all()


def told(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Return what is stored of a person's part in ballots, for their own copy; nothing once one is closed."""
    found = session.execute(
        sa.select(BallotVoter.id, Ballot)
        .join(Registration, Registration.id == BallotVoter.registration_id)
        .join(Ballot, Ballot.id == BallotVoter.ballot_id)
        .where(Registration.person_id == person_id)
    )
    return [_told(session, voter_id, ballot) for voter_id, ballot in found.all()]


def _told(session: Session, voter_id: int, ballot: Ballot) -> dict[str, Any]:
    wanted = sa.select(BallotCard.words).where(BallotCard.voter_id == voter_id).order_by(BallotCard.slot)
    titles = sa.select(BallotTopic.title).join(BallotDot, BallotDot.topic_id == BallotTopic.id)
    return {
        "vote": dict(ballot.title.words),
        "cards": list(session.scalars(wanted)),
        "dots": [dict(one.words) for one in session.scalars(titles.where(BallotDot.voter_id == voter_id))],
    }


def issue_slips(session: Session, by: StaffMember, ballot_id: int, many: int) -> list[str]:
    """Make so many codes for slips to print; they are told now and never again."""
    ballots.must_moderate(by)
    ballot = ballots.held(session, ballot_id, Phase.SUGGEST, Phase.GROUP, Phase.VOTE, shared=True)
    if not 1 <= many <= MOST_SLIPS:
        raise InvalidAnswer(_("Please choose a number from 1 to {most}.")(most=MOST_SLIPS))
    codes: set[str] = set()
    while len(codes) < many:
        codes.add("".join(secrets.choice(CODE_ALPHABET) for _sign in range(SLIP_LENGTH)))
    session.add_all(BallotVoter(ballot_id=ballot.id, slip=hashed(code)) for code in codes)
    session.flush()
    return [seats.said(code) for code in sorted(codes)]


LEFT = n_("{n} dot left", "{n} dots left")
SECRET = _("You can change them until the vote is closed. Then nobody can see any more who gave which dot.")
