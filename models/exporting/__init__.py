"""Exports for the office: members and submissions as .xlsx and .csv, safe to open in a spreadsheet."""

from models.exporting.as_csv import write_csv
from models.exporting.as_xlsx import write_xlsx
from models.exporting.members import members
from models.exporting.submissions import submissions
from models.exporting.table import Column, Table, Writer

WRITERS: dict[str, Writer] = {"xlsx": write_xlsx, "csv": write_csv}
MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

__all__ = ["MIME", "WRITERS", "Column", "Table", "members", "submissions"]
