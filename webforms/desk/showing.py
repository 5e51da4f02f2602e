"""Pages of the desk: what all of them carry."""

from flask import Response, g

from translations import LANGUAGES, Language, catalogues
from webforms import pages, static_files, tokens
from webforms.site import site


def offered() -> list[Language]:
    """Return the languages in which the desk can be used."""
    translated = catalogues.offered()
    return [entry for entry in LANGUAGES if entry in translated or entry.tag in ("de", "en")]


def csrf() -> str:
    """Return a form token that only this browser's session can use."""
    return tokens.issue(site().secret, bound_to=g.get("desk_ticket", ""))


def show(template: str, status: int = 200, **values: object) -> Response:
    """Render a page of the desk for who is logged in."""
    return pages.show(
        template, status, staff=g.get("staff"), home=g.get("desk_home", "/desk/"), csrf=csrf(),
        tongues=offered(),
        files={name: static_files.address(name) for name in ("desk.css", "desk.js", "passkeys.js")}, **values,
    )  # fmt: skip
