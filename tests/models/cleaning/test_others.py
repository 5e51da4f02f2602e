"""Sound, plain text, and everything that is refused."""

import io
import struct

import pytest
from PIL import Image

from models.cleaned import PROBLEM_WORDS, AttachmentKind, Problem, Refused
from models.cleaning import clean, ogg
from tests.models.cleaning import made

CANARY = made.CANARY.encode()
MP3 = b"\xff\xfb\x90\x00" + bytes(413)
AAC = bytes((0xFF, 0xF1, 0x50, 0x80, 0x19, 0x1F, 0xFC)) + bytes(193)


def page(body: bytes, number: int, flags: int = 0) -> bytes:
    """A page of Ogg with one packet."""
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return ogg._written(ogg._Page(flags, bytes(8), b"\x07\x00\x00\x00", lacing, body), number)


def opus() -> bytes:
    """A voice message with the speaker's name among its tags."""
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", len(CANARY)) + CANARY + bytes(4)
    sound = [page(bytes((n,)) * 700, n + 2, 4 if n == 4 else 0) for n in range(5)]
    return page(head, 0, 2) + page(tags, 1) + b"".join(sound)


def box(kind: bytes, body: bytes) -> bytes:
    """A box of MP4."""
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(track: bytes = b"soun") -> bytes:
    """A recording of a phone, with its place."""
    handler = box(b"hdlr", bytes(8) + track + bytes(12) + b"Core Media " + CANARY + b"\x00")
    movie = box(b"trak", box(b"mdia", handler)) + box(b"udta", box(b"\xa9xyz", CANARY))
    return (
        box(b"ftyp", b"M4A \x00\x00\x00\x00M4A mp42") + box(b"uuid", CANARY) + box(b"moov", movie)
        + box(b"mdat", b"sound" * 100)
    )  # fmt: skip


def problem_of(data: bytes, **more: object) -> Problem:
    """Why a file is refused."""
    with pytest.raises(Refused) as refused:
        clean(data, **more)  # type: ignore[arg-type]
    return refused.value.problem


def crc_is_right(data: bytes) -> bool:
    """Whether the sums of all pages agree, counted bit by bit as in the specification."""
    place = 0
    while place < len(data):
        count = data[place + 26]
        end = place + 27 + count + sum(data[place + 27 : place + 27 + count])
        rest = 0
        for byte in data[place : place + 22] + bytes(4) + data[place + 26 : end]:
            rest ^= byte << 24
            for _bit in range(8):
                rest = (rest << 1 ^ (0x04C11DB7 if rest & 0x80000000 else 0)) & 0xFFFFFFFF
        if rest != int.from_bytes(data[place + 22 : place + 26], "little"):
            return False
        place = end
    return True


def test_a_voice_message_keeps_its_sound_and_loses_names_and_what_follows() -> None:
    cleaned = clean(opus() + made.archive({"a": b"x"}), kind_hint=AttachmentKind.VOICE)
    assert (cleaned.kind, cleaned.media_type) == (AttachmentKind.VOICE, "audio/ogg")
    assert CANARY not in cleaned.data
    assert b"PK" not in cleaned.data
    assert all(bytes((n,)) * 700 in cleaned.data for n in range(5))
    assert crc_is_right(cleaned.data)


def test_tags_over_many_pages_are_left_out_too() -> None:
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48000, 0, 0)
    body = (b"OpusTags" + CANARY * 5000)[: 255 * 255]
    first = ogg._written(ogg._Page(0, bytes(8), b"\x07\x00\x00\x00", bytes([255] * 255), body), 1)
    data = page(head, 0, 2) + first + page(b"rest", 2, 1) + page(b"sound" * 9, 3, 4)
    cleaned = clean(data).data
    assert CANARY not in cleaned
    assert b"sound" * 9 in cleaned
    assert crc_is_right(cleaned)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"ID3\x04\x00\x00\x00\x00\x00\x0fTIT2" + CANARY[:11] + MP3 * 40 + b"TAG" + CANARY, "audio/mpeg"),
        (AAC * 40 + b"<script>" + CANARY, "audio/aac"),
        (mp4() + made.archive({"a": CANARY}), "audio/mp4"),
    ],
)
def test_recordings_lose_their_tags_and_their_tails(data: bytes, media_type: str) -> None:
    cleaned = clean(data)
    assert (cleaned.kind, cleaned.media_type) == (AttachmentKind.VOICE, media_type)
    assert CANARY[:9] not in cleaned.data
    assert len(cleaned.data) > 400


def test_the_sound_of_an_m4a_stays_in_its_place() -> None:
    assert clean(mp4()).data.index(b"mdat") == mp4().index(b"mdat")


def test_plain_text_is_checked_and_gets_our_line_ends() -> None:
    cleaned = clean("\ufeffGrüße\r\nأهلاً\r\n".encode(), name="notiz.exe")
    assert (cleaned.media_type, cleaned.data.decode()) == ("text/plain", "Grüße\nأهلاً\n")
    assert clean("Notiz".encode("utf-16")).data == b"Notiz"
    assert clean(b"BMW und PKW fahren zum Treffen.").media_type == "text/plain"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", Problem.EMPTY),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", Problem.OTHER_PICTURE),
        (b"<?xml version='1.0'?><svg onload='x()'/>", Problem.OTHER_PICTURE),
        (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", Problem.OTHER_PICTURE),
        (b"\x00\x00\x00\x18ftypheic" + bytes(30), Problem.HEIC),
        (b"<!DOCTYPE html><p>", Problem.UNKNOWN),
        (b"<html><script>", Problem.UNKNOWN),
        (b"#!/bin/sh\nrm", Problem.UNKNOWN),
        (b"MZ\x90\x00" + bytes(60), Problem.UNKNOWN),
        (b"\x7fELF\x02\x01" + bytes(60), Problem.UNKNOWN),
        (bytes(range(256)) * 4, Problem.UNKNOWN),
        (b"Gr\xfc\xdfe", Problem.UNKNOWN),
        (b"\x1aE\xdf\xa3" + bytes(20), Problem.VIDEO),
        (mp4(b"vide"), Problem.VIDEO),
        (b"RIFF\x10\x00\x00\x00WAVEfmt " + bytes(20), Problem.OTHER_SOUND),
        (
            b"OggS\x00\x02" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + b"\x01\x07\x01vorbis",
            Problem.OTHER_SOUND,
        ),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(500), Problem.OTHER_SOUND),
    ],
)
def test_what_we_do_not_take_is_refused_in_words(data: bytes, problem: Problem) -> None:
    assert problem_of(data) is problem


def test_a_file_of_21_megabytes_is_refused_even_from_telegram() -> None:
    data = b"%PDF-" + bytes(21 * 1024 * 1024)
    assert problem_of(data, most=20 * 1024 * 1024) is Problem.TOO_LARGE
    assert problem_of(b"%PDF-" + bytes(11 * 1024 * 1024)) is Problem.TOO_LARGE


def test_what_somebody_calls_it_changes_nothing() -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    assert (
        clean(out.getvalue(), name="bericht.pdf", kind_hint=AttachmentKind.DOCUMENT).media_type
        == "image/jpeg"
    )
    assert (
        problem_of(b"MZ" + bytes(9), name="foto.jpg", kind_hint=AttachmentKind.VOICE) is Problem.OTHER_SOUND
    )


def test_every_problem_has_words() -> None:
    assert set(PROBLEM_WORDS) == set(Problem)
