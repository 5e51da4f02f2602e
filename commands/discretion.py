"""What a log must not tell: who somebody is, how they are reached, and what opens a door.

Names cannot be known by their looks. So nothing logs them (a rule of `tests/rules.py`), and of an error
from who knows where only the kind and the place are told, not its words: they may be what somebody wrote.
"""

import re
import traceback
from collections.abc import Callable, Iterator

_LONG = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{20,}(?![\w-])")
_PART = r"[^\s<>\"'`@,;:()\[\]{}=|]"  # a letter of an address
_HEX = re.compile(r"[0-9a-f]{24,}")
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\d{6,}:[A-Za-z0-9_-]{16,}"), "[token]"),
    (re.compile(rf"{_PART}{{1,80}}@{_PART}{{1,200}}\.{_PART}{{2,40}}"), "[address]"),
    # What follows in an address of ours is a one-time link or the like, whatever it looks like.
    (
        re.compile(
            r"(?<=/)(me|confirm|answer|thanks|lead|stop|stop/meetings|status-round|calendar|files|uploads)"
            r"/[A-Za-z0-9_.-]{12,}"
        ),
        r"\1/[link]",
    ),
    (re.compile(r"(start(?:=|\s))[A-Za-z0-9_-]{6,}"), r"\1[link]"),
    (re.compile(r"(?<![\w.:/-])(?:\+|00?)[1-9][\d /()-]{5,}\d(?![\w.])"), "[phone]"),
    # Numbers of chats. Those of updates and of references are how a fault is found again.
    (re.compile(r"(?<![Uu]pdate )(?<!reference )(?<![\w.:#-])-?\d{7,}(?![\w.:-]*\w)"), "[number]"),
)  # fmt: skip
_TELLING = (TypeError, AttributeError, NameError, ImportError)  # their words are the program's own
_MASKED = ("sqlalchemy", "sqlite3", "psycopg", "telegram")  # theirs too, but for what stands in quotes
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|«[^»]*»")


def _is_random(word: str) -> bool:
    """Return whether a long word looks drawn by chance; names of classes and functions do not."""
    upper, lower = sum(map(str.isupper, word)), sum(map(str.islower, word))
    has_digit = any(map(str.isdigit, word))
    if _HEX.fullmatch(word):
        return has_digit
    return bool(upper and lower) and (has_digit or upper > 0.3 * (upper + lower))


def _hide_random(found: re.Match[str]) -> str:
    return "[link]" if _is_random(found[0]) else found[0]


def redacted(text: str) -> str:
    """Return the text without tokens, links, addresses, phone numbers and numbers of chats."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return _LONG.sub(_hide_random, text)


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def said(error: BaseException) -> str:
    """Return an error's kind, with as much of its words as certainly is not somebody's."""
    first = (str(error).strip().splitlines() or [""])[0]
    if isinstance(error, OSError):
        words = error.strerror or ""
    elif isinstance(error, _TELLING):
        words = first
    elif type(error).__module__.partition(".")[0] in _MASKED:
        words = _QUOTED.sub("…", first)
    else:
        words = ""
    return f"{_kind(error)}: {words}" if words else f"{_kind(error)} (words withheld)"


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """Return an error after those that it came from, each with how the next one came."""
    seen: set[int] = set()
    found: list[tuple[BaseException, str]] = []
    link, present = "", error
    while id(present) not in seen:
        seen.add(id(present))
        found.append((present, link))
        if present.__cause__ is not None:
            link, present = "which was the cause of:", present.__cause__
        elif present.__context__ is not None and not present.__suppress_context__:
            link, present = "while this was dealt with:", present.__context__
    yield from reversed(found)


def story(error: BaseException, clean: Callable[[str], str] = redacted) -> str:
    """Return where an error came from, line by line, as a traceback that tells of nobody."""
    lines: list[str] = []
    for one, link in _chain(error):
        if one.__traceback__ is not None:
            lines.append("Traceback (most recent call last):")
            lines += [part.rstrip() for part in traceback.format_tb(one.__traceback__)]
        lines.append(clean(said(one)))
        if isinstance(one, BaseExceptionGroup):
            lines += [story(each, clean) for each in one.exceptions]
        if link:
            lines += ["", link, ""]
    return "\n".join(lines)
