"""Something more about a report that was sent before (forms.md §3)."""

from sqlalchemy.orm import Session

from models import attachments
from models.forms import afterwards
from models.forms.file_questions import Files, TextOrFiles
from models.forms.form import Form, Receipt, Sender
from translations import Text, _


class AddToReport(Form):
    """Add something to a report once the office has begun with it. Its context names the entry."""

    slug = "add-to-report"
    title = _("Add something to your report")
    done = _("Thank you! What you added has arrived.")
    listed = False

    added = TextOrFiles(_("What would you like to add?"), files="files")
    files = Files(
        _("Photos, a voice note or a document"), optional=True,
        hint=_("At most {n} files of 10 MB each. Only the office sees them at first.")(n=attachments.MOST),
    )  # fmt: skip

    def next_steps(self) -> tuple[Text, ...]:
        """Say who reads it."""
        return (_("The office reads it together with your report."),)

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put it on the entry while that is open, else into the queue as one that follows it."""
        return afterwards.add(session, self, sender, self.added, self.files)
