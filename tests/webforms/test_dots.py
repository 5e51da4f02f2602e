"""Sticky dots on pages and at the desk, without script; the board's script is tried in a browser."""

import io
import itertools
import re
import time
from types import SimpleNamespace

import openpyxl
import pytest

from models import ballot_result, ballots, groups, sessions, tries, voting
from models.ballots import Ballot, Phase
from models.db import Database
from models.registrations import Registration
from models.staff import StaffRole
from models.voting import Who
from tests.models.test_ballots import begun, register
from tests.webforms.conftest import Browser, Page
from tests.webforms.desk import people
from tests.webforms.desk.people import Officer
from webforms import ballot_codes, crowding, tokens
from webforms.site import PERSON_COOKIE


def start(db: Database, phase: Phase) -> tuple[Ballot, Registration]:
    """A vote of today's event, for which Amina has registered."""
    with db.transaction() as session:
        ballot = begun(session, phase=phase)
        return ballot, register(session, ballot.event_id or 0, "AM2NAX")


def enter(browser: Browser, ballot: Ballot, code: str = "am2nax") -> Page:
    """Type one's code."""
    base = f"/de/dots/{ballot.code}"
    return browser.send(browser.open(base), f"{base}/enter", code=code)


def given(db: Database, who: Who) -> dict[int, int]:
    """The dots of somebody."""
    with db.reading() as session:
        return dict(voting.given(session, who).by_topic)


def test_cards_are_put_up_by_the_own_code(browser: Browser, paderborn: Database) -> None:
    ballot, mine = start(paderborn, Phase.SUGGEST)
    base = f"/de/dots/{ballot.code}"
    assert enter(browser, ballot, "WRONG2").status == 422
    assert browser.send(browser.open(base), f"{base}/suggest", words="Ohne Code").status == 409
    page = enter(browser, ballot)
    for _again in range(2):
        browser.send(page, f"{base}/suggest", words="المزيد من الرياضة")
    assert browser.send(browser.open(base), f"{base}/suggest", words=" ").status == 422
    browser.send(browser.open(base), f"{base}/suggest", words="Sprachcafé")
    full = browser.send(page := browser.open(base), f"{base}/suggest", words="Dritte")
    assert full.status in (200, 409)
    with paderborn.reading() as session:
        own = voting.own_cards(session, Who(ballot.id, registration_id=mine.id))
        assert [one.words for one in own] == ["المزيد من الرياضة", "Sprachcafé"]
    browser.send(page, f"{base}/suggest", back=str(own[0].id))
    assert "Sprachcafé" in browser.open(base).text
    assert "الرياضة" not in browser.open(base).text


def test_dots_are_given_changed_and_never_too_many(browser: Browser, paderborn: Database) -> None:
    ballot, mine = start(paderborn, Phase.VOTE)
    base, who = f"/de/dots/{ballot.code}", Who(ballot.id, registration_id=mine.id)
    with paderborn.reading() as session:
        first, second, _third = (one.id for one in ballots.topics(session, ballot.id))
    page = enter(browser, ballot)
    browser.send(page, f"{base}/vote", **{f"topic-{first}": "2", f"topic-{second}": "1"})
    assert given(paderborn, who) == {first: 2, second: 1}
    too_many = browser.send(page, f"{base}/vote", **{f"topic-{first}": "3", f"topic-{second}": "1"})
    assert too_many.status == 422
    assert too_many.fields[f"topic-{first}"] == "3", "what was chosen is still there"
    browser.send(page, f"{base}/vote", **{f"topic-{first}": "0", f"topic-{second}": "3"})
    assert given(paderborn, who) == {second: 3}
    forged = dict(page.fields) | {"csrf": "a.b.c", f"topic-{first}": "3"}
    assert browser.client.post(f"{base}/vote", data=forged).status_code == 422
    assert given(paderborn, who) == {second: 3}
    browser.client.post(f"{base}/leave")
    assert "code" in browser.open(base).fields


def test_who_is_signed_in_needs_no_code(browser: Browser, paderborn: Database) -> None:
    ballot, mine = start(paderborn, Phase.VOTE)
    with paderborn.transaction() as session:
        ticket = sessions.start(session, person_id=mine.person_id)
        first = ballots.topics(session, ballot.id)[0].id
    browser.client.set_cookie(PERSON_COOKIE, ticket, domain="localhost")
    base = f"/de/dots/{ballot.code}"
    browser.send(browser.open(base), f"{base}/vote", **{f"topic-{first}": "1"})
    assert given(paderborn, Who(ballot.id, registration_id=mine.id)) == {first: 1}


def work(page: Page) -> str:
    """What a browser finds for a form, as the page's script does."""
    key, bits = page.fields["csrf"].split(".")[0], ballot_codes.BITS
    return next(str(one) for one in itertools.count() if crowding.fits(key, str(one), bits))


@pytest.fixture
def light_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few wrong codes are many, and work is quick."""
    monkeypatch.setattr(tries, "MOST", {**tries.MOST, tries.BALLOT: 6, tries.FORM: 3, tries.WAITED: 2})
    monkeypatch.setattr(ballot_codes, "BITS", 6)


def hammer(browser: Browser, base: str, many: int) -> None:
    """Type wrong codes, each into a form of its own."""
    for number in range(many):
        assert browser.send(browser.open(base), f"{base}/enter", code=f"Q{number:05}").status == 422


@pytest.mark.usefixtures("light_work")
def test_who_hammers_stops_nobody_else(browser: Browser, paderborn: Database) -> None:
    ballot, _mine = start(paderborn, Phase.VOTE)
    base = f"/de/dots/{ballot.code}"
    assert crowding.FIELD not in browser.open(base).fields
    hammer(browser, base, 6)
    page = enter(browser, ballot)
    assert (page.status, page.fields["code"]) == (429, "am2nax")
    assert page.response.headers["Retry-After"] == "30"
    assert page.fields["csrf"] == browser.send(page, f"{base}/enter").fields["csrf"], "so that waiting counts"
    page = browser.send(page, f"{base}/enter", code="am2nax", proof=work(page))
    assert any(name.startswith("topic-") for name in page.fields), "dots can be given"


@pytest.mark.usefixtures("light_work")
def test_each_guess_at_a_code_has_to_be_worked_for(browser: Browser, paderborn: Database) -> None:
    ballot, _mine = start(paderborn, Phase.VOTE)
    base = f"/de/dots/{ballot.code}"
    hammer(browser, base, 6)
    page = browser.open(base)
    proof = work(page)
    again = browser.send(page, f"{base}/enter", code="QQQQQ2", proof=proof)
    assert (again.status, crowding.FIELD in again.fields) == (422, True)
    assert again.fields["csrf"] != page.fields["csrf"]
    spent = browser.send(page, f"{base}/enter", code="am2nax", proof=proof)
    assert spent.status == 429, "what was worked for once is good for one code"


@pytest.mark.usefixtures("light_work")
def test_one_form_takes_few_wrong_codes_and_leaves_the_others_alone(
    browser: Browser, paderborn: Database
) -> None:
    ballot, _mine = start(paderborn, Phase.VOTE)
    base = f"/de/dots/{ballot.code}"
    page = browser.open(base)
    answers = [browser.send(page, f"{base}/enter", code=f"Q{n:05}").status for n in range(4)]
    assert answers == [422, 422, 422, 429]
    assert enter(browser, ballot).status == 200


@pytest.mark.usefixtures("light_work")
def test_without_script_some_come_in_by_waiting(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot, _mine = start(paderborn, Phase.VOTE)
    base = f"/de/dots/{ballot.code}"
    hammer(browser, base, 6)
    pages = [browser.open(base) for _one in range(3)]
    now = time.time() + crowding.WAIT
    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: now))
    answers = [browser.send(page, f"{base}/enter", code="QQQQQ2").status for page in pages]
    assert answers == [422, 422, 429], "they share one count"


@pytest.fixture
def mona(browser: Browser, paderborn: Database) -> Officer:
    """A moderator, logged in."""
    people.employ(paderborn, "mona@example.org", StaffRole.MODERATOR)
    officer = Officer(browser.client.application.test_client(), "mona@example.org")
    assert officer.log_in().status_code == 303
    return officer


def test_a_moderator_runs_a_vote_with_slips_from_cards_to_the_result(
    browser: Browser, paderborn: Database, mona: Officer
) -> None:
    assert mona.post("/desk/dots", title=" ").status_code == 422
    made = mona.post("/desk/dots", title="Welche Ziele zuerst?", event="", cards="2", dots="3")
    base = made.headers["Location"]
    slips = mona.post(f"{base}/slips", many="3", language="ar").get_data(as_text=True)
    codes = re.findall(r">([2-9A-Z]{3} [2-9A-Z]{3} [2-9A-Z]{3})<", slips)
    assert len(codes) == 3
    mona.post(f"{base}/cards/add", lines="Mehr Sport\nSprachcafé", language="de")
    mona.post(f"{base}/topics/add", title="Bewegung")
    mona.post(f"{base}/topics/add", title="Sprache")
    with paderborn.reading() as session:
        (ballot,) = ballots.listed(session)
        sport, _cafe = ballots.cards(session, ballot.id)
        moving, language = ballots.topics(session, ballot.id)
    assert mona.post(f"{base}/cards/{sport.id}/move", version="1", topic=str(moving.id)).status_code == 303
    late = mona.post(f"{base}/cards/{sport.id}/move", version="1", topic=str(language.id))
    assert late.status_code == 409
    assert "Bewegung" in Page(late).text
    by_script = mona.client.post(
        f"{base}/cards/{sport.id}/move", data={"csrf": mona.csrf, "version": "1"}, headers={"X-Board": "1"}
    )
    assert (by_script.status_code, by_script.mimetype) == (409, "text/plain")
    mona.post(f"{base}/cards/{sport.id}/word", version="2", german="Mehr Bewegung")
    board = mona.client.get(f"{base}/board")
    again = {"If-None-Match": board.headers["ETag"]}
    assert mona.client.get(f"{base}/board", headers=again).status_code == 304
    assert mona.post(f"{base}/phase", phase="vote").status_code == 409, "cards are sorted first"
    for phase in ("group", "vote"):
        assert mona.post(f"{base}/phase", phase=phase).status_code == 303
    page = enter(browser, ballot, codes[0].lower())
    browser.send(page, f"/de/dots/{ballot.code}/vote", **{f"topic-{language.id}": "2"})
    mona.post(f"{base}/paper", **{f"paper-{moving.id}": "2", f"paper-{language.id}": ""})
    assert mona.post(f"{base}/paper", **{f"paper-{moving.id}": "viele"}).status_code == 422
    assert mona.post(f"{base}/phase", phase="result").status_code == 422, "closing is confirmed"
    assert mona.post(f"{base}/phase", phase="result", sure="yes").status_code == 303
    result = browser.open(f"/en/dots/{ballot.code}")
    assert result.text.count(ballot_result.SHARED(rank=1, n=2).to("en")) == 2
    sheet = openpyxl.load_workbook(io.BytesIO(mona.client.get(f"{base}/result.xlsx").data)).active
    rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)] if sheet else []
    shared = ballot_result.SHARED(rank=1, n=2).to("en")
    assert [row[:5] for row in rows] == [[shared, "Bewegung", 2, 0, 2], [shared, "Sprache", 2, 2, 0]]
    assert mona.post(f"{base}/goals", title="Programm 2027").status_code == 403
    people.employ(paderborn, "olga@example.org")
    olga = Officer(browser.client.application.test_client(), "olga@example.org")
    olga.log_in()
    with paderborn.reading() as session:
        field = ballot_result.fields(session, ballot)[0].id
    chosen = {"topics": [str(moving.id)], "field": str(field), "title": "Programm 2027"}
    assert olga.post(f"{base}/goals", **(chosen | {"topics": []})).status_code == 422
    assert olga.post(f"{base}/goals", **chosen).status_code == 303
    assert olga.post(f"{base}/goals", **chosen).status_code == 409
    assert "Bewegung" not in browser.open("/de/groups").text, "the office shows it first"
    assert "Bewegung" in olga.open("/desk/groups").text
    with paderborn.reading() as session:
        (draft,) = groups.directory(session).drafts
    for address in (f"/j/{draft.code}", f"/de/groups/{draft.number}"):
        assert browser.open(address).status == 404
    assert "Programm 2027" not in browser.open("/de/news").text
    assert mona.post("/desk/groups/drafts", goal=str(draft.goal_id)).status_code == 403
    assert olga.post("/desk/groups/drafts", goal=str(draft.goal_id)).status_code == 303
    assert "Bewegung" in browser.open("/de/groups").text
    assert browser.open(f"/de/groups/{draft.number}").status == 200
