"""One call of a Bot API method: its arguments, read as leniently and as strictly as Telegram reads them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.errors import Json, bad_request


@dataclass(slots=True)
class Upload:
    """A file that came in a multipart body."""

    name: str
    data: bytes
    mime: str


@dataclass(slots=True)
class Call:
    """Arguments may be strings (urlencoded, multipart) or ready values (a JSON body)."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The argument as text; empty when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """The argument as a whole number; the default when it is missing or unreadable."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """True for true, 1, yes."""
        return self.text(name).lower() in {"true", "1", "yes"}

    def decoded(self, name: str, what: str) -> Any:
        """The argument's JSON value, None when missing; `what` names it in the error."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def record(self, name: str, what: str) -> Json | None:
        """The argument's JSON object, None when missing."""
        value = self.decoded(name, what)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"object expected as {what}")
