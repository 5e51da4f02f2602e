"""Every milestone of the programme is reported once by chat and once on the page, reviewed and published.

What the overview counts then agrees with the database, the workbook and the Word document.
"""

import base64
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
import pytest
import sqlalchemy as sa
from PIL import Image

from commands.check_http import Browser
from models import groups, progress
from models.attachments import Attachment, AttachmentState
from models.forms import FORMS
from models.progress import ProgressReport
from models.sheets import MILESTONE_WORDS, Milestone, MilestoneState
from tests.journeys.chat import Human, call
from tests.journeys.conftest import Demo
from translations import Text

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

LANGUAGES = ("de", "en", "ar")
HAPPENED = {"de": "Wir haben angefangen.", "en": "We have begun.", "ar": "لقد بدأنا."}
STATES = (MilestoneState.DONE, MilestoneState.STUCK, MilestoneState.UNDER_WAY)
SENT_BY_CHAT = MilestoneState.UNDER_WAY
REPORT = FORMS["report-progress"]


@dataclass(frozen=True)
class Task:
    """One milestone to report: its group's number, its place among the group's, its id and words."""

    group: str
    place: int
    id: int
    measure: str

    @property
    def language(self) -> str:
        """The language in which it is reported by chat."""
        return LANGUAGES[self.id % 3]

    @property
    def state(self) -> MilestoneState:
        """The state that is reported on the page, which comes last."""
        return STATES[self.id % 3]


def tasks_of(demo: Demo) -> list[Task]:
    """Return all milestones of the demo's programme."""
    database = demo.database()
    with database.reading() as session:
        found = [
            Task(card.number, place, one.id, one.measure)
            for card in groups.directory(session).cards
            for place, one in enumerate(progress.milestones_of(session, card.id), start=1)
        ]
    database.close()
    return found


def picture() -> str:
    """Return a small invented photo."""
    target = io.BytesIO()
    Image.new("RGB", (320, 240), (11, 93, 102)).save(target, "JPEG")
    return base64.b64encode(target.getvalue()).decode()


def report_by_chat(demo: Demo, task: Task, photo: str) -> None:
    """Report a milestone in chat, with a photo."""
    tongue = task.language
    person = Human.meet(demo.chat, f"Person {task.id}", tongue)
    person.write("/start")
    person.press(REPORT.title.to(tongue))
    person.write(task.group)
    person.write(str(task.place))
    person.press(MILESTONE_WORDS[SENT_BY_CHAT].to(tongue))
    person.write(HAPPENED[tongue])
    call(person.base, f"/user/{person.id}/send", {"photo": photo})
    person.wait()
    for label in ("That is all", "Skip", "Skip"):
        person.press(Text(label).to(tongue))
    sent = person.press(REPORT.send.to(tongue))
    assert task.group in sent["text"], sent["text"]


def report_on_page(demo: Demo, task: Task) -> None:
    """Report the same milestone on the page."""
    browser = Browser(demo.base)
    page = browser.get(f"/{task.language}/forms/report-progress?group={task.group}")
    form = page.form_with("milestone", "happened")
    assert form is not None, page.text
    answers = {
        "milestone": str(task.id), "state": task.state.value, "happened": HAPPENED[task.language],
        "name": f"Person {task.id}", "reach": "phone", "phone": f"05251 {100000 + task.id}",
    }  # fmt: skip
    status, after = browser.send(page, form, answers)
    assert status == 303, after.text
    assert "/thanks/" in after.url


def review(demo: Demo, entries: list[int]) -> None:
    """Publish entries at the desk, one after the other, with the office's wording."""
    officer = demo.officer()
    browser = Browser(demo.base)
    page = browser.get("/desk/login")
    form = page.form_with("email", "password")
    assert form is not None
    browser.send(page, form, {"email": officer["email"], "password": officer["password"]})
    for number in entries:
        page = browser.get(f"/desk/entries/{number}")
        form = next(one for one in page.forms if f"/entries/{number}/accept" in one.action)
        wording = next(name for name in form.names if name.startswith("public-") and name.endswith("-de"))
        status, after = browser.send(page, form, {wording: f"Amtlich {number}."})
        assert status == 303, after.text


def waiting_reports(demo: Demo) -> list[int]:
    """Return the reports of these people that nobody has looked at, in their order."""
    database = demo.database()
    with database.reading() as session:
        found = list(
            session.scalars(
                sa.select(ProgressReport.submission_id)
                .where(ProgressReport.published_at.is_(None), ProgressReport.milestone_id.is_not(None))
                .order_by(ProgressReport.submission_id)
            )
        )
    database.close()
    return found


def exported(demo: Demo, kind: str, file: Path) -> Path:
    """Export as an officer would on the command line."""
    address = f"sqlite:///{demo.folder}/mitwirken.sqlite"
    command = [sys.executable, "-m", "mitwirken", "export", kind, "--to", str(file)]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "MITWIRKEN_DATABASE": address}
    )
    return file


def counted(demo: Demo) -> dict[MilestoneState, int]:
    """Return how many milestones stand where, as the database has it."""
    database = demo.database()
    with database.reading() as session:
        rows = session.execute(sa.select(Milestone.state, sa.func.count()).group_by(Milestone.state)).all()
    database.close()
    return dict(rows)  # type: ignore[arg-type]  # rows are pairs


def files_of(demo: Demo) -> int:
    """Return how many photos have been fetched."""
    database = demo.database()
    with database.reading() as session:
        ready = sa.select(sa.func.count(Attachment.id)).where(Attachment.state == AttachmentState.READY)
        found = session.scalar(ready) or 0
    database.close()
    return found


def test_each_milestone_by_chat_and_page_then_all_counts_agree(demo: Demo, tmp_path: Path) -> None:
    tasks, photo = tasks_of(demo), picture()
    assert (len({task.group for task in tasks}), len(tasks)) == (12, 39)  # one group has no milestones yet
    files_before = files_of(demo)
    with ThreadPoolExecutor(len(tasks)) as people:  # all at once: a chat gets one message a second
        list(people.map(lambda task: report_by_chat(demo, task, photo), tasks))
    by_chat = waiting_reports(demo)
    assert len(by_chat) == 39
    for task in tasks:
        report_on_page(demo, task)
    everything = waiting_reports(demo)
    assert (len(everything), everything[:39]) == (78, by_chat)
    assert files_of(demo) - files_before == 39

    review(demo, everything)
    assert waiting_reports(demo) == []
    wanted = {state: sum(task.state is state for task in tasks) for state in STATES}
    assert counted(demo) == wanted

    done, stuck = wanted[MilestoneState.DONE], wanted[MilestoneState.STUCK]
    overview = Browser(demo.base).get("/en/goals").text
    for words in ("39 milestones", f"{done} done", f"{stuck} stuck"):
        assert words in overview
    assert Browser(demo.base).get("/de/groups/7.49").text.count("Amtlich") == 6

    book = openpyxl.load_workbook(exported(demo, "goal-sheets", tmp_path / "sheets.xlsx"))
    header, *rows = [[cell.value for cell in row] for row in book["milestones"].iter_rows()]
    column = header.index("state")
    in_book = [row[column] for row in rows]
    document = docx.Document(str(exported(demo, "documentation", tmp_path / "half-year.docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for state, number in wanted.items():
        assert in_book.count(MILESTONE_WORDS[state].to("de")) == number
    assert sum(cell.count("Amtlich") for cell in cells) == 78
