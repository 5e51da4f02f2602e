"""Words that are said late: values, fallback, direction."""

import json
from datetime import UTC, date, datetime

import pytest

from translations import Localised, Text, _, catalogues, dates, find, language, n_, suggest


@pytest.fixture
def empty_catalogues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say everything in the source words, as without any catalogue."""
    monkeypatch.setattr(catalogues, "chain", lambda tag: ())
    catalogues.single.cache_clear()
    yield
    catalogues.single.cache_clear()


@pytest.mark.usefixtures("empty_catalogues")
def test_values_are_put_in_and_nothing_else_is() -> None:
    assert _("Hello {name}, {name}!")(name="Amina").to("en") == "Hello Amina, Amina!"
    assert _("{name.__class__} {0}")(name="x").to("en") == "{name.__class__} {0}"


@pytest.mark.usefixtures("empty_catalogues")
def test_a_placeholder_that_a_translation_got_wrong_stays_visible() -> None:
    assert _("Hello {nmae}")(name="Amina").to("en") == "Hello {nmae}"


@pytest.mark.usefixtures("empty_catalogues")
def test_a_count_chooses_the_form() -> None:
    counted = n_("{n} group", "{n} groups")
    assert [counted(n=n).to("en") for n in (0, 1, 2)] == ["0 groups", "1 group", "2 groups"]


def test_day_and_time_are_parted_by_the_comma_of_the_language() -> None:
    held = datetime(2027, 3, 5, 17, tzinfo=UTC)
    said = {tag: dates.moment(held, tag) for tag in ("en", "ar", "fa")}
    assert said == {"en": "5 March 2027, 18:00", "ar": "5 مارس 2027، 18:00", "fa": "5 مارس 2027، 18:00"}


@pytest.mark.usefixtures("empty_catalogues")
def test_names_keep_their_direction_in_a_right_to_left_sentence() -> None:
    assert _("Hello {name}")(name="Amina").to("ar") == "Hello \u2068Amina\u2069"


@pytest.mark.usefixtures("empty_catalogues")
def test_a_line_of_values_alone_runs_right_to_left_for_its_readers() -> None:
    line = _("{question}: {answer}")(question="اسمكم", answer="Amina")
    assert line.to("ar") == "\u200f\u2068اسمكم\u2069: \u2068Amina\u2069"
    assert line.to("en") == "\u2068اسمكم\u2069: Amina"


@pytest.mark.usefixtures("empty_catalogues")
def test_a_text_in_a_text_is_said_in_the_same_language() -> None:
    outer = _("The group {group} meets.")(group=Localised({"de": "Lesen", "en": "Reading"}))
    assert outer.to("en") == "The group Reading meets."
    assert outer.to("pl") == "The group Lesen meets."


def test_what_is_packed_for_the_outbox_comes_back_the_same() -> None:
    text = _("{a} {b} {c} {d} {e}")(
        a="x", b=3, c=Localised({"de": "ja"}), d=date(2026, 11, 21), e=datetime(2026, 11, 21, 12, tzinfo=UTC)
    )
    nested = _("{text}")(text=text)
    assert Text.unpack(json.loads(json.dumps(nested.pack()))) == nested


def test_content_falls_back_to_german_and_says_so() -> None:
    words = Localised({"de": "Patenschaften", "ar": "كفالة"})
    assert not words.spoken("ar").is_fallback
    fallen = words.spoken("uk")
    assert (fallen.text, fallen.tag, fallen.is_fallback) == ("Patenschaften", "de", True)
    assert not words.spoken("de-simple").is_fallback, "plain German readers read German"


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("ar-SY,ar;q=0.9,en;q=0.5", "ar"),
        ("kmr", "ku"),
        ("fa-AF", "fa"),
        ("prs;q=0.2, xx", "fa"),
        ("en-US,en;q=0.9", "en"),
        ("de-simple", "de-simple"),
        ("zh;q=1, *;q=broken", "de"),
        ("", "de"),
        (None, "de"),
    ],
)
def test_a_language_is_suggested_from_what_the_browser_says(asked: str | None, got: str) -> None:
    assert suggest(asked).tag == got


def test_unknown_languages_are_not_found() -> None:
    assert find("xx") is None
    with pytest.raises(KeyError):
        language("xx")
