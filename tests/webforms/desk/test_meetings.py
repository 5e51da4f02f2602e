"""Meetings at the desk: planned, changed, called off; two officers do not overwrite each other."""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from models.attachments import Attachment
from models.db import Database
from models.settings import Settings
from models.sheets import Meeting, MeetingState
from models.submissions import Submission
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer, said

BASE = "/desk/groups/7.49/meetings"
NOTICE = {
    "day": "2031-01-14",
    "starts": "18 Uhr",
    "ends": "20 Uhr",
    "place": "Rathaus",
    "languages": ["de", "ar"],
}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a folder of their own for files."""
    return settings.model_copy(update={"files": str(tmp_path / "files")})


def only(db: Database) -> Meeting:
    """The meeting that was planned here."""
    with db.reading() as session:
        return session.scalars(sa.select(Meeting).where(Meeting.place == "Rathaus")).one()


def test_a_meeting_is_planned_changed_and_called_off(olga: Officer, paderborn: Database) -> None:
    assert BASE in olga.open("/desk/groups/7.49").links
    assert olga.post(BASE, **NOTICE).status_code == 303
    one = only(paderborn)
    page = olga.open(f"{BASE}/{one.id}")
    assert (page.fields["starts"], page.fields["place"]) == ("18:00", "Rathaus")
    moved = {**NOTICE, "starts": "19:00", "sequence": "0"}
    assert olga.post(f"{BASE}/{one.id}/change", **moved).status_code == 303
    assert only(paderborn).starts == "19:00"
    late = olga.post(f"{BASE}/{one.id}/change", **{**NOTICE, "starts": "17:00", "sequence": "0"})
    assert late.status_code == 409
    assert Page(late).fields["starts"] == "17:00"
    assert only(paderborn).starts == "19:00"
    called_off = olga.post(f"{BASE}/{one.id}/cancel", sequence="1", reason="Krankheit")
    assert called_off.status_code == 303
    assert only(paderborn).state is MeetingState.CANCELLED
    assert "2031" in Page(olga.client.get("/de/groups/7.49")).text, "shown as cancelled"


def test_what_cannot_be_read_comes_back(olga: Officer, paderborn: Database) -> None:
    answer = olga.post(BASE, **{**NOTICE, "starts": "abends"})
    assert answer.status_code == 422
    assert Page(answer).fields["starts"] == "abends"
    answer = olga.post(BASE, **{**NOTICE, "day": "Mo, 14.01.2031"})
    assert answer.status_code == 422
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Meeting.id)).where(Meeting.place == "Rathaus")) == 0


def test_a_meeting_of_another_group_is_not_touched(olga: Officer, paderborn: Database) -> None:
    olga.post(BASE, **NOTICE)
    one = only(paderborn)
    assert olga.open(f"/desk/groups/12.71/meetings/{one.id}").status == 404
    assert olga.post(f"/desk/groups/12.71/meetings/{one.id}/cancel", sequence="0").status_code == 404
    assert only(paderborn).state is MeetingState.PLANNED


def test_minutes_with_a_picture_are_accepted_and_shown(olga: Officer, paderborn: Database) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    picture.seek(0)
    olga.post(BASE, **{**NOTICE, "day": "2020-01-14"})
    browser = olga.client.application.test_client()
    form = Page(browser.get("/de/forms/meeting-minutes?group=7.49"))
    told = {
        **form.fields, "meeting": str(only(paderborn).id), "text": "Wir haben geredet.",
        "name": "Boris Muster", "reach": "phone", "phone": "05251 1234567", "files": [(picture, "tafel.jpg")],
    }  # fmt: skip
    assert browser.post("/de/forms/meeting-minutes", data=told).status_code == 303
    with paderborn.reading() as session:
        entry = session.scalars(sa.select(Submission).where(Submission.form == "meeting-minutes")).one()
        token = session.scalars(sa.select(Attachment.token)).one()
    shown = olga.open(f"/desk/entries/{entry.id}").response.get_data(as_text=True)
    assert shown.count(f'name="show-{token}"') == 1
    assert token not in browser.get("/de/groups/7.49").get_data(as_text=True)
    ticked = {"version": str(entry.version), f"show-{token}": "yes"}
    assert olga.post(f"/desk/entries/{entry.id}/accept", **ticked).status_code == 303
    after = olga.open(f"/desk/entries/{entry.id}?done={entry.id}").text
    assert said("Accepted. {name} gets a message.", name="Boris Muster") in after or "please call" in after
    page = browser.get("/de/groups/7.49").get_data(as_text=True)
    assert "Wir haben geredet." in page
    assert f"/files/{token}" in page
