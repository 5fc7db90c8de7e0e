"""`python -m benchmarks.learning.whole`: real sets through the whole product, from one table to scores and ranges, as a school would.

The same folds as `accuracy`: of each fold's test rows the last exam is blank, a version is trained on the others with
`train`, and `predict` answers for the blank ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from benchmarks.learning.accuracy import repeated_folds
from benchmarks.learning.measuring import machine, table
from benchmarks.learning.sets import RealSet, absent, real_sets
from mlcore.arrays import Flags, Floats, Ints
from mlcore.predict import predict
from mlcore.samples import samples_ahead
from mlcore.train import train
from mlcore.wide import WideSpec, from_wide

TARGET = "last exam"


@dataclass(frozen=True)
class Said:
    """Of each test row the squared error and whether either range held, in per cent of the maximum."""

    squares: Floats
    held_80: Flags
    held_95: Flags


def main(names: Sequence[str] = (), effort: str = "quick", repeats: int = 1) -> None:
    for sentence in (machine(), *absent(), ""):
        print(sentence)
    lines = []
    for real in real_sets():
        if not names or any(name.lower() in real.name.lower() for name in names):
            said = [_asked(real, test, effort) for _, test in repeated_folds(len(real.target), repeats)]
            rmse = np.sqrt(np.mean(np.concatenate([each.squares for each in said]))) * real.scale / 100
            held = [
                np.mean(np.concatenate(column)) for column in zip(*((s.held_80, s.held_95) for s in said), strict=True)
            ]
            lines.append((real.name, f"{rmse:.4f}", *(f"{share:.1%}" for share in held)))
    print(table(["set", f"RMSE, {effort}", "80 % range held", "95 % range held"], lines))


def _asked(real: RealSet, test: Ints, effort: str) -> Said:
    wide = _wide(real)
    sheet = real.attributes.assign(**{TARGET: real.target})
    sheet.loc[sheet.index[test], TARGET] = np.nan
    tables = from_wide(sheet, wide)
    bundle = train(tables, wide.training(effort=effort)).bundle
    day = wide.day(TARGET) - timedelta(days=1)
    samples = samples_ahead(tables, day, students=test.tolist())
    told = predict(bundle, tables.until(day), samples, with_reasons=False)
    y, ranges = real.percent[samples.rows["student"].to_numpy()], told.ranges
    return Said(
        squares=(told.scores - y) ** 2,
        held_80=(ranges.low_80 <= y) & (y <= ranges.high_80),
        held_95=(ranges.low_95 <= y) & (y <= ranges.high_95),
    )


def _wide(real: RealSet) -> WideSpec:
    """Earlier exams on the scale of the last where they lie within it, else on that of what was met."""
    low, high = real.low, real.low + real.scale
    scales = {TARGET: (low, high)}
    for name in real.earlier:
        met = float(real.attributes[name].min()), float(real.attributes[name].max())
        scales[name] = (low, high) if low <= met[0] and met[1] <= high else met
    same = real.name.startswith("UCI")
    subjects = dict.fromkeys((*real.earlier, TARGET), "Portuguese") if same else {}
    return WideSpec(TARGET, real.earlier, subjects=subjects, scales=scales)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", help="parts of the names of sets; none: all")
    asked.add_argument("--effort", default="quick", choices=["quick", "standard"])
    asked.add_argument("--repeats", type=int, default=1)
    given = asked.parse_args()
    main(given.names, given.effort, given.repeats)
