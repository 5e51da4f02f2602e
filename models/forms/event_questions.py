"""Questions about an event: which one, how many come, which workshop in each phase, what somebody needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import consents, event_cards
from models.db import today_in
from models.errors import InvalidAnswer
from models.event_cards import AgendaCard, EventCard, WorkshopCard
from models.forms.meeting_questions import HowMany
from models.forms.questions import Consent, Context, Kind, Option, Question
from models.forms.rules import Rule
from models.registrations import MOST_SEATS
from translations import Text, Words, _, dates

LATER = "later"  # no workshop is chosen yet
_FIELD = "workshop-"
DECIDE_LATER = _("I decide on the day")


@dataclass(frozen=True, slots=True)
class Dated:
    """An event with its day."""

    card: EventCard

    def to(self, tag: str) -> str:
        """Say title and day."""
        title, day = self.card.to(tag), self.card.held_on
        return f"{title} · {dates.day(day, tag)}" if day else title


class EventOf(Question[EventCard]):
    """One of the events for which one can register, by its code."""

    kind = Kind.CHOICE
    missing = _("Please choose an event.")

    def options(self, context: Context) -> Sequence[Option]:
        """Return the events for which one can register now."""
        today = today_in(context.session)
        cards = event_cards.published(context.session).cards
        return [Option(card.code, Dated(card)) for card in cards if card.takes_people(today)]

    def read(self, raw: str, context: Context) -> EventCard:
        """Return the event; those that take nobody are read too, registering is refused later."""
        card = event_cards.published(context.session).find(raw)
        if card is None:
            raise InvalidAnswer(_("There is no event with this code."))
        return card

    def say(self, answer: EventCard) -> Words:
        """Return title and day."""
        return Dated(answer)

    def nothing(self) -> EventCard:
        """Never asked for: an event is always chosen."""
        raise LookupError(self.name)


class Seats(HowMany):
    """How many come together, the person included."""

    def read(self, raw: str, context: Context) -> str:
        """Return it in plain digits; InvalidAnswer for a single one, and for more than are taken at once."""
        number = super().read(raw, context)
        if not 2 <= int(number) <= MOST_SEATS:
            raise InvalidAnswer(_("Please write a number from 2 to {n}.")(n=MOST_SEATS))
        return number


def _times(item: AgendaCard) -> Text | None:
    """Return when an item of the plan is."""
    if item.starts and item.ends:
        return _("{begin} to {end}")(begin=item.starts, end=item.ends)
    return _("{what}")(what=item.starts) if item.starts else None


class WorkshopIn(Question["WorkshopCard | None"]):
    """A workshop in one phase of an event; made for the event that was answered."""

    kind = Kind.CHOICE
    missing = _("Please choose a workshop.")

    def __init__(self, event: EventCard, phase: int, number: int, seats: int) -> None:
        item = event.item_of(phase)
        label = _("Which workshop would you like?")
        if len(event.phases) > 1:
            label = _("Workshops, part {n}: which one would you like?")(n=number)
        super().__init__(label, hint=_times(item) if item else None)
        self.name = f"{_FIELD}{phase}"
        self.workshops = event.of_phase(phase)
        self.seats = seats

    def nothing(self) -> WorkshopCard | None:
        """Return no choice."""
        return None

    def options(self, context: Context) -> Sequence[Option]:
        """Return those with free places, and the way past them."""
        free = [one for one in self.workshops if one.has_room(self.seats)]
        return [*(Option(str(one.id), one) for one in free), Option(LATER, DECIDE_LATER)]

    def read(self, raw: str, context: Context) -> WorkshopCard | None:
        """Return the workshop; InvalidAnswer when it is full, unless this is only read again."""
        if raw == LATER:
            return None
        found = next((one for one in self.workshops if str(one.id) == raw), None)
        if found is None:
            raise InvalidAnswer(_("Please choose one of the answers."))
        is_new = context.channel in ("page", "chat") and context.entry_id is None
        if is_new and not found.has_room(self.seats):
            raise InvalidAnswer(_("A workshop is full by now. Please choose another one."))
        return found

    def say(self, answer: WorkshopCard | None) -> Words:
        """Return its number and title."""
        return answer or DECIDE_LATER


def is_field(name: str) -> bool:
    """Return whether a field is about a workshop."""
    number = name.removeprefix(_FIELD)
    return name.startswith(_FIELD) and number.isascii() and number.isdecimal()


def workshops_of(event: EventCard, seats: int) -> list[WorkshopIn]:
    """Return a question for each phase in which there is a workshop with room, in their order."""
    asked = [phase for phase in event.phases if any(one.has_room(seats) for one in event.of_phase(phase))]
    return [WorkshopIn(event, phase, n, seats) for n, phase in enumerate(asked, start=1)]


class MayUseNeeds(Consent):
    """Agreement that the office may note what somebody needs; without it, nothing of that can be sent."""

    missing = _("Please agree, or leave out what you need. Without your yes we must not note it.")

    def __init__(self, when: Rule) -> None:
        text = _("The office may use what I need to prepare the event. It is deleted 90 days afterwards.")
        super().__init__(purpose=consents.EVENT_NEEDS, version=1, text=text, when=when)
        self.optional = False

    def read(self, raw: str, context: Context) -> bool:
        """Return yes; InvalidAnswer for a no."""
        if not super().read(raw, context):
            raise InvalidAnswer(self.missing)
        return True


def chosen(answers: dict[str, Any]) -> list[int]:
    """Return the ids of the workshops in a form's answers."""
    return [one.id for name, one in answers.items() if is_field(name) and one is not None]
