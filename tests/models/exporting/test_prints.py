"""Posters, cards, slides, stickers: every code is read from the printed page, words stand in their order."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from models import groups
from models.db import Database
from models.errors import InvalidAnswer
from models.exporting import prints
from models.exporting.documentation import MilestoneLine
from models.exporting.print_words import FEEDBACK, MORE, TAKE_PART, Product
from models.exporting.printing import prints_pdf
from models.exporting.prints import Prints, Size
from models.exporting.shapes import LOOKS
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.when import When
from tests.models.exporting.reading_pdf import Part, Printed, needs_fonts, read_pdf
from tests.models.exporting.rendering import PRINTED, codes_on, pictures, sizes
from translations import Localised, language

FOUR = ("de", "ar", "uk", "ku")
HOST = "https://mitwirken.kreis-muster.example"
CSS = Path(__file__).parents[3] / "webforms" / "static" / "mitwirken.css"
TITLE = Localised(
    {
        "de": "Verwaltungsvereinfachungskoordinierungsgruppe für Übergänge zwischen Kindertagesstätten, "
        "Grundschulen, weiterführenden Schulen, Berufskollegs und der Arbeitswelt im ganzen Kreisgebiet",
        "ar": "مجموعة تنسيق الانتقال بين رياض الأطفال والمدارس الابتدائية والمدارس الثانوية "
        "وعالم العمل في كل المنطقة",
    }
)
Read = Callable[..., Prints]
pytestmark = needs_fonts


@pytest.fixture
def read(lively: Database) -> Read:
    """Read a printing of groups, by their numbers; all without any."""

    def made(product: Product, *numbers: str, tags: tuple[str, ...] = FOUR) -> Prints:
        with lively.reading() as session:
            directory = groups.directory(session)
            cards = [directory.get(number) for number in numbers] or directory.cards
            return prints.read(session, product, cards, tags, lambda path: HOST + path, date(2019, 6, 3))

    return made


def _words(printed: Printed, tag: str) -> str:
    """Return all that screen readers say in a language."""
    found = [part for role in ("P", "Figure") for part in printed.root.all(role) if part.lang == tag]
    return " ".join(part.words for part in found)


def _parts(printed: Printed) -> list[Part]:
    return [part for part in printed.root.all("P") if part.words]


def _leads_where_it_should(gathered: Prints, raw: bytes, dpi: int) -> None:
    for piece, picture in zip(gathered.pieces, pictures(raw, dpi=dpi), strict=True):
        code = piece.card.code
        assert codes_on(picture) == [f"{HOST}/j/{code}", f"{HOST}/f/{code}"], piece.card.number


def test_thirteen_posters_in_one_file_lead_where_they_should(read: Read) -> None:
    gathered = read(Product.POSTER)
    raw = prints_pdf(Product.POSTER, gathered)
    assert sizes(raw) == [(210, 297)] * 13
    _leads_where_it_should(gathered, raw, PRINTED)


def test_a_poster_of_a3_is_the_same_in_large(read: Read) -> None:
    gathered = read(Product.POSTER, "7.49")
    raw = prints_pdf(Product.POSTER, gathered, Size.A3)
    assert sizes(raw) == [(297, 420)]
    _leads_where_it_should(gathered, raw, PRINTED)


@pytest.mark.parametrize(
    ("product", "size", "times"),
    [(Product.CARD, (148, 210), 1), (Product.SLIDE, (339, 190), 1), (Product.STICKERS, (210, 297), 24)],
)
def test_each_code_of_cards_slides_and_stickers_is_read(
    read: Read, product: Product, size: tuple[int, int], times: int
) -> None:
    gathered = read(product, "7.49", "10.64")
    raw = prints_pdf(product, gathered)
    assert sizes(raw) == [size] * 2
    for piece, picture in zip(gathered.pieces, pictures(raw), strict=True):
        assert codes_on(picture) == [piece.join] * times
    printed = read_pdf(raw)
    short = gathered.pieces[0].join.removeprefix("https://")
    assert [part.words for part in _parts(printed)].count(short) == times
    assert printed.outline == ["7.49 Patenschaftsmodelle weiterentwickeln", gathered.pieces[1].card.to("de")]


def test_a_poster_says_the_goal_sheet_in_four_languages(read: Read) -> None:
    gathered = read(Product.POSTER, "12.72")
    (piece,) = gathered.pieces
    printed = read_pdf(prints_pdf(Product.POSTER, gathered))
    assert piece.sheet is not None
    for tag in FOUR:
        said = _words(printed, tag)
        for words in (piece.card.title, piece.card.summary, piece.card.field_name, TAKE_PART, FEEDBACK):
            assert words.to(tag) in said, tag
        for state in {one.state for one in piece.sheet.milestones} - {MilestoneState.DROPPED}:
            assert MILESTONE_WORDS[state].to(tag) in said
    german = _words(printed, "de")
    assert piece.sheet.lead in german
    for one in piece.sheet.milestones:
        assert (one.measure in german) is (one.state is not MilestoneState.DROPPED)
    assert gathered.region.name in german


def test_what_the_eye_sees_is_in_the_order_of_each_language(read: Read) -> None:
    printed = read_pdf(
        prints_pdf(Product.POSTER, read(Product.POSTER, "7.49", tags=("ar", "de", "uk", "ku")))
    )
    assert (printed.lang, printed.direction) == ("ar", "/R2L")
    arabic = [part for part in _parts(printed) if part.lang == "ar"]
    for part in _parts(printed):
        if not language(part.lang).is_rtl:
            assert part.glyphs.replace(" ", "") == part.words.replace(" ", "")
    whole = [part for part in arabic if re.fullmatch(r"[\u0600-\u06ff ]+", part.words)]
    one_line = [part for part in whole if part.glyphs.replace(" ", "") == part.words[::-1].replace(" ", "")]
    assert len(one_line) > 5
    # Words on several lines are drawn line by line, each from its end: no letter is lost.
    for part in whole:
        assert sorted(part.glyphs.replace(" ", "")) == sorted(part.words.replace(" ", ""))


def _endless(gathered: Prints, count: int) -> Prints:
    """Return a poster of a long title and of many milestones."""
    (piece,) = gathered.pieces
    assert piece.sheet is not None
    line = MilestoneLine(When.parse("ca. 06/19"), "", MilestoneState.UNDER_WAY, False, "", ())
    steps = tuple(replace(line, measure=f"Schritt {n} mit allen Beteiligten") for n in range(1, count + 1))
    card = replace(
        piece.card, title=TITLE, summary=Localised({tag: TITLE.to(tag) * 3 for tag in ("de", "ar")})
    )
    return replace(
        gathered, pieces=(replace(piece, card=card, sheet=replace(piece.sheet, milestones=steps)),)
    )


@pytest.mark.parametrize("product", [Product.POSTER, Product.CARD, Product.SLIDE, Product.STICKERS])
@pytest.mark.parametrize("tags", [FOUR, ("ar",)], ids=["four", "ar"])
def test_what_is_long_wraps_and_nothing_leaves_the_page(
    read: Read, product: Product, tags: tuple[str, ...]
) -> None:
    gathered = _endless(read(Product.POSTER, "7.49", tags=tags), 40)
    raw = prints_pdf(product, gathered)
    printed = read_pdf(raw)
    assert TITLE.to(tags[0]).replace(" ", "") in "".join(part.words for part in _parts(printed)).replace(
        " ", ""
    )
    (picture,) = pictures(raw)
    assert set(codes_on(picture)) >= {gathered.pieces[0].join}
    if product is Product.POSTER:
        german = _words(printed, "de")
        shown = len(re.findall(r"Schritt \d+ mit", german))
        assert 4 < shown < 40
        assert re.sub(r"[\u2066-\u2069]", "", MORE(n=40 - shown).to(tags[0])) in _words(printed, tags[0])
        edge = round(12 / 25.4 * PRINTED)  # nothing but the band may stand at the edges
        inside = (
            picture.crop((0, edge, edge, picture.height)),
            picture.crop((picture.width - edge, edge, picture.width, picture.height)),
        )
        assert all(side.getextrema() == (255, 255) for side in inside)


def test_words_of_a_sticker_stay_beside_its_code(read: Read) -> None:
    gathered = read(Product.STICKERS, "12.71", tags=("ru", "pl", "fa", "fr"))
    dots = 150 / 25.4
    (picture,) = pictures(prints_pdf(Product.STICKERS, gathered))
    for number in range(24):
        x, y = number % 3 * 70, number // 3 * 37 + 0.5
        box = (x + 30, y + 2, x + 31, y + 29)  # between the code with its quiet zone and the words
        assert picture.crop(tuple(round(side * dots) for side in box)).getextrema()[0] > 200, number  # type: ignore[arg-type]


def test_the_looks_of_fields_are_those_of_the_pages() -> None:
    rules = dict(re.findall(r"\.field-(\d+) \{ ([^}]*) \}", CSS.read_text(encoding="utf-8")))
    assert len(rules) == len(LOOKS)
    for number, look in enumerate(LOOKS, start=1):
        said = dict(re.findall(r"--(\w+): (-?\d+)", rules[str(number)]))
        assert int(said["hue"]) == look.hue
        assert (int(said.get("slant", 0)), int(said.get("on", 0)), int(said.get("gap", 0))) == (
            look.slant,
            look.on,
            look.gap,
        )


@pytest.mark.parametrize("tags", [[], ["de", "en", "uk", "ar", "ru"], ["de", "xx"]])
def test_one_to_four_languages_and_none_that_is_unknown(tags: list[str]) -> None:
    with pytest.raises(InvalidAnswer):
        prints.chosen_tags(tags)
    assert prints.chosen_tags(["ar", "de", "ar", ""]) == ("ar", "de")


def test_as_many_statements_for_one_group_as_for_all(lively: Database, read: Read) -> None:
    with pytest.raises(InvalidAnswer), lively.reading() as session:
        prints.read(session, Product.CARD, [], ("de",), str, date(2019, 6, 3))
