"""Figures and targets at the desk."""

from decimal import Decimal

from models import groups, readings
from models.db import Database
from models.readings import Course
from tests.webforms.desk.people import Officer, said

PLACE = "/desk/groups/10.64/measure"


def course(db: Database) -> Course:
    """The figures of goal 10.64."""
    with db.reading() as session:
        return readings.course(session, groups.directory(session).get("10.64").goal_id)


def test_a_figure_is_entered_seen_and_taken_off(olga: Officer, paderborn: Database) -> None:
    assert PLACE in olga.open("/desk/groups/10.64").links
    answer = olga.post(f"{PLACE}/take", value="12,5 %", measured_on="31.12.2025", source="Bericht (erfunden)")
    assert answer.status_code == 303
    page = olga.open(answer.headers["Location"])
    assert said("The figure has been saved.") in page.text
    assert "12.5 %" in page.text
    assert [one.value for one in course(paderborn).readings] == [Decimal("12.5")]
    one = course(paderborn).readings[0]
    assert olga.post(f"{PLACE}/remove", reading=one.id).status_code == 303
    assert olga.post(f"{PLACE}/remove", reading=one.id).status_code == 404
    assert course(paderborn).readings == ()


def test_a_mistake_comes_back_with_everything_that_was_typed(olga: Officer, paderborn: Database) -> None:
    answer = olga.post(f"{PLACE}/take", value="1.234", measured_on="2025", source="Bericht")
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert all(f'value="{typed}"' in body for typed in ("1.234", "2025", "Bericht"))
    assert course(paderborn).readings == ()


def test_signs_that_are_no_text_are_left_out(olga: Officer, paderborn: Database) -> None:
    olga.post(f"{PLACE}/take", value="12\x00", measured_on="31.12.2025", source="Be\x00richt\u202e")
    assert [(one.value, one.source) for one in course(paderborn).readings] == [(Decimal(12), "Bericht")]


def test_the_target_is_changed_and_nothing_else(olga: Officer, paderborn: Database) -> None:
    before, page = course(paderborn), olga.open(PLACE)
    kept = {name: page.fields[name] for name in ("base", "target", "unit", "deadline")}
    assert kept == {"base": "15", "target": "10", "unit": "%", "deadline": "2023"}
    olga.post(f"{PLACE}/target", **kept)
    assert course(paderborn) == before
    olga.post(f"{PLACE}/target", **{**kept, "target": "8.5", "deadline": "Ende 2027"})
    assert (course(paderborn).target, course(paderborn).deadline.wording) == (Decimal("8.5"), "Ende 2027")
    refused = olga.post(f"{PLACE}/target", **{**kept, "target": "viele"})
    assert (refused.status_code, course(paderborn).target) == (422, Decimal("8.5"))


def test_figures_need_a_log_in(app: object, olga: Officer) -> None:
    stranger = olga.client.application.test_client()
    assert stranger.get(PLACE).status_code == 303
    assert stranger.post(f"{PLACE}/take", data={"value": "1"}).status_code == 303
