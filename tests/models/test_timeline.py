"""What everybody can read of what changed, and what nobody can."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from models import changes, clock, groups, progress, publication, readings, staff, timeline
from models.changes import Author, Subject
from models.db import Database
from models.forms import review
from models.participants import Standing
from models.progress import ProgressReport
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.staff import StaffMember, StaffRole
from models.timeline import Entry
from tests.models.test_progress import report
from translations import LANGUAGES, Localised

DROPPED, STUCK = MilestoneState.DROPPED, MilestoneState.STUCK
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def olga(any_db: Database) -> StaffMember:
    """An officer."""
    with any_db.transaction() as session:
        return staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )


def note(db: Database, subject: Subject, number: str = "7.49", **more: str) -> None:
    """Put a change into the history of a group, without what it changes."""
    with db.transaction() as session:
        changes.record(session, groups.directory(session).get(number).id, subject, by=Author(), **more)


def told(db: Database, tag: str = "en", number: str | None = "7.49") -> list[list[str]]:
    """What the timeline tells, the newest first."""
    with db.reading() as session:
        group_id = groups.directory(session).get(number).id if number else None
        return [[text.to(tag) for text in one.texts()] for one in timeline.page(session, group_id).entries]


def publish(db: Database, olga: StaffMember, key: str, german: str, **answers: str) -> int:
    """Accept a report with a wording for everybody; return its submission's id."""
    number = report(db, key, **answers)
    with db.transaction() as session:
        public = {one.id: Localised({"de": german, "en": "in English"} if german else {})
                  for one in progress.of_submission(session, number)}  # fmt: skip
        review.accept(session, olga, number, version=1, public=public)
    return number


def test_an_accepted_report_is_one_entry_without_its_reporter(any_db: Database, olga: StaffMember) -> None:
    publish(any_db, olga, "r1", "Erste Gespräche sind geführt.", new_due="03/2027")
    (lines,) = told(any_db)
    whole = "\n".join(lines)
    states = (MILESTONE_WORDS[MilestoneState.DONE], MILESTONE_WORDS[MilestoneState.NOT_BEGUN])
    for line, parts in zip(
        lines, ([one.to("en") for one in states], ["March 2027", "October 2018"], ["in English"]), strict=True
    ):
        assert all(part in line for part in parts)
    for hidden in ("Oksana", "розмови", "Olga"):
        assert hidden not in whole


def test_a_report_that_was_mended_or_taken_off_is_told_as_it_is_now(
    any_db: Database, olga: StaffMember
) -> None:
    number = publish(any_db, olga, "r1", "Frau Muster war da.", state="")
    by = Author(staff_id=olga.id)
    with any_db.transaction() as session:
        (one,) = progress.of_submission(session, number)
        publication.reword(session, one, Localised({"de": "Eine Patin war da."}), by=by)
    assert "Muster" not in str(told(any_db, "de"))
    assert "Eine Patin war da." in str(told(any_db, "de"))
    with any_db.transaction() as session:
        (one,) = progress.of_submission(session, number)
        publication.hide(session, one, by=by)
    assert told(any_db, "de") == []


def test_a_report_that_is_not_published_is_not_told(any_db: Database, olga: StaffMember) -> None:
    publish(any_db, olga, "r1", "Wörter", state="")
    with any_db.transaction() as session:
        session.execute(sa.update(ProgressReport).values(published_at=None))
    assert told(any_db) == []


def test_a_report_without_a_wording_tells_only_what_moved(any_db: Database, olga: StaffMember) -> None:
    publish(any_db, olga, "r1", "")
    assert [len(lines) for lines in told(any_db)] == [1]


def test_reasons_and_the_order_of_milestones_are_not_told(any_db: Database) -> None:
    note(
        any_db,
        Subject.MILESTONE_STATE,
        before="stuck",
        after="dropped",
        about="Flyer",
        reason="Streit im Amt",
    )
    note(any_db, Subject.MILESTONE_ORDER, before="1", after="2", about="Flyer")
    note(any_db, Subject.MILESTONE_WEIGHT, before="1", after="2", about="Flyer")
    (lines,) = told(any_db)
    assert "Flyer" in lines[0]
    assert all(MILESTONE_WORDS[state].to("en") in lines[0] for state in (DROPPED, STUCK))
    assert "Streit" not in str(lines)


def test_names_that_are_off_the_sheet_are_not_told(any_db: Database) -> None:
    note(any_db, Subject.PARTICIPANT, after="Träger")
    note(any_db, Subject.PARTICIPANT, after="Petra Privat")
    note(any_db, Subject.PARTICIPANT, before="Petra Privat")
    note(any_db, Subject.PARTICIPANT, about="Petra Privat", before="person", after="organisation")
    note(any_db, Subject.PARTICIPANT, about="Träger", before=Standing.UNCONFIRMED, after=Standing.CONFIRMED)
    whole = str(told(any_db))
    assert "Träger" in whole
    assert "Petra" not in whole
    assert len(told(any_db)) == 3


EVERY_SUBJECT = {
    Subject.LEAD: {"before": "BIZ", "after": "Caritas"},
    Subject.INTERIM_TARGET: {"before": "x"},
    Subject.INTERIM_DUE: {"before": "ca. 06/19", "after": "Ende 2027"},
    Subject.NOTES: {"after": "Viele\nZeilen"},
    Subject.MILESTONE: {"after": "Neu", "about": "Neu"},
    Subject.MILESTONE_STATE: {"before": "not-begun", "after": "gone-in-a-later-version"},
    Subject.MILESTONE_DUE: {"before": "bald mal", "after": ""},
    Subject.MEETING: {"before": "1.2.2027, 16:00", "about": "1.2.2027"},
    Subject.OWNERSHIP: {"before": "green", "after": "blue", "about": "Kreistag"},
    Subject.READING: {"after": "12.5 %", "about": "2025-12-31"},
    Subject.TARGET: {"before": "10 %", "after": "", "about": "target"},
    Subject.REPORT: {"after": "Wörter"},
}


@pytest.mark.parametrize("tag", [entry.tag for entry in LANGUAGES])
def test_every_kind_of_change_is_told_in_every_language(paderborn: Database, tag: str) -> None:
    for subject, parts in EVERY_SUBJECT.items():
        note(paderborn, subject, **parts)
    said = told(paderborn, tag)
    assert len(said) == len(EVERY_SUBJECT)
    assert all(line and "{" not in line for lines in said for line in lines)


def test_what_is_public_is_decided_for_every_subject() -> None:
    hidden = set(Subject) - timeline.PUBLIC
    assert hidden == {Subject.MILESTONE_ORDER, Subject.MILESTONE_WEIGHT}
    assert set(EVERY_SUBJECT) | {Subject.PARTICIPANT} == timeline.PUBLIC


def test_pages_follow_each_other_without_a_gap(any_db: Database) -> None:
    for number in range(7):
        note(any_db, Subject.NOTES, before=str(number), after=str(number + 1))
    note(any_db, Subject.NOTES, "1.2", after="Anderes")
    seen: list[Entry] = []
    with any_db.reading() as session:
        group_id = groups.directory(session).get("7.49").id
        page = timeline.page(session, group_id, size=3)
        while True:
            seen += page.entries
            if page.onward is None:
                break
            page = timeline.page(session, group_id, below=page.onward, size=3)
        assert len(timeline.page(session).entries) == 8
    assert [one.lines[0].after.to("de") for one in seen if one.lines[0].after] == list("7654321")


def test_a_group_is_silent_since_its_last_word(any_db: Database, olga: StaffMember) -> None:
    with clock.frozen(NOON):
        publish(any_db, olga, "r1", "Wort")
    with any_db.transaction() as session:
        card = groups.directory(session).get("7.49")
        readings.take(session, olga, card.goal_id, "3", "31.12.2025", "Das Büro zählt")
    with any_db.reading() as session:
        found = progress.standings(session, date(2026, 11, 21))
        alone = progress.standings(session, date(2026, 11, 21), group_id=card.id)
        other = found[groups.directory(session).get("1.2").id]
    assert alone == {card.id: found[card.id]}
    assert (found[card.id].silent_since, other.silent_since) == (NOON, None)
    assert found[card.id].is_silent(NOON + timedelta(days=200))
    assert not found[card.id].is_silent(NOON + timedelta(days=20))
    assert other.is_silent(NOON)


def test_weights_move_the_bar_and_dropped_ones_count_for_nothing(any_db: Database) -> None:
    with any_db.transaction() as session:
        card = groups.directory(session).get("7.49")
        first, second, third = progress.milestones_of(session, card.id)
        first.state, first.weight = MilestoneState.DONE, 3
        second.state = MilestoneState.UNDER_WAY
        third.state = MilestoneState.DROPPED
    with any_db.reading() as session:
        one = progress.standings(session, date(2026, 11, 21))[card.id]
        whole = progress.together(progress.standings(session, date(2026, 11, 21)).values())
    assert (one.total, one.done, one.under_way, one.dropped) == (2, 1, 1, 1)
    assert (one.share_done, one.share_under_way, one.is_weighted) == (75.0, 25.0, True)
    assert (whole.total, whole.dropped, whole.done) == (38, 1, 1)
