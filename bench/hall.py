"""`python -m bench.hall`: a hall in which thousands scan at once, walls are open, and the server is killed.

Each scans the code, opens the form, taps "send" twice and looks at the wall. In the end everybody is counted:
one membership each, no answer with 5xx. A phone whose line is cut asks again, as browsers and people do.
"""

import asyncio
import gc
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from bench import servers
from bench.databases import fresh
from bench.load import request
from bench.phones import Phone
from bench.posting import FORM, body_of
from bench.recording import record
from bench.rounds import Spread
from bench.stage import GROUP, open_stage
from models import clock, groups
from models.db import Database
from models.events import Event, EventKind, EventState
from models.programmes import Programme

WALL, EVERY = "HALLHALL", 2.0  # the wall's code, and seconds between two looks at it
TRIES, PAUSE = 60, 0.5
_STORED = """
SELECT count(*), count(DISTINCT m.person_id) FROM memberships m JOIN people p ON p.id = m.person_id
WHERE p.email LIKE 'hall%'
"""


@dataclass
class Hall:
    """How it went: seconds of each journey and of each form, and what was not as it should be."""

    journeys: list[float] = field(default_factory=list)
    forms: list[float] = field(default_factory=list)
    walls: int = 0
    cut: int = 0  # lines that were cut, and asked anew
    wrong: list[str] = field(default_factory=list)

    def p99(self) -> float:
        """Return the seconds within which 99 of 100 were done."""
        return statistics.quantiles(self.journeys, n=100)[98]


class Visit:
    """One server that a hall asks."""

    def __init__(self, port: int, code: str) -> None:
        self.port, self.code = port, code
        self.hall = Hall()

    async def ask(self, phone: Phone, data: bytes, *good: int) -> bytes:
        """Return an answer of one of these kinds; a cut line is tried again."""
        for _try in range(TRIES):
            try:
                answer = await phone.ask(data)
            except OSError:
                self.hall.cut += 1
                await asyncio.sleep(PAUSE * random.random() * 2)
                continue
            if int(answer[9:12]) not in good:
                self.hall.wrong.append(answer[9:12].decode())
            return answer
        self.hall.wrong.append("no answer")
        return b""

    async def person(self, start: float, email: str) -> None:
        """Scan, open the form, send it twice at once, look at the wall."""
        await asyncio.sleep(start - time.perf_counter())
        with closing(Phone(self.port)) as phone:
            await self.ask(phone, _asking(f"/j/{self.code}"), 200)
            asked = time.perf_counter()
            page = await self.ask(phone, _asking(f"{FORM}?group={self.code}"), 200)
            self.hall.forms.append(time.perf_counter() - asked)
            token = page.partition(b'name="csrf" value="')[2] or page.partition(b'name=csrf value="')[2]
            body = body_of(self.code, email, token.partition(b'"')[0].decode())
            form = request("POST", FORM, body, keep=True)
            await asyncio.gather(*(self.ask(phone, form, 303) for _tap in range(2)))
            await self.ask(phone, _asking(f"/wall/{WALL}/now?lang=ar"), 200)
        self.hall.journeys.append(time.perf_counter() - start)

    async def wall(self, until: float) -> None:
        """Look again and again, as the script of a wall does."""
        mark = ""
        with closing(Phone(self.port)) as phone:
            while time.perf_counter() < until:
                await asyncio.sleep(EVERY * random.uniform(0.85, 1.15))
                ask = _asking(f"/wall/{WALL}/now?lang=de")
                if mark:
                    ask = ask[:-2] + f"If-None-Match: {mark}\r\n\r\n".encode()
                answer = await self.ask(phone, ask, 200, 304)
                mark = answer.partition(b"etag: ")[2].partition(b"\r\n")[0].decode() or mark
                self.hall.walls += 1

    async def all(self, people: int, seconds: float, walls: int) -> None:
        """Let everybody come at a moment of their own within `seconds`."""
        with closing(Phone(self.port)) as phone:
            await self.ask(phone, _asking(FORM), 200)  # the load's own first steps are nobody's waiting
        begun = time.perf_counter() + 0.2
        chance = random.Random(749)
        moments = sorted(begun + chance.uniform(0, seconds) for _each in range(people))
        watching = [asyncio.create_task(self.wall(begun + seconds)) for _each in range(walls)]
        coming = [self.person(at, f"hall{number}@example.org") for number, at in enumerate(moments)]
        await asyncio.gather(*coming)
        await asyncio.gather(*watching)


def _asking(path: str) -> bytes:
    return request("GET", path, keep=True)


def workers_of(pid: int) -> list[int]:
    """Return the processes that serve pages for the one that was started."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            command = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"resource_tracker" not in command:
            found.append(int(place.name))
    return found


async def kill(pid: int, times: int, seconds: float) -> int:
    """Kill one of the workers so often within `seconds`; return how often that was."""
    done = 0
    for _time in range(times):
        await asyncio.sleep(seconds / (times + 1))
        for worker in workers_of(pid)[:1]:
            os.kill(worker, signal.SIGKILL)
            done += 1
    return done


def prepare(db: Database) -> str:
    """Publish a conference with a wall; return the code of the group that all join."""
    with db.transaction() as session:
        programme = session.scalars(sa.select(Programme)).first()
        if programme is None:
            raise RuntimeError("no programme")
        session.add(
            Event(
                programme_id=programme.id, kind=EventKind.CONFERENCE, title="Musterkonferenz", code=WALL,
                state=EventState.OPEN, held_on=clock.today("Europe/Berlin") + timedelta(days=1),
            )
        )  # fmt: skip
        return groups.directory(session).get(GROUP).code


def stored(url: str) -> tuple[int, int]:
    """Return how many memberships there are, and of how many people."""
    db = Database(url)
    with db.reader.connect() as connection:
        rows, persons = connection.execute(sa.text(_STORED)).one()
    db.close()
    return int(rows), int(persons)


def ours(
    kind: str, folder: Path, people: int, seconds: float, walls: int, kills: int
) -> tuple[Hall, int, str]:
    """Let the hall come to the application; return how it went, the kills, what is stored."""
    with fresh(kind, folder, careless=False) as url:
        db = Database(url)
        code = prepare(db)
        db.close()
        with servers.serving(url) as (port, pid):
            visit = Visit(port, code)

            async def both() -> int:
                killing = asyncio.create_task(kill(pid, kills, seconds))
                await visit.all(people, seconds, walls)
                return await killing

            killed = asyncio.run(both())
        rows, persons = stored(url)
    return visit.hall, killed, f"{rows:,} memberships of {persons:,} people"


def reference(kind: str, folder: Path, people: int, seconds: float, walls: int) -> Hall:
    """Let the same hall come to bare WSGI and the driver of the same kind of database."""
    with fresh(kind, folder, careless=False) as url:
        stage = open_stage(url)
        record(stage).save(folder / "recorded.json")
        stage.db.close()
        with servers.reference(url, folder / "recorded.json") as port:
            visit = Visit(port, stage.code)
            asyncio.run(visit.all(people, seconds, walls))
    return visit.hall


def one_round(
    kind: str, people: int, seconds: float, walls: int, kills: int, alone: bool
) -> tuple[bool, float]:
    """Let one hall come, and say how it went; return whether all is well, and the ratio of the p99."""
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as other:
        hall, killed, words = ours(kind, Path(place), people, seconds, walls, kills)
        print(
            f"{kind}: {people:,} people in {seconds:g} s, {walls} walls ({hall.walls:,} looks), "
            f"{killed} × kill -9: {words}; {len(hall.wrong)} wrong answers {hall.wrong[:5]}; "
            f"{hall.cut} cut lines asked anew; journey p50 {statistics.median(hall.journeys):.3f} s; "
            f"form p50, p95 {statistics.median(hall.forms) * 1e3:.2f}, "
            f"{statistics.quantiles(hall.forms, n=20)[18] * 1e3:.2f} ms"
        )
        ratio = 0.0
        if not alone:
            raw = reference(kind, Path(other), people, seconds, walls)
            ratio = hall.p99() / raw.p99()
            print(
                f"p99 {hall.p99():.3f} s; bare WSGI and driver {raw.p99():.3f} s: {ratio:.1f} ×", flush=True
            )
    return not hall.wrong and words == f"{people:,} memberships of {people:,} people", ratio


@click.command()
@click.option("--people", default=5000, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--walls", default=200, show_default=True)
@click.option("--kills", default=0, show_default=True, help="How often a worker is killed meanwhile.")
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--alone", is_flag=True, help="Without the reference.")
@click.option("--rounds", default=1, show_default=True, help="Ours and the reference in turn, so often.")
def main(people: int, seconds: float, walls: int, kills: int, kind: str, alone: bool, rounds: int) -> None:
    """Let a hall sign up at once, and count. Status 1 when somebody is lost, doubled or answered with 5xx."""
    gc.freeze()  # the load's own looking for garbage among all that is imported took a fifth of a second
    went = [one_round(kind, people, seconds, walls, kills, alone) for _round in range(rounds)]
    if rounds > 1 and not alone:
        print(f"p99, {rounds} rounds: {Spread([ratio for _good, ratio in went])} ×")
    if not all(is_good for is_good, _ratio in went):
        sys.exit(1)


if __name__ == "__main__":
    main()
