"""What a PDF really shows: its glyphs, read back to letters, by the structure that screen readers follow."""

import io
import re
from dataclasses import dataclass, field

import pikepdf
import pytest

from models.exporting import fonts

needs_fonts = pytest.mark.skipif(bool(fonts.missing()), reason="apt-get install fonts-noto-core")
_PAIR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@dataclass
class Part:
    """A part of the structure: its role, language, the glyphs in it and the words noted for them."""

    role: str
    lang: str
    glyphs: str = ""
    words: str = ""
    kids: list["Part"] = field(default_factory=list)

    def all(self, role: str) -> list["Part"]:
        """Return the parts of a role below this one."""
        return [found for kid in self.kids for found in ([kid] if kid.role == role else []) + kid.all(role)]


@dataclass
class Printed:
    """A PDF, read."""

    title: str
    lang: str
    direction: str
    outline: list[str]
    pages: list[str]  # the glyphs of each page, in the order in which they were drawn
    root: Part


def _letters(font: pikepdf.Object) -> dict[int, str]:
    text = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for body in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        found |= {int(code, 16): bytes.fromhex(to).decode("utf-16-be") for code, to in _PAIR.findall(body)}
    for body in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, to in _RANGE.findall(body):
            for place in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + place] = chr(int(to, 16) + place)
    return found


def _page(page: pikepdf.Page) -> tuple[str, dict[int, str], dict[int, str]]:
    """Return all glyphs of a page, those of each mark, and the words noted for each mark."""
    fonts = {name: _letters(font) for name, font in page.resources.Font.items()}
    whole, marks, words = "", dict[int, str](), dict[int, str]()
    letters: dict[int, str] = {}
    mark = -1
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "Tf":
                letters = fonts[str(operands[0])]
            case "BDC":
                mark = int(operands[1].MCID)
                words[mark] = str(operands[1].get("/ActualText", ""))  # a picture has none
            case "BMC" | "EMC":
                mark = -1
            case "Tj":
                raw = bytes(operands[0])
                codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                shown = "".join(letters.get(code, "?") for code in codes)
                whole += shown
                marks[mark] = marks.get(mark, "") + shown
    return whole, marks, words


def read_pdf(raw: bytes) -> Printed:
    """Read a PDF that we wrote."""
    with pikepdf.open(io.BytesIO(raw)) as file:
        pages = [_page(page) for page in file.pages]
        numbers = {page.obj.objgen: at for at, page in enumerate(file.pages)}

        def part(element: pikepdf.Object) -> Part:
            made = Part(str(element.S).strip("/"), str(element.get("/Lang", "")))
            for kid in element.K:
                if "/MCID" in kid:
                    _whole, marks, words = pages[numbers[kid.Pg.objgen]]
                    made.glyphs += marks.get(int(kid.MCID), "")
                    made.words += words[int(kid.MCID)]
                else:
                    made.kids.append(part(kid))
            return made

        with file.open_outline() as outline:
            outlined = [item.title for item in outline.root]
        return Printed(
            str(file.docinfo.get("/Title", "")), str(file.Root.Lang),
            str(file.Root.ViewerPreferences.Direction), outlined, [page[0] for page in pages],
            part(file.Root.StructTreeRoot.K),
        )  # fmt: skip
