"""Registering for an event: the last place is given once, the line keeps its order, everybody hears once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    audiences,
    clock,
    event_announcing,
    event_cards,
    event_editing,
    event_invitations,
    guests,
    merging,
    people,
    places,
    privacy,
    registrations,
    retention,
    updates_checking,
)
from models.audiences import Audience
from models.db import Database
from models.errors import Conflict, NotFound
from models.event_editing import Facts
from models.events import AgendaItem, Event, EventKind, EventState, Workshop
from models.forms import FORMS
from models.forms.form import Sender
from models.forms.questions import Context
from models.outbox import Delivery, Message
from models.people import ChannelKind, Person
from models.programmes import Programme
from models.registrations import Outcome, Registration, RegistrationState, WorkshopPlace
from models.submissions import Submission
from models.updates import ButtonKind
from tests.models.test_meeting_reminders import SETTINGS
from tests.models.test_meetings import office
from translations import Localised

ZONE = "Europe/Berlin"
Row = tuple[str, RegistrationState, int]


def conference(session: Session, *, capacity: int | None = 20, workshops: Sequence[int | None] = ()) -> Event:
    """An open conference in three weeks; each of its workshops has so many places."""
    programme = session.scalars(sa.select(Programme)).first()
    assert programme
    event = Event(
        programme_id=programme.id, kind=EventKind.CONFERENCE, title="Musterkonferenz",
        held_on=clock.today(ZONE) + timedelta(days=21), starts="14:00", ends="18:00", place="Musterhalle",
        state=EventState.OPEN, capacity=capacity,
        heading=Localised({"de": "Musterkonferenz", "ar": "مؤتمر نموذجي"}),
        agenda=[AgendaItem(position=1, starts="15:00", ends="16:30", what="Workshops", phase=1)],
        workshops=[
            Workshop(position=n, phase=1, title=Localised({"de": f"Workshop {n}"}), capacity=places)
            for n, places in enumerate(workshops, start=1)
        ],
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def guest(session: Session, name: str, language: str = "de") -> int:
    """Somebody whose address is known to be theirs."""
    number, _known = people.meet(session, name=name, language=language, email=f"{name.lower()}@example.org")
    people.confirm_email(session, session.get_one(Person, number))
    return number


def rows(session: Session, event_id: int) -> list[Row]:
    """Who is registered, waits or has cancelled, in the order in which they came."""
    found = session.execute(
        sa.select(Person.name, Registration.state, Registration.seats)
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event_id)
        .order_by(Registration.queued_at, Registration.id)
    )
    return [tuple(row) for row in found]


def told(session: Session, person_id: int) -> list[str]:
    """What somebody was told of, by the ends of the letters' keys."""
    keys = session.scalars(
        sa.select(Message.key)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.person_id == person_id)
        .order_by(Message.id)
    )
    return [(key or "").rpartition(":")[2] for key in keys]


def counted(session: Session, event_id: int) -> tuple[int, int]:
    """The counters, which must say what the rows say."""
    event = session.get_one(Event, event_id, populate_existing=True)
    for state, counter in (
        (RegistrationState.REGISTERED, event.taken),
        (RegistrationState.WAITING, event.waiting),
    ):
        seats = sa.select(sa.func.coalesce(sa.func.sum(Registration.seats), 0)).where(
            Registration.event_id == event_id, Registration.state == state
        )
        assert session.scalar(seats) == counter
    return event.taken, event.waiting


def test_who_comes_after_the_last_place_waits_and_moves_up(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        amina, boris, carla = (guest(session, name) for name in ("Amina", "Boris", "Carla"))
        first = registrations.register(session, amina, event.id)
        registrations.register(session, boris, event.id)
        registrations.register(session, carla, event.id)
        assert counted(session, event.id) == (1, 2)
        assert places.cancel(session, first.ticket.registration_id, person_id=amina)
        assert [state for _name, state, _seats in rows(session, event.id)] == [
            RegistrationState.CANCELLED, RegistrationState.REGISTERED, RegistrationState.WAITING,
        ]  # fmt: skip
        assert counted(session, event.id) == (1, 1)
        assert (told(session, amina), told(session, boris), told(session, carla)) == (
            ["given-up"], ["moved-up"], [],
        )  # fmt: skip
        assert not places.cancel(session, first.ticket.registration_id, person_id=amina), "pressed twice"
        with pytest.raises(NotFound):
            places.cancel(session, first.ticket.registration_id, person_id=boris)


def test_a_group_waits_for_all_its_places_and_nobody_overtakes_it(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=5)
        first = registrations.register(session, guest(session, "Amina"), event.id, seats=2)
        second = registrations.register(session, guest(session, "Boris"), event.id, seats=2)
        verein = guest(session, "Carla")
        registrations.register(session, verein, event.id, seats=4, organisation="Verein Beispiel")
        late = registrations.register(session, guest(session, "Dana"), event.id)
        assert late.state is RegistrationState.WAITING, "one place is free, but the group comes first"
        assert places.cancel(session, first.ticket.registration_id)
        assert counted(session, event.id) == (2, 5)
        assert places.cancel(session, second.ticket.registration_id)
        assert counted(session, event.id) == (5, 0)
        assert told(session, verein) == ["moved-up"]


def test_registering_twice_changes_nothing_and_coming_back_means_the_end_of_the_line(
    any_db: Database,
) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        amina, boris = guest(session, "Amina"), guest(session, "Boris")
        first = registrations.register(session, amina, event.id)
        again = registrations.register(session, amina, event.id)
        assert (again.is_new, again.ticket.code, again.ticket.seats) == (False, first.ticket.code, 1)
        registrations.register(session, boris, event.id)
        places.cancel(session, first.ticket.registration_id)
        back = registrations.register(session, amina, event.id)
        assert (back.state, back.is_new) == (RegistrationState.WAITING, True)
        assert back.ticket.code == first.ticket.code
        assert counted(session, event.id) == (1, 1)


def test_what_is_not_open_or_too_small_or_over_takes_nobody(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=5)
        amina = guest(session, "Amina")
        with pytest.raises(Conflict, match="places in all"):
            registrations.register(session, amina, event.id, seats=6)
        event.register_until = clock.today(ZONE) - timedelta(days=1)
        session.flush()
        with pytest.raises(Conflict, match="no longer"):
            registrations.register(session, amina, event.id)
        event.held_on = clock.today(ZONE)
        session.flush()
        assert registrations.register(session, amina, event.id, walked_in=True).is_new
        event.state = EventState.CANCELLED
        session.flush()
        with pytest.raises(Conflict):
            registrations.register(session, guest(session, "Boris"), event.id)
        assert counted(session, event.id) == (1, 0)


def test_a_workshop_has_so_many_places_and_gives_them_back(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=3, workshops=[1, None])
        small, large = event.workshops
        amina, boris = guest(session, "Amina"), guest(session, "Boris")
        first = registrations.register(session, amina, event.id, workshops=[small.id])
        with pytest.raises(Conflict, match="workshop is full"), session.begin_nested():
            registrations.register(session, boris, event.id, workshops=[small.id])
        registrations.register(session, boris, event.id, seats=2, workshops=[large.id])
        waits = registrations.register(session, guest(session, "Carla"), event.id, workshops=[small.id])
        assert waits.state is RegistrationState.WAITING
        session.expire_all()
        assert (small.taken, large.taken) == (1, 2)
        places.cancel(session, first.ticket.registration_id)
        session.expire_all()
        assert (small.taken, large.taken) == (1, 2), "who moved up has the workshop of who left"
        chosen = session.scalars(sa.select(WorkshopPlace.registration_id)).all()
        assert first.ticket.registration_id not in chosen
        assert waits.ticket.registration_id in chosen


def test_the_door_lets_in_who_waits_and_the_counters_stay_right(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        registrations.register(session, guest(session, "Amina"), event.id)
        boris = guest(session, "Boris")
        registrations.register(session, boris, event.id, seats=1)
        one = registrations.of(session, boris, event.id)
        assert one
        places.admit(session, places.hold(session, event.id), one)
        assert counted(session, event.id) == (2, 0)


def test_who_is_erased_makes_room(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        amina, boris = guest(session, "Amina"), guest(session, "Boris")
        registrations.register(session, amina, event.id)
        registrations.register(session, boris, event.id)
        privacy.erase(session, session.get_one(Person, amina))
        assert rows(session, event.id) == [("Boris", RegistrationState.REGISTERED, 1)]
        assert counted(session, event.id) == (1, 0)


CROWD, ROOM, THREADS = 200, 20, 8


def _send(db: Database, code: str, number: int) -> Outcome | None:
    """Register by the form: on a page with an address, or in a chat; each of them twice, as thumbs do."""
    in_chat = number % 2 == 0
    raw = {"event": code, "name": f"Gast {number:03}", "company": "alone", "reach": "telegram"}
    if not in_chat:
        raw |= {"reach": "email", "email": f"gast{number}@example.org"}
    found = None
    for tap in range(2):
        with db.transaction() as session:
            person = people.by_chat(session, 7000 + number, language="ar") if in_chat else None
            channel = "chat" if in_chat else "page"
            context = Context(session, "ar", channel=channel, person=person)
            form = FORMS["register-event"](raw, context, complete=True)
            assert not form.errors, form.errors
            form.submit(session, Sender(channel, "ar", f"key-{number}-{tap}", person))
            found = found or form.outcome  # type: ignore[attr-defined]
    return found


def test_two_hundred_for_twenty_places_from_both_channels_at_once(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=ROOM)
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(lambda n: _send(any_db, event.code, n), range(CROWD)))
    assert all(one is not None and one.is_new for one in outcomes)
    with any_db.reading() as session:
        line = rows(session, event.id)
        assert len(line) == CROWD
        assert [state for _name, state, _seats in line] == (
            [RegistrationState.REGISTERED] * ROOM + [RegistrationState.WAITING] * (CROWD - ROOM)
        )
        assert counted(session, event.id) == (ROOM, CROWD - ROOM)
        inside = session.execute(
            sa.select(Registration.id, Registration.person_id)
            .where(Registration.state == RegistrationState.REGISTERED)
            .order_by(Registration.queued_at, Registration.id)
        ).all()
    leaving = inside[::2]

    def leave(row: sa.Row[tuple[int, int]]) -> None:
        for _tap in range(2):
            with any_db.transaction() as session:
                places.cancel(session, row.id, person_id=row.person_id)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(leave, leaving))
    with any_db.reading() as session:
        after = [(name, state) for name, state, _seats in rows(session, event.id)]
        names = [name for name, _state, _seats in line]
        moved = names[ROOM : ROOM + len(leaving)]
        assert [name for name, state in after if state is RegistrationState.WAITING] == names[
            ROOM + len(leaving) :
        ]
        assert counted(session, event.id) == (ROOM, CROWD - ROOM - len(leaving))
        people_of = {one.name: one.id for one in session.scalars(sa.select(Person))}
        left = {row.person_id for row in leaving}
        for place, name in enumerate(names):
            said = [one for one in told(session, people_of[name]) if one]
            expected = ["registered" if place < ROOM else "waiting"]
            expected += ["moved-up"] if name in moved else []
            expected += ["given-up"] if people_of[name] in left else []
            assert said == expected, name
        states = sa.select(Person.prefers).where(Person.name.in_(moved))
        assert set(session.scalars(states)) == {ChannelKind.EMAIL, ChannelKind.TELEGRAM}


def test_of_two_registrations_of_one_person_the_better_one_stays(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=2)
        amina = guest(session, "Amina")
        registrations.register(session, amina, event.id)
        chat = people.by_chat(session, 77, language="ar")
        registrations.register(session, chat.id, event.id, seats=2)
        boris = guest(session, "Boris")
        registrations.register(session, boris, event.id)
        assert counted(session, event.id) == (1, 3)
        merging.merge(session, chat, session.get_one(Person, amina))
        assert registrations.of(session, chat.id, event.id).state is RegistrationState.REGISTERED  # type: ignore[union-attr]
        assert counted(session, event.id) == (2, 0), "the doubled place goes to who waited"


def test_a_new_time_is_told_once_to_who_is_registered_and_waits(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        amina, boris = guest(session, "Amina"), guest(session, "Boris")
        registrations.register(session, amina, event.id)
        registrations.register(session, boris, event.id)
        left = guest(session, "Carla")
        places.cancel(session, registrations.register(session, left, event.id).ticket.registration_id)
        facts = Facts("Musterkonferenz", held_on=event.held_on, starts="15:00", ends="18:00", capacity=1)
        event_editing.change(session, event.id, facts, version=1)
        assert (told(session, amina), told(session, boris)) == (["changed"], ["changed"])
        with pytest.raises(Conflict):
            event_editing.change(session, event.id, facts, version=1)
        more = replace(facts, capacity=2)
        event_editing.change(session, event.id, more, version=2)
        assert told(session, boris) == ["changed", "moved-up"], "more places say nothing to all"
        event_editing.call_off(session, event.id, version=3, reason="Sturm")
        assert told(session, amina)[-1] == told(session, boris)[-1] == "called-off"
        assert told(session, left) == ["given-up"]
    event_announcing.tick(any_db, SETTINGS)
    with any_db.reading() as session:
        assert told(session, amina) == ["changed", "called-off"]


def test_a_reminder_comes_once_the_day_before_and_not_at_night(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=None)
        amina = guest(session, "Amina")
        registrations.register(session, amina, event.id)
        assert event.held_on
        eve = datetime.combine(event.held_on - timedelta(days=1), time(7), tzinfo=UTC)
    for moment, said in ((eve - timedelta(hours=3), []), (eve + timedelta(hours=3), ["reminder"])):
        with clock.frozen(moment):
            event_announcing.tick(any_db, SETTINGS)
            event_announcing.tick(any_db, SETTINGS)
        with any_db.reading() as session:
            assert told(session, amina) == said


def test_who_does_not_fit_into_the_first_batch_moves_up_and_hears_by_the_clockwork(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "BATCH", 2)
    monkeypatch.setattr(event_announcing, "BATCH", 2)
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        numbers = [guest(session, f"Gast{n}") for n in range(6)]
        for number in numbers:
            registrations.register(session, number, event.id)
        facts = Facts("Musterkonferenz", held_on=event.held_on, starts="15:00", capacity=6)
        event_editing.change(session, event.id, facts, version=1)
    for _minute in range(3):
        event_announcing.tick(any_db, SETTINGS)
    with any_db.reading() as session:
        assert counted(session, event.id) == (6, 0)
        for number in numbers:
            said = told(session, number)
            assert len(said) == len(set(said)), said
            assert "changed" in said or "moved-up" in said, "nobody is left with the old hour"


def test_what_guests_needed_is_forgotten_and_later_that_they_came(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session)
        amina = guest(session, "Amina")
        raw = {
            "event": event.code, "name": "Amina", "company": "alone", "needs": "ramp", "may_use": "yes",
            "needs_words": "Eine Rampe", "reach": "email", "email": "amina@example.org",
        }  # fmt: skip
        person = session.get_one(Person, amina)
        form = FORMS["register-event"](raw, Context(session, "de", person=person), complete=True)
        assert not form.errors
        form.submit(session, Sender("page", "de", "needs", person))
        assert "Eine Rampe" in registrations.of(session, amina, event.id).needs  # type: ignore[union-attr]
        assert event.held_on
        day = datetime.combine(event.held_on, time(12), tzinfo=UTC)
    with clock.frozen(day + timedelta(days=91)):
        retention.prune(any_db)
    with any_db.reading() as session:
        assert registrations.of(session, amina, event.id).needs == ""  # type: ignore[union-attr]
        answers = session.scalars(sa.select(Submission.answers)).one()
        assert "needs" not in answers
        assert answers["name"] == "Amina"
    with any_db.transaction() as session:
        session.get_one(Person, amina).seen_at = day + timedelta(days=700)
    with clock.frozen(day + timedelta(days=731)):
        retention.prune(any_db)
    with any_db.reading() as session:
        assert session.scalars(sa.select(Registration)).all() == []
        assert people.get(session, amina) is not None


def test_without_a_yes_nothing_of_a_need_can_be_sent(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session)
        raw = {"event": event.code, "name": "Amina", "needs": "ramp", "email": "amina@example.org"}
        form = FORMS["register-event"](raw, Context(session, "de"), complete=True)
        assert set(form.errors) == {"may_use"}


def test_guests_of_an_event_are_an_audience_of_their_own(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session, capacity=1)
        amina, boris = guest(session, "Amina"), guest(session, "Boris")
        registrations.register(session, amina, event.id)
        registrations.register(session, boris, event.id)
        audience = Audience.unpack(Audience(events=frozenset({event.id})).pack())
        assert session.scalars(audiences.people_of(audience)).all() == [amina]
        assert session.scalars(audiences.batch(audience, 0, 10)).all() == [amina]
        assert audiences.groups_of_one(session, amina, audience) == {0}
        assert audiences.groups_of_one(session, boris, audience) == set()
        assert [one.person_id for one in audiences.listed(session, audience, 0, 10)] == [amina]
        assert not audience.is_for_chats


def test_the_invitation_is_a_draft_to_all_groups_in_the_languages_of_the_event(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session)
        card = event_cards.card_of(session, guests.event(session, event.id))
        update = event_invitations.invite(session, card, by=office(session))
        assert set(update.title.words) == {"de", "ar"}
        assert "Musterhalle" in update.body.to("de")
        assert (update.button, update.button_target) == (ButtonKind.EVENT, event.code)
        assert updates_checking.lacking(update) == []
        assert Audience.unpack(update.audience) == Audience()


def test_papers_of_the_day_are_typed_in_once_it_is_over(any_db: Database) -> None:
    with any_db.transaction() as session:
        event = conference(session)
        event.state, event.held_on = EventState.OVER, clock.today(ZONE) - timedelta(days=2)
        session.flush()
        amina, boris = guest(session, "Amina"), guest(session, "Boris")
        for day in (None, clock.today(ZONE)):
            with pytest.raises(Conflict), session.begin_nested():
                registrations.register(session, amina, event.id, walked_in=day is not None, came_on=day)
        found = registrations.register(session, boris, event.id, walked_in=True, came_on=event.held_on)
        assert found.has_place
