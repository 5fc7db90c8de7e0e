"""`python -m benchmarks.learning.serving`: how fast a trained version answers, for a whole school and for one student.

The version is learned quickly from 10,000 samples of a made-up school and opened again from its signed bytes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.learning import growth
from benchmarks.learning.measuring import Took, in_own_process, machine, peak_megabytes, quickest, table
from benchmarks.learning.schools import SAMPLES, made_up, opened, saved, spec
from mlcore.bundle import Bundle
from mlcore.features.matrix import build_columns, build_matrix
from mlcore.predict import predict_matrix, predict_typed
from mlcore.samples import Samples, past_samples
from mlcore.typed import Value, row_of

ROWS, ASKED = 50_000, 300
GOALS = {False: 50_000, True: 10_000}  # rows a second, without and with reasons
GOAL_OF_ONE = 3.0  # milliseconds


def main(samples: int = SAMPLES, sizes: tuple[int, ...] = growth.SIZES) -> None:
    """`samples` to learn from; `sizes` of the schools at the end."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bundle"
        print(machine())
        print(saved(file, samples))
        for part in PARTS:
            print(f"\n{in_own_process('benchmarks.learning.serving', part, file)}", flush=True)
        growth.main(file, sizes)


def bulk(file: Path) -> str:
    """All rows of a matrix that is there already, in one call."""
    bundle = opened(file)
    matrix = build_matrix(made_up(), _samples(2_000), schema=bundle.schema)
    matrix = matrix.take(np.arange(ROWS) % len(matrix))
    lines: list[tuple[object, ...]] = []
    for reasons, goal in GOALS.items():
        for threads in (1, 2):
            limit(bundle, threads)
            spent = quickest(partial(predict_matrix, bundle, matrix, with_reasons=reasons))
            lines.append(_line(reasons, threads, spent, goal))
    head = [f"{ROWS:,} rows of a matrix", "threads", "seconds", "rows a second", "by processor time", "goal"]
    return f"{table(head, lines)}\n\nAt most {peak_megabytes():,.0f} MB were held."


def limit(bundle: Bundle, threads: int) -> None:
    """Estimators remember how many threads they may use."""
    for _, pipeline in bundle.champion.members:
        model = pipeline.named_steps["model"]
        if "n_jobs" in model.get_params():
            model.set_params(n_jobs=threads)


def single(file: Path) -> str:
    """Students one by one, from what a person would type."""
    bundle = opened(file)
    students = list(_typed(bundle))
    ways: dict[str, Callable[[dict[str, Value]], object]] = {
        "typed values to score, ranges, chances and reasons": lambda values: predict_typed(bundle, values),
        "the same without reasons": lambda values: predict_matrix(
            bundle, row_of(bundle.schema, values), with_reasons=False
        ),
        "typed values to a row of the matrix": lambda values: row_of(bundle.schema, values),
        "typed values to the score alone": lambda values: bundle.champion.predict(row_of(bundle.schema, values).values),
    }
    told = {name: [_milliseconds(way, values) for values in students] for name, way in ways.items()}
    lines = [(name, float(np.median(each)), float(np.quantile(each, 0.95))) for name, each in told.items()]
    goal = f"The goal of a median below {GOAL_OF_ONE:g} ms is {'kept' if lines[0][1] < GOAL_OF_ONE else 'missed'}."
    return f"{table([f'one student, {ASKED} times', 'median, ms', '95th percentile, ms'], lines)}\n\n{goal}"


def loading(file: Path) -> str:
    """The first opening also loads the libraries."""
    before, start = peak_megabytes(), perf_counter()
    opened(file)
    first = perf_counter() - start
    again = quickest(lambda: opened(file))
    lines = [
        ("first, with the libraries", first, peak_megabytes() - before),
        ("again", again.wall, 0.0),
    ]
    return table([f"opening a bundle of {file.stat().st_size / 1e6:.1f} MB", "seconds", "more MB held"], lines)


def _line(reasons: bool, threads: int, spent: Took, goal: int) -> tuple[object, ...]:
    name = "score, ranges, chances" + (" and reasons" if reasons else "")
    speed = ROWS / spent.wall
    kept = "kept" if speed >= goal else f"{speed / goal:.0%} of it"
    return name, threads, spent.wall, round(speed), round(ROWS / spent.processor), f"{goal:,}: {kept}"


def _samples(most: int) -> Samples:
    return past_samples(made_up(), spec(samples=most), seed=1)


def _typed(bundle: Bundle) -> Iterator[dict[str, Value]]:
    """What the tables say of some students, as it would be typed; what they do not say is left out."""
    columns = {column.feature.name: column.values for column in build_columns(made_up(), _samples(ASKED))}
    known = [name for name in bundle.schema.places if name in columns]
    for row in range(ASKED):
        raw = {name: columns[name][row] for name in known}
        yield {name: value for name, value in raw.items() if value is not None and value == value}


def _milliseconds(way: Callable[[dict[str, Value]], object], values: dict[str, Value]) -> float:
    start = perf_counter()
    way(values)
    return 1e3 * (perf_counter() - start)


PARTS: Mapping[str, Callable[[Path], str]] = {"bulk": bulk, "single": single, "loading": loading}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(PARTS[sys.argv[2]](Path(sys.argv[3]))))
    else:
        main()
