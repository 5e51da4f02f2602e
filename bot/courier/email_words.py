"""A letter as an e-mail goes out: what `models.rendering` made of it, in parts and headers."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from bot.courier.parcel import Parcel
from models import clock
from models.rendering import email
from models.rendering.email import ascii_domain, in_header, is_address


class _Policy(EmailPolicy):
    """Leaves an address whole: folded, its line would begin empty, and not every mail program reads on."""

    def fold(self, name: str, value: Any) -> str:
        """Return a header as it goes out."""
        if name.lower() == _UNSUBSCRIBE.lower():
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header as it goes out, in bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


_UNSUBSCRIBE = "List-Unsubscribe"
# Seven bits only, so that every mail server on the way can pass it on.
POLICY = _Policy(linesep="\r\n", cte_type="7bit")
PICTURE_WIDTH = 520  # pixels: what the column of a mail holds


def envelope_sender(mail_from: str) -> str:
    """Return the bare address of a setting such as "Office <office@example.org>"."""
    return ascii_domain(parseaddr(mail_from)[1])


def recipient(parcel: Parcel) -> str:
    """Return the address to which a letter goes, its domain in ASCII."""
    return ascii_domain(parcel.email)


def mail(parcel: Parcel, mail_from: str, picture: bytes = b"") -> EmailMessage:
    """Return the e-mail that a letter becomes; ValueError when an address cannot be one."""
    office, tag = parcel.office, parcel.language
    sender = envelope_sender(mail_from)
    domain = sender.rpartition("@")[2]
    cid = f"picture.{parcel.delivery_id}@{domain}" if picture else ""
    rendered = email.render(
        parcel.letter,
        tag,
        parcel.addresses,
        office,
        picture=f"cid:{cid}" if cid else "",
        width=_width(parcel),
    )
    message = EmailMessage(policy=POLICY)
    message["Subject"] = rendered.subject
    message["From"] = Address(in_header(office.name or office.region), addr_spec=sender)
    message["To"] = Address(addr_spec=recipient(parcel))
    if is_address(office.email):
        message["Reply-To"] = Address(in_header(office.name), addr_spec=ascii_domain(office.email))
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = _message_id(parcel.delivery_id, parcel.created_at, domain)
    if parcel.follows:
        earlier = [_message_id(number, at, domain) for number, at in parcel.follows]
        message["In-Reply-To"] = earlier[-1]
        message["References"] = " ".join(earlier)
    message["Auto-Submitted"] = "auto-generated"
    _offer_to_end(message, parcel)
    message.set_content(rendered.plain)
    message.add_alternative(rendered.html, subtype="html")
    if cid:
        _html_part(message).add_related(
            picture, "image", "jpeg", cid=f"<{cid}>", disposition="inline", filename="picture.jpg"
        )
    message["Content-Language"] = tag  # last: setting the content drops every header that speaks of it
    return message


def _html_part(message: EmailMessage) -> EmailMessage:
    """Return the part that shows the picture: only there it is at hand."""
    part = message.get_body(("html",))
    if not isinstance(part, EmailMessage):
        raise TypeError("a mail has an HTML part")
    return part


def _width(parcel: Parcel) -> int:
    return min(parcel.photo.width, PICTURE_WIDTH) if parcel.photo else 0


def _message_id(delivery_id: int, created_at: datetime, domain: str) -> str:
    """Return the same for every attempt, so that a mailbox can tell a repetition."""
    return f"<{delivery_id}.{created_at:%Y%m%d%H%M%S%f}@{domain}>"


def _offer_to_end(message: EmailMessage, parcel: Parcel) -> None:
    """Let mail programs show a button of their own that ends such letters (RFC 2369, RFC 8058)."""
    for button, address in zip(parcel.letter.buttons, parcel.addresses, strict=True):
        if button.ends_letters and address:
            message[_UNSUBSCRIBE] = f"<{address}>"
            if address.startswith("https://"):
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            return
