"""Reading the fields of the event editor: days, times, figures, words by language, rows of a table."""

from datetime import date

from werkzeug.datastructures import MultiDict

from models.errors import InvalidAnswer
from models.event_editing import Facts, Item, WorkshopFacts
from models.events import EventKind
from models.forms import clean
from models.forms.meeting_questions import time_in
from models.groups import Directory
from translations import LANGUAGES, _
from webforms import numbers

Form = MultiDict[str, str]
_TAGS = tuple(entry.tag for entry in LANGUAGES)
MOST_PLACES = 100_000


def _line(raw: str, longest: int = 200) -> str:
    return clean.text(raw, longest=longest)


def day(raw: str) -> date | None:
    """Return a day as browsers send it; InvalidAnswer for other words."""
    try:
        return date.fromisoformat(raw.strip()) if raw.strip() else None
    except ValueError as error:
        raise InvalidAnswer(_("Please write the day as in 2027-09-14.")) from error


def time_of(raw: str) -> str:
    """Return a time of day as HH:MM, "" for none."""
    found = time_in(raw) if raw.strip() else ""
    if found is None:
        raise InvalidAnswer(_("Which time is that? Please write it as in 18:30."))
    return found


def figure(raw: str) -> int | None:
    """Return a number of places; None where there is no limit."""
    if not raw.strip():
        return None
    found = numbers.number(raw.strip())
    if found is None or found > MOST_PLACES:
        raise InvalidAnswer(_("Please write a number, for example 12."))
    return found


def _words(form: Form, part: str, longest: int, *, lines: bool = False) -> dict[str, str]:
    return {
        tag: clean.text(form[f"{part}-{tag}"], longest=longest, lines=lines)
        for tag in _TAGS
        if f"{part}-{tag}" in form
    }


def _tongues(raw: list[str]) -> tuple[str, ...]:
    return tuple(tag for tag in _TAGS if tag in raw)


def facts(form: Form) -> Facts:
    """Return what the form says of an event."""
    kind = form.get("kind", "")
    return Facts(
        title=_line(form.get("title", "")),
        kind=EventKind(kind) if kind in set(EventKind) else EventKind.CONFERENCE,
        held_on=day(form.get("held_on", "")), starts=time_of(form.get("starts", "")),
        ends=time_of(form.get("ends", "")), place=_line(form.get("place", ""), 300),
        heading=_words(form, "heading", 200), about=_words(form, "about", 5000, lines=True),
        access=_words(form, "access", 2000, lines=True), languages=_tongues(form.getlist("language")),
        interpreters=_tongues(form.getlist("interpreter")), capacity=figure(form.get("capacity", "")),
        register_until=day(form.get("register_until", "")),
    )  # fmt: skip


def items(form: Form) -> list[Item]:
    """Return the rows of the plan of the day; a row without words is left out."""
    columns = [form.getlist(f"item-{name}") for name in ("id", "starts", "ends", "what", "phase")]
    return [
        Item(
            time_of(starts), time_of(ends), clean.text(what, longest=1000), numbers.number(phase) or None,
            numbers.number(number),
        )
        for number, starts, ends, what, phase in zip(*columns, strict=False)
        if what.strip()
    ]  # fmt: skip


def workshops(form: Form, directory: Directory) -> list[WorkshopFacts]:
    """Return the rows of the workshops; one with neither title nor group is left out."""
    columns = [
        form.getlist(f"ws-{name}")
        for name in ("id", "title", "phase", "group", "room", "moderator", "account", "places")
    ]
    found = []
    for number, title, phase, group, room, moderator, account, places in zip(*columns, strict=False):
        card = directory.find(group) if group else None
        if not title.strip() and card is None:
            continue
        found.append(
            WorkshopFacts(
                _line(title, 300), numbers.number(phase) or 1, card.id if card else None, _line(room, 120),
                _line(moderator, 120), numbers.number(account),
                _tongues(form.getlist(f"ws-language-{number}")), figure(places),
                numbers.number(number),
            )
        )  # fmt: skip
    return found
