"""The order in which readers of each language look for names."""

from itertools import permutations

import pytest

from translations import LANGUAGES, sorting

ORDERS = [
    ("de", "Adler Ärmel Arndt Oben Öl Ost Straße Strasse-2 Über Ulm Zug"),
    ("de-simple", "Adler Ärmel Arndt"),
    ("en", "apple Éclair egg Zoë zoo"),
    ("fr", "cote coté côte école zone"),
    ("tr", "Can Çetin Deniz Gül Ğ Hasan Irmak İpek Jale Oya Ömer Sevgi Şen Umut Ünal"),
    ("ku", "Cîhan Çiya Dîlan Ezîz Êzdîn Îbo Îsa Jîn Sara Şêrîn Ubeyd Ûsiv"),
    ("pl", "Adam Ąka Cela Ćma Ewa Ędward Lech Łucja Nowak Ńa Olga Ósma Sara Śnieg Zofia Źle Żaba"),
    ("ro", "Ana Ăla Âla Ion Îna Sara Șerban Tudor Țepeș"),
    ("uk", "Андрій Галина Ґалаґан Дмитро Євген Жанна Ігор Їжак Йосип Яна"),
    ("ru", "Андрей Ежов Ёлкин Ермаков Иван Йонас Эдуард Юлия Яна"),
    ("ar", "أحمد باسم تامر ثامر جميل خالد زينب سعيد علي فاطمة كريم ليلى نور هالة وليد يوسف"),
    ("fa", "آرش احمد بهار پریسا جمشید چنگیز داریوش رضا ژاله کاوه گلنار نرگس وحید هما یاسمن"),
]


@pytest.mark.parametrize(("tag", "written"), ORDERS, ids=[tag for tag, _names in ORDERS])
def test_each_language_has_its_own_order(tag: str, written: str) -> None:
    names = written.split()
    assert sorting.by(tag, str, reversed(names)) == names
    assert sorting.by(tag, str, sorted(names)) == names


def test_all_languages_have_an_order_here() -> None:
    assert {tag for tag, _names in ORDERS} == {entry.tag for entry in LANGUAGES}


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("de", ["Łukasz", "Lysander", "Zoë", "Ömer 2", "Ipek"]),
        ("tr", ["ilkay", "Irmak", "İpek", "ırak", "I", "İ"]),
        ("uk", ["Їжак", "Igor", "Ігор", "О’Ніл", "Оніл"]),
        ("ar", ["ئاسو", "يوسف", "Amina", "على", "علي", "12"]),
    ],
)
def test_the_order_does_not_depend_on_where_it_began(tag: str, names: list[str]) -> None:
    assert len({tuple(sorting.by(tag, str, some)) for some in permutations(names)}) == 1


def test_twins_of_a_letter_invisible_signs_and_case_do_not_tear_names_apart() -> None:
    assert sorting.by("fa", str, ["كريم ب", "کریم الف", "كريم ج"]) == ["کریم الف", "كريم ب", "كريم ج"]
    assert sorting.by("uk", str, ["оніл В", "О’Ніл Б", "О'ніл А"]) == ["О'ніл А", "О’Ніл Б", "оніл В"]
    assert sorting.by("ro", str, ["Şerban B", "Șerban A", "Sara"]) == ["Sara", "Șerban A", "Şerban B"]
    assert sorting.by("de", str, ["\u2068Berta\u2069", "anton", "Anna"]) == [
        "Anna",
        "anton",
        "\u2068Berta\u2069",
    ]


def test_the_own_script_comes_first() -> None:
    mixed = ["Zoë", "Яна", "يوسف", "7"]
    assert sorting.by("de", str, mixed) == ["7", "Zoë", "Яна", "يوسف"]
    assert sorting.by("uk", str, mixed) == ["7", "Яна", "Zoë", "يوسف"]
    assert sorting.by("fa", str, mixed) == ["7", "يوسف", "Zoë", "Яна"]
