"""A card for a vote, written in the chat; pages have a field of their own for it."""

from sqlalchemy.orm import Session

from models import ballots, voting
from models.ballots import LONGEST_CARD
from models.errors import NotFound
from models.forms.form import Form, Receipt, Sender
from models.forms.questions import Line
from models.forms.receive import SentBefore
from translations import Text, Words, _


class CardWords(Line):
    """A goal in one's own words."""

    longest = LONGEST_CARD
    missing = _("Please write a few words.")

    def say(self, answer: str) -> Words:
        """Say only that it is there: a chat's letters are kept longer than whose card it is."""
        return _("as you have written it")


class SuggestGoal(Form):
    """Suggest a goal on a card."""

    slug = "suggest-goal"
    title = _("Suggest a goal")
    send = _("Put it on the wall")
    done = _("Thank you! Your card is on the wall.")
    listed = False
    needs_office = False
    is_anonymous = True
    has_page = False
    target_id = 0  # the ballot

    words = CardWords(_("Which goal do you suggest?"), hint=_("One goal on a card, in any language."))

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the card up, if there is one left."""
        ballot = ballots.get(session, self.target_id)
        who = voting.of_person(session, ballot, sender.person.id) if sender.person else None
        if who is None:
            raise NotFound(NOT_REGISTERED)
        if not voting.suggest(session, who, self.words, language=sender.language, key=sender.key):
            raise SentBefore
        return Receipt(sender.key, self.done, self.next_steps())

    def next_steps(self) -> tuple[Text, ...]:
        """Say what comes then."""
        return (_("The moderators sort the cards. Then you can give your dots."),)


NOT_REGISTERED = _("You have not registered for this event, so please take part on the page with your code.")
