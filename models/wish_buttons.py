"""The buttons below each message that somebody can do without: less often, and stop.

In chat they act at once; from an e-mail they lead to a page, for mail programs open links by themselves.
"""

from models.letters import Button
from models.links import Purpose
from models.preferences import Topic
from translations import Text, _

LESS_OFTEN, STOP = _("Less often"), _("Stop")
WEEKLY = "weekly"  # in place of a topic: whatever comes in the weekly letter
PAGE = "/{lang}/messages/"


def buttons(topic: Topic, group_id: int | None = None) -> tuple[Button, ...]:
    """Return both buttons, for messages of a topic about one group, or about several (None)."""
    return (_button(LESS_OFTEN, "less", topic.value, group_id), stop(topic.value, group_id, beside=True))


def stop(topic: str, group_id: int | None = None, *, beside: bool = False) -> Button:
    """Return the button that ends them."""
    return _button(STOP, "stop", topic, group_id, beside=beside)


def _button(label: Text, verb: str, topic: str, group_id: int | None, *, beside: bool = False) -> Button:
    return Button(
        label, f"{verb}:{group_id or 0}:0:{topic}", f"{PAGE}{topic}/{{link}}", Purpose.NEWS, group_id, beside
    )
