"""Of a picture nothing remains but what is seen, and a huge one costs no memory."""

import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from models.cleaned import AttachmentKind, Problem, Refused
from models.cleaning import clean
from tests.models.cleaning import made

ROOT = Path(__file__).parent.parent.parent.parent
PEAK = """
import sys
from pathlib import Path
from models.cleaned import Refused
from models.cleaning import clean
data = sys.stdin.buffer.read()
try:
    cleaned = clean(data, most=20_000_000)
    print("taken", cleaned.width, cleaned.height)
except Refused as refusal:
    print("refused", refusal.problem.value)
told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(told["VmHWM"].split()[0]) // 1024)
"""


def opened(data: bytes) -> Image.Image:
    """What was made, read again."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def peak(data: bytes) -> tuple[str, int]:
    """Clean in a process of its own; return what came of it, and its most memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK], cwd=ROOT, input=data, capture_output=True, check=True, timeout=60
    )
    words, megabytes = done.stdout.decode().splitlines()
    return words, int(megabytes)


def nothing_told(data: bytes) -> bool:
    """Whether a file holds no mark, no place and no second file."""
    return not any(
        mark in data for mark in (made.CANARY.encode(), b"Exif", b"PK\x03\x04", b"<script", b"xmp")
    )


@pytest.mark.parametrize("data", [made.jpeg(), made.png(), made.png(mode="P"), made.png(mode="LA")])
def test_nothing_beside_the_pixels_survives(data: bytes) -> None:
    assert made.CANARY.encode() in data or b"zTXt" in data
    cleaned = clean(data, name="IMG_1.png")
    assert (cleaned.kind, cleaned.media_type) == (AttachmentKind.PHOTO, "image/jpeg")
    assert nothing_told(cleaned.data)
    picture = opened(cleaned.data)
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert cleaned.data.endswith(b"\xff\xd9")


def test_the_picture_itself_is_still_there() -> None:
    picture = opened(clean(made.jpeg()).data)
    red, green, _blue = picture.getpixel((10, 10))  # type: ignore[misc]
    assert red > 200 > green
    assert picture.getpixel((700, 500))[1] > 100  # type: ignore[index]


def test_a_photo_that_was_held_sideways_stands_upright() -> None:
    cleaned = clean(made.jpeg(width=400, height=300, turned=6))
    assert (cleaned.width, cleaned.height) == (300, 400)
    assert opened(cleaned.data).getpixel((290, 10))[0] > 200  # type: ignore[index]


def test_large_pictures_become_2048_pixels_and_have_a_small_copy() -> None:
    cleaned = clean(made.jpeg(width=3000, height=1500))
    assert (cleaned.width, cleaned.height) == (2048, 1024)
    assert opened(cleaned.small).size == (640, 320)
    assert nothing_told(cleaned.small)
    assert clean(made.png(width=300)).small == b""


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_what_moves_the_first_frame_stays(kind: str) -> None:
    picture = opened(clean(made.animation(kind)).data)
    assert getattr(picture, "n_frames", 1) == 1
    red, _green, blue = picture.getpixel((30, 30))  # type: ignore[misc]
    assert red > 200 > blue


def test_a_png_of_25_megapixels_is_refused_before_it_is_decoded() -> None:
    words, megabytes = peak(made.flat_png(5_000, 5_000))
    assert words == "refused too-many-pixels"
    assert megabytes < 120


def largest(kind: str) -> bytes:
    """The largest picture that is taken, as its format costs most."""
    out = io.BytesIO()
    if kind == "PNG":
        Image.new("RGBA", (6_000, 4_000), (0, 90, 0, 90)).save(out, "PNG")
    elif kind == "deep":
        Image.new("I;16", (6_000, 4_000)).save(out, "PNG")
    elif kind == "WEBP":
        Image.new("RGB", (4_000, 3_000)).save(out, "WEBP", quality=10, method=0)
    else:
        Image.new("RGB", (9_200, 6_900)).save(out, "JPEG", progressive=True)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "deep", "WEBP", "JPEG"])
def test_the_largest_pictures_are_taken_with_bounded_memory(kind: str) -> None:
    words, megabytes = peak(largest(kind))
    assert words.startswith("taken 2048 ")
    assert megabytes < 400


def test_a_jpeg_of_50_megapixels_is_taken_with_little_memory() -> None:
    out = io.BytesIO()
    Image.new("RGB", (8_660, 5_774), "green").save(out, "JPEG", quality=60)
    words, megabytes = peak(out.getvalue())
    assert words == "taken 2048 1366"
    assert megabytes < 250


def test_a_jpeg_of_70_megapixels_is_refused() -> None:
    small = io.BytesIO()
    Image.new("L", (64, 64)).save(small, "JPEG")
    data = bytearray(small.getvalue())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = (10_000).to_bytes(2, "big") + (7_000).to_bytes(2, "big")
    with pytest.raises(Refused) as refused:
        clean(bytes(data))
    assert refused.value.problem is Problem.TOO_MANY_PIXELS


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_half_a_photo_is_not_taken_for_a_whole_one(part: float) -> None:
    noise = Image.effect_noise((400, 400), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG")
    with pytest.raises(Refused) as refused:
        clean(out.getvalue()[: int(len(out.getvalue()) * part)])
    assert refused.value.problem is Problem.BROKEN
    assert "incomplete" in refused.value.text.msgid


def test_pictures_are_decoded_one_at_a_time() -> None:
    data, sizes = made.jpeg(width=1200, height=900), list[int]()
    threads = [threading.Thread(target=lambda: sizes.append(clean(data).width)) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [1200] * 6
