"""The glossary: every term in every language, and no exception that nothing needs."""

import csv
from functools import cache

import pytest
from babel.messages.catalog import Catalog

from tests.translations.test_catalogues import COMPLETE
from translations import catalogues, glossary, language, messages
from translations.checking import forms

TAGS = set(glossary.terms()[0].stems)  # a new language has no column at first


@cache
def catalogue(tag: str) -> Catalog:
    return messages.read(catalogues.po_file(language(tag)))


def test_every_term_is_named_in_every_language() -> None:
    with glossary.FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"code", *TAGS} >= set(COMPLETE)
    assert [row["code"] for row in rows if not all(row.values())] == []
    assert len({row["code"] for row in rows}) == len(rows) >= 35


def test_every_term_and_every_stem_is_used() -> None:
    """A stem that no translation has would only let a wrong word pass one day."""
    used = {
        (term.code, tag, stem): 0 for term in glossary.terms() for tag in TAGS for stem in term.stems[tag]
    }
    for tag in TAGS:
        for message in catalogue(tag):
            msgid = message.id if isinstance(message.id, str) else message.id[0]
            for term in glossary.used(str(msgid)) if msgid else ():
                for stem in term.stems[tag]:
                    used[term.code, tag, stem] += any(
                        stem in glossary.folded(said) for said in forms(message)
                    )
    english = {key for key in used if key[1] == glossary.SOURCE}  # the patterns name plurals in advance
    assert sorted(key for key, times in used.items() if not times and key not in english) == []


def test_every_exception_has_a_reason_and_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = glossary.exceptions()
    monkeypatch.setattr(glossary, "_exempt", frozenset)
    for one in listed:
        assert one.reason
        tags = TAGS if one.tag == glossary.EVERY else {one.tag}
        missing = [
            glossary.unnamed(one.msgid, said, tag).split(", ")
            for tag in tags
            for said in forms(catalogue(tag)[one.msgid])
        ]
        assert any(one.code in codes for codes in missing), one


@pytest.mark.parametrize(
    ("msgid", "codes"),
    [
        ("The goal sheet of the working group", ["working group", "goal sheet"]),
        ("Grouped by goal", ["goal"]),
        ("{group} meets", []),
        ("Milestones", ["milestone"]),
        ("Report progress", ["report progress"]),
        ("Leading", []),
    ],
)
def test_terms_are_found_as_whole_words_the_longest_first(msgid: str, codes: list[str]) -> None:
    assert sorted(term.code for term in glossary.used(msgid)) == sorted(codes)


@pytest.mark.parametrize(
    ("tag", "said", "missing"),
    [
        ("de", "Der neue Meilenstein", ""),
        ("de", "Die neue Aufgabe", "milestone"),
        ("ar", "خُطوة جديدة", ""),
        ("tr", "YENİ ARA ADIM", ""),
        ("uk", "Нове завдання", "milestone"),
    ],
)
def test_another_word_for_a_term_is_found(tag: str, said: str, missing: str) -> None:
    assert glossary.unnamed("New milestone", said, tag) == missing
