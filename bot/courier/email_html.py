"""The HTML part of an e-mail: one quiet column that every mail program shows, without pictures.

All styling stands in the tags: many programs drop style sheets. Sizes fit a phone; the one accent is the
region's, with the lettering on it black or white, whichever is easier to read.
"""

import re
from html import escape
from urllib.parse import urlsplit

from bot.courier.parcel import Parcel
from translations import Localised, Text, _, language

IF_NOT = _("If the button does not work, open this address:")
DEFAULT_ACCENT = "#0b5d66"
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',Arial,sans-serif"
INK, QUIET, PAPER, GROUND = "#1d1d1b", "#555049", "#ffffff", "#f5f2ec"


def page(parcel: Parcel, closing: str) -> str:
    """Return the whole HTML document of a letter."""
    letter, tag, office = parcel.letter, parcel.language, parcel.office
    spoken = language(tag)
    start = "right" if spoken.is_rtl else "left"
    accent = office.accent if re.fullmatch(r"#[0-9a-fA-F]{6}", office.accent) else DEFAULT_ACCENT
    body = [
        f'<p style="margin:0 0 24px;padding:0 0 12px;border-bottom:4px solid {accent};font-size:16px;'
        f'font-weight:bold">{escape(office.region)}</p>',
        f'<h1 style="margin:0 0 18px;font-size:24px;line-height:1.3">{escape(letter.subject.to(tag))}</h1>',
        *(_paragraph(words, tag) for words in letter.paragraphs),
    ]
    if letter.quote.strip():
        body.append(_quote(letter.quote.strip(), accent, start))
    pairs = zip(letter.buttons, parcel.addresses, strict=True)
    body += [_button(button.label.to(tag), address, accent, tag) for button, address in pairs if address]
    body.append(_foot(parcel, closing))
    return (
        f'<!doctype html>\n<html lang="{spoken.tag}" dir="{spoken.direction}">\n'
        '<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light">\n'
        f"<title>{escape(letter.subject.to(tag))}</title>\n</head>\n"
        f'<body style="margin:0;padding:0;background:{GROUND}">\n'
        f'<div role="main" lang="{spoken.tag}" dir="{spoken.direction}" style="max-width:560px;margin:0 auto;'
        f"padding:28px 20px;background:{PAPER};color:{INK};{FONT};font-size:18px;line-height:1.55;"
        f'text-align:{start}">\n' + "\n".join(body) + "\n</div>\n</body>\n</html>\n"
    )


def _lines(words: str) -> str:
    return escape(words).replace("\n", "<br>\n")


def _paragraph(words: Text | Localised, tag: str) -> str:
    """Return a paragraph; one that is not in the reader's language says in which it is."""
    marks, style = "", "margin:0 0 18px"
    if isinstance(words, Localised):
        said = words.spoken(tag)
        text = said.text
        if said.tag != tag:
            marks = f' lang="{escape(said.tag)}" dir="{said.direction}"'
            style += f";text-align:{'right' if said.direction == 'rtl' else 'left'}"
    else:
        text = words.to(tag)
    return f'<p{marks} style="{style}">{_lines(text)}</p>' if text.strip() else ""


def _quote(words: str, accent: str, start: str) -> str:
    return (
        f'<blockquote dir="auto" style="margin:0 0 18px;padding:10px 16px;background:{GROUND};'
        f'border-{start}:4px solid {accent}">{_lines(words)}</blockquote>'
    )


def _button(label: str, address: str, accent: str, tag: str) -> str:
    target = escape(address, quote=True)
    return (
        f'<p style="margin:26px 0 8px"><a href="{target}" style="display:inline-block;background:{accent};'
        f"color:{_lettering(accent)};padding:14px 24px;border-radius:10px;font-weight:bold;"
        f'text-decoration:none">{escape(label)}</a></p>\n'
        f'<p style="margin:0 0 18px;font-size:15px;color:{QUIET}">{escape(IF_NOT.to(tag))}<br>\n'
        f'<a href="{target}" dir="ltr" style="color:{QUIET};word-break:break-all">{_shown(address)}</a></p>'
    )


def _shown(address: str) -> str:
    """Return an address as words, never with a script in place of an address."""
    return escape(address) if urlsplit(address).scheme in ("http", "https") else ""


def _foot(parcel: Parcel, closing: str) -> str:
    office = parcel.office
    ways = [office.name, *office.address.splitlines(), office.phone, office.email]
    lines = [closing, *(way.strip() for way in ways if way.strip())]
    said = "<br>\n".join(f'<span dir="auto">{escape(line)}</span>' for line in lines)
    return (
        f'<p style="margin:32px 0 0;padding:14px 0 0;border-top:1px solid #d9d3c7;font-size:15px;'
        f'color:{QUIET}">{said}</p>'
    )


def _lettering(accent: str) -> str:
    """Return white or black, whichever stands out more (WCAG relative luminance)."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(accent[at : at + 2]) for at in (1, 3, 5))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"
