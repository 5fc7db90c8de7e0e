"""How long the insight pages' statistics take for 1,000 and 100,000 students; `python -m benchmarks.learning.statistics`."""

import time
from collections.abc import Callable

import numpy as np

from mlcore.arrays import Floats
from mlcore.features.base import Feature, FeatureKind, RawColumn
from mlcore.statistics.differences import differences
from mlcore.statistics.distributions import distribution, distributions
from mlcore.statistics.relations import relations
from mlcore.statistics.segments import segments
from mlcore.statistics.thresholds import thresholds

SIZES = (1_000, 100_000)
NUMBERS, CATEGORIES = 40, 8
SCORE = Feature("score", "exam score", "score", unit="%", low=0.0, high=100.0)


def made_up(students: int) -> tuple[RawColumn, list[RawColumn], list[RawColumn]]:
    """A score that goes along with a few of 40 numbers, each unknown of every tenth student, and of 8 categories."""
    rng = np.random.default_rng(students)
    values = rng.normal(50, 15, (students, NUMBERS))
    words = rng.integers(0, 6, (students, CATEGORIES))
    score = np.clip(
        60 + 0.3 * (values[:, :5] - 50).sum(axis=1) - 2.0 * words[:, 0] + rng.normal(0, 10, students), 0, 100
    )
    values[rng.random(values.shape) < 0.1] = np.nan
    numbers = [RawColumn(Feature(f"n{at}", f"measure {at}", "measures"), values[:, at]) for at in range(NUMBERS)]
    names = np.array(["ash", "birch", "cedar", "elm", "fir", "oak"], dtype=object)
    categories = [
        RawColumn(Feature(f"c{at}", f"house {at}", "houses", FeatureKind.CATEGORY), names[words[:, at]])
        for at in range(CATEGORIES)
    ]
    return RawColumn(SCORE, np.round(score, 1)), numbers, categories


def asked(students: int) -> dict[str, Callable[[], object]]:
    score, numbers, categories = made_up(students)
    keys = np.arange(students)
    shared = keys // 5  # five rows of each student, to be averaged first
    marks: Floats = np.asarray(score.values, dtype=np.float64)
    return {
        "one distribution": lambda: distribution(score, keys),
        "distributions of 6 groups": lambda: distributions(score, categories[0], keys),
        f"relations of {NUMBERS} features": lambda: relations(numbers, score, keys),
        f"relations of {NUMBERS} features, 5 rows a student": lambda: relations(numbers, score, shared),
        f"relations of {NUMBERS} features, one given": lambda: relations(numbers, score, keys, given=numbers[0]),
        f"differences by {CATEGORIES} categories": lambda: differences(score, categories, keys),
        "one threshold": lambda: thresholds(numbers[:1], score, keys),
        f"thresholds of {NUMBERS} features": lambda: thresholds(numbers, score, keys),
        f"segments over {NUMBERS} + {CATEGORIES} features": lambda: segments([*numbers, *categories], marks, keys),
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    segments(
        made_up(200)[1], np.linspace(0, 100, 200), np.arange(200)
    )  # libraries load once, and not while the clock runs
    figures = [{name: seconds(work) for name, work in asked(size).items()} for size in SIZES]
    print(f"| insight | {' | '.join(f'seconds at {size:,} rows' for size in SIZES)} |\n|---|{'---:|' * len(SIZES)}")
    for name in figures[0]:
        print(f"| {name} | {' | '.join(f'{each[name]:.2f}' for each in figures)} |")


if __name__ == "__main__":
    main()
