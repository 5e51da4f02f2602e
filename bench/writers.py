"""`python -m bench.writers`: two hundred write to SQLite at once, from one process or several.

Each transaction meets somebody new, with the disk waited for (synchronous=FULL). Nobody may be refused.
"""

import multiprocessing
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import click
import sqlalchemy as sa

from bench.stage import make_file
from models import people
from models.db import Database
from models.people import ChannelKind

Result = tuple[list[float], list[str]]


def write(url: str, first: int, writers: int, times: int) -> Result:
    """Let some threads of one process write; return how long each took, and what went wrong."""
    db, took, wrong = Database(url), SimpleQueue[float](), SimpleQueue[str]()

    def one(number: int) -> None:
        for turn in range(times):
            began = time.monotonic()
            try:
                with db.transaction() as session:
                    people.meet(
                        session, name="Amina Beispiel", language="ar",
                        email=f"w{number}-{turn}@example.org", prefers=ChannelKind.EMAIL,
                    )  # fmt: skip
            except sa.exc.SQLAlchemyError as error:
                wrong.put(type(error).__name__)
            took.put(time.monotonic() - began)

    threads = [threading.Thread(target=one, args=(first + number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.close()
    return [took.get() for _one in range(took.qsize())], [wrong.get() for _one in range(wrong.qsize())]


@click.command()
@click.option("--writers", default=200, show_default=True)
@click.option("--times", default=25, show_default=True)
@click.option("--processes", default=1, show_default=True, help="Pages on SQLite are one.")
@click.option("--most", default=5.0, show_default=True, help="Seconds that the slowest may take.")
def main(writers: int, times: int, processes: int, most: float) -> None:
    """Let many write at once. Status 1 when one was refused, is missing or took too long."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "writers.sqlite"
        make_file(file)
        url, each = f"sqlite:///{file}", writers // processes
        jobs = [(url, number * each, each, times) for number in range(processes)]
        began = time.monotonic()
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            results = pool.starmap(write, jobs)
        seconds = time.monotonic() - began
        db = Database(url)
        with db.reader.connect() as connection:
            there = connection.scalar(
                sa.text("SELECT count(*) FROM people WHERE email LIKE 'w%@example.org'")
            )
        db.close()
    took = sorted(one for result in results for one in result[0])
    wrong = [one for result in results for one in result[1]]
    meant = each * processes * times
    print(
        f"sqlite, {each * processes} writers × {times} in {processes} processes: {there:,} of {meant:,} "
        f"stored, {len(wrong)} refused {sorted(set(wrong))}, worst {took[-1]:.2f} s, "
        f"median {took[len(took) // 2]:.3f} s, all in {seconds:.1f} s"
    )
    if wrong or there != meant or took[-1] > most:
        sys.exit(1)


if __name__ == "__main__":
    main()
