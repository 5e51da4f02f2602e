"""Opening a status round, asking, reminding, closing: nobody is asked twice, nobody is written to at night.

Every step is safe to repeat and to interrupt: unique rows, counters that are moved only from what was seen,
and keys of letters decide, not memory.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import clock, groups, leading, leads, outbox, people, quiet, regions, rounds, rounds_letters
from models.errors import Conflict
from models.goals import Goal
from models.groups import WorkingGroup
from models.letters import Letter
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.programmes import Programme
from models.rounds import WAITING, RequestState, RoundRequest, StatusRound
from models.rounds_letters import Wanted
from translations import _

REMIND_AFTER = (timedelta(days=7), timedelta(days=14))  # since the day of asking
BETWEEN = timedelta(days=3)  # at least, between two reminders
ASKED, REMINDED, LEAD_CHANGED = "round", "round-reminder", "lead-changed"  # kinds of letters


def open(session: Session, programme: Programme, month: date, *, zone: str) -> StatusRound:  # noqa: A001
    """Open the round of a month and ask every group's lead; opening it again changes nothing.

    Conflict when that round has been closed already. An earlier round of the programme ends.
    """
    first = month.replace(day=1)
    found = rounds.of_month(session, programme.id, first) or _make(session, programme.id, first)
    if found.closed_at is not None:
        raise Conflict(_("The status round of this month has been closed already."))
    for earlier in rounds.running(session):
        if earlier.programme_id == programme.id and earlier.month < first:
            close(session, earlier)
    _add_requests(session, found)
    ask(session, found, zone=zone)
    return found


def _make(session: Session, programme_id: int, month: date) -> StatusRound:
    made = StatusRound(programme_id=programme_id, month=month, opened_at=clock.now())
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:  # somebody else has opened it at this moment
        return session.scalars(
            sa.select(StatusRound).where(StatusRound.programme_id == programme_id, StatusRound.month == month)
        ).one()
    return made


def _add_requests(session: Session, one: StatusRound) -> None:
    there = {request.group_id for request in rounds.requests(session, one.id)}
    wanted = session.scalars(
        sa.select(WorkingGroup.id)
        .join(Goal, Goal.id == WorkingGroup.goal_id)
        .where(Goal.programme_id == one.programme_id, Goal.is_draft.is_(False))
        .order_by(Goal.position)
    ).all()
    missing = [group_id for group_id in wanted if group_id not in there]
    try:
        with session.begin_nested():
            session.add_all(
                RoundRequest(round_id=one.id, group_id=group_id, state=RequestState.SILENT)
                for group_id in missing
            )
            session.flush()
    except IntegrityError:
        return  # somebody else has added them at this moment, and asks


def ask(session: Session, one: StatusRound, *, zone: str, only: Collection[int] | None = None) -> int:
    """Ask who has to be asked now, and return for how many groups.

    That is at first everybody. Later it is who has become lead of a group that has not answered, and who
    can be reached now and could not before. `only`: these groups alone.
    """
    waiting = [
        request
        for request in rounds.hold(session, one)
        if one.closed_at is None
        and request.state is not RequestState.ANSWERED
        and (only is None or request.group_id in only)
    ]
    led = leading.of_groups(session, [request.group_id for request in waiting])
    asked: dict[int, tuple[Person, list[RoundRequest]]] = {}
    for request in waiting:
        person = _to_be_asked(request, led.get(request.group_id, []))
        if person is not None:
            asked.setdefault(person.id, (person, []))[1].append(request)
    session.flush()
    for person, theirs in asked.values():
        _ask(session, one, person, theirs, zone)
    return sum(len(theirs) for _person, theirs in asked.values())


def _to_be_asked(request: RoundRequest, led: Sequence[Person]) -> Person | None:
    """Return who gets this request now; None where it rests with who has it, or nobody can be reached."""
    within_reach = [person for person in led if leading.is_reachable(person)]
    is_with_them = request.asked_at is not None and request.person_id in {one.id for one in within_reach}
    if is_with_them:
        if request.state is RequestState.SILENT:  # can be reached again, and knows the question
            request.state = RequestState.ASKED
        return None
    if within_reach:
        return within_reach[0]
    request.state = RequestState.SILENT
    if request.person_id not in {one.id for one in led}:
        request.person_id = led[0].id if led else None
        request.asked_at = None
    return None


def _ask(
    session: Session, one: StatusRound, person: Person, theirs: Sequence[RoundRequest], zone: str
) -> None:
    moment = quiet.after_quiet(zone)
    for request in theirs:
        request.person_id, request.state, request.asked_at = person.id, RequestState.ASKED, moment
        request.reminders, request.reminded_at = 0, None
    session.flush()
    letter = rounds_letters.asking(one.month, _wanted(session, theirs))
    _tell(session, one, person, theirs, letter, number=0, kind=ASKED, moment=moment)


def _wanted(session: Session, theirs: Iterable[RoundRequest]) -> list[Wanted]:
    directory = groups.directory(session)
    found = [Wanted(one.id, card) for one in theirs if (card := directory.by_id(one.group_id))]
    return sorted(found, key=lambda one: directory.cards.index(one.card))


def _tell(
    session: Session, one: StatusRound, person: Person, theirs: Sequence[RoundRequest], letter: Letter, *,
    number: int, kind: str, moment: datetime,
) -> None:  # fmt: skip
    """Write to a person; the key says round, group, person and which letter it is."""
    key = f"round:{one.id}:{theirs[0].group_id}:{person.id}-{number}"
    outbox.tell(session, person, letter, kind=kind, key=key, not_before=moment)


def remind(
    session: Session, one: StatusRound, *, zone: str, only: Collection[int] | None = None, early: bool = False
) -> int:
    """Remind who has not answered, at most twice, and return for how many groups.

    After 7 and 14 days, or at once with `early`; never on the day of asking or of the last reminder, and in
    quiet hours only from the next morning on. `only`: these groups alone.
    """
    held = rounds.hold(session, one)
    if one.closed_at is not None:
        return 0
    moment = quiet.after_quiet(zone)
    due: dict[int, list[RoundRequest]] = {}
    for request in held:
        is_meant = only is None or request.group_id in only
        if (
            is_meant
            and _is_due(request, moment, ZoneInfo(zone), early=early)
            and _claim(session, request, moment)
        ):
            due.setdefault(request.person_id or 0, []).append(request)
    for person_id, theirs in due.items():
        person = people.get(session, person_id)
        if person is None:
            continue
        count = max(request.reminders for request in theirs)
        letter = rounds_letters.reminding(count, _wanted(session, theirs), regions.the_region(session))
        _tell(session, one, person, theirs, letter, number=count, kind=REMINDED, moment=moment)
    return sum(len(theirs) for theirs in due.values())


def _is_due(request: RoundRequest, moment: datetime, zone: ZoneInfo, *, early: bool) -> bool:
    asked, before = request.asked_at, request.reminded_at
    if request.state not in WAITING or request.reminders >= len(REMIND_AFTER) or asked is None:
        return False
    latest = max(asked, before or asked)
    if moment.astimezone(zone).date() <= latest.astimezone(zone).date():
        return False
    if early:
        return True
    return moment >= asked + REMIND_AFTER[request.reminders] and (
        before is None or moment >= before + BETWEEN
    )


def _claim(session: Session, request: RoundRequest, moment: datetime) -> bool:
    """Count a reminder if the request still is as it was seen; another process may have been quicker."""
    claimed = session.execute(
        sa.update(RoundRequest)
        .where(
            RoundRequest.id == request.id,
            RoundRequest.reminders == request.reminders,
            RoundRequest.state.in_(WAITING),
        )
        .values(reminders=request.reminders + 1, reminded_at=moment)
        .returning(RoundRequest.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(request)
    return claimed is not None


def close(session: Session, one: StatusRound) -> bool:
    """End a round: nobody is asked or reminded any more; late answers still count. False if it had ended."""
    rounds.hold(session, one)
    if one.closed_at is not None:
        return False
    one.closed_at = clock.now()
    session.flush()
    _drop_letters(session, one.id)
    return True


def answered(
    session: Session, request: RoundRequest, submission_id: int, *, staff_id: int | None = None
) -> None:
    """Take an answer, also one that an officer typed: from now on nobody is reminded of this group.

    Conflict when somebody else was quicker.
    """
    rounds.settle(session, request, submission_id, staff_id=staff_id)
    _quieten(session, request)


def reported(session: Session, group_id: int, person: Person, submission_id: int) -> None:
    """Note that somebody has reported on a group beside a round: a lead need not be reminded any more."""
    request = rounds.current(session, group_id)
    if request is None or request.state is RequestState.ANSWERED:
        return
    is_running = rounds.get(session, request.round_id).closed_at is None
    if is_running and leads.is_lead(session, person, group_id):
        with suppress(Conflict):  # somebody answers for the group at this moment: the report counts as well
            answered(session, request, submission_id)


def _quieten(session: Session, request: RoundRequest) -> None:
    """Drop letters about an answered request that have not gone out, unless they ask for other groups too."""
    others = sa.select(RoundRequest.id).where(
        RoundRequest.round_id == request.round_id,
        RoundRequest.person_id == request.person_id,
        RoundRequest.state.in_(WAITING),
    )
    if request.person_id is not None and session.scalars(others.limit(1)).first() is None:
        _drop_letters(session, request.round_id, request.person_id)
        if request.reminded_at is not None and request.reminded_at > clock.now():  # it never went out
            request.reminders, request.reminded_at = request.reminders - 1, None
            session.flush()


def _drop_letters(session: Session, round_id: int, person_id: int | None = None) -> None:
    """Let letters of a round that still wait not go out: to everybody, or to one person."""
    about = sa.select(Message.id).where(
        Message.id == Delivery.message_id,
        Message.kind.in_([ASKED, REMINDED]),
        Message.key.like(f"round:{round_id}:%"),
    )
    session.execute(
        sa.update(Delivery)
        .where(
            Delivery.state.in_([DeliveryState.QUEUED, DeliveryState.HELD]),
            about.exists(),
            *([Delivery.person_id == person_id] if person_id is not None else []),
        )
        .values(state=DeliveryState.DROPPED, settled_at=clock.now())
        .execution_options(synchronize_session=False)
    )
