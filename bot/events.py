"""Events in the chat: what is ahead, one's own code, registering, and cancelling with a question back."""

from dataclasses import replace

from bot import conversation, menus
from bot.turn import Turn, letter
from models import arrivals, ballots, clock, event_cards, event_letters, places, registrations, seats
from models.db import today_in
from models.errors import NotFound
from models.event_cards import EventCard
from models.event_letters import HERE, News
from models.events import Event
from models.forms.feedback import Feedback
from models.forms.register_event import IN_THE_HALL, TALK, RegisterEvent
from models.letters import Button, qr_code
from models.registrations import Registration, RegistrationState
from translations import Localised, Text, _


def listed(turn: Turn) -> None:
    """Show the events ahead, with a button for each."""
    ahead = event_cards.published(turn.session).ahead(today_in(turn.session))
    if not ahead:
        turn.tell(_("There is no event ahead at the moment."), buttons=(menus.MENU,))
        return
    lines: list[Text | Localised] = []
    for card in ahead:
        lines += [card.title, event_letters.when_said(card)]
    buttons = tuple(Button(card.title, f"event:{card.code}:0") for card in ahead)
    turn.tell(*lines, buttons=(*buttons, menus.MENU))


def pressed(turn: Turn) -> None:
    """Show the event of a button."""
    show(turn, event_cards.published(turn.session).get(turn.press.id))


def show(turn: Turn, card: EventCard) -> None:
    """Show an event with its plan, whether the person is registered, and what one can do."""
    one, picture = _own(turn, card), None
    lines: list[Text | Localised] = [card.title, *_facts(card), *_plan(turn, card)]
    see = event_letters.see_button(card.public())
    if one is not None:
        ticket = registrations.ticket_of(one)
        if one.state is RegistrationState.REGISTERED or card.lets_all_in:
            place = _come_in(turn, one) if card.is_hall else _("You have a place.")
            lines += [place, _("Your code for the entrance: {code}")(code=one.code)]
            codes = [seats.said(code) for code in seats.codes_of(one)]
            if codes:
                lines += [seats.WHY, Localised({turn.language: "\n".join(codes)})]
            picture = qr_code(one.code) if one.arrived_at is None and not card.is_hall else None
        else:
            then = TALK if card.is_hall else event_letters.WE_TELL_YOU
            lines += [_("You are on the waiting list."), then]
        buttons: tuple[Button, ...] = (event_letters.ticket_button(card), see)
        if one.arrived_at is None:
            buttons = (*buttons, event_letters.give_up_button(card, ticket))
    elif card.takes_people(today_in(turn.session)):
        lines += [*([IN_THE_HALL] if card.is_hall else []), _places_left(card)]
        buttons = (Button(_("Register"), f"register:{card.code}:0"), see)
    else:
        lines.append(_("One can no longer register for this event."))
        buttons = (see,)
    buttons = (*_taking_part(turn, card), *buttons)
    if not turn.person.language_chosen:
        buttons = (*buttons, Button(_("Other language"), f"languages:0:0:{card.code}"))
    turn.say(replace(letter(*lines, buttons=(*buttons, menus.MENU)), picture=picture))


def _taking_part(turn: Turn, card: EventCard) -> tuple[Button, ...]:
    """Return what people can do from the day on: give dots, say what they think, join a group."""
    if not card.hears(today_in(turn.session)):
        return ()
    votes = (Button(one.title, f"dots:{one.id}:0") for one in ballots.seen_at(turn.session, card.id))
    return (*votes, Button(Feedback.title, f"voice:{card.public().code}:0"), menus.JOIN)


def give_feedback(turn: Turn) -> None:
    """Begin the feedback on a goal at the event of a button; which goal is asked."""
    card = event_cards.published(turn.session).get(turn.press.id)
    turn.mark_pressed()
    conversation.begin_feedback(turn, None, card.public().code)


def _own(turn: Turn, card: EventCard) -> Registration | None:
    found = registrations.of(turn.session, turn.person.id, card.id)
    return found if found is not None and found.state is not RegistrationState.CANCELLED else None


def _come_in(turn: Turn, one: Registration) -> Text:
    """Note as arrived who was registered and has scanned the hall's code; of a group at least this one."""
    arrivals.arrive(
        turn.session, turn.session.get_one(Event, one.event_id), one.code, seats=1, at=one.queued_at,
        skew=clock.now() - one.queued_at, by=None, anyway=True,
    )  # fmt: skip
    return HERE


def _facts(card: EventCard) -> list[Text]:
    facts = [_("When: {when}")(when=event_letters.when_said(card))]
    return [*facts, _("Where: {place}")(place=card.place)] if card.place else facts


def _plan(turn: Turn, card: EventCard) -> list[Localised]:
    """Return the plan of the day, a line each."""
    times = ("–".join(part for part in (item.starts, item.ends) if part) for item in card.agenda)
    lines = [f"{time} {item.words.to(turn.language)}" for time, item in zip(times, card.agenda, strict=True)]
    return [Localised({turn.language: "\n".join(lines)})] if lines else []


def _places_left(card: EventCard) -> Text:
    if card.capacity is None or card.lets_all_in:
        return _("There is room for everybody.")
    if card.is_full:
        return _("All places are taken. Who registers now is on the waiting list.")
    return _("{free} of {all} places free")(free=card.free or 0, all=card.capacity)


def register(turn: Turn) -> None:
    """Begin to register, unless the person is registered already."""
    card = event_cards.published(turn.session).get(turn.press.id)
    if _own(turn, card) is not None:
        show(turn, card)
        return
    turn.mark_pressed()
    conversation.begin(
        turn, RegisterEvent.slug, card.title, event_letters.when_said(card), answers={"event": card.code}
    )


def ask_to_give_up(turn: Turn) -> None:
    """Ask once more before a place is given back."""
    card, one = _pressed(turn)
    if one.state is RegistrationState.CANCELLED:
        turn.tell(_("Your registration is cancelled."), buttons=(menus.MENU,))
        return
    turn.tell(
        _("Would you like to cancel your registration for “{event}”?")(event=card.title),
        buttons=(
            Button(_("Yes, cancel it"), f"unregistered:{one.id}:{one.version}"),
            Button(_("No, I will come"), f"event:{card.code}:0", beside=True),
        ),
    )


def give_up(turn: Turn) -> None:
    """Give the place back; the letter about it is the answer."""
    _card, one = _pressed(turn)
    turn.mark_pressed()
    if one.version != turn.press.version or not places.cancel(turn.session, one.id, person_id=turn.person.id):
        turn.tell(_("This button is out of date."), buttons=(menus.MENU,))


def of_event(turn: Turn) -> None:
    """Ask the same below a letter that went to all guests: its button names the event."""
    card = event_cards.published(turn.session).by_id(turn.press.number)
    one = _own(turn, card) if card else None
    if card is None or one is None:
        raise NotFound(_("There is no such registration."))
    show(turn, card)


def _pressed(turn: Turn) -> tuple[EventCard, Registration]:
    """Return the registration of a button, if it is the person's own."""
    one = turn.session.get(Registration, turn.press.number)
    card = event_cards.published(turn.session).by_id(one.event_id) if one else None
    if one is None or card is None or one.person_id != turn.person.id:
        raise NotFound(_("There is no such registration."))
    return card, one


def say_ticket(turn: Turn, submission_id: int) -> None:
    """Say what became of a registration that was sent from a page, once its person is in this chat."""
    outcome = registrations.by_submission(turn.session, submission_id)
    one = turn.session.get(Registration, outcome.ticket.registration_id) if outcome else None
    card = event_cards.published(turn.session).by_id(one.event_id) if one else None
    if outcome is None or card is None:
        return
    news = News.REGISTERED if outcome.has_place else News.WAITING
    turn.say(event_letters.letter(card, news, outcome.ticket))
