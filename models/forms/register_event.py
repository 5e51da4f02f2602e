"""Registering for an event (forms.md §6): alone or with others, with a workshop in each phase."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from models import arrivals, clock, event_letters, registrations, submissions
from models.db import today_in
from models.event_letters import HERE, WE_TELL_YOU
from models.events import Event
from models.forms import contact
from models.forms.event_questions import EventOf, MayUseNeeds, Seats, chosen, is_field, workshops_of
from models.forms.form import Form, Receipt, Sender
from models.forms.plan_meeting import SPOKEN
from models.forms.questions import Choice, Line, LongText, Question
from models.forms.receive import acknowledge, store
from models.forms.several import Several
from models.registrations import Outcome, RegistrationState
from translations import SOURCE, Text, _


class Company(StrEnum):
    """Whether somebody comes alone."""

    ALONE = "alone"
    OTHERS = "others"


class Need(StrEnum):
    """What somebody needs to take part."""

    INTERPRETER = "interpreter"
    RAMP = "ramp"
    OTHER = "other"


COMPANY_WORDS = {
    Company.ALONE: _("I come alone"),
    Company.OTHERS: _("I come with others"),
}
NEED_WORDS = {
    Need.INTERPRETER.value: _("An interpreter"),
    Need.RAMP.value: _("A way without steps"),
    Need.OTHER.value: _("Something else"),
}


IN_THE_HALL = _(
    "You are in the hall, and not registered yet? Sign up here; then you are noted as being here."
)
TALK = _("Please talk to the office at the door.")


class RegisterEvent(Form):
    """Register for an event. Nobody has to look at it: there is a place, or the next one in the line."""

    slug = "register-event"
    title = _("Register for an event")
    send = _("Register")
    done = _("Thank you! Your registration for “{event}” has arrived.")
    listed = False  # it is reached from an event, and there need not be one
    needs_office = False

    event = EventOf(_("Which event is it about?"))
    company = Choice[Company](COMPANY_WORDS, _("Do you come alone?"), default=Company.ALONE.value)
    seats = Seats(
        _("How many are you, with yourself?"),
        hint=_("One registration is for up to {n} people.")(n=registrations.MOST_SEATS),
        when=company.is_(Company.OTHERS.value),
    )
    organisation = Line(
        _("Your organisation or group"), optional=True, when=company.is_(Company.OTHERS.value),
        autocomplete="organization",
    )  # fmt: skip
    name = contact.your_name()
    languages = Several(
        {tag: name for tag, name in SPOKEN.items() if "-" not in tag},
        _("Which languages do you speak?"), hint=_("They stand on your badge."), optional=True,
    )  # fmt: skip
    needs = Several(NEED_WORDS, _("Do you need something to take part?"), optional=True)
    needs_words = LongText(
        _("What do you need?"), hint=_("For example the language of the interpreter."), optional=True,
        when=needs.given(),
    )  # fmt: skip
    may_use = MayUseNeeds(needs.given())
    reach = contact.how_to_reach_you()
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)

    outcome: Outcome | None = None  # known once it has been sent

    @property
    def places(self) -> int:
        """How many places are asked for."""
        return int(self.seats) if self.company is Company.OTHERS and self.seats else 1

    def following(self, question: Question[Any]) -> Sequence[Question[Any]]:
        """Ask for a workshop in each phase of the event, once it is known how many come."""
        is_known = question is type(self).organisation and "event" in self.answers
        return workshops_of(self.event, self.places) if is_known else ()

    @classmethod
    def takes(cls, name: str) -> bool:
        """Return whether a field is an answer, also to a question about workshops."""
        return super().takes(name) or is_field(name)

    def _found(self) -> Outcome | None:
        """Return what became of it; of a form that is read again, from what is stored."""
        if self.outcome is None and self.context.entry_id is not None:
            self.outcome = registrations.by_submission(self.context.session, self.context.entry_id)
        return self.outcome

    def thanks(self) -> Text:
        """Thank, and name the event."""
        return self.done(event=self.event.title)

    def next_steps(self) -> tuple[Text, ...]:
        """Say whether there is a place, with the code for the entrance, or that the person waits."""
        how, found = contact.how_reached(self), self._found()
        if found is None:  # somebody of this address was registered before; that is told to them alone
            return (*how, _("Who was registered already stays so."))
        if found.state is RegistrationState.WAITING:
            then = TALK if found.walked_in else WE_TELL_YOU
            return (*how, _("All places are taken at the moment. You are on the waiting list."), then)
        place = HERE if found.is_here else _("You have a place.")
        return (*how, place, _("Your code for the entrance: {code}")(code=found.ticket.code))

    def kept(self) -> dict[str, str]:
        """Return the raw answers, with the public code of the event: that of its hall stays in the hall."""
        return {**super().kept(), "event": self.event.public().code}

    def _needs_said(self) -> str:
        """Return what somebody needs as the office reads it."""
        words = [NEED_WORDS[one].to(SOURCE) for one in self.needs]
        return "\n".join(filter(None, (", ".join(words), self.needs_words if words else "")))

    def _came_on(self, sender: Sender) -> date | None:
        """Return the day on which somebody stands or stood at the door; sheets may be typed in days later."""
        day = self.event.held_on
        if self.event.is_hall:
            return day
        is_late = day is not None and day <= today_in(self.context.session)
        return day if sender.channel == submissions.PAPER and is_late else None

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Take a place or the next one in the line; who is registered already stays so.

        Who signs up in the hall has arrived, if there is a place for them.
        """
        self.outcome = None  # it may run twice
        event, came_on = self.event.public(), self._came_on(sender)
        stored = store(session, self, sender, group_id=None, title=event.to(SOURCE))
        found = registrations.register(
            session, stored.person_id, event.id, seats=self.places, organisation=self.organisation,
            workshops=chosen(self.answers), languages=self.languages, needs=self._needs_said(),
            submission_id=stored.submission_id, walked_in=came_on is not None, came_on=came_on,
        )  # fmt: skip
        if self.event.is_hall:
            found = self._let_in(session, found)
        if not found.is_new:
            submissions.mark_repeated(session, stored.submission_id)
            return acknowledge(session, self, sender, stored)
        self.outcome = found
        notes = [TALK] if self.event.is_hall and not found.is_here else []
        letter = event_letters.letter(event, found.news, found.ticket, *notes, is_here=found.is_here)
        return acknowledge(
            session, self, sender, stored, letter=letter, key=event_letters.key_of(found.ticket, found.news)
        )

    def _let_in(self, session: Session, found: Outcome) -> Outcome:
        """Note who stands in the hall as arrived; without a place only where all are let in."""
        came = arrivals.arrive(
            session, session.get_one(Event, self.event.id), found.ticket.code, seats=self.places,
            at=clock.now(), by=None, anyway=self.event.lets_all_in,
        )  # fmt: skip
        if came.outcome is arrivals.Outcome.WAITING:
            return replace(found, walked_in=True)
        return replace(found, state=RegistrationState.REGISTERED, walked_in=True, is_here=True)
