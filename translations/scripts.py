"""Letters and signs: which belong into words of a language, and which only look as if they did."""

import re
import unicodedata

_LATIN_ENOUGH = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+"  # addresses
    r"|(?<!\w)/[a-z]+\b"  # commands of the chat
    r"|#[0-9a-f]{6}\b|\b\w+\.json\b"  # colours, files
    r"|\b(?:CSV|XLSX|xlsx|UTF-8|Windows-1252|WCAG|AA|JavaScript|QR|PDF|TOTP)\b"
    r"|\b(?:JPEG|PNG|HEIC|MP3|M4A|ZIP|docx|odt|ods|ics|Atom|Word|Excel|LibreOffice|fonts-noto-core)\b"
    r"|\bMITWIRKEN_[A-Z_]+\b"
    r"|\b(?:Schule|de|en|Telegram)\b"  # what is typed or shown as it stands
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
_ARABIC_SCRIPT, _CYRILLIC_SCRIPT = frozenset({"ar", "fa"}), frozenset({"uk", "ru"})
# Letters that look like others of the language, and digits and forms that are not used on the papers here.
_FOREIGN = {
    "ar": re.compile("[ی-ێکگچپژە٠-٩۰-۹ـ\ufb50-\ufdfb\ufe70-\ufefe]|[,;?](?=\\s|$)"),
    "fa": re.compile("[يىكـ٠-٩\ufb50-\ufdfb\ufe70-\ufefe]|[,;?](?=\\s|$)"),
    "uk": re.compile("[ыэъё]"),
    "ru": re.compile("[іїєґ]"),
}
_NOT_LATIN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0600-\u06ff]")
_QUOTES = {
    "de": "„“", "de-simple": "„“", "en": "“”", "uk": "«»", "ar": "«»", "ru": "«»", "tr": "“”", "pl": "„”",
    "ro": "„”", "fa": "«»", "ku": "“”", "fr": "«»",
}  # fmt: skip
_ALL_QUOTES = frozenset("\"'`´„“”‟«»‹›‚‘‛")
_APOSTROPHE = "’"
_ZERO_WIDTH_NON_JOINER = "\u200c"
_CLOSING = {"?": "?؟", ":": ":", "…": "…"}


def latin(words: str, tag: str) -> str:
    """Return Latin letters in words of another script, but for names, addresses and what is typed."""
    if tag not in _ARABIC_SCRIPT | _CYRILLIC_SCRIPT:
        return ""
    return " ".join(_LATIN.findall(_LATIN_ENOUGH.sub("", words)))


def foreign(words: str, tag: str) -> str:
    """Return letters, digits and punctuation that look right but belong to another language."""
    pattern = _FOREIGN.get(tag, _NOT_LATIN)
    return " ".join(match[0] for match in pattern.finditer(_LATIN_ENOUGH.sub("", words)))


def invisible(words: str, tag: str) -> str:
    """Return the names of control and zero-width characters; isolates are put in when words are said."""
    allowed = {"\n"} | ({_ZERO_WIDTH_NON_JOINER} if tag == "fa" else set())
    hidden = (one for one in words if unicodedata.category(one) in {"Cc", "Cf", "Co", "Zl", "Zp"})
    return ", ".join(unicodedata.name(one, hex(ord(one))) for one in hidden if one not in allowed)


def wrong_quotes(words: str, tag: str) -> str:
    """Return quotation marks that are not those of the language, or that do not open and close in turn."""
    opening, closing = tuple(_QUOTES[tag])
    used = [one for one in re.sub(r"(?<=\w)['’](?=\w)", "", words) if one in _ALL_QUOTES | {_APOSTROPHE}]
    paired = [closing if position % 2 else opening for position in range(len(used))]
    return "".join(used) if used != paired or len(used) % 2 else ""


def other_ends(msgid: str, words: str) -> str:
    """Return what differs at the ends: spaces, line breaks, a question mark, a colon, an ellipsis."""
    if words != words.strip() or "  " in words or msgid.count("\n") != words.count("\n"):
        return "spaces or line breaks"
    closing = _CLOSING.get(msgid[-1])
    return "" if closing is None or words[-1] in closing else f"no {msgid[-1]}"
