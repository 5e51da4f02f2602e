"""Plain German: every rule of the page catches its fault, and leaves good sentences alone."""

from pathlib import Path

import pytest

from translations import plain

PAGE = Path(__file__).parents[2] / "docs" / "for-developers" / "plain-german.md"

HARD = [
    ("passive", "Ihre Einsendung wird geprüft."),
    ("passive", "Die Daten wurden vom Büro gelöscht."),
    ("passive", "Das kann noch geändert werden."),
    ("passive", "Der Termin wird veröffentlicht."),
    ("passive", "Das Treffen wird abgesagt."),
    ("passive", "Die Anmeldung wird angenommen."),
    ("genitive", "Die Antwort des Büros ist da."),
    ("genitive", "Lesen Sie die Seite der Gruppe der Stadt."),
    ("long word", "Das ist eine Datenschutzgrundverordnung."),
    ("two thoughts", "Das Büro liest es; dann bekommen Sie Antwort."),
    ("many thoughts", "Wenn Sie mögen, dass wir schreiben, brauchen wir die Adresse."),
    ("abbreviation", "Schreiben Sie z. B. den Ort."),
    ("hard word", "Sie bekommen gegebenenfalls eine Antwort."),
    ("hard word", "Bitte warten Sie, sofern Sie Zeit haben."),
]
GOOD = [
    "Das Büro prüft Ihre Einsendung.",
    "Die Daten sind gelöscht.",
    "Sie können das noch ändern.",
    "Es wird gerade dunkel.",
    "Wir werden Ihnen schreiben.",
    "Die Antwort vom Büro ist da.",
    "Auf der Seite der Gruppe steht mehr.",
    "Daten-Schutz heißt: Wir passen auf Ihre Daten auf.",
    "Sie bekommen Fotos, Texte und Dokumente.",
    "Schreiben Sie an {office}@example.org.",
]


@pytest.mark.parametrize(("rule", "words"), HARD)
def test_what_is_hard_to_read_is_found(rule: str, words: str) -> None:
    assert rule in {told.partition(":")[0] for told in plain.hard_to_read(words)}


@pytest.mark.parametrize("words", GOOD)
def test_plain_sentences_are_left_alone(words: str) -> None:
    assert list(plain.hard_to_read(words)) == []
    assert list(plain.long_sentences(words)) == []


def test_a_sentence_of_thirteen_words_is_too_long() -> None:
    twelve = "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"
    assert list(plain.long_sentences(f"{twelve}. {twelve}.")) == []
    assert list(plain.long_sentences(f"{twelve} dreizehn."))


def test_the_page_of_rules_says_what_is_checked() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"{plain.LONGEST_SENTENCE} words" in page
    assert f"{plain.LONGEST_WORD} letters" in page
    for rule in {rule for rule, _words in HARD}:
        assert f"`{rule}`" in page, rule
