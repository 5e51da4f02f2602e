"""Faults on demand: the next calls fail in a chosen way.

429, 403, 500 and 502 are answered without doing anything. "cut" closes the connection before anything is
done.
"timeout" does what was asked and then never answers, the ambiguous case of real life. The method "file"
stands for downloads: there "cut" sends half of the file first.
"""

from dataclasses import dataclass

from bot.emulator.errors import ApiError, Json, PersonError, forbidden, too_many

KINDS = frozenset({"429", "403", "500", "502", "timeout", "cut"})


@dataclass(slots=True)
class Fault:
    """`method` in small letters, or None for any method that sends a message."""

    method: str | None
    kind: str
    times: int
    retry_after: int

    def error(self) -> ApiError | None:
        """The answer that replaces the call; None for timeout and cut."""
        if self.kind == "429":
            return too_many(self.retry_after)
        if self.kind == "403":
            return forbidden("bot was blocked by the user")
        if self.kind == "500":
            return ApiError(500, "Internal Server Error")
        if self.kind == "502":
            return ApiError(502, "Bad Gateway")
        return None


class Faults:
    """Planned faults, first come first served."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def plan(self, wanted: Json) -> None:
        """Add a fault; `times: 0` takes back all planned faults of that kind and method."""
        kind, method = str(wanted.get("kind", "")), wanted.get("method")
        name = str(method).lower() if method else None
        if kind not in KINDS:
            raise PersonError(f"kind must be one of {', '.join(sorted(KINDS))}")
        try:
            times, retry_after = int(wanted.get("times", 1)), int(wanted.get("retry_after", 1))
        except (TypeError, ValueError):
            raise PersonError("times and retry_after must be whole numbers") from None
        if times <= 0:
            self.planned = [one for one in self.planned if (one.kind, one.method) != (kind, name)]
        else:
            self.planned.append(Fault(name, kind, times, max(1, retry_after)))

    def next(self, method: str, *, sends: bool) -> Fault | None:
        """Use up the fault planned for this call, None when there is none."""
        for fault in self.planned:
            if fault.method == method or (fault.method is None and sends):
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None
