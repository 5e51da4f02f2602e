"""How many SQL statements each page takes, exactly: noise-free, and the same for ten people and 20,000."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.crowd import fill
from bench.posting import FORM, Answer, environ, sign_up
from bench.recording import listening
from bench.stage import LANGUAGE, SECRET
from models import (
    changes,
    clock,
    groups,
    programmes,
    readings,
    rounds_asking,
    sessions,
    staff,
    updates_sending,
    updates_writing,
)
from models.changes import Author, Subject
from models.db import Database
from models.settings import Release, Settings
from models.staff import StaffRole
from models.updates import ButtonKind, Update, UpdateState
from models.updates_writing import Content
from translations import Localised
from webforms import create_app
from webforms.site import STAFF_COOKIE

MEMBERS = (10, 20_000)
PATTERN = "pattern@example.org"

# Statements without BEGIN, COMMIT and ROLLBACK: (when region and groups are in memory, after a start).
# What is in memory is read again every few seconds: the region is one statement, the groups another, and so
# are the events, to which each page leads where there are any.
PAGES = {
    "form": (0, 3),
    "report": (0, 4),  # and its milestones
    "landing": (0, 3),
    "home": (0, 4),  # and the newest titles
    "groups": (0, 3),
    "group": (12, 15),  # whether there is feedback, and the released photos of its workshops
    "calendar": (1, 2),
    "goals": (3, 6),
    "timeline": (3, 6),
    "timeline of all": (3, 6),
    "feed": (4, 6),
    "news": (4, 7),
    "news feed": (3, 4),
    "update": (3, 6),
    "thanks": (1, 4),
    "paper": (8, 10),
    "queue": (3, 5),
    "entry": (17, 19),
    "bulk": (4, 6),
    "goal-sheet": (8, 10),
    "round": (5, 7),
    "call-sheet": (6, 8),
    "translations": (12, 13),  # one for each kind, one for the renditions, one for who wrote them
    "translation": (4, 5),
    "updates": (2, 3),
    "update's words": (3, 6),
    "update's recipients": (7, 10),
    "update's look": (3, 4),
    "update on its way": (8, 9),
}
SIGN_UP = (7, 9)
SIGN_UP_AGAIN = (8, 10)  # the same person once more: the entry is marked


@dataclass
class House:
    """An installation with some members, and somebody logged in at the desk."""

    db: Database
    app: Flask
    code: str
    thanks: str
    cookie: str
    update: int = 0  # the newest of those that everybody may read

    def paths(self) -> dict[str, tuple[str, str]]:
        """Return path and query of each page in the table."""
        return {
            "form": (FORM, f"group={self.code}"),
            "report": (f"/{LANGUAGE}/forms/report-progress", f"group={self.code}"),
            "landing": (f"/j/{self.code}", ""),
            "home": (f"/{LANGUAGE}/", ""),
            "groups": (f"/{LANGUAGE}/groups", ""),
            "group": (f"/{LANGUAGE}/groups/7.49", ""),
            "calendar": (f"/calendar/{self.code}.ics", "lang=de"),
            "goals": (f"/{LANGUAGE}/goals", ""),
            "timeline": (f"/{LANGUAGE}/groups/7.49/timeline", ""),
            "timeline of all": (f"/{LANGUAGE}/goals/timeline", ""),
            "feed": (f"/{LANGUAGE}/goals.atom", ""),
            "news": (f"/{LANGUAGE}/news", ""),
            "news feed": (f"/{LANGUAGE}/news.atom", ""),
            "update": (f"/{LANGUAGE}/news/{self.update}", ""),
            "paper": (f"/{LANGUAGE}/groups/7.49.docx", ""),
            "thanks": (self.thanks, ""),
            "queue": ("/desk/", ""),
            "entry": ("/desk/entries/1", ""),
            "bulk": ("/desk/accept", "pick=1&pick=2&pick=3"),
            "goal-sheet": ("/desk/groups/7.49/sheet", ""),
            "round": ("/desk/rounds/1", ""),
            "call-sheet": ("/desk/rounds/1/call-sheet", ""),
            "translations": ("/desk/translations", "language=uk"),
            "translation": ("/desk/translations/goal/1/uk", ""),
            "updates": ("/desk/updates", ""),
            "update's words": ("/desk/updates/1", ""),
            "update's recipients": ("/desk/updates/1/recipients", ""),
            "update's look": ("/desk/updates/1/look", "lang=ar"),
            "update on its way": ("/desk/updates/1/send", ""),
        }

    def look(self, page: str) -> None:
        """Open a page."""
        request = environ("GET", *self.paths()[page])
        if self.paths()[page][0].startswith("/desk/"):
            request["HTTP_COOKIE"] = f"{STAFF_COOKIE}={self.cookie}"
        Answer(self.app, request).expect(200)

    def post(self, email: str) -> str:
        """Sign up, and return where the thanks are."""
        answer = Answer(self.app, environ("POST", FORM, body=sign_up(self.code, email))).expect(303)
        return dict(answer.headers)["Location"]

    def count(self, act: Callable[[], object], *, cold: bool = False) -> int:
        """Return the number of statements that something takes."""
        if cold:
            self.db.cache.drop()
        with listening(self.db) as heard:
            act()
        return sum(one.is_statement for one in heard)


def tell(session: Session, count: int) -> None:
    """Send some updates to everybody."""
    nothing = Localised({})
    for number in range(count):
        session.add(
            Update(
                state=UpdateState.SENT, source="de", title=Localised({"de": f"Meldung {number}"}),
                body=Localised({"de": "Mehr *dazu*."}), picture_words=nothing, button=ButtonKind.NONE,
                button_label=nothing, audience={}, created_at=clock.now(), changed_at=clock.now(),
                sent_at=clock.now() + timedelta(seconds=number),
            )
        )  # fmt: skip


@pytest.fixture(params=MEMBERS)
def house(request: pytest.FixtureRequest, any_db: Database, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house of ten members, then of 20,000."""
    monkeypatch.setattr("models.db.CACHE_SECONDS", 600.0)  # what is warm stays so on a busy machine
    settings = Settings(secret=SECRET, bot_username="beispiel_bot", _env_file=None)
    with any_db.reading() as session:
        code = groups.directory(session).get("7.49").code
    with any_db.transaction() as session:
        olga = staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="-"
        )
        cookie = sessions.start(session, staff_id=olga.id)
        programme = programmes.listed(session)[0]
        rounds_asking.open(session, programme, clock.today(settings.zone), zone=settings.zone)
        one = updates_writing.begin(session, by=Author(staff_id=olga.id))
        content = Content({"de": "Fest", "ar": "عيد"}, {"de": "Kommt!", "ar": "تعالوا"})
        updates_writing.save(session, one.id, content, by=Author(staff_id=olga.id), version=1)
        updates_sending.send(session, one.id, by=Author(staff_id=olga.id), version=2, rule=Release.NONE)
        tell(session, 12)
    made = House(any_db, create_app(settings, any_db), code, "", cookie)
    made.thanks = made.post(PATTERN)
    with any_db.reading() as session:
        made.update = session.scalars(sa.select(sa.func.max(Update.id))).one()
    fill(any_db, PATTERN, request.param - 1)
    return made


def test_each_page_takes_exactly_so_many_statements(house: House) -> None:
    found = {}
    for page in PAGES:
        house.look(page)
        house.look(page)  # what is prepared once per process is prepared now
        warm = house.count(partial(house.look, page))
        found[page] = warm, house.count(partial(house.look, page), cold=True)
    assert found == PAGES


def test_a_sign_up_takes_seven_statements_in_one_immediate_transaction(house: House) -> None:
    house.post("first@example.org")
    with listening(house.db) as heard:
        house.post("amina@example.org")
    cold = house.count(lambda: house.post("boris@example.org"), cold=True)
    assert (sum(one.is_statement for one in heard), cold) == SIGN_UP
    around = [one.sql for one in heard if not one.is_statement]
    assert around == (["BEGIN IMMEDIATE", "COMMIT"] if house.db.is_sqlite else ["COMMIT"])
    assert heard[-1].sql == "COMMIT"
    assert heard[-2].sql.startswith("UPDATE working_groups")  # others of the group wait from here
    warm = house.count(lambda: house.post(PATTERN))
    cold = house.count(lambda: house.post(PATTERN), cold=True)
    assert (warm, cold) == SIGN_UP_AGAIN


def test_the_counter_hears_reading_and_writing(any_db: Database) -> None:
    with listening(any_db) as heard:
        with any_db.reading() as session:
            session.execute(sa.text("SELECT 1"))
        with any_db.transaction() as session:
            session.execute(sa.text("SELECT 2"))
    assert [one.sql for one in heard if one.is_statement] == ["SELECT 1", "SELECT 2"]


def test_a_long_history_and_many_figures_take_no_more_statements(house: House) -> None:
    pages = ("group", "goals", "timeline", "timeline of all")
    with house.db.transaction() as session:
        card, olga = groups.directory(session).get("7.49"), staff.by_email(session, "olga@example.org")
        assert olga is not None
        for number in range(60):
            changes.record(session, card.id, Subject.NOTES, by=Author(), after=f"Stand {number}")
            readings.take(session, olga, card.goal_id, str(number), f"2024-01-{number % 31 + 1:02}", "Q")
    for page in pages:
        house.look(page)
        assert house.count(partial(house.look, page), cold=True) == PAGES[page][1], page
