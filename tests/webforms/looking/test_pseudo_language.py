"""Every public page in a language made out of nothing: no plain word is left."""

import re

import pytest

from models import periods
from tests.webforms.looking.house import House, written
from tests.webforms.looking.visiting import Visitor
from tests.webforms.looking.words import LATIN, plain_words
from translations import LANGUAGES, language, pseudo

pytestmark = pytest.mark.xdist_group("looking")
TAGS = ("fr", "ar")
NOTHING_TO_SKIP = ("wall", "wall-that-votes", "wall-of-an-event-ahead")
NOT_OURS = ("write-mail",)  # what others will read


@pytest.mark.parametrize("tag", TAGS)
def test_every_public_page_speaks_through_the_catalogue(visit: Visitor, house: House, tag: str) -> None:
    spans = {re.escape(" ".join(periods.DEFAULT.said(key).to(tag).split())) for key in periods.KINDS}
    spans |= {r"\(art\. [0-9a-e(), ]+ RGPD\)"}  # said by Babel, and places in the law
    ours = written(house, tag)
    content = re.compile("|".join((ours.pattern, *sorted(spans, key=len, reverse=True))), ours.flags)
    skip, found = pseudo.accented("Skip to the content"), {}
    for name, seen in visit.pseudo(tag).items():
        if name in NOT_OURS:
            continue
        assert skip in seen.html or name in NOTHING_TO_SKIP, name
        if words := plain_words(seen.html, tag, content):
            found[name] = words
    assert found == {}


def test_a_word_that_was_forgotten_is_seen() -> None:
    html = f'<html lang="fr"><p>{pseudo.accented("Groups")} <b>Forgotten</b></p><bdi>Amina</bdi></html>'
    assert plain_words(html, "fr") == {"Forgotten"}
    assert plain_words('<html lang="fr"><a title="Open"></a><i lang="de">Ziel</i></html>', "fr") == {"Open"}


def test_the_pseudo_language_keeps_what_programs_read_and_leaves_no_plain_letter() -> None:
    said = pseudo.accented("Hello {name}, write to <b>us</b> or /help.")
    assert {"{name}", "<b>", "</b>", "/help"} <= set(re.findall(r"\{name\}|</?b>|/help", said))
    assert not LATIN.search(re.sub(r"\{name\}|</?b>|/help", "", said))
    assert len(said) > 1.2 * len("Hello {name}, write to <b>us</b> or /help.")


def test_it_goes_when_the_test_is_over() -> None:
    before = {entry.tag: _back(entry.tag) for entry in LANGUAGES}
    with pseudo.spoken_for("ar"):
        assert _back("ar") == pseudo.accented("Back") != before["ar"]
        assert _back("fr") == before["fr"]
        assert language("ar").is_rtl
    assert {entry.tag: _back(entry.tag) for entry in LANGUAGES} == before


def _back(tag: str) -> str:
    return pseudo.catalogues.single(tag, "Back")
