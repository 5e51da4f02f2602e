"""The gate for catalogues: nobody meets untranslated, broken or misleading words.

Every language with a catalogue is held to a fresh collection of the program's words, and those of
`COMPLETE` may lack none of them; planted errors prove that each check catches its fault. The glossary and the
rules of plain German are among the checks; what is particular to them is in the two tests beside this one.
"""

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from translations import Language, catalogues, language, messages
from translations.checking import Kind, Trouble, trouble
from translations.labels import button_labels, page_labels

COMPLETE = ("de", "de-simple", "en", "uk", "ar", "ru", "tr", "pl", "ro", "fa", "ku", "fr")
OFFERED = [entry.tag for entry in catalogues.offered()]


@cache
def collected() -> Catalog:
    """Collect the words of the program once."""
    return messages.extract()


@cache
def labels() -> frozenset[str]:
    """Collect the words on buttons of chat and pages once."""
    return button_labels(messages.ROOT) | page_labels(messages.ROOT)


def found_in(catalogue: Catalog, entry: Language) -> list[Trouble]:
    return trouble(catalogue, collected(), entry, buttons=labels())


@pytest.mark.parametrize("tag", OFFERED)
def test_a_catalogue_has_good_words_for_everything(tag: str) -> None:
    entry = language(tag)
    found = found_in(messages.read(catalogues.po_file(entry)), entry)
    wrong = [one for one in found if tag in COMPLETE or not is_untranslated(one)]
    assert not wrong, "\n" + "\n".join(map(str, wrong))


def is_untranslated(one: Trouble) -> bool:
    """Whether there are no words at all, so that readers meet the German ones instead of bad ones."""
    return one.kind is Kind.MISSING or (one.kind is Kind.EMPTY and one.detail.startswith("0 "))


@pytest.mark.parametrize("tag", OFFERED)
def test_a_catalogue_says_whether_somebody_has_approved_it(tag: str) -> None:
    assert messages.status(catalogues.po_file(language(tag)))


def test_the_promised_languages_are_offered() -> None:
    assert set(COMPLETE) <= set(OFFERED)


def test_the_template_holds_the_words_of_the_program() -> None:
    assert not messages.stale(), "`make messages` brings the template up to date"


def test_bringing_up_to_date_changes_nothing_in_a_catalogue_that_is() -> None:
    entry = language("ar")
    po = catalogues.po_file(entry)
    again = messages.render(messages.merged(collected(), entry), state=messages.status(po), entry=entry)
    assert again == po.read_text(encoding="utf-8")


def test_labels_are_found_where_buttons_are_made() -> None:
    some = {"Join", "Back", "Menu", "I want to take part", "By e-mail", "School", "Yes, I agree", "Sign up"}
    assert some <= labels()
    assert {"Ask the office", "Save and tell the members", "Go on in Telegram"} <= page_labels(messages.ROOT)
    assert "Language" not in page_labels(messages.ROOT), "a summary is no button"


# What is planted into a good catalogue of `tag`, and what must be found.
SINGLE, COUNTED = "Hello {name}, how are you?", ("{n} file", "{n} files")
FIGURED = "Write it before 18:30."
PLANTED: list[tuple[Kind, str, Callable[[Catalog], object]]] = []


def plant(kind: Kind, tag: str, single: str = "", counted: tuple[str, ...] = ()) -> None:
    """Note a fault in the words of one of the two entries."""

    def put(catalogue: Catalog) -> None:
        catalogue[SINGLE].string = single or catalogue[SINGLE].string
        catalogue[COUNTED].string = counted or catalogue[COUNTED].string

    PLANTED.append((kind, tag, put))


def header_by_babel(catalogue: Catalog) -> None:
    vars(catalogue)["_plural_expr"] = Catalog(locale="ar").plural_expr


ARABIC = ("لا ملفات", "ملف واحد", "ملفان", "{n} ملفات", "{n} ملفًا", "{n} ملف")
GOOD: dict[str, tuple[str, tuple[str, ...]]] = {
    "de": ("Hallo {name}, wie geht es Ihnen?", ("{n} Datei", "{n} Dateien")),
    "de-simple": ("Hallo {name}, wie geht es Ihnen?", ("1 Datei", "{n} Dateien")),
    "ar": ("مرحبًا {name}، كيف حالكم؟", ARABIC),
    "uk": ("Привіт, {name}, як справи?", ("{n} файл", "{n} файли", "{n} файлів")),
    "fa": ("سلام {name}، چطور هستید؟", ("{n} فایل",)),
    "fr": ("Bonjour {name}, comment allez-vous\u00a0?", ("{n} fichier", "{n} fichiers")),
    "ro": ("Bună {name}, ce mai faceți?", ("{n} fișier", "{n} fișiere", "{n} de fișiere")),
    "ku": ("Silav {name}, hûn çawa ne?", ("{n} dosya", "{n} dosya")),
}
PLANTED += [
    (Kind.HEADER, "ar", header_by_babel),
    (Kind.MISSING, "de", lambda catalogue: catalogue.delete(SINGLE)),
    (Kind.STALE, "de", lambda catalogue: catalogue.add("Nobody says this", "Sagt niemand")),
    (Kind.FUZZY, "de", lambda catalogue: catalogue[SINGLE].flags.add("fuzzy")),
    (Kind.EMPTY, "de", lambda catalogue: setattr(catalogue[SINGLE], "string", "")),
]
plant(Kind.EMPTY, "ar", counted=(*ARABIC[:5], ""))
plant(Kind.EMPTY, "ar", counted=ARABIC[:5])
plant(Kind.PLACEHOLDERS, "de", "Hallo {nmae}, wie geht es Ihnen?")
plant(Kind.PLACEHOLDERS, "de", "Hallo, wie geht es Ihnen?")
plant(Kind.PLACEHOLDERS, "de", "Hallo {name}, {name, wie geht es Ihnen?")
plant(Kind.PLACEHOLDERS, "ar", counted=(*ARABIC[:4], "{m} ملفًا", ARABIC[5]))
plant(Kind.TAGS, "de", "Hallo <b>{name}</b>, wie geht es Ihnen?")
plant(Kind.TAGS, "de", "Hallo {name}&nbsp;, wie geht es Ihnen?")
plant(Kind.LATIN, "ar", "Hello {name}، كيف حالكم؟")
plant(Kind.LATIN, "uk", "Привiт, {name}, як справи?")
plant(Kind.LETTERS, "ar", "مرحبًا {name}, كيف حالكم؟")
plant(Kind.LETTERS, "ar", "مرحبًا {name}، کیف حالكم؟")
plant(Kind.LETTERS, "fa", "سلام {name}، چطور هستيد؟")
plant(Kind.LETTERS, "de", "Hallo {name}, wie gеht es Ihnen?")
plant(Kind.LETTERS, "uk", "Привыт, {name}, як справи?")
plant(Kind.LETTERS, "fa", "سلام {name}، ۵ بار؟")
plant(Kind.LETTERS, "ro", "Bună {name}, ce mai faceţi?")
plant(Kind.LETTERS, "ku", "Silav {name}, hun çawa nın?")
plant(Kind.CONTROLS, "ar", "مرحبًا \u202b{name}، كيف حالكم؟")
plant(Kind.CONTROLS, "de", "Hallo {name}, wie\u200b geht es Ihnen?")
plant(Kind.QUOTES, "de", 'Hallo "{name}", wie geht es Ihnen?')
plant(Kind.QUOTES, "de", "Hallo “{name}”, wie geht es Ihnen?")
plant(Kind.QUOTES, "de", "Hallo „{name}, wie geht es Ihnen?")
plant(Kind.QUOTES, "de", "Hallo {name}, wie geht's Ihnen?")
plant(Kind.ENDING, "de", "Hallo {name}, wie geht es Ihnen.")
plant(Kind.ENDING, "de", "Hallo {name}, wie geht es Ihnen? ")
plant(Kind.SPACES, "fr", "Bonjour {name}, comment allez-vous ?")
plant(Kind.SPACES, "fr", "Bonjour « {name}\u00a0», comment allez-vous\u00a0?")
plant(Kind.ADDRESS, "de", "Hallo {name}, wie geht es dir?")
plant(Kind.ADDRESS, "uk", "Привіт, {name}, як ви?")
plant(Kind.ADDRESS, "ar", "اقرأ يا {name}، كيف الحال؟")
plant(Kind.ADDRESS, "fa", "ببین {name}، چطور هستید؟")
plant(Kind.ADDRESS, "fr", "Bonjour {name}, comment vas-tu\u00a0?")
plant(Kind.TERM, "de", counted=("{n} Akte", "{n} Akten"))
plant(Kind.TERM, "ku", counted=("{n} dosya", "{n} pel"))
plant(Kind.HARD, "de-simple", "Hallo {name}, wie wird Ihnen geholfen?")
plant(Kind.BUTTON, "de", "Hallo {name}, wie geht es Ihnen heute an diesem Tag?")
plant(
    Kind.SENTENCE,
    "de-simple",
    "Hallo {name}, wie geht es Ihnen heute an diesem Tag hier bei uns in der Stadt?",
)


def catalogue_of(tag: str) -> tuple[Catalog, Catalog]:
    """Return a template of two entries and a good catalogue for it."""
    template, entry = Catalog(), language(tag)
    catalogue = messages.read_text(messages.render(Catalog(locale=entry.folder), state="draft", entry=entry))
    single, counted = GOOD[tag]
    for words, said in ((SINGLE, single), (COUNTED, counted)):
        template.add(words)
        catalogue.add(words, said)
    return template, catalogue


@pytest.mark.parametrize("tag", GOOD)
def test_good_words_are_left_alone(tag: str) -> None:
    template, catalogue = catalogue_of(tag)
    assert trouble(catalogue, template, language(tag), buttons=[SINGLE]) == []


@pytest.mark.parametrize(("kind", "tag", "put"), PLANTED)
def test_a_planted_fault_is_caught(kind: Kind, tag: str, put: Callable[[Catalog], object]) -> None:
    template, catalogue = catalogue_of(tag)
    put(catalogue)
    found = trouble(catalogue, template, language(tag), buttons=[SINGLE])
    assert kind in {one.kind for one in found}, found


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Schreiben Sie es vor 18:30 Uhr.", set()),
        ("Schreiben Sie es vor 19:30 Uhr.", {Kind.FIGURES}),
        ("Schreiben Sie es vor 18:30 Uhr", {Kind.ENDING}),
        ("Schreiben Sie es rechtzeitig.", set()),
    ],
)
def test_figures_and_full_stops_are_those_of_the_message(said: str, kinds: set[Kind]) -> None:
    template, catalogue = catalogue_of("de")
    template.add(FIGURED)
    catalogue.add(FIGURED, said)
    assert {one.kind for one in trouble(catalogue, template, language("de"))} == kinds


def test_every_kind_of_fault_has_been_planted() -> None:
    assert {kind for kind, _tag, _put in PLANTED} | {Kind.FIGURES} == set(Kind)


def test_words_that_are_the_same_in_two_languages_are_not_taken_for_missing_ones() -> None:
    assert catalogues.single("en", "Back") == "Back"
    assert catalogues.plural("en", "{n} group", "{n} groups", 2) == "{n} groups"


@pytest.fixture
def german_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work with no catalogue but the German one."""
    shutil.copytree(catalogues.FOLDER / "de", tmp_path / "de")
    cached = (catalogues.own, catalogues.chain, catalogues.offered, catalogues.is_draft, catalogues.single)
    with monkeypatch.context() as patch:
        patch.setattr(catalogues, "FOLDER", tmp_path)
        for one in cached:
            one.cache_clear()
        yield
    for one in cached:
        one.cache_clear()


@pytest.mark.usefixtures("german_alone")
def test_words_that_a_language_lacks_come_in_german() -> None:
    assert catalogues.single("uk", "Back") == catalogues.single("de", "Back") == "Zurück"
    assert catalogues.plural("uk", "{n} group", "{n} groups", 2) == "{n} Gruppen"


def test_new_words_come_in_empty_and_old_ones_keep_their_translation() -> None:
    template = deepcopy(collected())
    template.add("A wholly new message")
    template.delete("Back")
    merged = messages.merged(template, language("ar"))
    assert merged["A wholly new message"].string == ""
    assert "Back" not in merged
    assert merged["Skip"].string == messages.read(catalogues.po_file(language("ar")))["Skip"].string
