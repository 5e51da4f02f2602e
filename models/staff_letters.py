"""What is written to staff by e-mail: they have an account, and need not be people who take part."""

import secrets

from sqlalchemy.orm import Session

from models import clock, outbox
from models.letters import Button, Letter
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind
from models.staff import StaffMember
from translations import Text, _

DEVICE, CODE, CHANGE = "new-device", "log-in-code", "log-in-changed"  # kinds of message


def tell_staff(
    session: Session, staff_id: int, letter: Letter, *, kind: str, priority: int = outbox.NOTICE
) -> None:
    """Write to somebody of the office by e-mail."""
    now = clock.now()
    message = Message(key=None, kind=kind, words=letter.pack(), created_at=now)
    session.add(message)
    session.flush()
    session.add(
        Delivery(
            message_id=message.id, staff_id=staff_id, channel=ChannelKind.EMAIL, state=DeliveryState.QUEUED,
            priority=priority, not_before=now, attempts=0, error="", created_at=now,
        )
    )  # fmt: skip
    session.flush()


def tell_of_device(session: Session, member: StaffMember, device: str) -> None:
    """Tell the owner of an account that somebody has logged in with a browser that is new to it."""
    letter = Letter(
        _("A new browser at your desk"),
        (
            _("Somebody has just logged in to the desk with your account, in this browser: {device}")(
                device=device or "–"
            ),
            _("If that was you, there is nothing to do."),
            _("If not, please change your password at once, and tell an admin of your office."),
        ),
        (Button(_("Your account"), page="/desk/account"),),
    )
    tell_staff(session, member.id, letter, kind=DEVICE)


def tell_of_change(session: Session, member: StaffMember, what: Text) -> None:
    """Tell the owner of an account that what opens it has changed."""
    letter = Letter(
        _("Your log-in at the desk has changed"),
        (
            what,
            _("If that was you, there is nothing to do."),
            _("If not, please change your password at once, and tell an admin of your office."),
        ),
        (Button(_("Your account"), page="/desk/account"),),
    )
    tell_staff(session, member.id, letter, kind=CHANGE)


def tell_of_reset(session: Session, member: StaffMember) -> None:
    """Tell the owner of an account that somebody else has taken away their second step and passkeys."""
    tell_of_change(session, member, _("An admin has reset your second step. Passkeys are removed."))


def send_code(session: Session, member: StaffMember) -> str:
    """Send a code for one log-in, and return it."""
    code = f"{secrets.randbelow(10**8):08}"
    letter = Letter(
        _("Your code for the desk"),
        (
            _("Your code: {code}")(code=code),
            _("It works once, for ten minutes. There have been many wrong attempts lately, so we ask."),
            _("If you are not logging in just now, somebody has your password: please change it at once."),
        ),
    )
    tell_staff(session, member.id, letter, kind=CODE, priority=outbox.ANSWER_FIRST)
    return code
