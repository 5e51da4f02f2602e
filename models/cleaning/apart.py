"""Documents are cleaned in a process of their own, with little memory and little time.

What reads a PDF or unpacks an office document is large; a file that makes it run wild ends that process and
nothing else. `python -m models.cleaning.apart pdf` reads a file from its input and writes the new one.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from models.cleaned import AttachmentKind, Cleaned, Problem, Refused
from models.cleaning import office, pdf
from models.cleaning.kinds import Format
from models.errors import NotReady
from translations import _

try:
    import resource
except ImportError:  # Windows: the time limit alone has to do
    resource = None  # type: ignore[assignment]

SECONDS = 30
_MEMORY = 1_500_000_000  # bytes of addresses, of which libraries take a third before anything is read
_REFUSED = 3  # exit code: the problem is in the output
MOST_WAITING = 6  # threads in here at once; the web has more, so that others go on whatever is sent
_one_at_a_time = threading.Lock()
_room = threading.BoundedSemaphore(MOST_WAITING)
_HERE = Path(__file__).resolve().parents[2]


def clean_document(data: bytes, kind: Format) -> Cleaned:
    """Return a PDF or an office document made anew, in a process of its own; Refused otherwise.

    NotReady where so many documents wait already that they would hold up the whole site.
    """
    if not _room.acquire(blocking=False):
        raise NotReady(_("Many people are here right now. Please try again in a moment; nothing is lost."))
    try:
        return _made_anew(data, kind)
    finally:
        _room.release()


def _made_anew(data: bytes, kind: Format) -> Cleaned:
    command = [sys.executable, "-m", "models.cleaning.apart", kind.value]
    paths = [str(_HERE), os.environ.get("PYTHONPATH", "")]
    surroundings = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PATH": os.environ.get("PATH", "")}
    with _one_at_a_time:
        try:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=SECONDS * 2, env=surroundings, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Refused(Problem.BROKEN) from error
    media_type, _newline, body = done.stdout.partition(b"\n")
    if done.returncode == _REFUSED:
        raise Refused(Problem(media_type.decode()))
    if done.returncode != 0 or not body:
        raise Refused(Problem.BROKEN)
    return Cleaned(AttachmentKind.DOCUMENT, media_type.decode(), body)


def _limit() -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(kind: str) -> int:
    _limit()
    data = sys.stdin.buffer.read()
    try:
        media_type, body = (pdf if kind == Format.PDF.value else office).clean(data)
    except Refused as refusal:
        sys.stdout.buffer.write(refusal.problem.value.encode() + b"\n")
        return _REFUSED
    sys.stdout.buffer.write(media_type.encode() + b"\n" + body)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
