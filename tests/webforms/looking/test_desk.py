"""How the desk looks around an event: one line at the top, room on a phone, no barriers."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from models import clock
from models.ballots import Ballot
from models.events import Event
from models.feedback import FeedbackSheet
from models.staff import StaffRole
from tests.webforms.desk.people import Officer, employ
from tests.webforms.looking.halls import TODAY
from tests.webforms.looking.house import NOON
from tests.webforms.looking.inventory import Place
from tests.webforms.looking.stage import Stage
from tests.webforms.looking.visiting import Seen, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("looking")]
PAGES = (
    "events", "events/{event}", "events/{event}/guests", "events/{event}/door", "events/{event}/hall",
    "feedback", "feedback/{sheet}", "feedback/paper", "dots", "dots/{suggest}", "dots/{group}", "dots/{vote}",
    "dots/{result}", "prints",
)  # fmt: skip
IS_ONE_LINE = """() => {
    const all = [...document.querySelectorAll(".sections > a, .desk-top .mark, .self a, .desk-top summary")];
    const boxes = all.map(one => one.getBoundingClientRect());
    return Math.max(...boxes.map(one => one.top)) < Math.min(...boxes.map(one => one.bottom));
}"""


@pytest.fixture(scope="module")
def desk(visit: Visitor) -> dict[str, list[Seen]]:
    """The desk's pages as an admin sees them, who has most sections, in German and Arabic."""
    visit("de")
    found: dict[str, list[Seen]] = {}
    with clock.frozen(NOON):
        for tag in ("de", "ar"):
            employ(visit.db, f"ada-{tag}@example.org", StaffRole.ADMIN, language=tag)
            ada = Officer(visit.app.test_client(), f"ada-{tag}@example.org")
            assert ada.log_in().status_code == 303
            found[tag] = [_seen(ada, path.format(**_numbers(visit))) for path in PAGES]
    return found


def _numbers(visit: Visitor) -> dict[str, int]:
    with visit.db.reading() as session:
        event = session.scalars(sa.select(Event.id).where(Event.code == TODAY)).one()
        sheet = session.scalars(
            sa.select(FeedbackSheet.id).where(FeedbackSheet.released_at.is_not(None))
        ).one()
        held = session.scalars(sa.select(Ballot).where(Ballot.event_id == event)).all()
    return {"event": event, "sheet": sheet, **{one.phase.value: one.id for one in held}}


def _seen(officer: Officer, path: str) -> Seen:
    answer = officer.client.get(f"/desk/{path}", follow_redirects=True)
    assert answer.status_code == 200, path
    return Seen(Place(path, f"/desk/{path}"), answer.status_code, answer.text, "", "", sets_cookie=False)


@pytest.fixture(scope="module")
def stage(chromium: Browser, visit: Visitor, desk: dict[str, list[Seen]]) -> Iterator[Stage]:
    """A window as wide as a phone."""
    made = Stage(chromium, visit)
    made.resize(360)
    yield made
    made.close()


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_a_phone_has_room_and_nobody_is_kept_out(stage: Stage, desk: dict[str, list[Seen]], tag: str) -> None:
    wide = {}
    for seen in desk[tag]:
        stage.show(seen)
        size = stage.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if size[0] > size[1]:
            wide[seen.place.name] = size
    assert wide == {}
    assert stage.barriers(desk[tag]) == {}


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_the_top_of_the_desk_is_one_line(stage: Stage, desk: dict[str, list[Seen]], tag: str) -> None:
    stage.resize(1280)
    stage.show(desk[tag][0])
    is_one = stage.page.evaluate(IS_ONE_LINE)
    stage.resize(360)
    assert is_one
