"""Row 11: what starting the web process costs, in time and memory, beside its bare libraries.

Flask-Babel and Flask-WTF, which such an application would otherwise use, are no dependencies here and
are not installed; their weight is not in the reference. The goals were set with them in it.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.rounds import ROUNDS, Line, in_turn, spread

OURS = "import commands.wsgi"
REFERENCES = {
    "import flask": "import flask",
    "import flask, babel.support, sqlalchemy.orm": "import flask, babel.support, sqlalchemy.orm",
}
GOAL_TIME, GOAL_MEMORY = 2.5, 2.0
_PROGRAM = """
import json, time
begun = time.process_time()
{imports}
taken = time.process_time() - begun
with open("/proc/self/smaps_rollup") as file:
    memory = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
print(json.dumps([taken, memory]))
"""


def _start(imports: str) -> tuple[float, float]:
    command = [sys.executable, "-c", _PROGRAM.format(imports=imports)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, kibibytes = json.loads(result.stdout)
    return float(seconds), float(kibibytes)


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row, against either reference."""
    memory: dict[str, list[float]] = {}

    def starting(name: str, imports: str) -> Callable[[], float]:
        memory[name] = []

        def one() -> float:
            seconds, kibibytes = _start(imports)
            memory[name].append(kibibytes)
            return seconds

        return one

    measures = {name: starting(name, imports) for name, imports in {"ours": OURS, **REFERENCES}.items()}
    seconds = in_turn(measures, 3 if quick else ROUNDS)
    memory = {name: values[1:] for name, values in memory.items()}  # the first round only warms up
    lines = []
    for name in REFERENCES:
        lines.append(_line("CPU to import the web process", seconds, name, 1000, "ms", GOAL_TIME))
        lines.append(_line("PSS after the import", memory, name, 1 / 1024, "MiB", GOAL_MEMORY))
    return lines


def _line(what: str, found: dict[str, list[float]], name: str, factor: float, unit: str, goal: float) -> Line:
    ratio = spread(found["ours"], found[name])
    ours, reference = (sorted(found[who])[len(found[who]) // 2] * factor for who in ("ours", name))
    return Line(
        "11", what, f"{ours:.0f} {unit}", f"`{name}`: {reference:.0f} {unit}", str(ratio),
        f"≤ {goal:g}", ratio.median <= goal,
    )  # fmt: skip
