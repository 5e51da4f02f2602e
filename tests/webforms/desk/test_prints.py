"""Posters and cards at the desk: chosen, taken as PDF or as a page; refusals keep the choice."""

import itertools

import pytest
from flask import Flask

from models import groups
from models.db import Database
from models.exporting.print_words import PRODUCT_WORDS, Product
from models.settings import Settings
from models.staff import StaffRole
from tests.models.exporting.reading_pdf import needs_fonts
from tests.models.exporting.rendering import codes_on, pictures, sizes
from tests.webforms.desk import people
from tests.webforms.desk.people import Officer, said

FOUR = "language=de&language=ar&language=uk&language=ku"


def _code(db: Database, number: str = "7.49") -> str:
    with db.reading() as session:
        return groups.directory(session).get(number).code


def test_the_desk_offers_everything_there_is_to_print(olga: Officer) -> None:
    page = olga.open("/desk/prints")
    assert page.status == 200
    for words in PRODUCT_WORDS.values():
        assert words.to("en") in page.text
    assert page.fields["product"] == Product.POSTER
    for address in ("/desk/groups", "/desk/documents"):
        assert "/desk/prints" in olga.open(address).links


def test_a_group_leads_to_its_own_prints(olga: Officer) -> None:
    assert "/desk/prints?group=7.49" in olga.open("/desk/groups/7.49").links
    page = olga.client.get("/desk/prints?group=7.49").get_data(as_text=True)
    assert page.count('name="group"') == 13
    assert page.count("checked> <span>7.49") == 1
    assert "checked> <span>1.2 " not in page


@needs_fonts
def test_posters_of_all_groups_come_as_one_pdf(
    olga: Officer, paderborn: Database, settings: Settings
) -> None:
    numbers = ("7.49", "10.64")
    chosen = "&".join(f"group={number}" for number in numbers)
    answer = olga.client.get(f"/desk/prints/pdf?product=poster&paper=a3&{FOUR}&{chosen}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="poster-de-ar-uk-ku.pdf"'
    assert sizes(answer.data) == [(297, 420)] * 2
    for number, picture in zip(numbers, pictures(answer.data, dpi=100), strict=True):
        code = _code(paderborn, number)
        assert codes_on(picture) == [settings.address(f"/{place}/{code}") for place in ("j", "f")]


@needs_fonts
@pytest.mark.parametrize(("form", "pages"), [("ask-office", 1), ("register-event", 2)])
def test_a_form_on_paper_is_named_by_its_form(olga: Officer, form: str, pages: int) -> None:
    answer = olga.client.get(f"/desk/prints/pdf?product=form&form={form}&language=ar")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{form}-ar.pdf"'
    assert sizes(answer.data) == [(210, 297)] * pages


def test_each_thing_is_a_page_to_print_too(olga: Officer, paderborn: Database, settings: Settings) -> None:
    for product in Product:
        _is_a_page(olga, product, settings.address(f"/j/{_code(paderborn)}").partition("://")[2])


def _is_a_page(olga: Officer, product: Product, address: str) -> None:
    page = olga.open(f"/desk/prints/page?product={product}&{FOUR}&group=7.49")
    assert page.status == 200
    assert address in page.text
    assert (address.replace("/j/", "/f/") in page.text) is (product is Product.POSTER)
    assert any(link.startswith(f"/desk/prints/pdf?product={product}") for link in page.links)
    html = page.response.get_data(as_text=True)
    assert 'lang="ar" dir="rtl"' in html


WRONG = {
    "product=card&language=de": "Please choose at least one group.",
    "product=card&group=7.49": "Please choose one to {n} languages.",
    f"product=card&group=7.49&{FOUR}&language=en": "Please choose one to {n} languages.",
    "product=card&group=7.49&language=xx": "Please choose one to {n} languages.",
    "product=mug&group=7.49&language=de": "Please choose one of the answers.",
    "product=poster&paper=a7&group=7.49&language=de": "Please choose one of the answers.",
    "product=form&form=status-round&group=7.49&language=de": "Please choose one of the answers.",
}


def test_what_cannot_be_printed_is_said_and_the_choice_is_kept(olga: Officer) -> None:
    for place, (query, words) in itertools.product(("pdf", "page"), WRONG.items()):
        page = olga.open(f"/desk/prints/{place}?{query}")
        assert page.status == 422, query
        assert said(words, n="4") in page.text, query
        html = page.response.get_data(as_text=True)
        assert ("checked> <span>7.49" in html) is ("group=7.49" in query)


def test_a_group_that_is_not_there_is_not_found(olga: Officer) -> None:
    assert olga.open("/desk/prints/pdf?product=card&language=de&group=99.99").status == 404


def test_printing_is_for_the_office(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "nora@example.org", StaffRole.MODERATOR)
    nora = Officer(app.test_client(), "nora@example.org")
    nora.log_in()
    for place in ("", "/pdf", "/page"):
        assert nora.client.get(f"/desk/prints{place}?product=card&language=de&group=7.49").status_code == 403
    assert "/desk/prints" not in nora.open("/desk/groups").links
