"""What scoring costs from 1,000 to 1,000,000 students, from tables to ranges and chances; part of `benchmarks.learning.serving`.

Students come in chunks, as they do in the product, so that memory stays bounded; each has one exam ahead.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.learning.matrix import asked, tables_of
from benchmarks.learning.measuring import Took, in_own_process, peak_megabytes, table, took
from benchmarks.learning.schools import opened
from mlcore.bundle import Bundle
from mlcore.predict import predict

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CHUNK = 100_000


@dataclass(frozen=True)
class Grown:
    """`scored`: of how many students a score came out, not a cause why there is none."""

    students: int
    scored: int
    seconds: float
    processor: float
    megabytes: float


def main(file: Path, sizes: Sequence[int] = SIZES) -> None:
    told = [Grown(**in_own_process("benchmarks.learning.growth", file, size)) for size in sizes]
    lines = [
        (
            each.students,
            each.scored,
            each.seconds,
            1e6 * each.seconds / each.students,
            1e6 * each.processor / each.students,
            round(each.megabytes),
        )
        for each in told
    ]
    head = ["students", "scored", "seconds", "µs a student", "µs of the processor", "at most MB"]
    print(f"\n{table(head, lines)}")
    print(f"\nIn chunks of at most {CHUNK:,} students; the tables themselves are in the memory, not in the time.")


def grown(bundle: Bundle, students: int) -> Grown:
    """In this process; what is loaded once is loaded before the clock starts."""
    scored(bundle, 50, 0)
    each: list[Took] = []
    found = 0
    for chunk, first in enumerate(range(0, students, CHUNK)):
        spent, known = scored(bundle, min(CHUNK, students - first), chunk)
        each.append(spent)
        found += known
    wall, processor = sum(one.wall for one in each), sum(one.processor for one in each)
    return Grown(students, found, wall, processor, peak_megabytes())


def scored(bundle: Bundle, students: int, seed: int) -> tuple[Took, int]:
    """What the tables of a chunk cost to make is not counted."""
    tables, samples = tables_of(students, seed), asked(students)
    scores: list[int] = []
    spent = took(
        lambda: scores.append(int(np.isfinite(predict(bundle, tables, samples, with_reasons=False).scores).sum()))
    )
    return spent, scores[0]


if __name__ == "__main__":
    print(json.dumps(asdict(grown(opened(Path(sys.argv[2])), int(sys.argv[3])))))
