"""XLIFF 2.1, the exchange format of translation tools: written plainly, read carefully.

Each piece is a group, each text a unit that no tool may divide. What a tool divides all the same is put
together again; the marks that tools set inside of texts are left out.
"""

from lxml import etree

from models.errors import InvalidAnswer
from models.exchanging.units import Package, Unit, parsed_name
from models.translation_lists import Standing
from translations import _, find

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_XML = "http://www.w3.org/XML/1998/namespace"
_STATES = {
    Standing.MISSING: "initial", Standing.OUTDATED: "initial", Standing.RETURNED: "initial",
    Standing.WAITING: "translated", Standing.DONE: "final",
}  # fmt: skip
_OTHER = _("This is not {format}. Please ask for a file in the form that you sent.")
_UNWRITABLE = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n").translate(_UNWRITABLE)


def write(package: Package) -> bytes:
    """Return a package as an XLIFF file."""
    root = etree.Element(_tag("xliff"), nsmap={None: NAMESPACE})
    root.set("version", "2.1")
    root.set("srcLang", package.source)
    root.set("trgLang", package.tag)
    file = etree.SubElement(root, _tag("file"), id="mitwirken", canResegment="no")
    group, key = file, ""
    for unit in package.units:
        if f"{unit.kind}-{unit.id}" != key:
            key = f"{unit.kind}-{unit.id}"
            group = etree.SubElement(file, _tag("group"), id=key)
        _write_unit(group, unit)
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _write_unit(group: etree._Element, unit: Unit) -> None:
    element = etree.SubElement(group, _tag("unit"), id=unit.name)
    if unit.about:
        notes = etree.SubElement(element, _tag("notes"))
        for about in unit.about:
            etree.SubElement(notes, _tag("note"), category="context").text = _text(about)
    segment = etree.SubElement(element, _tag("segment"), state=_STATES[unit.standing])
    for name, words in (("source", unit.source), ("target", unit.target)):
        if words:
            said = etree.SubElement(segment, _tag(name))
            said.set(f"{{{_XML}}}space", "preserve")
            said.text = _text(words)


def read(data: bytes) -> Package:
    """Return the package in an XLIFF file; InvalidAnswer, in words, for what is none of ours."""
    root = _root(data)
    source, target = (find(root.get(name) or "") for name in ("srcLang", "trgLang"))
    if source is None or target is None:
        raise InvalidAnswer(_("The file does not say from which language into which one it was translated."))
    units: list[Unit] = []
    foreign = 0
    for element in root.iter(_tag("unit")):
        name = parsed_name(element.get("id") or "")
        if name is None:
            foreign += 1
        else:
            units.append(
                Unit(*name, _said(element, "source"), _said(element, "target"), is_sure=_is_sure(element))
            )
    return Package(source.tag, target.tag, tuple(units), foreign=foreign)


def _root(data: bytes) -> etree._Element:
    broken = InvalidAnswer(_("This file is damaged, or no translation file. Please have it written again."))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise broken
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise broken from error
    if root.tag != _tag("xliff"):
        raise InvalidAnswer(_OTHER(format="XLIFF 2"))
    return root


def _is_sure(unit: etree._Element) -> bool:
    """Return whether the tool says that each segment is translated; many leave the state as it came."""
    return all(one.get("state", "initial") != "initial" for one in unit.iter(_tag("segment")))


def _said(unit: etree._Element, name: str) -> str:
    """Return all that a unit says, also where a tool has divided it; a text between two segments is kept."""
    said = []
    for element in unit.iter(_tag("segment"), _tag("ignorable")):
        found = element.find(_tag(name))
        if found is None and element.tag == _tag("ignorable"):
            found = element.find(_tag("source"))
        if found is not None:
            said.append("".join(str(words) for words in found.itertext()))
    return "".join(said) if any(words.strip() for words in said) else ""
