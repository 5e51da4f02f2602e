"""Words in templates: said in the page's language, with content marked where it is in another."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request
from markupsafe import Markup, escape

from models import saying
from models.when import When
from translations import LANGUAGES, Localised, Spoken, Words, catalogues, dates, language
from translations.text import Text
from webforms import pages
from webforms.site import reader, site, tag

_SECRETS = frozenset({"token", "key"})  # parts of an address that only their reader may know


def say(words: Words | str) -> str:
    """Say a Text, a group or plain words in the page's language."""
    return words if isinstance(words, str) else words.to(tag())


def _marked(spoken: Spoken) -> Markup:
    """Return words with their language and direction where they differ from the page's."""
    if spoken.tag == tag() or not spoken.text:
        return escape(spoken.text)
    entry = language(spoken.tag)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(entry.tag, entry.direction, spoken.text)


def content(words: Localised) -> Markup:
    """Say content that people wrote, marked where only another language has it."""
    return _marked(words.spoken(tag()))


def source(text: str) -> Markup:
    """Show words that exist in the region's own language only."""
    return _marked(Spoken(text, "de", tag() != "de"))


def told(words: Words) -> Markup:
    """Say any words, marked where they come out in another language than the page's."""
    spoken = getattr(words, "spoken", None)
    return _marked(spoken(tag())) if spoken else escape(words.to(tag()))


def tongue(words: Words) -> Markup:
    """Return the attributes for an element whose words come out in another language than the page's.

    For what cannot hold a mark inside: options, and pictures with their alternative text.
    """
    spoken = getattr(getattr(words, "title", words), "spoken", None)  # of a group, its title
    found: Spoken | None = spoken(tag()) if spoken else None
    if found is None or found.tag == tag() or not found.text:
        return escape("")
    return Markup(' lang="{}" dir="{}"').format(found.tag, found.direction)


def when(value: When) -> Markup:
    """Say an inexact date."""
    return _marked(saying.when(value, tag()))


def day(value: date) -> str:
    """Say a day, or the day of a moment in the region's zone."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(site().settings.zone)).date()
    return dates.day(value, tag())


def _translate(msgid: str, **values: Any) -> Markup | str:
    """`_()` in templates: values are escaped and kept in their own direction."""
    if not values:
        return catalogues.single(tag(), msgid)
    return Text(msgid)(**values).to(tag())


def _translate_many(singular: str, plural: str, n: int) -> str:
    return Text(singular, plural)(n=n).to(tag())


def _this_page() -> str:
    """Return the page's address for somebody to tell us, without what gives a right in it."""
    if request.view_args and _SECRETS & set(request.view_args) and request.url_rule:
        return request.url_rule.rule
    return request.path


def install(app: Flask) -> None:
    """Give the words to all templates."""
    helpers: dict[str, Callable[..., Any]] = {
        "_": _translate, "n_": _translate_many, "say": say, "content": content, "source": source,
        "told": told, "tongue": tongue, "when": when,
    }  # fmt: skip
    app.jinja_env.globals.update(helpers)
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["month"] = lambda value: dates.month(value, tag())
    app.jinja_env.filters["moment"] = lambda value: dates.moment(value, tag(), site().settings.zone)

    @app.context_processor
    def _page() -> dict[str, Any]:
        return {
            "tag": tag(),
            "reader": reader(),
            "languages": LANGUAGES,
            "offered": catalogues.offered(),
            "is_draft": catalogues.is_draft(tag()),
            "this_page": _this_page(),
            "settings": site().settings,
            "in_language": pages.in_language,
            "in_no_language": pages.in_no_language,
        }
