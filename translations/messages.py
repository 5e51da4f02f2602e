"""Collecting the words of the program into the template and the catalogues.

`python -m translations.messages` does it; the catalogue test compares a fresh collection with both.
"""

import io
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from translations.catalogues import FOLDER, offered, po_file
from translations.checking import plural_header
from translations.languages import Language

ROOT = FOLDER.parent
TEMPLATE = FOLDER / "messages.pot"
KEYWORDS = {"_": None, "n_": (1, 2)}
COMMENTS = ("Translators:",)
# The files tell when they changed better than a line that differs after every run.
MADE = datetime(2026, 11, 21, tzinfo=UTC)
HEADER = """\
# Words of mitwirken.
# Copyright (C) 2026 the authors of mitwirken
# This file is distributed under the same licence as the project (EUPL-1.2).
#"""
_STATUS = re.compile(r'^"X-Status: (.*)\\n"$', re.MULTILINE)
_FILLER = re.compile(
    r'^"(?:Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To): .*\n', re.MULTILINE
)
DRAFT = "draft"


def _catalog(locale: str | None = None) -> Catalog:
    return Catalog(
        locale=locale, project="mitwirken", version="0.1", copyright_holder="the authors of mitwirken",
        header_comment=HEADER, creation_date=MADE, revision_date=MADE, fuzzy=False,
    )  # fmt: skip


def extract(root: Path = ROOT) -> Catalog:
    """Collect the words marked in the program and its templates below `root`."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    template = _catalog()
    for file, _line, words, comments, _context in extract_from_dir(
        root, methods, options, KEYWORDS, COMMENTS
    ):
        template.add(words, locations=[(Path(file).as_posix(), 0)], auto_comments=comments)
    return template


def read(po: Path) -> Catalog:
    """Read a catalogue or the template, with what is fuzzy or obsolete in it."""
    return read_text(po.read_text(encoding="utf-8"))


def read_text(text: str) -> Catalog:
    """Read the text of a catalogue."""
    return read_po(io.BytesIO(text.encode()))


def status(po: Path) -> str:
    """Return what a catalogue says of itself in X-Status: "draft" or who has approved it; "" if nothing."""
    found = _STATUS.search(po.read_text(encoding="utf-8"))
    return found[1] if found else ""


def _header_done(text: str, state: str, plural: str) -> str:
    """Babel drops headers that it does not know and writes another plural rule for Arabic."""
    head, blank, rest = text.partition("\n\n")
    head = re.sub(
        r'"Plural-Forms: .*(\n"(?!\w+(-\w+)*: ).*)*', lambda _match: f'"Plural-Forms: {plural}\\n"', head
    )
    return head + f'\n"X-Status: {state}\\n"' + blank + rest


def render(catalogue: Catalog, *, state: str = "", entry: Language | None = None) -> str:
    """Write the template, or the catalogue of `entry`, as text: the same for the same words."""
    target = io.BytesIO()
    write_po(target, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    text = target.getvalue().decode()
    text = _FILLER.sub("", text)
    return _header_done(text, state, plural_header(entry)) if entry else text


def merged(template: Catalog, entry: Language) -> Catalog:
    """Return the words of a language for all of the template: kept, empty where new, without the rest."""
    po = po_file(entry)
    old = read(po) if po.exists() else _catalog(entry.folder)
    new = _catalog(entry.folder)
    new.header_comment = old.header_comment
    for message in template:
        if message.id:
            _take_over(message, old, new)
    return new


def _take_over(message: Message, old: Catalog, new: Catalog) -> None:
    known = old.get(message.id)
    same_kind = known is not None and known.pluralizable == message.pluralizable and not known.fuzzy
    words = known.string if known is not None and same_kind else ""
    comments = known.user_comments if known is not None else ()
    new.add(
        message.id,
        words,
        locations=message.locations,
        auto_comments=message.auto_comments,
        user_comments=comments,
    )


def update(entries: tuple[Language, ...] | None = None) -> tuple[Path, ...]:
    """Bring the template and the catalogues up to date; return the files that changed."""
    template = extract()
    texts = {TEMPLATE: render(template)}
    for entry in entries or offered():
        po = po_file(entry)
        state = (status(po) if po.exists() else "") or DRAFT
        texts[po] = render(merged(template, entry), state=state, entry=entry)
    return tuple(path for path, text in texts.items() if _written(path, text))


def _written(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return True


def stale() -> bool:
    """Whether the template no longer holds the words of the program."""
    return not TEMPLATE.exists() or TEMPLATE.read_text(encoding="utf-8") != render(extract())


if __name__ == "__main__":
    for changed in update():
        sys.stdout.write(f"{changed.relative_to(ROOT)}\n")
