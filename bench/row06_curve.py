"""Row 6: the sign-up among ever more members, against the same sign-up among ten."""

from pathlib import Path

from bench.crowd import fill
from bench.posting import FORM, Answer, environ, sign_up
from bench.rounds import ROUNDS, Line, in_turn, micro, spread
from bench.row01_post import timer
from bench.stage import Stage, copy_of, make_file, open_stage

GOAL = 1.2
FEW = 10
PATTERN = "pattern@example.org"


def _among(file: Path, members: int) -> Stage:
    stage = open_stage(copy_of(file, f"{members}.sqlite"))
    Answer(stage.app, environ("POST", FORM, body=sign_up(stage.code, PATTERN))).expect(303)
    fill(stage.db, PATTERN, members - 1)
    return stage


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row; with `full` among a million, too."""
    file = folder / "curve.sqlite"
    make_file(file)
    sizes = [FEW, 1_000] if quick else [FEW, 1_000, 100_000, *([1_000_000] if full else [])]
    stages = {members: _among(file, members) for members in sizes}
    measures = {str(size): timer(stage.app, stage.code, 60) for size, stage in stages.items()}
    found = in_turn(measures, 3 if quick else ROUNDS)
    lines = []
    for members in sizes[1:]:
        ratio = spread(found[str(members)], found[str(FEW)])
        lines.append(
            Line(
                "6", f"sign-up POST among {members:,} members, in-process, wall, FULL",
                micro(found[str(members)]), f"among {FEW}: {micro(found[str(FEW)])}", str(ratio),
                f"≤ {GOAL:g}", ratio.median <= GOAL,
            )
        )  # fmt: skip
    return lines
