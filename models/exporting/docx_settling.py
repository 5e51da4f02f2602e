"""Languages and directions in a Word document, after the template has been filled in.

The words come with marks (signs of a private area of Unicode) that say their language and their weight; here
the marks become what Word knows: languages, right-to-left runs, paragraphs, tables and pages. So a template
needs to know nothing of it.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.run import Run

from models import clock, plain_text
from models.exporting.documentation_words import Piece
from models.exporting.typesetting import runs_rtl
from models.exporting.widths import widen
from translations import language

_BEGIN, _TURN, _END = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_BEGIN}([a-z0-9-]*)\\|([bq]*){_TURN}([^{_END}]*){_END}", re.IGNORECASE)
_OURS = re.compile(f"[{_BEGIN}-{_END}\r]")
_ISOLATED = re.compile("[\u2066\u2067\u2068]([^\u2066-\u2069]*)\u2069")
_ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")
_LRM = "\u200e"  # left-to-right mark
_LTR = r"A-Za-z\u00aa-\u02b8\u0370-\u058f\u1e00-\u1fff"
_RTL = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_STRETCH = re.compile(
    f"[{_LTR}](?:[^{_RTL}]*[{_LTR}0-9)%.])?"
)  # words from left to right, and what they hold
_WORD_LANGUAGES = {"ar": "ar-SA", "fa": "fa-IR"}
_AFTER_BIDI = (
    "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl",
    "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
_AFTER_BIDI_VISUAL = (
    "w:tblStyleRowBandSize", "w:tblStyleColBandSize", "w:tblW", "w:jc", "w:tblCellSpacing", "w:tblInd",
    "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption",
    "w:tblDescription", "w:tblPrChange",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Segment:
    text: str
    tag: str
    look: str
    is_rtl: bool


def plain(text: str) -> str:
    """Return words as XML can hold them, and without marks of ours."""
    return _OURS.sub("", plain_text.plain(text))


def marked(piece: Piece, tag: str) -> str:
    """Return words with marks for their language, where it is not the document's, and their weight."""
    look = ("b" if piece.bold else "") + ("q" if piece.quiet else "")
    spoken = "" if piece.words.tag == tag else piece.words.tag
    text = plain(piece.words.text)
    if not look and not spoken:
        return text
    return "\n".join(
        f"{_BEGIN}{spoken}|{look}{_TURN}{line}{_END}" if line else line for line in text.split("\n")
    )


def settle(document: Document, tag: str) -> None:
    """Give every word of a filled-in document its language and direction."""
    # By the relations: filling in puts new heads and feet there, and the sections still know the old ones.
    running = [
        rel.target_part.element
        for rel in document.part.rels.values()
        if rel.reltype in (RT.HEADER, RT.FOOTER)
    ]
    for part in (document.element.body, *running):
        for paragraph in part.iter(qn("w:p")):
            _settle_paragraph(paragraph, tag)
        for table in part.iter(qn("w:tbl")):
            widen(table)
            if language(tag).is_rtl:
                _put(table.tblPr, "w:bidiVisual", _AFTER_BIDI_VISUAL)
    if language(tag).is_rtl:
        for section in document.sections:
            _put(section._sectPr, "w:bidi", ("w:rtlGutter", "w:docGrid", "w:printerSettings"))
    _settle_defaults(document, tag)


def _settle_defaults(document: Document, tag: str) -> None:
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    if defaults is not None:
        defaults.set(qn("w:bidi" if language(tag).is_rtl else "w:val"), _word_language(tag))
    properties = document.core_properties
    properties.language, properties.created, properties.modified = tag, clock.now(), clock.now()
    for name in ("title", "author", "subject", "comments"):
        setattr(properties, name, _ISOLATES.sub("", _MARKED.sub(r"\3", getattr(properties, name))))


def _word_language(tag: str) -> str:
    return _WORD_LANGUAGES.get(tag, language(tag).locale.replace("_", "-"))


def _put(parent: Any, name: str, successors: tuple[str, ...]) -> None:
    if parent.find(qn(name)) is None:
        parent.insert_element_before(OxmlElement(name), *successors)


def _settle_paragraph(paragraph: Any, tag: str) -> None:
    runs = list(paragraph.iter(qn("w:r")))
    whole = "".join(text.text or "" for run in runs for text in run.iter(qn("w:t")))
    has_ends = next(paragraph.iter(qn("w:tab")), None) is not None  # a running head, with words at both
    is_rtl = language(tag).is_rtl and (has_ends or runs_rtl(_MARKED.sub(r"\3", whole), _tag_of(whole, tag)))
    if is_rtl:
        _put(paragraph.get_or_add_pPr(), "w:bidi", _AFTER_BIDI)
    elif language(tag).is_rtl and whole:
        _mirror(paragraph.get_or_add_pPr())
    for run in runs:
        _settle_run(run, tag, is_rtl=is_rtl)


def _tag_of(whole: str, tag: str) -> str:
    """Return the language of a paragraph: its marked words' where it has nothing else."""
    found = _MARKED.match(whole)
    return (found[1].lower() or tag) if found and not _MARKED.sub("", whole).strip() else tag


def _mirror(properties: Any) -> None:
    """Let German words in an Arabic document begin and end at the same edges as the others."""
    side = properties.jc.get(qn("w:val")) if properties.jc is not None else "left"
    if side != "center":
        properties.get_or_add_jc().set(qn("w:val"), "left" if side in ("right", "end") else "right")
    indent = properties.ind
    if indent is not None:
        indent.left, indent.right = indent.right, indent.left


def _settle_run(run: Any, tag: str, *, is_rtl: bool) -> None:
    for child in list(run):
        if child.tag == qn("w:rPr"):
            continue
        segments = list(_segments(child.text or "", tag, is_rtl=is_rtl)) if child.tag == qn("w:t") else [None]
        for segment in segments:
            made = OxmlElement("w:r")
            if run.rPr is not None:
                made.append(deepcopy(run.rPr))
            if segment is None:
                made.append(child)
            else:
                _dress(made, segment, tag)
            run.addprevious(made)
    run.getparent().remove(run)


def _dress(element: Any, segment: _Segment, tag: str) -> None:
    run = Run(element, None)  # type: ignore[arg-type]
    run.text = segment.text
    font = run.font
    if "b" in segment.look:
        font.bold = True
    if "q" in segment.look:
        font.size, font.color.rgb = Pt(8.5), RGBColor(85, 85, 85)
    if segment.is_rtl:
        font.rtl = True
        font.cs_bold = font.bold
        _script_size(element.get_or_add_rPr())
    if segment.tag != tag or segment.is_rtl != language(tag).is_rtl:
        said = OxmlElement("w:lang")
        said.set(qn("w:bidi" if segment.is_rtl else "w:val"), _word_language(segment.tag))
        properties = element.get_or_add_rPr()
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        properties.insert_element_before(said, "w:eastAsianLayout", "w:specVanish", "w:oMath")


def _script_size(properties: Any) -> None:
    """Letters from right to left have a size of their own in Word: make it the same."""
    size = properties.find(qn("w:sz"))
    if size is not None and properties.find(qn("w:szCs")) is None:
        same = OxmlElement("w:szCs")
        same.set(qn("w:val"), size.get(qn("w:val")))
        size.addnext(same)


def _segments(text: str, tag: str, *, is_rtl: bool) -> Iterator[_Segment]:
    """Cut words where their language, their look or their direction changes."""
    place = 0
    for match in _MARKED.finditer(text):
        yield from _directions(text[place : match.start()], tag, "", is_rtl=is_rtl)
        yield from _directions(match[3], match[1].lower() or tag, match[2].lower(), is_rtl=is_rtl)
        place = match.end()
    yield from _directions(text[place:], tag, "", is_rtl=is_rtl)


def _directions(text: str, tag: str, look: str, *, is_rtl: bool) -> Iterator[_Segment]:
    place = 0
    for match in _ISOLATED.finditer(text):
        yield from _stretches(text[place : match.start()], tag, look, is_rtl=is_rtl)
        own = is_rtl and runs_rtl(match[1], tag) and re.search(f"[{_RTL}]", match[1]) is not None
        # Figures lean on the letters before them: without the mark, hours from and to would change places.
        lead = _LRM if is_rtl and not own else ""
        for segment in _stretches(match[1], tag, look, is_rtl=own):
            yield replace(segment, text=lead + segment.text)
        place = match.end()
    yield from _stretches(text[place:], tag, look, is_rtl=is_rtl)


def _stretches(text: str, tag: str, look: str, *, is_rtl: bool) -> Iterator[_Segment]:
    text = _ISOLATES.sub("", text)
    if not is_rtl:
        if text:
            yield _Segment(text, tag, look, is_rtl=False)
        return
    place = 0
    for match in _STRETCH.finditer(text):
        if match.start() > place:
            yield _Segment(text[place : match.start()], tag, look, is_rtl=True)
        yield _Segment(match[0], tag, look, is_rtl=False)
        place = match.end()
    if place < len(text):
        yield _Segment(text[place:], tag, look, is_rtl=True)
