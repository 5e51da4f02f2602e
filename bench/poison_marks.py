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
    if data[:4] == b"PK\x03\x04":
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
    if data[:3] == b"\xff\xd8\xff" and Image.open(io.BytesIO(data)).getexif():
        found.add("Exif")
    return sorted(found)
