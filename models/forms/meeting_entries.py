"""What accepting a meeting notice or minutes does: read again from the entry, then carried out."""

from sqlalchemy.orm import Session

from models import people
from models.changes import Author
from models.errors import Conflict
from models.forms.meeting_minutes import MeetingMinutes
from models.forms.meeting_notice import MeetingNotice
from models.forms.notices import named
from models.forms.questions import Context
from models.groups import GroupCard
from models.letters import Button, Letter
from models.submissions import Submission
from translations import _

FORMS: dict[str, type[MeetingNotice] | type[MeetingMinutes]] = {
    form.slug: form for form in (MeetingNotice, MeetingMinutes)
}


def carry_out(session: Session, submission: Submission, words: str, *, by: Author) -> Letter:
    """Do what an accepted entry asks for, and return the letter to who sent it.

    Conflict where the entry no longer makes sense, for example as its meeting has been cancelled.
    """
    person = people.get(session, submission.person_id) if submission.person_id else None
    context = Context(session, submission.language, "staff", person=person, entry_id=submission.id)
    form = FORMS[submission.form](submission.answers, context, complete=True)
    for wrong in form.errors.values():
        raise Conflict(wrong)
    form.carry_out(session, by, submission.id)
    return settled(form.group, submission.form, words)


def settled(group: GroupCard, slug: str, words: str) -> Letter:
    """Thank for what is on the group's page now."""
    subject, thanks = {
        MeetingNotice.slug: (
            _("Your meeting is announced"),
            _("Thank you! Your meeting is on the page of the group “{group}”, and the members know of it."),
        ),
        MeetingMinutes.slug: (
            _("Your minutes are on the group's page"),
            _("Thank you! Your minutes are now on the page of the group “{group}”."),
        ),
    }[slug]
    see = Button(_("See the group"), page=f"/{{lang}}/groups/{group.number}")
    return Letter(subject, (thanks(group=named(group)),), (see,), quote=words)
