"""A wall that stands for hours: nothing grows, in the browser and in the server; and walls with one panel."""

import gc
import re
import time
import tracemalloc
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from werkzeug.test import create_environ

from models import ballot_board, ballots
from models.ballots import Phase
from models.db import Database
from models.events import Event
from models.feedback import Noted, Side
from models.settings import Settings
from tests.models.test_ballots import mona_of
from tests.webforms.test_walls import code as code
from tests.webforms.test_walls import guest, say, served, vote
from webforms import create_app, walls

FASTER = 720  # two hours of the wall's own clock pass in ten seconds; each look at the server is a real one
QUICKLY = """for (const name of ["setInterval", "setTimeout"]) {
  const real = window[name];
  window[name] = (act, wait, ...rest) => real(act, wait / FASTER, ...rest);
}
const patience = AbortSignal.timeout.bind(AbortSignal); // real time: what it holds must not pile up meanwhile
AbortSignal.timeout = (wait) => patience(Math.min(wait, 1500));
window.looks = 0;
const ask = window.fetch;
window.fetch = (...about) => { window.looks += 1; return ask(...about); };""".replace("FASTER", str(FASTER))
MORE_BYTES, MORE_NODES = 300_000, 50  # that a browser may hold at the end, beyond a quarter of the time


@dataclass(frozen=True)
class Held:
    """What a page holds once everything has been thrown away that can be."""

    heap: float
    nodes: float


def held(page: Page) -> Held:
    """Collect garbage and measure."""
    about = page.context.new_cdp_session(page)
    about.send("Performance.enable")
    for _twice in range(2):
        about.send("HeapProfiler.collectGarbage")
    values = {one["name"]: one["value"] for one in about.send("Performance.getMetrics")["metrics"]}
    about.detach()
    return Held(values["JSHeapUsedSize"], values["Nodes"])


def stand(page: Page, minutes: float) -> None:
    """Let the wall's own clock go on."""
    page.wait_for_timeout(minutes * 60_000 / FASTER)


@pytest.mark.browser
def test_it_stands_for_two_hours_through_two_restarts_and_holds_no_more_at_the_end(
    chromium: Chromium, settings: Settings, paderborn: Database, code: str
) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    page.add_init_script(QUICKLY)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    say(paderborn, code, "7.49", key="a")
    arrived, away = page.locator("#w-arrived"), page.locator(".away")
    with served(settings, paderborn) as server:
        port = server.server_port
        page.goto(f"http://127.0.0.1:{port}/wall/{code}?lang=de")
        for many in range(1, 4):
            guest(paderborn, code, f"Person {many}", "tr")
            stand(page, 12)
        expect(arrived).to_have_text(
            re.compile("^3 "), timeout=20_000
        )  # what finds things is in the page, too
        expect(away).to_be_hidden()
        early = held(page)
    for many in (4, 5):
        away.wait_for()  # the server is gone; what was there stays
        assert page.locator("[data-turn]:visible li, [data-turn]:visible td").count()
        assert arrived.inner_text().startswith(f"{many - 1} Personen")
        guest(paderborn, code, f"Person {many}", "ar")
        with served(settings, paderborn, port):
            expect(arrived).to_have_text(re.compile(f"^{many} "), timeout=20_000)
            away.wait_for(state="hidden")
            stand(page, 36)
            late = held(page)
    assert page.evaluate("window.looks") > 300
    assert errors == []
    assert late.heap - early.heap < MORE_BYTES
    assert late.nodes - early.nodes < MORE_NODES
    page.close()


def test_thousands_of_looks_leave_nothing_behind_in_the_server(
    settings: Settings, paderborn: Database, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings, paderborn)
    environ = create_environ(f"/wall/{code}/now", query_string="lang=ar")
    moment = [time.monotonic()]
    monkeypatch.setattr("webforms.shelf.time.monotonic", lambda: moment[0])

    def look(times: int) -> None:
        told: list[str] = [""]
        for number in range(times):
            if number % 100 == 0:
                moment[0] += walls.FRESH  # it is made anew
                with paderborn.transaction() as session:
                    changed = Event.arrived + 1
                    session.execute(sa.update(Event).where(Event.code == code).values(arrived=changed))
            asked = {**environ, "HTTP_IF_NONE_MATCH": told[-1]}
            answer = app.wsgi_app(asked, lambda _status, headers: told.append(dict(headers)["ETag"]))
            b"".join(answer)
            del told[:-1]

    look(200)
    tracemalloc.start()
    gc.collect()
    before, _peak = tracemalloc.get_traced_memory()
    look(2000)
    gc.collect()
    after, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 400_000, "what is kept for a wall is its last state"


SMALL, LARGE = (1280, 720), (1920, 1080)
LOOKS = (
    ("dots", "#w-dots", "ar", SMALL), ("dots", "#w-dots", "de", LARGE),
    ("feedback", "#w-voices", "ar", LARGE), ("feedback", "#w-voices", "de", SMALL),
)  # fmt: skip


@pytest.fixture
def full(paderborn: Database, code: str) -> str:
    """A hall in which people have spoken on five goals and voted on six topics."""
    for number, tag in enumerate(("de", "ar", "uk", "tr", "de", "fa")):
        guest(paderborn, code, f"Person {number}", tag, seats=1 + number)
    for place, number in enumerate(("1.2", "3.27", "7.49", "10.64")):
        say(
            paderborn, code, number, Noted(Side.STAYS, "Gut", 2 + place), Noted(Side.ADAPT, "Neu"), key=number
        )
    ballot = vote(paderborn, code, topics=6)
    with paderborn.transaction() as session:
        last = ballots.topics(session, ballot.id)[4]
        ballot_board.set_paper(session, mona_of(session), ballot.id, {last.id: 7})
        ballot_board.go_to(session, mona_of(session), ballot.id, Phase.RESULT)
    return code


@pytest.mark.browser
def test_a_wall_with_one_panel_keeps_to_it_and_fits_on_the_projector(
    chromium: Chromium, settings: Settings, paderborn: Database, full: str
) -> None:
    page: Any = chromium.new_page()
    page.clock.install()
    with served(settings, paderborn) as server:
        base = f"http://127.0.0.1:{server.server_port}/wall/{full}"
        for show, heading, tag, (wide, high) in LOOKS:
            page.set_viewport_size({"width": wide, "height": high})
            page.goto(f"{base}?lang={tag}&show={show}")
            page.clock.run_for(65_000)
            assert page.locator("[data-turn]:visible").count() == 1, "it does not turn"
            assert page.locator(heading).is_visible()
            size = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
            assert size[0] <= wide
            assert size[1] <= high, (show, tag, size)
        assert page.locator("#w-voices ~ table tbody tr").count() == 4
        page.goto(f"{base}?lang=de&show=dots")
        ranked = page.locator(".ranked li").all_inner_texts()
        assert "Thema 0" in ranked[0], ranked
        assert "12" in ranked[0], ranked
        assert any("Thema 4" in one and "7" in one for one in ranked[1:2]), ranked
    page.close()
