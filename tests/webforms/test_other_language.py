"""The language is switched in the middle of a form, and first contact only suggests one."""

import io
import re

import pytest
import sqlalchemy as sa
from PIL import Image

from models import groups, links
from models.db import Database
from models.links import Purpose
from models.submissions import Submission
from tests.bot.test_office import ask_back
from tests.bot.test_starting import from_page
from tests.webforms.conftest import Browser, Page
from tests.webforms.test_pages import PAGES
from translations import _, catalogues

TONGUES = [entry.tag for entry in catalogues.offered()]
HALF = {"name": "Amina Beispiel", "role": "lead", "reach": "phone", "phone": "05251 123456", "pass_on": "yes"}


def switched(browser: Browser, page: Page, path: str, tag: str, **answers: str) -> Page:
    """Press the button of a language above a half-filled form."""
    return browser.send(page, f"/{tag}/{path}", **answers, **{"in-language": tag})


@pytest.mark.parametrize("tag", ["ar", "fa", "uk", "tr", "de-simple"])
def test_a_half_filled_form_is_read_on_in_another_language(browser: Browser, tag: str) -> None:
    page = browser.open("/en/forms/join-group?group=7.49")
    html = page.response.get_data(as_text=True)
    assert f'formaction="/{tag}/forms/join-group?group=7.49"' in html
    other = switched(browser, page, "forms/join-group", tag, **HALF)
    assert (other.status, other.lang) == (200, tag)
    assert {name: other.fields[name] for name in HALF} == HALF
    assert _("How would you like to take part?").to(tag) in other.text
    assert 'role="alert"' not in other.response.get_data(as_text=True), "nothing is wrong with half a form"
    done = browser.send(other, f"/{tag}/forms/join-group")
    assert "/thanks/" in done.response.request.path


def test_nothing_is_sent_by_reading_on_and_the_form_stays_the_same(
    browser: Browser, paderborn: Database
) -> None:
    page = browser.open("/en/forms/join-group?group=7.49")
    other = switched(browser, page, "forms/join-group", "ar", **HALF)
    assert other.fields["csrf"].split(".")[0] == page.fields["csrf"].split(".")[0]
    back = switched(browser, other, "forms/join-group", "en")
    assert {name: back.fields[name] for name in HALF} == HALF
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 0


def test_files_that_were_chosen_come_along(browser: Browser) -> None:
    page = browser.open("/de/forms/report-progress?group=7.49")
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(photo, "JPEG")
    photo.seek(0)
    fields = page.fields | {"in-language": "ar", "happened": "Gut."}
    data = {**fields, "files": (photo, "bild.jpg")}
    other = Page(browser.client.post("/ar/forms/report-progress", data=data))
    assert other.status == 200
    assert other.fields["files"], "the photo is here"
    assert ">Gut.</textarea>" in other.response.get_data(as_text=True)


def test_after_a_mistake_too_and_the_mistake_is_not_repeated(browser: Browser) -> None:
    page = browser.send(browser.open("/de/forms/join-group?group=7.49"), "/de/forms/join-group", email="x@x")
    assert page.status == 422
    other = switched(browser, page, "forms/join-group", "uk", name="Amina Beispiel")
    assert (other.status, other.fields["email"], other.fields["name"]) == (200, "x@x", "Amina Beispiel")
    assert "aria-invalid" not in other.response.get_data(as_text=True)


def test_enter_sends_the_form_and_changes_no_language(browser: Browser) -> None:
    html = browser.open("/de/forms/join-group").response.get_data(as_text=True)
    buttons = re.findall(r'<button type="submit"[^>]*form="answers"[^>]*>', html)
    assert len(buttons) == 1 + len(TONGUES)
    assert "formaction" not in buttons[0], "browsers press the first button on Enter"


def test_the_answer_to_the_office_comes_along(browser: Browser, paderborn: Database) -> None:
    from_page(paderborn, "page-1")
    sent = ask_back(paderborn)
    with paderborn.transaction() as session:
        token = links.issue(session, Purpose.ANSWER, person_id=sent.person_id, target_id=sent.id)
    page = browser.open(f"/ar/answer/{token}")
    other = switched(browser, page, f"answer/{token}", "fa", answer="Am Montag")
    assert (other.status, other.lang) == (200, "fa")
    assert ">Am Montag</textarea>" in other.response.get_data(as_text=True)
    done = browser.send(other, f"/fa/answer/{token}", answer="Am Montag")
    assert done.status == 200
    assert done.response.request.path == "/fa/answered"


@pytest.mark.parametrize("tag", ["ar", "de"])
def test_every_public_page_names_itself_in_all_languages(browser: Browser, tag: str) -> None:
    for path in PAGES:
        html = browser.open(f"/{tag}/{path}").response.get_data(as_text=True)
        found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))
        assert set(found) == {*TONGUES, "x-default"}, path
        assert all(found[one].startswith(f"http://mitwirken.example/{one}/") for one in TONGUES), path
        assert found["x-default"] == ("http://mitwirken.example/" if path == "" else found["de"])


def test_a_code_suggests_a_language_and_offers_all_in_their_own_names(
    browser: Browser, paderborn: Database
) -> None:
    with paderborn.reading() as session:
        code = groups.directory(session).get("7.49").code
    for header, tag in (("fa-AF,de;q=0.5", "fa"), ("kmr", "ku"), ("ja", "de"), ("", "de")):
        page = browser.open(f"/j/{code}", **{"Accept-Language": header})
        assert page.lang == tag, "suggested"
        html = page.response.get_data(as_text=True)
        tongues = html[html.index('<ul class="tags languages">') :]
        for entry in catalogues.offered():
            link = f'href="/j/{code}?lang={entry.tag}" lang="{entry.tag}" hreflang="{entry.tag}"'
            assert f'{link} dir="{entry.direction}"' in tongues
            assert f">{entry.own_name}</a>" in tongues
    chosen = browser.open(f"/j/{code}?lang=ar", **{"Accept-Language": "de"})
    assert (chosen.lang, chosen.direction) == ("ar", "rtl"), "who has chosen is not asked again"
    assert f"/ar/forms/join-group?group={code}" in chosen.links
