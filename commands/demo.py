"""`mitwirken demo`: the whole service on one machine, with a made-up outside world."""

import contextlib
import os
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from commands.check import walk
from commands.demo_home import Home, open_home
from commands.demo_overview import Contents, as_data, contents_of, overview, write_data
from commands.demo_parts import environment, outside, wait_until_answering
from commands.demo_seed import furnish, seed_folder
from commands.serve import parts_of
from commands.supervise import TICK, Supervisor, stop_signals

DEFAULT_FOLDER = Path("var/demo")


@click.command()
@click.option("--dir", "folder", type=click.Path(file_okay=False, path_type=Path), help="Default: var/demo.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port of the pages. Default: the first free from 8080."
)
@click.option(
    "--seed", default="paderborn-2018", show_default=True, help="Region to fill an empty demo with."
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--check", is_flag=True, help="Walk the main job through, tell what was seen, and end.")
def demo(folder: Path | None, port: int | None, seed: str, no_browser: bool, check: bool) -> int:
    """Start everything on this machine, to try it out: pages, chat, desk and mail.

    An existing folder is opened as it is, nothing in it is wiped. Ctrl+C stops everything.
    """
    seed_folder(seed)
    with (
        stop_signals() as stop,
        _folder(folder, check=check) as chosen,
        contextlib.closing(open_home(chosen, port)) as home,
        _described(home) as describe,
        Supervisor(environment(home), logs=home.folder / "logs", tell=_tell) as supervisor,
    ):
        supervisor.start(outside(home))
        furnish(home, seed)
        contents = contents_of(home.settings)
        supervisor.start(parts_of(home.settings))
        if not wait_until_answering(supervisor, home, stop):
            return 0
        describe(contents)
        if check:
            return 0 if _walk(supervisor, home, contents, stop) else 1
        click.echo(overview(home, contents))
        if not no_browser:
            _open_browser(home.settings.base_url)
        supervisor.run(stop)
    return 0


@contextlib.contextmanager
def _described(home: Home) -> Iterator[Callable[[Contents], None]]:
    """Let demo.json be there only while everything answers."""
    file = home.folder / "demo.json"
    file.unlink(missing_ok=True)
    try:
        yield lambda contents: write_data(home, contents)
    finally:
        file.unlink(missing_ok=True)


@contextlib.contextmanager
def _folder(folder: Path | None, *, check: bool) -> Iterator[Path]:
    if folder is not None or not check:
        yield folder or DEFAULT_FOLDER
        return
    with tempfile.TemporaryDirectory(prefix="mitwirken-check-") as fresh:
        yield Path(fresh)


def _walk(supervisor: Supervisor, home: Home, contents: Contents, stop: threading.Event) -> bool:
    """Walk the main job beside the supervisor, which must stay in the thread that started the children."""
    number = contents.shown.number if contents.shown else ""
    with ThreadPoolExecutor(1) as pool:
        walking = pool.submit(walk, as_data(home, contents), number, click.echo, stop)
        while not walking.done():
            supervisor.tend()
            time.sleep(TICK)
    return walking.result()


def _open_browser(address: str) -> None:
    has_display = sys.platform != "linux" or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))
    if has_display:
        webbrowser.open(address)


def _tell(words: str) -> None:
    click.echo(f"mitwirken: {words}", err=True)
