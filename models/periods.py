"""How long what is kept: one list, read by the nightly job, the privacy page, the register and the desk.

An office sets other periods by setting, within bounds; what it does not name keeps the period written here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from sqlalchemy.orm import Session

from translations import Text, _, dates

_DAY = timedelta(days=1)
_ONE = re.compile(r"\s*([a-z-]+)\s*=\s*([0-9]{1,5})\s*d\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, said in the reader's language."""

    value: timedelta

    def to(self, tag: str) -> str:
        """Return it as in "14 days" or "2 years"."""
        return dates.span(self.value, tag)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things in one state: what it is, why it is kept so long, and what an office may set."""

    key: str
    name: Text
    why: Text
    default: timedelta
    least: timedelta
    most: timedelta

    @property
    def is_fixed(self) -> bool:
        """Whether no office can set it."""
        return self.least == self.most


_TO_GO_ON = _("So that people can go on later.")
_NOT_THEIRS = _("An address that nobody confirms may belong to somebody else.")
_TO_REACH = _("So that the office can reach people while they take part.")
_TO_ANSWER = _("So that the office can answer questions about them.")
_TO_PROVE = _("So that the office can show what it did.")
_TO_PREPARE = _("It is only needed to prepare the event.")
_TO_WORK_ON = _("So that the groups can work with it until the next programme.")
_TO_TRY_AGAIN = _("So that something that went wrong can be tried again.")
_AGAINST_GUESSING = _("So that accounts of the office are safe.")
_AGAINST_BOMBING = _("So that nobody's mailbox is filled through our forms.")
_FOR_BACKUPS = _("So that an old backup does not bring anybody back.")


def _kind(key: str, name: Text, why: Text, default: int, least: int, most: int) -> Kind:
    return Kind(key, name, why, default * _DAY, least * _DAY, most * _DAY)


def _fixed(key: str, name: Text, why: Text, span: timedelta) -> Kind:
    return Kind(key, name, why, span, span, span)


KINDS: Mapping[str, Kind] = {
    one.key: one
    for one in (
        _kind("drafts", _("Forms begun and not sent, since the last change"), _TO_GO_ON, 14, 2, 90),
        _kind("loose-files", _("Files of forms that were never sent"), _TO_GO_ON, 14, 2, 90),
        _kind("unconfirmed", _("Addresses that nobody confirms, with all that came from them"), _NOT_THEIRS,
              7, 2, 30),
        _kind("inactive", _("People who are in no group, since the last contact"), _TO_REACH, 730, 180, 1825),
        _kind("entries-accepted", _("Answers in forms, since they were accepted"), _TO_ANSWER, 730, 90, 3650),
        _kind("entries-declined", _("Answers in forms, since they were declined"), _TO_PROVE, 180, 30, 1095),
        _kind("entries-withdrawn", _("Answers in forms that were taken back or sent twice"), _TO_ANSWER,
              30, 7, 365),
        _kind("entries-unanswered", _("Answers in forms about which the office asked in vain"), _TO_ANSWER,
              365, 60, 1095),
        _kind("needs", _("What guests need, after the event"), _TO_PREPARE, 90, 1, 90),
        _kind("guests", _("Registrations, after the event"), _TO_PROVE, 730, 90, 1825),
        _kind("workshops", _("Notes and photos of workshops, after the event"), _TO_WORK_ON, 730, 90, 3650),
        _kind("feedback", _("Words of feedback, which never holds a name"), _TO_WORK_ON, 730, 90, 3650),
        _kind("votes-open", _("Who gave which sticky dot, since the vote began"), _TO_GO_ON, 60, 7, 180),
        _kind("votes", _("Words on the cards of a vote, after its end"), _TO_WORK_ON, 730, 90, 3650),
        _kind("letters", _("Words of messages that were sent"), _TO_TRY_AGAIN, 90, 14, 365),
        _kind("inbox", _("What was written in the chat, once it was dealt with"), _TO_TRY_AGAIN, 3, 2, 14),
        _kind("inbox-failed", _("What was written in the chat, where something went wrong"), _TO_TRY_AGAIN,
              30, 7, 90),
        _kind("links", _("One-time links, after they ended"), _TO_ANSWER, 30, 7, 180),
        _fixed("log-ins", _("Open pages and desks, at the latest"), _AGAINST_GUESSING, timedelta(hours=10)),
        _kind("browsers", _("Browsers of the office's accounts, since the last log-in"), _AGAINST_GUESSING,
              180, 30, 365),
        _fixed("failed-log-ins", _("Failed log-ins, counted without an address"), _AGAINST_GUESSING,
               timedelta(minutes=15)),
        _fixed("counted-letters", _("Letters to an address that somebody typed in, counted without it"),
               _AGAINST_BOMBING, _DAY),
        _kind("erasures", _("Who was erased, as a number without a name"), _FOR_BACKUPS, 1095, 365, 3650),
        _fixed("nights", _("How much was removed each night, in numbers"), _TO_PROVE, 365 * _DAY),
    )
}  # fmt: skip
CHAT_ONLY = frozenset({"inbox", "inbox-failed"})  # without Telegram there is nothing of the kind


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of an installation: those that its office has set, else those of the list."""

    chosen: Mapping[str, timedelta] = field(default_factory=dict)

    def __getitem__(self, key: str) -> timedelta:
        return self.chosen.get(key, KINDS[key].default)

    def said(self, key: str) -> Span:
        """Return a period in words."""
        return Span(self[key])


DEFAULT = Periods()


def read(setting: str) -> Periods:
    """Return the periods that a setting such as "drafts=7d,inactive=365d" names; ValueError says why not."""
    chosen: dict[str, timedelta] = {}
    for part in filter(str.strip, setting.split(",")):
        found = _ONE.fullmatch(part)
        if found is None:
            raise ValueError(f"{part.strip()!r} is not written as in drafts=14d")
        key, span = found[1], int(found[2]) * _DAY
        if key in chosen:
            raise ValueError(f"{key} is there twice")
        chosen[key] = _within(key, span)
    return Periods(chosen)


def _within(key: str, span: timedelta) -> timedelta:
    kind = KINDS.get(key)
    if kind is None:
        raise ValueError(f"there is no kind {key!r}; there are: {', '.join(settable())}")
    if kind.is_fixed:
        raise ValueError(f"{key} cannot be set")
    if not kind.least <= span <= kind.most:
        raise ValueError(f"{key} must be between {kind.least.days}d and {kind.most.days}d")
    return span


def settable() -> Iterable[str]:
    """Return the names of the periods that an office can set."""
    return [one.key for one in KINDS.values() if not one.is_fixed]


def of(session: Session) -> Periods:
    """Return the periods of the installation that this session belongs to."""
    return cast(Periods, session.info["periods"])
