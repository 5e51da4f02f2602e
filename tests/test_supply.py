"""What we are made of is fixed, listed and licensed."""

import fnmatch
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from translations.languages import LANGUAGES

ROOT = Path(__file__).parent.parent
LICENSES = {"EUPL-1.2", "CC-BY-4.0", "CC0-1.0"}
STAGES = {"concept", "development", "beta", "stable", "obsolete"}
UV = ROOT / ".tools" / "bin" / "uv"
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def export(*options: str) -> str:
    """What uv makes of the lock file, without network."""
    if not UV.exists():
        pytest.skip("uv is fetched by make")
    command = [str(UV), "export", "--quiet", "--frozen", "--offline", "--no-dev", *options]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def pinned(requirements: str) -> dict[str, str]:
    """The versions of a requirements file by name."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", requirements, re.MULTILINE))


def test_every_library_is_fixed_by_hash() -> None:
    others = [one for one in LOCK["package"] if "editable" not in one["source"]]
    assert len(others) > 60
    for one in others:
        files = [*one.get("wheels", []), *([one["sdist"]] if "sdist" in one else [])]
        assert files, one["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), one["name"]


def test_pip_gets_the_same_versions_and_hashes() -> None:
    kept = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert kept == export("--no-emit-project", "--no-annotate", "--no-header"), "make lock"
    versions = {one["name"]: one["version"] for one in LOCK["package"]}
    assert pinned(kept).items() <= versions.items()
    assert {"flask", "sqlalchemy", "python-telegram-bot"} <= pinned(kept).keys()
    assert not {"pytest", "bandit"} & pinned(kept).keys()
    assert kept.count("--hash=sha256:") > len(pinned(kept))
    assert not re.search(r"--(?:extra-)?index-url|--find-links|--trusted-host", kept)


def test_the_list_of_parts_names_each_of_them() -> None:
    bill = json.loads(export("--preview-features", "sbom-export", "--format", "cyclonedx1.5"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert bill["metadata"]["component"]["name"] == "mitwirken"
    parts = {one["name"]: one for one in bill["components"]}
    assert parts.keys() == pinned((ROOT / "requirements.txt").read_text(encoding="utf-8")).keys()
    assert parts["flask"]["purl"].startswith("pkg:pypi/flask@")
    assert all(
        reference["hashes"] for one in parts.values() for reference in one.get("externalReferences", [])
    )


def tracked() -> list[str]:
    """All files of the repository; in a copy without history, there is nothing to ask."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("no repository")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]


def licence_of(name: str) -> str:
    """The licence of a file, by the last line of REUSE.toml that covers it."""
    rules = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]
    found = ""
    for rule in rules:
        assert rule["SPDX-FileCopyrightText"]
        patterns = [rule["path"]] if isinstance(rule["path"], str) else rule["path"]
        # Unlike REUSE, fnmatch lets one star go into folders.
        if any(
            fnmatch.fnmatchcase(name, one) and ("**" in one or one.count("/") == name.count("/"))
            for one in patterns
        ):
            found = rule["SPDX-License-Identifier"]
    return found


def test_every_file_has_a_licence_and_every_licence_its_text() -> None:
    used = {licence_of(name) for name in tracked() if not name.startswith("LICENSES/") and name != "LICENSE"}
    assert used == LICENSES
    assert {path.stem for path in (ROOT / "LICENSES").glob("*.txt")} == LICENSES
    assert (ROOT / "LICENSES/EUPL-1.2.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("webforms/app.py", "EUPL-1.2"),
        ("webforms/templates/home.html", "EUPL-1.2"),
        ("docs/pictures/make.py", "EUPL-1.2"),
        ("README.md", "CC-BY-4.0"),
        ("docs/for-admins/README.md", "CC-BY-4.0"),
        ("docs/pictures/desk.png", "CC-BY-4.0"),
        ("models/regions/paderborn-2018/README.md", "CC0-1.0"),
        ("models/regions/paderborn-2018/goals.csv", "CC0-1.0"),
        ("uv.lock", "CC0-1.0"),
    ],
)
def test_licences_are_what_the_papers_say(name: str, licence: str) -> None:
    assert licence_of(name) == licence


def test_publiccode_is_whole_and_true() -> None:
    code = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    needed = {
        "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType",
        "description", "legal", "maintenance", "localisation",
    }  # fmt: skip
    assert needed <= code.keys()
    assert code["developmentStatus"] in STAGES
    assert code["softwareVersion"] == PROJECT["project"]["version"]
    assert code["legal"]["license"] == PROJECT["project"]["license"]
    assert code["maintenance"]["type"] == "community"
    assert code["maintenance"]["contacts"][0]["name"]
    assert code["localisation"]["localisationReady"] is True
    assert code["localisation"]["availableLanguages"] == [one.tag for one in LANGUAGES]
    for words in code["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in words["features"])
