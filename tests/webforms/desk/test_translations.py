"""The translators' desk in a browser: who sees what, side by side, files out and back."""

import io
from html import unescape

import pytest
from flask import Flask

from models import staff
from models.db import Database
from models.exchanging import Package, Unit, xliff
from models.staff import StaffRole
from models.translation_lists import Standing
from tests.models.translators import draft, goal_of, leave_to_translate, reword, ukrainian
from tests.webforms.conftest import Page
from tests.webforms.desk.people import HASHED, Officer, said
from tests.webforms.desk.test_guard import _address, _methods, _rules

OPEN = {
    "login": ("ask", "enter", "leave"),
    "accounts": ("own", "set_language", "set_password"),
    "translations": ("listed", "one", "act"),
    "translation_files": ("ask", "download", "look", "apply", "catalogue"),
}


@pytest.fixture
def paderborn(paderborn: Database) -> Database:
    """The demo's region, with something left to translate."""
    return leave_to_translate(paderborn)


def _employ(app: Flask, db: Database, name: str, *languages: str) -> Officer:
    with db.transaction() as session:
        member = staff.add(
            session, f"{name}@example.org", name=f"{name.title()} Beispiel", role=StaffRole.TRANSLATOR,
            password_hash=HASHED, languages=languages,
        )  # fmt: skip
        member.language = "en"
    translator = Officer(app.test_client(), f"{name}@example.org")
    assert translator.log_in().headers["Location"] == "/desk/translations"
    return translator


@pytest.fixture
def oksana(app: Flask, paderborn: Database) -> Officer:
    """A translator into Ukrainian, logged in."""
    return _employ(app, paderborn, "oksana", "uk")


def _fields(words: dict[str, str]) -> dict[str, str]:
    return {f"w-{name}": text for name, text in words.items()}


def test_translators_reach_the_translations_and_nothing_else(app: Flask, oksana: Officer) -> None:
    refused, is_open = 0, {f"desk.{part}.{name}" for part, names in OPEN.items() for name in names}
    for rule in _rules(app):
        for method in _methods(rule):
            if rule.endpoint.split(".")[1] in ("login", "sessions", "second_step", "passkeys", "sign_on"):
                continue
            answer = oksana.client.open(_address(rule), method=method, data={"csrf": oksana.csrf})
            if rule.endpoint in is_open:
                assert answer.status_code != 403, rule
            else:
                assert answer.status_code == 403, rule
                refused += 1
    assert refused > 40
    page = oksana.open("/desk/translations")
    desk = {one for one in page.links if one.startswith("/desk/")}
    assert {one for one in desk if not one.startswith("/desk/translations")} == {"/desk/account"}
    assert "/desk/translations" in oksana.open("/desk/groups").links  # the way out of a refusal


def test_a_log_in_goes_on_to_what_one_may_see(app: Flask, paderborn: Database, oksana: Officer) -> None:
    for wish, goes_to in {
        "/desk/groups/7.49": "/desk/translations", "/desk/translations/files": "/desk/translations/files",
        "https://evil.example/": "/desk/translations",
    }.items():  # fmt: skip
        assert oksana.log_in(onwards=wish).headers["Location"] == goes_to


def test_from_the_list_to_the_approval_with_the_next_one_offered(
    app: Flask, paderborn: Database, oksana: Officer, olga: Officer
) -> None:
    goal = goal_of(paderborn)
    listed = oksana.open("/desk/translations?kind=goal")
    address = f"/desk/translations/goal/{goal.id}/uk"
    assert f"{address}?kind=goal" in [unescape(one) for one in listed.links]
    assert not any("language=ar" in one for one in listed.links)
    page = oksana.open(f"{address}?kind=goal")
    html = page.response.get_data(as_text=True)
    assert goal.source["title"] in page.text
    assert 'lang="uk" dir="ltr"' in html
    saved = oksana.post(f"{address}/save?kind=goal", seen=page.fields["seen"], **_fields(ukrainian(goal)))
    assert saved.status_code == 303
    assert "/desk/translations/goal/" in saved.headers["Location"]
    assert saved.headers["Location"].endswith("kind=goal&saved=save")
    assert said("Saved. Somebody else has a look at it now.") in oksana.open(saved.headers["Location"]).text
    own = oksana.open(address)
    assert said("Approve") not in own.text
    assert (
        oksana.post(f"{address}/approve", seen=own.fields["seen"], **_fields(ukrainian(goal))).status_code
        == 403
    )
    waiting = olga.open("/desk/translations?language=uk&show=waiting")
    assert "Oksana Beispiel" in waiting.text
    look = olga.open(f"{address}?show=waiting")
    assert said("Approve") in look.text
    done = olga.post(f"{address}/approve?show=waiting", seen=look.fields["seen"], **_fields(ukrainian(goal)))
    assert done.headers["Location"] == "/desk/translations?language=uk&show=waiting&saved=approve"
    assert "Слова: title" in Page(olga.client.get("/uk/groups/7.49")).text


def test_what_was_typed_is_kept_where_somebody_was_quicker(paderborn: Database, oksana: Officer) -> None:
    goal = goal_of(paderborn)
    address = f"/desk/translations/goal/{goal.id}/uk"
    seen = oksana.open(address).fields["seen"]
    reword(paderborn, goal.id, "Inzwischen anders")
    late = oksana.post(f"{address}/save", seen=seen, **{"w-title": "Мої <слова>"})
    assert late.status_code == 409
    page = Page(late)
    assert "Мої <слова>" in page.text
    assert "Inzwischen anders" in page.text
    again = oksana.post(f"{address}/save", seen=page.fields["seen"], **{"w-title": "Мої <слова>"})
    assert again.status_code == 303


def test_sent_back_with_a_note_and_refusals_in_words(
    paderborn: Database, oksana: Officer, olga: Officer
) -> None:
    update = draft(paderborn)
    address = f"/desk/translations/update/{update.id}/uk"
    page = oksana.open(address)
    assert "**treffen**" in page.text  # the marks are to be kept
    long = oksana.post(f"{address}/save", seen=page.fields["seen"], **{"w-title": "x" * 151, "w-body": "y"})
    assert long.status_code == 422
    assert "150" in Page(long).text
    oksana.post(f"{address}/save", seen=page.fields["seen"], **_fields(ukrainian(update)))
    look = olga.open(address)
    empty = olga.post(
        f"{address}/send-back", seen=look.fields["seen"], note=" ", **_fields(ukrainian(update))
    )
    assert empty.status_code == 422
    olga.post(
        f"{address}/send-back", seen=look.fields["seen"], note="Bitte <kürzer>.", **_fields(ukrainian(update))
    )
    assert "Bitte <kürzer>." in oksana.open(address).text
    assert oksana.open(f"/desk/translations/update/{update.id}/ar").status == 403
    assert oksana.open("/desk/translations/update/99999/uk").status == 404
    assert oksana.open("/desk/translations/nothing/1/uk").status == 404
    assert olga.open(f"/desk/translations/update/{update.id}/de").status == 404


def test_files_go_out_and_come_back_as_differences_first(
    paderborn: Database, oksana: Officer, olga: Officer
) -> None:
    goal = goal_of(paderborn)
    out = oksana.client.get("/desk/translations/files/export?language=uk&language=ar&format=xlf")
    assert out.mimetype == "application/xliff+xml"
    found = xliff.read(out.data)
    assert found.tag == "uk"
    units = [
        Unit("goal", goal.id, part, text, f"Нове {part}", Standing.DONE) for part, text in goal.source.items()
    ]
    data = xliff.write(Package("de", "uk", tuple(units)))
    look = oksana.post("/desk/translations/files", file=(io.BytesIO(data), "uk.xlf"))
    page = Page(look)
    assert look.status_code == 200
    assert "Нове title" in page.text
    assert said("Take as approved") not in page.text
    assert goal_of(paderborn).said("uk") == {}
    stolen = olga.post("/desk/translations/files/apply", draft=page.fields["draft"])
    assert stolen.status_code == 422
    forbidden = oksana.post(
        "/desk/translations/files/apply", draft=page.fields["draft"], **{"as": "approved"}
    )
    assert forbidden.status_code == 403
    reword(paderborn, goal.id, "Inzwischen anders")
    changed = oksana.post("/desk/translations/files/apply", draft=page.fields["draft"])
    assert changed.status_code == 409
    taken = oksana.post("/desk/translations/files/apply", draft=page.fields["draft"])
    assert taken.headers["Location"] == "/desk/translations/files?taken=1"
    assert "1" in oksana.open(taken.headers["Location"]).text
    broken = oksana.post("/desk/translations/files", file=(io.BytesIO(b"<x"), "uk.xlf"))
    assert broken.status_code == 422
    assert oksana.post("/desk/translations/files").status_code == 422
    assert oksana.client.get("/desk/translations/files/export?language=ar").status_code == 422


def test_catalogues_can_be_taken_along_in_ones_languages(oksana: Officer) -> None:
    answer = oksana.client.get("/desk/translations/catalogues/uk.po")
    assert answer.mimetype == "text/x-gettext-translation"
    assert b"X-Status: draft" in answer.data
    assert oksana.client.get("/desk/translations/catalogues/ar.po").status_code == 403
    assert "/desk/translations/catalogues/uk.po" in oksana.open("/desk/translations/files").links


def test_an_admin_opens_a_translators_account_with_languages(ada: Officer, paderborn: Database) -> None:
    who = {"name": "Taras Beispiel", "email": "taras@example.org", "role": "translator"}
    refused = ada.post("/desk/staff", **who)
    assert refused.status_code == 422
    assert "Please choose at least one language" in refused.get_data(as_text=True)
    opened = ada.post("/desk/staff", **who, language=["uk", "xx", "ar"])
    assert opened.status_code == 200
    assert "Українська" in Page(opened).text
    with paderborn.reading() as session:
        member = staff.by_email(session, "taras@example.org")
        assert member is not None
        assert member.languages == ["uk", "ar"]
