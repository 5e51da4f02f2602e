"""News: what office and groups have told everybody, as pages and as Atom feeds."""

from feedgen.entry import FeedEntry
from flask import Response, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import goals, groups, markup, news, regions, updates_letters
from models.groups import GroupCard
from models.news import News
from models.plain_text import plain
from models.programmes import Programme
from models.rendering import page as rendering
from translations import LANGUAGES, _
from webforms import feeds, pages
from webforms.site import site, tag

blueprint = pages.blueprint("news")
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
FEED_SIZE = 20
_NEWS = _("News")


def _below() -> int | None:
    raw = request.args.get("below", "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else None


@blueprint.get("/news")
def of_all() -> Response:
    """Show all news, the newest first."""
    with site().db.reading() as session:
        return _listed(session, None)


@blueprint.get("/groups/<number>/news")
def of_group(number: str) -> AnyResponse:
    """Show the news of a group."""
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        if card.number != number:
            return redirect(url_for(".of_group", number=card.number), 301)
        return _listed(session, card)


def _listed(session: Session, card: GroupCard | None) -> Response:
    found = news.page(session, group_id=card.id if card else None, below=_below())
    return pages.show(
        "news.html", card=card, entries=found.entries, onward=found.onward, is_first=_below() is None,
        directory=groups.directory(session), excerpt=_excerpt, place=_place(card),
        programmes=[] if card else goals.public_programmes(session), region=regions.the_region(session),
    )  # fmt: skip


def _place(card: GroupCard | None) -> str:
    return f"/{tag()}/groups/{card.number}/news" if card else f"/{tag()}/news"


def _excerpt(one: News) -> Markup:
    """Return how an update begins, marked with its language where that is another than the page's."""
    said = one.update.body.spoken(tag())
    words = markup.beginning(said.text)
    if said.tag == tag():
        return Markup('<p dir="auto">{}</p>').format(words)
    return Markup('<p lang="{}" dir="{}">{}</p>').format(said.tag, said.direction, words)


@blueprint.get("/news/<int:number>")
def shown(number: int) -> Response:
    """Show one update."""
    with site().db.reading() as session:
        one = news.get(session, number)
        directory = groups.directory(session)
    update = one.update
    return pages.show(
        "news_item.html", one=one, update=update, body=rendering.told(update.body, tag()),
        buttons=updates_letters.own_buttons(update), own_names=OWN_NAMES,
        tongues=[entry for entry in LANGUAGES if update.body.words.get(entry.tag)],
        cards=[card for card in map(directory.by_id, one.group_ids) if card],
    )  # fmt: skip


@blueprint.get("/news.atom")
def feed_of_all() -> AnyResponse:
    """Hand out all news as an Atom feed."""
    with site().db.reading() as session:
        return _feed(session)


@blueprint.get("/groups/<number>/news.atom")
def feed_of_group(number: str) -> AnyResponse:
    """Hand out the news of a group as an Atom feed."""
    with site().db.reading() as session:
        return _feed(session, card=groups.directory(session).get(number))


@blueprint.get("/programmes/<int:number>/news.atom")
def feed_of_programme(number: int) -> AnyResponse:
    """Hand out the news of a programme as an Atom feed."""
    with site().db.reading() as session:
        return _feed(session, programme=goals.public_programme(session, number))


def _feed(
    session: Session, *, card: GroupCard | None = None, programme: Programme | None = None
) -> AnyResponse:
    region = regions.the_region(session)
    entries = news.page(
        session, group_id=card.id if card else None, programme_id=programme.id if programme else None,
        size=FEED_SIZE,
    ).entries  # fmt: skip
    updated = max((one.changed_at for one in entries), default=None) or groups.newest(session)
    name = card.to(tag()) if card else programme.title if programme else region.name
    identity = f"/{tag()}/programmes/{programme.id}/news" if programme else _place(card)
    title = f"{name} – {_NEWS.to(tag())}"
    feed = feeds.begin(region, title, identity=identity, page=_place(card), updated=updated)
    for one in entries:
        feed.add_entry(_entry(one), order="append")
    return feeds.answer(feed, updated)


def _entry(one: News) -> FeedEntry:
    update, told = one.update, rendering.told(one.update.body, tag())
    address = site().settings.address(f"/{tag()}/news/{update.id}")
    made = FeedEntry()
    made.id(address)
    made.title(plain(update.title.to(tag())))
    made.published(one.sent_at)
    made.updated(one.changed_at)
    made.link(href=address, rel="alternate", type="text/html")
    made.content(plain(_content(one, told)), type="html")
    return made


def _content(one: News, told: rendering.Told) -> str:
    """Return the words as they stand on the page, for a reader that knows no style of ours."""
    note = Markup("<p>{}</p>").format(told.note.to(tag())) if told.note else Markup()
    picture = Markup()
    if one.picture is not None:
        address = site().settings.address(f"/files/{one.picture.token}?size=small")
        picture = Markup('<p><img src="{}" alt="{}"></p>').format(address, one.update.picture_words.to(tag()))
    body = Markup(told.html)  # noqa: S704 - made and cleaned by models.markup  # nosec B704
    words = Markup('<div lang="{}" dir="{}">{}</div>').format(told.tag, told.direction, body)
    return note + picture + words
