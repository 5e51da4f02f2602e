"""Signing up on a page: the answer, the mistakes, the second try."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from models import drafts, groups, links, people
from models.db import Database
from models.links import Purpose
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.settings import Settings
from models.submissions import Submission
from tests.webforms.conftest import Browser, Page
from translations import _
from webforms import create_app
from webforms.site import drop_cookie, set_cookie

FORM = "/{}/forms/join-group?group=7.49"
AMINA = {"name": "Amina Beispiel", "email": "amina@example.org", "role": "member", "pass_on": "yes"}


def rows(db: Database, table: type) -> int:
    """Count the rows of a table."""
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def sign_up(browser: Browser, language: str = "de", **answers: str) -> Page:
    """Open the form of group 7.49 and send it."""
    page = browser.open(FORM.format(language))
    return browser.send(page, f"/{language}/forms/join-group", **{**AMINA, **answers})


@pytest.mark.parametrize("language", ["de", "ar", "en", "de-simple"])
def test_a_sign_up_ends_as_one_membership_and_a_thank_you(
    browser: Browser, paderborn: Database, language: str
) -> None:
    page = sign_up(browser, language)
    assert page.status == 200
    assert "7.49" in page.text
    assert page.lang == language
    assert any("start=k_" in link for link in page.links), "the way on in Telegram"
    assert [rows(paderborn, table) for table in (Membership, Submission, Delivery)] == [1, 1, 1]


def test_the_answer_is_a_303(browser: Browser) -> None:
    page = browser.open(FORM.format("de"))
    answer = browser.send(page, "/de/forms/join-group", follow=False, **AMINA)
    assert answer.status == 303


def test_a_wrong_address_comes_back_with_everything_that_was_typed(
    browser: Browser, paderborn: Database
) -> None:
    page = sign_up(browser, "en", email="amina(at)example.org", name="Amina <b>Beispiel</b>")
    assert page.status == 422
    assert page.fields["email"] == "amina(at)example.org"
    assert page.fields["name"] == "Amina <b>Beispiel</b>"
    assert page.fields["pass_on"] == "yes"
    assert "needs an @" in page.text
    assert rows(paderborn, Submission) == 0


def test_the_mended_form_is_the_same_form(browser: Browser, paderborn: Database) -> None:
    wrong = sign_up(browser, email="amina")
    for _second_time in range(2):
        assert browser.send(wrong, "/de/forms/join-group", email="amina@example.org").status == 200
    assert rows(paderborn, Submission) == 1


def test_the_same_form_posted_twice_is_thanked_twice_and_counted_once(
    browser: Browser, paderborn: Database
) -> None:
    page = browser.open(FORM.format("de"))
    addresses = {
        browser.send(page, "/de/forms/join-group", follow=False, **AMINA).response.headers["Location"]
        for _tap in range(3)
    }
    assert len(addresses) == 1
    assert [rows(paderborn, table) for table in (Membership, Submission, Delivery)] == [1, 1, 1]


def test_signs_that_no_document_can_hold_are_not_kept(browser: Browser, paderborn: Database) -> None:
    page = browser.open(FORM.format("de"))
    browser.send(page, "/de/forms/join-group", **(AMINA | {"name": "Ami\x00na\x1b[31m\ufffe\x9f Beispiel"}))
    with paderborn.reading() as session:
        (entry,) = session.scalars(sa.select(Submission)).all()
    assert entry.answers["name"] == "Amina[31m Beispiel"


def test_a_form_without_our_token_is_not_taken(browser: Browser, paderborn: Database) -> None:
    page = browser.open(FORM.format("de"))
    for token in ("", "x", "a.b.c", page.fields["csrf"][:-1] + "~", "ä.ö.ü"):
        assert browser.send(page, "/de/forms/join-group", **AMINA, csrf=token).status == 400
    assert rows(paderborn, Submission) == 0


def test_a_known_and_an_unknown_address_are_answered_alike(browser: Browser) -> None:
    first = sign_up(browser, email="new@example.org").text
    sign_up(browser, email="known@example.org")
    second = sign_up(browser, email="known@example.org", group="1.2").text
    assert (
        second.replace("1.2 Übergang Kita–Grundschule", "7.49 Patenschaftsmodelle weiterentwickeln") == first
    )


def test_an_organisation_uncovers_the_question_for_its_kind(browser: Browser, paderborn: Database) -> None:
    sign_up(browser, organisation="Verein Beispiel", organisation_kind="migrant-organisation")
    with paderborn.reading() as session:
        person = session.scalars(sa.select(Person).where(Person.email == AMINA["email"])).one()
    assert (person.organisation, person.organisation_kind) == ("Verein Beispiel", "migrant-organisation")


def test_a_telephone_is_enough(browser: Browser, paderborn: Database) -> None:
    page = sign_up(browser, reach="phone", phone="05251 123456", email="")
    assert page.status == 200
    assert rows(paderborn, Membership) == 1
    assert sign_up(browser, reach="phone", phone="", email="").status == 422


def test_one_tap_confirms_the_address_and_opens_ones_own_page(browser: Browser, paderborn: Database) -> None:
    sign_up(browser, "ar")
    with paderborn.transaction() as session:
        person = session.scalars(sa.select(Person).where(Person.email == AMINA["email"])).one()
        token = links.issue(session, Purpose.CONFIRM, person_id=person.id)
        session.execute(sa.update(Delivery).values(state=DeliveryState.HELD))
    asking = browser.open(f"/ar/confirm/{token}")
    assert browser.client.head(f"/ar/confirm/{token}").status_code == 200
    assert AMINA["email"] in asking.text, "so that people see which address it is about"
    assert not [link for link in asking.links if "/me/" in link]
    with paderborn.reading() as session:
        looked_at = session.get_one(Person, person.id)
        assert looked_at.email_confirmed_at is None, "a mail program that looks ahead confirms nothing"
        assert session.scalars(sa.select(Delivery.state)).one() is DeliveryState.HELD
    page = browser.enter(f"/ar/confirm/{token}")
    assert page.status == 200
    assert browser.enter(f"/ar/confirm/{token}").status == 200, "a second tap is harmless"
    with paderborn.reading() as session:
        assert session.get(Person, person.id).email_confirmed_at is not None  # type: ignore[union-attr]
        assert session.scalars(sa.select(Delivery.state)).one() is DeliveryState.QUEUED
    found = re.search(r'action="(/ar/me/[^"]+)"', page.response.get_data(as_text=True))
    assert found is not None
    mine = browser.enter(found[1])
    assert "7.49" in mine.text
    assert browser.client.post(found[1]).status_code == 404, "a one-time link works once"
    assert browser.send(mine, "/ar/me/correct", name="Amina Muster", phone="05251 999999").status == 200
    assert browser.send(mine, "/ar/me/correct", name="Amina Muster", phone="call me").status == 422
    left = browser.send(mine, "/ar/me/leave", group="7.49")
    assert left.status == 200
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Membership.state)).one() is MembershipState.LEFT
        corrected = session.get(Person, person.id)
        assert corrected is not None
        assert (corrected.name, corrected.phone) == ("Amina Muster", "05251 999999")


def test_a_mail_program_that_looks_ahead_does_not_use_the_link_up(
    browser: Browser, paderborn: Database
) -> None:
    sign_up(browser)
    with paderborn.transaction() as session:
        person = session.scalars(sa.select(Person).where(Person.email == AMINA["email"])).one()
        token = links.issue(session, Purpose.ME, person_id=person.id)
    assert browser.client.head(f"/de/me/{token}").status_code == 200
    for _time in range(2):
        assert "7.49" not in browser.open(f"/de/me/{token}").text, "looking opens nothing"
    assert browser.client.get("/de/me").status_code == 200
    assert "7.49" in browser.enter(f"/de/me/{token}").text
    assert browser.open(f"/de/me/{token}").status == 404


def test_a_link_to_an_old_address_does_not_confirm_a_new_one(browser: Browser, paderborn: Database) -> None:
    sign_up(browser)
    with paderborn.transaction() as session:
        person = session.scalars(sa.select(Person).where(Person.email == AMINA["email"])).one()
        person.telegram_id = 4711
        token = links.issue(session, Purpose.CONFIRM, person_id=person.id)
        draft = drafts.begin(session, "ask-office", person_id=person.id, language="de")
        on_the_page = links.issue(session, Purpose.DRAFT, person_id=person.id, target_id=draft.id)
    page = browser.open(f"/de/forms/ask-office?draft={on_the_page}")
    asked = {"question": "Wann?", "name": "Amina Beispiel", "reach": "email", "email": "other@example.org"}
    assert browser.send(page, "/de/forms/ask-office", **asked).status == 200
    assert browser.enter(f"/de/confirm/{token}").status == 404
    with paderborn.reading() as session:
        changed = session.get_one(Person, person.id)
        assert (changed.email, changed.email_confirmed_at) == ("other@example.org", None)


def test_what_was_typed_goes_on_in_telegram(browser: Browser) -> None:
    page = browser.open(FORM.format("de"))
    kept = browser.send(page, "/de/forms/join-group", **{**AMINA, "to-telegram": "1"})
    assert kept.status == 200
    assert any("start=" in link for link in kept.links)


def test_a_closed_group_says_so_and_keeps_the_words(browser: Browser, paderborn: Database) -> None:
    page = browser.open(FORM.format("en"))
    with paderborn.transaction() as session:
        session.execute(sa.update(groups.WorkingGroup).values(is_open=False))
    answer = browser.send(page, "/en/forms/join-group", **AMINA)
    assert (answer.status, answer.fields["name"]) == (409, "Amina Beispiel")
    assert _("This group takes no new people at the moment.").to("en") in answer.text
    assert rows(paderborn, Message) == 0


def test_a_form_begun_in_chat_ends_on_the_page_as_the_same_person(
    browser: Browser, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        samira = people.by_chat(session, 4711, language="ar")
        raw = {"group": "7.49", "name": "سميرة مثال", "role": "lead"}
        draft = drafts.begin(session, "join-group", person_id=samira.id, language="ar", answers=raw)
        token = links.issue(session, Purpose.DRAFT, person_id=samira.id, target_id=draft.id)
    page = browser.open(f"/ar/forms/join-group?draft={token}")
    assert (page.fields["name"], page.fields["role"]) == ("سميرة مثال", "lead")
    for _tap in range(2):
        assert browser.send(page, "/ar/forms/join-group", reach="telegram").status == 200
    with paderborn.reading() as session:
        membership = session.scalars(sa.select(Membership)).one()
        assert membership.person_id == samira.id
        assert drafts.of_person(session, samira.id) is None, "what is sent is not asked again in chat"
        delivery = session.scalars(sa.select(Delivery)).one()
    assert delivery.channel is ChannelKind.TELEGRAM
    assert browser.open(f"/ar/forms/join-group?draft={token}").status == 404


def test_a_cookie_bound_to_https_goes_as_it_came(settings: Settings, paderborn: Database) -> None:
    over_https = settings.model_copy(update={"base_url": "https://mitwirken.example"})
    app = create_app(over_https, paderborn)
    with app.test_request_context():
        response = app.make_response("")
        set_cookie(response, "name", "secret", span=timedelta(hours=1))
        drop_cookie(response, "name")
    came, goes = response.headers.getlist("Set-Cookie")
    for cookie in (came, goes):
        assert cookie.startswith("__Host-name=")
        assert "Secure" in cookie, "browsers refuse a __Host- cookie without it, also one that ends it"
    assert "Max-Age=0" in goes
