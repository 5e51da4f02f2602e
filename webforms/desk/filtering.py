"""The queue's filters as they stand in an address."""

from typing import Any, TypeAlias

from flask import request

from models import reach
from models.forms import FORMS
from models.groups import Directory
from models.plain_text import plain
from models.queue import Cursor, Filters, Show
from translations import LANGUAGES
from webforms.desk import guard
from webforms.numbers import number

Query: TypeAlias = "dict[str, Any]"
_TAGS = {entry.tag for entry in LANGUAGES}


def wanted(directory: Directory) -> Filters:
    """Read the filters of this request; what nobody could have chosen counts as not chosen."""
    show, form, tag = (request.args.get(name, "") for name in ("show", "form", "language"))
    card = directory.find(request.args.get("group", ""))
    return Filters(
        show=Show(show) if show in set(Show) else Show.WAITING,
        form=form if form in FORMS else "",
        group_id=card.id if card else None,
        language=tag if tag in _TAGS else "",
        words=" ".join(plain(request.args.get("q", "")).split())[:100],
        oldest_first=request.args.get("order") == "oldest",
        groups=reach.groups_of(directory, guard.me()),
    )


def cursor() -> Cursor | None:
    """Read where the page goes on."""
    for name, onward in (("on", True), ("back", False)):
        found = number(request.args.get(name, ""))
        if found is not None:
            return Cursor(found, onward)
    return None


def query(filters: Filters, directory: Directory, place: Cursor | None = None) -> Query:
    """Return the filters as an address carries them; only what differs from the plain queue."""
    card = directory.by_id(filters.group_id) if filters.group_id is not None else None
    found: Query = {
        "show": filters.show.value if filters.show is not Show.WAITING else "",
        "form": filters.form,
        "group": card.number if card else "",
        "language": filters.language,
        "q": filters.words,
        "order": "oldest" if filters.oldest_first else "",
    }
    if place is not None:
        found["on" if place.onward else "back"] = place.id
    return {name: value for name, value in found.items() if value != ""}
