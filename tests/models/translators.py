"""Invented translators, and something for them to translate."""

import sqlalchemy as sa

from models import clock, groups, staff, translating
from models.db import Database
from models.goals import Field, Goal
from models.renditions import row_of, seen
from models.staff import StaffMember, StaffRole
from models.translating import Piece
from models.updates import ButtonKind, Update, UpdateState
from translations import Localised

GOAL = translating.KINDS["goal"]
UPDATE = translating.KINDS["update"]


WRITTEN = ("de", "de-simple", "en", "ar")  # the languages that are there before somebody translates


def leave_to_translate(db: Database) -> Database:
    """Take the other languages out of goals and fields: the demo's region lacks nothing."""
    with db.transaction() as session:
        for table, names in ((Goal, ("title", "summary")), (Field, ("name",))):
            for one in session.scalars(sa.select(table)):
                for name in names:
                    words = getattr(one, name).words
                    setattr(one, name, Localised({tag: words[tag] for tag in WRITTEN if tag in words}))
    db.cache.drop()
    return db


def hire(db: Database, name: str, *languages: str, role: StaffRole = StaffRole.TRANSLATOR) -> StaffMember:
    """Open an account: a translator's, or the office's."""
    with db.transaction() as session:
        return staff.add(
            session, f"{name.lower()}@example.org", name=f"{name} Beispiel", role=role, password_hash="-",
            languages=languages,
        )  # fmt: skip


def goal_of(db: Database, number: str = "7.49") -> Piece:
    """Return a goal as a piece to translate."""
    with db.reading() as session:
        goal_id = groups.directory(session).get(number).goal_id
        return GOAL.pieces(session, [goal_id])[goal_id]


def see(db: Database, piece: Piece, tag: str) -> str:
    """Return the mark of what somebody sees who opens the page now."""
    with db.reading() as session:
        now = piece.kind.pieces(session, [piece.id])[piece.id]
        return seen(now, tag, row_of(session, now, tag))


def ukrainian(piece: Piece, more: str = "") -> dict[str, str]:
    """Return a translation of all parts of a piece."""
    return {part.name: f"Слова: {part.name}{more}" for part in piece.parts}


def reword(db: Database, goal_id: int, title: str) -> None:
    """Change the German title of a goal, as an import does."""
    with db.transaction() as session:
        goal = session.get_one(Goal, goal_id)
        goal.title = Localised({**goal.title.words, "de": title})


def draft(db: Database, *, state: UpdateState = UpdateState.DRAFT, **words: str) -> Piece:
    """Write an update in German."""
    said = {"title": "Kommen Sie am Freitag", "body": "Wir **treffen** uns.\n\n- 14 Uhr\n- Rathaus", **words}
    with db.transaction() as session:
        now = clock.now()
        update = Update(
            state=state, source="de", picture_words=Localised({}), button=ButtonKind.NONE,
            button_label=Localised({}), audience={}, created_at=now, changed_at=now,
            sent_at=now if state is UpdateState.SENT else None,
            **{name: Localised({"de": text}) for name, text in said.items()},
        )  # fmt: skip
        session.add(update)
        session.flush()
        return UPDATE.pieces(session, [update.id])[update.id]
