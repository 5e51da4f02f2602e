"""Somebody with an emulated Telegram, seen from the user's side."""

import http.client
import json
import time
from typing import Any

PATIENCE = 30.0  # seconds
GLANCE = 0.003  # seconds between two looks at the chat


class Phone:
    """A person's chat with the bot; every wait raises TimeoutError after `PATIENCE`."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port)
        self._heard = 0
        self.id = self._ask("POST", "/user", {"first_name": "Amina", "language_code": "de"})["id"]

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = json.dumps(body) if body is not None else None
        self._line.request(method, path, data, {"Content-Type": "application/json"})
        return dict(json.loads(self._line.getresponse().read()))

    def _news(self) -> list[dict[str, Any]]:
        messages = self._ask("GET", f"/user/{self.id}/chat?after={self._heard}")["messages"]
        return [one for one in messages if one["from"] == "bot" and one["message_id"] > self._heard]

    def write(self, text: str) -> None:
        """Write to the bot, after taking note of what it has said before."""
        self._take_note()
        self._ask("POST", f"/user/{self.id}/send", {"text": text})

    def press(self, found: tuple[int, str]) -> None:
        """Press a button that `wait_for_button` has found."""
        self._take_note()
        self._ask("POST", f"/user/{self.id}/press", {"message_id": found[0], "button": found[1]})

    def _take_note(self) -> None:
        self._heard = max([one["message_id"] for one in self._news()], default=self._heard)

    def wait_for_answer(self) -> None:
        """Wait until the bot has said something new."""
        until = time.monotonic() + PATIENCE
        while not self._news():
            _pause(until)

    def wait_for_button(self, verb: str) -> tuple[int, str]:
        """Wait for a new message with a button whose data begins or ends so."""
        until = time.monotonic() + PATIENCE
        while True:
            for message in self._news():
                for button in (one for row in message.get("buttons") or [] for one in row):
                    data = button.get("callback_data") or ""
                    if data.startswith(f"{verb}:") or data.endswith(f":{verb}"):
                        return message["message_id"], data
            _pause(until)


def _pause(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError("the bot stayed silent")
    time.sleep(GLANCE)
