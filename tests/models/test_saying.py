"""Inexact dates said to readers: their own words where they were written in another language."""

import pytest

from models import saying
from models.when import When


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("березень 2027", "März 2027"),
        ("مارس 2027", "März 2027"),
        ("mars 2027", "März 2027"),
        ("marzec 2027", "März 2027"),
        ("March 2027", "März 2027"),
        ("ca. 06/19", "ca. 06/19"),
        ("Ende Mai 2019", "Ende Mai 2019"),
        ("Jan / Feb 2019", "Jan / Feb 2019"),
        ("Jänner 2027", "Jänner 2027"),
        ("Ab sofort", "Ab sofort"),
        ("2019-05", "Mai 2019"),
    ],
)
def test_german_readers_see_german_as_it_was_written_and_else_what_follows(wording: str, said: str) -> None:
    assert saying.when(When.parse(wording), "de").text == said
    assert saying.when(When.parse(wording), "de-simple").text == said


def test_other_readers_see_what_follows_in_their_own_words() -> None:
    assert saying.when(When.parse("березень 2027"), "fr").text == "mars 2027"
    assert saying.when(When.parse("Ende Mai 2019"), "en").text == "May 2019"
