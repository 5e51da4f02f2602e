"""Where a region asks, somebody under 16 is welcome and waits for a guardian: on the page and by chat."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from models import memberships, submissions
from models.db import Database
from models.exporting.form_sheet import asked
from models.forms import FORMS, age
from models.importing import import_region
from models.settings import Settings
from models.submissions import State, Step, Submission
from tests.bot.chat import Bot, Visitor
from tests.bot.conftest import four_languages, open_bot, telegram
from tests.conftest import REGION
from tests.webforms.conftest import Browser, Page
from tests.webforms.desk import people
from tests.webforms.desk.people import AMINA, Officer, name_contact, said, send
from webforms import create_app

__all__ = ["four_languages", "open_bot", "telegram"]  # fixtures


@pytest.fixture
def asking(paderborn: Database, tmp_path: Path) -> Database:
    """The demo's region, whose file says that it asks."""
    folder = tmp_path / "region"
    shutil.copytree(REGION, folder)
    with (folder / "programme.csv").open("a", encoding="utf-8") as file:
        file.write("asks_age,ja\n")
    import_region(paderborn, folder)
    paderborn.cache.drop()
    return paderborn


def test_it_is_off_where_the_region_does_not_say_so(settings: Settings, paderborn: Database) -> None:
    page = Browser(create_app(settings, paderborn).test_client()).open("/de/forms/join-group?group=7.49")
    assert age.NAME not in page.response.get_data(as_text=True)
    assert send(paderborn, "join-group", AMINA)
    with paderborn.reading() as session:
        assert age.NAME not in session.scalars(sa.select(Submission.answers)).one()
        names = [one.label for one in asked(session, FORMS["join-group"], "de", None)]
    assert age.old_enough().label.to("de") not in names


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_on_the_page_it_is_asked_and_who_is_younger_hears_what_follows(
    settings: Settings, asking: Database, tag: str
) -> None:
    browser = Browser(create_app(settings, asking).test_client())
    address = f"/{tag}/forms/join-group"
    page = browser.open(f"{address}?group=7.49")
    assert age.old_enough().label.to(tag) in page.text
    raw = {name: value for name, value in AMINA.items() if name != "group"}
    assert browser.send(page, address, **raw).status == 422, "it has to be answered"
    thanks = browser.send(page, address, **raw, old_enough="no")
    assert thanks.status == 200
    assert age.THEN.to(tag) in thanks.text
    with asking.reading() as session:
        entry = session.scalars(sa.select(Submission)).one()
        assert (entry.state, entry.answers[age.NAME]) == (State.RECEIVED, "no")
        names = [one.label for one in asked(session, FORMS["join-group"], tag, None)]
    assert age.old_enough().label.to(tag) in names


def test_who_is_old_enough_signs_up_as_everybody(asking: Database) -> None:
    number = send(asking, "join-group", AMINA | {age.NAME: "yes"})
    with asking.reading() as session:
        assert not age.needs_guardian(submissions.get(session, number))


@pytest.fixture
def olga(settings: Settings, asking: Database) -> Officer:
    """An officer of that region, logged in."""
    app: Flask = create_app(settings, asking)
    people.employ(asking, "olga@example.org")
    officer = Officer(app.test_client(), "olga@example.org")
    officer.log_in()
    return officer


def test_the_desk_marks_it_and_accepts_it_with_a_guardians_yes_alone(asking: Database, olga: Officer) -> None:
    name_contact(asking)
    number = send(asking, "join-group", AMINA | {age.NAME: "no"})
    assert said("Under 16") in Page(olga.client.get("/desk/")).text
    shown = Page(olga.client.get(f"/desk/entries/{number}"))
    assert age.NEEDS_GUARDIAN.to("en") in shown.text
    fields = {name: shown.fields[name] for name in ("csrf", "version")}
    for act in ("accept", "hand-over"):
        refused = olga.client.post(f"/desk/entries/{number}/{act}", data=fields)
        assert refused.status_code in (409, 422)
    bulk = Page(olga.client.get(f"/desk/accept?pick={number}"))
    assert age.NEEDS_GUARDIAN.to("en") in bulk.text
    many = {"csrf": fields["csrf"], "entry": number, f"version-{number}": fields["version"]}
    olga.client.post("/desk/accept", data=many)
    with asking.reading() as session:
        assert submissions.get(session, number).state is State.RECEIVED
    accepted = olga.client.post(f"/desk/entries/{number}/accept", data=fields | {"guardian": "yes"})
    assert accepted.status_code == 303
    with asking.reading() as session:
        steps = [one.step for one in submissions.history_of(session, number)]
        assert steps == [Step.GUARDIAN, Step.ACCEPTED]
        membership = memberships.by_submission(session, number)
        assert membership is not None
        assert membership.state is memberships.MembershipState.ACTIVE
    assert said("Under 16") not in Page(olga.client.get(f"/desk/entries/{number}")).text


def test_the_chat_asks_the_same(asking: Database, open_bot: Callable[[Database], Bot]) -> None:
    visitor = Visitor(open_bot(asking), 7160)
    visitor.write("/join")
    for _step in range(30):
        letter = visitor.last
        words = " ".join(one.to("de") for one in letter.paragraphs)
        verbs = [one.verb for one in letter.buttons]
        if age.old_enough().label.to("de") in words:
            visitor.press_data(next(verb for verb in verbs if verb.endswith(":no")))
            continue
        if any(verb.startswith("send:") for verb in verbs):
            visitor.press("send")
            break
        pick = next((v for v in verbs if v.startswith("take:")), None) or next(
            (v for v in verbs if v.startswith("a:")), None
        ) or next(v for v in verbs if v.startswith("skip:"))  # fmt: skip
        visitor.press_data(pick)
    with asking.reading() as session:
        assert session.scalars(sa.select(Submission.answers)).one()[age.NAME] == "no"
    assert age.THEN.to("de") in " ".join(one.to("de") for one in visitor.last.paragraphs)
