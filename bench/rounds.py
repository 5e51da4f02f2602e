"""The method: rounds in turn, a ratio per round, the median of the ratios with its spread.

Absolute times move with the machine and its neighbours, so only ratios are told.
"""

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Spread:
    """Ratios of several rounds."""

    ratios: list[float]

    @property
    def median(self) -> float:
        """The ratio that is quoted."""
        return statistics.median(self.ratios)

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.ratios):.2f}..{max(self.ratios):.2f})"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table. `is_met` is None where there is no goal."""

    row: str
    what: str
    ours: str
    reference: str
    ratio: str
    goal: str
    is_met: bool | None

    def cells(self) -> tuple[str, ...]:
        """Return it as cells in words."""
        met = {True: "met", False: "NOT met", None: "–"}[self.is_met]
        return (self.row, self.what, self.ours, self.reference, self.ratio, self.goal, met)


HEADINGS = ("row", "what", "ours", "reference", "ratio (min..max)", "goal", "")


def in_turn(measures: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run every measure once per round, in turn, after one unmeasured round; return what each gave."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds + 1):
        for name, measure in measures.items():
            gc.collect()
            value = measure()
            if number:
                found[name].append(value)
    return found


def spread(ours: list[float], reference: list[float]) -> Spread:
    """Return the ratios round by round."""
    return Spread([one / other for one, other in zip(ours, reference, strict=True)])


def micro(seconds: list[float]) -> str:
    """Say a duration of one request, the median of the rounds."""
    return f"{statistics.median(seconds) * 1e6:.0f} µs"
