"""QR codes hold the address of their group: read back as a phone reads them."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from models import groups
from models.db import Database
from tests.commands.conftest import Run


def test_a_code_is_read_back_as_the_address_of_its_group(
    region: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MITWIRKEN_BASE_URL", "https://mitwirken.example.org/")
    told = region("qr", "7.49", "--to", str(tmp_path / "codes"))
    assert told.exit_code == 0, told.output
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.reading() as session:
        code = groups.directory(session).get("7.49").code
    db.close()
    with Image.open(tmp_path / "codes" / "7.49.png") as image:
        read = zxingcpp.read_barcodes(image)
    assert [one.text for one in read] == [f"https://mitwirken.example.org/j/{code}"]
    assert (tmp_path / "codes" / "7.49.svg").read_text().lstrip().startswith("<")


def test_all_groups_at_once(region: Run, tmp_path: Path) -> None:
    told = region("qr", "--all", "--to", str(tmp_path / "codes"), "--format", "svg")
    assert told.exit_code == 0, told.output
    assert len(list((tmp_path / "codes").glob("*.svg"))) == 13


def test_refusals_are_words(region: Run, tmp_path: Path) -> None:
    to = ("--to", str(tmp_path / "codes"))
    unknown = region("qr", "1.11", *to)
    assert unknown.exit_code == 1
    assert "7.49" in unknown.stderr
    later = region("qr", "7.49", *to, "--format", "pdf")
    assert later.exit_code == 1
    assert "later version" in later.stderr
    assert region("qr", "7.49", *to, "--format", "gif").exit_code == 2
    assert region("qr", *to).exit_code == 2
    assert not (tmp_path / "codes").exists()
