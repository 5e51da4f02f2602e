"""Events of the house: one ahead, one full, one of today with feedback and votes, one over, one off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ballot_board,
    ballots,
    clock,
    event_editing,
    feedback,
    feedback_sorting,
    groups,
    registrations,
    voting,
)
from models.ballots import Ballot, BallotTopic, Phase
from models.event_editing import Facts, Item, WorkshopFacts
from models.events import AgendaItem, Event, Workshop
from models.feedback import FeedbackPoint, FeedbackSheet, Noted, Side
from models.groups import GroupCard
from models.links import Purpose
from models.people import ChannelKind, Person
from models.registrations import Registration, RegistrationState
from models.staff import StaffMember
from models.voting import Who
from translations import Localised

if TYPE_CHECKING:
    from tests.webforms.looking.house import House

AHEAD, FULL, TODAY, OVER, OFF = "AHEAD222", "FULL2222", "TQDAY222", "QVER2222", "QFF22222"
HALL = "HALL2222"
DAYS = {
    AHEAD: date(2027, 2, 27), FULL: date(2027, 1, 30), TODAY: date(2027, 1, 4), OVER: date(2026, 12, 12),
    OFF: date(2027, 3, 6),
}  # fmt: skip
TITLES = {
    AHEAD: {"de": "Meilensteinkonferenz 2027", "ar": "مؤتمر المراحل ٢٠٢٧", "fa": "کنفرانس گام‌ها ۲۰۲۷"},
    FULL: {"de": "Werkstatt Sprachcafé"},
    TODAY: {"de": "Halbzeitkonferenz", "ar": "مؤتمر منتصف الطريق", "fa": "کنفرانس نیمهٔ راه"},
    OVER: {"de": "Auftakt der Arbeitsgruppen"},
    OFF: {"de": "Treffen am Bach", "ar": "لقاء عند الجدول"},
}
VOTES = {
    phase: {"de": words, "ar": arabic}
    for phase, words, arabic in (
        (Phase.SUGGEST, "Ziele für das neue Programm", "أهداف البرنامج الجديد"),
        (Phase.GROUP, "Themen der Halbzeit", "مواضيع منتصف الطريق"),
        (Phase.VOTE, "Was ist am wichtigsten?", "ما هو الأهم؟"),
        (Phase.RESULT, "Was war am wichtigsten?", "ما كان الأهم؟"),
    )
}
ROOMS = ("Raum 101", "Raum 102")
TOPICS = (
    {"de": "Sprache überall lernen", "ar": "تعلّم اللغة في كل مكان", "fa": "آموختن زبان در همه‌جا"},
    {"de": "Eltern stärken", "ar": "دعم الأهل", "fa": "پشتیبانی از والدین"},
    {"de": "Wege in den Beruf", "ar": "طرق إلى المهنة", "fa": "راه‌هایی به شغل"},
)
CARDS = (("Mehr Sprachcafés am Abend", "de"), ("المزيد من الرياضة للأطفال", "ar"))


@dataclass(frozen=True, slots=True)
class _Hall:
    """What is furnished, by whom."""

    house: "House"
    session: Session
    office: StaffMember

    def card(self, number: str) -> GroupCard:
        """A group."""
        return groups.directory(self.session).get(number)


def announce(house: "House", session: Session, office: StaffMember) -> None:
    """Announce all events; those who come have registered by the end."""
    hall = _Hall(house, session, office)
    for code in DAYS:
        event = event_editing.create(session, _facts(code))
        event.code, event.hall_code = code, HALL if code == TODAY else f"H{code[:7]}"
        session.flush()
        if code in (AHEAD, TODAY):
            _plan(hall, event)
        event_editing.publish(session, event.id, version=event.version)
    _call_off(session)


def _facts(code: str) -> Facts:
    words = {
        "about": {"de": "Wir sehen, was erreicht ist.\n\nFür Essen ist gesorgt.",
                  "ar": "نرى ما تحقق.\n\nهناك طعام."},
        "access": {"de": "Ohne Stufen, mit Aufzug", "ar": "بلا درج، مع مصعد"},
    }  # fmt: skip
    more = words if code in (AHEAD, TODAY) else {}
    capacity = {AHEAD: 120, FULL: 3, TODAY: 80}.get(code)
    return Facts(
        TITLES[code]["de"], held_on=DAYS[code], starts="14:00", ends="18:00" if code != OFF else "",
        place="Rathaus, Saal 2", heading=TITLES[code], languages=("de", "ar"), capacity=capacity,
        interpreters=("uk", "fa") if more else (), **more,
        register_until=date(2027, 2, 20) if code == AHEAD else None,
    )  # fmt: skip


def _plan(hall: _Hall, event: Event) -> None:
    """A plan in two languages, and workshops in the phase that it names."""
    session = hall.session
    items = [Item("14:00", "14:30", "Begrüßung"), Item("14:30", "16:00", "Werkstätten", 1),
             Item("16:30", "", "Punkte kleben")]  # fmt: skip
    event_editing.set_agenda(session, event.id, items, version=event.version)
    arabic = {"Begrüßung": "ترحيب", "Werkstätten": "ورش العمل", "Punkte kleben": "لصق النقاط"}
    for item in session.scalars(sa.select(AgendaItem).where(AgendaItem.event_id == event.id)):
        item.words = Localised({"de": item.what, "ar": arabic[item.what]})
    rows = [
        WorkshopFacts(group_id=hall.card("7.49").id, room=ROOMS[0], moderator="Olga Beispiel",
                      languages=("de", "ar"), capacity=12),
        WorkshopFacts(group_id=hall.card("3.27").id, room=ROOMS[1], capacity=1),
        WorkshopFacts(group_id=hall.card("10.64").id, moderator="Boris Muster"),
    ]  # fmt: skip
    event_editing.set_workshops(session, event.id, rows, version=event.version)


def _call_off(session: Session) -> None:
    event = _event(session, OFF)
    event_editing.call_off(session, event.id, version=event.version, reason="Krank")


def _event(session: Session, code: str) -> Event:
    return session.scalars(sa.select(Event).where(Event.code == code)).one()


def fill(house: "House", session: Session, office: StaffMember, amina: int, boris: int) -> None:
    """Let people register, come, say something and vote; the day before yesterday one event is over."""
    hall = _Hall(house, session, office)
    over = _event(session, OVER)
    event_editing.close(session, over.id, version=over.version)
    first = session.scalars(sa.select(Workshop.id).where(Workshop.event_id == _event(session, AHEAD).id))
    _come(hall, AHEAD, amina, "AM2NAX", workshops=first.all()[:1])
    parents = _come(hall, FULL, _guest(session, "Elternverein Muster", "tr"), "ETRN22", seats=3)
    _come(hall, FULL, boris, "BRS222")
    _come(hall, TODAY, amina, "AM2NAY", seats=2)
    here = [_come(hall, TODAY, _guest(session, f"Gast {tag}", tag), f"GAST{n}2") for n, tag in
            enumerate(("de", "de", "de", "ar", "uk", "fa", "en", "tr"), 2)]  # fmt: skip
    for one in here[:6]:
        one.arrived_seats, one.arrived_at = 1, clock.now()
    _event(session, TODAY).arrived = 6
    for name, code, person in (("ticket", AHEAD, amina), ("ticket-waiting", FULL, boris)):
        house.give(session, name, Purpose.TICKET, person, _event(session, code).id)
    _say(hall)
    _vote(hall, FULL, Phase.VOTE, [parents])
    for phase in Phase:
        _vote(hall, TODAY, phase, here)


def _guest(session: Session, name: str, tag: str) -> int:
    at = clock.now()
    person = Person(name=name, language=tag, prefers=ChannelKind.PHONE, met_at=at, seen_at=at)
    session.add(person)
    session.flush()
    return person.id


def _come(
    hall: _Hall, code: str, person: int, entrance: str, *, seats: int = 1, workshops: Sequence[int] = ()
) -> Registration:  # fmt: skip
    session, event = hall.session, _event(hall.session, code)
    registrations.register(session, person, event.id, seats=seats, workshops=workshops)
    found = registrations.of(session, person, event.id)
    assert found is not None
    assert (found.state is RegistrationState.WAITING) == (entrance == "BRS222")
    found.code = entrance
    return found


def _say(hall: _Hall) -> None:
    """Feedback on two goals at today's event; on one it is sorted and released."""
    session, event = hall.session, _event(hall.session, TODAY)
    said = {
        "7.49": [Noted(Side.STAYS, "يساعد الأطفال"), Noted(Side.STAYS, "Gut erreichbar", 3),
                 Noted(Side.ADAPT, "Zu spät am Abend")],
        "3.27": [Noted(Side.ADAPT, "Замало місць", 2)],
    }  # fmt: skip
    spoken = {"يساعد الأطفال": "ar", "Замало місць": "uk"}
    for number, points in said.items():
        for place, point in enumerate([*points, None]):
            language = spoken.get(point.words, "de") if point else "de"
            feedback.take(session, hall.card(number), event.id, [point] if point else [],
                          key=f"said-{number}-{place}", channel="page", language=language)  # fmt: skip
    sheet = session.scalars(
        sa.select(FeedbackSheet).where(FeedbackSheet.group_id == hall.card("7.49").id)
    ).one()
    topic = feedback_sorting.add_topic(session, hall.office, sheet.id, Side.STAYS, "Erreichbarkeit")
    wanted = sa.select(FeedbackPoint).where(FeedbackPoint.words == "Gut erreichbar")
    point = session.scalars(wanted).one()
    feedback_sorting.sort(session, hall.office, point.id, seen=point.version, german="", topic_id=topic.id,
                          is_hidden=False)  # fmt: skip
    feedback_sorting.set_released(session, hall.office, sheet.id, is_released=True)


def _vote(hall: _Hall, code: str, phase: Phase, voters: list[Registration]) -> None:
    """A vote in a phase, with all that went before."""
    session, office, event = hall.session, hall.office, _event(hall.session, code)
    ballot = ballot_board.begin(
        session, office, VOTES[phase]["de"], event_id=event.id, cards_each=2, dots_each=3
    )
    ballot.code, ballot.title = f"{code[:4]}{phase.upper()[:4]}", Localised(VOTES[phase])
    hall.house.names[f"vote_{phase}"] = ballot.code
    who = [Who(ballot.id, registration_id=one.id) for one in voters]
    for (words, language), voter in zip(CARDS, who, strict=False):
        voting.suggest(session, voter, words, language=language, key=f"card-{ballot.id}-{language}")
    if phase is Phase.SUGGEST:
        return
    ballot_board.go_to(session, office, ballot.id, Phase.GROUP)
    topics = [_topic(hall, ballot, words) for words in TOPICS]
    card = ballots.cards(session, ballot.id)[0]
    ballot_board.move(session, office, ballot.id, card.id, topics[0], seen=card.version)
    if phase is Phase.GROUP:
        return
    hall.house.names |= {f"topic_{n}": str(topic) for n, topic in enumerate(topics, 1) if phase is Phase.VOTE}
    ballot_board.go_to(session, office, ballot.id, Phase.VOTE)
    for place, voter in enumerate(who[:5]):
        voting.place(session, voter, {topics[0]: 1 + place % 2, topics[1 + place % 2]: 1})
    if phase is Phase.RESULT:
        ballot_board.set_paper(session, office, ballot.id, {topics[1]: 2})
        ballot_board.go_to(session, office, ballot.id, Phase.RESULT)


def _topic(hall: _Hall, ballot: Ballot, words: dict[str, str]) -> int:
    topic: BallotTopic = ballot_board.add_topic(hall.session, hall.office, ballot.id, words["de"])
    topic.title = Localised(words)
    return topic.id


def unmarked(tag: str) -> set[str]:
    """Return titles of windows, where a language cannot be marked, and names of rooms, which have none."""
    every = (*TITLES.values(), *VOTES.values())
    return {Localised(words).to(tag) for words in every} | set(ROOMS)
