"""What an entry is about, in the words of whoever reads of it."""

from sqlalchemy.orm import Session

from models import groups
from models.forms.notices import named
from models.submissions import Submission
from translations import Localised

Subject = Localised | str


def subject(session: Session, submission: Submission) -> Subject:
    """Return the title of an entry; where that is a group's name, in every language that has one."""
    card = groups.directory(session).by_id(submission.group_id) if submission.group_id else None
    # The office's list keeps German titles; whoever wrote in Arabic knows the group by its Arabic name.
    return named(card) if card is not None and submission.title == card.to("de") else submission.title
