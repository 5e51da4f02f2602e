"""Exports: members and submissions for the office, open data for everybody; safe to open in a spreadsheet."""

from models.exporting.as_csv import write_csv
from models.exporting.as_json import write_json
from models.exporting.as_xlsx import write_xlsx
from models.exporting.members import members
from models.exporting.open_data import OPEN
from models.exporting.submissions import submissions
from models.exporting.table import Column, Table, Writer

WRITERS: dict[str, Writer] = {"xlsx": write_xlsx, "csv": write_csv, "json": write_json}
MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}

__all__ = ["MIME", "OPEN", "WRITERS", "Column", "Table", "Writer", "members", "submissions"]
