"""QR codes and what is printed with them hold the address of their group: read back as a phone reads them."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from models import groups
from models.db import Database
from models.exporting import fonts
from tests.commands.conftest import Run
from tests.models.exporting.reading_pdf import needs_fonts
from tests.models.exporting.rendering import codes_on, pictures, sizes


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


@needs_fonts
def test_one_poster_has_its_groups_name_and_thirteen_are_one_file(region: Run, tmp_path: Path) -> None:
    to = ("--to", str(tmp_path / "codes"), "--format", "pdf")
    told = region("qr", "7.49", "7.49", *to, "--language", "de,ar,uk,ku", "--paper", "a3")
    assert told.exit_code == 0, told.output
    assert sizes((tmp_path / "codes" / "7.49-poster.pdf").read_bytes()) == [(297, 420)]
    told = region("qr", "--all", *to)
    assert told.exit_code == 0, told.output
    assert sizes((tmp_path / "codes" / "poster-13-groups.pdf").read_bytes()) == [(210, 297)] * 13
    assert len(told.stdout.splitlines()) == 1


@needs_fonts
def test_everything_that_is_printed_can_be_had_at_once(
    region: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MITWIRKEN_BASE_URL", "https://mitwirken.example.org/")
    told = region(
        "qr", "7.49", "--to", str(tmp_path), "--format", "pdf", "--print", "card,slide,form",
        "--form", "report-progress", "--language", "ar",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    codes = {
        product: {
            code
            for page in pictures((tmp_path / f"7.49-{product}.pdf").read_bytes())
            for code in codes_on(page)
        }
        for product in ("card", "slide", "form")
    }
    code = codes["card"].pop().rpartition("/")[2]
    assert codes["slide"] == {f"https://mitwirken.example.org/j/{code}"}
    assert codes["form"] == {f"https://mitwirken.example.org/ar/forms/report-progress?group={code}"}


def test_refusals_are_words(region: Run, tmp_path: Path) -> None:
    to = ("--to", str(tmp_path / "codes"))
    unknown = region("qr", "1.11", *to)
    assert unknown.exit_code == 1
    assert "7.49" in unknown.stderr
    assert region("qr", *to).exit_code == 2
    assert region("qr", "7.49", "--all", *to).exit_code == 2
    assert not (tmp_path / "codes").exists()


WRONG = (
    (("--format", "gif"), "png, svg, pdf"),
    (("--format", ","), "at least one format"),
    (("--format", "pdf", "--print", "mug"), "poster, card, slide, stickers, form"),
    (("--format", "pdf", "--language", "de,xx"), "“xx”"),
    (("--format", "pdf", "--language", "de,en,uk,ar,ru"), "one to 4 languages"),
    (("--format", "pdf", "--paper", "a7"), "'a4', 'a3'"),
    (("--format", "pdf", "--form", "status-round"), "join-group"),
)


def test_wrong_use_is_told_and_writes_nothing(region: Run, tmp_path: Path) -> None:
    for wrong, said in WRONG:
        told = region("qr", "7.49", "--to", str(tmp_path / "codes"), *wrong)
        assert told.exit_code == 2, wrong
        assert said in told.stderr
        assert "Traceback" not in told.stderr
        assert not (tmp_path / "codes").exists()


def test_without_fonts_the_command_says_what_to_install(
    region: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path / "no fonts",))
    told = region("qr", "7.49", "--to", str(tmp_path / "codes"), "--format", "pdf")
    assert told.exit_code == 1
    assert "fonts-noto-core" in told.stderr
    assert not (tmp_path / "codes").exists()
