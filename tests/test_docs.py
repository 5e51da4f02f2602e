"""The papers tell the truth: what they name exists, and what exists is named."""

import re
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from commands.door import PLACES, door
from models.forms import FORMS
from models.settings import Settings

ROOT = Path(__file__).parent.parent
PAPERS = sorted(
    path
    for path in chain(ROOT.glob("*.md"), ROOT.glob("docs/**/*.md"), ROOT.glob("models/**/*.md"))
    if path.is_file()
)
ADMINS = ROOT / "docs" / "for-admins" / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
LARGEST_PICTURE = 150_000  # bytes
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_VERB = re.compile(r"\bmake ([a-z]+)\b(?![^`\n]*\.md)")
_COMMAND = re.compile(r"\bmitwirken ((?:--settings \S+ )?[a-z]+)(?: ([a-z]+))?")
_QUOTED = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)


def name_of(path: Path) -> str:
    """Return a paper's name for the test's report."""
    return str(path.relative_to(ROOT))


def quoted(paper: Path) -> str:
    """Return what stands as code in a paper; words around it may say "make" for anything."""
    return "\n".join(_QUOTED.findall(paper.read_text(encoding="utf-8")))


def anchors(paper: Path) -> set[str]:
    """Return the anchors of a paper's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(paper: Path) -> list[str]:
    """Return the relative links of a paper that lead nowhere."""
    found = []
    for link in _LINK.findall(paper.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        place, _sep, anchor = unquote(link).partition("#")
        target = (paper.parent / place).resolve() if place else paper
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def unknown_verbs(text: str) -> set[str]:
    """Return the verbs of `make` in a text that the Makefile does not have."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(_VERB.findall(text)) - set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def unknown_commands(text: str) -> set[str]:
    """Return the commands of mitwirken in a text that there are not, with the second word of groups."""
    found = set()
    context = click.Context(door)
    for first, second in _COMMAND.findall(text):
        name = first.split()[-1]
        command = door.get_command(context, name)
        if command is None:
            found.add(name)
        elif isinstance(command, click.Group) and second and command.get_command(context, second) is None:
            found.add(f"{name} {second}")
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_links_and_pictures_lead_somewhere(paper: Path) -> None:
    assert not dead_links(paper)


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_commands_that_are_quoted_exist(paper: Path) -> None:
    text = quoted(paper)
    assert not unknown_verbs(text)
    assert not unknown_commands(text)


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text("[a](b.md) ![c](d.png) [e](#f) [g](https://example.org)\n# F\n", encoding="utf-8")
    assert dead_links(paper) == ["b.md", "d.png"]
    assert unknown_verbs("make tea, make test") == {"tea"}
    assert unknown_commands("mitwirken dance; mitwirken db drop; mitwirken db check") == {"dance", "db drop"}


def test_every_setting_is_documented() -> None:
    text = ADMINS.read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `MITWIRKEN_([A-Z_]+)` \| (.+?) \|", text, re.MULTILINE))
    assert set(table) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, (str, int, Path)) and not isinstance(field.default, bool):
            assert table[name.upper()] == (f"`{field.default}`" if str(field.default) else "empty"), name


def test_every_command_is_documented() -> None:
    text = quoted(ADMINS)
    missing = {name for name, place in PLACES.items() if place.words and f"mitwirken {name}" not in text}
    assert not missing


def test_every_form_is_documented() -> None:
    named = re.findall(
        r"^\| `([a-z-]+)` \|.*`(models/forms/\w+\.py)` \|$", CONTRIBUTING.read_text("utf-8"), re.M
    )
    assert {slug for slug, _file in named} == set(FORMS)
    for slug, file in named:
        assert FORMS[slug].__module__ == file.removesuffix(".py").replace("/", ".")


def test_every_decision_is_listed() -> None:
    listed = set(_LINK.findall((ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in ROOT.glob("docs/decisions/[0-9]*.md")}


def test_tests_that_the_threat_model_names_exist() -> None:
    named = re.findall(
        r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs/threat-model.md").read_text("utf-8")
    )
    assert len(named) > 40
    missing = [
        f"{file}::{name}" for file, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert not missing


def test_pictures_are_small() -> None:
    pictures = list(ROOT.glob("docs/pictures/*.png"))
    assert pictures
    assert not [path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE]
