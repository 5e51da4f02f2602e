"""What both families of office documents share: reading XML that may be poisoned, and pictures inside."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lxml import etree

from models.cleaned import Problem, Refused
from models.cleaning.kinds import Format, format_of
from models.cleaning.pictures import clean_inside

Read = Callable[[str], bytes]
_DEEPEST = 200  # levels; documents of people have some thirty


@dataclass(frozen=True, slots=True)
class Made:
    """A document made anew: its media type and its parts in their order."""

    media_type: str
    parts: dict[str, bytes]


def local(element: etree._Element | str) -> str:
    """Return the name of an element or of an attribute without its namespace."""
    return str(etree.QName(element).localname)


def tree(data: bytes) -> etree._Element:
    """Return the root of a part; Refused for XML that declares anything, or is none."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(Problem.BROKEN)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(Problem.BROKEN) from error


def written(root: etree._Element) -> bytes:
    """Return a part as bytes."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def drop(element: etree._Element) -> None:
    """Take an element out; the words that follow it stay."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def pictures(names: Collection[str], read: Read) -> dict[str, tuple[str, bytes]]:
    """Return the pictures made anew, by their former name: (new name, content).

    What is no picture that we can decode is left out.
    """
    found = {}
    for name in names:
        data = read(name)
        try:
            kind = format_of(data)
            if kind not in (Format.JPEG, Format.PNG, Format.WEBP):
                continue
            body = clean_inside(data, kind)
        except Refused:
            continue
        ending = "jpeg" if kind is Format.JPEG else "png"
        found[name] = (f"{name.rpartition('.')[0]}.{ending}", body)
    return found
