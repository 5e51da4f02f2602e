"""What an entry is about, in the words of whoever reads of it."""

from sqlalchemy.orm import Session

from models import groups, rounds
from models.forms.notices import named
from models.groups import GroupCard
from models.submissions import Submission
from translations import LANGUAGES, SOURCE, Localised

Subject = Localised | str


def subject(session: Session, submission: Submission) -> Subject:
    """Return the title of an entry, in every language where it is a group's name or words of the program."""
    card = groups.directory(session).by_id(submission.group_id) if submission.group_id else None
    # The office's list keeps German titles; whoever wrote in Arabic knows the group by its Arabic name.
    if card is not None and submission.title == card.to(SOURCE):
        return named(card)
    if card is not None and submission.form == rounds.FORM:
        return _of_round(session, submission, card)
    return submission.title


def _of_round(session: Session, submission: Submission, card: GroupCard) -> Subject:
    month = rounds.month_answered(session, submission.id)
    said = rounds.titles(card.number, month) if month else ()
    found = next((words for words in said if words.to(SOURCE) == submission.title), None)
    return Localised({one.tag: found.to(one.tag) for one in LANGUAGES}) if found else submission.title


def said_to(session: Session, submission: Submission, tag: str) -> str:
    """Say what an entry is about."""
    about = subject(session, submission)
    return about if isinstance(about, str) else about.to(tag)
