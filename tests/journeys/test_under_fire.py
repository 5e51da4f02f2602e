"""Reports while everything fails: killed processes, a Telegram that refuses; none is lost, none is doubled.

The suite sends a few. `MITWIRKEN_REPORTS=1000` sends as many as a real storm would, under fire for more than
a minute; `MITWIRKEN_REPORTS_ON=postgresql` does so on PostgreSQL. `-s` shows how long it took.
"""

import base64
import io
import itertools
import os
import random
import secrets
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from commands.check_http import Browser
from models.attachments import Attachment, AttachmentState
from models.files import Store
from models.forms import FORMS
from models.inbox import InboxState, InboxUpdate
from models.people import Person
from models.progress import ProgressReport
from models.submissions import Submission
from tests import postgres
from tests.commands.test_demo import children, described, running
from tests.journeys.chat import call
from translations import Text

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1800)]

ON = os.environ.get("MITWIRKEN_REPORTS_ON", "sqlite")
REPORTS = int(os.environ.get("MITWIRKEN_REPORTS", "24"))
FIRE = min(75.0, 5.0 + REPORTS / 15)  # seconds
ALIVE = 5.0  # seconds that a part gets to come back and to work, before it is killed again
AT_ONCE = 12  # people at the same moment
PATIENCE = float(os.environ.get("MITWIRKEN_PATIENCE", "240"))
REPORT = FORMS["report-progress"]
METHODS = ("sendMessage", "getFile", "file", "getUpdates")
_numbers = itertools.count(1)


def until(look: Any, seconds: float = PATIENCE) -> Any:
    """Look until there is something; what fails while processes are dead is looked at again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            found = look()
            if found:
                return found
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def colour(number: int) -> tuple[int, int, int]:
    """Return a colour that tells a photo from those around it."""
    return number * 53 % 256, number // 16 * 53 % 256, 99


def photo(number: int) -> bytes:
    """Return the photo of a report."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), colour(number)).save(target, "JPEG", quality=95)
    return target.getvalue()


class Chatter:
    """Somebody in the chat who waits for the right question before answering, however often it comes."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.id = call(base, "/user", {"first_name": f"Person {next(_numbers)}", "language_code": "de"})["id"]

    def do(self, path: str, body: dict[str, Any], question: str) -> None:
        """Write or press, then wait for a message with these words that is newer than the action."""
        newest = max((one["message_id"] for one in self._messages()), default=0)
        call(self.base, f"/user/{self.id}/{path}", body)
        until(lambda: [one for one in self._messages() if _has(one, question) and one["message_id"] > newest])

    def _messages(self) -> list[dict[str, Any]]:
        return list(call(self.base, f"/user/{self.id}/chat")["messages"])

    def press(self, label: str, question: str) -> None:
        """Press the newest button of this label."""
        found = [
            one["message_id"]
            for one in self._messages()
            if any(label == b["text"] for row in one.get("buttons") or [] for b in row)
        ]
        self.do("press", {"message_id": found[-1], "button": label}, question)

    def report(self, number: int) -> None:
        """Report with a photo, step by step."""
        said = {question.name: question.label.to("de") for question in REPORT.declared}
        self.do("send", {"text": "/start"}, Text("What would you like to do?").to("de"))
        self.press(REPORT.title.to("de"), said["group"])
        self.do("send", {"text": "7.49"}, said["milestone"])
        self.do("send", {"text": "1"}, said["state"])
        self.press(Text("Under way").to("de"), said["happened"])
        self.do("send", {"text": f"Bericht {number}"}, said["files"])
        picture = base64.b64encode(photo(number)).decode()
        self.do("send", {"photo": picture}, Text("That is all").to("de"))
        self.press(Text("That is all").to("de"), said["needed"])
        self.press(Text("Skip").to("de"), said["new_due"])
        self.press(Text("Skip").to("de"), Text("Please check:").to("de"))
        self.press(REPORT.send.to("de"), "7.49")


def _has(message: dict[str, Any], words: str) -> bool:
    labels = [button["text"] for row in message.get("buttons") or [] for button in row]
    return message["from"] == "bot" and (words in (message.get("text") or "") or words in labels)


def multipart(fields: dict[str, str], name: str, data: bytes) -> tuple[bytes, str]:
    """Return a form with a file as a browser sends it."""
    mark = secrets.token_hex(8)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
        if key != name
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="foto.jpg"\r\n'
    parts += [head.encode(), b"Content-Type: image/jpeg\r\n\r\n", data, f"\r\n--{mark}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={mark}"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def report_on_page(base: str, number: int) -> None:
    """Report on the page; who sees an error sends the same form again, until it is thanked for."""
    browser = Browser(base)
    form = until(
        lambda: browser.get("/de/forms/report-progress?group=7.49").form_with("milestone", "happened", "csrf")
    )
    answers = {
        "milestone": "other", "happened": f"Bericht {number}", "name": f"Person {number}",
        "reach": "phone", "phone": f"05251 {1_000_000 + number}",
    }  # fmt: skip
    body, kind = multipart(form.filled(answers), "files", photo(number))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())

    def sent() -> bool:
        request = urllib.request.Request(f"{base}/de/forms/report-progress", body, {"Content-Type": kind})
        try:
            opener.open(request, timeout=15).close()
        except urllib.error.HTTPError as error:
            if error.code not in (303, 500, 502, 503):
                raise AssertionError(error.read().decode()) from error
            return error.code == 303
        return False

    until(sent)


def fire(process_id: int, emulator: str) -> Counter[str]:
    """Kill a part every other second and let Telegram refuse; return how often each part was killed.

    A part that has just come back gets some seconds: what never works loses nothing either.
    """
    kills, end, turns = Counter[str](), time.monotonic() + FIRE, itertools.cycle(["429", "500"])
    seen = dict.fromkeys(children(process_id).values(), 0.0)
    while time.monotonic() < end:
        for method in METHODS:
            plan_fault(emulator, method, next(turns), 2)
        now, parts = time.monotonic(), children(process_id)
        long_ago = [
            name
            for name in ("bot", "web", "courier")
            if name in parts and now - seen.setdefault(parts[name], now) > ALIVE
        ]
        if long_ago:
            name = random.choice(long_ago)
            os.kill(parts[name], signal.SIGKILL)
            kills[name] += 1
        time.sleep(2.0)
    for method, kind in itertools.product(METHODS, ("429", "500")):
        plan_fault(emulator, method, kind, 0)
    return kills


def plan_fault(emulator: str, method: str, kind: str, times: int) -> None:
    """Let the next calls fail; 0 times takes back what was planned."""
    with suppress(OSError):
        call(emulator, "/fault", {"method": method, "kind": kind, "times": times, "retry_after": 1})


@contextmanager
def database(folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of the demo's database; one on PostgreSQL is named in the demo's settings."""
    if ON != "postgresql":
        yield f"sqlite:///{folder}/mitwirken.sqlite"
        return
    with postgres.database(request.getfixturevalue("pg_server")) as url:
        folder.mkdir()
        (folder / "settings").write_text(f"MITWIRKEN_DATABASE='{url}'\n")
        yield url


def send_all(process_id: int, data: dict[str, Any]) -> Counter[str]:
    """Send all reports, each other one by chat, while the fire burns; return what was killed."""
    with ThreadPoolExecutor(AT_ONCE + 1) as crowd:
        kills = crowd.submit(fire, process_id, data["bot_api"])
        jobs = [
            crowd.submit(report_on_page, data["base"], number)
            if number % 2
            else crowd.submit(Chatter(data["bot_api"]).report, number)
            for number in range(REPORTS)
        ]
        for job in jobs:
            job.result()
        return kills.result()


def test_no_report_is_lost_or_doubled_under_fire(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / "demo"
    with database(folder, request) as url:
        with running(folder, cwd=tmp_path) as process:
            data = described(folder, process, seconds=PATIENCE)
            began = time.monotonic()
            kills = send_all(process.pid, data)
            sent = time.monotonic()
            engine = sa.create_engine(url)
            until(lambda: _ready(engine) == REPORTS)
            settled = time.monotonic()
        sys.stdout.write(
            f"\n{REPORTS} reports in {sent - began:.0f} s, {FIRE:.0f} s of it under fire, killed: "
            f"{dict(kills)}; {settled - sent:.1f} s more until every photo was there\n"
        )
        assert kills.total() >= 2
        _look(engine, Store(str(folder / "files")))
        engine.dispose()


def _look(engine: sa.Engine, store: Store) -> None:
    with engine.connect() as connection:
        texts = [row[0]["happened"] for row in connection.execute(sa.select(Submission.answers))]
        per_person = connection.execute(
            sa.select(sa.func.count()).select_from(Submission).join(Person).group_by(Person.id)
        ).scalars()
        reports = connection.scalar(sa.select(sa.func.count(ProgressReport.id)))
        parked = connection.scalar(
            sa.select(sa.func.count()).select_from(InboxUpdate).where(InboxUpdate.state == InboxState.PARKED)
        )
        photos = connection.execute(sa.select(Attachment.stored, Submission.answers).join(Submission)).all()
        assert set(per_person) == {1}
    assert sorted(texts) == sorted(f"Bericht {number}" for number in range(REPORTS))
    assert (reports, parked, len(photos)) == (REPORTS, 0, REPORTS)
    for stored, answers in photos:
        with Image.open(io.BytesIO(store.read(stored))) as image:
            assert image.size == (64, 48)
            seen, sent = image.getpixel((9, 9)), colour(int(answers["happened"].removeprefix("Bericht ")))
            assert max(abs(a - b) for a, b in zip(seen, sent, strict=True)) < 9, "somebody else's photo"


def _ready(engine: sa.Engine) -> int:
    query = sa.select(sa.func.count(Attachment.id)).where(
        Attachment.state == AttachmentState.READY, Attachment.submission_id.is_not(None)
    )
    with engine.connect() as connection:
        return connection.scalar(query) or 0
