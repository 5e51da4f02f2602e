"""A person with a phone for the check: writes to the bot and presses its buttons, through the emulator."""

import json
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_TIMEOUT = 20.0
PATIENCE = 30.0  # seconds that the bot has for an answer; it takes one, a busy machine longer
_LOOK_AGAIN = 0.05  # seconds
_QUIET = 0.25  # seconds without a new message after which the bot has said all


@dataclass(frozen=True, slots=True)
class Said:
    """A message in the chat as the person sees it now."""

    id: int
    is_from_bot: bool
    text: str
    buttons: tuple[dict[str, str], ...]

    def button(self, *hints: str) -> dict[str, str] | None:
        """Return the first button whose words or data hold one of the hints, in the order of the hints."""
        for hint in hints:
            for button in self.buttons:
                if (
                    hint.casefold()
                    in f"{button.get('text', '')}\n{button.get('callback_data', '')}".casefold()
                ):
                    return button
        return None


class Phone:
    """One invented person's chat with the bot."""

    def __init__(self, emulator: str, first_name: str, language: str) -> None:
        self.emulator = emulator.rstrip("/")
        answer = self._post("/user", {"first_name": first_name, "language_code": language})
        self.number = int(answer["id"])

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310, our own emulator
            f"{self.emulator}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with _DIRECT.open(request, timeout=_TIMEOUT) as response:
            return json.load(response)

    def chat(self) -> list[Said]:
        """Return the whole chat."""
        with _DIRECT.open(f"{self.emulator}/user/{self.number}/chat", timeout=_TIMEOUT) as response:
            messages = json.load(response)["messages"]
        return [
            Said(
                one["message_id"],
                one["from"] == "bot",
                "\n".join(part for part in (one.get("text"), one.get("caption")) if part),
                tuple(button for row in one.get("buttons") or [] for button in row),
            )
            for one in messages
        ]

    def write(self, text: str) -> list[Said]:
        """Write to the bot and return what it answers."""
        before = self._fingerprint()
        self._post(f"/user/{self.number}/send", {"text": text})
        return self.answers_after(before)

    def press(self, message: Said, button: dict[str, str]) -> list[Said]:
        """Press a button and return what the bot answers."""
        before = self._fingerprint()
        body = {"message_id": message.id, "button": button.get("callback_data") or button["text"]}
        self._post(f"/user/{self.number}/press", body)
        return self.answers_after(before)

    def _fingerprint(self) -> dict[int, Said]:
        return {said.id: said for said in self.chat()}

    def answers_after(self, before: dict[int, Said]) -> list[Said]:
        """Wait until the bot has said something new and fallen quiet; return what is new or changed.

        A changed message alone (a pressed button gets its tick) is no answer yet.
        """
        deadline = time.monotonic() + PATIENCE
        found: list[Said] = []
        while time.monotonic() < deadline:
            time.sleep(_QUIET if any(one.id not in before for one in found) else _LOOK_AGAIN)
            now = [one for one in self.chat() if one.is_from_bot and before.get(one.id) != one]
            if now == found and any(one.id not in before for one in now):
                break
            found = now
        return found

    def wait_for(self, words: str, *, after: int = 0, patience: float = PATIENCE) -> Said | None:
        """Return the bot's first message after number `after` that holds these words; None if none comes."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for said in self.chat():
                if said.is_from_bot and said.id > after and words.casefold() in said.text.casefold():
                    return said
            time.sleep(0.1)
        return None

    def last_number(self) -> int:
        """Return the number of the newest message."""
        return max((said.id for said in self.chat()), default=0)
