"""`mitwirken update`: watched, stopped and repeated by hand."""

from pathlib import Path

import sqlalchemy as sa

from bench import followers
from models import filling, updates_watching
from models.db import Database
from models.outbox import Delivery, DeliveryState
from models.settings import Settings
from models.updates import StepKind, Update, UpdateState
from tests.commands.conftest import Run


def test_an_update_is_listed_watched_repeated_and_stopped(region: Run, tmp_path: Path) -> None:
    assert region("update", "progress").stderr == "mitwirken: No update has been sent yet.\n"
    db = Database(f"sqlite:///{tmp_path / 'mitwirken.sqlite'}")
    followers.add(db, followers.by_mail(f"person-{number}@example.org" for number in range(4)))
    followers.send(db)
    filling.fill(db, Settings(_env_file=None))  # everybody has a delivery: its row says "sent"
    with db.transaction() as session:
        session.execute(sa.update(Delivery).where(Delivery.id < 3).values(state=DeliveryState.FAILED))
    shown = region("update", "progress", "1", "--once").output
    assert shown.startswith("Update 1, sending: 2 of 4, about 0 min left (2 failed, 2 queued)")
    assert shown.strip() in region("update", "list").output
    assert region("update", "retry", "1").output == "2 are sent once more.\n"
    stopped = region("update", "cancel", "1").output
    assert stopped == "Update 1 is stopped; 4 that waited are not sent.\n"
    assert region("update", "cancel", "1").exit_code == 1
    with db.reading() as session:
        one = session.get_one(Update, 1)
        (step,) = updates_watching.history(session, 1)
    assert (one.state, step.step.kind) == (UpdateState.CANCELLED, StepKind.STOPPED), "as at the desk"
    assert region("update", "progress", "1").output.endswith("4 of 4 (4 dropped)\n")
    assert region("update", "retry", "9").stderr == "mitwirken: Update 9 was not sent.\n"
    db.close()
