"""The desk's page of what is kept how long: who sees it, what it counts, what the last nights removed."""

import io
from datetime import timedelta

import pytest
from docx import Document
from flask import Flask

from models import clock, drafts, periods, retention, staff
from models.db import Database
from models.staff import StaffRole
from tests.webforms.conftest import Page
from tests.webforms.desk import people
from tests.webforms.desk.people import AMINA, Officer, said


def page_of(officer: Officer) -> Page:
    """The page as an officer sees it."""
    return Page(officer.client.get("/desk/kept"))


def test_it_tells_each_period_what_there_is_and_what_goes_next(olga: Officer, paderborn: Database) -> None:
    people.send(paderborn, "join-group", AMINA)
    with paderborn.transaction() as session:
        drafts.begin(session, "ask-office", person_id=None, language="de")
    shown = page_of(olga)
    assert shown.status == 200
    for kind in periods.KINDS.values():
        assert kind.name.to("en") in shown.text
    assert periods.KINDS["drafts"].name.to("en") + "14 days10" in shown.text
    assert said("Entries that wait for the office") + said("until it has decided") + "10" in shown.text
    with clock.frozen(clock.now() + timedelta(days=13, hours=23)):
        olga.log_in()
        assert periods.KINDS["drafts"].name.to("en") + "14 days11" in page_of(olga).text


def test_the_last_nights_are_told_in_numbers_and_a_missing_one_is_said(
    olga: Officer, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        drafts.begin(session, "ask-office", person_id=None, language="de")
    assert said("Nothing yet.") in page_of(olga).text
    late = said("The nightly job has not run for two days. Please tell whoever runs the server.")
    with clock.frozen(clock.now() + timedelta(days=15)):
        retention.prune(paderborn)
        olga.log_in()
        shown = page_of(olga).text
        assert periods.KINDS["drafts"].name.to("en") + ": 1" in shown
        assert late not in shown
    with clock.frozen(clock.now() + timedelta(days=18)):
        olga.log_in()
        assert late in page_of(olga).text


def test_the_register_is_handed_out_in_the_readers_language(olga: Officer) -> None:
    answer = olga.client.get("/desk/kept/register.docx")
    body = Document(io.BytesIO(answer.data)).element.body
    assert said("Register of processing activities") in "".join(body.itertext())
    assert olga.client.get("/desk/kept/register.pdf").data.startswith(b"%PDF")
    assert olga.client.get("/desk/kept/register.exe").status_code == 404


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.MODERATOR, StaffRole.TRANSLATOR])
def test_it_is_the_offices(app: Flask, paderborn: Database, role: StaffRole) -> None:
    with paderborn.transaction() as session:
        staff.add(
            session, "nora@example.org", name="Nora Neu", role=role, password_hash=people.HASHED,
            languages=["uk"], fields=[7],
        )  # fmt: skip
    nora = Officer(app.test_client(), "nora@example.org")
    nora.log_in()
    assert nora.client.get("/desk/kept").status_code == 403
