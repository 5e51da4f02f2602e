"""Poisoned files as they are sent, and the marks that must not be in what is kept of them."""

import io
import zipfile
from dataclasses import dataclass

from PIL import Image

MARK = "KANARIE-51.7191"
GPS = b"GPSLatitude"


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A file: `may` says whether something harmless may be made of it ("taken"), or not ("refused")."""

    name: str
    data: bytes
    may: str = "refused"


def marks_in(data: bytes) -> list[str]:
    """Return what of the marks is in a file, in its packed parts, too."""
    found, layers = set[str](), [data]
    if data[:4] == b"PK\x03\x04" and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            layers += [packed.read(name) for name in packed.namelist()]
            layers += [name.encode() for name in packed.namelist()]
    wanted = (
        MARK.encode(),
        GPS,
        b"<script",
        b"JavaScript",
        b"/Launch",
        b"vbaProject",
        b"evil.exe",
        b"MZ\x00",
        b"<?php",
    )
    for layer in layers:
        found |= {mark.decode() for mark in wanted if mark in layer}
    return sorted(found | ({"Exif"} if _has_exif(data) else set()))


def _has_exif(data: bytes) -> bool:
    if data[:3] != b"\xff\xd8\xff":
        return False
    try:
        return bool(Image.open(io.BytesIO(data)).getexif())
    except (OSError, SyntaxError, ValueError):
        return False  # half a picture, which is kept by the canary only
