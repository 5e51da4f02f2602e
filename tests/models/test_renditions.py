"""Translations from the proposal to the approval: who may, what readers see, what a changed source does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.recording import listening
from models import groups, renditions, retention, staff, submissions, translation_lists
from models.changes import SheetChange
from models.columns import LocalisedWords
from models.db import Base, Database
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed, NotFound
from models.forms import review
from models.goals import Goal
from models.outbox import Message
from models.progress import ProgressReport
from models.renditions import Rendition, RenditionState
from models.staff import StaffRole
from models.translating import KINDS, Piece
from models.translation_lists import Standing
from models.updates import Update, UpdateState
from tests.models.translators import (
    GOAL,
    UPDATE,
    draft,
    goal_of,
    hire,
    leave_to_translate,
    reword,
    see,
    ukrainian,
)
from tests.webforms.desk.reports import reports_of, whole_round
from translations import LANGUAGES, Localised


def standing(db: Database, piece: Piece, tag: str = "uk") -> Standing:
    with db.reading() as session:
        found = translation_lists.tasks(session, [tag], [piece.kind])
        return next(one.standing for one in found if one.piece.id == piece.id)


@pytest.fixture
def paderborn(paderborn: Database) -> Database:
    """The demo's region, with something left to translate."""
    return leave_to_translate(paderborn)


@pytest.fixture
def any_db(any_db: Database) -> Database:
    """The same on each kind of database."""
    return leave_to_translate(any_db)


def test_each_column_with_words_in_several_languages_is_in_a_kind() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LocalisedWords)
    }
    assert len(columns) > 5
    named = {f"{kind.table.__tablename__}.{part.name}" for kind in KINDS.values() for part in kind.parts}
    assert named == columns


def test_a_proposal_is_read_by_nobody_until_a_second_person_approves_it(any_db: Database) -> None:
    oksana, taras, goal = hire(any_db, "Oksana", "uk"), hire(any_db, "Taras", "uk"), goal_of(any_db)
    words = ukrainian(goal)
    assert standing(any_db, goal) is Standing.MISSING
    with any_db.transaction() as session:
        renditions.propose(session, oksana, GOAL, goal.id, "uk", words, as_seen=see(any_db, goal, "uk"))
    assert standing(any_db, goal) is Standing.WAITING
    assert goal_of(any_db).said("uk") == {}
    as_seen = see(any_db, goal, "uk")
    with pytest.raises(NotAllowed), any_db.transaction() as session:
        renditions.approve(session, oksana, GOAL, goal.id, "uk", words, as_seen=as_seen)
    with pytest.raises(Conflict), any_db.transaction() as session:
        renditions.approve(session, taras, GOAL, goal.id, "uk", ukrainian(goal, "!"), as_seen=as_seen)
    with any_db.transaction() as session:
        row = renditions.approve(session, taras, GOAL, goal.id, "uk", words, as_seen=as_seen)
        assert (row.made_by, row.approved_by) == (oksana.id, taras.id)
    assert standing(any_db, goal) is Standing.DONE
    with any_db.reading() as session:
        assert groups.directory(session).get("7.49").title.words["uk"] == words["title"]


def test_what_is_sent_back_comes_with_its_reason_and_is_to_do_again(paderborn: Database) -> None:
    oksana, olga, goal = (
        hire(paderborn, "Oksana", "uk"),
        hire(paderborn, "Olga", role=StaffRole.OFFICER),
        goal_of(paderborn),
    )
    with paderborn.transaction() as session:
        renditions.propose(
            session, oksana, GOAL, goal.id, "uk", ukrainian(goal), as_seen=see(paderborn, goal, "uk")
        )
    for note, kind in (("", InvalidAnswer), ("x" * 501, InvalidAnswer)):
        with pytest.raises(kind), paderborn.transaction() as session:
            renditions.send_back(session, olga, GOAL, goal.id, "uk", note, as_seen=see(paderborn, goal, "uk"))
    with paderborn.transaction() as session:
        renditions.send_back(
            session, olga, GOAL, goal.id, "uk", "Bitte kürzer.", as_seen=see(paderborn, goal, "uk")
        )
    assert standing(paderborn, goal) is Standing.RETURNED
    with paderborn.transaction() as session:
        row = renditions.propose(
            session, oksana, GOAL, goal.id, "uk", ukrainian(goal, "."), as_seen=see(paderborn, goal, "uk")
        )
        assert (row.note, row.state) == ("", RenditionState.PROPOSED)


def test_a_changed_source_makes_outdated_what_was_approved_and_what_waits(paderborn: Database) -> None:
    oksana, olga, goal = (
        hire(paderborn, "Oksana", "uk"),
        hire(paderborn, "Olga", role=StaffRole.OFFICER),
        goal_of(paderborn),
    )
    with paderborn.transaction() as session:
        renditions.approve(
            session, olga, GOAL, goal.id, "uk", ukrainian(goal), as_seen=see(paderborn, goal, "uk")
        )
    reword(paderborn, goal.id, "Ein ganz anderer Titel")
    assert standing(paderborn, goal) is Standing.OUTDATED
    with paderborn.transaction() as session:
        renditions.propose(
            session, oksana, GOAL, goal.id, "uk", ukrainian(goal, " 2"), as_seen=see(paderborn, goal, "uk")
        )
    reword(paderborn, goal.id, "Noch ein anderer Titel")
    with paderborn.reading() as session:
        (task,) = [one for one in translation_lists.tasks(session, ["uk"], [GOAL]) if one.piece.id == goal.id]
    assert (task.standing, task.is_stale, task.made_by) == (Standing.WAITING, True, oksana.id)


def test_nobody_overwrites_anybody(paderborn: Database) -> None:
    oksana, taras, goal = hire(paderborn, "Oksana", "uk"), hire(paderborn, "Taras", "uk"), goal_of(paderborn)
    before = see(paderborn, goal, "uk")
    with paderborn.transaction() as session:
        renditions.propose(session, oksana, GOAL, goal.id, "uk", ukrainian(goal), as_seen=before)
    with pytest.raises(Conflict), paderborn.transaction() as session:
        renditions.propose(session, taras, GOAL, goal.id, "uk", ukrainian(goal, "!"), as_seen=before)
    known = see(paderborn, goal, "uk")
    reword(paderborn, goal.id, "Inzwischen anders")
    with pytest.raises(Conflict), paderborn.transaction() as session:
        renditions.approve(session, taras, GOAL, goal.id, "uk", ukrainian(goal), as_seen=known)
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Rendition.words)).one() == ukrainian(goal)


def test_of_two_at_once_one_is_told(any_db: Database) -> None:
    people = [hire(any_db, name, "uk") for name in ("Oksana", "Taras", "Halyna", "Petro")]
    goal = goal_of(any_db)
    before = see(any_db, goal, "uk")

    def write(number: int) -> str:
        try:
            with any_db.transaction() as session:
                words = ukrainian(goal, f" {number}")
                renditions.propose(session, people[number], GOAL, goal.id, "uk", words, as_seen=before)
        except Conflict:
            return "told"
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == ["kept", "told", "told", "told"]


def test_translators_keep_to_their_languages_and_closed_accounts_to_none(paderborn: Database) -> None:
    oksana, goal = hire(paderborn, "Oksana", "uk"), goal_of(paderborn)
    refusals: list[tuple[str, type[DomainError]]] = [("ar", NotAllowed), ("xx", NotFound), ("de", NotAllowed)]
    for tag, kind in refusals:
        with pytest.raises(kind), paderborn.transaction() as session:
            renditions.propose(session, oksana, GOAL, goal.id, tag, ukrainian(goal), as_seen="")
    with paderborn.transaction() as session:
        staff.disable(session, oksana.email)
        oksana = session.merge(oksana)
        with pytest.raises(NotAllowed):
            renditions.propose(
                session, oksana, GOAL, goal.id, "uk", ukrainian(goal), as_seen=see(paderborn, goal, "uk")
            )
    with pytest.raises(InvalidAnswer):
        hire(paderborn, "Niemand")


def test_words_that_do_not_fit_are_refused_as_telegram_counts(paderborn: Database) -> None:
    olga, update = hire(paderborn, "Olga", role=StaffRole.OFFICER), draft(paderborn)
    bad: list[dict[str, str]] = [
        {"title": "😀" * 76, "body": "x"},  # 152 units
        {"title": "x" * 100, "body": "y" * 3995},  # with what stands between them 4,097
        {"title": "x"},  # readers would meet two languages
        {"title": "", "body": ""},
    ]
    for words in bad:
        with pytest.raises(InvalidAnswer), paderborn.transaction() as session:
            renditions.approve(
                session, olga, UPDATE, update.id, "uk", words, as_seen=see(paderborn, update, "uk")
            )
    body = "  - eins\u202e\r\n  - zwei\x00"
    with paderborn.transaction() as session:
        row = renditions.approve(
            session,
            olga,
            UPDATE,
            update.id,
            "uk",
            {"title": "x" * 100, "body": body},
            as_seen=see(paderborn, update, "uk"),
        )
        assert row.words["body"] == "- eins\n  - zwei"
        assert session.get_one(Update, update.id).version == 2


def test_what_is_no_longer_sent_is_no_longer_translated(paderborn: Database) -> None:
    shown = draft(paderborn)
    draft(paderborn, state=UpdateState.CANCELLED)
    sent = draft(paderborn, state=UpdateState.SENT)
    with paderborn.reading() as session:
        listed = {one.id: one for one in UPDATE.listed(session)}
    assert set(listed) == {shown.id, sent.id}
    assert (listed[shown.id].page, listed[sent.id].page) == ("", f"news/{sent.id}")


def test_an_edit_of_the_office_counts_as_approved_and_leaves_the_rest_outdated(paderborn: Database) -> None:
    goal = goal_of(paderborn)
    with paderborn.transaction() as session:
        for tag in ("uk", "ar"):
            GOAL.put(session, goal.id, tag, ukrainian(goal))
    assert standing(paderborn, goal) is Standing.DONE
    with paderborn.transaction() as session, renditions.following(session, GOAL, [goal.id]):
        record = session.get_one(Goal, goal.id)
        record.title = Localised({**record.title.words, "de": "Neu", "ar": "جديد"})
    assert standing(paderborn, goal, "uk") is Standing.OUTDATED
    assert standing(paderborn, goal, "ar") is Standing.DONE
    with paderborn.transaction() as session, renditions.following(session, GOAL, [goal.id]):
        record = session.get_one(Goal, goal.id)
        record.title = Localised({**record.title.words, "uk": "Нове"})
    assert standing(paderborn, goal, "uk") is Standing.DONE


def test_what_waits_goes_on_waiting_when_the_office_edits(paderborn: Database) -> None:
    oksana, goal = hire(paderborn, "Oksana", "uk"), goal_of(paderborn)
    with paderborn.transaction() as session:
        renditions.propose(
            session, oksana, GOAL, goal.id, "uk", ukrainian(goal), as_seen=see(paderborn, goal, "uk")
        )
    with paderborn.transaction() as session, renditions.following(session, GOAL):
        GOAL.put(session, goal.id, "uk", ukrainian(goal, "?"))
    assert standing(paderborn, goal) is Standing.WAITING
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Rendition.words)).one() == ukrainian(goal)


def test_a_translated_report_is_neither_published_again_nor_noted(any_db: Database) -> None:
    olga = hire(any_db, "Olga", role=StaffRole.OFFICER)
    number = whole_round(any_db)
    (first, *_rest) = [one.id for one in reports_of(any_db, number)]
    with any_db.transaction() as session:
        review.accept(session, olga, number, version=1, public={first: Localised({"de": "Erledigt."})})
    with any_db.reading() as session:
        before = _traces(session, first)
        (piece,) = [one for one in KINDS["report"].listed(session) if one.source]
    assert (piece.id, piece.source) == (first, {"public": "Erledigt."})
    words, as_seen = {"public": "Готово."}, see(any_db, piece, "uk")
    with any_db.transaction() as session:
        renditions.approve(session, olga, KINDS["report"], first, "uk", words, as_seen=as_seen)
    with any_db.reading() as session:
        assert session.get_one(ProgressReport, first).public.words == {"de": "Erledigt.", "uk": "Готово."}
        assert _traces(session, first) == before
        assert submissions.get(session, number).version == 3  # who words it anew just now is told


def _traces(session: Session, report_id: int) -> tuple[object, ...]:
    """Return what a publication leaves behind."""
    letters, changed = (session.scalar(sa.select(sa.func.count(one.id))) for one in (Message, SheetChange))
    return session.get_one(ProgressReport, report_id).published_at, letters, changed


def test_the_lists_take_the_same_statements_for_one_and_for_many(any_db: Database) -> None:
    def count() -> int:
        with listening(any_db) as heard, any_db.reading() as session:
            translation_lists.tasks(session, [entry.tag for entry in LANGUAGES])
        return sum(one.is_statement for one in heard)

    few = count()
    for _number in range(20):
        draft(any_db)
    assert count() == few == len(KINDS) + 1


def test_a_translation_of_nothing_goes_at_night(paderborn: Database) -> None:
    oksana, update, goal = hire(paderborn, "Oksana", "uk"), draft(paderborn), goal_of(paderborn)
    for kind, piece in ((UPDATE, update), (GOAL, goal)):
        with paderborn.transaction() as session:
            renditions.propose(
                session, oksana, kind, piece.id, "uk", ukrainian(piece), as_seen=see(paderborn, piece, "uk")
            )
    with paderborn.transaction() as session:
        session.execute(sa.delete(Update))
    assert retention.prune(paderborn)["translations of nothing"] == 1
    with paderborn.transaction() as session:
        assert session.scalars(sa.select(Rendition.kind)).all() == ["goal"]
        renditions.forget(session, GOAL, goal.id)
        assert session.scalars(sa.select(Rendition.kind)).all() == []


def test_next_goes_on_from_where_one_is_and_begins_again_at_the_end(paderborn: Database) -> None:
    with paderborn.reading() as session:
        found = translation_lists.tasks(session, ["uk"], [GOAL])
    assert translation_lists.next_task(found, found[0], [Standing.MISSING]) is found[1]
    assert translation_lists.next_task(found, found[-1], [Standing.MISSING]) is found[0]
    assert translation_lists.next_task(found, found[0], [Standing.WAITING]) is None
