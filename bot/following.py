"""Being told of a group's changes: one tap begins it, one tap ends it."""

from bot.turn import Turn
from models import groups, stopping, subscriptions
from models.errors import NotFound
from models.groups import GroupCard
from models.letters import Button
from models.preferences import Topic
from translations import Localised, Text, _

STOP = _("Stop {number}")


def follow_button(group: GroupCard, *, beside: bool = False) -> Button:
    """Return the button that begins it."""
    return Button(_("Tell me about changes"), f"follow:{group.id}:0", beside=beside)


def _group(turn: Turn) -> GroupCard:
    group = groups.directory(turn.session).by_id(turn.press.number)
    if group is None:
        raise NotFound(_("There is no working group with this code."))
    return group


def follow(turn: Turn) -> None:
    """Tell the person of the group's changes from now on."""
    group = _group(turn)
    is_new = subscriptions.follow(turn.session, turn.person.id, group.id)
    said = (
        _("We tell you here when something changes in the group “{group}”.")
        if is_new
        else _("We tell you already when something changes in the group “{group}”.")
    )
    turn.tell(said(group=group.to(turn.language)), buttons=(subscriptions.stop_button(group),))


def stop(turn: Turn) -> None:
    """Tell the person no longer; pressing twice ends it once."""
    group = _group(turn)
    stopping.stop(turn.session, turn.person.id, Topic.CHANGES, group.id)
    turn.tell(
        _("You get no more messages about changes in the group “{group}”.")(group=group.to(turn.language)),
        buttons=(follow_button(group),),
    )


def listed(turn: Turn) -> tuple[list[Text | Localised], list[Button]]:
    """Return the groups that the person is told of as lines, and the buttons that end it."""
    directory = groups.directory(turn.session)
    ids = subscriptions.of_person(turn.session, turn.person.id)
    found = [group for number in ids if (group := directory.by_id(number)) is not None]
    if not found:
        return [], []
    lines: list[Text | Localised] = [_("We tell you of changes in:")]
    lines += [Localised({turn.language: group.to(turn.language)}) for group in found]
    return lines, [
        Button(STOP(number=group.number), f"unfollow:{group.id}:0", beside=place % 2 == 1)
        for place, group in enumerate(found)
    ]
