"""A letter as an e-mail goes out: what `models.rendering` made of it, in parts and headers."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from bot.courier.parcel import Parcel
from models import clock
from models.links import Purpose
from models.rendering import email
from models.rendering.email import ascii_domain, in_header, is_address

# Seven bits only, so that every mail server on the way can pass it on.
POLICY = SMTP.clone(cte_type="7bit")


def envelope_sender(mail_from: str) -> str:
    """Return the bare address of a setting such as "Office <office@example.org>"."""
    return ascii_domain(parseaddr(mail_from)[1])


def recipient(parcel: Parcel) -> str:
    """Return the address to which a letter goes, its domain in ASCII."""
    return ascii_domain(parcel.email)


def mail(parcel: Parcel, mail_from: str) -> EmailMessage:
    """Return the e-mail that a letter becomes; ValueError when an address cannot be one."""
    office, tag = parcel.office, parcel.language
    sender = envelope_sender(mail_from)
    message = EmailMessage(policy=POLICY)
    rendered = email.render(parcel.letter, tag, parcel.addresses, office)
    message["Subject"] = rendered.subject
    message["From"] = Address(in_header(office.name or office.region), addr_spec=sender)
    message["To"] = Address(addr_spec=recipient(parcel))
    if is_address(office.email):
        message["Reply-To"] = Address(in_header(office.name), addr_spec=ascii_domain(office.email))
    message["Date"] = format_datetime(clock.now())
    # The same for every attempt, so that a mailbox can tell a repetition.
    message["Message-ID"] = (
        f"<{parcel.delivery_id}.{parcel.created_at:%Y%m%d%H%M%S%f}@{sender.rpartition('@')[2]}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    _offer_to_end(message, parcel)
    message.set_content(rendered.plain)
    message.add_alternative(rendered.html, subtype="html")
    message["Content-Language"] = tag  # last: setting the content drops every header that speaks of it
    return message


def _offer_to_end(message: EmailMessage, parcel: Parcel) -> None:
    """Let mail programs show a button of their own that ends such letters (RFC 2369, RFC 8058)."""
    for button, address in zip(parcel.letter.buttons, parcel.addresses, strict=True):
        if button.purpose is Purpose.STOP and address:
            message["List-Unsubscribe"] = f"<{address}>"
            if address.startswith("https://"):
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
