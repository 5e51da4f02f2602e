"""A status round in a whole installation: opened by command, answered in the chat, looked at on all pages."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from models import clock, groups, links, people, progress, rounds
from models.groups import WorkingGroup
from models.links import Purpose
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind
from models.rounds import RequestState
from models.sheets import MilestoneState
from tests.journeys.chat import Human
from tests.journeys.conftest import Demo
from tests.journeys.test_accessibility import look
from translations import Text

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.xdist_group("demo")]
LEAD, OTHER = "4.30", "6.45"


def make_lead(demo: Demo, chat: int, number: str) -> None:
    """Let somebody who chats lead a group."""
    db = demo.database()
    with db.transaction() as session:
        person = people.of_chat(session, chat)
        assert person is not None
        person.prefers = ChannelKind.TELEGRAM
        session.get_one(WorkingGroup, groups.directory(session).get(number).id).contact_id = person.id
    db.close()


def open_round(demo: Demo) -> int:
    """Open a round by the command; nobody waits for the morning here."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MITWIRKEN_")}
    command = [
        sys.executable,
        "-m",
        "mitwirken",
        "--settings",
        str(demo.folder / "settings"),
        "round",
        "open",
    ]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr
    assert "of 13 answered" in told.stdout
    db = demo.database()
    with db.transaction() as session:
        waits = Delivery.state == DeliveryState.QUEUED
        session.execute(sa.update(Delivery).where(waits).values(not_before=clock.now()))
        (one,) = rounds.running(session)
    db.close()
    return one.id


def begin_anew(demo: Demo) -> None:
    """Let the lead's milestones be as the demo begins: other journeys have reported on them."""
    db = demo.database()
    with db.transaction() as session:
        card = groups.directory(session).get(LEAD)
        for one in progress.milestones_of(session, card.id):
            one.state = MilestoneState.NOT_BEGUN
    db.close()


def said(msgid: str, **values: int) -> str:
    """Words as the chat says them in English."""
    return Text(msgid)(**values).to("en")


@pytest.fixture(scope="module")
def answered(demo: Demo) -> int:
    """A round in which one lead has answered in the chat; its number."""
    lead = Human.meet(demo.chat, "Amina", "en")
    lead.write("/start")
    make_lead(demo, lead.id, LEAD)
    begin_anew(demo)
    number = open_round(demo)
    lead.wait()
    assert said("Answer now") in lead.labels()
    lead.press(said("Answer now"))
    assert "1 of 2" in lead.last["text"]
    lead.press(said("As before"))
    lead.press(said("Done"))
    lead.write("Das Heft ist gedruckt.")
    lead.press(said("Skip"))
    lead.press(said("Skip"))
    thanks = lead.press(said("Send"))
    assert "4.30" in thanks["text"]
    return number


def test_one_tap_for_as_before_and_one_for_done(demo: Demo, answered: int) -> None:
    db = demo.database()
    with db.reading() as session:
        request = rounds.current(session, groups.directory(session).get(LEAD).id)
        assert request is not None
        (report,) = progress.of_submission(session, request.submission_id or 0)
    db.close()
    assert (request.round_id, request.state) == (answered, RequestState.ANSWERED)
    assert (report.state, report.happened) == (MilestoneState.DONE, "Das Heft ist gedruckt.")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_pages_of_a_round(demo: Demo, answered: int, chromium: Browser, language: str) -> None:
    db = demo.database()
    with db.transaction() as session:
        card = groups.directory(session).get(OTHER)
        request = rounds.current(session, card.id)
        assert request is not None
        letter = links.issue(session, Purpose.ROUND, person_id=request.person_id, target_id=request.id)
        lead = links.issue(session, Purpose.HAND_OVER, person_id=None, target_id=card.id)
    context = chromium.new_context()
    page = context.new_page()
    for path in (f"status-round/{letter}", f"lead/{lead}"):
        page.goto(f"{demo.base}/{language}/{path}")
        look(page)
    officer = demo.officer()
    page.goto(f"{demo.base}/desk/login")
    page.fill("[name=email]", officer["email"])
    page.fill("[name=password]", officer["password"])
    page.click("main button[type=submit]")
    with db.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE staff SET language = '{language}'")
    db.close()
    base = f"/desk/rounds/{answered}"
    for path in ("/desk/rounds", base, f"{base}/{OTHER}", f"{base}/{OTHER}/hand-over", f"{base}/call-sheet"):
        page.goto(f"{demo.base}{path}")
        look(page)
    context.close()
