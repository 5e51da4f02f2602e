"""A letter as an e-mail: plain text and HTML, in the reader's language and direction."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from bot.courier import email_html
from bot.courier.parcel import Office, Parcel
from models import clock
from models.links import Purpose
from translations import Text, _

# Seven bits only, so that every mail server on the way can pass it on.
POLICY = SMTP.clone(cte_type="7bit")
BY_REPLY = _("This e-mail was written for {region}. You can simply reply to it.")
NO_REPLY = _("This e-mail was written for {region}.")
_LONGEST_HEADER = 200
_JOINERS = "\u200c\u200d"


def in_header(words: str) -> str:
    """Return words fit for one header line: no line breaks, no invisible signs, not endless."""
    kept = "".join(char if char.isprintable() or char in _JOINERS else " " for char in words)
    kept = re.sub(r"[\u0020\u00a0]+", " ", re.sub(r"[\u2066-\u2069\u200e\u200f]", "", kept))
    return kept.strip()[:_LONGEST_HEADER]


def _ascii_domain(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"


def is_address(words: str) -> bool:
    """Return whether words can stand as an address in a header."""
    try:
        return bool(Address(addr_spec=_ascii_domain(words)).domain)
    except Exception:  # the parser raises whatever it stumbles over
        return False


def envelope_sender(mail_from: str) -> str:
    """Return the bare address of a setting such as "Office <office@example.org>"."""
    return _ascii_domain(parseaddr(mail_from)[1])


def recipient(parcel: Parcel) -> str:
    """Return the address to which a letter goes, its domain in ASCII."""
    return _ascii_domain(parcel.email)


def mail(parcel: Parcel, mail_from: str) -> EmailMessage:
    """Return the e-mail that a letter becomes; ValueError when an address cannot be one."""
    office, tag = parcel.office, parcel.language
    sender = envelope_sender(mail_from)
    message = EmailMessage(policy=POLICY)
    message["Subject"] = in_header(_clear(parcel.letter.subject.to(tag)))
    message["From"] = Address(in_header(office.name or office.region), addr_spec=sender)
    message["To"] = Address(addr_spec=recipient(parcel))
    if is_address(office.email):
        message["Reply-To"] = Address(in_header(office.name), addr_spec=_ascii_domain(office.email))
    message["Date"] = format_datetime(clock.now())
    # The same for every attempt, so that a mailbox can tell a repetition.
    message["Message-ID"] = (
        f"<{parcel.delivery_id}.{parcel.created_at:%Y%m%d%H%M%S%f}@{sender.rpartition('@')[2]}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    _offer_to_end(message, parcel)
    message.set_content(plain(parcel))
    message.add_alternative(email_html.page(parcel, closing(office).to(tag)), subtype="html")
    message["Content-Language"] = tag  # last: setting the content drops every header that speaks of it
    return message


def _offer_to_end(message: EmailMessage, parcel: Parcel) -> None:
    """Let mail programs show a button of their own that ends such letters (RFC 2369, RFC 8058)."""
    for button, address in zip(parcel.letter.buttons, parcel.addresses, strict=True):
        if button.purpose is Purpose.STOP and address:
            message["List-Unsubscribe"] = f"<{address}>"
            if address.startswith("https://"):
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def closing(office: Office) -> Text:
    """Return the last sentence: for whom this was written, and whether one may reply."""
    return (BY_REPLY if is_address(office.email) else NO_REPLY)(region=office.region)


def plain(parcel: Parcel) -> str:
    """Return the text part: paragraphs, the quotation, each button as a label and its address."""
    letter, tag, office = parcel.letter, parcel.language, parcel.office
    parts = [office.region, *(words.to(tag) for words in letter.paragraphs)]
    if letter.quote.strip():
        parts.append("\n".join(f"> {line}".rstrip() for line in letter.quote.strip().splitlines()))
    parts += [
        f"{button.label.to(tag)}:\n{address}"
        for button, address in zip(letter.buttons, parcel.addresses, strict=True)
        if address
    ]
    lines = [closing(office).to(tag), *office_lines(office)]
    return "\n\n".join([*(part for part in parts if part.strip()), "-- \n" + "\n".join(lines)]) + "\n"


def office_lines(office: Office) -> list[str]:
    """Return how the office is reached, one way a line."""
    ways = [office.name, *office.address.splitlines(), office.phone, office.email]
    return [way.strip() for way in ways if way.strip()]


def _clear(words: str) -> str:
    return " ".join(words.split())
