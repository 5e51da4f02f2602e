"""My groups: where somebody takes part, and leaving."""

from bot import following, gatherings, meetings, menus
from bot.turn import Turn
from models import groups, memberships
from models import meetings as planned
from models.db import today_in
from models.errors import NotFound
from models.groups import GroupCard
from models.letters import Button
from models.memberships import MEMBERSHIP_WORDS
from translations import Localised, Text, _


def show(turn: Turn) -> None:
    """Show the person's groups with their state."""
    directory = groups.directory(turn.session)
    found = [
        (membership, group)
        for membership in memberships.of_person(turn.session, turn.person.id)
        if (group := directory.by_id(membership.group_id)) is not None
    ]
    told_of, endings = following.listed(turn)
    endings = [*gatherings.of_led(turn), *endings]
    if not found:
        words = _("You are in no working group yet.")
        turn.tell(words, *told_of, buttons=(menus.JOIN, *menus.sheets(turn), *endings, menus.MENU))
        return
    lines: list[Text | Localised] = [_("Your groups:")]
    ahead = planned.of_person(turn.session, turn.person.id, today=today_in(turn.session))
    buttons: list[Button] = []
    for membership, group in found:
        lines.append(
            _("{group}: {state}")(group=group.to(turn.language), state=MEMBERSHIP_WORDS[membership.state])
        )
        lines += meetings.next_of(ahead, group.id)
        buttons += (
            Button(_("See {number}")(number=group.number), page=f"/{{lang}}/groups/{group.number}"),
            Button(_("Leave {number}")(number=group.number), f"leave:{group.id}:0", beside=True),
        )
    calendar = [meetings.CALENDAR] if ahead else []
    turn.tell(*lines, *told_of, buttons=(*buttons, *menus.sheets(turn), *endings, *calendar, menus.MENU))


def _own(turn: Turn) -> GroupCard:
    group = groups.directory(turn.session).by_id(turn.press.number)
    mine = {one.group_id for one in memberships.of_person(turn.session, turn.person.id)}
    if group is None or group.id not in mine:
        raise NotFound(_("You are not in this group."))
    return group


def ask_to_leave(turn: Turn) -> None:
    """Ask once more before leaving."""
    group = _own(turn)
    turn.tell(
        _("Would you like to leave the group “{group}”?")(group=group.to(turn.language)),
        buttons=(
            Button(_("Yes, leave"), f"left:{group.id}:0"),
            Button(_("No, stay"), menus.MY_GROUPS.verb, beside=True),
        ),
    )


def leave(turn: Turn) -> None:
    """Leave a group."""
    group = _own(turn)
    memberships.leave(turn.session, turn.person.id, group.id)
    turn.mark_pressed()
    turn.tell(
        _("You have left the group “{group}”. You can come back at any time.")(group=group.to(turn.language)),
        buttons=(menus.MENU,),
    )
