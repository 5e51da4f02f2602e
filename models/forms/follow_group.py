"""Hearing of what changes in a group: no account, one tap ends it."""

from sqlalchemy.orm import Session

from models import groups, subscriptions
from models.forms import contact
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.questions import Context, OneOf
from models.forms.receive import acknowledge, store
from models.forms.rules import Stranger
from models.people import ChannelKind
from translations import Text, _


def _on_offer(kind: ChannelKind, context: Context) -> bool:
    return kind is not ChannelKind.TELEGRAM or context.has_telegram


class FollowGroup(Form):
    """Ask to be told when something changes on a group's goal sheet. Nobody has to look at it."""

    slug = "follow-group"
    title = _("Tell me when something changes")
    intro = _("We write to you when something changes in the group. You can end it with one tap at any time.")
    send = _("Tell me")
    done = _("Thank you! We tell you when something changes in the group “{group}”.")
    needs_office = False

    group = OneOf(groups.directory, _("Which group is it about?"))
    reach = contact.Reach(
        {kind: contact.REACH_WORDS[kind] for kind in (ChannelKind.EMAIL, ChannelKind.TELEGRAM)},
        _("How can we reach you?"),
        available=_on_offer,
        default=ChannelKind.EMAIL.value,
        when=Stranger(),
    )
    email = contact.your_email(reach)

    def thanks(self) -> Text:
        """Thank, and name the group."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say when a message comes, and how it ends."""
        return (
            *contact.how_reached(self),
            _("A message comes when something has changed: at most one an hour, and none at night."),
            _("You can end it in every message, or on your page."),
        )

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Tell them from now on; asking a second time changes nothing."""
        stored = store(session, self, sender, group_id=self.group.id, title=self.group.to("de"))
        subscriptions.follow(session, stored.person_id, self.group.id)
        return acknowledge(session, self, sender, stored, subscriptions.stop_button(self.group))
