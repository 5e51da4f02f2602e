"""Forms on paper: the questions of the page, in every language, and a code that leads to it."""

from datetime import date

import pytest

from models import groups
from models.db import Database
from models.exporting import prints
from models.exporting.form_sheet import FormSheet, form_sheets, form_sheets_pdf
from models.exporting.print_words import Product
from models.exporting.prints import Prints
from models.forms import FORMS
from models.forms.form import Form
from models.forms.questions import Kind
from tests.models.exporting.reading_pdf import needs_fonts, read_pdf
from tests.models.exporting.rendering import codes_on, pictures

HOST = "https://mitwirken.kreis-muster.example"
LISTED = [form for form in FORMS.values() if form.listed]
pytestmark = needs_fonts
OFF = ("group", "old_enough")  # chosen already; not asked by this region


def _sheets(
    db: Database, form: type[Form], *numbers: str, tags: tuple[str, ...] = ("de", "ar")
) -> tuple[list[FormSheet], Prints]:
    def address(path: str) -> str:
        return HOST + path

    with db.reading() as session:
        directory = groups.directory(session)
        cards = [directory.get(number) for number in numbers]
        gathered = prints.read(session, Product.FORM, cards, tags, address, date(2019, 6, 3))
        return form_sheets(session, form, gathered, address), gathered


def test_the_sign_up_sheet_asks_what_the_form_asks(paderborn: Database) -> None:
    form = FORMS["join-group"]
    sheets, gathered = _sheets(paderborn, form, "7.49", "1.5")
    raw = form_sheets_pdf(sheets, gathered)
    printed = read_pdf(raw)
    said = [part for role in ("P", "H1") for part in printed.root.all(role)]
    for tag in ("de", "ar"):
        words = " ".join(part.words for part in said if part.lang == tag)
        for question in form.declared:
            assert (question.label.to(tag) in words) is (question.name not in OFF), question.name
        consents = [question.label.to(tag) for question in form.declared if question.kind is Kind.CONSENT]
        assert len(consents) == 2
        assert all(words.count(text) == 2 for text in consents)
        for card in (piece.card for piece in gathered.pieces):
            assert card.title.to(tag) in words
    codes = [piece.join for piece in gathered.pieces for _tag in gathered.tags]
    assert [codes_on(picture) for picture in pictures(raw)] == [[code] for code in codes]
    assert [part.words for part in said].count("") == 0
    assert all(
        f"{HOST}/{tag}/privacy".removeprefix("https://") in "".join(p.words for p in said)
        for tag in ("de", "ar")
    )


def test_each_sheet_has_page_numbers_of_its_own_in_its_language(paderborn: Database) -> None:
    sheets, gathered = _sheets(paderborn, FORMS["report-progress"], "1.5")
    pages = read_pdf(form_sheets_pdf(sheets, gathered)).pages
    assert len(pages) == 4
    assert ["Seite1von2" in page.replace(" ", "") for page in pages] == [True, False, False, False]
    assert ["Seite2von2" in page.replace(" ", "") for page in pages] == [False, True, False, False]


@pytest.mark.parametrize("form", LISTED, ids=lambda form: form.slug)
def test_every_form_can_be_printed_with_a_group_and_without(paderborn: Database, form: type[Form]) -> None:
    for numbers in (("7.49",), ()):
        sheets, gathered = _sheets(paderborn, form, *numbers, tags=("fa",))
        (sheet,) = sheets
        has_group = any(question.name == "group" for question in form.declared)
        assert (sheet.card is not None) is (has_group and bool(numbers))
        assert len(sheet.questions) == len(form.declared) - (sheet.card is not None) - (
            form is FORMS["join-group"]
        )
    printed = read_pdf(form_sheets_pdf(sheets, gathered))
    words = " ".join(part.words for part in printed.root.all("P"))
    assert all(one.label in words for one in sheet.questions)
    assert sheet.online.removeprefix("https://") in words


def test_follow_up_questions_say_when_they_are_to_be_answered(paderborn: Database) -> None:
    (sheet,), _gathered = _sheets(paderborn, FORMS["join-group"], "7.49", tags=("en",))
    asked = {one.label: one for one in sheet.questions}
    assert asked["Your e-mail address"].only == "Only for: By e-mail"
    kind = asked["What kind of organisation is it?"]
    number = asked["Organisation"].number
    assert kind.only == f"Only if you answered question {number}."
    assert [one.number for one in sheet.questions] == list(range(1, len(sheet.questions) + 1))
    reach = next(one for one in sheet.questions if one.label == "How can we reach you?")
    assert [option.text for option in reach.options] == ["By e-mail", "By telephone"]  # no pen opens a chat


def test_a_form_about_a_group_can_list_all_groups(paderborn: Database) -> None:
    (sheet,), _gathered = _sheets(paderborn, FORMS["join-group"], tags=("uk",))
    assert sheet.questions[0].kind is Kind.CHOICE
    assert len(sheet.questions[0].options) == 13
