"""What moderators do with a ballot: opening, sorting cards into topics, phases, paper dots, closing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ballots, clock, programmes
from models.ballots import (
    LONGEST_CARD,
    MOST_EACH,
    Ballot,
    BallotCard,
    BallotDot,
    BallotTopic,
    BallotVoter,
    Phase,
    must_moderate,
)
from models.errors import Conflict, InvalidAnswer, NotFound
from models.outbox import Message
from models.staff import StaffMember
from translations import SOURCE, Localised, Words, _

LONGEST_TITLE = 200
MOST_PAPER = 9999
_SORTING = (Phase.SUGGEST, Phase.GROUP)
_GONE = _("This is not there any more.")
_ONWARD = {
    Phase.SUGGEST: {Phase.GROUP},
    Phase.GROUP: {Phase.SUGGEST, Phase.VOTE},
    Phase.VOTE: {Phase.RESULT},
    Phase.RESULT: set[Phase](),
}  # fmt: skip


def letters_key(ballot_id: int) -> str:
    """Return how the keys of chat letters begin that show somebody's dots; they go when it is closed."""
    return f"dots:{ballot_id}:"


def begin(
    session: Session, by: StaffMember, title: str, *, event_id: int | None, cards_each: int, dots_each: int
) -> Ballot:
    """Open a ballot for suggestions; it belongs to the programme that runs."""
    must_moderate(by)
    if not title:
        raise InvalidAnswer(_("Please give it a name."))
    if not (1 <= cards_each <= MOST_EACH and 1 <= dots_each <= MOST_EACH):
        raise InvalidAnswer(_("Please choose a number from 1 to {most}.")(most=MOST_EACH))
    ballot = Ballot(
        programme_id=programmes.running(session).id, event_id=event_id,
        title=Localised({SOURCE: title[:LONGEST_TITLE]}),
        cards_each=cards_each, dots_each=dots_each,
    )  # fmt: skip
    session.add(ballot)
    session.flush()
    return ballot


def go_to(session: Session, by: StaffMember, ballot_id: int, phase: Phase) -> None:
    """Go on to a phase, or from sorting back to suggesting; going where one is already changes nothing."""
    must_moderate(by)
    ballot = ballots.held(session, ballot_id, *Phase)
    if ballot.phase is phase:
        return
    if phase not in _ONWARD[ballot.phase]:
        raise Conflict(_("This is not open at the moment."))
    if phase is Phase.VOTE and not ballots.topics(session, ballot_id):
        raise InvalidAnswer(_("Please open at least one topic first."))
    if phase is Phase.RESULT:
        _close(session, ballot)
    ballot.phase = phase
    session.flush()


def _close(session: Session, ballot: Ballot) -> None:
    """Make the dots numbers and forget who gave them, and who wrote which card."""
    plain = {"synchronize_session": False}
    voters = sa.select(BallotVoter.id).where(BallotVoter.ballot_id == ballot.id)
    count = sa.select(sa.func.count()).where(BallotDot.topic_id == BallotTopic.id).scalar_subquery()
    session.execute(
        sa.update(BallotTopic)
        .where(BallotTopic.ballot_id == ballot.id)
        .values(dots=count, version=BallotTopic.version + 1)
        .execution_options(**plain)
    )
    turnout = sa.select(sa.func.count(BallotDot.voter_id.distinct())).where(BallotDot.voter_id.in_(voters))
    ballot.turnout, ballot.closed_at = session.scalar(turnout) or 0, clock.now()
    session.execute(
        sa.update(BallotCard)
        .where(BallotCard.ballot_id == ballot.id)
        .values(voter_id=None, slot=None, key=None)
        .execution_options(**plain)
    )
    session.execute(sa.delete(BallotDot).where(BallotDot.voter_id.in_(voters)).execution_options(**plain))
    session.execute(
        sa.delete(BallotVoter).where(BallotVoter.ballot_id == ballot.id).execution_options(**plain)
    )
    told = Message.key.startswith(letters_key(ballot.id), autoescape=True)
    session.execute(sa.delete(Message).where(told).execution_options(**plain))
    session.flush()
    for one in list(session):
        if isinstance(one, (BallotTopic, BallotCard)):
            session.expire(one)


def forgotten(until: datetime) -> sa.Select[int]:
    """Select ballots that began by then and that nobody has closed."""
    return sa.select(Ballot.id).where(Ballot.phase != Phase.RESULT, Ballot.created_at <= until)


def close_forgotten(session: Session, ballot_ids: Sequence[int]) -> None:
    """Close ballots that nobody has closed, so that no dot stays with its voter for ever."""
    still = sa.select(Ballot).where(Ballot.id.in_(ballot_ids), Ballot.phase != Phase.RESULT)
    for ballot in session.scalars(still.with_for_update()).all():
        _close(session, ballot)
        ballot.phase = Phase.RESULT
        session.flush()


def _topic(session: Session, ballot_id: int, topic_id: int) -> BallotTopic:
    found = session.get(BallotTopic, topic_id, populate_existing=True)
    if found is None or found.ballot_id != ballot_id:
        raise NotFound(_GONE)
    return found


def _titled(title: str) -> str:
    if not title:
        raise InvalidAnswer(_("Please give it a name."))
    return title[:LONGEST_TITLE]


def add_topic(session: Session, by: StaffMember, ballot_id: int, title: str) -> BallotTopic:
    """Open a topic."""
    must_moderate(by)
    ballots.held(session, ballot_id, *_SORTING, shared=True)
    topic = BallotTopic(ballot_id=ballot_id, title=Localised({SOURCE: _titled(title)}))
    session.add(topic)
    session.flush()
    return topic


def rename_topic(
    session: Session, by: StaffMember, ballot_id: int, topic_id: int, title: str, *, seen: int
) -> None:
    """Call a topic something else; Conflict where somebody has just done so."""
    must_moderate(by)
    ballots.held(session, ballot_id, Phase.SUGGEST, Phase.GROUP, Phase.VOTE, shared=True)
    words = {**_topic(session, ballot_id, topic_id).title.words, SOURCE: _titled(title)}
    done = session.execute(
        sa.update(BallotTopic)
        .where(BallotTopic.id == topic_id, BallotTopic.version == seen)
        .values(title=Localised(words), version=seen + 1)
        .returning(BallotTopic.id)
        .execution_options(synchronize_session=False)
    ).first()
    if done is None:
        raise Conflict(_("Somebody else has just changed this. Please look at it again."))


def remove_topic(session: Session, by: StaffMember, ballot_id: int, topic_id: int) -> None:
    """Take a topic away; its cards lie loose again."""
    must_moderate(by)
    ballots.held(session, ballot_id, *_SORTING, shared=True)
    topic = _topic(session, ballot_id, topic_id)
    session.execute(
        sa.update(BallotCard)
        .where(BallotCard.topic_id == topic_id)
        .values(topic_id=None, version=BallotCard.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.delete(topic)
    session.flush()


def _card(session: Session, ballot_id: int, card_id: int) -> BallotCard:
    found = session.get(BallotCard, card_id, populate_existing=True)
    if found is None or found.ballot_id != ballot_id:
        raise NotFound(_("This is not there any more."))
    return found


def move(
    session: Session, by: StaffMember, ballot_id: int, card_id: int, topic_id: int | None, *, seen: int
) -> None:
    """Put a card into a topic, or take it out; Conflict, which tells where it is, if somebody was quicker."""
    must_moderate(by)
    ballots.held(session, ballot_id, *_SORTING, shared=True)
    _card(session, ballot_id, card_id)
    if topic_id is not None:
        _topic(session, ballot_id, topic_id)
    _change(session, ballot_id, card_id, seen, topic_id=topic_id)


def word(
    session: Session,
    by: StaffMember,
    ballot_id: int,
    card_id: int,
    *,
    german: str,
    is_hidden: bool,
    seen: int,
) -> None:
    """Set a card's German words, and whether it is shown."""
    must_moderate(by)
    _card(session, ballot_id, card_id)
    _change(session, ballot_id, card_id, seen, german=german[:LONGEST_CARD], is_hidden=is_hidden)


def _change(session: Session, ballot_id: int, card_id: int, seen: int, **values: object) -> None:
    done = session.execute(
        sa.update(BallotCard)
        .where(BallotCard.id == card_id, BallotCard.version == seen)
        .values(version=seen + 1, **values)
        .returning(BallotCard.id)
        .execution_options(synchronize_session=False)
    ).first()
    if done is not None:
        return
    now = _card(session, ballot_id, card_id)
    topic = session.get(BallotTopic, now.topic_id) if now.topic_id else None
    where: Words = topic.title if topic else _("Not sorted yet")
    raise Conflict(_("Somebody else has just moved this card: it is in “{topic}” now.")(topic=where))


def type_cards(session: Session, by: StaffMember, ballot_id: int, lines: list[str], language: str) -> int:
    """Note cards from paper, one for each line."""
    must_moderate(by)
    ballots.held(session, ballot_id, *_SORTING, shared=True)
    kept = [line[:LONGEST_CARD] for line in lines if line]
    session.add_all(BallotCard(ballot_id=ballot_id, words=line, language=language) for line in kept)
    session.flush()
    return len(kept)


def set_paper(session: Session, by: StaffMember, ballot_id: int, counts: Mapping[int, int]) -> None:
    """Note how many dots each topic has on paper; they are counted with the others."""
    must_moderate(by)
    ballots.held(session, ballot_id, Phase.VOTE, Phase.RESULT, shared=True)
    if not all(0 <= count <= MOST_PAPER for count in counts.values()):
        raise InvalidAnswer(_("Please write whole numbers."))
    for topic_id, count in sorted(counts.items()):
        topic = _topic(session, ballot_id, topic_id)
        if topic.paper != count:
            topic.paper, topic.version = count, topic.version + 1
    session.flush()
