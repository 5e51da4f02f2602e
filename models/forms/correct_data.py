"""Putting right in the chat who one is and how one is reached; one's own page has fields for it."""

from dataclasses import replace

from sqlalchemy.orm import Session

from models import links, people
from models.errors import NotAllowed
from models.forms import contact
from models.forms.form import Form, Receipt, Sender
from models.forms.receive import Stored, acknowledge
from translations import _


class CorrectData(Form):
    """Correct one's own data. Nobody has to look at it, and no entry is made of it."""

    slug = "correct-data"
    title = _("Correct my data")
    intro = _("You can skip what stays as it is.")
    send = _("Save")
    done = _("Thank you! Your data has been corrected.")
    listed = False
    has_page = False

    name = contact.your_name()
    organisation = contact.your_organisation()
    reach = contact.how_to_reach_you()
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Change what was told; a new address has to be confirmed, as always."""
        person = sender.person
        if person is None:
            raise NotAllowed(_("Please open your own page first."))
        address = person.email
        people.complete(
            session, person, name=self.name, email=self.answers.get("email"), phone=self.phone,
            organisation=self.organisation, organisation_kind=None, prefers=self.reach,
        )  # fmt: skip
        if person.email != address:  # what went to the old mailbox says nothing of the new one
            links.revoke(session, person.id, *links.MAILBOX)
        stored = Stored(0, person.id, person.email_confirmed_at is not None)
        return replace(acknowledge(session, self, sender, stored), submission_id=None)
