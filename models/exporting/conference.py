"""What the documentation of an event says, read in a few statements, however many guests there were."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import event_cards, groups, guests, workshop_pictures, workshop_sheets
from models.errors import NotFound
from models.event_cards import EventCard, WorkshopCard
from models.events import Event
from models.exporting import conference_heard, documentation
from models.exporting.conference_heard import Heard, Voted
from models.exporting.documentation import SheetLine
from models.files import Store
from models.registrations import Registration, RegistrationState
from models.when import When
from models.workshop_pictures import Picture
from models.workshop_putting import answer_of, measure_of
from models.workshop_sheets import MOST_STEPS
from translations import LANGUAGES, Localised, _


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many were registered, came and waited, and how many registrations name which language."""

    registered: int
    arrived: int
    waiting: int
    languages: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A photo that everybody may see, as a JPEG, with its size in pixels."""

    data: bytes
    width: int
    height: int
    caption: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as it was written in a workshop."""

    what: str
    due: str
    by: str


@dataclass(frozen=True, slots=True)
class WorkshopLine:
    """What was written in a workshop, and its photos."""

    card: WorkshopCard
    answers: Mapping[str, str]
    steps: tuple[StepLine, ...]
    pictures: tuple[PictureLine, ...]


@dataclass(frozen=True, slots=True)
class GoalPart:
    """A goal with its sheet, what its workshops wrote, and what people said to it."""

    sheet: SheetLine
    workshops: tuple[WorkshopLine, ...]
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class Conference:
    """An event with all that came of it, as it stands on a day."""

    region: str
    office: str
    accent: str
    card: EventCard
    numbers: Numbers
    goals: tuple[GoalPart, ...]
    others: tuple[WorkshopLine, ...]  # workshops of no group
    votes: tuple[Voted, ...]
    today: date

    @property
    def code(self) -> str:
        """The code of the event."""
        return self.card.code

    @property
    def title(self) -> Localised:
        """What the event is called."""
        return self.card.title


def read(session: Session, code: str, store: Store, *, today: date) -> Conference:
    """Return an event with all that came of it; NotFound for an unknown code, or without any goals.

    With workshops of groups, the goals are theirs; without any, all goals of the programme.
    """
    event_id = session.scalar(sa.select(Event.id).where(Event.code == code.strip().upper()))
    if event_id is None:
        raise NotFound(_("There is no event with this code."))
    card = event_cards.card_of(session, guests.event(session, event_id))
    doc = documentation.read(session, today=today)
    written = workshop_sheets.of_event(session, event_id)
    pictures = _pictures(workshop_pictures.public_of_event(session, event_id), store)
    lines = [_workshop(one, written.get(one.id, {}), pictures.get(one.id, ())) for one in card.workshops]
    known = {one.id for one in groups.directory(session).cards}
    meant = {one.card.group_id for one in lines if one.card.group_id in known}
    heard = conference_heard.heard(session, event_id)
    goals = tuple(
        GoalPart(
            sheet, tuple(_not_on(sheet, [one for one in lines if one.card.group_id == sheet.group_id])),
            heard.get(sheet.group_id),
        )
        for sheet in doc.sheets
        if not meant or sheet.group_id in meant
    )  # fmt: skip
    shown = {goal.sheet.group_id for goal in goals}
    return Conference(
        doc.region, doc.office, doc.accent, card, _numbers(session, event_id), goals,
        tuple(one for one in lines if one.card.group_id not in shown),
        conference_heard.votes(session, event_id), today,
    )  # fmt: skip


def _not_on(sheet: SheetLine, lines: Sequence[WorkshopLine]) -> Iterator[WorkshopLine]:
    """Return of a goal's workshops what its sheet does not say already: what was put there stands there."""
    there = {(one.measure, one.due.wording) for one in sheet.milestones}
    for line in lines:
        answers = {
            name: said for name, said in line.answers.items() if answer_of(name, said) not in sheet.notes
        }
        steps = tuple(
            one
            for one in line.steps
            if (measure_of(one.what, one.by), When.parse(one.due).wording) not in there
        )
        if answers or steps or line.pictures:
            yield replace(line, answers=answers, steps=steps)


def _workshop(card: WorkshopCard, said: Mapping[str, str], pictures: Sequence[PictureLine]) -> WorkshopLine:
    steps = tuple(
        StepLine(said[f"what-{n}"], said.get(f"due-{n}", ""), said.get(f"by-{n}", ""))
        for n in range(1, MOST_STEPS + 1)
        if f"what-{n}" in said
    )
    answers = {name: said[name] for name in workshop_sheets.ANSWERS if name in said}
    return WorkshopLine(card, answers, steps, tuple(pictures))


def _pictures(found: Sequence[Picture], store: Store) -> dict[int, list[PictureLine]]:
    """Return the photos as small copies, by workshop; one whose file is missing is left out."""
    made: dict[int, list[PictureLine]] = {}
    for one in found:
        try:
            data = store.read(one.file.stored, small=True)
        except FileNotFoundError:
            continue
        line = PictureLine(data, one.file.width, one.file.height, one.file.caption)
        made.setdefault(one.workshop_id, []).append(line)
    return made


def _numbers(session: Session, event_id: int) -> Numbers:
    rows = session.execute(
        sa.select(
            Registration.state, Registration.seats, Registration.arrived_seats, Registration.languages
        ).where(Registration.event_id == event_id, Registration.state != RegistrationState.CANCELLED)
    ).all()
    seats: Counter[RegistrationState] = Counter()
    spoken: Counter[str] = Counter()
    for state, places, _came, languages in rows:
        seats[state] += places
        spoken.update(set(languages))
    order = [entry.tag for entry in LANGUAGES]
    languages_of = sorted(spoken.items(), key=lambda one: (-one[1], order.index(one[0])))
    return Numbers(
        seats[RegistrationState.REGISTERED], sum(row.arrived_seats for row in rows),
        seats[RegistrationState.WAITING], tuple(languages_of),
    )  # fmt: skip
