"""The programme goes out as a workbook and comes back; nothing changes before somebody has seen it."""

import io

import openpyxl
import pytest

from models import groups, progress
from models.db import Database
from models.sheets import Milestone, MilestoneState
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer, said


def first_milestone(db: Database) -> Milestone:
    """Return the first milestone of a group."""
    with db.reading() as session:
        return progress.milestones_of(session, groups.directory(session).get("1.2").id)[0]


def edited(olga: Officer, column: str, words: str) -> bytes:
    """Take the workbook and change its first milestone."""
    answer = olga.client.get("/desk/workbook.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    header = [cell.value for cell in book["milestones"][1]]
    book["milestones"].cell(2, header.index(column) + 1).value = words
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def give(olga: Officer, data: bytes, name: str = "programm.xlsx") -> Page:
    """Give a workbook back."""
    return Page(olga.post("/desk/workbook", file=(io.BytesIO(data), name)))


def test_differences_are_shown_and_then_applied(olga: Officer, paderborn: Database) -> None:
    assert "/desk/workbook.xlsx" in olga.open("/desk/workbook").links
    page = give(olga, edited(olga, "state", "Erledigt"))
    assert said("Not begun") + said("Done") in page.text
    assert first_milestone(paderborn).state is MilestoneState.NOT_BEGUN
    answer = olga.post("/desk/workbook/apply", draft=page.fields["draft"])
    assert answer.status_code == 303
    assert said("The changes have been taken.") in olga.open(answer.location).text
    assert first_milestone(paderborn).state is MilestoneState.DONE
    again = olga.post("/desk/workbook/apply", draft=page.fields["draft"])
    assert again.status_code == 422


def test_what_changed_meanwhile_is_shown_first(olga: Officer, paderborn: Database) -> None:
    page = give(olga, edited(olga, "when_written", "ca. 06/19"))
    with paderborn.transaction() as session:
        session.get_one(Milestone, first_milestone(paderborn).id).measure = "Inzwischen anders"
    answer = olga.post("/desk/workbook/apply", draft=page.fields["draft"])
    assert answer.status_code == 200
    assert "Inzwischen anders" in answer.get_data(as_text=True)
    assert first_milestone(paderborn).due.wording == ""
    assert olga.post("/desk/workbook/apply", draft=Page(answer).fields["draft"]).status_code == 303
    assert first_milestone(paderborn).due.wording == "ca. 06/19"


def test_nonsense_is_refused_in_words(olga: Officer, paderborn: Database) -> None:
    assert Page(olga.post("/desk/workbook")).status == 422
    page = give(olga, b"not a workbook", "foto.jpg")
    assert said("This is not an .xlsx file. Please save it as .xlsx, without a password.") in page.text
    assert "draft" not in page.fields
    assert give(olga, b"x" * 5_000_001).status in (413, 422)


def test_an_untouched_workbook_changes_nothing(olga: Officer, paderborn: Database) -> None:
    page = give(olga, olga.client.get("/desk/workbook.xlsx").data)
    assert said("Nothing: the workbook says what is here already.") in page.text
    assert "draft" not in page.fields


@pytest.mark.parametrize("name", ["😀" * 200 + ".xlsx", "a\0b.xlsx", "../../../x.xlsx", "..", "x.csv"])
def test_no_name_of_a_file_is_too_much(olga: Officer, name: str) -> None:
    page = give(olga, edited(olga, "state", "Erledigt"), name)
    assert page.status == 200
    assert "draft" in page.fields
    assert olga.post("/desk/workbook/apply", draft=page.fields["draft"]).status_code == 303
