"""The one way in: a file as it came goes in, a file of ours comes out, or a refusal in words."""

import re
import unicodedata

from models.cleaned import MEGABYTE, MOST_BYTES, AttachmentKind, Cleaned, Problem, Refused
from models.cleaning import apart, pictures, sound
from models.cleaning.kinds import Format, format_of

MOST_TEXT = MEGABYTE
_PICTURES = (Format.JPEG, Format.PNG, Format.WEBP)


def clean(
    data: bytes, *, name: str = "", kind_hint: AttachmentKind | None = None, most: int = MOST_BYTES
) -> Cleaned:
    """Return a file made anew from `data`, at most `most` bytes; Refused in words for what we do not take.

    What it is, is decided by its content alone. `name` and `kind_hint` only choose between words.
    """
    if not data:
        raise Refused(Problem.EMPTY)
    if len(data) > most:
        raise Refused(Problem.TOO_LARGE)
    try:
        cleaned = _made_anew(data, format_of(data))
    except Refused as refusal:
        raise _fitting(refusal, name, kind_hint) from refusal
    if len(cleaned.data) > MOST_BYTES:
        raise Refused(Problem.TOO_LARGE)
    return cleaned


def _made_anew(data: bytes, kind: Format) -> Cleaned:
    if kind in _PICTURES:
        return pictures.clean_picture(data, kind)
    if kind in (Format.PDF, Format.OFFICE):
        return apart.clean_document(data, kind)
    if kind is Format.TEXT:
        return _text(data)
    return sound.clean_sound(data, kind)


def _fitting(refusal: Refused, name: str, kind_hint: AttachmentKind | None) -> Refused:
    """Choose kinder words where the sender has told what it should have been."""
    if refusal.problem is not Problem.UNKNOWN:
        return refusal
    if re.search(r"\.svgz?$", name, re.IGNORECASE):
        return Refused(Problem.OTHER_PICTURE)
    if kind_hint is AttachmentKind.VOICE:
        return Refused(Problem.OTHER_SOUND)
    return refusal


def _text(data: bytes) -> Cleaned:
    """Return plain words as UTF-8 with our line ends."""
    if len(data) > MOST_TEXT:
        raise Refused(Problem.TOO_LARGE)
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        words = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(Problem.UNKNOWN) from error
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign not in "\n\t" for sign in words):
        raise Refused(Problem.UNKNOWN)
    return Cleaned(AttachmentKind.DOCUMENT, "text/plain", words.encode())
