"""The desk of a workshop: two write at once and nothing is lost; the goal sheet gets it with history."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from models import (
    changes,
    clock,
    event_editing,
    groups,
    milestones,
    people,
    privacy,
    retention,
    workshop_pictures,
    workshop_sheets,
)
from models import workshop_putting as putting
from models import workshop_writing as writing
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.changes import Author, Subject
from models.db import Database
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.people import Person
from models.sheets import GoalSheet, Milestone
from models.staff import StaffMember
from models.workshop_putting import Put
from models.workshop_sheets import WorkshopEarlier
from models.workshop_writing import Overtaken, Saved
from tests.models.together import at_once, in_transaction
from tests.models.workshops import Hall, hall


def write(
    db: Database, here: Hall, name: str, words: str, *, seen: int, by: StaffMember, writer: str = ""
) -> Saved:
    """Write a field in a transaction of its own."""
    with db.transaction() as session:
        return writing.save(
            session, here.workshop_id, name, words, seen=seen, by=by, writer=writer or str(by.id)
        )


def read(db: Database, here: Hall) -> dict[str, str]:
    """Read all fields."""
    with db.reading() as session:
        return {name: one.words for name, one in workshop_sheets.fields(session, here.workshop_id).items()}


def test_of_two_who_write_at_once_one_is_asked_and_no_word_is_lost(any_db: Database) -> None:
    here = hall(any_db)

    def save(words: str, by: StaffMember):  # type: ignore[no-untyped-def]
        return lambda session: writing.save(
            session, here.workshop_id, "where", words, seen=0, by=by, writer=by.name
        )

    done = at_once(any_db, save("Im Rathaus", here.nora), in_transaction(any_db, save("Im Park", here.olga)))
    refusal = done.exception()
    assert isinstance(refusal, Overtaken)
    assert (refusal.now.words, refusal.now.version, refusal.now.by) == ("Im Rathaus", 1, "Nora Neu")
    assert read(any_db, here) == {"where": "Im Rathaus"}
    write(any_db, here, "where", "Im Park", seen=1, by=here.olga)
    with any_db.reading() as session:
        kept = workshop_sheets.earlier(session, here.workshop_id)["where"]
    assert [(one.words, by) for one, by in kept] == [("Im Rathaus", "Nora Neu")]


def test_two_write_in_two_fields_at_once_and_both_stand(any_db: Database) -> None:
    here = hall(any_db)

    def save(name: str, by: StaffMember):  # type: ignore[no-untyped-def]
        return lambda session: writing.save(
            session, here.workshop_id, name, "Etwas", seen=0, by=by, writer=by.name
        )

    done = at_once(any_db, save("where", here.nora), in_transaction(any_db, save("how", here.olga)))
    assert done.exception() is None
    assert set(read(any_db, here)) == {"where", "how"}


def test_two_who_ask_for_a_step_at_once_get_one_each(any_db: Database) -> None:
    here = hall(any_db)

    def more(by: StaffMember):  # type: ignore[no-untyped-def]
        return lambda session: writing.add_step(session, here.workshop_id, by=by)

    done = at_once(any_db, more(here.nora), in_transaction(any_db, more(here.olga)))
    assert done.result() == 5
    write(any_db, here, "what-5", "Zuletzt", seen=0, by=here.nora)
    with pytest.raises(NotFound):
        write(any_db, here, "what-6", "Zu viel", seen=0, by=here.nora)


def test_what_was_written_over_is_kept_once(paderborn: Database) -> None:
    here = hall(paderborn)
    for version, words in enumerate(("Pla", "Plakate", "Plakate drucken")):
        done = write(paderborn, here, "how", words, seen=version, by=here.nora)
    assert not done.by_new_hand
    assert write(paderborn, here, "how", "Plakate drucken", seen=0, by=here.olga).now.version == 3  # the same
    assert write(paderborn, here, "how", "Plakate drucken und hängen", seen=3, by=here.olga).by_new_hand
    with paderborn.reading() as session:
        assert session.scalars(sa.select(WorkshopEarlier)).all() == []  # all of it is still there
    write(paderborn, here, "how", "Anders", seen=4, by=here.nora)
    with paderborn.reading() as session:
        assert session.scalars(sa.select(WorkshopEarlier.words)).all() == ["Plakate drucken und hängen"]


def test_only_who_moderates_it_and_the_office_write(paderborn: Database) -> None:
    here = hall(paderborn)
    with paderborn.transaction() as session:
        other = session.get_one(StaffMember, here.nora.id)
        found = workshop_sheets.listed(session, other)
        assert [workshop.id for workshop, _event in found] == [here.workshop_id]
        assert len(workshop_sheets.listed(session, here.olga, here.event_id)) == 2
        with pytest.raises(NotAllowed):
            writing.save(session, here.workshop_id + 1, "how", "Nein", seen=0, by=other, writer="x")
    with pytest.raises(InvalidAnswer):
        write(paderborn, here, "due-1", "x" * 201, seen=0, by=here.nora)


def fill(db: Database, here: Hall) -> None:
    """Fill the sheet in."""
    for name, words in {
        "where": "Im Stadtteilbüro", "notes": "Viele Fragen", "what-1": "Plakate drucken", "due-1": "03/32",
        "by-1": "Büro Muster", "what-3": "Eltern einladen",
    }.items():  # fmt: skip
        write(db, here, name, words, seen=0, by=here.nora)


def put(db: Database, here: Hall) -> Put:
    """Put it onto the goal sheet."""
    with db.transaction() as session:
        return putting.put(session, here.workshop_id, by=here.nora)


def sheet_of(db: Database, here: Hall) -> tuple[str, list[Milestone]]:
    """Return notes and milestones of the goal sheet."""
    with db.reading() as session:
        found = groups.with_sheet(session, here.group_id).sheet
        assert found is not None
        return found.notes, list(found.milestones)


def test_the_words_come_onto_the_goal_sheet_with_history(any_db: Database) -> None:
    here = hall(any_db)
    notes, before = sheet_of(any_db, here)
    fill(any_db, here)
    assert put(any_db, here) == Put(2, 0, 0)
    after, now = sheet_of(any_db, here)
    assert after.startswith(notes)
    assert after.endswith("Musterkonferenz\nWo? Im Stadtteilbüro\nViele Fragen")
    one, two = now[len(before) :]
    assert one.measure == "Plakate drucken (verantwortlich: Büro Muster)"
    assert (one.due.wording, one.due.latest) == ("03/32", date(2032, 3, 31))
    assert two.measure == "Eltern einladen"
    with any_db.reading() as session:
        noted = [one for one in changes.of_group(session, here.group_id) if one.staff_id == here.nora.id]
    assert {one.subject for one in noted} >= {Subject.NOTES, Subject.MILESTONE}
    assert put(any_db, here) == Put(0, 0, 0)  # pressed again: nothing is there twice
    assert sheet_of(any_db, here)[0] == after


def test_putting_again_changes_what_was_put_and_leaves_what_others_changed(paderborn: Database) -> None:
    here = hall(paderborn)
    fill(paderborn, here)
    put(paderborn, here)
    *_others, two = sheet_of(paderborn, here)[1]
    with paderborn.transaction() as session:
        seen = session.scalars(sa.select(GoalSheet.version).where(GoalSheet.group_id == here.group_id)).one()
        milestones.change(
            session, here.group_id, two.id, measure="Alle einladen", due=two.due, weight=1,
            by=Author(staff_id=here.olga.id), seen=seen,
        )  # fmt: skip
    write(paderborn, here, "what-1", "Flyer drucken", seen=1, by=here.nora)
    write(paderborn, here, "what-3", "Väter einladen", seen=1, by=here.nora)
    write(paderborn, here, "where", "Im Park", seen=1, by=here.nora)
    assert put(paderborn, here) == Put(0, 1, 1)
    notes, found = sheet_of(paderborn, here)
    assert [one.measure for one in found[-2:]] == [
        "Flyer drucken (verantwortlich: Büro Muster)",
        "Alle einladen",
    ]
    assert notes.count("Wo?") == 1
    assert "Wo? Im Park" in notes


def out(db: Database, here: Hall, step: int, **seen: int) -> None:
    """Take a step out, as Olga sees it."""
    versions = {name.replace("_", "-"): version for name, version in seen.items()}
    with db.transaction() as session:
        writing.take_out(session, here.workshop_id, step, seen=versions, by=here.olga)


def test_a_step_is_taken_out_and_put_back_and_nobody_loses_words(paderborn: Database) -> None:
    here = hall(paderborn)
    fill(paderborn, here)
    with pytest.raises(Conflict):
        out(paderborn, here, 3)  # she has not seen what Nora wrote there
    out(paderborn, here, 3, what_3=1)
    out(paderborn, here, 2)
    assert put(paderborn, here) == Put(1, 0, 0)
    with paderborn.reading() as session:
        said = workshop_sheets.of_event(session, here.event_id)[here.workshop_id]
        assert (said.get("what-1"), said.get("what-3")) == ("Plakate drucken", None)
    assert read(paderborn, here)["what-3"] == "Eltern einladen", "its words are kept"
    with paderborn.transaction() as session:
        writing.put_back(session, here.workshop_id, 3, by=here.olga)
    write(paderborn, here, "what-2", "Doch noch", seen=0, by=here.nora)  # who writes there puts it back
    with paderborn.reading() as session:
        sheet = workshop_sheets.sheet(session, here.workshop_id)
        assert workshop_sheets.taken_out(sheet) == frozenset()
    assert put(paderborn, here) == Put(2, 0, 0)


def test_a_workshop_without_a_group_has_no_goal_sheet(paderborn: Database) -> None:
    here = hall(paderborn)
    with paderborn.transaction() as session, pytest.raises(Conflict):
        putting.put(session, here.workshop_id + 1, by=here.olga)


def test_a_workshop_with_words_is_not_removed(paderborn: Database) -> None:
    here = hall(paderborn)
    fill(paderborn, here)
    with paderborn.transaction() as session, pytest.raises(Conflict, match="written"):
        event_editing.set_workshops(session, here.event_id, [], version=1)


def photo(db: Database, here: Hall) -> int:
    """Give the workshop a photo; return the id of its row."""
    with db.transaction() as session:
        made = Attachment(
            token="t" * 12, kind=AttachmentKind.PHOTO, state=AttachmentState.READY, stored="x/y",
            media_type="image/jpeg", created_at=clock.now(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        return workshop_pictures.add(session, here.workshop_id, made.id, by=here.nora).id


def test_a_photo_is_seen_once_the_office_has_released_it(paderborn: Database) -> None:
    here = hall(paderborn)
    number = photo(paderborn, here)
    with paderborn.transaction() as session:
        assert workshop_pictures.public_of_group(session, here.group_id) == []
        with pytest.raises(NotAllowed):
            workshop_pictures.set_public(session, here.workshop_id, number, is_public=True, by=here.nora)
        workshop_pictures.set_public(session, here.workshop_id, number, is_public=True, by=here.olga)
        assert len(workshop_pictures.public_of_group(session, here.group_id)) == 1
        assert len(workshop_pictures.public_of_event(session, here.event_id)) == 1
        with pytest.raises(NotAllowed):
            workshop_pictures.remove(session, here.workshop_id, number, by=here.nora)


@pytest.mark.parametrize(("days", "stays"), [(700, True), (800, False)])
def test_after_two_years_words_and_photos_that_nobody_released_go(
    paderborn: Database, days: int, *, stays: bool
) -> None:
    here = hall(paderborn, day=clock.now().date() - timedelta(days=days))
    fill(paderborn, here)
    put(paderborn, here)
    photo(paderborn, here)
    with paderborn.transaction() as session:
        session.execute(sa.update(Attachment).values(created_at=clock.now() - timedelta(days=days)))
    retention.prune(paderborn)
    with paderborn.reading() as session:
        left = (
            bool(read(paderborn, here)), len(workshop_pictures.of_workshop(session, here.workshop_id)) == 1,
            workshop_sheets.sheet(session, here.workshop_id) is not None,
        )  # fmt: skip
    assert left == (stays, stays, stays)
    assert "Im Stadtteilbüro" in sheet_of(paderborn, here)[0]  # what came onto the goal sheet stays there


def test_who_is_erased_does_no_step_any_more(paderborn: Database) -> None:
    here = hall(paderborn)
    write(paderborn, here, "by-1", "Amina Beispiel", seen=0, by=here.nora)
    with paderborn.transaction() as session:
        number, _known = people.meet(session, name="Amina Beispiel", language="de", email="amina@example.org")
        privacy.erase(session, session.get_one(Person, number))
    assert read(paderborn, here)["by-1"] == ""
