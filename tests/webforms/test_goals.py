"""The overview, the timeline, the chart and the feeds."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from models import changes, groups, progress, readings, staff
from models.changes import Author, Subject
from models.db import Database
from models.readings import Course, Point
from models.settings import Settings
from models.sheets import MilestoneState
from models.staff import StaffMember, StaffRole
from models.when import When
from tests.webforms.conftest import Browser, Page
from translations import Text
from webforms import charts, create_app

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def olga(paderborn: Database) -> StaffMember:
    """An officer."""
    with paderborn.transaction() as session:
        return staff.add(
            session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="x"
        )


@pytest.fixture
def enter(paderborn: Database, olga: StaffMember) -> Callable[[str, str, str], None]:
    """Enter a figure of a goal."""

    def entered(number: str, value: str, day: str) -> None:
        with paderborn.transaction() as session:
            goal_id = groups.directory(session).get(number).goal_id
            readings.take(session, olga, goal_id, value, day, "Jahresbericht (erfunden)")

    return entered


def en(msgid: str, **values: str | int) -> str:
    """How the pages say something in English: the catalogue may word it better than the code."""
    return Text(msgid)(**values).to("en")


def move(db: Database, number: str, *states: MilestoneState) -> None:
    """Give the first milestones of a group other states, and note that in its history."""
    with db.transaction() as session:
        card = groups.directory(session).get(number)
        for one, state in zip(progress.milestones_of(session, card.id), states, strict=False):
            before, one.state = one.state.value, state
            changes.record(
                session, card.id, Subject.MILESTONE_STATE, by=Author(), before=before, after=state.value,
                about=one.measure, milestone_id=one.id,
            )  # fmt: skip


def goals(page: Page) -> list[str]:
    """The goals that an overview shows."""
    found = (re.fullmatch(r"/en/groups/([\d.]+)", link) for link in page.links)
    return [match[1] for match in found if match]


def offered(page: Page, name: str) -> dict[str, int]:
    """The values of a filter with their counts."""
    body = page.response.get_data(as_text=True)
    (select,) = re.findall(rf'<select id="{name}".*?</select>', body, re.DOTALL)
    return {key: int(n) for key, n in re.findall(r'value="([^"]*)".*?\((\d+)\)</option>', select)}


def test_filters_combine_and_their_counts_come_true(browser: Browser, paderborn: Database) -> None:
    move(paderborn, "4.30", MilestoneState.STUCK)
    move(paderborn, "4.31", MilestoneState.DONE, MilestoneState.DONE, MilestoneState.DONE)
    whole = browser.open("/en/goals")
    assert len(goals(whole)) == 13
    assert offered(whole, "show") == {"": 13, "stuck": 1, "overdue": 8, "done": 1, "silent": 11}
    assert offered(whole, "carrier") == {"": 13, "green": 12, "blue": 1}
    for name in ("field", "show", "carrier"):
        for key, count in offered(whole, name).items():
            page = browser.open(f"/en/goals?{name}={key}")
            assert len(goals(page)) == count, (name, key)
    both = browser.open("/en/goals?field=4&show=stuck")
    assert goals(both) == ["4.30"]
    assert offered(both, "show") == {"": 3, "stuck": 1, "overdue": 1, "done": 1, "silent": 1}
    assert offered(both, "field")["4"] == 1
    nothing = browser.open("/en/goals?field=4&carrier=blue&show=done")
    assert (nothing.status, goals(nothing)) == (200, [])


@pytest.mark.parametrize(
    ("query", "count"), [("show=green", 12), ("show=blue", 1), ("show=x&field=99&carrier=%00", 13)]
)
def test_old_addresses_and_nonsense_show_goals(browser: Browser, query: str, count: int) -> None:
    assert len(goals(browser.open(f"/en/goals?{query}"))) == count


def test_page_and_overview_say_the_same_in_words(browser: Browser, paderborn: Database) -> None:
    move(
        paderborn, "7.49", MilestoneState.DONE, MilestoneState.UNDER_WAY, MilestoneState.STUCK
    )  # fmt: skip
    pages = [browser.open("/en/groups/7.49"), browser.open("/en/goals?field=7")]
    for page in pages:
        words = (
            en("{done} of {total} milestones done", done=1, total=3), en("{n} under way", n=1),
            en("{stuck} stuck", stuck=1), en("{n} overdue", n=2),
        )  # fmt: skip
        assert ", ".join(words) in page.text
        assert '<rect class="begun" x="33.3" width="33.3"' in page.response.get_data(as_text=True)
    assert en("Nothing heard yet") not in pages[0].text
    assert en("Nothing heard yet") in browser.open("/en/groups/1.2").text


def test_dropped_milestones_are_named_and_not_counted(browser: Browser, paderborn: Database) -> None:
    move(paderborn, "7.49", MilestoneState.DROPPED)
    assert f"({en('{n} dropped, not counted', n=1)})" in browser.open("/en/groups/7.49").text


def test_a_chart_has_words_and_a_table(browser: Browser, enter: Callable[..., None]) -> None:
    before = browser.open("/en/groups/10.64")
    base = en("At the beginning: {figure} ({day}).", figure="15 %", day="5 September 2018")
    assert base in before.text
    assert en("No figure has been measured yet.") in before.text
    enter("10.64", "12,5", "31.12.2025")
    page = browser.open("/en/groups/10.64")
    text = page.text.replace("\u00a0", " ")
    said = "From {first} ({since}) to {last} ({until})."
    assert en(said, first="15 %", since="2018", last="12.5 %", until="2025") in text
    assert en("Target: {figure} ({when}).", figure="10 %", when="2023") in text
    body = page.response.get_data(as_text=True)
    (svg,) = re.findall(r'<svg class="chart".*?</svg>', body, re.DOTALL)
    drawn = ElementTree.fromstring(svg)
    name = drawn.get("aria-labelledby")
    (title,) = [one for one in drawn if one.tag == "title"]
    assert (drawn.get("role"), title.get("id")) == ("img", name)
    assert len(drawn.findall("circle")) == 2
    for words in ("31 December 2025", "12.5 %", "Jahresbericht (erfunden)"):
        assert words in text
    assert "style=" not in svg
    assert "12.5 % (2025)" in browser.open("/en/goals").text.replace("\u00a0", " ")


COURSE = Course(
    1, "%", Decimal(15), date(2018, 9, 5), Decimal(10), When.parse("2023"),
    (Point(date(2019, 12, 31), Decimal(14), "Q", 1), Point(date(2025, 12, 31), Decimal(11), "Q", 2)),
)  # fmt: skip
RISING = Course(1, "Schulen", None, None, Decimal(5), When.parse(""), COURSE.readings[:1])
FLAT = Course(1, "", Decimal(5), date(2020, 1, 1), Decimal(5), When.parse("2020-01-01"))
BELOW = Course(1, "%", Decimal(-2), date(2020, 1, 1), Decimal(2), When.parse("2024"), COURSE.readings)
CLOSE = Course(1, "%", Decimal(99), date(2018, 9, 5), Decimal("99.8"), When.parse("2023"),
               (Point(date(2020, 1, 1), Decimal("99.5"), "Q", 1),))  # fmt: skip


@pytest.mark.parametrize("course", [COURSE, RISING, FLAT, BELOW, CLOSE])
@pytest.mark.parametrize("tag", ["de", "ar"])
def test_everything_in_a_chart_stays_inside_and_apart(course: Course, tag: str) -> None:
    chart = charts.chart(course, tag)
    assert chart.marks
    for mark in chart.marks:
        assert 0 <= mark.x <= charts.WIDTH
        assert 20 <= mark.y <= chart.floor
    for label in chart.labels:
        assert 0 <= label.x <= charts.WIDTH
        assert 10 < label.y < charts.HEIGHT
    below = [label.x for label in chart.labels if label.y > chart.floor + 10]
    assert all(abs(one - other) > 30 for one in below for other in below if one is not other)


def test_time_runs_in_the_direction_of_reading() -> None:
    german, arabic = (charts.chart(COURSE, tag) for tag in ("de", "ar"))
    assert [mark.x for mark in german.marks] == sorted(mark.x for mark in german.marks)
    assert [mark.x for mark in arabic.marks] == [round(charts.WIDTH - mark.x, 1) for mark in german.marks]
    assert [mark.y for mark in arabic.marks] == [mark.y for mark in german.marks]


def test_the_timeline_tells_by_month_and_pages_on(browser: Browser, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        card = groups.directory(session).get("7.49")
        for number in range(45):
            changes.record(session, card.id, Subject.NOTES, by=Author(), after=f"Stand {number}.")
    first = browser.open("/en/groups/7.49/timeline")
    assert "Stand 44." in first.text
    assert "Stand 4." not in first.text
    (onward,) = [link for link in first.links if "below=" in link]
    older = browser.open(onward)
    assert "Stand 4." in older.text
    assert "Stand 5." not in older.text
    assert "Stand 44." in browser.open("/en/goals/timeline").text
    assert 'lang="de"' in first.response.get_data(as_text=True)
    assert browser.open("/en/groups/7.49/timeline?below=%F0%9D%9F%97").status == 200
    assert en("Nothing has changed yet.") in browser.open("/en/groups/1.2/timeline").text


FEEDS = ["/{}/goals.atom", "/{}/groups/7.49/changes.atom"]


@pytest.mark.parametrize("address", FEEDS)
@pytest.mark.parametrize("tag", ["de", "ar"])
def test_feeds_have_what_rfc_4287_requires(
    browser: Browser, paderborn: Database, address: str, tag: str
) -> None:
    address = address.format(tag)
    move(paderborn, "7.49", MilestoneState.DONE, MilestoneState.STUCK)
    with paderborn.transaction() as session:
        card = groups.directory(session).get("7.49")
        changes.record(session, card.id, Subject.NOTES, by=Author(), after="<b>&\x08 neu")
    answer = browser.client.get(address)
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == tag
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    for part in [feed, *entries]:
        for name in ("id", "title", "updated"):
            (found,) = part.findall(f"{ATOM}{name}")
            assert found.text
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", part.findtext(f"{ATOM}updated") or "")
        assert part.findtext(f"{ATOM}id", "").startswith("http://mitwirken.example/")
        links = part.findall(f"{ATOM}link")
        assert links
        assert all(link.get("href", "").startswith("http://mitwirken.example/") for link in links)
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"alternate", "self"}
    assert feed.findall(f"{ATOM}link[@rel='self']")[0].get("href") == f"http://mitwirken.example{address}"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 3
    for entry in entries:
        assert browser.open(entry.find(f"{ATOM}link").get("href", "").split("#")[0]).status == 200  # type: ignore[union-attr]
    assert "&lt;b&gt;" in (entries[0].findtext(f"{ATOM}content") or "")


@pytest.mark.parametrize("address", FEEDS)
def test_who_has_a_feed_already_gets_nothing_until_it_changes(
    browser: Browser, paderborn: Database, address: str
) -> None:
    address = address.format("de")
    first = browser.client.get(address)
    etag, stamp = first.headers["ETag"], first.headers["Last-Modified"]
    for known in ({"If-None-Match": etag}, {"If-Modified-Since": stamp}):
        again = browser.client.get(address, headers=known)
        assert (again.status_code, again.data) == (304, b"")
    move(paderborn, "7.49", MilestoneState.DONE)
    changed = browser.client.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "public" in changed.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("page", "feed"), [("/de/goals", "/de/goals.atom"), ("/de/groups/7.49", "/de/groups/7.49/changes.atom")]
)
def test_pages_lead_to_their_feeds(browser: Browser, page: str, feed: str) -> None:
    opened = browser.open(page)
    body = opened.response.get_data(as_text=True)
    assert feed in opened.links
    assert re.search(
        rf'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="{feed}">', body
    )


def test_bars_and_charts_are_drawn_by_one_macro_each(settings: Settings, paderborn: Database) -> None:
    app = create_app(settings, paderborn)
    sources = {
        name: app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]
        for name in app.jinja_env.list_templates(["html"])
        if not name.startswith("desk/")
    }
    assert [name for name, source in sources.items() if 'class="bar"' in source] == ["parts.html"]
    assert [name for name, source in sources.items() if 'class="chart' in source] == ["charts.html"]
