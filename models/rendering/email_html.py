"""The HTML part of an e-mail: one quiet column that every mail program shows, with no picture from afar.

All styling stands in the tags: many programs drop style sheets. Sizes fit a phone; the one accent is the
region's, with the lettering on it black or white, whichever is easier to read.
"""

import re
from html import escape
from urllib.parse import urlsplit

from models import markup
from models.letters import Letter
from models.rendering import words
from models.rendering.office import Office
from translations import SOURCE, Localised, Spoken, Text, _, language

IF_NOT = _("If the button does not work, open this address:")
DEFAULT_ACCENT = "#0b5d66"
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',Arial,sans-serif"
INK, QUIET, PAPER, GROUND = "#1d1d1b", "#555049", "#ffffff", "#f5f2ec"


def page(
    letter: Letter,
    tag: str,
    addresses: tuple[str, ...],
    office: Office,
    *,
    closing: str,
    picture: str = "",
    width: int = 0,
) -> str:
    """Return the whole HTML document of a letter; `picture` is the address of its picture."""
    spoken = language(tag)
    start = "right" if spoken.is_rtl else "left"
    accent = office.accent if re.fullmatch(r"#[0-9a-fA-F]{6}", office.accent) else DEFAULT_ACCENT
    heading = escape(words.heading(letter, tag))
    body = [
        f'<p style="margin:0 0 24px;padding:0 0 12px;border-bottom:4px solid {accent};font-size:16px;'
        f'font-weight:bold"><span{_ours(tag)}>{escape(office.region)}</span></p>',
        f'<h1{_heading_marks(letter, tag)} style="margin:0 0 18px;font-size:24px;line-height:1.3;'
        f'text-align:{start}">{heading}</h1>',
        *_content(letter, tag, accent, picture, width),
        *(_paragraph(one, tag) for one in letter.paragraphs),
    ]
    if letter.quote.strip():
        body.append(_quote(letter.quote.strip(), accent, start))
    pairs = zip(letter.buttons, addresses, strict=True)
    shown = [(button, address) for button, address in pairs if address]
    body += [
        _button(one.label.to(tag), address, accent, tag) for one, address in shown if not one.is_about_letters
    ]
    body += [_small(one.label.to(tag), address) for one, address in shown if one.is_about_letters]
    body.append(_foot(office, closing, tag))
    return (
        f'<!doctype html>\n<html lang="{spoken.tag}" dir="{spoken.direction}">\n'
        '<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light">\n'
        f"<title>{heading}</title>\n</head>\n"
        f'<body style="margin:0;padding:0;background:{GROUND}">\n'
        f'<div role="main" lang="{spoken.tag}" dir="{spoken.direction}" style="max-width:560px;margin:0 auto;'
        f"padding:28px 20px;background:{PAPER};color:{INK};{FONT};font-size:18px;line-height:1.55;"
        f'text-align:{start}">\n' + "\n".join(body) + "\n</div>\n</body>\n</html>\n"
    )


def _content(letter: Letter, tag: str, accent: str, picture: str, width: int) -> list[str]:
    """Return what people wrote at length, its picture above it, marked where it is in another language."""
    made: list[str] = []
    if picture and letter.picture is not None:
        shown = escape(letter.picture.words.to(tag))
        wide = f' width="{width}"' if width else ""
        made.append(
            f'<p style="margin:0 0 18px"><img src="{escape(picture)}" alt="{shown}"{wide} '
            'style="display:block;max-width:100%;height:auto;border:0;border-radius:10px"></p>'
        )
    if letter.body is None:
        return made
    said = letter.body.spoken(tag)
    if said.is_fallback:
        note = escape(words.only_in(said).to(tag))
        made.append(f'<p style="margin:0 0 18px;font-size:15px;color:{QUIET}">{note}</p>')
    made.append(f"<div{_marks(said, tag)}>\n{markup.mail(said.text, _styles(said, accent))}</div>")
    return made


def _side(said: Spoken) -> str:
    return "right" if said.direction == "rtl" else "left"


def _marks(said: Spoken, tag: str) -> str:
    return f' lang="{escape(said.tag)}" dir="{said.direction}"' if said.tag != tag else ""


def _styles(said: Spoken, accent: str) -> dict[str, str]:
    """Return a style for each tag of the content; every block is aligned to its own language's side."""
    side = _side(said)
    return {
        "p": f"margin:0 0 18px;text-align:{side}",
        "h2": f"margin:26px 0 12px;font-size:20px;line-height:1.3;text-align:{side}",
        "ul": f"margin:0 0 18px;padding:0 24px;text-align:{side}",
        "ol": f"margin:0 0 18px;padding:0 24px;text-align:{side}",
        "li": "margin:0 0 6px",
        "blockquote": f"margin:0 0 18px;padding:10px 16px 1px;background:{GROUND};"
        f"border-{side}:4px solid {accent}",
        "a": f"color:{INK};text-decoration:underline",
    }


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _paragraph(paragraph: Text | Localised, tag: str) -> str:
    """Return a paragraph; one that is not in the reader's language says in which it is."""
    marks, style = "", "margin:0 0 18px"
    if isinstance(paragraph, Localised):
        said = paragraph.spoken(tag)
        text = said.text
        marks = _marks(said, tag)
        style += f";text-align:{_side(said)}" if marks else ""
    else:
        text = paragraph.to(tag)
    return f'<p{marks} style="{style}">{_lines(text)}</p>' if text.strip() else ""


def _quote(text: str, accent: str, start: str) -> str:
    return (
        f'<blockquote dir="auto" style="margin:0 0 18px;padding:10px 16px;background:{GROUND};'
        f'border-{start}:4px solid {accent}">{_lines(text)}</blockquote>'
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


def _small(label: str, address: str) -> str:
    """Return a link that must be there and must not shout."""
    target = escape(address, quote=True)
    return (
        f'<p style="margin:18px 0 0;font-size:15px"><a href="{target}" style="color:{QUIET}">'
        f"{escape(label)}</a></p>"
    )


def _shown(address: str) -> str:
    """Return an address as words, never with a script in place of an address."""
    return escape(address) if urlsplit(address).scheme in ("http", "https") else ""


def _ours(tag: str) -> str:
    """Return the marks of the office's own names, which stand in the region's language everywhere."""
    return f' lang="{SOURCE}" dir="auto"' if tag != SOURCE else ""


def _heading_marks(letter: Letter, tag: str) -> str:
    """Return the marks of a heading that exists in another language only; a correction says so in ours."""
    subject = letter.subject
    if letter.is_correction or not isinstance(subject, Localised):
        return ' dir="auto"'
    return _marks(subject.spoken(tag), tag) or ' dir="auto"'


def _foot(office: Office, closing: str, tag: str) -> str:
    lines = [f"<span{_ours(tag)}>{escape(line)}</span>" for line in office.lines]
    said = "<br>\n".join([f'<span dir="auto">{escape(closing)}</span>', *lines])
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
