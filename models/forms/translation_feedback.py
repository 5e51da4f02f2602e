"""Somebody says which words of a translation are wrong; nobody has to give a name."""

from sqlalchemy.orm import Session

from models.forms.form import Form, Receipt, Sender
from models.forms.questions import Line, LongText
from models.forms.receive import acknowledge, store
from translations import Text, _


class TranslationFeedback(Form):
    """Say what is wrong in a translation, in any language."""

    slug = "translation-feedback"
    title = _("Mistake in the translation")
    intro = _("Has something been translated badly? Tell us. You need not give your name.")
    done = _("Thank you! You help everybody who reads this language.")

    wrong = LongText(_("Which words are wrong?"), hint=_("Copy the words, or say what they are about."))
    better = LongText(_("How would you say it?"), optional=True)
    page = Line(_("Where do these words stand?"), hint=_("The page, or where in the chat."), optional=True)

    def next_steps(self) -> tuple[Text, ...]:
        """Say what becomes of it."""
        return (_("The office passes it on to those who translate."),)

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the words into the office's queue, with the language that they are in."""
        first = self.wrong.split("\n", 1)[0]
        title = first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"
        stored = store(session, self, sender, group_id=None, title=title)
        return acknowledge(session, self, sender, stored)
