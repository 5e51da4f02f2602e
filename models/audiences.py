"""Audiences: who gets an update, as a wish that is kept and as the query that it becomes.

Only people who wanted to hear of a group are in its audience: members who agreed to its updates, those who
follow it, and whoever leads it. What is combined narrows: a group and a language means both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from translations import Text, _


class Part(StrEnum):
    """Which people of the groups are meant."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    INTERESTED = "interested"
    LEADS = "leads"
    FOLLOWERS = "followers"
    SILENT_LEADS = "silent-leads"  # whoever has not answered in the open status round


PART_WORDS: dict[Part, Text] = {
    Part.EVERYBODY: _("Everybody of these groups"),
    Part.MEMBERS: _("Members"),
    Part.INTERESTED: _("Those who want to be kept informed"),
    Part.LEADS: _("Leads"),
    Part.FOLLOWERS: _("Followers"),
    Part.SILENT_LEADS: _("Leads who have not answered in the open status round"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant. Nothing chosen in a dimension means all of it; no group and no field means all groups."""

    groups: frozenset[int] = frozenset()  # ids of working groups
    fields: frozenset[int] = frozenset()  # numbers of fields
    parts: frozenset[Part] = field(default_factory=lambda: frozenset({Part.EVERYBODY}))
    kinds: frozenset[str] = frozenset()  # kinds of organisations
    languages: frozenset[str] = frozenset()  # tags
    chats: bool = True  # the groups' linked Telegram chats, too

    def pack(self) -> dict[str, Any]:
        """Return a JSON form for storing; `unpack` is its inverse."""
        return {
            "groups": sorted(self.groups), "fields": sorted(self.fields),
            "parts": sorted(part.value for part in self.parts), "kinds": sorted(self.kinds),
            "languages": sorted(self.languages), "chats": self.chats,
        }  # fmt: skip

    @staticmethod
    def unpack(data: Mapping[str, Any]) -> "Audience":
        """Return the audience that `pack` wrote; what an older version did not know is not chosen."""
        return Audience(
            frozenset(data.get("groups", ())), frozenset(data.get("fields", ())),
            frozenset(Part(one) for one in data.get("parts", ())) or frozenset({Part.EVERYBODY}),
            frozenset(data.get("kinds", ())), frozenset(data.get("languages", ())), data.get("chats", True),
        )  # fmt: skip
