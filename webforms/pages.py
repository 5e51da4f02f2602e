"""Blueprints of pages that exist in every language: `/<lang>/…`."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, make_response, render_template, request

from models import regions
from translations import Language
from webforms.site import site


def blueprint(name: str) -> Blueprint:
    """Return a blueprint whose addresses begin with a language; views do not get it as an argument."""
    made = Blueprint(name, name, url_prefix="/<tag:tag>")

    @made.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "tag" in values:
            g.tag = values.pop("tag")

    @made.url_defaults
    def _keep_language(_endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("tag", g.get("tag", "de"))

    return made


def show(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page with the region's name and look."""
    if "region" not in values:
        with site().db.reading() as session:
            values["region"] = regions.the_region(session)
    response = make_response(render_template(template, **values), status)
    response.headers["Content-Language"] = g.get("tag", "de")
    return response


def in_language(entry: Language) -> str:
    """Return the address of the current page in another language, with its query kept."""
    if request.endpoint in ("landing.scanned", "data.index"):
        return f"{request.path}?lang={entry.tag}"
    own = f"/{g.get('tag')}/"
    if request.view_args is None or not request.path.startswith(own):
        return f"/{entry.tag}/"
    return f"/{entry.tag}/{quote(request.path[len(own) :])}{_query() if request.query_string else ''}"


def _query() -> str:
    kept = {
        key: request.args[key]
        for key in ("group", "q", "field", "show", "carrier", "draft", "event")
        if key in request.args
    }
    return f"?{urlencode(kept)}" if kept else ""
