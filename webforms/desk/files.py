"""Files that came with an entry, as the office sees them."""

from babel.numbers import format_decimal
from flask import Blueprint

from models.cleaned import MEGABYTE
from translations import Text, _, language
from webforms.site import tag

_KILOBYTE = 1024


def weight(size: int) -> Text:
    """Say how large a file is: "340 KB", "1.2 MB"."""
    if size < MEGABYTE:
        return _("{n} KB")(n=max(1, round(size / _KILOBYTE)))
    return _("{n} MB")(n=format_decimal(size / MEGABYTE, format="0.#", locale=language(tag()).locale))


def install(blueprint: Blueprint) -> None:
    """Give the filter `weight` to the templates."""
    blueprint.add_app_template_filter(lambda size: weight(size).to(tag()), "weight")
