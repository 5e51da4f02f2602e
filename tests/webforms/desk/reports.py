"""Invented people who report progress, with photos and voice notes, and what the office makes of it."""

from collections.abc import Sequence

from models import attachments, clock, groups, progress, submissions
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.db import Database
from models.progress import ProgressReport
from models.sheets import Milestone, MilestoneState
from models.submissions import Submission
from models.when import When
from tests.webforms.desk.people import confirm, send

UKRAINIAN = "Ми провели перші розмови."
GERMAN = "Wir haben die Einladungen verschickt."
PIXELS = (1600, 1200)


def milestones(db: Database, number: str = "7.49") -> Sequence[Milestone]:
    """The milestones of a group."""
    with db.reading() as session:
        return progress.milestones_of(session, groups.directory(session).get(number).id)


def oksana(db: Database, *, key: str = "", **answers: str) -> int:
    """Oksana's report on the first milestone, in Ukrainian; return the entry's id."""
    raw = {
        "group": "7.49", "milestone": str(milestones(db)[0].id), "state": "done", "name": "Оксана Приклад",
        "happened": UKRAINIAN, "needed": "Потрібен перекладач.", "new_due": "03/2027", "reach": "email",
        "email": "oksana@example.org", **answers,
    }  # fmt: skip
    number = send(db, "report-progress", raw, language="uk", key=key)
    confirm(db, "oksana@example.org")
    return number


def boris(db: Database, **answers: str) -> int:
    """Boris' report on the second milestone, in German; return the entry's id."""
    raw = {
        "group": "7.49", "milestone": str(milestones(db)[1].id), "state": "under-way", "name": "Boris Muster",
        "happened": GERMAN, "reach": "email", "email": "boris@example.org", **answers,
    }  # fmt: skip
    return send(db, "report-progress", raw, key=repr(answers))


def whole_round(db: Database, key: str = "round") -> int:
    """One entry that reports on three milestones, as a status round sends it; return its id."""
    number = oksana(db, key=key)
    with db.transaction() as session:
        one = session.get_one(Submission, number)
        assert one.group_id is not None
        for milestone, state in zip(milestones(db)[1:3], ("under-way", "stuck"), strict=True):
            progress.report(
                session, submission_id=number, group_id=one.group_id, milestone_id=milestone.id,
                state=MilestoneState(state), new_due=When.parse(""), happened=f"Щось про {milestone.id}",
            )  # fmt: skip
    return number


def reports_of(db: Database, number: int) -> Sequence[ProgressReport]:
    """The reports of an entry."""
    with db.reading() as session:
        return progress.of_submission(session, number)


def attach(db: Database, number: int, *kinds: str, caption: str = "") -> list[str]:
    """Put files onto an entry, without bytes behind them; return their tokens."""
    media = {"photo": "image/jpeg", "voice": "audio/ogg", "document": "application/pdf"}
    with db.transaction() as session:
        one = submissions.get(session, number)
        made = [
            Attachment(
                token=attachments.new_token(), kind=AttachmentKind(kind), state=AttachmentState.READY,
                name="Protokoll.pdf" if kind == "document" else "", caption=caption, media_type=media[kind],
                size=1_400_000, width=PIXELS[0] if kind == "photo" else 0,
                height=PIXELS[1] if kind == "photo" else 0, stored="ab/cd/ef", person_id=one.person_id,
                submission_id=number, created_at=clock.now(),
            )
            for kind in kinds
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        return [file.token for file in made]
