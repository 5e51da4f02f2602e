"""Every public page in every language: it is there, it says which language it speaks, and speaks no other."""

import re

import pytest

from models.forms import FORMS
from models.forms.afterwards import REPORTS
from models.preferences import Topic
from models.wish_buttons import WEEKLY
from tests.webforms.looking.house import House, written
from tests.webforms.looking.inventory import PLACES, pages_of
from tests.webforms.looking.visiting import Visitor
from tests.webforms.looking.words import WITHOUT_LATIN, foreign, latin, plain_words, read, unfilled, without
from translations import LANGUAGES, catalogues, language

pytestmark = pytest.mark.xdist_group("looking")
TAGS = [entry.tag for entry in LANGUAGES]
LARGEST = 30_000  # bytes of a page
_HTML = re.compile(r'<html lang="([\w-]+)" dir="(\w+)">')


def test_every_page_of_the_address_map_has_an_example(visit: Visitor) -> None:
    shown = {seen.endpoint for seen in visit("de").values()}
    assert pages_of(visit.app) - shown == set(), "name an example in inventory.py, or the file in NO_PAGES"
    assert len({place.name for place in PLACES}) == len(PLACES)


def test_every_form_and_every_topic_has_an_example() -> None:
    paths = " ".join(place.path for place in PLACES)
    forms = {f"/forms/{slug}" for slug, form in FORMS.items() if form.listed or slug in REPORTS}
    topics = {f"/messages/{topic}/" for topic in (*Topic, WEEKLY)}
    assert {part for part in forms | topics if part not in paths} == set()


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_is_there_and_says_its_language(visit: Visitor, tag: str) -> None:
    direction = language(tag).direction
    for name, seen in visit(tag).items():
        assert seen.status == seen.place.status, name
        found = _HTML.search(seen.html)
        assert found is not None, name
        assert found.groups() == (tag, direction), name
        assert len(seen.html.encode()) < LARGEST * (1 + name.startswith("sheet")), name
        assert "default-src 'none'" in seen.policy, name
        assert not seen.sets_cookie, name


@pytest.mark.parametrize("tag", TAGS)
def test_no_word_is_left_in_another_language(visit: Visitor, house: House, tag: str) -> None:
    content, found = written(house, tag), {}
    for name, seen in visit(tag).items():
        lines = {without(line, content) for line in read(seen.html, tag)}
        wrong = foreign(tag, "").among(lines) | unfilled(lines)
        if tag not in ("de", "de-simple"):  # whose words are the same in many places
            wrong |= foreign(tag, "de").among(lines)
        if tag in WITHOUT_LATIN:
            wrong |= latin(lines)
        if wrong:
            found[name] = wrong
    assert found == {}


def test_a_planted_word_is_found() -> None:
    german = catalogues.single("de", "Find a group")
    page = '<html lang="{}"><p>{}</p></html>'
    for tag, words in (("uk", "Find a group"), ("tr", "Find a group"), ("tr", german), ("fr", german),
                       ("pl", f"Xyz – {german} – xyz")):  # fmt: skip
        lines = read(page.format(tag, words), tag)
        assert (foreign(tag, "") if words == "Find a group" else foreign(tag, "de")).among(lines), (
            tag,
            words,
        )
    assert unfilled(read(page.format("fa", "{n} مشکل هست"), "fa"))
    mine = catalogues.single("tr", "Find a group")
    assert not foreign("tr", "").among([mine]) | foreign("tr", "de").among([mine])
    assert plain_words('<html lang="ar"><p>مجموعة <b>Group</b></p><bdi>Amina</bdi></html>', "ar") == {"Group"}
    assert plain_words('<html lang="ar"><p title="Open">\u2068Amina\u2069 5</p></html>', "ar") == {"Open"}
    assert not plain_words('<html lang="ar"><i lang="de">Ziel</i> Telegram</html>', "ar")
