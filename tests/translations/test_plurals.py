"""Counted words in every language: each form is whole, and shows its number unless that is the only one."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Message

from translations import LANGUAGES, Language, Text, catalogues, messages

COUNTS = (0, 1, 2, 3, 5, 11, 21, 101)
# Isolates around values of right-to-left languages are no part of the words.
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069\u200f"))


@cache
def counted() -> list[Message]:
    """Collect the program's counted words once."""
    return [message for message in messages.extract() if message.id and message.pluralizable]


@cache
def alone(tag: str) -> frozenset[int]:
    """Return the counts with a form of their own, which may be told without the number ("one group")."""
    which = catalogues.own(tag).plural  # type: ignore[attr-defined]
    forms = [which(n) for n in range(400)]
    return frozenset(n for n in COUNTS if forms.count(forms[n]) == 1)


def said(message: Message, tag: str, count: int) -> str:
    names = {name for one in message.id for name in PLACEHOLDER.findall(one)} - {"n"}
    return Text(*message.id)(n=count, **dict.fromkeys(names, "Amina")).to(tag).translate(ISOLATES)


@pytest.mark.parametrize("entry", LANGUAGES, ids=lambda entry: entry.tag)
def test_every_counted_message_is_whole_for_every_count(entry: Language) -> None:
    assert len(counted()) > 15
    for message in counted():
        for count in COUNTS:
            words = said(message, entry.tag, count)
            assert words.strip()
            assert not set("{}") & set(words), (words, count)
            shown = "{n}" not in message.id[1] or str(count) in words
            assert shown or count in alone(entry.tag), (words, count)


def test_numbers_without_a_form_of_their_own_are_those_of_cldr() -> None:
    shared = {entry.tag: set(alone(entry.tag)) for entry in LANGUAGES}
    assert {tag for tag, counts in shared.items() if counts == {1}} == {
        "de",
        "de-simple",
        "en",
        "ku",
        "pl",
        "ro",
    }
    assert {tag for tag, counts in shared.items() if not counts} == {"fr", "fa", "uk", "ru", "tr"}
    assert shared["ar"] == {0, 1, 2}
