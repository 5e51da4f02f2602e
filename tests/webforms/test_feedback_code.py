"""The code for feedback on a poster: no language in it, and kind words where there is no such form."""

import pytest

from models import groups
from models.db import Database
from models.exporting.print_words import FEEDBACK_FORM
from models.forms import FORMS
from models.forms.ask_office import AskOffice
from tests.webforms.conftest import Browser
from translations import Text


class Opinion(AskOffice):
    """Stands in where the form is not there yet: any form of this slug will do."""

    slug = FEEDBACK_FORM


def _code(db: Database) -> str:
    with db.reading() as session:
        return groups.directory(session).get("7.49").code


def test_the_code_leads_to_the_form_in_the_suggested_language(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMS, FEEDBACK_FORM, FORMS.get(FEEDBACK_FORM, Opinion))
    code = _code(paderborn)
    for asked, tag in (("ar,de;q=0.5", "ar"), ("", "de"), ("xx", "de")):
        answer = browser.client.get(f"/f/{code}", headers={"Accept-Language": asked})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/{tag}/forms/feedback?group={code}"
        assert answer.headers["Vary"] == "Accept-Language, Cookie"
    assert (
        browser.client.get(f"/f/{code.lower()}?lang=uk").headers["Location"].startswith("/uk/forms/feedback?")
    )
    assert browser.open(f"/f/{code}").status == 200


def test_without_the_form_there_are_kind_words_and_ways_on(
    browser: Browser, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(FORMS, FEEDBACK_FORM, raising=False)
    code = _code(paderborn)
    page = browser.open(f"/f/{code}", **{"Accept-Language": "uk"})
    assert (page.status, page.lang) == (404, "uk")
    assert Text("Feedback is not open right now").to("uk") in page.text
    assert "/uk/groups/7.49" in page.links
    assert f"/f/{code}?lang=ar" in page.links


def test_a_code_that_nobody_knows_is_said_so(browser: Browser) -> None:
    page = browser.open("/f/XXXXXXXX", **{"Accept-Language": "de"})
    assert page.status == 404
    assert "XXXXXXXX" in page.text
