"""Milestone progress (forms.md §3): what has been done, what is needed, what has moved."""

from sqlalchemy.orm import Session

from models import attachments, groups, progress, rounds_asking
from models.forms import afterwards, contact, notices
from models.forms.file_questions import Files, TextOrFiles
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.progress_questions import Due, MilestoneOf, OwnGroupFirst
from models.forms.questions import LongText, OptionalChoice
from models.forms.receive import acknowledge, store
from models.forms.rules import Stranger
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.when import When
from translations import SOURCE, Text, _

REPORTED: dict[MilestoneState, Text] = {
    state: words for state, words in MILESTONE_WORDS.items() if state is not MilestoneState.DROPPED
}


class ReportProgress(Form):
    """Say how far a milestone has come, and what is needed."""

    slug = "report-progress"
    title = _("Report progress")
    intro = _("Tell us in your language how far it is. The office reads it and puts it onto the goal sheet.")
    done = _("Thank you! Your report for the group “{group}” has arrived.")

    group = OwnGroupFirst(groups.directory, _("Which group is it about?"))
    milestone = MilestoneOf(group, _("Which milestone is it about?"), when=group.given())
    state = OptionalChoice[MilestoneState](REPORTED, _("How far is it?"))
    happened = TextOrFiles(
        _("What has happened?"), files="files",
        hint=_("A few sentences are enough. A photo or a voice note can stand for them."),
    )  # fmt: skip
    files = Files(
        _("Photos, a voice note or a document"), optional=True,
        hint=_("At most {n} files of 10 MB each. Only the office sees them at first.")(n=attachments.MOST),
    )  # fmt: skip
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
        return (
            *contact.how_reached(self),
            _("The office reads your report. If something is unclear, it asks you."),
            _("Then the progress appears on the group's page, without your name."),
        )

    @property
    def about(self) -> str:
        """Return the entry's title: the goal's number and the measure, as the office reads them."""
        about = self.milestone.measure if self.milestone else self.group.title.to(SOURCE)
        return f"{self.group.number} {about}"

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the report into the office's queue; the goal sheet changes when it is accepted.

        With an entry in the context, the sender's report of before is corrected.
        """
        if self.context.entry_id is not None:
            return self._correct(session, sender, self.context.entry_id)
        stored = store(session, self, sender, group_id=self.group.id, title=self.about)
        progress.report(
            session, submission_id=stored.submission_id, group_id=self.group.id,
            milestone_id=self.milestone.id if self.milestone else None, state=self.state,
            new_due=When.parse(self.new_due),
        )  # fmt: skip
        attachments.adopt(session, [one.token for one in self.files], stored.submission_id, stored.person_id)
        if sender.person is not None:
            rounds_asking.reported(session, self.group.id, sender.person, stored.submission_id)
        return acknowledge(session, self, sender, stored, notices.correct(stored.submission_id))

    def _correct(self, session: Session, sender: Sender, entry_id: int) -> Receipt:
        receipt = afterwards.correct(session, self, sender, entry_id, self.group.id, self.about)
        for one in progress.of_submission(session, entry_id) if receipt.is_new else ():
            one.group_id = self.group.id
            one.milestone_id = self.milestone.id if self.milestone else None
            one.state, one.new_due = self.state, When.parse(self.new_due)
        session.flush()
        return receipt
