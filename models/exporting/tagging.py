"""The structure of a PDF for screen readers: headings, paragraphs, tables, each with its language.

Content is marked while it is drawn; the tree is put into the finished file. What is only decoration is
marked as such, so that nobody has it read out.
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, String

from models.exporting.typesetting import Line

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


@dataclass(slots=True)
class Node:
    """A part of the document: its role in PDF's words (H1, P, Table, TR, TD), language and content."""

    role: str
    tag: str = ""
    spoken: str = ""  # what is said in place of a drawing
    kids: list["Node | tuple[int, int]"] = field(default_factory=list)  # parts, or (page, number of a mark)


class Tags:
    """Marks content of a document while it is drawn, and writes the tree into the file."""

    def __init__(self, pdf: FPDF) -> None:
        self.root = Node("Document")
        self._pdf = pdf
        self._open = [self.root]
        self._marks: defaultdict[int, list[Node]] = defaultdict(list)

    @contextmanager
    def part(self, role: str, tag: str = "", spoken: str = "") -> Iterator[Node]:
        """Put everything that is drawn in this block into one part."""
        node = Node(role, tag, spoken)
        self._open[-1].kids.append(node)
        self._open.append(node)
        yield node
        self._open.pop()

    @contextmanager
    def content(self, lines: Sequence[Line]) -> Iterator[None]:
        """Draw lines of the open part, all on one page.

        Their words are noted as they are read: what is drawn is in the order of the eye, and readers that
        do not know better would say Arabic backwards.
        """
        words = " ".join(line.text for line in lines).translate(_ISOLATES)
        written = f"FEFF{words.encode('utf-16-be').hex().upper()}"
        page, node = self._pdf.page, self._open[-1]
        number = len(self._marks[page])
        self._marks[page].append(node)
        node.kids.append((page, number))
        self._pdf._out(f"/{node.role} <</MCID {number} /ActualText <{written}>>> BDC")
        yield
        self._pdf._out("EMC")

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Draw a picture, as the content of the open part, which says it in words."""
        page, node = self._pdf.page, self._open[-1]
        number = len(self._marks[page])
        self._marks[page].append(node)
        node.kids.append((page, number))
        self._pdf._out(f"/{node.role} <</MCID {number}>> BDC")
        yield
        self._pdf._out("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Draw what nobody needs to hear: rules, fills, running heads."""
        self._pdf._out("/Artifact BMC")
        yield
        self._pdf._out("EMC")

    def written(self, raw: bytes, *, is_rtl: bool) -> bytes:
        """Return the file with its structure in it."""
        with pikepdf.open(io.BytesIO(raw)) as file:
            made: dict[int, pikepdf.Object] = {}
            tree = file.make_indirect(Dictionary(Type=Name.StructTreeRoot))
            tree.K = self._element(file, self.root, tree, made)
            numbers = Array()
            for index, page in enumerate(file.pages):
                marks = self._marks.get(index + 1, [])
                page.obj.StructParents = index
                page.obj.Tabs = Name.S
                parents = Array([made[id(node)] for node in marks])
                numbers.append(index)
                numbers.append(file.make_indirect(parents))
            tree.ParentTree = file.make_indirect(Dictionary(Nums=numbers))
            tree.ParentTreeNextKey = len(file.pages)
            file.Root.StructTreeRoot = tree
            file.Root.MarkInfo = Dictionary(Marked=True)
            file.Root.ViewerPreferences = Dictionary(
                DisplayDocTitle=True, Direction=Name.R2L if is_rtl else Name.L2R
            )
            target = io.BytesIO()
            file.save(target)
        return target.getvalue()

    def _element(
        self, file: pikepdf.Pdf, node: Node, parent: pikepdf.Object, made: dict[int, pikepdf.Object]
    ) -> pikepdf.Object:
        values: dict[str, Any] = {"/Type": Name.StructElem, "/S": Name(f"/{node.role}"), "/P": parent}
        if node.tag:
            values["/Lang"] = String(node.tag)
        if node.spoken:
            values["/Alt"] = String(node.spoken)
        if node.role == "TH":
            values["/A"] = Dictionary(O=Name.Table, Scope=Name.Column)
        element = file.make_indirect(Dictionary(values))
        made[id(node)] = element
        kids = Array()
        for kid in node.kids:
            if isinstance(kid, Node):
                kids.append(self._element(file, kid, element, made))
            else:
                page, number = kid
                page_object = file.pages[page - 1].obj
                kids.append(Dictionary(Type=Name.MCR, Pg=page_object, MCID=number))
        element.K = kids
        return element
