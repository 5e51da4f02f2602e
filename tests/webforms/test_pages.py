"""Every public page: its language, its ways on, its refusals."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from models import groups
from models.db import Database
from models.settings import Settings
from models.staff import StaffRole
from tests.webforms.conftest import Browser
from tests.webforms.desk import people
from webforms import create_app, tokens
from webforms.look import contrast_with_white, safe_accent
from webforms.qr import qr_png, qr_svg

PAGES = [
    "", "groups", "groups/7.49", "forms/join-group", "forms/ask-office", "forms/report-progress", "goals",
    "news", "groups/7.49/news", "me", "privacy", "imprint", "accessibility",
]  # fmt: skip


@pytest.mark.parametrize(("asked", "led_to"), [("ar", "/ar/"), ("kmr", "/ku/"), ("xx", "/de/")])
def test_the_first_visit_is_led_to_a_suggested_language(browser: Browser, asked: str, led_to: str) -> None:
    answer = browser.client.get("/", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.headers["Location"]) == (302, led_to)


def test_a_scanned_code_offers_three_ways_and_all_languages(browser: Browser, paderborn: Database) -> None:
    with paderborn.reading() as session:
        card = groups.directory(session).get("7.49")
    page = browser.open(f"/j/{card.code}", **{"Accept-Language": "ar"})
    assert page.lang == "ar"
    assert f"/ar/forms/join-group?group={card.code}" in page.links
    assert any(card.code in link and "t.me" in link for link in page.links)
    assert {f"/j/{card.code}?lang=de", f"/j/{card.code}?lang=en"} <= set(page.links)


def test_an_unknown_code_leads_on(browser: Browser) -> None:
    page = browser.open("/j/%3Cscript%3Ealert(1)", **{"Accept-Language": "en"})
    assert page.status == 404
    assert "/en/groups" in page.links
    assert b"<script>" not in page.response.data


def test_groups_are_found_by_words_and_by_field(browser: Browser) -> None:
    assert browser.open("/de/groups").text.count("13") >= 1
    found = browser.open("/de/groups?q=rassismus+schule")
    assert [link for link in found.links if "/groups/" in link] == ["/de/groups/12.71"]
    in_field = browser.open("/de/groups?field=4")
    assert len([link for link in in_field.links if "/groups/4." in link]) == 3
    assert browser.open("/de/groups?q=zzzz").status == 200
    assert browser.open("/de/groups?field=%F0%9D%9F%97&q=%00").status == 200


def test_a_goal_sheet_keeps_the_dates_as_written_and_says_them_in_other_languages(browser: Browser) -> None:
    german = browser.open("/de/groups/4.30").text
    assert "Ca. Jan / Feb 2019" in german
    english = browser.open("/en/groups/4.30").text
    assert "January 2019" in english
    assert "September 2019" in english
    assert 'lang="de"' in browser.open("/en/groups/4.30").response.get_data(as_text=True)


def test_a_goal_that_changed_hands_says_who_decided(browser: Browser) -> None:
    page = browser.open("/de/groups/3.27")
    assert "Kreistag" in page.text
    assert "17. September 2018" in page.text


NOT_THERE = [
    "/xx/", "/de/nope", "/de/groups/99.99", "/de/forms/nope", "/DE/", "/de-AT/", "/de/forms/answer-office",
    "/de/thanks/x", "/de/me/x", "/de/confirm/x", "/ar/answer/x",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_THERE)
def test_what_is_not_there_is_said_kindly(browser: Browser, address: str) -> None:
    page = browser.open(address)
    assert page.status == 404
    assert "/forms/ask-office" in " ".join(page.links)


def test_without_telegram_no_page_speaks_of_it(settings: Settings, paderborn: Database) -> None:
    off = settings.model_copy(update={"telegram": "off"})
    browser = Browser(create_app(off, paderborn).test_client())
    with paderborn.reading() as session:
        code = groups.directory(session).get("7.49").code
    for path in (*(f"/de/{path}" for path in PAGES), f"/j/{code}"):
        body = browser.open(path).response.get_data(as_text=True).lower()
        assert "telegram" not in body, path
        assert "t.me" not in body, path


def test_a_request_that_is_too_large_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/de/forms/join-group", data={"name": "x" * 400_000})
    assert answer.status_code == 413


def test_qr_codes_hold_what_was_put_in() -> None:
    address = "https://mitwirken.example/j/AB23CD45"
    with Image.open(io.BytesIO(qr_png(address))) as picture:
        assert zxingcpp.read_barcodes(picture)[0].text == address
    assert qr_svg(address).startswith("<")


def test_an_accent_that_could_not_be_read_is_not_taken() -> None:
    assert safe_accent("#ffff00") == "#0b5d66"
    assert safe_accent("#7a1f3d") == "#7a1f3d"
    assert contrast_with_white("#000000") == pytest.approx(21)


def test_the_webhook_stores_before_it_answers_and_only_for_telegram(
    settings: Settings, paderborn: Database
) -> None:
    client = create_app(
        settings.model_copy(update={"webhook_secret": _secret("s3cret")}), paderborn
    ).test_client()
    update = {"update_id": 7, "message": {"chat": {"id": 5}, "text": "hello"}}
    name = "X-Telegram-Bot-Api-Secret-Token"
    for wrong in ({}, {name: "wrong"}, {name: "\xe4"}):
        assert client.post("/telegram/webhook", json=update, headers=wrong).status_code == 403
    for _again in range(2):
        assert client.post("/telegram/webhook", json=update, headers={name: "s3cret"}).status_code == 200
    with paderborn.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT update_id, chat_id FROM inbox").all() == [(7, 5)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"update_id": 9223372036854775808}', 400), ("[" * 100_000, 400),
        ('{"update_id": 8, "message": {"chat": {"id": 9223372036854775808}}}', 200),
    ],
    ids=("number", "depth", "chat"),
)  # fmt: skip
def test_the_webhook_stands_what_no_database_takes(
    settings: Settings, paderborn: Database, body: str, status: int
) -> None:
    client = create_app(settings.model_copy(update={"webhook_secret": _secret("s3cret")}), paderborn)
    answer = client.test_client().post(
        "/telegram/webhook", data=body, content_type="application/json",
        headers={"X-Telegram-Bot-Api-Secret-Token": "s3cret"},
    )  # fmt: skip
    assert answer.status_code == status


def test_no_address_takes_a_number_that_no_id_can_be(settings: Settings, paderborn: Database) -> None:
    app = create_app(settings, paderborn)
    rules = [rule for rule in app.url_map.iter_rules() if "<int" in rule.rule]
    assert len(rules) > 50
    there = dict.fromkeys(("1", "2147483648", "9223372036854775808", "9" * 5000), 0)
    for number in there:
        for rule in rules:
            address = re.sub(r"<int[^>]*>", number, rule.rule).replace("<tag:tag>", "de")
            address = re.sub(r"<[^>]*>", "KNNMWU73", re.sub(r"<any\('?(\w[\w-]*)[^>]*>", r"\1", address))
            there[number] += app.url_map.bind("localhost").test(address, next(iter(rule.methods or ())))
    assert there.pop("1") > 50
    assert set(there.values()) == {0}
    answer = app.test_client().get("/de/groups/7.49/meetings/9223372036854775808.ics")
    assert answer.status_code == 404


def test_a_nul_is_found_nowhere(settings: Settings, any_db: Database) -> None:
    app = create_app(settings.model_copy(update={"base_url": "https://mitwirken.example"}), any_db)
    app.testing = False
    client = app.test_client()
    for address in ("/de/dots/a%00b", "/files/a%00b"):
        assert client.get(address).status_code == 404
    form = {"csrf": tokens.issue(settings.secret.get_secret_value().encode())}
    secure = {"base_url": "https://mitwirken.example"}
    client.post("/desk/login/passkey/begin", data=form, **secure)
    answer = '{"id": "\\u0000", "response": {}}'
    refused = client.post("/desk/login/passkey", data={**form, "answer": answer}, **secure)
    assert refused.status_code == 422
    for slug, field in (
        ("report-progress", "files"), ("meeting-minutes", "files"), ("feedback", "event"),
        ("register-event", "event"), ("meeting-minutes", "meeting"), ("join-group", "group"),
    ):  # fmt: skip
        for value in ("a\0b", "\0"):
            sent = client.post(f"/de/forms/{slug}", data={**form, field: value}, **secure)
            assert sent.status_code == 422, (slug, field)
    people.employ(any_db, "ada@example.org", StaffRole.ADMIN)
    ada = people.Officer(create_app(settings, any_db).test_client(), "ada@example.org")
    ada.log_in()
    assert ada.client.get("/desk/audit?record=a%00b").status_code == 200


def _secret(value: str) -> object:
    return type(Settings(_env_file=None).secret)(value)


def test_every_page_of_the_demo_says_what_to_try_next(settings: Settings, paderborn: Database) -> None:
    app = create_app(settings.model_copy(update={"demo": True}), paderborn)
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    ada = people.Officer(app.test_client(), "ada@example.org")
    ada.log_in()
    group = [f"groups/7.49{path}" for path in ("", "/sheet", "/meetings", "/measure")]
    office = [
        "rounds",
        "documents",
        "prints",
        "workbook",
        "deliveries",
        "account",
        "staff",
        "accept",
        "entries/4711",
    ]
    public = [f"/de/{path}" for path in (*PAGES, "groups/7.49/timeline", "goals/timeline", "nowhere")]
    for address in (
        *public,
        "/j/XXXXXXXX",
        "/data/?lang=de",
        *(f"/desk/{path}" for path in ("", "groups", *group, *office)),
    ):
        assert ada.client.get(address, follow_redirects=True).text.count('class="tip"') == 1, address


def test_what_one_app_has_compiled_the_next_one_need_not(
    settings: Settings, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = create_app(settings, paderborn).test_client().get("/ar/")

    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("a template was compiled once more")

    monkeypatch.setattr("jinja2.Environment.compile", refuse)
    assert create_app(settings, paderborn).test_client().get("/ar/").data == before.data


@pytest.mark.parametrize("address", ["/de/dots/a\x00b", "/files/a\x00b"])
def test_an_address_with_a_nul_is_nobodys_before_a_database_sees_it(
    settings: Settings, paderborn: Database, address: str
) -> None:
    ways = create_app(settings, paderborn).url_map.bind("mitwirken.example")
    assert ways.test(address.replace("\x00", "b"))
    assert not ways.test(address)
