"""What has changed: a page by months, and the same as an Atom feed, of one group or of all."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from feedgen.entry import FeedEntry
from flask import Response, request
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import groups, regions, timeline
from models.groups import Directory, GroupCard
from models.plain_text import plain
from models.timeline import Entry
from translations import _, dates, language
from webforms import feeds, pages
from webforms.site import site, tag

blueprint = pages.blueprint("timeline")
_CHANGES = _("What has changed")


def _below() -> int | None:
    raw = request.args.get("below", "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else None


def _months(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return entries under the words for their months, in the region's zone."""
    zone = ZoneInfo(site().settings.zone)

    def month(entry: Entry) -> tuple[int, int]:
        local = entry.at.astimezone(zone)
        return local.year, local.month

    return [
        (dates.month(some[0].at.astimezone(zone).date(), tag()), some)
        for some in (list(one) for _month, one in groupby(entries, month))
    ]


@blueprint.get("/groups/<number>/timeline")
def of_group(number: str) -> Response:
    """Show what has changed in a group."""
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        page = timeline.page(session, card.id, below=_below())
    return pages.show(
        "timeline.html",
        card=card,
        months=_months(page.entries),
        onward=page.onward,
        is_first=_below() is None,
    )


@blueprint.get("/goals/timeline")
def of_all() -> Response:
    """Show what has changed in all groups."""
    with site().db.reading() as session:
        directory = groups.directory(session)
        page = timeline.page(session, below=_below())
    return pages.show(
        "timeline.html", card=None, directory=directory, months=_months(page.entries), onward=page.onward,
        is_first=_below() is None,
    )  # fmt: skip


@blueprint.get("/groups/<number>/changes.atom")
def feed_of_group(number: str) -> AnyResponse:
    """Hand out what has changed in a group as an Atom feed."""
    with site().db.reading() as session:
        return _feed(session, groups.directory(session).get(number))


@blueprint.get("/goals.atom")
def feed_of_all() -> AnyResponse:
    """Hand out what has changed in all groups as an Atom feed."""
    with site().db.reading() as session:
        return _feed(session, None)


def _feed(session: Session, card: GroupCard | None) -> AnyResponse:
    directory, region = groups.directory(session), regions.the_region(session)
    entries = timeline.page(session, card.id if card else None).entries
    place = f"/{tag()}/groups/{card.number}" if card else f"/{tag()}/goals"
    updated = entries[0].at if entries else groups.newest(session)
    feed = feeds.begin(
        region, f"{card.to(tag()) if card else region.name} – {_CHANGES.to(tag())}", identity=place,
        page=f"{place}/timeline", updated=updated,
    )  # fmt: skip
    for one in entries:
        feed.add_entry(_entry(one, directory, is_alone=card is not None), order="append")
    return feeds.answer(feed, updated)


def _entry(one: Entry, directory: Directory, *, is_alone: bool) -> FeedEntry:
    card = directory.by_id(one.group_id)
    number = card.number if card else ""
    said = [text.to(tag()) for text in one.texts()]
    address = site().settings.address(f"/{tag()}/groups/{number}/timeline?below={one.id + 1}#c{one.id}")
    made = FeedEntry()
    made.id(address)
    made.title(
        plain(feeds.shortened(said[0] if is_alone else f"{card.to(tag()) if card else ''}: {said[0]}"))
    )
    made.updated(one.at)
    made.link(href=address, rel="alternate", type="text/html")
    made.content(_html(said), type="html")
    return made


def _html(said: Sequence[str]) -> str:
    direction = language(tag()).direction
    return "".join(Markup('<p dir="{}">{}</p>').format(direction, plain(words)) for words in said)
