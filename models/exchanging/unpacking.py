"""What comes back from translation: one file, or a .zip of several; recognised by what is in it."""

import io
import zipfile

from models.errors import InvalidAnswer
from models.exchanging import gettext_po, xliff
from models.exchanging.units import Package
from translations import _

MOST_BYTES = 5_000_000  # a region's whole content in one language has some 200 kB
MOST_FILES = 100


def unpack(data: bytes) -> list[Package]:
    """Return all packages of a file; InvalidAnswer, in words, for what cannot be read or is not from here."""
    if len(data) > MOST_BYTES:
        raise InvalidAnswer(_("This file is too big."))
    found = [_read(one) for one in _files(data)]
    if not any(package.units or package.unsure for package in found):
        raise InvalidAnswer(_("Nothing in this file is from here."))
    return found


def _read(data: bytes) -> Package:
    is_xml = data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or data[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    )
    return xliff.read(data) if is_xml else gettext_po.read(data)


def _files(data: bytes) -> list[bytes]:
    if not data.startswith(b"PK"):
        return [data]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if info.filename.endswith((".xlf", ".xliff", ".po"))]
            # The sizes are the archive's own word; reading is bounded all the same.
            if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
                raise InvalidAnswer(_("This file is too big."))
            return [archive.open(info).read(MOST_BYTES) for info in infos]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InvalidAnswer(
            _("This file is damaged, or no translation file. Please have it written again.")
        ) from error
