"""What an officer can do with an entry, by the name that the form's address ends in."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from models.forms import publishing, review
from models.staff import StaffMember
from webforms import numbers
from webforms.desk import reports

Fields = Mapping[str, str]
Act = Callable[[Session, StaffMember, int, int, Fields], None]
AFTERWARDS = ("reword", "hide", "show-again")  # those after which one stays with the entry
WITH_WORDINGS = ("accept", "reword", "take")  # those whose form holds the public wording
_SHOW = "show-"


def shown(fields: Fields) -> set[str]:
    """Return the names of the files that were ticked to be public."""
    return {name.removeprefix(_SHOW) for name in fields if name.startswith(_SHOW)}


def _accept(session: Session, me: StaffMember, number: int, version: int, fields: Fields) -> None:
    review.accept(
        session, me, number, version=version, words=fields.get("words", ""), public=reports.fields(fields),
        shown=shown(fields), guardian_agreed=fields.get("guardian") == "yes",
    )  # fmt: skip


def _reword(session: Session, me: StaffMember, number: int, version: int, fields: Fields) -> None:
    publishing.reword(
        session, me, number, version=version, public=reports.fields(fields), shown=shown(fields)
    )


def _hide(session: Session, me: StaffMember, number: int, version: int, fields: Fields) -> None:
    reason = fields.get("reason", "")
    publishing.hide(session, me, number, _report(fields), version=version, reason=reason)


def _report(fields: Fields) -> int:
    return numbers.number(fields.get("report", "")) or 0


ACTS: dict[str, Act] = {
    "ask": lambda s, me, n, v, f: review.ask_back(s, me, n, version=v, question=f.get("question", "")),
    "accept": _accept,
    "decline": lambda s, me, n, v, f: review.reject(s, me, n, version=v, reason=f.get("reason", "")),
    "hand-over": lambda s, me, n, v, _f: review.hand_over(s, me, n, version=v),
    "reword": _reword,
    "hide": _hide,
    "show-again": lambda s, me, n, v, f: publishing.show_again(s, me, n, _report(f), version=v),
}
NAMES = ", ".join(f"'{name}'" for name in ACTS)  # as an address's pattern lists them
