"""`python -m bench.poison`: poisoned files through the real upload, page and cleaning process and all.

Wrong is: an answer with 5xx, a file taken that must not be (or the other way round), a mark in what is kept,
more than two seconds of CPU for one file, more than 350 MB for the pages or for the process that cleans.
With `--uncleaned`, the canary, files are kept as they came, and their marks have to be found.
"""

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from unittest.mock import patch

import click
import sqlalchemy as sa

from bench.poison_marks import Poisoned, marks_in
from bench.stage import SECRET, make_file
from models.attachments import Attachment
from models.cleaned import AttachmentKind, Cleaned
from models.db import Database
from models.files import Store
from models.settings import Settings
from webforms import create_app, tokens, uploads

PATIENCE, MEMORY = 2.0, 350  # seconds of CPU, megabytes
FORM = "/de/forms/report-progress"


@dataclass
class Found:
    """What came of all files."""

    files: int = 0
    taken: int = 0
    slowest: float = 0.0
    slowest_name: str = ""
    megabytes: int = 0
    wrong: list[str] = field(default_factory=list)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak() -> int:
    """Return the most megabytes that this process, or the largest of those that it started, has held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024


class Uploading:
    """The pages, to which files are sent."""

    def __init__(self, db: Database, files: Path) -> None:
        self.db, self.store, self.found = db, Store(str(files)), Found()
        url = db.url.render_as_string(hide_password=False)
        settings = Settings(database=url, secret=SECRET, files=str(files), posts_a_minute=0, _env_file=None)
        app = create_app(settings, db)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        self.client = app.test_client()

    def _newest(self) -> Attachment | None:
        with self.db.reading() as session:
            return session.scalars(sa.select(Attachment).order_by(Attachment.id.desc()).limit(1)).first()

    def send(self, one: Poisoned) -> None:
        """Send one file beside an empty form, and judge what came of it."""
        before, begun = self._newest(), _cpu()
        fields = {"csrf": tokens.issue(SECRET.encode()), "files": (io.BytesIO(one.data), one.name)}
        answer = self.client.post(FORM, data=fields, content_type="multipart/form-data")
        seconds, after = _cpu() - begun, self._newest()
        is_taken = after is not None and (before is None or after.id != before.id)
        wrong = [] if answer.status_code == 422 else [str(answer.status_code)]
        if one.may != "either" and is_taken != (one.may == "taken"):
            wrong.append("was taken" if is_taken else "was refused")
        if after is not None and is_taken:
            kept = [
                self.store.read(after.stored),
                *([self.store.read(after.stored, small=True)] if after.width else []),
            ]
            marks = sorted({mark for data in kept for mark in marks_in(data)})
            wrong += [f"keeps {mark}" for mark in marks]
        if seconds > PATIENCE:
            wrong.append(f"{seconds:.1f} s of CPU")
        self.found.files += 1
        self.found.taken += is_taken
        if seconds > self.found.slowest:
            self.found.slowest, self.found.slowest_name = seconds, one.name
        self.found.wrong += [f"{one.name}: {each}" for each in wrong]


def as_it_came(data: bytes, *, name: str = "") -> Cleaned:
    """Keep a file without cleaning it: the canary."""
    return Cleaned(AttachmentKind.DOCUMENT, "application/octet-stream", data)


def upload(folder: Path) -> Found:
    """Send all files that lie in a folder; their list says what may come of each."""
    make_file(folder / "poison.sqlite")
    db = Database(f"sqlite:///{folder}/poison.sqlite")
    uploading = Uploading(db, folder / "kept")
    for name, may in json.loads((folder / "list.json").read_text(encoding="utf-8")).items():
        uploading.send(Poisoned(name, (folder / "files" / name).read_bytes(), may))
    db.close()
    uploading.found.megabytes = _peak()
    return uploading.found


def upload_uncleaned(folder: Path) -> Found:
    """Send the same files to pages that do not clean, as a canary."""
    with patch.object(uploads, "clean", as_it_came):
        return upload(folder)


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Send the files of this folder (used by itself)."
)
@click.option("--uncleaned", is_flag=True, help="The canary: keep files as they came.")
def main(folder: Path | None, uncleaned: bool) -> None:
    """Make the files, send them in a process of its own, print figures. Status 1 when one is wrong."""
    if folder is not None:
        print(json.dumps(asdict(upload_uncleaned(folder) if uncleaned else upload(folder))))
        return
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([sys.executable, "-m", "bench.poison_files", place], check=True)
        listed = json.loads((Path(place) / "list.json").read_text(encoding="utf-8"))
        command = [sys.executable, "-m", "bench.poison", "--folder", place, *["--uncleaned"] * uncleaned]
        begun = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found = Found(**json.loads(done.stdout.splitlines()[-1]))
    if found.megabytes > MEMORY:
        found.wrong.append(f"{found.megabytes} MB")
    kinds = Counter(listed.values())
    print(
        f"{found.files} files ({dict(kinds)}), {found.taken} made anew and kept, {len(found.wrong)} wrong; "
        f"slowest {found.slowest:.2f} s of CPU ({found.slowest_name}), peak {found.megabytes} MB, "
        f"{time.monotonic() - begun:.0f} s in all"
    )
    print("\n".join(f"  {one}" for one in found.wrong))
    if found.wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
