"""What goes wrong, in the words of Telegram (Bot API) or in plain words (the people's side)."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An error answer of the Bot API: HTTP status, description, parameters."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class PersonError(Exception):
    """A person cannot do that; says why in plain words, with an HTTP status."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


def bad_request(words: str) -> ApiError:
    """A 400 as Telegram words it: small first letter after the prefix unless it is a code in capitals."""
    keep = len(words) > 1 and (words[1] == "_" or words[1].isupper())
    return ApiError(400, "Bad Request: " + (words if keep else words[:1].lower() + words[1:]))


def forbidden(words: str) -> ApiError:
    """A 403 as Telegram words it."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(words: str) -> ApiError:
    """A 409: two readers of the same updates."""
    return ApiError(409, f"Conflict: {words}")


def too_many(seconds: int) -> ApiError:
    """A 429 that asks to wait so many seconds."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
