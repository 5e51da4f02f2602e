"""Which groups' entries somebody of the staff may see: all, or those of certain fields."""

from sqlalchemy.orm import Session

from models import groups
from models.errors import NotFound
from models.groups import Directory
from models.staff import OFFICE, StaffMember, StaffRole
from models.submissions import Submission
from translations import _


def groups_of(directory: Directory, member: StaffMember) -> tuple[int, ...] | None:
    """Return the groups whose entries somebody may see; None stands for all, also those of no group."""
    if member.role is not StaffRole.REVIEWER:
        return None
    return tuple(card.id for card in directory.cards if card.field_number in member.fields)


def covers(session: Session, member: StaffMember, group_id: int | None) -> bool:
    """Return whether somebody may see what was sent to a group."""
    if member.role is StaffRole.REVIEWER:
        return group_id in (groups_of(groups.directory(session), member) or ())
    return member.role in OFFICE


def must_cover(session: Session, member: StaffMember, submission: Submission) -> None:
    """Refuse an entry that somebody may not see, in the words for one that does not exist."""
    if not covers(session, member, submission.group_id):
        raise NotFound(_("This entry does not exist."))
