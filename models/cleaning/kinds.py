"""What a file is, by its first bytes. Its name and what the sender's device calls it are not asked."""

from collections.abc import Callable
from enum import StrEnum
from typing import NoReturn

from models.cleaned import Problem, Refused


class Format(StrEnum):
    """Formats that can be cleaned."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    OFFICE = "office"  # a ZIP that may hold a document
    OGG = "ogg"
    MP3 = "mp3"
    AAC = "aac"
    MP4 = "mp4"
    TEXT = "text"


_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"%PDF-", Format.PDF),
    (b"PK\x03\x04", Format.OFFICE),
    (b"OggS", Format.OGG),
    (b"ID3", Format.MP3),
)
_REFUSED: tuple[tuple[bytes, Problem], ...] = (
    (b"GIF8", Problem.OTHER_PICTURE),
    (b"BM", Problem.OTHER_PICTURE),
    (b"II*\x00", Problem.OTHER_PICTURE),
    (b"MM\x00*", Problem.OTHER_PICTURE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Problem.OLD_OFFICE),
    (b"{\\rtf", Problem.OLD_OFFICE),
    (b"PK", Problem.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Problem.ARCHIVE),
    (b"Rar!", Problem.ARCHIVE),
    (b"\x1f\x8b", Problem.ARCHIVE),
    (b"BZh", Problem.ARCHIVE),
    (b"\xfd7zXZ", Problem.ARCHIVE),
    (b"\x1aE\xdf\xa3", Problem.VIDEO),
    (b"fLaC", Problem.OTHER_SOUND),
    (b"#!AMR", Problem.OTHER_SOUND),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def _riff(data: bytes) -> Format:
    if data[8:12] == b"WEBP":
        return Format.WEBP
    raise Refused({b"WAVE": Problem.OTHER_SOUND, b"AVI ": Problem.VIDEO}.get(data[8:12], Problem.UNKNOWN))


def _boxes(data: bytes) -> Format:
    brand = data[8:12]
    if brand in _HEIF_BRANDS:
        raise Refused(Problem.HEIC)
    if brand in (b"avif", b"avis"):
        raise Refused(Problem.OTHER_PICTURE)
    return Format.MP4


def _sync(data: bytes) -> Format:
    """Tell sound without a head: twelve set bits, then the layer; layer 0 is AAC."""
    return Format.AAC if data[1] & 0x06 == 0 else Format.MP3


_BY_PLACE: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Format]], ...] = (
    (lambda data: data[:4] == b"RIFF", _riff),
    (lambda data: data[4:8] == b"ftyp", _boxes),
    (lambda data: len(data) > 3 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] < 0xFE, _sync),
)


def format_of(data: bytes) -> Format:
    """Return the format of a file; Refused, in words that help, for what we do not take."""
    for start, known in _STARTS:
        if data.startswith(start):
            return known
    for fits, decide in _BY_PLACE:
        if fits(data):
            return decide(data)
    for start, problem in _REFUSED:
        if data.startswith(start) and not _is_words(data, start):
            raise Refused(problem)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return Format.PDF
    return _text_or_nothing(data)


def _is_words(data: bytes, start: bytes) -> bool:
    """Return whether two letters that open a picture or an archive open a text here: “BMW has …”."""
    return len(start) == 2 and start.isalpha() and b"\x00" not in data[:64]


_CODE = (b"<svg", b"<html", b"<!doctype", b"<?xml", b"<script", b"<?php", b"#!", b"%!ps")


def _text_or_nothing(data: bytes) -> Format:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].lower()
    if b"<svg" in start and start.startswith(b"<"):
        raise Refused(Problem.OTHER_PICTURE)
    if start.startswith(_CODE) or b"\x7fELF" in data[:4] or data[:2] == b"MZ":
        _unknown()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" not in data:
        return Format.TEXT
    return _unknown()


def _unknown() -> NoReturn:
    raise Refused(Problem.UNKNOWN)
