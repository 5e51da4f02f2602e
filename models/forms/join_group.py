"""Sign-up for a working group (forms.md §1)."""

from sqlalchemy.orm import Session

from models import consents, groups, memberships, submissions
from models.forms import age, contact
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.questions import Choice, Consent, OneOf
from models.forms.receive import acknowledge, store
from models.memberships import ROLE_WORDS, Role
from translations import Text, _


class JoinGroup(Form):
    """Ask to take part in a working group."""

    slug = "join-group"
    title = _("Join a working group")
    intro = _("It takes one minute. The office reads it and puts you in touch with the group.")
    send = _("Sign up")
    done = _("Thank you! Your sign-up for the group “{group}” has arrived.")

    group = OneOf(groups.directory, _("Which group would you like to join?"))
    name = contact.your_name()
    organisation = contact.your_organisation()
    organisation_kind = contact.kind_of_organisation(organisation.given())
    role = Choice[Role](ROLE_WORDS, _("How would you like to take part?"), default=Role.MEMBER.value)
    old_enough = age.old_enough()
    reach = contact.how_to_reach_you()
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)
    pass_on = Consent(
        purpose=consents.CONTACT_RELAY,
        version=1,
        text=_("The office may pass my contact on to the group's contact person."),
    )
    updates = Consent(
        purpose=consents.GROUP_UPDATES,
        version=1,
        text=_("I would like to receive news of this group."),
    )

    def thanks(self) -> Text:
        """Thank for the sign-up and name the group."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say who reads it and what comes then."""
        return (
            *contact.how_reached(self),
            _("The office looks at your sign-up."),
            *age.then(self),
            _("Then your contact goes to the group's contact person, and both of you get a message.")
            if self.pass_on
            else _("Then the office writes to you."),
        )

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Ask for the membership; a second sign-up of the same person changes nothing."""
        title = self.group.to("de")
        stored = store(session, self, sender, group_id=self.group.id, title=title)
        is_new = memberships.join(
            session, stored.person_id, self.group, role=self.role, submission_id=stored.submission_id
        )
        if not is_new:
            submissions.mark_repeated(session, stored.submission_id)
        receipt = acknowledge(session, self, sender, stored)
        memberships.count(session, self.group, new=int(is_new))
        return receipt
