"""Being the only courier that does a job, where several run.

The jobs are safe to do twice at once. This saves the work, and locks that would be waited for.
"""

import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from models import leases
from models.db import Database

log = logging.getLogger(__name__)


class Sole:
    """One job's lease as one courier sees it. Not for the event loop: every call may block."""

    def __init__(self, db: Database, name: str, span: timedelta) -> None:
        self._db, self._name, self._span = db, name, span
        self._holder = leases.new_holder()

    def hold(self) -> bool:
        """Take or renew the lease; False while another courier has it."""
        with self._db.transaction() as session:
            return leases.hold(session, self._name, self._holder, span=self._span)

    def release(self) -> None:
        """Give the lease back; where that fails it runs out by itself."""
        try:
            with self._db.transaction() as session:
                leases.release(session, self._name, self._holder)
        except SQLAlchemyError as error:
            log.error("Courier: cannot give the lease %s back (%s)", self._name, type(error).__name__)
