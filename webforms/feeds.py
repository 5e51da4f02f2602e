"""Atom feeds: what they have in common, and answering who has one already with a word."""

import hashlib
from datetime import datetime

from feedgen.feed import FeedGenerator
from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from models.plain_text import plain
from models.regions import Region
from webforms.site import site, tag

LONGEST_TITLE = 120


def begin(region: Region, title: str, *, identity: str, page: str, updated: datetime) -> FeedGenerator:
    """Return a feed without entries in the page's language; `identity` and `page` are paths of ours."""
    feed = FeedGenerator()
    feed.id(site().settings.address(identity))
    feed.title(plain(title))
    feed.updated(updated)
    feed.language(tag())
    feed.author({"name": plain(region.office or region.name)})
    feed.link(href=site().settings.address(page), rel="alternate", type="text/html")
    feed.link(href=site().settings.address(request.path), rel="self", type="application/atom+xml")
    return feed


def shortened(words: str) -> str:
    """Return words as a title, not endless."""
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def answer(feed: FeedGenerator, updated: datetime) -> AnyResponse:
    """Answer with the feed, or with 304 to who has it already."""
    body = feed.atom_str(pretty=True)
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.last_modified = updated
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Content-Language"] = tag()
    return response.make_conditional(request)
