"""A letter as an e-mail: subject, plain text and HTML, in the reader's language and direction."""

import re
from dataclasses import dataclass
from email.headerregistry import Address

from models import markup
from models.letters import Letter
from models.rendering import email_html, words
from models.rendering.office import Office
from translations import Text, _

BY_REPLY = _("This e-mail was written for {region}. You can simply reply to it.")
NO_REPLY = _("This e-mail was written for {region}.")
PICTURE = _("Picture: {words}")
_LONGEST_HEADER = 200
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Mail:
    """What stands in an e-mail, whoever it goes to."""

    subject: str
    plain: str
    html: str


def render(
    letter: Letter, tag: str, addresses: tuple[str, ...], office: Office, *, picture: str = "", width: int = 0
) -> Mail:
    """Return what a letter says as an e-mail; `picture` is its picture's address, `width` how wide it is."""
    subject = in_header(" ".join(words.heading(letter, tag).split()))
    end = closing(office).to(tag)
    return Mail(
        subject,
        plain(letter, tag, addresses, office),
        email_html.page(letter, tag, addresses, office, closing=end, picture=picture, width=width),
    )


preview = render  # a preview is what is sent


def in_header(text: str) -> str:
    """Return words fit for one header line: no line breaks, no invisible signs, not endless."""
    kept = "".join(char if char.isprintable() or char in _JOINERS else " " for char in text)
    kept = re.sub(r"[\u0020\u00a0]+", " ", re.sub(r"[\u2066-\u2069\u200e\u200f]", "", kept))
    return kept.strip()[:_LONGEST_HEADER]


def ascii_domain(address: str) -> str:
    """Return an address with its domain in ASCII."""
    local, _at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"


def is_address(text: str) -> bool:
    """Return whether words can stand as an address in a header."""
    try:
        return bool(Address(addr_spec=ascii_domain(text)).domain)
    except Exception:  # the parser raises whatever it stumbles over
        return False


def closing(office: Office) -> Text:
    """Return the last sentence: for whom this was written, and whether one may reply."""
    return (BY_REPLY if is_address(office.email) else NO_REPLY)(region=office.region)


def plain(letter: Letter, tag: str, addresses: tuple[str, ...], office: Office) -> str:
    """Return the text part: content, paragraphs, the quotation, each button as a label and its address."""
    parts = [office.region, *_content(letter, tag), *(one.to(tag) for one in letter.paragraphs)]
    if letter.quote.strip():
        parts.append("\n".join(f"> {line}".rstrip() for line in letter.quote.strip().splitlines()))
    pairs = zip(letter.buttons, addresses, strict=True)
    parts += [f"{button.label.to(tag)}:\n{address}" for button, address in pairs if address]
    lines = [closing(office).to(tag), *office.lines]
    return "\n\n".join([*(part for part in parts if part.strip()), "-- \n" + "\n".join(lines)]) + "\n"


def _content(letter: Letter, tag: str) -> list[str]:
    if letter.body is None:
        return []
    said = letter.body.spoken(tag)
    parts = [words.heading(letter, tag), words.only_in(said).to(tag) if said.is_fallback else ""]
    if letter.picture is not None and letter.picture.words:
        parts.append(PICTURE(words=letter.picture.words.to(tag)).to(tag))
    return [*parts, markup.plain(said.text)]
