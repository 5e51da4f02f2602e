"""Taking consents back, one by one, with what follows from it."""

from sqlalchemy.orm import Session

from models import clock, needs
from models.consents import EVENT_NEEDS, Consent
from models.errors import NotFound
from translations import _


def withdraw(session: Session, person_id: int, consent_id: int) -> Consent:
    """Take one consent back; what was only noted because of it goes at once. Twice is the same as once.

    The row stays, so that it can be seen what was agreed to, and until when.
    """
    found = session.get(Consent, consent_id)
    if found is None or found.person_id != person_id:
        raise NotFound(_("We do not have this consent."))
    if found.withdrawn_at is None:
        found.withdrawn_at = clock.now()
        session.flush()
        if found.purpose == EVENT_NEEDS and found.submission_id is not None:
            needs.forget(session, [found.submission_id])
    return found
