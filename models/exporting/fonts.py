"""The fonts of printed documents: Noto, for Latin, Cyrillic and Arabic script, as Debian installs them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from models.errors import NotReady
from translations import _

PACKAGE = "fonts-noto-core"
SANS, SANS_BOLD = "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"
ARABIC, ARABIC_BOLD = "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"
NEEDED = (SANS, SANS_BOLD, ARABIC, ARABIC_BOLD)
SYMBOLS = ("NotoSansSymbols2-Regular.ttf", "NotoSansSymbols-Regular.ttf")  # for signs in people's words
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/Library/Fonts"),
    Path.home() / "Library/Fonts",
    Path("C:/Windows/Fonts"),
)


class FontsMissing(NotReady):
    """Fonts that printed documents need are not installed."""


@cache
def _installed(folders: tuple[Path, ...]) -> dict[str, Path]:
    wanted = {*NEEDED, *SYMBOLS}
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.rglob("Noto*.ttf") if folder.is_dir() else ():
            if path.name in wanted:
                found.setdefault(path.name, path)
    return found


def missing(folders: Iterable[Path] | None = None) -> list[str]:
    """Return the files that printed documents need and that are in none of the folders (FOLDERS)."""
    found = _installed(tuple(folders or FOLDERS))
    return [name for name in NEEDED if name not in found]


def files(folders: Iterable[Path] | None = None) -> dict[str, Path]:
    """Return where each font file is, found once per process; FontsMissing when one is not installed."""
    folders = tuple(folders or FOLDERS)
    lacking = missing(folders)
    if lacking:
        _installed.cache_clear()  # somebody may install them now, without a restart
        raise FontsMissing(
            _("PDF files need fonts that are not installed here ({files}). Install fonts-noto-core.")(
                files=", ".join(lacking)
            )
        )
    return _installed(folders)
