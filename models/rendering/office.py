"""Who writes, as it stands below a letter; and where its buttons lead before any link is given out."""

from collections.abc import Callable
from dataclasses import dataclass

from models.letters import Letter
from models.regions import Region


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes: the region and its office, as they stand below a letter."""

    region: str
    name: str
    phone: str
    email: str
    address: str
    accent: str

    @staticmethod
    def of(region: Region) -> "Office":
        """Return the office of a region."""
        return Office(region.name, region.office, region.phone, region.email, region.address, region.accent)

    @property
    def lines(self) -> list[str]:
        """How the office is reached, one way a line."""
        ways = [self.name, *self.address.splitlines(), self.phone, self.email]
        return [way.strip() for way in ways if way.strip()]


def addresses(letter: Letter, tag: str, absolute: Callable[[str], str]) -> tuple[str, ...]:
    """Return where a letter's buttons lead, for a preview: an ellipsis stands where one-time links will.

    `absolute` makes a whole address of a path, as `Settings.address` does.
    """
    paths = [one.page.replace("{lang}", tag).replace("{link}", "…") for one in letter.buttons]
    return tuple(absolute(path) if path.startswith("/") else path for path in paths)
