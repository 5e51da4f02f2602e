"""Nothing that is hidden in a file is kept: a small part of `python -m bench.poison`."""

from pathlib import Path
from unittest.mock import patch

from bench import poison
from bench.poison_marks import MARK, Poisoned
from models.db import Database
from tests.models.cleaning import made
from webforms import uploads

HTML = f"<html><script>alert('{MARK}')</script></html>".encode()
FILES = (
    Poisoned("gps.jpg", made.jpeg(width=200, height=150), "taken"),
    Poisoned("words.png", made.png() + HTML, "either"),
    Poisoned("says.png", made.flat_png(4_900, 4_900)),
    Poisoned("html.jpg", HTML),
)


def test_marks_are_gone_and_without_cleaning_they_are_found(paderborn: Database, tmp_path: Path) -> None:
    uploading = poison.Uploading(paderborn, tmp_path)
    for one in FILES:
        uploading.send(one)
    assert (uploading.found.wrong, uploading.found.taken) == ([], 2)
    with patch.object(uploads, "clean", poison.as_it_came):
        uploading.send(FILES[0])
        uploading.send(FILES[3])
    found = " ".join(uploading.found.wrong)
    assert "gps.jpg: keeps Exif" in found
    assert "html.jpg: was taken" in found
    assert f"html.jpg: keeps {MARK}" in found
