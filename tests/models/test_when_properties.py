"""Inexact dates: what holds for any wording, any day, any month of any language."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from timeit import timeit
from typing import Literal

import pytest
from babel.dates import get_day_names, get_month_names
from hypothesis import given, settings
from hypothesis import strategies as st

from models import when_rules, when_words
from models.when import When
from tests.models.when_table import PADERBORN, rows, words
from translations import LANGUAGES, Language, dates

CONFERENCE = date(2018, 9, 5)
PIECES = st.sampled_from(
    words(
        "Mai | Juni | märz | 2019 | 19 | '18 | 2020 | 12 | 31 | 3 | 1. | KW | Q1 | Quartal | Winter"
        " | bis | ab | nach | vor | seit | von | im | den | und | Anfang | Ende | ca. | sofort | Schuljahr"
        " | Sommerferien | laufend | Di | Uhr | 14:00 | / | - | – | . | , | ? | ٢٠١٩ | يونيو | \u00a0"
    )
)
WORDINGS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map("".join),
)


@pytest.mark.parametrize("language", ["de", "en", "uk", "ar", "ru", "tr", "pl", "ro", "fa", "ku", "fr"])
@pytest.mark.parametrize("context", ["format", "stand-alone"])
def test_every_month_of_every_language_is_read(
    language: str, context: Literal["format", "stand-alone"]
) -> None:
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, context=context, locale=language).items():
            for wording in (f"{name} 2019", f"{name.upper()} 2019"):
                assert When.parse(wording).due_month == (2019, number), wording
            assert When.parse(f"3 {name} 2019").earliest == date(2019, number, 3)


IN_A_SENTENCE = """
uk: у січні, в лютому, у березні, у квітні, в травні, у червні, в липні, у серпні, у вересні, у жовтні, в листопаді, у грудні
ru: в январе, в феврале, в марте, в апреле, в мае, в июне, в июле, в августе, в сентябре, в октябре, в ноябре, в декабре
ru: январём, февралём, мартом, апрелем, маем, июнем, июлем, августом, сентябрём, октябрём, ноябрём, декабрём
uk: січню, лютому, березню, квітню, травню, червню, липню, серпню, вересню, жовтню, листопаду, грудню
pl: w styczniu, w lutym, w marcu, w kwietniu, w maju, w czerwcu, w lipcu, w sierpniu, we wrześniu, w październiku, w listopadzie, w grudniu
tr: Ocak'ta, Şubat'ta, Mart'ta, Nisan'da, Mayıs'ta, Haziran'da, Temmuz'da, Ağustos'ta, Eylül'de, Ekim'de, Kasım'da, Aralık'ta
ro: în ianuarie, în februarie, în martie, în aprilie, în mai, în iunie, în iulie, în august, în septembrie, în octombrie, în noiembrie, în decembrie
fr: en janvier, en février, en mars, en avril, en mai, en juin, en juillet, en août, en septembre, en octobre, en novembre, en décembre
ar: في يناير, في فبراير, في مارس, في أبريل, في مايو, في يونيو, في يوليو, في أغسطس, في سبتمبر, في أكتوبر, في نوفمبر, في ديسمبر
fa: در ژانویه, در فوریه, در مارس, در آوریل, در مه, در ژوئن, در ژوئیه, در اوت, در سپتامبر, در اکتبر, در نوامبر, در دسامبر
ku: di rêbendanê, di sibatê, di adarê, di nîsanê, di gulanê, di hezîranê, di tîrmehê, di tebaxê, di îlonê, di cotmehê, di mijdarê, di berfanbarê
"""  # noqa: E501


@pytest.mark.parametrize("line", IN_A_SENTENCE.strip().splitlines())
@given(year=st.integers(2013, 2079))
@settings(max_examples=20, deadline=None)
def test_months_are_read_as_they_stand_in_a_sentence(line: str, year: int) -> None:
    written = line.partition(": ")[2].split(", ")
    assert len(written) == 12
    for number, wording in enumerate(written, start=1):
        assert When.parse(f"{wording} {year}").due_month == (year, number), wording


@pytest.mark.parametrize("entry", LANGUAGES, ids=lambda entry: entry.tag)
@given(day=st.dates(date(1980, 1, 1), date(2079, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_what_we_say_in_a_language_is_read_again(entry: Language, day: date) -> None:
    month = When.parse(dates.month(day, entry.tag))
    assert month.due_month == (day.year, day.month)
    for with_weekday in (False, True):
        said = dates.day(day, entry.tag, weekday=with_weekday)
        read = When.parse(said)
        assert (read.earliest, read.latest) == (day, day), said
        assert read.weekday_mismatch is None, said


@pytest.mark.parametrize("table", [get_month_names, get_day_names])
def test_no_name_means_two_months_or_two_weekdays(table: Callable[..., Mapping[int, str]]) -> None:
    meanings: dict[str, set[int]] = {}
    for locale in when_words.LOCALES:
        for width in ("wide", "abbreviated"):
            for number, name in table(width, locale=locale).items():
                meanings.setdefault(when_words.fold(name).replace(" ", ""), set()).add(number)
    for locale in when_words.BENT_MONTHS if table is get_month_names else ():
        for number, name in table("wide", locale=locale).items():
            for form in when_words.bent_month(locale, name):
                meanings.setdefault(when_words.fold(form), set()).add(number)
    assert len(meanings) > 90
    assert {name: numbers for name, numbers in meanings.items() if len(numbers) > 1} == {}


def test_summer_holidays_last_six_weeks_and_a_bit() -> None:
    assert list(when_words.SUMMER_HOLIDAYS) == list(range(2018, 2031))
    for year, (first, last) in when_words.SUMMER_HOLIDAYS.items():
        assert first.year == last.year == year
        assert timedelta(days=42) <= last - first <= timedelta(days=45)


@settings(max_examples=400, deadline=None)
@given(WORDINGS)
def test_any_text_is_kept_and_its_days_are_in_order(wording: str) -> None:
    when = When.parse(wording, today=CONFERENCE)
    assert when.wording == wording
    assert not (when.earliest and when.latest) or when.earliest <= when.latest
    assert When.from_parts(wording, when.earliest, when.latest) == when
    assert when.understood or not when.is_known
    assert when.due_month is None or when.due_month == (when.latest.year, when.latest.month)  # type: ignore[union-attr]
    assert (
        When.parse(f" {wording[:198]} ", today=CONFERENCE).latest
        == When.parse(wording[:198], today=CONFERENCE).latest
    )


@given(st.dates(date(1980, 1, 1), date(2079, 12, 31)), st.sampled_from([0, 0x660 - 0x30, 0x6F0 - 0x30]))
def test_every_form_of_a_day_is_that_day(day: date, shift: int) -> None:
    german = get_month_names("wide", locale="de")[day.month]
    english = get_month_names("wide", locale="en")[day.month]
    forms = [
        day.isoformat(),
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day:%y}",
        f"{day.day}. {german} {day.year}",
    ]
    forms += [f"{day:%d/%m/%Y}", f"{day.day} {english} {day.year}", f"{english} {day.day}, {day.year}"]
    for form in forms:
        written = "".join(chr(ord(sign) + shift) if sign.isdecimal() else sign for sign in form)
        when = When.parse(written)
        assert (when.earliest, when.latest, when.wording) == (day, day, written)


@given(st.integers(1900, 2099), st.integers(1, 12))
def test_every_form_of_a_month_is_that_month(year: int, month: int) -> None:
    name = get_month_names("wide", locale="de")[month]
    forms = [
        f"{month:02}/{year}",
        f"{month}.{year}",
        f"{year}-{month:02}",
        f"{name} {year}",
        f"Im {name[:3]}. {year}",
    ]
    if 2013 <= year <= 2079:
        forms += [f"{month:02}/{year % 100}", f"{name} '{year % 100}"]
    for form in forms:
        when = When.parse(form)
        assert (when.earliest, when.latest) == (
            date(year, month, 1),
            date(year, month, monthrange(year, month)[1]),
        )
        assert when.due_month == (year, month)


@given(st.integers(13, 99), st.integers(0, 99), st.sampled_from("./-"))
def test_no_day_is_made_of_a_month_that_does_not_exist(month: int, day: int, sign: str) -> None:
    assert not When.parse(f"{day}{sign}{month}{sign}2019").is_known


@given(st.dates(date(2000, 1, 1), date(2078, 1, 1)), st.integers(1, 400))
def test_every_range_of_days_is_that_range(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    for form in (
        f"{first:%d.%m.%Y} - {last:%d.%m.%Y}",
        f"{first}/{last}",
        f"vom {first:%d.%m.%y} bis {last:%d.%m.%y}",
    ):
        when = When.parse(form)
        assert (when.earliest, when.latest) == (first, last), form


def test_reading_is_quick_even_when_hostile() -> None:
    def microseconds(wording: str) -> float:
        return min(timeit(lambda: when_rules.read.__wrapped__(wording), number=5) for _ in range(5)) / 5 * 1e6

    typical = [microseconds(wording) for wording, _, _ in rows(PADERBORN)]
    assert sum(typical) / len(typical) < 200
    for hostile in ("1/" * 100, "bis " * 50, "mai, " * 39 + "2019", "von mai - " * 19, "İ" * 200, "ﷺ" * 200):
        assert microseconds(hostile) < 5_000, hostile
