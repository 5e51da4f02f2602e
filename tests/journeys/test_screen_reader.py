"""The main journeys heard with a screen reader, and gone without a mouse, in a real browser."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from werkzeug.serving import make_server

from models import groups, links, people
from models.db import Database
from models.forms.join_group import JoinGroup
from models.forms.report_progress import ReportProgress
from models.links import Purpose
from models.memberships import Membership
from models.people import Person
from models.settings import Settings
from models.submissions import Submission
from tests.journeys.spoken import all_of, hold_to_order, press, read, tab, tab_to, unmarked
from translations import Text, Words, _
from webforms import create_app

pytestmark = pytest.mark.browser


@pytest.fixture
def base(settings: Settings, paderborn: Database) -> Iterator[str]:
    """The pages, on a port of this machine."""
    server = make_server("127.0.0.1", 0, create_app(settings, paderborn), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A tab as narrow as a phone."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    yield opened
    context.close()


def names(page: Page, *roles: str) -> list[str]:
    """What things of these roles are called, in the order in which they are read."""
    return [one.name for one in all_of(read(page), *roles)]


def in_order(found: list[str], *wanted: Words, tag: str) -> None:
    """These words are read, and in this order."""
    places = [next(place for place, name in enumerate(found) if one.to(tag) in name) for one in wanted]
    assert places == sorted(places), found


@pytest.mark.parametrize("tag", ["ar", "de"])
def test_signing_up_is_heard_from_the_code_to_the_thanks(
    base: str, page: Page, paderborn: Database, tag: str
) -> None:
    with paderborn.reading() as session:
        card = groups.directory(session).get("7.49")
    page.goto(f"{base}/j/{card.code}?lang={tag}")
    said = read(page)
    hold_to_order(said)
    heard = [one.name for one in said]
    in_order(heard, card.title, _("How would you like to take part?"), _("Fill in the form"), tag=tag)
    page.goto(f"{base}/{tag}/forms/join-group?group={card.code}")
    said = read(page)
    hold_to_order(said)
    asked = [one.label for one in (JoinGroup.name, JoinGroup.role, JoinGroup.reach, JoinGroup.email)]
    in_order([one.name for one in said], JoinGroup.title, *asked, JoinGroup.send, tag=tag)
    described = {one.name: one.description for one in all_of(said, "textbox")}
    assert JoinGroup.name.hint is not None
    assert described[JoinGroup.name.label.to(tag)] == JoinGroup.name.hint.to(tag)
    page.click("main button[type=submit]:not([name])")
    said = read(page)
    hold_to_order(said)
    (alert,) = all_of(said, "alert")
    assert alert.is_focused, "who does not see the page hears first what is wrong"
    assert page.title().startswith(_("Error").to(tag))
    assert said.index(alert) < said.index(all_of(said, "main")[0]) + 2
    problems = Text("There is a problem", "There are {n} problems")(n=2).to(tag)
    assert problems in [one.name for one in all_of(said, "heading")]
    wrong = [one for one in all_of(said, "textbox") if one.is_wrong]
    assert [one.name for one in wrong] == [JoinGroup.name.label.to(tag), JoinGroup.email.label.to(tag)]
    assert JoinGroup.name.missing.to(tag) in wrong[0].description
    page.fill("[name=name]", "Amina Beispiel")
    page.fill("[name=email]", f"{tag}@example.org")
    page.click("main button[type=submit]:not([name])")
    said = read(page)
    hold_to_order(said)
    assert "Amina" not in page.content()
    in_order([one.name for one in said], _("What happens next"), _("Back to the group"), tag=tag)
    assert unmarked(page, tag) == [] or tag == "de"


def signed_in(page: Page, base: str, db: Database, tag: str) -> None:
    """Open the own page of somebody who has sent something."""
    with db.transaction() as session:
        person, _known = people.meet(session, name="Amina Beispiel", language=tag, email="amina@example.org")
        people.confirm_email(session, session.get_one(Person, person))
        token = links.issue(session, Purpose.ME, person_id=person)
    page.goto(f"{base}/{tag}/me/{token}")
    hold_to_order(read(page))
    page.click("main button[type=submit]")


@pytest.mark.parametrize("tag", ["ar", "de"])
def test_reporting_stopping_and_erasing_are_heard(
    base: str, page: Page, paderborn: Database, tag: str
) -> None:
    signed_in(page, base, paderborn, tag)
    page.goto(f"{base}/{tag}/forms/report-progress?group=7.49")
    said = read(page)
    hold_to_order(said)
    asked = (ReportProgress.milestone, ReportProgress.state, ReportProgress.happened, ReportProgress.needed)
    in_order([one.name for one in said], *(one.label for one in asked), ReportProgress.send, tag=tag)
    assert unmarked(page, tag) == [] or tag == "de"
    page.goto(f"{base}/{tag}/me")
    said = read(page)
    hold_to_order(said)
    heard = [one.name for one in all_of(said, "heading")]
    in_order(heard, _("My page"), _("Messages"), _("My data"), _("Erase everything"), tag=tag)
    assert unmarked(page, tag) == [] or tag == "de"
    page.goto(f"{base}/{tag}/me/messages")
    hold_to_order(read(page))
    page.click("button[value=stop-all]")
    said = read(page)
    hold_to_order(said)
    (status,) = all_of(said, "status")
    assert status.name == "" or _("Saved.").to(tag) in status.name
    page.goto(f"{base}/{tag}/me")
    page.click("form[action$='/me/erase'] button")
    hold_to_order(read(page))
    assert _("Please tick the box, so that nothing is erased by mistake.").to(tag) in names(page, "heading")
    page.goto(f"{base}/{tag}/me")
    page.check("[name=sure]")
    page.click("form[action$='/me/erase'] button")
    assert page.url.endswith(f"/{tag}/erased")
    hold_to_order(read(page))


def test_signing_up_without_a_mouse(base: str, page: Page, paderborn: Database) -> None:
    page.goto(f"{base}/ar/forms/join-group?group=7.49")
    assert "skip" in tab(page)["html"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main", "the skip link leads to the content"
    tab_to(page, "[name=name]")
    page.keyboard.type("أمينة مثال")
    press(page)  # too early: it comes back, in the same language and with the name
    assert page.get_attribute("html", "lang") == "ar"
    assert page.input_value("[name=name]") == "أمينة مثال"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    tab(page)
    page.keyboard.press("Enter")  # the first problem in the list leads to its field
    assert page.evaluate("document.activeElement.name") == "email"
    page.keyboard.type("amina@example.org")
    tab_to(page, "[name=pass_on]")
    page.keyboard.press("Space")
    tab_to(page, "main button[type=submit]:not([name])")
    press(page)
    assert "/ar/thanks/" in page.url
    for _step in range(60):
        if tab(page)["tag"] == "BODY":
            break
    else:
        raise AssertionError("the focus never leaves the page")
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Membership.id))) == 1
        assert (
            session.scalars(sa.select(Person).where(Person.email == "amina@example.org")).one().language
            == "ar"
        )


def test_reporting_without_a_mouse_and_in_another_language_on_the_way(
    base: str, page: Page, paderborn: Database
) -> None:
    signed_in(page, base, paderborn, "tr")
    page.goto(f"{base}/tr/forms/report-progress?group=7.49")
    tab_to(page, "[name=milestone]")
    page.keyboard.press("Space")
    tab_to(page, "[name=state]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=happened]")
    page.keyboard.type("Başladık.")
    state = page.eval_on_selector("[name=state]:checked", "one => one.value")
    tab_to(page, ".tongues summary", "Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, ".tongues button[value=uk]")
    press(page)
    assert page.get_attribute("html", "lang") == "uk"
    assert page.input_value("[name=happened]") == "Başladık."
    assert page.eval_on_selector("[name=state]:checked", "one => one.value") == state
    tab_to(page, "main button[type=submit]:not([name])")
    press(page, "Space")
    assert "/uk/thanks/" in page.url
    with paderborn.reading() as session:
        sent = session.scalars(sa.select(Submission)).one()
        assert (sent.form, sent.language, sent.answers["happened"]) == ("report-progress", "uk", "Başladık.")
