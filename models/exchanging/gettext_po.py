"""Gettext's .po, which most translation tools read: the lasting name is the context, the source the msgid."""

import io
import re

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from models.errors import InvalidAnswer
from models.exchanging.units import Package, Unit, parsed_name
from models.translation_lists import Standing
from translations import LANGUAGES, _, find, language

# Headers that Babel does not know are dropped by it; Poedit and others call the source's language so.
_SOURCE = re.compile(r'^"X-Source-Language: ([\w@-]+)', re.MULTILINE)
_TARGET = re.compile(r'^"Language: ([\w@-]+)', re.MULTILINE)
_FOLDERS = {entry.folder: entry for entry in LANGUAGES}


def write(package: Package) -> bytes:
    """Return a package as a .po file; what is outdated is marked as fuzzy."""
    entry = language(package.tag)
    catalogue = Catalog(locale=entry.locale, project="mitwirken", fuzzy=False, charset="utf-8")
    for unit in package.units:
        flags = ("fuzzy",) if unit.target and unit.standing in (Standing.OUTDATED, Standing.RETURNED) else ()
        catalogue.add(
            unit.source, unit.target, context=unit.name, auto_comments=[_one_line(one) for one in unit.about],
            flags=flags,
        )  # fmt: skip
    target = io.BytesIO()
    write_po(target, catalogue, width=0, omit_header=False)
    head, blank, rest = target.getvalue().decode().partition("\n\n")
    head = _TARGET.sub(lambda _match: f'"Language: {entry.folder}', head)
    return f'{head}\n"X-Source-Language: {package.source}\\n"{blank}{rest}'.encode()


def _one_line(words: str) -> str:
    return " ".join(words.split())


def read(data: bytes) -> Package:
    """Return the package in a .po file; InvalidAnswer, in words, for what is none of ours."""
    broken = InvalidAnswer(_("This file is damaged, or no translation file. Please have it written again."))
    try:
        text = data.decode("utf-8-sig")
        catalogue = read_po(io.BytesIO(text.encode()), abort_invalid=True)
    except (PoFileError, UnicodeError, ValueError, LookupError) as error:
        raise broken from error
    named, source = _TARGET.search(text), _SOURCE.search(text)
    target = _FOLDERS.get(named[1]) or find(named[1]) if named else None
    if target is None or source is None or find(source[1]) is None:
        raise InvalidAnswer(_("The file does not say from which language into which one it was translated."))
    return _package(catalogue, source[1], target.tag)


def _package(catalogue: Catalog, source: str, tag: str) -> Package:
    units: list[Unit] = []
    foreign = unsure = 0
    for message in catalogue:
        if not message.id:
            continue
        name = parsed_name(message.context or "")
        if name is None or not isinstance(message.id, str) or not isinstance(message.string, str):
            foreign += 1
        elif message.fuzzy:
            unsure += 1
        else:
            units.append(Unit(*name, source=message.id, target=message.string))
    return Package(source, tag, tuple(units), foreign=foreign, unsure=unsure)
