"""Sticky dots: the limits hold on two channels at once, and nobody can tell afterwards who gave which."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ballot_board, ballot_result, ballots, clock, groups, periods, retention, seats, voting
from models.ballots import Ballot, BallotCard, BallotDot, BallotTopic, BallotVoter, Phase
from models.db import Base, Database
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed
from models.people import ChannelKind, Person
from models.registrations import Registration, RegistrationState
from models.staff import StaffMember, StaffRole
from models.voting import Who
from tests.models.test_feedback import conference, employ
from tests.models.together import at_once, in_transaction


def register(session: Session, event_id: int, code: str, *, chat: int | None = None) -> Registration:
    """Somebody who has registered for an event."""
    now = clock.now()
    person = Person(
        name=f"Amina {code}", language="ar", prefers=ChannelKind.TELEGRAM, telegram_id=chat, met_at=now,
        seen_at=now,
    )  # fmt: skip
    session.add(person)
    session.flush()
    made = Registration(
        event_id=event_id, person_id=person.id, state=RegistrationState.REGISTERED, code=code, queued_at=now,
        changed_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def begun(session: Session, *, phase: Phase = Phase.SUGGEST, topics: int = 3) -> Ballot:
    """A ballot of today's event, with topics named by letters."""
    mona = employ(session, StaffRole.MODERATOR)
    event = conference(session)
    ballot = ballot_board.begin(session, mona, "Themen", event_id=event.id, cards_each=2, dots_each=3)
    if phase is not Phase.SUGGEST:
        ballot_board.go_to(session, mona, ballot.id, Phase.GROUP)
        for letter in "ABCDEFGH"[:topics]:
            ballot_board.add_topic(session, mona, ballot.id, f"Thema {letter}")
        ballot_board.go_to(session, mona, ballot.id, phase)
    return ballot


def mona_of(session: Session) -> StaffMember:
    """The moderator."""
    return session.scalars(sa.select(StaffMember).where(StaffMember.role == StaffRole.MODERATOR)).one()


def amina(session: Session, ballot: Ballot) -> Who:
    """The first who registered, found as a chat finds her."""
    return Who(ballot.id, registration_id=session.scalar(sa.select(sa.func.min(Registration.id))))


def dots(db: Database) -> int:
    """How many dots there are."""
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(BallotDot)) or 0


@pytest.fixture
def vote(any_db: Database) -> tuple[Database, Ballot, list[int]]:
    """A vote on three topics, for which Amina has registered."""
    with any_db.transaction() as session:
        ballot = begun(session, phase=Phase.VOTE)
        register(session, ballot.event_id or 0, "AMINA2", chat=4711)
        return any_db, ballot, [one.id for one in ballots.topics(session, ballot.id)]


def test_three_dots_stay_three_on_two_channels_at_once(vote: tuple[Database, Ballot, list[int]]) -> None:
    db, ballot, (first, second, third) = vote

    def tap(session: Session) -> object:
        who = amina(session, ballot)
        return voting.add(session, who, third, 1, seen=voting.given(session, who).version)

    at_once(
        db,
        lambda session: voting.place(session, amina(session, ballot), {first: 2, second: 1}),
        in_transaction(db, tap),
    )
    assert dots(db) == 3
    with db.transaction() as session:
        with pytest.raises(InvalidAnswer):
            voting.place(session, amina(session, ballot), {first: 3, second: 1})
        voting.place(session, amina(session, ballot), {third: 3})
    with db.reading() as session:
        assert voting.given(session, amina(session, ballot)).by_topic == {third: 3}


def test_twenty_taps_at_once_are_three_dots(vote: tuple[Database, Ballot, list[int]]) -> None:
    db, ballot, topic_ids = vote

    def tap(number: int) -> bool:
        for _attempt in range(6):
            try:
                with db.transaction() as session:
                    who = amina(session, ballot)
                    seen = voting.given(session, who).version
                    if voting.add(session, who, topic_ids[number % 3], 1, seen=seen):
                        return True
            except DomainError:
                return False
        return False

    with ThreadPoolExecutor(4) as taps:
        done = list(taps.map(tap, range(20)))
    assert (sum(done), dots(db)) == (3, 3)


def test_a_button_pressed_twice_counts_once_and_can_be_undone(
    vote: tuple[Database, Ballot, list[int]],
) -> None:
    db, ballot, (first, *_others) = vote
    with db.transaction() as session:
        who = amina(session, ballot)
        assert voting.add(session, who, first, 1, seen=0)
        assert not voting.add(session, who, first, 1, seen=0)
        assert voting.given(session, who).by_topic == {first: 1}
        assert voting.add(session, who, first, -1, seen=1)
        assert voting.given(session, who).used == 0


def test_two_cards_stay_two_and_one_taken_back_makes_room(any_db: Database) -> None:
    with any_db.transaction() as session:
        ballot = begun(session)
        register(session, ballot.event_id or 0, "AMINA2")

    def put(key: str) -> Callable[[Session], object]:
        return lambda session: voting.suggest(
            session, amina(session, ballot), f"Karte {key}", language="ar", key=key
        )

    second = at_once(any_db, put("a"), in_transaction(any_db, put("b")))
    assert second.result() is True
    same = at_once(any_db, lambda _session: None, in_transaction(any_db, put("b")))
    assert same.result() is False
    with any_db.transaction() as session:
        with pytest.raises(Conflict):
            put("c")(session)
        first, _second = voting.own_cards(session, amina(session, ballot))
        voting.take_back(session, amina(session, ballot), first.id)
        assert put("c")(session) is True
        assert len(ballots.cards(session, ballot.id)) == 2


def test_of_two_who_move_a_card_one_is_told_where_it_is(any_db: Database) -> None:
    with any_db.transaction() as session:
        ballot = begun(session, phase=Phase.GROUP)
        mona = mona_of(session)
        ballot_board.type_cards(session, mona, ballot.id, ["Mehr Sport", "Sprachcafé"], "de")
        here, there, _other = ballots.topics(session, ballot.id)
        sport, cafe = ballots.cards(session, ballot.id)
        before = ballots.mark(session, ballot)
    late = at_once(
        any_db,
        lambda session: ballot_board.move(session, mona, ballot.id, sport.id, here.id, seen=1),
        in_transaction(
            any_db, lambda session: ballot_board.move(session, mona, ballot.id, sport.id, there.id, seen=1)
        ),
    )
    refusal = late.exception()
    assert isinstance(refusal, Conflict)
    assert "Thema A" in refusal.text.to("de")
    with any_db.transaction() as session:
        ballot_board.move(session, mona, ballot.id, cafe.id, there.id, seen=1)
        assert [one.topic_id for one in ballots.cards(session, ballot.id)] == [here.id, there.id]
        assert ballots.mark(session, ballots.get(session, ballot.id)) != before
        ballot_board.remove_topic(session, mona, ballot.id, there.id)
        session.expire_all()
        assert [one.topic_id for one in ballots.cards(session, ballot.id)] == [here.id, None]


def test_once_closed_nobody_can_tell_who_gave_which(vote: tuple[Database, Ballot, list[int]]) -> None:
    db, ballot, (first, second, _third) = vote
    with db.transaction() as session:
        voting.place(session, amina(session, ballot), {second: 2, first: 1})
    late = at_once(
        db,
        lambda session: ballot_board.go_to(session, mona_of(session), ballot.id, Phase.RESULT),
        in_transaction(db, lambda session: voting.place(session, amina(session, ballot), {first: 3})),
    )
    assert isinstance(late.exception(), Conflict)
    with db.transaction() as session:
        ballot_board.set_paper(session, mona_of(session), ballot.id, {first: 1})
        closed = ballots.get(session, ballot.id)
        found = ballot_result.results(session, closed)
        assert [(one.topic.id, one.total, one.rank, one.sharing) for one in found][:2] == [
            (first, 2, 1, 2), (second, 2, 1, 2),
        ]  # fmt: skip
        assert "2" in found[0].place.to("de")
        assert ballot_result.turnout(session, closed) == 1
        for table in (BallotVoter, BallotDot):
            assert session.scalars(sa.select(table)).all() == []
        points = [key for one in Base.metadata.sorted_tables for key in one.foreign_keys]
        assert {key.parent.table.name for key in points if key.column.table.name == "registrations"} <= {
            "arrivals", "ballot_voters", "workshop_places",
        }  # fmt: skip


def test_a_late_dot_waits_for_the_end_and_is_counted_or_refused(
    vote: tuple[Database, Ballot, list[int]],
) -> None:
    db, ballot, (first, *_others) = vote
    at_once(
        db,
        lambda session: voting.place(session, amina(session, ballot), {first: 3}),
        in_transaction(db, lambda s: ballot_board.go_to(s, mona_of(s), ballot.id, Phase.RESULT)),
    ).result()
    with db.reading() as session:
        assert ballot_result.results(session, ballots.get(session, ballot.id))[0].total == 3


def test_who_is_erased_while_it_runs_takes_cards_and_dots_along(
    vote: tuple[Database, Ballot, list[int]],
) -> None:
    db, ballot, (first, *_others) = vote
    with db.transaction() as session:
        voting.place(session, amina(session, ballot), {first: 3})
        session.execute(sa.delete(Person).where(Person.telegram_id == 4711))
    assert dots(db) == 0


def test_slips_make_voters_without_registration(any_db: Database) -> None:
    with any_db.transaction() as session:
        mona = employ(session, StaffRole.MODERATOR)
        ballot = ballot_board.begin(session, mona, "Themen", event_id=None, cards_each=2, dots_each=3)
        codes = voting.issue_slips(session, mona, ballot.id, 30)
        assert len(set(codes)) == 30
        who = voting.by_typed(session, ballot, codes[0].lower())
        assert who
        assert voting.suggest(session, who, "Mehr Sport", language="de", key="k")
        other = voting.by_typed(session, ballot, codes[1])
        assert other
        assert voting.own_cards(session, other) == []
        assert voting.by_typed(session, ballot, "ABCDEFGHJ") is None
        held = [value for row in session.execute(sa.select(BallotVoter.slip)) for value in row]
        assert not {code.replace(" ", "") for code in codes} & set(held), "only hashes rest"


def test_only_who_comes_to_the_event_votes(any_db: Database) -> None:
    with any_db.transaction() as session:
        ballot = begun(session, phase=Phase.VOTE)
        mine = register(session, ballot.event_id or 0, "AMINA2", chat=4711)
        waiting = register(session, ballot.event_id or 0, "BORIS2")
        waiting.state = RegistrationState.WAITING
        session.flush()
        assert voting.by_typed(session, ballot, "amina2") == Who(ballot.id, registration_id=mine.id)
        assert voting.of_person(session, ballot, mine.person_id) == Who(ballot.id, registration_id=mine.id)
        assert voting.by_typed(session, ballot, "BORIS2") is None
        assert voting.of_person(session, ballot, waiting.person_id) is None


def test_topics_become_goals_of_the_next_programme_once(any_db: Database) -> None:
    with any_db.transaction() as session:
        ballot = begun(session, phase=Phase.VOTE)
        mona, olga = mona_of(session), employ(session, StaffRole.OFFICER)
        ballot_board.go_to(session, mona, ballot.id, Phase.RESULT)
        chosen = [one.topic.id for one in ballot_result.results(session, ballot)][:2]
        field = ballot_result.fields(session, ballot)[0]
        before = groups.directory(session).cards

    def make(session: Session, by: StaffMember) -> object:
        return ballot_result.make_goals(
            session, by, ballot.id, chosen, field_id=field.id, programme_id=None, title="Arbeitsprogramm 2027"
        )

    with any_db.transaction() as session, pytest.raises(NotAllowed):
        make(session, mona)
    second = at_once(
        any_db, lambda session: make(session, olga), in_transaction(any_db, lambda s: make(s, olga))
    )
    assert isinstance(second.exception(), Conflict)
    with any_db.reading() as session:
        new, public = groups.directory(session).drafts, groups.directory(session).cards
        assert public == before, "nobody but the office sees them"
        assert [card.title.to("de") for card in new] == ["Thema A", "Thema B"]
        assert all(card.number.startswith(f"{field.number}.") and not card.is_open for card in new)
    with any_db.transaction() as session:
        with pytest.raises(NotAllowed):
            groups.show_to_all(session, mona, new[0].goal_id)
        groups.show_to_all(session, olga, new[0].goal_id)
    with any_db.reading() as session:
        directory = groups.directory(session)
        assert [directory.get(new[0].number).title, directory.drafts] == [new[0].title, new[1:]]
        assert not directory.get(new[0].number).is_open


def test_each_place_of_a_group_has_one_vote_and_nobody_has_two(any_db: Database) -> None:
    with any_db.transaction() as session:
        ballot = begun(session, phase=Phase.VOTE)
        mine = register(session, ballot.event_id or 0, "AMINA2", chat=4711)
        mine.seats, mine.seat_key = 3, "0123456789abcdef"
        alone = register(session, ballot.event_id or 0, "BORIS2")
        first, *_others = ballots.topics(session, ballot.id)
        assert seats.codes_of(alone) == []
        codes = seats.codes_of(mine)
        assert [code[:6] for code in codes] == ["AMINA2", "AMINA2"]
        own = [voting.by_typed(session, ballot, code) for code in ("amina2", *map(seats.said, codes))]
        assert [one.seat for one in own if one] == [1, 2, 3]
        assert own[0] == voting.of_person(session, ballot, mine.person_id), "by chat and by code the same"
        for who in (*own, *own):
            assert who
            voting.place(session, who, {first.id: 3})
        assert ballot_result.turnout(session, ballot) == 3
        for wrong in ("AMINA2", "BORIS2"):
            assert voting.by_typed(session, ballot, f"{wrong}222") is None
        mine.seats = 2
        session.flush()
        assert voting.by_typed(session, ballot, codes[1]) is None, "a place that is given back votes no more"
        mine.state = RegistrationState.CANCELLED
        session.flush()
        assert voting.by_typed(session, ballot, codes[0]) is None
    assert dots(any_db) == 9


def test_a_vote_that_nobody_closes_is_closed_and_words_go_after_two_years(
    vote: tuple[Database, Ballot, list[int]],
) -> None:
    db, ballot, (first, *_others) = vote
    with db.transaction() as session:
        voting.place(session, amina(session, ballot), {first: 3})
        session.add(BallotCard(ballot_id=ballot.id, words="Mehr Sport", language="de"))
    with clock.frozen(clock.now() + timedelta(days=61)):
        assert retention.prune(db)["votes that nobody closed"] == 1
    with db.reading() as session:
        assert session.scalars(sa.select(BallotTopic.dots).where(BallotTopic.id == first)).one() == 3
    with clock.frozen(clock.now() + timedelta(days=61) + periods.KINDS["votes"].default):
        assert retention.prune(db)["words of votes"] == 1
