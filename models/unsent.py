"""Files of forms that have not been sent: how much of them there may be, so that no disk fills up."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.attachments import Attachment, AttachmentState
from models.cleaned import MEGABYTE

MOST_OF_ONE = 100  # files of one known person
MOST_OF_STRANGERS = 5_000  # files of all together who are not signed in
MOST_BYTES = 2048 * MEGABYTE  # of either


def has_room(session: Session, person_id: int | None) -> bool:
    """Return whether one more file may be taken in from this person, or from somebody who is not signed in.

    What is not sent is let go of after a while, see `retention`; then there is room again.
    """
    whose = Attachment.person_id.is_(None) if person_id is None else Attachment.person_id == person_id
    files, size = session.execute(
        sa.select(sa.func.count(Attachment.id), sa.func.coalesce(sa.func.sum(Attachment.size), 0)).where(
            Attachment.submission_id.is_(None), Attachment.state != AttachmentState.GONE, whose
        )
    ).one()
    return bool(files < (MOST_OF_STRANGERS if person_id is None else MOST_OF_ONE) and size < MOST_BYTES)
