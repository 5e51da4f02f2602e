"""Minutes of a meeting (forms.md §5): public when the office has accepted them."""

from sqlalchemy.orm import Session

from models import attachments, groups, meetings
from models.changes import Author
from models.forms import contact
from models.forms.file_questions import Files, TextOrFiles
from models.forms.form import Form, Receipt, Sender
from models.forms.meeting_questions import ANOTHER, HowMany, MeetingDay, MeetingOf
from models.forms.notices import named
from models.forms.questions import LongText, OneOf
from models.forms.receive import acknowledge, store
from models.forms.rules import Stranger
from models.sheets import Meeting
from models.when import When
from translations import Text, _


class Minutes(TextOrFiles):
    """What was talked about, in more words than other answers take."""

    longest = 8000
    missing = _("Please write a few words, or add a file.")


class MeetingMinutes(Form):
    """Tell how a meeting went."""

    slug = "meeting-minutes"
    title = _("Send minutes of a meeting")
    intro = _("A few sentences are enough. The office reads them and puts them onto the group's page.")
    done = _("Thank you! Your minutes for the group “{group}” have arrived.")

    group = OneOf(groups.directory, _("Which group is it about?"))
    meeting = MeetingOf(group, _("Which meeting was it?"), when=group.given())
    day = MeetingDay(_("When was it?"), ahead=False, when=meeting.is_(ANOTHER))
    text = Minutes(_("What did you talk about?"), files="files")
    files = Files(
        _("Minutes as a file, or photos"), optional=True,
        hint=_("At most {n} files of 10 MB each. Only the office sees them at first.")(n=attachments.MOST),
    )  # fmt: skip
    present = HowMany(_("How many people were there?"), optional=True)
    decisions = LongText(_("What was decided?"), optional=True)
    next_day = MeetingDay(
        _("When do you meet next?"), hint=_("For example 12.1.2027, 18:00. The members get a message."),
        optional=True,
    )  # fmt: skip
    name = contact.your_name(Stranger())
    reach = contact.how_to_reach_you(Stranger())
    email = contact.your_email(reach)
    phone = contact.your_phone(reach)

    def thanks(self) -> Text:
        """Thank and name the group."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say who reads it and what comes then."""
        return (
            *contact.how_reached(self),
            _("The office reads your minutes. If something is unclear, it asks you."),
            _("Then they appear on the group's page, without your name."),
        )

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the minutes into the office's queue; nothing is public yet."""
        held = self.meeting.held.wording if self.meeting else self.day
        stored = store(
            session, self, sender, group_id=self.group.id, title=f"{self.group.number} {held}".strip()
        )
        attachments.adopt(session, [one.token for one in self.files], stored.submission_id, stored.person_id)
        return acknowledge(session, self, sender, stored)

    def carry_out(self, session: Session, by: Author, submission_id: int) -> Meeting:
        """Put the minutes onto the goal sheet, and the next meeting; what was not planned is noted first."""
        meeting = self.meeting or meetings.plan(
            session, self.group.id, held=When.parse(self.day), by=by, submission_id=submission_id
        )
        following = When.parse(self.next_day) if self.next_day else None
        meetings.take_minutes(
            session, meeting, self.text, by=by, present=int(self.present) if self.present else None,
            decisions=self.decisions, following=following, submission_id=submission_id,
        )  # fmt: skip
        return meeting
