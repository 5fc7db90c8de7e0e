"""`python -m benchmarks.learning.training [--effort quick|standard]`: what a training of 10,000 samples costs, stage by stage.

From the tables to a signed file: laying out, search, trial with calibration and evaluation, and the version for use.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from time import perf_counter, process_time
from typing import Any

from benchmarks.learning.measuring import Took, in_own_process, interval, machine, peak_megabytes, table
from benchmarks.learning.schools import KEY, SAMPLES, made_up, spec
from mlcore.bundle import dumps
from mlcore.spec import Effort
from mlcore.train import Outcome, train

GOALS = {"quick": 30, "standard": 300}
TRIED, PART = "Tried ", ", part "


class Stages:
    """Seconds by stage: in a search what `train` says was just tried, before and after it what it says begins."""

    def __init__(self) -> None:
        self.each: dict[str, Took] = {}
        self._now = "Loading libraries and checking the tables."
        self._since = perf_counter(), process_time()

    def heard(self, done: int, total: int, sentence: str) -> None:
        if sentence.startswith(TRIED):
            self._ends(f"Search: {sentence.removeprefix(TRIED).rsplit(PART, 1)[0]}")
            self._now = "Search: weighing the candidates"
        elif not sentence.startswith("Chosen"):
            self._ends(self._now)
            self._now = sentence

    def asked(self) -> bool:
        """`train` asks whether to stop before each fit, and so tells when it has laid everything out."""
        if self._now.startswith("Laying"):
            self._ends(self._now)
            self._now = "Search"
        return False

    def _ends(self, name: str) -> None:
        wall, processor = perf_counter(), process_time()
        known = self.each.get(name, Took(0, 0))
        self.each[name] = Took(known.wall + wall - self._since[0], known.processor + processor - self._since[1])
        self._since = wall, processor


def measured(effort: str, samples: int) -> dict[str, Any]:
    """In this process."""
    tables, stages = made_up(), Stages()
    before = peak_megabytes()
    start = perf_counter(), process_time()
    outcome = train(tables, spec(effort, samples), on_progress=stages.heard, stop=stages.asked)
    spent = Took(perf_counter() - start[0], process_time() - start[1])
    return {
        "samples": outcome.report.data.samples,
        "columns": len(outcome.bundle.schema.features),
        "wall": spent.wall,
        "processor": spent.processor,
        "before": before,
        "peak": peak_megabytes(),
        "bundle": len(dumps(outcome.bundle, KEY)) / 1e6,
        "stages": {name: asdict(stage) for name, stage in stages.each.items()},
        "found": _found(outcome),
        "verdict": [check.sentence for check in outcome.report.verdict.checks if not check.passed],
        "fit": outcome.report.verdict.fit_to_serve,
    }


def _found(outcome: Outcome) -> dict[str, str]:
    report = outcome.report
    return {
        "chosen": report.champion_label,
        "best simple guess": report.baseline_label,
        "error on the last exams (RMSE, points)": interval(report.errors.rmse, "{:.2f}"),
        "error of the best simple guess": interval(report.baseline_errors.rmse, "{:.2f}"),
        "gain": interval(report.gain, "{:.1%}"),
        "results inside the 80 % range": interval(report.coverage.hit_80, "{:.1%}"),
        "results inside the 95 % range": interval(report.coverage.hit_95, "{:.1%}"),
    }


def main(efforts: tuple[str, ...] = tuple(GOALS), samples: int = SAMPLES) -> None:
    for effort in efforts:
        print(machine())
        print(told(effort, in_own_process("benchmarks.learning.training", "--effort", effort, "--samples", samples)))


def told(effort: str, figures: dict[str, Any]) -> str:
    goal = GOALS[effort]
    kept = "kept" if figures["wall"] <= goal else f"missed by {figures['wall'] - goal:.0f} s"
    stages = [(name.rstrip("."), one["wall"], one["processor"]) for name, one in figures["stages"].items()]
    total = ("All of it", figures["wall"], figures["processor"])
    return "\n".join(
        [
            f"\n{effort}: {figures['samples']:,} samples x {figures['columns']} columns, 2 threads. "
            f"The goal of {goal} s is {kept}.",
            f"At most {figures['peak']:,.0f} MB were held, {figures['before']:,.0f} MB of it before the training; "
            f"the bundle has {figures['bundle']:.1f} MB.\n",
            table(["stage", "seconds", "processor seconds"], [*stages, total]),
            "",
            table(["found", ""], list(figures["found"].items())),
            "\nFit to serve." if figures["fit"] else f"\nNot fit to serve: {' '.join(figures['verdict'])}",
        ]
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--effort", choices=[*GOALS], help="none: both")
    asked.add_argument("--samples", type=int, default=SAMPLES)
    asked.add_argument("--one", action="store_true", help="in this process, as JSON")
    given = asked.parse_args()
    if given.one:
        print(json.dumps(measured(Effort(given.effort), given.samples)))
    else:
        main((given.effort,) if given.effort else tuple(GOALS), given.samples)
