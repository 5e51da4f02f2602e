"""Letters and signs: which belong into words of a language, and which only look as if they did."""

import re
import unicodedata

from translations.languages import language

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
_NOT_LATIN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0600-\u06ff]")
# Letters that look like others of the language, and digits and forms that are not used on the papers here.
_FOREIGN = {
    "ar": re.compile("[ی-ێکگچپژە٠-٩۰-۹ـ\ufb50-\ufdfb\ufe70-\ufefe]|[,;?](?=\\s|$)"),
    "fa": re.compile("[يىكـ٠-٩۰-۹\ufb50-\ufdfb\ufe70-\ufefe]|[,;?](?=\\s|$)"),
    "uk": re.compile("[ыэъё]"),
    "ru": re.compile("[іїєґ]"),
    "ro": re.compile(
        f"[şţŞŢ]|{_NOT_LATIN.pattern}"
    ),  # with cedilla, as Turkish writes them; Romanian has a comma
    "ku": re.compile(f"[ıİğĞ]|{_NOT_LATIN.pattern}"),  # Turkish
    "tr": re.compile(f"[șțȘȚ]|{_NOT_LATIN.pattern}"),
}
_ALL_QUOTES = frozenset("\"'`´„“”‟«»‹›‚‘‛")
_APOSTROPHE = "’"
_ZERO_WIDTH_NON_JOINER = "\u200c"
_CLOSING = {"?": "?؟", ":": ":", "…": "…"}
_SENTENCE_END = ".!?؟…:"
# French sets a no-break space inside its quotes and before signs of two parts.
_FRENCH_SPACES = re.compile(r"«(?!\u00a0)|(?<!\u00a0)»|(?<![\u00a0?!])[?!;](?=\s|$)|(?<!\u00a0):(?=\s|$)")
_FIGURE = re.compile(r"\d+")
# How nobody is addressed: German says "Sie", Ukrainian and Russian set a capital, Polish says "Państwo".
# Arabic and Persian name on a button what it does ("sending"), or ask several, never one ("send!").
_FAMILIAR = {
    "de": re.compile(r"\b(?:du|dir|dich|dein\w*)\b", re.IGNORECASE),
    "de-simple": re.compile(r"\b(?:du|dir|dich|dein\w*)\b", re.IGNORECASE),
    "uk": re.compile(r"\b(?:ви|вас|вам|вами|ваш\w*|ти|тебе|тобі|твій|твоя)\b"),
    "ar": re.compile(
        r"(?<!\w)(?:أنت|إليك|لديك|يمكنك|اختر|اكتب|اضغط|أرسله?|افتح|احفظ|انظر|اقرأ|اتركه?|ابدأ|اسحبه?)(?!\w)"
    ),
    "ru": re.compile(r"\b(?:вы|вас|вам|вами|ваш\w*|ты|тебя|тебе|твой|твоя)\b"),
    "tr": re.compile(r"\b(?:sen|sana|seni|senin)\b", re.IGNORECASE),
    "pl": re.compile(r"\b(?:Pani/Pan\w*|Pan/Pani\w*|ciebie|twój|twoja|twoje)\b", re.IGNORECASE),
    "ro": re.compile(r"\b(?:tu|tău|ție|tine|tale)\b", re.IGNORECASE),
    "fa": re.compile(r"(?<!\w)(?:تو|ببین|بفرست|برگردان|بنویس|کن)(?!\w)"),
    "fr": re.compile(r"\b(?:tu|toi|tes|ton)\b", re.IGNORECASE),
}


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
    opening, closing = tuple(language(tag).quotes)
    used = [one for one in re.sub(r"(?<=\w)’(?=\w)", "", words) if one in _ALL_QUOTES | {_APOSTROPHE}]
    paired = [closing if position % 2 else opening for position in range(len(used))]
    return "".join(used) if used != paired or len(used) % 2 else ""


def other_ends(msgid: str, words: str) -> str:
    """Return what differs at the ends: spaces, line breaks, a question mark, a colon, an ellipsis."""
    if words != words.strip() or "  " in words or msgid.count("\n") != words.count("\n"):
        return "spaces or line breaks"
    closing = _CLOSING.get(msgid[-1])
    if msgid[-1] == "." and words[-1] not in _SENTENCE_END:
        return "no end of the sentence"
    if words[-1] == "." and msgid[-1].isalnum():
        return "a full stop"
    return "" if closing is None or words[-1] in closing else f"no {msgid[-1]}"


def wrong_spaces(words: str, tag: str) -> str:
    """Return the signs that French words set without their no-break space."""
    return " ".join(found[0] for found in _FRENCH_SPACES.finditer(words)) if tag == "fr" else ""


def lost_figures(msgid: str, words: str) -> str:
    """Return figures of a message that its translation lacks, though it has others."""
    said = [number.lstrip("0") for number in _FIGURE.findall(words)]
    # In Arabic a number of two parts is written as one: the parts would change places.
    wanted = [number.lstrip("0") for number in _FIGURE.findall(msgid)]
    lost = [number for number in wanted if number not in said]
    return "" if not said or "".join(wanted) == "".join(said) else " ".join(lost)


def familiar(words: str, tag: str) -> str:
    """Return words that address people as one addresses a friend or a child."""
    pattern = _FAMILIAR.get(tag)
    return " ".join(found[0] for found in pattern.finditer(words)) if pattern else ""
