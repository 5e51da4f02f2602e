"""What can go wrong in words that the person understands.

One handler per front end turns these into an answer; anything else is a bug and is logged.
"""

from translations import Text, _


class DomainError(Exception):
    """A refusal that the person can read and do something about."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


class InvalidAnswer(DomainError):
    """An answer that cannot be taken as it is."""


class NotFound(DomainError):
    """There is no such thing, or not for this person."""


class NotAllowed(DomainError):
    """The person may not do this."""


class Conflict(DomainError):
    """Somebody else was quicker, or it has been done already."""


class NotReady(DomainError):
    """The installation lacks something that its keepers must mend first."""


def gone() -> NotFound:
    """Return the refusal for links and codes that are unknown, used or out of date."""
    return NotFound(_("This link is no longer valid. Please ask for a new one."))
