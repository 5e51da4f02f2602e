"""The part of the walk through events: registering, the hall's code, feedback on goals, sticky dots."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ballot_board, ballots, clock, event_editing, registrations, voting
from models.ballots import Phase
from models.event_editing import Facts, Item, WorkshopFacts
from models.events import Event
from models.staff import StaffMember, StaffRole
from tests.bot.walker import Walker
from tests.models.test_feedback import employ
from tests.models.test_registrations import guest
from translations import LANGUAGES

GOAL, ZONE = "7.49", "Europe/Berlin"
AHEAD, OPEN, FULL, SHUT, TODAY = TITLES = tuple(f"Musterkonferenz {letter}" for letter in "ABCDE")
DAYS = {AHEAD: 20, OPEN: 21, FULL: 22, SHUT: 23, TODAY: 0}
SAID = {*TITLES, "Werkstatt", "Thema 1", "Thema 2", "Karte 1", "Karte 2"}


def through_events(visitor: Walker) -> None:
    """Look at events, register with every mistake, wait, come by the hall's code, give places back."""
    visitor.write("/events")
    codes, hall = _announce(visitor)
    visitor.press_data("menu:events:0")
    for title in (AHEAD, OPEN, FULL, SHUT):
        visitor.press_data(f"event:{codes[title]}:0")
    visitor.press_data("event:NOSUCH00:0")
    _register(visitor, codes)
    visitor.write(f"/start {codes[AHEAD]}")
    visitor.press_data(f"register:{codes[AHEAD]}:0")
    visitor.press_all(f"ticket:{_event(visitor, SHUT).id}:0", f"ticket:{_event(visitor, AHEAD).id}:0")
    visitor.press("unregister")
    old = visitor.button("unregistered").verb
    asked = old.replace("unregistered", "unregister")
    visitor.press(f"event:{codes[AHEAD]}")
    visitor.press_data(old)
    visitor.press_later(old)
    visitor.press_data(asked)
    visitor.press_data("unregister:99999:1")
    _come(visitor, codes, hall)


def _announce(visitor: Walker) -> tuple[dict[str, str], str]:
    """Announce events of every kind; return their codes by title, and that of today's hall."""
    with visitor.bot.db.transaction() as session:
        made = {title: _event_of(session, title) for title in TITLES}
        registrations.register(session, guest(session, "Olga Muster"), made[FULL].id)
        made[SHUT].register_until = clock.today(ZONE) - timedelta(days=1)
        session.flush()
        found = {title: event.code for title, event in made.items()}, made[TODAY].hall_code
    visitor.bot.db.cache.drop()
    return found


def _event_of(session: Session, title: str) -> Event:
    capacity = {AHEAD: 9, FULL: 1}.get(title)
    words = {entry.tag: title for entry in LANGUAGES}
    facts = Facts(title, held_on=clock.today(ZONE) + timedelta(days=DAYS[title]), place="Rathaus",
                  starts="14:00" if title != OPEN else "", ends="18:00" if title != FULL else "",
                  heading=words, capacity=capacity)  # fmt: skip
    event = event_editing.create(session, facts)
    if title == AHEAD:
        plan = [Item("14:00", "15:00", "Werkstatt", 1), Item("16:00", "17:00", "Werkstatt", 2)]
        event_editing.set_agenda(session, event.id, plan, version=event.version)
        rows = [WorkshopFacts(title="Werkstatt", phase=phase) for phase in (1, 2)]
        event_editing.set_workshops(session, event.id, rows, version=event.version)
    return event_editing.publish(session, event.id, version=event.version)


def _event(visitor: Walker, title: str) -> Event:
    with visitor.bot.db.reading() as session:
        return session.scalars(sa.select(Event).where(Event.title == title)).one()


def _register(visitor: Walker, codes: dict[str, str]) -> None:
    visitor.press_data(f"register:{codes[AHEAD]}:0")
    visitor.press("cancel") if any("cancel:" in one.verb for one in visitor.last.buttons) else None
    visitor.press_data(f"register:{codes[AHEAD]}:0")
    visitor.answer("nonsense", "!others", "1", "99", "2")
    _to_the_end(visitor)
    visitor.press("send")
    visitor.press_data(f"register:{codes[FULL]}:0")
    visitor.answer("!alone")
    _to_the_end(visitor, needs=True)
    visitor.press("send")
    visitor.write(f"/start {codes[FULL]}")


def _to_the_end(visitor: Walker, *, needs: bool = False) -> None:
    """Answer what is still asked, with as little as possible, until all can be checked."""
    for _step in range(20):
        verbs = [one.verb for one in visitor.last.buttons]
        if any(one.startswith("send:") for one in verbs):
            return
        toggles = [one for one in verbs if one.startswith("toggle:")]
        if needs and toggles and any(one.endswith(":ramp") for one in toggles):
            visitor.answer("!ramp", "nonsense", "!chosen", "Gut.", "nonsense", "!no", "!yes")
            needs = False
            continue
        wanted = ("take:", "skip:", "chosen:")
        last = (":later", ":telegram", ":yes")
        found = [one for one in verbs if one.startswith(wanted)] or [
            one for one in verbs if one.endswith(last)
        ]
        visitor.press_data(found[0]) if found else visitor.write("Amina Beispiel")
    raise AssertionError(verbs)


def _come(visitor: Walker, codes: dict[str, str], hall: str) -> None:
    """Come in by the code of the hall: as somebody new, and again."""
    visitor.write(f"/start {hall}")
    visitor.press("register")
    visitor.answer("!alone")
    _to_the_end(visitor)
    visitor.press("send")
    visitor.write(f"/start {hall}")
    with visitor.bot.db.transaction() as session:
        event = session.scalars(sa.select(Event).where(Event.code == codes[TODAY])).one()
        mine = registrations.of(session, visitor.me(session).id, event.id)
        assert mine is not None
        assert mine.arrived_seats == 1


def through_feedback(visitor: Walker) -> None:
    """Say something on a goal, in chat with several points; from a poster with an event and without one."""
    code = _event(visitor, TODAY).code
    visitor.write(f"/start f_{GOAL}_{code}")
    visitor.answer(
        "nonsense", "!some", "Gut.", "Neu.\nGut.", "!chosen", "x" * 600, "Neu.", "!chosen", "!send"
    )
    visitor.write(f"/start f_{GOAL}")
    visitor.answer("!some", "!skip", "Gut.", "!chosen", "!change", "!back", "!cancel")
    visitor.write(f"/start f_{GOAL}")
    visitor.answer("!none", "!send")
    visitor.write(f"/start {code}")
    visitor.press("voice")
    visitor.answer("nonsense", GOAL, "!none", "!send")
    visitor.press_data("voice:NOSUCH00:0")
    visitor.write("/start f_99.99")


def through_dots(visitor: Walker) -> None:
    """Suggest goals, wait, give dots, see the result; before, as somebody who has not registered."""
    visitor.write("/start v_NOSUCH00")
    with visitor.bot.db.transaction() as session:
        mona = employ(session, StaffRole.MODERATOR)
        alone = _begin(session, mona, SHUT)
        vote = _begin(session, mona, TODAY)
    visitor.write(f"/start v_{alone}")
    for number in (1, 2):
        visitor.write(f"/start v_{vote}")
        visitor.answer(f"Karte {number}", "!send")
    visitor.write(f"/start v_{vote}")
    _go_to(visitor, vote, Phase.GROUP)
    visitor.press("dots")
    _go_to(visitor, vote, Phase.VOTE)
    visitor.write(f"/start v_{vote}")
    for _dot in range(4):
        visitor.press_data(_current(visitor, vote))
    visitor.press_data(_current(visitor, vote, step=-1))
    visitor.press_data("dot:99999:0:1")
    visitor.listen()  # what tells somebody's dots goes when the vote is closed
    _go_to(visitor, vote, Phase.RESULT)
    visitor.write(f"/start v_{vote}")


def _begin(session: Session, mona: StaffMember, title: str) -> str:
    event = session.scalars(sa.select(Event).where(Event.title == title)).one()
    ballot = ballot_board.begin(session, mona, title, event_id=event.id, cards_each=2, dots_each=3)
    for number in (1, 2):
        ballot_board.add_topic(session, mona, ballot.id, f"Thema {number}")
    return ballot.code


def _go_to(visitor: Walker, vote: str, phase: Phase) -> None:
    with visitor.bot.db.transaction() as session:
        mona = session.scalars(sa.select(StaffMember).where(StaffMember.role == StaffRole.MODERATOR)).one()
        ballot_board.go_to(session, mona, ballots.by_code(session, vote).id, phase)


def _current(visitor: Walker, vote: str, *, step: int = 1) -> str:
    """Return the button of the first topic as it is now: its message is changed, not sent anew."""
    with visitor.bot.db.reading() as session:
        ballot = ballots.by_code(session, vote)
        who = voting.of_person(session, ballot, visitor.me(session).id)
        assert who is not None
        first = ballots.topics(session, ballot.id)[0].id
        return f"dot:{first}:{voting.given(session, who).version}:{step}"
