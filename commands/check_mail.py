"""The demo's mail, read by the check."""

import json
from dataclasses import dataclass
from typing import Any

from commands.check_http import Browser


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail as it arrived."""

    number: int
    to: str
    subject: str
    text: str
    links: tuple[str, ...]

    def link(self, part: str) -> str | None:
        """Return the first link whose address contains `part`."""
        return next((link for link in self.links if part in link), None)


class Mailbox:
    """All mail of the demo."""

    def __init__(self, address: str) -> None:
        self._browser = Browser(address)

    def letters(self, *, to: str = "", after: int = -1) -> list[Letter]:
        """Return e-mails in the order in which they came: those to an address, after a number."""
        rows: list[dict[str, Any]] = json.loads(self._browser.get("/messages.json").body)
        found = [
            Letter(row["number"], row["to"], row["subject"], row["text"], tuple(row["links"])) for row in rows
        ]
        return sorted(
            (one for one in found if to.casefold() in one.to.casefold() and one.number > after),
            key=lambda one: one.number,
        )

    def newest(self) -> int:
        """Return the number of the newest e-mail, -1 when there is none."""
        return max((one.number for one in self.letters()), default=-1)

    def with_link(self, to: str, part: str) -> Letter | None:
        """Return the newest e-mail to an address with a link that contains `part`."""
        found = [one for one in self.letters(to=to) if one.link(part)]
        return found[-1] if found else None
