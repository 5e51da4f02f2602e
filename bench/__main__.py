"""`python -m bench`: measure, and print one line each."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import click

from bench import (
    row01_post,
    row02_form,
    row03_http,
    row04_burst,
    row06_curve,
    row08_enqueue,
    row09_broadcast,
    row11_import,
    row_chat,
)
from bench.rounds import HEADINGS, Line

Measure: TypeAlias = "Callable[..., list[Line]]"
ROWS: dict[str, Measure] = {
    "1": row01_post.measure, "2": row02_form.measure, "3": row03_http.measure, "4": row04_burst.measure,
    "6": row06_curve.measure, "8": row08_enqueue.measure, "9": row09_broadcast.measure,
    "11": row11_import.measure, "chat": row_chat.measure,
}  # fmt: skip


@click.command()
@click.option("--rows", default=",".join(ROWS), show_default=True, help="Which rows to measure.")
@click.option("--quick", is_flag=True, help="Fewer rounds, for a first look.")
@click.option("--full", is_flag=True, help="A million members in row 6, too.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/bench"), help="Where files go.")
def main(rows: str, quick: bool, full: bool, folder: Path) -> None:
    """Measure beside references, in this run. Quote ratios only."""
    folder.mkdir(parents=True, exist_ok=True)
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + " --- |" * len(HEADINGS), flush=True)
    for row in rows.replace(" ", "").split(","):
        if row not in ROWS:
            raise click.BadParameter(f"there is no row {row}", param_hint="--rows")
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                lines = ROWS[row](Path(place), quick=quick, full=full)
            except row04_burst.Lost as error:
                raise SystemExit(f"Row {row} has failed. {error}") from error
            for line in lines:
                print("| " + " | ".join(line.cells()) + " |", flush=True)


if __name__ == "__main__":
    main()
