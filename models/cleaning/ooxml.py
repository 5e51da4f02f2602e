"""Word and Excel documents (.docx, .xlsx): parts that draw and calculate are kept, all others stay behind.

Nothing remains that is fetched from elsewhere, runs, or is carried along: no outside relations, macros,
controls, embedded objects, fields (their last text stays) and nothing about the author.
"""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lxml import etree

from models.cleaned import Problem, Refused
from models.cleaning.parts import Made, Read, drop, local, pictures, tree, written

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument"
_KEPT = {
    "word/document.xml": re.compile(
        r"word/((document|styles|stylesWithEffects|settings|fontTable|webSettings|numbering|footnotes|endnotes"
        r"|comments)|(header|footer)\d*|theme/theme\d*|charts/(chart|style|colors)\d*"
        r"|diagrams/(data|layout|quickStyle|colors|drawing)\d*)\.xml"
    ),
    "xl/workbook.xml": re.compile(
        r"xl/((workbook|styles|sharedStrings|metadata)|worksheets/sheet\d*|theme/theme\d*"
        r"|drawings/drawing\d*|charts/(chart|style|colors)\d*|tables/table\d*|comments\d*)\.xml"
    ),
}
_MEDIA_TYPES = {
    "word/document.xml": f"{_MAIN}.wordprocessingml.document",
    "xl/workbook.xml": f"{_MAIN}.spreadsheetml.sheet",
}
_MEDIA = re.compile(r"(word|xl)/media/[^/]+\.\w+")
# Elements that run, fetch or carry.
_RUNS = frozenset({
    "instrText", "delInstrText", "fldChar", "control", "oleObject", "OLEObject", "controls",
    "oleObjects", "object", "altChunk", "subDoc", "attachedTemplate", "mailMerge", "docVars",
    "externalReferences", "externalReference", "webPublishItems", "customWorkbookViews",
    "legacyDrawing", "legacyDrawingHF", "dataConsolidate",
})  # fmt: skip
_ONLY_LINKS = frozenset({
    "hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver", "pageSetup", "blip", "imagedata",
})  # fmt: skip
_CALLS = re.compile(r"(?i)\b(webservice|filterxml|rtd|call|register\.id|encodeurl|hyperlink)\s*\(|\|[^|]*!")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What remains: the parts by name, and the new names of pictures."""

    parts: frozenset[str]
    pictures: Mapping[str, tuple[str, bytes]]

    def target(self, path: str) -> str:
        """Return under which name a part is found now, "" where it is not kept."""
        if path in self.pictures:
            return self.pictures[path][0]
        return path if path in self.parts else ""


def made_anew(names: Collection[str], read: Read) -> Made:
    """Return a Word or Excel document with known parts only; Refused for other kinds."""
    main = next((one for one in _KEPT if one in names), "")
    if not main:
        raise Refused(Problem.OLD_OFFICE if any(name.endswith(".xml") for name in names) else Problem.ARCHIVE)
    inside = [name for name in names if _MEDIA.fullmatch(name)]
    kept = _Kept(frozenset(name for name in names if _KEPT[main].fullmatch(name)), pictures(inside, read))
    parts: dict[str, bytes] = {"[Content_Types].xml": b"", "_rels/.rels": _top(main)}
    for name in sorted(kept.parts, key=lambda one: (one != main, one)):
        relations = _beside(name)
        ids: set[str] = set()
        if relations in names:
            body, ids = _relations(read(relations), posixpath.dirname(name), kept)
            parts[relations] = body
        parts[name] = _part(read(name), ids)
    parts |= dict(kept.pictures.values())
    parts["[Content_Types].xml"] = _types(read("[Content_Types].xml"), parts, main)
    return Made(_MEDIA_TYPES[main], parts)


def _beside(name: str) -> str:
    folder, _slash, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _top(main: str) -> bytes:
    root = etree.Element(
        f"{{{_PACKAGE}/relationships}}Relationships", nsmap={None: f"{_PACKAGE}/relationships"}
    )
    kind = f"{_RELATIONS}/officeDocument"
    etree.SubElement(root, f"{{{_PACKAGE}/relationships}}Relationship", Id="rId1", Type=kind, Target=main)
    return written(root)


def _relations(data: bytes, folder: str, kept: _Kept) -> tuple[bytes, set[str]]:
    """Return a part's relations to kept parts, and the ids of those."""
    root = tree(data)
    ids = set()
    for one in list(root):
        raw = one.get("Target") or ""
        path = raw.lstrip("/") if raw.startswith("/") else posixpath.normpath(posixpath.join(folder, raw))
        target = "" if one.get("TargetMode", "").lower() == "external" else kept.target(path)
        if not target or not one.get("Id"):
            root.remove(one)
            continue
        one.set("Target", f"/{target}")
        ids.add(str(one.get("Id")))
    return written(root), ids


def _part(data: bytes, ids: set[str]) -> bytes:
    root = tree(data)
    for element in list(root.iter()):
        name = local(element)
        if name in _RUNS:
            drop(element)
        elif name == "fldSimple":
            _unwrap(element)
        elif name in ("f", "definedName") and element.text and _CALLS.search(element.text):
            drop(element)
        else:
            _untie(element, name, ids)
    return written(root)


def _untie(element: etree._Element, name: str, ids: set[str]) -> None:
    """Take away what leads to a part that is not there: the reference, or what is nothing without it."""
    for attribute, value in list(element.attrib.items()):
        space = etree.QName(attribute).namespace
        if space in (_RELATIONS, _STRICT) and value not in ids:
            if name not in _ONLY_LINKS:
                drop(element)
                return
            del element.attrib[attribute]


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        place = parent.index(element)
        for inner in reversed(list(element)):
            parent.insert(place, inner)
        drop(element)


def _types(data: bytes, parts: Mapping[str, bytes], main: str) -> bytes:
    """Return the list of the parts' types: those that remain, as documents without macros."""
    space = f"{{{_PACKAGE}/content-types}}"
    root = tree(data)
    known = {str(one.get("PartName", "")).lstrip("/"): str(one.get("ContentType", "")) for one in root}
    made = etree.Element(f"{space}Types", nsmap={None: f"{_PACKAGE}/content-types"})
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml",
        "jpeg": "image/jpeg", "png": "image/png",
    }  # fmt: skip
    for ending, kind in defaults.items():
        etree.SubElement(made, f"{space}Default", Extension=ending, ContentType=kind)
    for name in parts:
        kind = f"{_MEDIA_TYPES[main]}.main+xml" if name == main else known.get(name, "")
        if name.endswith(".xml") and kind.startswith("application/vnd.") and "macro" not in kind.lower():
            etree.SubElement(made, f"{space}Override", PartName=f"/{name}", ContentType=kind)
    return written(made)
