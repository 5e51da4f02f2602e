"""Cells and rows as the files hold them, before anything is made of them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from models.importing.report import FindingKind, Refused, Report
from translations import Text, _

LONG_TEXT = 20_000
_LINE_BREAK = re.compile(r"\s*\n\s*")
_EDGES = " \t\n\r\u00a0\u200b\ufeff"
# Control characters, halves of characters, damaged ones; direction overrides make a line read otherwise.
# Seen by nobody; copied along from pages and chats, which isolate names with them.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\u2066\u2067\u2068\u2069\ufeff"))
_NOT_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufffd]")


class Nature(StrEnum):
    """What a cell was in its spreadsheet, where that says more than its text."""

    TEXT = "text"
    NUMBER = "number"  # may have lost a trailing zero
    DATE = "date"
    YEARLESS = "yearless"  # a date shown without its year, which the spreadsheet has added


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as written; `trouble` says why its content cannot be had."""

    text: str = ""
    nature: Nature = Nature.TEXT
    trouble: Text | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it."""
        return self.trouble is None and not self.text.strip(_EDGES)


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet, which reports what is wrong with it; the number counts the header as 1."""

    file: str
    number: int
    cells: Mapping[str, Cell]
    report: Report

    def has(self, column: str) -> bool:
        """Whether the sheet has this column at all; one that it lacks says nothing about its values."""
        return column in self.cells

    def cell(self, column: str) -> Cell:
        """Return the cell; a blank one where the sheet lacks the column. Refused when it is in trouble."""
        cell = self.cells.get(column, BLANK)
        if cell.trouble is not None:
            self.refuse(column, cell.trouble)
        return cell

    def text(
        self, column: str, *, longest: int = LONG_TEXT, required: bool = False, lines: bool = False
    ) -> str:
        """Return the words without space around them; line breaks stay if `lines`, else become spaces."""
        raw = self.cell(column).text
        if len(raw) > longest * 2:  # before normalising, which is slow on long ones
            self.refuse(column, _("This is too long. Please use at most {n} characters.")(n=longest))
        text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip(_EDGES)
        if not lines:
            text = _LINE_BREAK.sub(" ", text)
        text = unicodedata.normalize("NFC", text.translate(_UNSEEN)).strip(_EDGES)
        if _NOT_TEXT.search(text):
            self.refuse(column, _("This holds characters that are not text. Please write it again."))
        if len(text) > longest:
            self.refuse(column, _("This is too long. Please use at most {n} characters.")(n=longest))
        if required and not text:
            self.refuse(column, _("Something is needed here."))
        return text

    def refuse(self, column: str, text: Text) -> NoReturn:
        """Report an error and give the row up."""
        self._add(FindingKind.ERROR, column, text)
        raise Refused

    def warn(self, column: str, text: Text) -> None:
        """Report what has been taken but should be checked."""
        self._add(FindingKind.WARNING, column, text)

    def note(self, column: str, text: Text) -> None:
        """Report what is good to know."""
        self._add(FindingKind.NOTE, column, text)

    def _add(self, kind: FindingKind, column: str, text: Text) -> None:
        words = self.cells.get(column, BLANK).text
        self.report.add(kind, text, file=self.file, row=self.number, column=column, words=words)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as read, before its columns are known; record n is row n + 1, None for one that was reported.

    `loose` is true where cells beyond the header are remarks, not the sign of a misplaced delimiter.
    """

    name: str
    file: str
    records: list[list[Cell] | None]
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose columns are known."""

    file: str
    rows: list[Row]
