"""`python -m benchmarks.learning.coverage`: whether what was promised on one day held in the five months after it.

A made-up school trains on a day in December; every exam until May is then asked for at four leads, and judged.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.learning.measuring import interval, machine, table
from benchmarks.learning.schools import TODAY, made_up, spec
from mlcore import chances, metrics
from mlcore.arrays import Floats
from mlcore.estimators import CANDIDATES
from mlcore.features.matrix import contexts
from mlcore.lesson import groups_of
from mlcore.predict import Predictions, predict
from mlcore.report import Figure
from mlcore.samples import Samples, past_samples
from mlcore.tables import SchoolTables
from mlcore.train import Outcome, train

STUDENTS, YEARS, AS_OF = 1_500, 3, date(2025, 12, 19)
LEARNT, JUDGED = 20_000, 40_000
FEWEST = 200  # results that a part needs to be told


@dataclass(frozen=True)
class Judged:
    """What was said of later exams, and what came; a row each."""

    outcome: Outcome
    told: Predictions
    samples: Samples
    context: pd.DataFrame
    groups: pd.DataFrame

    @property
    def y(self) -> Floats:
        return self.samples.target

    @property
    def whose(self) -> np.ndarray:
        return self.samples.rows["student"].to_numpy()

    @property
    def pass_mark(self) -> float:
        return float(self.outcome.bundle.spec["pass_mark"])


def main(students: int = STUDENTS, learnt: int = LEARNT) -> None:
    print(machine())
    judged = asked(made_up(students, YEARS), learnt)
    refused = int(np.isnan(judged.told.scores).sum())
    print(
        f"\nLearned on {AS_OF:%-d %B %Y} from {judged.outcome.report.data.samples:,} samples of {students:,} students: "
        f"{judged.outcome.report.champion_label}. Then asked {len(judged.samples):,} times until {TODAY:%-d %B %Y}; "
        f"{refused:,} times there was no score.\n"
    )
    for part in (errors(judged), ranges(judged), reliability(judged), flags(judged)):
        print(part, "\n", sep="")


def asked(tables: SchoolTables, learnt: int) -> Judged:
    """Only exams whose day, and whose day of asking, lie after what was learned from."""
    outcome = train(tables, spec(samples=learnt, as_of=AS_OF))
    later = past_samples(tables, spec(samples=10**9), seed=0)
    rows = np.flatnonzero(later.rows["as_of"].to_numpy() > np.datetime64(AS_OF))
    if len(rows) > JUDGED:
        rows = np.sort(np.random.default_rng(0).choice(rows, JUDGED, replace=False))
    samples = later.take(rows)
    told = predict(outcome.bundle, tables, samples, with_reasons=False)
    return Judged(outcome, told, samples, contexts(tables, samples), groups_of(tables, samples))


def errors(judged: Judged) -> str:
    """Against each simple guess, on the rows where it says something."""
    scores, y, whose = judged.told.scores, judged.y, judged.whose
    lines: list[tuple[object, ...]] = []
    for label, guess in {judged.outcome.report.champion_label: scores, **dict(_guesses(judged))}.items():
        found = metrics.errors(y, guess, whose)
        gain = "" if guess is scores else interval(metrics.gain(y, scores, guess, whose), "{:.1%}")
        lines.append((label, found.rows, interval(found.rmse, "{:.2f}"), interval(found.mae, "{:.2f}"), gain))
    head = ["score or simple guess", "rows", "RMSE, points", "mean error, points", "RMSE saved against it"]
    return table(head, lines)


def ranges(judged: Judged) -> str:
    """All, then each part of each column; a `!` where the whole interval misses the promise."""
    told = judged.told
    whole = metrics.coverage(judged.y, told.ranges, judged.whose)
    facts = pd.concat([judged.context, judged.groups], axis=1)
    columns = (*metrics.SLICED, *map(str, judged.groups.columns))
    slices = metrics.slices(judged.y, told.scores, told.ranges, facts, judged.whose, columns)
    parts = [("all", "", whole), *((one.by, one.name, one.coverage) for one in slices if one.errors.rows >= FEWEST)]
    lines = [
        (by, name, found.rows, _hit(found.hit_80, 0.80), _hit(found.hit_95, 0.95), found.width_80 or 0.0)
        for by, name, found in parts
    ]
    head = ["by", "part", "rows", "80 % range held", "95 % range held", "width of 80 %, points"]
    missed = sum(line[3].endswith("!") + line[4].endswith("!") for line in lines)
    legend = f"{missed} of {2 * len(lines)} intervals (!) do not hold what was promised; chance alone would make about"
    return f"{table(head, lines)}\n\n{legend} {round(0.05 * 2 * len(lines))} such."


def reliability(judged: Judged) -> str:
    told = judged.told
    found = chances.reliability(judged.y, told.chances, told.boundaries, judged.whose)
    brier = [(one.boundary, interval(one.brier, "{:.4f}"), one.brier_of_base_rate or 0.0) for one in found]
    passing = next(one for one in found if one.boundary == judged.pass_mark)
    bins = [
        (f"{one.low:.0%} to {one.high:.0%}", one.rows, f"{one.said:.1%}", f"{one.happened:.1%}") for one in passing.bins
    ]
    return "\n\n".join(
        [
            table(["chance of reaching", "Brier score", "of the base rate"], brier),
            table([f"chance of reaching {judged.pass_mark:g}", "rows", "said", "happened"], bins),
        ]
    )


def flags(judged: Judged) -> str:
    told = judged.told
    missing = 1 - told.chances[:, told.boundaries.index(judged.pass_mark)]
    found = chances.flagging(judged.y, missing, judged.pass_mark, judged.whose)
    lines = [
        (f"{one.share:.0%}", one.flagged, interval(one.precision, "{:.1%}"), interval(one.recall, "{:.1%}"))
        for one in found
    ]
    return table(["flagged first", "rows", "of them missed the pass mark", "of all misses found"], lines)


def _guesses(judged: Judged) -> Iterator[tuple[str, Floats]]:
    matrix, scored = judged.told.matrix, np.isfinite(judged.told.scores)
    for candidate in CANDIDATES:
        column = candidate.column
        if candidate.is_baseline and column and column in matrix.schema.places:
            yield candidate.label, np.where(scored, matrix.column(column), np.nan)


def _hit(figure: Figure, promised: float) -> str:
    low, high = figure.low or 0.0, figure.high or 1.0
    return interval(figure, "{:.1%}") + ("" if low <= promised <= high else " !")


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--students", type=int, default=STUDENTS)
    given.add_argument("--learnt", type=int, default=LEARNT, help="samples at most")
    main(given.parse_args().students, given.parse_args().learnt)
