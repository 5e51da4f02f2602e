"""LibreOffice documents (.odt, .ods): words, tables, styles and pictures are kept, all else stays behind."""

import re
from collections.abc import Collection, Mapping

from lxml import etree

from models.cleaned import Problem, Refused
from models.cleaning.parts import Made, Read, drop, local, pictures, tree, written

_TYPES = (
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
)
_PARTS = ("content.xml", "styles.xml")
_HREF = "{http://www.w3.org/1999/xlink}href"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
# Elements that run, fetch, or name the author.
_RUNS = frozenset({
    "scripts", "script", "event-listeners", "event-listener", "forms", "object", "object-ole", "plugin",
    "applet", "floating-frame", "dde-connection-decls", "dde-connection-decl", "dde-connection",
    "dde-source", "dde-links", "dde-link", "table-source", "cell-range-source", "section-source",
    "execute-macro", "database-display", "database-next", "database-row-select", "database-ranges",
    "consolidation", "creator", "initial-creator", "author-name", "author-initials", "editing-cycles",
})  # fmt: skip
_CALLS = re.compile(r"(?i)\b(webservice|filterxml|dde|hyperlink)\s*\(|'(file|https?|ftp|smb):")


def made_anew(names: Collection[str], read: Read) -> Made:
    """Return a text or a spreadsheet with known parts only; Refused for other kinds and protected ones."""
    media_type = read("mimetype").decode("ascii", "replace").strip().removesuffix("-template")
    if media_type not in _TYPES:
        raise Refused(Problem.OLD_OFFICE if "opendocument" in media_type else Problem.ARCHIVE)
    if "META-INF/manifest.xml" in names and b"encryption-data" in read("META-INF/manifest.xml"):
        raise Refused(Problem.ENCRYPTED)
    inside = [name for name in names if re.fullmatch(r"(Pictures|media)/[^/]+\.\w+", name)]
    drawn = pictures(inside, read)
    parts = {"mimetype": media_type.encode()}
    for name in _PARTS:
        if name in names:
            parts[name] = _part(read(name), drawn)
    parts |= dict(drawn.values())
    parts["META-INF/manifest.xml"] = _manifest(media_type, parts)
    return Made(media_type, parts)


def _part(data: bytes, drawn: Mapping[str, tuple[str, bytes]]) -> bytes:
    root = tree(data)
    for element in list(root.iter()):
        name = local(element)
        if name in _RUNS:
            drop(element)
            continue
        for attribute, value in list(element.attrib.items()):
            if local(attribute) == "formula" and _CALLS.search(value):
                del element.attrib[attribute]
        _untie(element, name, drawn)
    return written(root)


def _untie(element: etree._Element, name: str, drawn: Mapping[str, tuple[str, bytes]]) -> None:
    """Lead links nowhere but inside; take out pictures that are not here."""
    link = element.get(_HREF)
    if link is None or link.startswith("#"):
        return
    path = link.removeprefix("./")
    if path in drawn:
        element.set(_HREF, drawn[path][0])
    elif name == "a":
        element.set(_HREF, "#")
    else:
        drop(element)


def _manifest(media_type: str, parts: Collection[str]) -> bytes:
    root = etree.Element(f"{{{_MANIFEST}}}manifest", nsmap={"manifest": _MANIFEST})
    root.set(f"{{{_MANIFEST}}}version", "1.2")
    kinds = {"xml": "text/xml", "png": "image/png", "jpeg": "image/jpeg"}
    paths = {"/": media_type} | {name: kinds[name.rpartition(".")[2]] for name in parts if name != "mimetype"}
    for path, kind in paths.items():
        entry = etree.SubElement(root, f"{{{_MANIFEST}}}file-entry")
        entry.set(f"{{{_MANIFEST}}}full-path", path)
        entry.set(f"{{{_MANIFEST}}}media-type", kind)
    return written(root)
