"""Taking in a form: ONE transaction holds what was said, what it changes and what is answered."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import consents, links, outbox, people, regions, submissions
from models.errors import DomainError
from models.forms import notices
from models.forms.form import Form, Receipt, Sender
from models.letters import Button, Letter
from models.people import ChannelKind
from models.submissions import Arrival
from translations import _

# Letters a day to one address that anybody can cause who types it into a form, so that nobody is bombed.
# One of them is left for a link that the owner may ask for.
TYPED_PER_DAY, THANKS_OF_THEM = 3, 2
THANKS_PER_DAY = 100  # to somebody who was signed in, or for a place at an event
DAY = timedelta(days=1)


class SentBefore(DomainError):
    """The same form has arrived already. The edge rolls back and answers as it did then."""

    def __init__(self) -> None:
        super().__init__(_("We have received this already. Thank you."))


@dataclass(frozen=True, slots=True)
class Stored:
    """A form that has been stored: its id, who sent it, and whether their address is known to be theirs."""

    submission_id: int
    person_id: int
    is_confirmed: bool


def _identify(session: Session, answers: dict[str, Any], sender: Sender) -> tuple[int, bool]:
    told = {
        "name": answers.get("name", ""),
        "email": answers.get("email"),
        "phone": answers.get("phone", ""),
        "organisation": answers.get("organisation", ""),
        "organisation_kind": answers.get("organisation_kind"),
        "prefers": answers.get("reach"),
    }
    if sender.person is None:
        return people.meet(session, language=sender.language, **told)
    address = sender.person.email
    people.complete(session, sender.person, **told)
    if sender.person.email != address:  # what went to the old mailbox says nothing of the new one
        links.revoke(session, sender.person.id, *links.MAILBOX)
    return sender.person.id, sender.person.email_confirmed_at is not None


def store(session: Session, form: Form, sender: Sender, *, group_id: int | None, title: str) -> Stored:
    """Store a form with its sender and consents.

    Raises SentBefore when a form of this key is there already, whatever else it holds.
    """
    person_id, is_confirmed = _identify(session, form.answers, sender)
    arrival = Arrival(
        form=form.slug, key=sender.key, person_id=person_id, group_id=group_id, channel=sender.channel,
        language=sender.language, title=title, answers=form.kept(), needs_office=form.needs_office,
    )  # fmt: skip
    submission_id = submissions.arrive(session, arrival)
    if submission_id is None:
        raise SentBefore
    consents.give(session, person_id, form.consents(), submission_id=submission_id, channel=sender.channel)
    return Stored(submission_id, person_id, is_confirmed)


def acknowledge(
    session: Session, form: Form, sender: Sender, stored: Stored, *buttons: Button,
    letter: Letter | None = None, key: str | None = None,
) -> Receipt:  # fmt: skip
    """Thank the sender where they wrote from, with what they may want to press next.

    Asks once whether a new e-mail address is theirs. A `letter` of the form's own, marked by `key`, takes the
    place of the thanks; it waits until the address is confirmed.
    """
    done, steps = form.thanks(), form.next_steps()
    reach = form.answers.get("reach")
    in_chat = sender.channel == "chat" or (
        reach is ChannelKind.TELEGRAM and sender.person is not None and sender.person.telegram_id is not None
    )
    is_own = letter is not None
    letter = letter or notices.received(done, steps)
    letter = replace(letter, buttons=(*buttons, *letter.buttons))
    # An address that belongs to somebody else was not taken over; asking there would reach the wrong person.
    is_theirs = sender.person is None or sender.person.email == form.answers.get("email")
    by_email = reach is ChannelKind.EMAIL and is_theirs
    if sender.person is not None and not in_chat and not by_email:
        outbox.tell(session, sender.person, letter, kind="received", priority=outbox.ANSWER_FIRST, key=key)
    if in_chat:
        _post(session, stored, ChannelKind.TELEGRAM, letter, "received", key=key)
    if by_email and not stored.is_confirmed:
        asking = notices.confirm_address(done, regions.the_region(session).name)
        _post(session, stored, ChannelKind.EMAIL, asking, "confirm")
        if is_own and not in_chat:
            _post(session, stored, ChannelKind.EMAIL, letter, "received", key=key, held=True)
    elif by_email and not in_chat:
        is_typed = sender.person is None and not is_own
        kind = outbox.TYPED if is_typed else outbox.RECEIVED
        _post(session, stored, ChannelKind.EMAIL, letter, kind, key=key)
    return Receipt(sender.key, done, steps, submission_id=stored.submission_id)


def _post(
    session: Session, stored: Stored, channel: ChannelKind, letter: Letter, kind: str, *,
    key: str | None = None, held: bool = False,
) -> None:  # fmt: skip
    outbox.post(
        session,
        stored.person_id,
        channel,
        letter,
        kind=kind,
        priority=outbox.ANSWER_FIRST,
        key=key,
        held=held,
    )
