"""Somebody in the demo's chat, seen from outside: writes, presses, reads."""

import json
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 60.0  # seconds; the bot takes one, a busy machine longer
LOOK_AGAIN = 0.1  # seconds; a chat gets one message a second, and many people may look at once


def call(base: str, path: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the emulator's user side."""
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(base + path, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


@dataclass
class Human:
    """A made-up person with Telegram."""

    base: str
    id: int
    seen: int = 0
    last: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def meet(cls, base: str, name: str, language: str | None) -> "Human":
        """Make somebody up."""
        person = {"first_name": name} | ({"language_code": language} if language else {})
        return cls(base, call(base, "/user", person)["id"])

    def messages(self) -> list[dict[str, Any]]:
        """Return the chat as the person sees it now."""
        return list(call(self.base, f"/user/{self.id}/chat")["messages"])

    def wait(self) -> dict[str, Any]:
        """Wait for the bot's next message and return it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            new = [m for m in self.messages() if m["from"] == "bot" and m["message_id"] > self.seen]
            if new:
                self.last = new[0]
                self.seen = self.last["message_id"]
                return self.last
            time.sleep(LOOK_AGAIN)
        raise AssertionError(f"the bot stayed silent after {self.last.get('text')!r}")

    def write(self, text: str) -> dict[str, Any]:
        """Write something and wait for the answer."""
        call(self.base, f"/user/{self.id}/send", {"text": text})
        return self.wait()

    def press(self, button: str) -> dict[str, Any]:
        """Press a button of the last message, by its label or data, and wait for the answer."""
        data = {"message_id": self.last["message_id"], "button": button}
        call(self.base, f"/user/{self.id}/press", data)
        return self.wait()

    def labels(self) -> list[str]:
        """Return the labels of the last message's buttons."""
        return [button["text"] for row in self.last.get("buttons") or [] for button in row]
