"""`python -m bench.faults`: something fails amid sign-ups and messages, and everybody is counted afterwards.

    python -m bench.faults restart --times 3       the PostgreSQL server dies and comes back, again and again
    python -m bench.faults outage --seconds 600    Telegram and the mail server are away
    python -m bench.faults stop                    the processes are told to end amid all that

Each ends with status 1 when somebody was lost, and shows that its count would have missed somebody.
"""

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from bench import invariants
from bench.databases import fresh
from bench.installation import Crowd, Installation, begun, installation
from bench.invariants import Found
from commands.answering import ask
from tests import postgres

PEOPLE = click.option("--people", default=500, show_default=True, help="Who sign up; a fifth as many write.")
DATABASE = click.option(
    "--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True
)
LONGEST_END = 12.0  # seconds that a process may take to end
Fault = Callable[[Installation], None]


def amid(place: Installation, people: int, seconds: float, fault: Fault) -> tuple[Crowd, Found, float]:
    """Let people come for some seconds while the fault happens; return them and what became of them."""
    crowd = Crowd(place)
    others = [
        threading.Thread(target=crowd.write_all, args=(max(1, people // 25), 5, seconds), daemon=True),
        threading.Thread(target=fault, args=(place,), daemon=True),
    ]
    for one in others:
        one.start()
    crowd.sign_up_all(0, people, seconds)
    for one in others:
        one.join()
    took = invariants.settle(place, crowd, 240.0)
    return crowd, invariants.look(place, crowd), took


def told(kind: str, what: str, place: Installation, crowd: Crowd, found: Found, took: float) -> bool:
    """Print how it went; False when it went wrong."""
    said = ", ".join(f"{many} × {one}" for one, many in sorted(crowd.said.items())) or "nothing else"
    missed = invariants.finds_what_is_planted(place, crowd)
    print(
        f"{kind}, {what}: {found}; of {crowd.written.total()} messages; "
        f"slowest sign-up {crowd.slowest:.1f} s; "
        f"heard before they were thanked: {said}; drained {took:.1f} s after; a planted loss is "
        f"{'found' if missed else 'NOT FOUND'}",
        flush=True,
    )
    return found.is_fine and missed and set(crowd.said) <= {"503", "cut"}


def restart(people: int, seconds: float, times: int, *, careless: bool = False) -> bool:
    """Let the database's server die so often; with `careless` it forgets what it has confirmed."""

    def fault(_place: Installation) -> None:
        for _time in range(times):
            time.sleep(seconds / (times + 1))
            postgres.restart(postgres.own_folder())

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(fresh("postgresql", folder, careless=careless))
        place = stack.enter_context(installation(url, folder))
        what = f"{times} immediate restarts in {seconds:g} s" + (", careless" if careless else "")
        return told("postgresql", what, place, *amid(place, people, seconds, fault))


def outage(kind: str, people: int, seconds: float) -> bool:
    """Cut the lines to Telegram and to the mail server, and mend them after these seconds."""
    seen: list[str] = []

    def fault(place: Installation) -> None:
        time.sleep(1)
        place.chat.cut()
        place.mail.cut()
        time.sleep(seconds)
        answer = ask(f"http://127.0.0.1:{place.port}/healthz", timeout=10)
        health = answer.body or {}
        seen.append(f"{health.get('status')}, lacks {health.get('lacks')}")
        seen.append(_waiting(place))
        place.chat.mend()
        place.mail.mend()

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = stack.enter_context(installation(stack.enter_context(fresh(kind, folder)), folder))
        found = amid(place, people, seconds + 2, fault)
        health, waiting = seen
        return told(
            kind, f"Telegram and mail away for {seconds:g} s (healthz {health}, {waiting})", place, *found
        )


def _waiting(place: Installation) -> str:
    states = invariants.states(place)
    return ", ".join(f"{many} {state}" for state, many in sorted(states.items()))


def stop(kind: str, people: int, seconds: float) -> bool:
    """Tell the processes to end amid everything; then start them again."""
    ended: dict[str, float] = {}

    with ExitStack() as stack:

        def fault(place: Installation) -> None:
            time.sleep(seconds / 2)
            for name, pid in place.processes.items():
                began = time.monotonic()
                os.kill(pid, signal.SIGTERM)
                while _lives(pid) and time.monotonic() < began + 30:
                    time.sleep(0.02)
                ended[name] = time.monotonic() - began
            place.processes = stack.enter_context(begun(place.environment, place.port))

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = stack.enter_context(installation(stack.enter_context(fresh(kind, folder)), folder))
        counted = amid(place, people, seconds, fault)
        took = ", ".join(f"{name} {value:.1f} s" for name, value in ended.items())
        is_fine = told(kind, f"SIGTERM amid sign-ups, ended in {took}, begun again", place, *counted)
        return is_fine and len(ended) == 3 and max(ended.values()) < LONGEST_END


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@click.group()
def main() -> None:
    """Let something fail, and count."""


@main.command("restart")
@PEOPLE
@click.option("--seconds", default=20.0, show_default=True)
@click.option("--times", default=3, show_default=True)
@click.option("--careless", is_flag=True, help="The canary: the server forgets what it has confirmed.")
def restart_(people: int, seconds: float, times: int, careless: bool) -> None:
    """Let the PostgreSQL server die amid sign-ups."""
    _end(restart(people, seconds, times, careless=careless))


@main.command("outage")
@PEOPLE
@DATABASE
@click.option("--seconds", default=600.0, show_default=True)
def outage_(people: int, kind: str, seconds: float) -> None:
    """Let Telegram and the mail server be away."""
    _end(outage(kind, people, seconds))


@main.command("stop")
@PEOPLE
@DATABASE
@click.option("--seconds", default=10.0, show_default=True)
def stop_(people: int, kind: str, seconds: float) -> None:
    """Tell the processes to end amid everything."""
    _end(stop(kind, people, seconds))


def _end(is_fine: bool) -> None:
    if not is_fine:
        sys.exit(1)


if __name__ == "__main__":
    main()
