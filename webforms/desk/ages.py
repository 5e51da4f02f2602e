"""How long ago something was, in words."""

from datetime import datetime

from babel.dates import format_timedelta
from flask import Blueprint

from models import clock
from translations import language
from webforms.site import tag


def ago(moment: datetime) -> str:
    """Say how long ago a moment was, in the page's language: "3 hours ago"."""
    span = min(moment - clock.now(), moment - moment)
    return format_timedelta(span, granularity="minute", threshold=1, add_direction=True, locale=_locale())


def _locale() -> str:
    return language(tag()).locale


def install(blueprint: Blueprint) -> None:
    """Give the filter `ago` to the templates."""
    blueprint.add_app_template_filter(ago, "ago")
