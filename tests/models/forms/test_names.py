"""One field for a name: any script, nothing that garbles what stands around it."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.errors import InvalidAnswer
from models.forms import FORMS
from models.forms.questions import Context, Line, Name
from translations import LANGUAGES, Language, _

NAME = Name(_("x"))
KEPT = [
    "Amina Beispiel", "Erika von der Probe-Muster", "Seán Ó Muster", "D’Exemple", "Nguyễn Thị Mẫu", "Løkke Å",
    "Şükrü Örnek", "İpek Irmak", "Łucja Przykład", "Ștefan Țară", "Олена Приклад",
    "О’Ніл Їжак", "Пётр Пример",
    "أمينة مثال", "مُحَمَّد", "می‌خواهم نمونه", "پریسا نمونه",
    "ژیلا کۆ", "Nûjîn Mînak", "שָׁלוֹם דוגמה",
    "अमिना उदाहरण",
    "ක්‍රිෂාන්", "අමිනා", "အေးအေး", "ทดสอบ ตัวอย่าง",
    "李小龙", "김보기", "なまえ 例", "አሚና ምሳሌ", "Ⅲ 3", "Mo 👩‍👧", "X",
]  # fmt: skip
MENDED = [
    ("  Amina \t Beispiel ", "Amina Beispiel"),
    ("Amina\u00a0\u2003Beispiel\u3000", "Amina Beispiel"),
    ("Amina\nBeispiel\u2028Zwei", "Amina Beispiel Zwei"),
    ("\u202eAmina\u202c \u2066Beispiel", "Amina Beispiel"),
    ("Ami\u200bna\ufeff Bei\u00adspiel\u2060", "Amina Beispiel"),
    ("\u200dAmina\u200c \u200dBeispiel\u200d\u200d", "Amina Beispiel"),
    ("Ame\u0301lie", "Amélie"),
    ("A" + "\u0334" * 30 + "mina", "A" + "\u0334" * 4 + "mina"),
    ("A" + "\u0334\u200d" * 30 + "mina", "A" + "\u0334\u200d" * 4 + "mina"),
    ("\u0301Amina \u0327Beispiel", "Amina Beispiel"),
    ("\u3164Amina\u115f", "Amina"),
    ("Amina\x00\x07\ufffe\uffff", "Amina"),
]
NOTHING = [
    "\u200d",
    "\u200b\u2060",
    "\u3164",
    "\u2800 \u2800",
    "\u0301",
    "\u202e\u202c",
    "\ufeff",
    "\x00",
    "\U000e0041",
]


@pytest.fixture
def context() -> Context:
    return Context(Session(), "de")


@pytest.mark.parametrize("name", KEPT)
def test_names_of_every_script_stay_as_they_are(name: str, context: Context) -> None:
    assert NAME.read(name, context) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(("typed", "kept"), MENDED)
def test_what_is_not_seen_or_paints_over_lines_is_taken_off(typed: str, kept: str, context: Context) -> None:
    assert NAME.read(typed, context) == kept


@pytest.mark.parametrize("typed", NOTHING)
def test_a_name_that_cannot_be_seen_is_none(typed: str, context: Context) -> None:
    with pytest.raises(InvalidAnswer, match="name"):
        NAME.read(typed, context)


def test_a_name_as_long_as_a_book_is_refused_before_it_costs_anything(context: Context) -> None:
    began = time.process_time()
    for sign in ("\u0301", "\u200d", "\u3164", "ﷺ", "\u0f71\u0f74", "가"):
        with pytest.raises(InvalidAnswer):
            NAME.read("a" + sign * 50_000, context)
    assert time.process_time() - began < 0.5


@given(
    st.text(alphabet=st.sampled_from("aب \u200c\u200d\u0301\u0334\u202e\u2068\u3164\n\u00a0é"), max_size=60)
)
def test_cleaning_is_done_after_one_time(typed: str) -> None:
    line, context = Line(_("x")), Context(Session(), "de")
    once = line.read(typed, context)
    assert line.read(once, context) == once
    assert once == once.strip()
    assert not any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in once)


@pytest.mark.parametrize("entry", LANGUAGES, ids=lambda entry: entry.tag)
@pytest.mark.parametrize("name", KEPT)
def test_a_name_is_isolated_wherever_its_direction_could_spread(name: str, entry: Language) -> None:
    said = _("Hello {name}")(name=name).to(entry.tag)
    turns = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in name)
    assert (f"\u2068{name}\u2069" in said) == (turns or entry.is_rtl)
    assert said.count("\u2068") == said.count("\u2069")


def test_every_form_that_asks_who_somebody_is_has_one_field_for_it() -> None:
    asked = {
        slug: [one for kind in form.__mro__ for one in vars(kind).values() if isinstance(one, Name)]
        for slug, form in FORMS.items()
    }
    assert any(asked.values())
    assert {slug: names for slug, names in asked.items() if len(names) > 1} == {}
