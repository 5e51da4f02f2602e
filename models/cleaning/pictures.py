"""Pictures: decoded once, turned upright and painted onto a new canvas, so that only what is seen remains.

How large a picture is stands in its first bytes; whether it is decoded is decided from that. JPEG is
decoded at a fraction of its size, so it may be larger: 50 megapixels take less memory than 12 decoded
whole. Phones take their photos as JPEG, to which the lower bounds do not apply; PNG and WebP are
screenshots and drawings.
"""

import io
import threading
import warnings

from PIL import Image, ImageOps

from models.cleaned import AttachmentKind, Cleaned, Problem, Refused
from models.cleaning.kinds import Format

LONGEST, SMALL = 2048, 640  # pixels of the longer side
# Pixels. PNG is unpacked whole, up to four bytes a pixel: 24 megapixels leave the process below 350 MB.
# WebP is unpacked four times over by its library: 12 megapixels of it take as much as 24 of PNG.
_MOST = {Format.JPEG: 64_000_000, Format.PNG: 24_000_000, Format.WEBP: 12_000_000}
_DEEP_GREY = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
_FAULTS = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, MemoryError, TypeError)
_ORIENTATION = 0x0112
_one_at_a_time = threading.Lock()


def clean_picture(data: bytes, kind: Format) -> Cleaned:
    """Return a picture as a new JPEG without anything beside its pixels; Refused for too many of them."""
    with _one_at_a_time:
        picture = _canvas(data, kind, LONGEST)
        small = picture.copy()
        small.thumbnail((SMALL, SMALL))
        return Cleaned(
            AttachmentKind.PHOTO, "image/jpeg", _encoded(picture, "JPEG"), *picture.size,
            small=_encoded(small, "JPEG") if small.size != picture.size else b"",
        )  # fmt: skip


def clean_inside(data: bytes, kind: Format) -> bytes:
    """Return a picture of a document anew, in the format that it had (JPEG, or PNG with its see-through)."""
    with _one_at_a_time:
        if kind is Format.JPEG:
            return _encoded(_canvas(data, kind, LONGEST), "JPEG")
        picture = _scaled(data, kind, LONGEST)
        wanted = "RGBA" if picture.has_transparency_data else "RGB"
        canvas = Image.new(wanted, picture.size)
        canvas.paste(picture.convert(wanted))
        return _encoded(canvas, "PNG")


def _canvas(data: bytes, kind: Format, longest: int) -> Image.Image:
    picture = _scaled(data, kind, longest)
    canvas = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        canvas.paste(picture, mask=picture.getchannel("A"))
    else:
        canvas.paste(picture.convert("RGB"))
    return canvas


def _scaled(data: bytes, kind: Format, longest: int) -> Image.Image:
    """Return the first frame, decoded, upright, at most `longest` pixels wide and high."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of many pixels: we count them ourselves, on the next line
            with Image.open(io.BytesIO(data), formats=[kind.value.upper()]) as source:
                if source.width * source.height > _MOST[kind]:
                    raise Refused(Problem.TOO_MANY_PIXELS)
                return _upright(source, longest)
    except Image.DecompressionBombError as error:
        raise Refused(Problem.TOO_MANY_PIXELS) from error
    except _FAULTS as error:
        raise Refused(Problem.BROKEN) from error


def _upright(source: Image.Image, longest: int) -> Image.Image:
    source.draft("RGB", (longest, longest))
    source.load()
    turned = source.getexif().get(_ORIENTATION)
    picture: Image.Image = source
    if picture.mode in _DEEP_GREY:
        picture.thumbnail((longest, longest), Image.Resampling.NEAREST)  # first: it is copied twice below
        picture = _eight_bits(picture)
    elif picture.mode in ("P", "1", "PA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    factor = max(picture.size) // longest
    if factor > 1:  # before anything copies it whole
        picture = picture.reduce(factor)
    picture.thumbnail((longest, longest), reducing_gap=None)
    if isinstance(turned, int) and 1 < turned <= 8:
        upright = Image.Exif()
        upright[_ORIENTATION] = turned
        picture.info["exif"] = upright.tobytes()
        picture = ImageOps.exif_transpose(picture)
    return picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits a pixel with the upper eight of them."""
    scale = 1 / 256 if picture.mode != "F" else 1
    return picture.convert("I").point(lambda value: value * scale).convert("L")


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 85, "optimize": True} if kind == "JPEG" else {}))
    return out.getvalue()
