"""A year of status rounds over 13 groups, hour by hour, by themselves; and what is said to whom, and when."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.courier import clockwork
from models import (
    clock,
    groups,
    leads,
    outgoing,
    people,
    privacy,
    progress,
    quiet,
    rounds,
    rounds_asking,
    rounds_running,
)
from models.db import Database
from models.errors import Conflict
from models.groups import WorkingGroup
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.programmes import Programme
from models.progress import ProgressReport
from models.rounds import RequestState, RoundRequest, StatusRound
from models.rounds_coverage import coverage
from models.settings import Settings
from models.submissions import Arrival, arrive
from models.when import When

ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)
YEAR = 2021  # in the programme's runtime; the first of May is a Saturday, the first of November a Monday
STEP = timedelta(hours=3)


def berlin(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = YEAR) -> datetime:
    """A moment as the clock on the wall shows it."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be this moment."""
    with clock.frozen(moment.astimezone(UTC)):
        yield


@pytest.fixture
def house(any_db: Database, tmp_path: Path) -> tuple[Database, Settings]:
    """The demo's region on each kind of database."""
    return any_db, Settings(
        secret="tests-only-secret", zone=ZONE, files=str(tmp_path / "files"), _env_file=None
    )


def person(session: Session, number: int, channel: ChannelKind) -> Person:
    """Make up somebody who is reached over a channel."""
    one = Person(
        name=f"Lead {number} Beispiel", language="de", prefers=channel,
        met_at=clock.now(), seen_at=clock.now(),
        telegram_id=5000 + number if channel is ChannelKind.TELEGRAM else None,
        email=f"lead-{number}@example.org" if channel is ChannelKind.EMAIL else None,
        email_confirmed_at=clock.now() if channel is ChannelKind.EMAIL else None,
        phone="05251 1234567" if channel is ChannelKind.PHONE else "",
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one


def cast(db: Database) -> dict[str, int]:
    """Give the 13 groups leads with chat, e-mail, a telephone, or nobody; return their ids by number."""
    kinds = [ChannelKind.TELEGRAM] * 5 + [ChannelKind.EMAIL] * 5 + [ChannelKind.PHONE]
    with at(berlin(3, 1, 10)), db.transaction() as session:
        cards = groups.directory(session).cards
        assert len(cards) == 13
        for number, card in enumerate(cards):
            row = session.get_one(WorkingGroup, card.id)
            row.contact_id = person(session, number, kinds[number]).id if number < len(kinds) else None
        # The first person leads the twelfth group too; the last group has nobody at all.
        first = session.get_one(WorkingGroup, cards[0].id).contact_id
        session.get_one(WorkingGroup, cards[11].id).contact_id = first
    return {card.number: card.id for card in cards}


@dataclass
class Watch:
    """Answers in the name of the leads, at the times that the story wants."""

    db: Database
    answers: dict[int, timedelta]  # by group: how long after the asking
    given: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def answer_due(self) -> None:
        """Answer for every group whose time has come; what waits to be sent goes out."""
        with self.db.transaction() as session:
            for one in rounds.running(session):
                for request in rounds.requests(session, one.id):
                    self._answer(session, request)
            session.execute(
                sa.update(Delivery)
                .where(Delivery.state == DeliveryState.QUEUED, Delivery.not_before <= clock.now())
                .values(state=DeliveryState.SENT)
            )

    def _answer(self, session: Session, request: RoundRequest) -> None:
        wait = self.answers.get(request.group_id)
        if wait is None or request.asked_at is None or request.state is RequestState.ANSWERED:
            return
        if clock.now() >= request.asked_at + wait:
            answer(session, request)
            self.given[request.round_id, request.group_id] = clock.now()


def answer(session: Session, request: RoundRequest) -> None:
    """Let a group answer."""
    key = f"answer-{request.id}"
    assert request.person_id
    arrival = Arrival(rounds.FORM, key, request.person_id, request.group_id, "chat", "de", "7.49", {})
    submission_id = arrive(session, arrival)
    assert submission_id
    rounds_asking.answered(session, request, submission_id)


@dataclass(frozen=True)
class Said:
    """A letter that was written."""

    person_id: int
    kind: str
    at: datetime
    requests: tuple[int, ...]
    state: DeliveryState


def said(session: Session) -> list[Said]:
    """Return every letter of the rounds, the oldest first."""
    rows = session.execute(
        sa.select(Delivery, Message)
        .join(Message, Message.id == Delivery.message_id)
        .where(Message.kind.in_([rounds_asking.ASKED, rounds_asking.REMINDED]))
        .order_by(Delivery.id)
    )
    return [
        Said(
            delivery.person_id, message.kind, delivery.not_before,
            tuple(button["target_id"] for button in message.words["buttons"]), delivery.state,
        )
        for delivery, message in rows
    ]  # fmt: skip


def run(db: Database, settings: Settings, watch: Watch, start: datetime, end: datetime) -> None:
    """Let time pass from start to end; what is written goes out at once when its time has come."""
    moment = start
    while moment < end:
        with at(moment):
            clockwork.tick(db, settings, (rounds_running.tick,))
            with db.reading() as session:
                is_open = bool(rounds.running(session))
            if is_open:
                watch.answer_due()
        moment += STEP


def all_rounds(db: Database) -> Sequence[StatusRound]:
    """Return the rounds, the oldest first."""
    with db.reading() as session:
        return session.scalars(sa.select(StatusRound).order_by(StatusRound.month)).all()


def test_a_year_of_rounds_runs_by_itself(house: tuple[Database, Settings]) -> None:
    db, settings = house
    assert rounds_running.tick in clockwork.JOBS
    ids = list(cast(db).values())
    days = {0: 0.1, 1: 8, 2: 15, 5: 0.1, 6: 8, 7: 15, 11: 9}  # at once, after each reminder; others never
    watch = Watch(db, {ids[place]: timedelta(days=number) for place, number in days.items()})
    run(db, settings, watch, berlin(4, 25), berlin(12, 20))

    may, november = all_rounds(db)
    assert (may.month, november.month) == (date(YEAR, 5, 1), date(YEAR, 11, 1))
    assert may.opened_at == berlin(5, 3, 9).astimezone(UTC)  # the first of May was a Saturday
    assert november.opened_at == berlin(11, 1, 9).astimezone(UTC)
    for one in (may, november):
        assert one.closed_at is not None
        assert timedelta(days=42) <= one.closed_at - one.opened_at < timedelta(days=43)

    with db.reading() as session:
        letters = said(session)
        for one in (may, november):
            _check_round(session, one, letters, watch)


def _check_round(session: Session, one: StatusRound, letters: list[Said], watch: Watch) -> None:
    whole = coverage(session, one)
    assert len(whole.lines) == 13
    assert whole.answered == 7
    # A telephone, and nobody: these two are called. They come first.
    assert [line.request.state for line in whole.lines[:2]] == [RequestState.SILENT] * 2
    assert [bool(line.lead and line.lead.phone) for line in whole.silent] == [True, False]
    assert len(whole.unanswered) == 6
    mine = {line.request.id: line.request for line in whole.lines}
    theirs = [letter for letter in letters if set(letter.requests) <= set(mine)]
    for number, request in mine.items():
        about = [letter for letter in theirs if number in letter.requests]
        asked = [letter for letter in about if letter.kind == rounds_asking.ASKED]
        reminded = [letter for letter in about if letter.kind == rounds_asking.REMINDED]
        if request.state is RequestState.SILENT:
            assert about == []
            continue
        assert len(asked) == 1
        assert len(reminded) == request.reminders <= 2
        given = watch.given.get((one.id, request.group_id))
        wanted = 2 if given is None else sum(given - asked[0].at > timedelta(days=n) for n in (7, 14))
        assert len(reminded) == wanted
        for letter in about:
            assert not quiet.is_quiet(letter.at, ZONE)
            assert given is None or letter.at <= given
        for letter in reminded:
            assert letter.at.astimezone(BERLIN).date() > asked[0].at.astimezone(BERLIN).date()
    # Who leads two groups got one letter with both.
    assert max(len(letter.requests) for letter in theirs) == 2
    assert len([letter for letter in theirs if letter.kind == rounds_asking.ASKED]) == 10


def start(db: Database, moment: datetime) -> None:
    """Open a round by hand."""
    with at(moment), db.transaction() as session:
        programme = session.scalars(sa.select(Programme)).one()
        rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE)


def letters_to(db: Database, person_id: int) -> list[Said]:
    """Return the letters of the rounds to one person."""
    with db.reading() as session:
        return [letter for letter in said(session) if letter.person_id == person_id]


def contact_of(db: Database, group_id: int) -> int:
    """Return who leads a group."""
    with db.reading() as session:
        return session.get_one(WorkingGroup, group_id).contact_id or 0


def test_opening_twice_asks_nobody_twice(house: tuple[Database, Settings]) -> None:
    db, _settings = house
    cast(db)
    start(db, berlin(3, 15, 11))
    start(db, berlin(3, 16, 11))
    with db.reading() as session:
        assert len(said(session)) == 10
    assert len(all_rounds(db)) == 1
    with at(berlin(3, 17, 11)), db.transaction() as session:
        assert rounds_asking.close(session, rounds.running(session)[0])
    with pytest.raises(Conflict):
        start(db, berlin(3, 18, 11))


def test_who_opens_at_night_asks_in_the_morning(house: tuple[Database, Settings]) -> None:
    db, _settings = house
    ids = list(cast(db).values())
    start(db, berlin(3, 15, 22))
    (letter,) = letters_to(db, contact_of(db, ids[1]))
    assert letter.at == berlin(3, 16, 8)


def test_reminding_by_hand_waits_for_the_morning_and_counts(house: tuple[Database, Settings]) -> None:
    db, _settings = house
    ids = list(cast(db).values())
    start(db, berlin(3, 15, 11))

    def remind(moment: datetime) -> int:
        with at(moment), db.transaction() as session:
            one = rounds.running(session)[0]
            return rounds_asking.remind(session, one, zone=ZONE, only=[ids[1]], early=True)

    assert remind(berlin(3, 15, 12)) == 0  # never on the day of asking
    assert remind(berlin(3, 16, 21)) == 1
    assert remind(berlin(3, 17, 9)) == 0  # that morning it goes out
    assert remind(berlin(3, 18, 9)) == 1
    assert remind(berlin(3, 19, 9)) == 0  # at most two
    letters = letters_to(db, contact_of(db, ids[1]))
    assert [letter.at for letter in letters[1:]] == [berlin(3, 17, 8), berlin(3, 18, 9)]


def test_a_reminder_that_still_waits_is_dropped_by_the_answer(house: tuple[Database, Settings]) -> None:
    db, _settings = house
    ids = list(cast(db).values())
    start(db, berlin(3, 15, 11))
    with at(berlin(3, 22, 21)), db.transaction() as session:
        assert rounds_asking.remind(session, rounds.running(session)[0], zone=ZONE, early=True) == 11
    with at(berlin(3, 22, 22)), db.transaction() as session:
        request = rounds.current(session, ids[1])
        assert request is not None
        answer(session, request)
        with pytest.raises(Conflict):
            rounds_asking.answered(session, request, 1)
    assert [letter.state for letter in letters_to(db, contact_of(db, ids[1]))] == [DeliveryState.DROPPED] * 2
    assert request.reminders == 0
    assert [letter.state for letter in letters_to(db, contact_of(db, ids[2]))] == [DeliveryState.QUEUED] * 2


def test_a_new_lead_is_asked_once_and_the_old_one_no_more(house: tuple[Database, Settings]) -> None:
    db, settings = house
    ids = list(cast(db).values())
    old = contact_of(db, ids[1])
    start(db, berlin(5, 3, 11))
    with at(berlin(5, 5, 11)), db.transaction() as session:
        leads.dismiss(session, ids[1], old)
        new = person(session, 77, ChannelKind.EMAIL)
        leads.appoint(session, ids[1], new)
    run(db, settings, Watch(db, {}), berlin(5, 5, 12), berlin(5, 25))
    assert len(letters_to(db, old)) == 1
    assert [letter.kind for letter in letters_to(db, new.id)] == [
        rounds_asking.ASKED, rounds_asking.REMINDED, rounds_asking.REMINDED,
    ]  # fmt: skip


def test_who_can_be_reached_at_last_is_asked_then(house: tuple[Database, Settings]) -> None:
    db, settings = house
    ids = list(cast(db).values())
    start(db, berlin(5, 3, 11))
    lead = contact_of(db, ids[10])
    with at(berlin(5, 4, 11)), db.transaction() as session:
        one = session.get_one(Person, lead)
        one.telegram_id, one.prefers = 9911, ChannelKind.TELEGRAM
    run(db, settings, Watch(db, {}), berlin(5, 4, 12), berlin(5, 5))
    (letter,) = letters_to(db, lead)
    assert letter.at == berlin(5, 4, 12)
    with db.transaction() as session:  # and who cannot be reached any more goes onto the call sheet
        assert people.get(session, lead) is not None
        session.get_one(Person, lead).telegram_blocked = True
    run(db, settings, Watch(db, {}), berlin(5, 5, 9), berlin(5, 5, 12))
    with db.reading() as session:
        request = rounds.current(session, ids[10])
    assert request is not None
    assert request.state is RequestState.SILENT


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (berlin(5, 1, 12), False),  # a Saturday
        (berlin(5, 3, 8, 59), False),
        (berlin(5, 3, 9), True),
        (berlin(5, 7, 9), True),  # the machine was off
        (berlin(5, 8, 9), False),
        (berlin(5, 17, 9), False),  # installed in mid-month
        (berlin(6, 1, 9), False),
        (berlin(5, 2, 9, year=2024), False),  # the programme has ended
        (berlin(5, 2, 9, year=2018), False),  # it has not begun
    ],
)
def test_a_round_opens_itself_in_its_days_only(
    paderborn: Database, settings: Settings, moment: datetime, opens: bool
) -> None:
    with at(moment):
        assert bool(rounds_running.tick(paderborn, settings)) is opens
        assert bool(all_rounds(paderborn)) is opens


def test_letters_can_be_sent(paderborn: Database) -> None:
    start(paderborn, berlin(3, 15, 11))
    with paderborn.reading() as session, at(berlin(3, 15, 12)):
        due = outgoing.next_due(session, ChannelKind.EMAIL, limit=50)
    assert len(due) == 13


def test_the_words_of_an_answer_are_erased_with_their_writer(house: tuple[Database, Settings]) -> None:
    db, _settings = house
    ids = list(cast(db).values())
    start(db, berlin(3, 15, 11))
    with at(berlin(3, 16, 11)), db.transaction() as session:
        request = rounds.current(session, ids[1])
        assert request is not None
        answer(session, request)
        report = progress.report(
            session, submission_id=request.submission_id or 0, group_id=ids[1], milestone_id=None, state=None,
            new_due=When(), happened="Alles fertig.", needed="Ein Raum",
        )  # fmt: skip
        privacy.erase(session, session.get_one(Person, request.person_id))
    with db.reading() as session:
        kept = session.get_one(ProgressReport, report.id)
        asked = rounds.current(session, ids[1])
        assert (kept.happened, kept.needed) == ("", "")
        assert asked is not None
        assert (asked.person_id, asked.state) == (None, RequestState.ANSWERED)
