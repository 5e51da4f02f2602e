"""The desk of a workshop without JavaScript: sections saved, clashes shown, photos released, words put."""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from bench.recording import listening
from models import workshop_sheets
from models import workshop_writing as writing
from models.attachments import Attachment
from models.audit import AuditEntry
from models.db import Database
from models.settings import Settings
from tests.models.workshops import GROUP, Hall, hall
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a folder of their own for files."""
    return settings.model_copy(update={"files": str(tmp_path / "files")})


@pytest.fixture
def here(app: Flask, paderborn: Database) -> Hall:
    """A conference with two workshops."""
    return hall(paderborn)


@pytest.fixture
def nora(app: Flask, here: Hall) -> Officer:
    """Who moderates the first one, logged in."""
    found = Officer(app.test_client(), here.nora.email)
    assert found.log_in().status_code == 303
    return found


@pytest.fixture
def office(app: Flask, here: Hall) -> Officer:
    """Somebody of the office, logged in."""
    found = Officer(app.test_client(), here.olga.email)
    assert found.log_in().status_code == 303
    return found


def base(here: Hall) -> str:
    """Where the desk is."""
    return f"/desk/workshops/{here.workshop_id}"


def words(db: Database, here: Hall) -> dict[str, str]:
    """What is written there."""
    with db.reading() as session:
        return {name: one.words for name, one in workshop_sheets.fields(session, here.workshop_id).items()}


def by_office(db: Database, here: Hall, name: str, said: str) -> None:
    """Let the office write a field that nobody has written yet."""
    with db.transaction() as session:
        writing.save(session, here.workshop_id, name, said, seen=0, by=here.olga, writer="office")


def test_a_moderator_finds_their_workshop_and_no_other(nora: Officer, here: Hall) -> None:
    links = nora.open("/desk/groups").links
    assert "/desk/workshops" in links
    page = nora.open("/desk/workshops")
    assert base(here) in page.links
    assert f"/desk/workshops/{here.workshop_id + 1}" not in page.links
    assert nora.open(base(here)).status == 200
    other = f"/desk/workshops/{here.workshop_id + 1}"
    assert [nora.open(one).status for one in (other, f"{other}/state", "/desk/workshops/999")] == [
        403,
        403,
        404,
    ]
    assert nora.post(f"{other}/put").status_code == 403
    assert nora.post(f"{other}/field", name="how", words="Nein", version="0").status_code == 403
    assert nora.log_in(onwards=base(here)).headers["Location"] == base(here)


def test_a_section_is_saved_and_what_was_not_touched_is_left_to_others(
    nora: Officer, paderborn: Database, here: Hall
) -> None:
    page = nora.open(base(here))
    by_office(paderborn, here, "how", "Mit einem Fest")
    sent = {
        **page.fields,
        "where": "Im Rathaus",
        "when": "Im März\r\nabends",
        "how": "",
        "section": "answers",
    }
    answer = nora.client.post(f"{base(here)}/save", data=sent)
    assert answer.status_code == 303
    assert words(paderborn, here) == {
        "how": "Mit einem Fest",
        "where": "Im Rathaus",
        "when": "Im März\nabends",
    }
    with paderborn.reading() as session:
        noted = session.scalars(sa.select(AuditEntry.kind).where(AuditEntry.kind == "workshop")).all()
    assert len(noted) == 2


@pytest.mark.parametrize(
    ("way", "stands"),
    [("mine", "Im Park"), ("theirs", "Im Rathaus"), ("both", "Im Rathaus\nIm Park"), ("", "Im Park")],
)
def test_where_two_wrote_at_once_both_texts_are_shown_and_one_chooses(
    nora: Officer, paderborn: Database, here: Hall, way: str, stands: str
) -> None:
    page = nora.open(base(here))
    by_office(paderborn, here, "where", "Im Rathaus")
    answer = nora.client.post(f"{base(here)}/save", data={**page.fields, "where": "Im Park", "who": "Alle"})
    assert answer.status_code == 409
    again = Page(answer)
    assert "Im Park" in again.text
    assert "Im Rathaus" in again.text
    assert words(paderborn, here) == {"where": "Im Rathaus", "who": "Alle"}
    settle = {"settle": f"where:{way}"} if way else {}
    sent = {**again.fields, "where": "Im Park", "who": "Alle", **settle}
    assert nora.client.post(f"{base(here)}/save", data=sent).status_code == 303
    assert words(paderborn, here)["where"] == stands
    assert "Im Rathaus" in nora.open(base(here)).text  # kept beside it, whatever was chosen


def test_too_many_words_come_back_as_they_were(nora: Officer, here: Hall) -> None:
    page = nora.open(base(here))
    answer = nora.client.post(f"{base(here)}/save", data={**page.fields, "due-1": "im März " * 40})
    assert answer.status_code == 422
    assert Page(answer).fields["due-1"].startswith("im März im März")


def test_the_script_is_told_what_stands_there_only_when_it_has_changed(
    nora: Officer, paderborn: Database, here: Hall
) -> None:
    first = nora.client.get(f"{base(here)}/state")
    assert first.json == {"steps": 3, "fields": {}, "out": [], "pictures": ""}
    mark = {"If-None-Match": first.headers["ETag"]}
    assert nora.client.get(f"{base(here)}/state", headers=mark).status_code == 304
    done = nora.post(f"{base(here)}/field", name="due-1", words="03/2032", version="0", writer="a")
    assert done.json is not None
    assert done.json["version"] == 1
    assert "2032" in done.json["understood"]
    late = nora.post(f"{base(here)}/field", name="due-1", words="04/2032", version="0", writer="b")
    assert late.status_code == 409
    assert late.json is not None
    assert (late.json["words"], late.json["by"]) == ("03/2032", "Nora Neu")
    long = nora.post(f"{base(here)}/field", name="due-1", words="x" * 300, version="1", writer="a")
    assert long.status_code == 422
    assert long.json is not None
    assert "200" in long.json["error"]
    again = nora.client.get(f"{base(here)}/state", headers=mark)
    assert again.status_code == 200
    assert again.json is not None
    assert set(again.json["fields"]) == {"due-1"}


def test_one_more_step_and_all_of_it_on_the_goal_sheet(
    nora: Officer, office: Officer, paderborn: Database, here: Hall
) -> None:
    assert nora.post(f"{base(here)}/steps").status_code == 303
    page = nora.open(base(here))
    assert "version-what-4" in page.fields
    sent = {**page.fields, "what-4": "Plakate kleben", "due-4": "Ende 2032", "section": "steps"}
    assert nora.client.post(f"{base(here)}/save", data=sent).status_code == 303
    answer = nora.post(f"{base(here)}/put")
    assert answer.status_code == 303
    assert "1" in nora.open(answer.headers["Location"]).text
    assert "Plakate kleben" in Page(nora.client.get(f"/de/groups/{GROUP}")).text
    assert "Plakate kleben" in office.open(f"/desk/groups/{GROUP}/sheet").text
    free = office.post(f"/desk/workshops/{here.workshop_id + 1}/put")
    assert free.status_code == 409


def test_a_photo_comes_and_the_office_releases_it(
    nora: Officer, office: Officer, paderborn: Database, here: Hall
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    picture.seek(0)
    answer = nora.post(f"{base(here)}/picture", file=(picture, "tafel.jpg"), caption="Unsere Schritte")
    assert answer.status_code == 303
    with paderborn.reading() as session:
        one = session.scalars(sa.select(Attachment)).one()
    group = f"/de/groups/{GROUP}"
    assert one.token not in nora.client.get(group).get_data(as_text=True)
    assert nora.client.get(f"/files/{one.token}").status_code == 404
    shown = nora.open(base(here))
    (preview,) = {link for link in shown.links if "/uploads/" in link}
    assert nora.client.get(preview).status_code == 200
    assert nora.post(f"{base(here)}/pictures/1/publish").status_code == 403
    assert office.post(f"{base(here)}/pictures/1/publish").status_code == 303
    public = nora.client.get(group).get_data(as_text=True)
    assert f"/files/{one.token}" in public
    assert "Unsere Schritte" in public
    assert nora.client.get(f"/files/{one.token}").status_code == 200
    assert nora.post(f"{base(here)}/pictures/1/remove").status_code == 403
    assert office.post(f"{base(here)}/pictures/1/remove").status_code == 303
    assert one.token not in nora.client.get(group).get_data(as_text=True)


@pytest.mark.parametrize("sent", [{}, {"file": (io.BytesIO(b"%PDF-1.4"), "a.pdf")}])
def test_what_is_no_photo_is_refused_in_words(nora: Officer, here: Hall, sent: dict[str, object]) -> None:
    answer = nora.post(f"{base(here)}/picture", **sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_more_words_steps_and_photos_take_no_more_statements(
    nora: Officer, paderborn: Database, here: Hall
) -> None:
    counts = []
    for steps in range(3, 7):
        with paderborn.transaction() as session:
            for name in (f"what-{steps}", f"by-{steps}"):
                writing.save(session, here.workshop_id, name, "Etwas", seen=0, by=here.nora, writer="n")
            writing.add_step(session, here.workshop_id, by=here.nora)
        found = []
        for address in (base(here), f"{base(here)}/state", "/desk/workshops"):
            nora.client.get(address)
            with listening(paderborn) as heard:
                assert nora.client.get(address).status_code == 200
            found.append(sum(one.is_statement for one in heard))
        counts.append(found)
    assert counts == [counts[0]] * 4
    assert counts[0] == [10, 5, 2]
