"""Milestone progress (forms.md §3): what has been done, what is needed, what has moved."""

from sqlalchemy.orm import Session

from models import groups, progress
from models.forms import contact
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.progress_questions import Due, MilestoneOf
from models.forms.questions import LongText, OneOf, OptionalChoice
from models.forms.receive import acknowledge, store
from models.forms.rules import Stranger
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.when import When
from translations import Text, _

REPORTED: dict[MilestoneState, Text] = {
    state: words for state, words in MILESTONE_WORDS.items() if state is not MilestoneState.DROPPED
}


class ReportProgress(Form):
    """Say how far a milestone has come, and what is needed."""

    slug = "report-progress"
    title = _("Report progress")
    intro = _("Tell us in your language how far it is. The office reads it and puts it onto the goal sheet.")
    done = _("Thank you! Your report for the group “{group}” has arrived.")

    group = OneOf(groups.directory, _("Which group is it about?"))
    milestone = MilestoneOf(group, _("Which milestone is it about?"), when=group.given())
    state = OptionalChoice[MilestoneState](REPORTED, _("How far is it?"))
    happened = LongText(_("What has happened?"), hint=_("A few sentences are enough."))
    needed = LongText(
        _("What is needed?"), hint=_("For example help, contacts or a decision."), optional=True
    )
    new_due = Due(
        _("When will it be done?"), hint=_("Only if that has changed. A month is enough."), optional=True
    )
    name = contact.your_name(Stranger())
    reach = contact.how_to_reach_you(Stranger())
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)

    def thanks(self) -> Text:
        """Thank for the report and name the group."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say who reads it and what comes then."""
        steps = [
            _("The office reads your report. If something is unclear, it asks you."),
            _("Then the progress appears on the group's page, without your name."),
        ]
        if self.context.channel == "page" and self.reach:
            steps.insert(0, contact.REACH_STEPS[self.reach])
        return tuple(steps)

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the report into the office's queue; the goal sheet changes when it is accepted."""
        about = self.milestone.measure if self.milestone else self.group.title.to("de")
        stored = store(session, self, sender, group_id=self.group.id, title=f"{self.group.number} {about}")
        progress.report(
            session, submission_id=stored.submission_id, group_id=self.group.id,
            milestone_id=self.milestone.id if self.milestone else None, state=self.state,
            new_due=When.parse(self.new_due),
        )  # fmt: skip
        return acknowledge(session, self, sender, stored)
