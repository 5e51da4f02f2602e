"""Meetings in the chat: what lies ahead, the way into one's calendar, minutes of one that is over."""

from collections.abc import Sequence

from bot import conversation, menus
from bot.turn import Turn
from models import groups, meeting_letters, meetings, stopping
from models.errors import NotFound
from models.forms.meeting_minutes import MeetingMinutes
from models.letters import Button
from models.links import Purpose
from models.meetings import GroupMeeting
from models.preferences import Topic
from translations import Localised, Text, _

CALENDAR = Button(_("My calendar"), "calendar:0:0")


def next_of(ahead: Sequence[GroupMeeting], group_id: int) -> list[Text | Localised]:
    """Return when a group meets next, if that is known."""
    found = next((one.meeting for one in ahead if one.group_id == group_id), None)
    if found is None:
        return []
    when = meeting_letters.when_said(found)
    if found.place:
        return [_("Next meeting: {when}. Where: {place}")(when=when, place=found.place)]
    return [_("Next meeting: {when}")(when=when)]


def begin_minutes(turn: Turn) -> None:
    """Begin the minutes of a meeting; whose it is, the form asks nobody again."""
    meeting, group_id = meetings.get(turn.session, turn.press.number)
    card = groups.directory(turn.session).by_id(group_id)
    if card is None:
        raise NotFound(_("There is no such meeting."))
    turn.mark_pressed()
    heading = Localised({turn.language: card.to(turn.language)})
    answers = {"group": card.code, "meeting": str(meeting.id)}
    conversation.begin(
        turn, MeetingMinutes.slug, heading, meeting_letters.when_said(meeting), answers=answers
    )


def give_calendar(turn: Turn) -> None:
    """Give the link with which one's meetings come into one's own calendar."""
    turn.tell(
        _("With this link, your groups' meetings appear in your own calendar, and stay up to date there."),
        _("The link is yours alone. On your page you can end it at any time."),
        buttons=(Button(CALENDAR.label, page="/{lang}/calendar/{link}", purpose=Purpose.CALENDAR),),
    )


def stop(turn: Turn) -> None:
    """Tell somebody no more of a group's meetings, by the button of older letters."""
    card = groups.directory(turn.session).by_id(turn.press.number)
    if card is None:
        raise NotFound(_("There is no working group with this code."))
    for topic in (Topic.MEETINGS, Topic.REMINDERS):
        stopping.stop(turn.session, turn.person.id, topic, card.id)
    turn.mark_pressed()
    turn.tell(
        _("You get no more messages about the meetings of the group “{group}”.")(
            group=card.to(turn.language)
        ),
        buttons=(menus.MENU,),
    )
