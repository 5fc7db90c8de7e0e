"""`python -m benchmarks.learning.accuracy`: how far scores lie from real results, beside plain models on the same folds.

`quick` and `standard` are the whole procedure: they choose, tune and weigh on the learning part of each fold alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from benchmarks.learning.measuring import machine, table
from benchmarks.learning.plain import PLAIN, absent_models, plain_models, procedure
from benchmarks.learning.sets import RealSet, absent, real_sets
from mlcore.arrays import Floats, Ints
from mlcore.features.base import Matrix
from mlcore.search import SearchPlan, choose
from mlcore.spec import Effort
from mlcore.splits import by_student

GOALS = {"quick": 1.025, "standard": 1.01}
SEED = 20_260


@dataclass(frozen=True)
class Line:
    """One procedure on one set: RMSE in the school's own marks, over all repeats, and seconds per fit."""

    rmse: float
    seconds: float


@dataclass(frozen=True)
class Table:
    """What all procedures did on one set."""

    real: RealSet
    lines: dict[str, Line]

    @property
    def best_plain(self) -> str:
        return min(PLAIN.keys() & self.lines.keys(), key=lambda name: self.lines[name].rmse)

    def ratio(self, name: str) -> float:
        return self.lines[name].rmse / self.lines[self.best_plain].rmse


def main(names: Sequence[str] = (), efforts: Sequence[str] = ("quick", "standard"), repeats: int = 2) -> list[Table]:
    """Prints a table for each set as it is done, and one of all at the end."""
    from threadpoolctl import threadpool_limits

    for sentence in (machine(), *absent(), *absent_models()):
        print(sentence)
    tables = []
    with threadpool_limits(1, user_api="openmp"):  # on so few rows threads wait for each other longer than they work
        for real in real_sets():
            if not names or any(name.lower() in real.name.lower() for name in names):
                tables.append(measured(real, efforts, repeats))
                print(told(tables[-1]), flush=True)
    print(summed_up(tables, efforts))
    return tables


def measured(real: RealSet, efforts: Sequence[str], repeats: int) -> Table:
    """The same folds for all."""
    folds = list(repeated_folds(len(real.target), repeats))
    matrix, actual = real.matrix(), real.percent
    procedures: dict[str, Callable[[Ints, Ints], Floats]] = {
        name: procedure(real, make) for name, make in plain_models().items()
    }
    for effort in efforts:
        procedures[effort] = _nested(matrix, actual, Effort(effort))
    return Table(real, {name: _line(ask, real, folds) for name, ask in procedures.items()})


def repeated_folds(rows: int, repeats: int, parts: int = 5) -> Iterator[tuple[Ints, Ints]]:
    for repeat in range(repeats):
        yield from by_student(np.arange(rows), SEED + repeat)[:parts]


def told(of: Table) -> str:
    ranked = sorted(of.lines.items(), key=lambda pair: pair[1].rmse)
    lines = [(name, f"{line.rmse:.4f}", f"{of.ratio(name):.4f}", line.seconds) for name, line in ranked]
    what = f"{of.real.name}: {len(of.real.target)} students, {of.real.attributes.shape[1]} columns"
    return f"\n{what}\n\n{table(['procedure', 'RMSE', 'x best plain', 'seconds a fit'], lines)}"


def summed_up(tables: Sequence[Table], efforts: Sequence[str]) -> str:
    head = ["set", "best plain", "RMSE", *(f"{effort} x best plain" for effort in efforts), "published best"]
    lines = [
        (
            each.real.name,
            each.best_plain,
            f"{each.lines[each.best_plain].rmse:.4f}",
            *(f"{each.ratio(effort):.4f}" for effort in efforts),
            each.real.published or "",
        )
        for each in tables
    ]
    worst = {effort: max((each.ratio(effort) for each in tables), default=float("nan")) for effort in efforts}
    goals = [
        f"{effort}: at worst {ratio:.4f} x the best plain model; the goal is {GOALS.get(effort, 1.01)}."
        for effort, ratio in worst.items()
    ]
    return "\n".join(["", table(head, lines), "", *goals])


def _line(ask: Callable[[Ints, Ints], Floats], real: RealSet, folds: Sequence[tuple[Ints, Ints]]) -> Line:
    start = perf_counter()
    squares = [(ask(learn, test) - real.percent[test]) ** 2 for learn, test in folds]
    rmse = float(np.sqrt(np.mean(np.concatenate(squares)))) * real.scale / 100
    return Line(rmse, (perf_counter() - start) / len(folds))


def _nested(matrix: Matrix, actual: Floats, effort: Effort) -> Callable[[Ints, Ints], Floats]:
    def ask(learn: Ints, test: Ints) -> Floats:
        folds = by_student(np.arange(len(learn)), seed=1)
        choice = choose(matrix.take(learn), actual[learn], folds, SearchPlan(effort))
        return choice.champion.fit(matrix.values[learn], actual[learn]).predict(matrix.values[test])

    return ask


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", help="parts of the names of sets; none: all")
    asked.add_argument("--efforts", nargs="+", default=["quick", "standard"], choices=list(Effort))
    asked.add_argument("--repeats", type=int, default=2)
    given = asked.parse_args()
    main(given.names, given.efforts, given.repeats)
