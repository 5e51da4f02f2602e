"""A language is one command and a file: tried on a copy of the program."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from translations import adding, checking, messages

ROOT = Path(__file__).parents[2]
PACKAGES = ("translations", "models", "bot", "webforms", "commands")
SHOW = """
from translations import catalogues, find, language
entry = language("he")
print(entry.own_name, entry.direction, find("he-IL").tag, entry in catalogues.offered())
print(catalogues.single("he", "Back"), catalogues.single("he", "Skip"), catalogues.is_draft("he"))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program that may be changed."""
    folder = tmp_path_factory.mktemp("program")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "mitwirken.py", folder)
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_one_command_and_a_translated_word_make_a_language(copy: Path) -> None:
    added = run(copy, "mitwirken.py", "language", "add", "he")
    assert (added.returncode, added.stderr) == (0, "")
    assert "עברית (he) is added, rtl" in added.stdout
    po = copy / "translations" / "he" / "LC_MESSAGES" / "messages.po"
    german = messages.read(ROOT / "translations" / "de" / "LC_MESSAGES" / "messages.po")
    assert {one.id for one in messages.read(po)} == {one.id for one in german}
    text = po.read_text(encoding="utf-8")
    po.write_text(text.replace('msgid "Back"\nmsgstr ""', 'msgid "Back"\nmsgstr "חזרה"'), encoding="utf-8")
    shown = run(copy, "-c", SHOW)
    assert shown.stdout.splitlines() == ["עברית rtl he True", "חזרה Überspringen True"], shown.stderr
    again = run(copy, "mitwirken.py", "language", "add", "he")
    assert (again.returncode, "registered already" in again.stderr) == (1, True)
    assert "he         rtl  עברית: draft" in run(copy, "mitwirken.py", "language", "list").stdout


@pytest.mark.parametrize("tag", ["ar", "kmr", "xx", "IT", "../it", "it_IT", ""])
def test_what_is_no_new_language_is_refused(tag: str) -> None:
    with pytest.raises(adding.NotAdded):
        adding.described(tag)


@pytest.mark.parametrize(
    ("tag", "name", "direction", "plurals"),
    [("it", "Italiano", "ltr", 2), ("pt-br", "Português (Brasil)", "ltr", 2), ("ur", "اردو", "rtl", 2)],
)
def test_what_cldr_knows_is_taken(tag: str, name: str, direction: str, plurals: int) -> None:
    entry = adding.described(tag)
    assert (entry.own_name, entry.direction) == (name, direction)
    assert checking.plural_header(entry).startswith(f"nplurals={plurals};")


def test_a_language_that_only_cldr_counts_has_its_plural_rule() -> None:
    assert checking.plural_header(adding.described("sah")).startswith("nplurals=1;")
