"""A plain question to the office."""

from sqlalchemy.orm import Session

from models.forms import contact
from models.forms.form import Form, Receipt, Sender
from models.forms.questions import LongText
from models.forms.receive import acknowledge, store
from translations import Text, _


class AskOffice(Form):
    """Ask the office something, in any language."""

    slug = "ask-office"
    title = _("Ask the office")
    intro = _("Write in your language. The office answers you.")
    done = _("Thank you! Your question has arrived.")

    question = LongText(_("What would you like to know?"))
    name = contact.your_name()
    reach = contact.how_to_reach_you()
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)

    def next_steps(self) -> tuple[Text, ...]:
        """Say how the answer comes."""
        step = _("The office reads your question and answers you.")
        return (contact.REACH_STEPS[self.reach], step) if self.context.channel == "page" else (step,)

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the question into the office's queue."""
        first = self.question.split("\n", 1)[0]
        title = first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"
        stored = store(session, self, sender, group_id=None, title=title)
        return acknowledge(session, self, sender, stored)
