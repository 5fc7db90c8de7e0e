"""Candidates fitted on folds and judged on the rows they did not see, within a budget of fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.estimators import Candidate
from mlcore.features.base import Matrix
from mlcore.models import Ground
from mlcore.search_space import Params
from mlcore.spec import Effort, Progress, Stop

Fold: TypeAlias = tuple[Ints, Ints]

MANY_ROWS = 4_000  # below this, threads wait for each other longer than they work, on a busy machine many times as long
HOPELESS = 1.25  # against the best on the first fold: no second fold is spent on it
BEHIND = (1.04, 1.02, 1.01)  # of a setting against the best setting of its candidate, after one, two, three folds


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """How much may be spent. `most_fits` None: by effort and number of rows. The same seed gives the same choice."""

    effort: Effort = Effort.QUICK
    seed: int = 0
    threads: int = 2
    most_fits: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be learned, and which rows take turns in being learned from and tried on."""

    matrix: Matrix
    actual: Floats
    folds: Sequence[Fold]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate with one setting. `predicted` follows the tested rows fold by fold; shorter if it was `dropped`."""

    candidate: Candidate
    params: Params
    predicted: Floats
    errors: tuple[float, ...]  # sums of squared errors, one per fold
    rmse: float
    mae: float
    dropped: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.dropped


@dataclass(frozen=True, slots=True)
class _Task:
    """A model, the encoded rows it learns from and those it is asked about. Up to here every fault is ours."""

    model: Any  # scikit-learn has no types
    learned: Floats
    actual: Floats
    asked: Floats


class Fits:
    """Runs attempts, counts what they cost, tells how far it is and stops when it is told to."""

    def __init__(self, problem: Problem, plan: SearchPlan, most: int, on_progress: Progress, stop: Stop) -> None:
        self.problem = problem
        self.plan = plan
        self.most = most
        self.done = 0
        self.spent: dict[str, int] = {}
        self._on_progress = on_progress
        self._stop = stop
        self._stopped = False
        self._best: Attempt | None = None
        self.tested: Ints = np.concatenate([test for _, test in problem.folds])
        self.parts: Ints = np.repeat(np.arange(len(problem.folds)), [len(test) for _, test in problem.folds])
        self.actual: Floats = problem.actual[self.tested]
        self.rows = max(len(learn) for learn, _ in problem.folds)

    @property
    def is_over(self) -> bool:
        self._stopped = self._stopped or self._stop()
        return self._stopped or self.done >= self.most

    @property
    def left(self) -> int:
        return 0 if self._stopped else self.most - self.done

    def guess(self, candidate: Candidate) -> Attempt:
        """A baseline: costs nothing, so that there is always something to choose."""
        predicted = [_said(self._task(candidate, {}, fold)) for fold in self.problem.folds]
        return self._noted(self._attempt(candidate, {}, predicted))

    def run(
        self, candidate: Candidate, params: Params, against: Attempt | None = None, own: bool = False
    ) -> Attempt | None:
        """None if there was no time for it. `against` and `own`: given up once far behind that one, or that setting."""
        predicted: list[Floats] = []
        for place, fold in enumerate(self.problem.folds):
            if self.is_over:
                return None
            self._count(candidate)
            task = self._task(candidate, params, fold)
            try:
                predicted.append(_said(task))
            except expected_errors() as error:
                return self._attempt(candidate, params, predicted, f"It could not be fitted: {_first_line(error)}")
            self.tell(f"Tried {candidate.label}, part {place + 1} of {len(self.problem.folds)}.{self._leader()}")
            attempt = self._attempt(candidate, params, predicted)
            if against and (reason := behind(attempt, against, own)):
                return self._attempt(candidate, params, predicted, reason)
        return self._noted(attempt)

    def _noted(self, attempt: Attempt) -> Attempt:
        """Tried on every part; the best of these is told while the search goes on."""
        if self._best is None or attempt.rmse < self._best.rmse:
            self._best = attempt
        return attempt

    def _leader(self) -> str:
        if self._best is None:
            return ""
        return f" Best so far: {self._best.candidate.label}, typically {self._best.rmse:.1f} points off."

    def tell(self, sentence: str) -> None:
        self._on_progress(self.done, self.most, sentence)

    def close(self, sentence: str) -> None:
        """Whatever was not needed of the budget is not waited for."""
        self._on_progress(self.done, self.done, sentence)

    def build(self, candidate: Candidate, params: Params, rows: int) -> Any:
        threads = self.plan.threads if rows >= MANY_ROWS else 1
        return candidate.build(Ground(self.problem.matrix.schema, self.plan.seed, threads, rows), params)

    def in_order(self, predicted: Floats) -> Floats:
        """For each row of the matrix what was said when it was tried; the mean if more than once, NaN if never."""
        rows = len(self.problem.actual)
        counts = np.bincount(self.tested, minlength=rows)
        sums = np.bincount(self.tested, weights=predicted, minlength=rows)
        means: Floats = np.divide(sums, counts, out=np.full(rows, np.nan), where=counts > 0)
        return means

    def _count(self, candidate: Candidate) -> None:
        self.done += 1
        self.spent[candidate.name] = self.spent.get(candidate.name, 0) + 1

    def _task(self, candidate: Candidate, params: Params, fold: Fold) -> _Task:
        learn, test = fold
        values, actual = self.problem.matrix.values, self.problem.actual[learn]
        pipeline = self.build(candidate, params, len(learn))
        encode = pipeline["encode"].fit(values[learn], actual)
        return _Task(pipeline["model"], encode.transform(values[learn]), actual, encode.transform(values[test]))

    def _attempt(self, candidate: Candidate, params: Params, predicted: list[Floats], dropped: str = "") -> Attempt:
        said = np.concatenate(predicted) if predicted else np.empty(0)
        off = said - self.actual[: len(said)]
        squares = np.bincount(self.parts[: len(said)], weights=off**2, minlength=len(predicted))
        rmse = float(np.sqrt(np.mean(off**2))) if len(off) else float("nan")
        mae = float(np.mean(np.abs(off))) if len(off) else float("nan")
        return Attempt(candidate, params, said, tuple(squares.tolist()), rmse, mae, dropped)


def _said(task: _Task) -> Floats:
    predicted = np.asarray(task.model.fit(task.learned, task.actual).predict(task.asked), dtype=np.float64)
    if not np.isfinite(predicted).all():
        raise ValueError("its scores are not numbers.")
    return predicted


def behind(attempt: Attempt, leader: Attempt, own: bool) -> str:
    """Why no further fold is spent on it; empty if it deserves one."""
    folds = len(attempt.errors)
    ratio = float(np.sqrt(sum(attempt.errors) / max(sum(leader.errors[:folds]), 1e-12)))
    limit = BEHIND[min(folds, len(BEHIND)) - 1] if own else HOPELESS if folds == 1 else float("inf")
    return (
        f"Given up: its error was {ratio - 1:.0%} larger than that of {leader.candidate.label}."
        if ratio > limit
        else ""
    )


def expected_errors() -> tuple[type[Exception], ...]:
    """How libraries say that they cannot learn from such rows; anything else is a fault of ours and must be seen."""
    from catboost import CatBoostError

    return (ValueError, np.linalg.LinAlgError, CatBoostError)  # XGBoostError is a ValueError


def _first_line(error: Exception) -> str:
    told = (str(error).strip().splitlines() or [""])[0][:200]
    return (
        type(error).__name__ if not told or told.startswith("[") else told
    )  # XGBoost tells the time and its own files
