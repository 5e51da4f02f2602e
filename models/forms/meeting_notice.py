"""A meeting notice (forms.md §5): a lead's takes effect at once, others' when the office accepts them."""

from sqlalchemy.orm import Session

from models import groups, leads, meetings, submissions
from models.changes import Author
from models.forms import contact
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.plan_meeting import about, from_time, spoken_there, the_day, until_time, where
from models.forms.questions import OneOf
from models.forms.receive import acknowledge, store
from models.forms.rules import Stranger
from models.sheets import Meeting
from models.submissions import State, Step
from models.when import When
from translations import Text, _


class MeetingNotice(Form):
    """Announce a meeting of a group."""

    slug = "meeting-notice"
    title = _("Announce a meeting")
    intro = _("The members get a message in their language, and an entry for their calendar.")
    done = _("Thank you! Your meeting of the group “{group}” has arrived.")

    group = OneOf(groups.directory, _("Which group is it about?"))
    day = the_day()
    starts = from_time()
    ends = until_time(starts)
    place = where()
    agenda = about()
    languages = spoken_there()
    name = contact.your_name(Stranger())
    reach = contact.how_to_reach_you(Stranger())
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)

    def thanks(self) -> Text:
        """Thank and name the group."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say who hears of it, and when."""
        person = self.context.person
        told, read = (
            _("The members get a message."),
            _("The office reads it; then the members get a message."),
        )
        if person is not None:
            leads_it = leads.is_lead(self.context.session, person, self.group.id)
            return (told if leads_it else read,)
        if_lead = _("If you lead the group, the members get a message at once.")
        return (*contact.how_reached(self), if_lead, _("Otherwise the office reads it first."))

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Plan the meeting if a lead announces it; else it waits in the office's queue."""
        title = f"{self.group.number} {self.day}"
        stored = store(session, self, sender, group_id=self.group.id, title=title)
        if sender.person is not None and leads.is_lead(session, sender.person, self.group.id):
            submission = submissions.get(session, stored.submission_id)
            submissions.advance(
                session, submission, version=submission.version, state=State.ACCEPTED, step=Step.ACCEPTED
            )
            self.carry_out(session, Author(person_id=sender.person.id), stored.submission_id)
        return acknowledge(session, self, sender, stored)

    def carry_out(self, session: Session, by: Author, submission_id: int) -> Meeting:
        """Plan the meeting; the members are told."""
        return meetings.plan(
            session, self.group.id, held=When.parse(self.day), starts=self.starts, ends=self.ends,
            place=self.place, by=by, agenda=self.agenda, languages=self.languages,
            submission_id=submission_id,
        )  # fmt: skip
