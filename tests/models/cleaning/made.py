"""Files as people and attackers send them, made here from their parts."""

import io
import struct
import zipfile
import zlib

import docx
import pikepdf
from openpyxl import Workbook
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageDraw, PngImagePlugin

CANARY = "KANARIE-51.7191"
GPS = b"GPSLatitude"


def picture(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    """A picture whose top left corner is red, on green."""
    made = Image.new(mode, (width, height), "green")
    ImageDraw.Draw(made).rectangle((0, 0, width // 4, height // 4), "red")
    return made


def jpeg(*, width: int = 800, height: int = 600, turned: int = 1) -> bytes:
    """A phone's photo: Exif with place and maker, XMP, a comment, and a ZIP behind its end."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = CANARY
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 43.0, 8.76), "E", (8.0, 45.0, 15.0)
    out = io.BytesIO()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    picture(width, height).save(
        out, "JPEG", exif=exif, xmp=xmp, comment=CANARY.encode(), icc_profile=b"x" * 200
    )
    return out.getvalue() + archive({"evil.html": CANARY.encode()})


def png(*, width: int = 400, height: int = 300, mode: str = "RGBA") -> bytes:
    """A PNG with packed words, a place, and words behind its end."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", CANARY * 50, zip=True)
    words.add_itxt("XML:com.adobe.xmp", CANARY)
    out = io.BytesIO()
    picture(width, height, mode).save(out, "PNG", pnginfo=words)
    return out.getvalue() + f"<script>{CANARY}</script>".encode()


def animation(kind: str) -> bytes:
    """A picture that moves: first red, then blue."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def flat_png(width: int, height: int) -> bytes:
    """A PNG of one colour, made without ever holding it whole: small here, huge when decoded."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(6)
    row = b"\x00" + bytes((0, 128, 0)) * width
    packed = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return out.getvalue()


def repacked(data: bytes, changed: dict[str, bytes]) -> bytes:
    """A ZIP with these parts changed or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return archive({name: old.read(name) for name in old.namelist()} | changed)


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a ZIP."""
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return {name: made.read(name) for name in made.namelist()}


def pdf(*, encrypted: bool = False, owner_only: bool = False) -> bytes:
    """A PDF of one page with everything that could act: scripts, files, forms, a trail of words."""
    made = Pdf.new()
    page = made.add_blank_page(page_size=(300, 200))
    photo = jpeg(width=60, height=40)
    image = Stream(made, photo)
    image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
    image.Width, image.Height, image.BitsPerComponent, image.ColorSpace = 60, 40, 8, Name.DeviceRGB
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(XObject=Dictionary(Im0=image), Font=Dictionary(F1=font))
    page.Contents = Stream(
        made, b"BT /F1 14 Tf 20 150 Td (Bericht lesbar) Tj ET q 60 0 0 40 20 60 cm /Im0 Do Q"
    )
    script = Dictionary(S=Name.JavaScript, JS=f"app.alert('{CANARY}')")
    web = Dictionary(S=Name.URI, URI="https://example.org/seite")
    launch = Dictionary(S=Name.Launch, F=f"{CANARY}.exe")
    square = Array([10, 10, 50, 50])
    page.Annots = Array([
        made.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=square, A=action))
        for action in (web, script, launch)
    ])  # fmt: skip
    page.AA = Dictionary(O=script)
    made.Root.OpenAction = made.make_indirect(script)
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(made, CANARY.encode()))
    made.attachments["evil.exe"] = f"MZ{CANARY}".encode()
    with made.open_metadata() as told:
        told["dc:creator"] = [CANARY]
    made.docinfo["/Author"] = CANARY
    out = io.BytesIO()
    lock = pikepdf.Encryption(owner="chef", user="" if owner_only else "geheim")
    made.save(out, encryption=lock if encrypted else False)
    return out.getvalue() + CANARY.encode()


def word(extra: dict[str, bytes] | None = None) -> bytes:
    """A Word document with a photo, an author and a link."""
    made = docx.Document()
    made.core_properties.author = CANARY
    made.add_heading("Bericht der Gruppe", 1)
    made.add_paragraph("Das Sprachcafé hat begonnen.")
    made.add_picture(io.BytesIO(jpeg(width=120, height=80)))
    made.add_table(2, 2).cell(0, 0).text = "Zelle"
    out = io.BytesIO()
    made.save(out)
    return repacked(out.getvalue(), extra or {})


def sheet() -> bytes:
    """An Excel workbook with a sum, a call to the web and an author."""
    made = Workbook()
    made.properties.creator = CANARY
    page = made.active
    assert page is not None
    page["A1"], page["A2"], page["A3"] = 3, 4, "=SUM(A1:A2)"
    page["B1"] = f'=WEBSERVICE("http://{CANARY}.example")'
    page["B2"] = "bleibt"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
