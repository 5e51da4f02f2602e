"""Feedback on a goal (forms.md §7): anonymous, several points each way, "no remarks" counts too."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

from models import feedback, groups, occasions
from models.events import Event
from models.feedback import SIDE_WORDS, Noted, Side
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.points import Points
from models.forms.questions import Choice, Context, Kind, OneOf, Option, Question, Said
from models.forms.receive import SentBefore
from models.forms.rules import Filled, Rule
from translations import Text, Words, _


class Remarks(StrEnum):
    """Whether somebody has something to say."""

    SOME = "some"
    NONE = "none"


REMARKS_WORDS: dict[Remarks, Text] = {
    Remarks.SOME: _("I have remarks"),
    Remarks.NONE: _("I have no remarks"),
}


class Named(Rule):
    """Asked only where a link or a poster has named an event."""

    def holds(self, form: Filled) -> bool:
        """Tell whether one is named."""
        return bool(form.raw.get("event", "").strip())


class AtEvent(Question["Event | None"]):
    """The event at which the goal's sheet hangs; a code that is unknown is none."""

    kind = Kind.CHOICE

    def nothing(self) -> Event | None:
        """Return no event."""
        return None

    def options(self, context: Context) -> Sequence[Option]:
        """Return the events of these weeks."""
        return [Option(one.code, occasions.name(one)) for one in occasions.recent(context.session)]

    def read(self, raw: str, context: Context) -> Event | None:
        """Return the event of the code."""
        return occasions.by_code(context.session, raw)

    def say(self, answer: Event | None) -> Words:
        """Return what it is called."""
        return occasions.name(answer) if answer else Said("")


class Feedback(Form):
    """Say on a goal what can stay and what must be adapted."""

    slug = "feedback"
    title = _("Give feedback on a goal")
    intro = _("Nobody can see from whom it is. Write in any language.")
    done = _("Thank you! Your feedback on “{group}” counts.")
    needs_office = False
    is_anonymous = True

    group = OneOf(groups.directory, _("Which goal is it about?"))
    event = AtEvent(_("At which event?"), optional=True, when=Named())
    remarks = Choice[Remarks](
        REMARKS_WORDS, _("What do you say to this goal?"), default=Remarks.SOME.value
    )  # fmt: skip
    stays = Points(
        SIDE_WORDS[Side.STAYS], hint=_("Several points are welcome: each on a line of its own."),
        optional=True, when=remarks.is_(Remarks.SOME.value),
    )  # fmt: skip
    adapt = Points(
        SIDE_WORDS[Side.ADAPT], hint=_("Several points are welcome: each on a line of its own."),
        unless="stays", when=remarks.is_(Remarks.SOME.value),
    )  # fmt: skip

    def thanks(self) -> Text:
        """Thank and name the goal."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say what becomes of it."""
        return (
            _("The office and the moderators read all points and sort them."),
            _("The group sees what people say to its goal."),
        )

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Take the points in. Who sends them is not looked at."""
        event = self.event or occasions.today(session)
        said = ((Side.STAYS, self.stays), (Side.ADAPT, self.adapt))  # who repeats a point has said it once
        points = [Noted(side, one) for side, lines in said for one in dict.fromkeys(lines)]
        is_new = feedback.take(
            session, self.group, event.id if event else None, points, key=sender.key,
            channel=sender.channel, language=sender.language,
        )  # fmt: skip
        if not is_new:
            raise SentBefore
        return Receipt(sender.key, self.thanks(), self.next_steps())
