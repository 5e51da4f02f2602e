"""The conference day in a real browser, in Arabic on a telephone: one guest with script, one without any.

Code on a poster → registered → let in at the door → joined → the workshop's sheet on a tablet → feedback →
dots → wall → documentation, downloaded and opened.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from models import ballot_board, ballots, clock, groups
from models.ballots import Ballot, Phase
from models.db import Database
from models.events import Event
from models.feedback import FeedbackPoint
from models.memberships import Membership
from models.settings import Settings
from models.sheets import Milestone
from tests.journeys.conference import plain, words
from tests.models.exporting.reading_pdf import needs_fonts, read_pdf
from tests.models.workshops import GROUP, Hall, hall
from tests.webforms.desk.people import PASSWORD
from tests.webforms.test_walls import served
from translations import n_

pytestmark = [pytest.mark.browser, pytest.mark.journey, needs_fonts]
N_DOTS = n_("{n} dot", "{n} dots")


@dataclass
class Play:
    """The day, where it is served, and what leads from one step to the next."""

    chromium: Chromium
    base: str
    db: Database
    here: Hall
    code: str = ""
    vote: str = ""

    def page(self, width: int, height: int, *, script: bool = True) -> Page:
        """Take a device into the hand."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    def desk(self, email: str, address: str, width: int, height: int) -> Page:
        """Log in at the desk."""
        page = self.page(width, height)
        page.goto(f"{self.base}/desk/login?next={address}")
        page.fill("#email", email)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        return page


@pytest.fixture
def play(chromium: Chromium, settings: Settings, paderborn: Database) -> Iterator[Play]:
    """A conference today, served."""
    here = hall(paderborn, day=clock.today("Europe/Berlin"))
    with paderborn.reading() as session:
        code = session.get_one(Event, here.event_id).code
    with served(settings, paderborn) as server:
        yield Play(chromium, f"http://127.0.0.1:{server.server_port}", paderborn, here, code)


def test_the_day_by_telephone_in_arabic(play: Play, tmp_path: Path) -> None:
    guests = {
        "ليلى مثال": play.page(360, 780), "سامي مثال": play.page(360, 780, script=False),
    }  # fmt: skip
    door = play.desk("olga@example.org", f"/desk/events/{play.here.event_id}/door", 360, 780)
    for number, (name, page) in enumerate(guests.items()):
        own = register(play, page, name, f"guest{number}@example.org")
        let_in(door, name, own)
        join(play, page, name, f"guest{number}@example.org")
        give_feedback(play, page, f"الهدف واضح {number}")
        if not number:
            write_the_sheet(play)
            begin_vote(play)
        vote(play, page, own)
    look_at_the_wall(play)
    document(play, door, tmp_path)


def follow(page: Page, part: str) -> None:
    """Go on by the link with this in its address."""
    page.locator(f"main a[href*='{part}']").first.click()


def send(page: Page) -> None:
    """Send the form of the page; nothing of it is wider than the telephone."""
    if page.evaluate("1") == 1:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, page.url
    page.locator("main form#answers .actions button").first.click()


def register(play: Play, page: Page, name: str, email: str) -> str:
    """Scan the code, register, read one's own code."""
    page.goto(f"{play.base}/e/{play.code}?lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    follow(page, "/forms/register-event")
    page.fill("[name=name]", name)
    page.check("[name=languages][value=ar]")
    page.check("[name=reach][value=email]")
    page.fill("[name=email]", email)
    page.check(f"[name=workshop-1][value='{play.here.workshop_id}']")
    send(page)
    return page.locator(".entrance .code").inner_text()


def let_in(door: Page, name: str, own: str) -> None:
    """Type the six characters at the door: whether its script is there already, they are sent either way."""
    door.reload()
    expect(door.locator("#guests .guest", has_text=name)).to_have_count(1)
    door.fill("#code", f" {own[:3].lower()} {own[3:].lower()} ")
    door.keyboard.press("Enter")
    expect(door.locator("#guests .guest.is-here", has_text=name)).to_have_count(1)


def join(play: Play, page: Page, name: str, email: str) -> None:
    """Join a group from the page of the event."""
    page.goto(f"{play.base}/ar/events/{play.code}")
    follow(page, f"/groups/{GROUP}")
    follow(page, "/forms/join-group")
    page.fill("[name=name]", name)
    page.check("[name=role][value=member]")
    page.check("[name=reach][value=email]")
    page.fill("[name=email]", email)
    page.check("[name=pass_on]")
    send(page)
    with play.db.reading() as session:
        assert session.scalar(sa.select(Membership.group_id).order_by(Membership.id.desc()).limit(1)) == (
            play.here.group_id
        )


def give_feedback(play: Play, page: Page, point: str) -> None:
    """Say something on a goal; at which event is known, and is not asked."""
    page.goto(f"{play.base}/ar/events/{play.code}")
    follow(page, "/forms/feedback")
    assert page.locator("[name=event]:visible").count() == 0
    with play.db.reading() as session:
        group = groups.directory(session).get(GROUP).code
    page.select_option("[name=group]", group)
    page.fill("[name=stays]", point)
    send(page)
    with play.db.reading() as session:
        said = session.scalars(sa.select(FeedbackPoint).order_by(FeedbackPoint.id.desc())).first()
    assert said is not None
    assert said.words == point


def write_the_sheet(play: Play) -> None:
    """The moderator writes on a tablet, takes a step out and back, and puts it all on the goal sheet."""
    tablet = play.desk("nora@example.org", f"/desk/workshops/{play.here.workshop_id}", 1024, 768)
    tablet.locator("#f-where").press_sequentially("Im Rathaus")
    tablet.fill("#f-what-1", "Eltern einladen")
    tablet.fill("#f-due-1", "Jan / Feb 2032")
    tablet.fill("#f-what-2", "Doch nicht")
    for number, way in ((2, "out"), (1, "out"), (1, "back")):
        tablet.locator(f"[data-step='{number}'] [data-{way}]").click()
        shown = tablet.locator(f"[data-step='{number}'] .step")
        expect(shown).to_be_visible() if way == "back" else expect(shown).to_be_hidden()
    expect(tablet.locator("#f-what-1")).to_have_value("Eltern einladen")
    expect(tablet.locator("[data-state]")).to_have_text(
        tablet.locator("#workshop").get_attribute("data-saved") or ""
    )
    tablet.locator("#put button").click()
    tablet.wait_for_url("**done=put**")
    with play.db.reading() as session:
        made = session.scalars(sa.select(Milestone.measure)).all()
    assert "Eltern einladen" in made
    assert "Doch nicht" not in made
    tablet.context.close()


def begin_vote(play: Play) -> None:
    """The moderator opens a vote on two topics."""
    with play.db.transaction() as session:
        event, nora = play.here.event_id, play.here.nora
        ballot = ballot_board.begin(session, nora, "Was zuerst?", event_id=event, cards_each=2, dots_each=3)
        ballot_board.go_to(session, nora, ballot.id, Phase.GROUP)
        for title in ("Sprachkurse", "Sport"):
            ballot_board.add_topic(session, nora, ballot.id, title)
        ballot_board.go_to(session, nora, ballot.id, Phase.VOTE)
        play.vote = ballot.code


def vote(play: Play, page: Page, own: str) -> None:
    """Come by the hall's code on the wall, type the own code, give three dots."""
    page.goto(f"{play.base}/v/{play.vote}?lang=ar")
    page.fill("#code", own.lower())
    page.locator("main form[action$='/enter'] button").click()
    for fieldset, many in ((0, "2"), (1, "1")):
        page.locator("fieldset.give").nth(fieldset).locator(f"input[value='{many}']").check()
    page.locator("main form[action$='/vote'] button").click()
    assert page.locator("[role=status]").count()
    for fieldset, many in ((0, "2"), (1, "1")):
        assert page.locator("fieldset.give").nth(fieldset).locator(f"input[value='{many}']").is_checked()


def look_at_the_wall(play: Play) -> None:
    """The hall sees how many have voted, and the result once the vote is closed."""
    wall = play.page(1280, 720)
    wall.goto(f"{play.base}/wall/{play.code}?lang=ar&show=dots")
    voted = n_("{n} person has given dots", "{n} people have given dots")(n=2).to("ar")
    expect(wall.locator("#w-turnout")).to_have_text(plain(voted))
    with play.db.transaction() as session:
        ballot = session.scalars(sa.select(Ballot)).one()
        ballot_board.go_to(session, play.here.nora, ballot.id, Phase.RESULT)
        first = ballots.topics(session, ballot.id)[0].id
    expect(wall.locator(f"#w-d{first}")).to_have_text("4", timeout=15_000)
    assert plain(wall.locator("#w-arrived").inner_text()) == plain(
        n_("{n} person is here", "{n} people are here")(n=2).to("ar")
    )
    wall.context.close()


def document(play: Play, desk: Page, folder: Path) -> None:
    """The office releases what was said, takes the documentation out in Word and PDF, and opens both."""
    desk.goto(f"{play.base}/desk/feedback?event={play.here.event_id}")
    desk.locator("main table a[href^='/desk/feedback/']").first.click()
    desk.locator("main form[action$='/release'] button").click()
    desk.goto(f"{play.base}/desk/events/{play.here.event_id}/after")
    files = {}
    for ending in ("docx", "pdf"):
        with desk.expect_download() as waiting:
            desk.evaluate(
                "(address) => { const way = document.createElement('a'); way.href = address;"
                " document.body.append(way); way.click(); }",
                f"/desk/events/{play.here.event_id}/after/documentation.{ending}?language=ar",
            )
        files[ending] = folder / f"documentation.{ending}"
        waiting.value.save_as(files[ending])
    doc = Document(str(files["docx"]))
    told = [cell.text for table in doc.tables for row in table.rows for cell in row.cells]
    text = plain("\n".join([*told, *(one.text for one in doc.paragraphs)]))
    assert "Sprachkurse" in text
    assert plain(N_DOTS(n=4).to("ar")) in text
    assert "الهدف واضح 0" in text
    assert text.count("Im Rathaus") == len(re.findall("Im Rathaus", text)) >= 1
    assert len([cell for cell in told if "Im Rathaus" in cell]) == 1, "what is on the goal sheet stands once"
    assert len([cell for cell in told if "Eltern einladen" in cell]) == 1
    printed = read_pdf(files["pdf"].read_bytes())
    assert printed.lang == "ar"
    assert words("In numbers", "ar") in printed.outline
