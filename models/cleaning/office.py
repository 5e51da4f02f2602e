"""Office documents: unpacked, each known part written anew, packed again. What is not known stays behind."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.cleaned import MOST_BYTES, Problem, Refused
from models.cleaning import odf, ooxml
from models.cleaning.parts import Made

MOST_PARTS = 2000
MOST_PART = 16 * 1024 * 1024  # bytes of one part, unpacked
MOST_UNPACKED = 80 * 1024 * 1024
MOST_FOLD = 300  # times that a document may be larger unpacked; words pack 10 times, sheets up to 60
_STAMP = (1980, 1, 1, 0, 0, 0)
_TRAVELS = re.compile(r"(^/|\\|(^|/)\.\.?(/|$)|[\x00-\x1f])")


@dataclass
class _Package:
    """The parts of a document, read one at a time and never more than promised."""

    archive: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """Return a part; its size is known to be small."""
        with self.archive.open(self.parts[name]) as part:
            return part.read(MOST_PART)


def clean(data: bytes) -> tuple[str, bytes]:
    """Return (media type, new document); Refused for archives, bombs and what is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            package = _Package(archive, _checked(archive, len(data)))
            made = _made(package)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        KeyError,
    ) as error:
        raise Refused(Problem.BROKEN) from error
    except (ValueError, RuntimeError, MemoryError) as error:
        raise Refused(Problem.BROKEN) from error
    return made.media_type, _packed(made)


def _checked(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """Return the parts by name, after a look at what unpacking them would mean."""
    found = archive.infolist()
    unpacked = sum(one.file_size for one in found)
    if len(found) > MOST_PARTS or unpacked > min(MOST_UNPACKED, max(size, 10_000) * MOST_FOLD):
        raise Refused(Problem.TOO_LARGE)
    if any(one.flag_bits & 1 for one in found):
        raise Refused(Problem.ENCRYPTED)
    parts = {one.filename: one for one in found if not one.is_dir() and not _TRAVELS.search(one.filename)}
    if len({name.lower() for name in parts}) != sum(not one.is_dir() for one in found):
        raise Refused(Problem.ARCHIVE)  # names twice, or names that lead elsewhere: no office program does so
    if any(one.file_size > MOST_PART for one in parts.values()):
        raise Refused(Problem.TOO_LARGE)
    return parts


def _made(package: _Package) -> Made:
    names = package.parts.keys()
    if "[Content_Types].xml" in names:
        return ooxml.made_anew(names, package.read)
    if "mimetype" in names and "content.xml" in names:
        return odf.made_anew(names, package.read)
    raise Refused(Problem.ARCHIVE)


def _packed(made: Made) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in made.parts.items():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    if out.tell() > MOST_BYTES:
        raise Refused(Problem.TOO_LARGE)
    return out.getvalue()
