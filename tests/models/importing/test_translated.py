"""What an import does to translations: a changed goal leaves them outdated, an older file undoes none."""

import shutil
from pathlib import Path

from models import renditions, translation_lists
from models.db import Database
from models.importing import import_region
from models.staff import StaffRole
from models.translation_lists import Standing
from tests.conftest import REGION
from tests.models.translators import GOAL, goal_of, hire, see, ukrainian

TABLE = "number,colour,title,title_uk\n7.49,grün,{title},{ukrainian}\n"


def _import(db: Database, folder: Path, title: str, said: str = "") -> None:
    (folder / "goals.csv").write_text(TABLE.format(title=title, ukrainian=said), encoding="utf-8")
    shutil.copyfile(REGION / "programme.csv", folder / "programme.csv")
    report = import_region(db, folder)
    assert report.ok, list(report.lines("en"))


def _standing(db: Database) -> Standing:
    with db.reading() as session:
        found = translation_lists.tasks(session, ["uk"], [GOAL])
    return next(one.standing for one in found if one.piece.id == goal_of(db).id)


def test_a_changed_goal_leaves_its_translations_outdated(paderborn: Database, tmp_path: Path) -> None:
    goal = goal_of(paderborn)
    with paderborn.transaction() as session:
        GOAL.put(session, goal.id, "uk", ukrainian(goal))
    _import(paderborn, tmp_path, goal.source["title"])
    assert _standing(paderborn) is Standing.DONE
    _import(paderborn, tmp_path, "Ein ganz anderer Titel")
    assert _standing(paderborn) is Standing.OUTDATED
    _import(paderborn, tmp_path, "Ein ganz anderer Titel", "Зовсім інша назва")
    assert _standing(paderborn) is Standing.DONE


def test_an_older_file_does_not_undo_what_was_approved_here(paderborn: Database, tmp_path: Path) -> None:
    goal, olga = goal_of(paderborn), hire(paderborn, "Olga", role=StaffRole.OFFICER)
    _import(paderborn, tmp_path, goal.source["title"], "Старе")
    assert goal_of(paderborn).said("uk")["title"] == "Старе"
    with paderborn.transaction() as session:
        as_seen = see(paderborn, goal, "uk")
        renditions.approve(session, olga, GOAL, goal.id, "uk", ukrainian(goal), as_seen=as_seen)
    _import(paderborn, tmp_path, goal.source["title"], "Старе")
    assert goal_of(paderborn).said("uk") == ukrainian(goal)
    assert _standing(paderborn) is Standing.DONE
    with paderborn.transaction() as session:
        as_seen = see(paderborn, goal, "uk")
        renditions.propose(session, olga, GOAL, goal.id, "uk", ukrainian(goal, "!"), as_seen=as_seen)
    _import(paderborn, tmp_path, goal.source["title"], "Старе")  # nor while a better one waits
    assert goal_of(paderborn).said("uk") == ukrainian(goal)
    assert _standing(paderborn) is Standing.WAITING
