"""Reports while everything fails: killed processes, a Telegram that refuses; none is lost, none is doubled.

The suite sends a few. `MITWIRKEN_REPORTS=1000` sends as many as a real storm would, for a minute under fire.
"""

import base64
import io
import itertools
import os
import random
import secrets
import signal
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
from tests.commands.test_demo import children, described, running
from tests.journeys.chat import call
from translations import Text

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1800)]

REPORTS = int(os.environ.get("MITWIRKEN_REPORTS", "24"))
FIRE = min(60.0, 5.0 + REPORTS / 15)  # seconds
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


def photo(number: int) -> bytes:
    """Return a photo that no other one equals."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 99)).save(target, "JPEG")
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


def fire(process_id: int, emulator: str, stop: threading.Event) -> int:
    """Kill a part every other second and let Telegram refuse; return how often something was killed."""
    kills, end, turns = 0, time.monotonic() + FIRE, itertools.cycle(["429", "500"])
    while time.monotonic() < end and not stop.is_set():
        for method in METHODS:
            plan_fault(emulator, method, next(turns), 2)
        name = random.choice(("bot", "web", "courier"))
        part = children(process_id).get(name)
        if part:
            os.kill(part, signal.SIGKILL)
            kills += 1
        stop.wait(2.0)
    for method, kind in itertools.product(METHODS, ("429", "500")):
        plan_fault(emulator, method, kind, 0)
    return kills


def plan_fault(emulator: str, method: str, kind: str, times: int) -> None:
    """Let the next calls fail; 0 times takes back what was planned."""
    with suppress(OSError):
        call(emulator, "/fault", {"method": method, "kind": kind, "times": times, "retry_after": 1})


def test_no_report_is_lost_or_doubled_under_fire(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with running(folder, cwd=tmp_path) as process:
        data = described(folder, process)
        stop = threading.Event()
        with ThreadPoolExecutor(AT_ONCE + 1) as crowd:
            kills = crowd.submit(fire, process.pid, data["bot_api"], stop)
            jobs = []
            for number in range(REPORTS):
                if number % 2:
                    jobs.append(crowd.submit(report_on_page, data["base"], number))
                else:
                    jobs.append(crowd.submit(Chatter(data["bot_api"]).report, number))
            for job in jobs:
                job.result()
            assert kills.result() >= 2
        engine = sa.create_engine(f"sqlite:///{folder}/mitwirken.sqlite")
        until(lambda: _ready(engine) == REPORTS)
    with engine.connect() as connection:
        texts = [row[0]["happened"] for row in connection.execute(sa.select(Submission.answers))]
        per_person = connection.execute(
            sa.select(sa.func.count()).select_from(Submission).join(Person).group_by(Person.id)
        ).scalars()
        reports = connection.scalar(sa.select(sa.func.count(ProgressReport.id)))
        parked = connection.scalar(
            sa.select(sa.func.count()).select_from(InboxUpdate).where(InboxUpdate.state == InboxState.PARKED)
        )
        stored = connection.execute(
            sa.select(Attachment.stored).where(Attachment.submission_id.is_not(None))
        ).scalars()
        names = list(stored)
        assert set(per_person) == {1}
    assert sorted(texts) == sorted(f"Bericht {number}" for number in range(REPORTS))
    assert (reports, parked, len(names)) == (REPORTS, 0, REPORTS)
    store = Store(str(folder / "files"))
    for name in names:
        with Image.open(io.BytesIO(store.read(name))) as image:
            assert image.size == (64, 48)


def _ready(engine: sa.Engine) -> int:
    query = sa.select(sa.func.count(Attachment.id)).where(
        Attachment.state == AttachmentState.READY, Attachment.submission_id.is_not(None)
    )
    with engine.connect() as connection:
        return connection.scalar(query) or 0
