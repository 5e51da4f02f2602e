"""Several answers switched on in one chat message, as the person sees it."""

import time

import pytest

from models.forms.meeting_notice import MeetingNotice
from tests.journeys.chat import PATIENCE, Human, call
from tests.journeys.conftest import Demo
from translations import _

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
SKIP, DONE = _("Skip").to("de"), _("Done").to("de")


def labels_when(person: Human, wanted: str) -> list[str]:
    """Wait until the last message has a button of this label, and return all of them."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        person.last = person.messages()[-1]
        if wanted in person.labels():
            return person.labels()
        time.sleep(0.05)
    raise AssertionError(f"no button {wanted!r} among {person.labels()}")


def test_languages_are_switched_on_in_the_same_message(demo: Demo) -> None:
    person = Human.meet(demo.chat, "Samira", "de")
    person.write("/start")
    person.press(_("More").to("de"))
    person.press(MeetingNotice.title.to("de"))
    person.write("12.71")
    person.write("12.01.2038")
    for _question in ("starts", "place", "agenda"):
        person.press(SKIP)
    asked, count = person.last["message_id"], len(person.messages())
    for label in ("Deutsch", "العربية"):  # the second press does not wait for the first one's answer
        call(demo.chat, f"/user/{person.id}/press", {"message_id": asked, "button": label})
    on = _("✓ {answer} – chosen")
    shown = labels_when(person, on(answer="العربية").to("de"))
    assert on(answer="Deutsch").to("de") in shown
    assert len(person.messages()) == count
    assert "Deutsch · العربية" in person.press(DONE)["text"]
