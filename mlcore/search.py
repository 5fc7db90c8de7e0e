"""Which estimator serves best: tried on the past only, tuned in two stages, blended where that is not clearly worse than the best alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Floats, Ints
from mlcore.bootstrap import Draws, error_columns, errors_of
from mlcore.estimators import BY_NAME, CANDIDATES, QUICK, STACK, STACK_LABEL, Candidate, offered
from mlcore.features.base import Matrix
from mlcore.report import Figure, Tried
from mlcore.search_fits import Attempt, Fits, Fold, Problem, SearchPlan
from mlcore.search_rounds import at_usual, searched
from mlcore.spec import Effort, Progress, Stop, never, silent
from mlcore.stack import Blend, Stack, blended, cross_blended

__all__ = ["Choice", "SearchPlan", "best_few", "choose", "most_fits"]

MOST_MEMBERS = 5
NEAR_BEST = 1.05  # a member further behind than that would pull the others down where rows are few
PATIENCE = (
    1.02  # the best alone was picked among many and looks better than it is; a blend only slightly behind is ahead
)
TUNING = {Effort.STANDARD: 1, Effort.THOROUGH: 4}  # longer searches bought little on any set we measured


@dataclass(frozen=True, slots=True)
class Choice:
    """What was tried, and what was chosen, not yet fitted. `out_of_fold`: for each row what the champion, learned
    without it, says of it; NaN for rows that no fold tries.
    """

    tried: tuple[Tried, ...]
    champion: Stack
    out_of_fold: Floats
    baseline: Stack


@dataclass(frozen=True, slots=True)
class _Chosen:
    estimator: Stack
    predicted: Floats
    rmse: float


def choose(
    matrix: Matrix,
    y: Floats,
    folds: Sequence[Fold],
    plan: SearchPlan,
    on_progress: Progress = silent,
    stop: Stop = never,
    students: npt.ArrayLike | None = None,
) -> Choice:
    """Tries the candidates of that effort on the folds. May be stopped at any time; then the best so far is chosen.

    `students`: whose rows they are, for intervals.
    """
    fits = Fits(Problem(matrix, y, folds), plan, most_fits(plan, len(y), len(folds)), on_progress, stop)
    simple = [fits.guess(one) for one in offered(matrix.schema) if one.is_baseline]
    strong = quick(fits) if plan.effort is Effort.QUICK else searched(fits)
    single = _single(fits, min(_able([*simple, *strong]), key=lambda attempt: attempt.rmse))
    stack, weights = _stacked(fits, simple, strong)
    champion = stack if stack and stack.rmse <= PATIENCE * single.rmse else single
    baseline = _single(fits, min(simple, key=lambda attempt: attempt.rmse))
    fits.close(f"Chosen: {champion.estimator.label}.")
    spread = _Spread.of(fits, students, plan.seed)
    tried = (*simple, *strong)
    rows = [
        replace(
            _row(fits, each, weights if champion is stack else {}, champion), spread=spread.of_errors(each.predicted)
        )
        for each in tried
    ]
    if stack:
        rows.append(replace(_stack_row(fits, stack, champion), spread=spread.of_errors(stack.predicted)))
    return Choice(
        tuple(rows),
        champion.estimator,
        fits.in_order(champion.predicted),
        baseline.estimator,
    )


@dataclass(frozen=True, slots=True)
class _Spread:
    """By how much an error would differ in other such schools; nothing is said of what was not tried on every row."""

    draws: Draws | None
    actual: Floats

    @classmethod
    def of(cls, fits: Fits, students: npt.ArrayLike | None, seed: int) -> _Spread:
        draws = None if students is None else Draws.of(np.asarray(students)[fits.tested], seed)
        return cls(draws, fits.actual)

    def of_errors(self, predicted: Floats) -> Figure | None:
        if self.draws is None or len(predicted) != len(self.actual):
            return None
        return errors_of(self.draws, error_columns(self.actual, predicted)).rmse


def most_fits(plan: SearchPlan, rows: int, folds: int) -> int:
    """How many fits an effort may cost: many on few rows, fewer on many, so that the time stays even."""
    if plan.effort is Effort.QUICK:
        usual = sum(1 + len(BY_NAME[name].cheap) for name in QUICK) * folds
    else:
        tuning = int(np.clip(1_000_000 / max(rows, 1), 40, 100))
        usual = sum(1 + len(one.cheap) for one in CANDIDATES) * folds + tuning * TUNING[plan.effort]
    return usual if plan.most_fits is None else plan.most_fits


def quick(fits: Fits) -> list[Attempt]:
    """A few strong candidates at their usual settings."""
    rows = fits.rows
    tried = [at_usual(fits, BY_NAME[name], rows) for name in QUICK]
    return [attempt for attempt in tried if attempt]


def _able(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Those that were tried on all folds and may serve."""
    return [attempt for attempt in attempts if attempt.is_whole and attempt.candidate.can_serve]


def _single(fits: Fits, attempt: Attempt) -> _Chosen:
    candidate = attempt.candidate
    member = (candidate.name, _built(fits, attempt))
    return _Chosen(Stack(candidate.name, candidate.label, [member]), attempt.predicted, attempt.rmse)


def _built(fits: Fits, attempt: Attempt) -> object:
    return fits.build(attempt.candidate, attempt.params, len(fits.problem.actual))


def _stacked(
    fits: Fits, simple: Sequence[Attempt], strong: Sequence[Attempt]
) -> tuple[_Chosen | None, dict[str, float]]:
    """The blend of the best few, judged with weights that were learned on other folds.

    The best guess about the student is one of them: where there is little else to learn, the others correct it.
    """
    able = _able(strong)
    members = best_few([*(attempt for attempt in simple if attempt.candidate.column), *able])
    if not able or len(members) < 2:
        return None, {}
    predicted = np.column_stack([attempt.predicted for attempt in members])
    said = cross_blended(predicted, fits.actual, _parts(fits))
    blend = blended(predicted, fits.actual)
    counted = [(attempt, weight) for attempt, weight in zip(members, blend.weights, strict=True) if weight > 0]
    stack = Stack(
        STACK,
        STACK_LABEL,
        [(attempt.candidate.name, _built(fits, attempt)) for attempt, _ in counted],
        Blend(np.array([weight for _, weight in counted]), blend.intercept),
    )
    rmse = float(np.sqrt(np.mean((said - fits.actual) ** 2)))
    return _Chosen(stack, said, rmse), {attempt.candidate.name: float(weight) for attempt, weight in counted}


def best_few(attempts: Sequence[Attempt], most: int = MOST_MEMBERS) -> list[Attempt]:
    """Of those near the best, the best of each kind, then the best of the rest: those who err differently help each other."""
    ranked = sorted(attempts, key=lambda attempt: attempt.rmse)
    ranked = [attempt for attempt in ranked if attempt.rmse <= NEAR_BEST * ranked[0].rmse]
    first = list({attempt.candidate.kind: attempt for attempt in reversed(ranked)}.values())
    rest = [attempt for attempt in ranked if attempt not in first]
    return sorted((first + rest)[:most], key=lambda attempt: CANDIDATES.index(attempt.candidate))


def _parts(fits: Fits) -> Ints:
    """The folds; of a single fold, tenths."""
    if len(fits.problem.folds) > 1:
        return fits.parts
    return np.arange(len(fits.parts), dtype=np.int64) * 10 // max(len(fits.parts), 1)


def _row(fits: Fits, attempt: Attempt, weights: dict[str, float], champion: _Chosen) -> Tried:
    candidate: Candidate = attempt.candidate
    alone = 1.0 if champion.estimator.name == candidate.name else 0.0
    known = len(attempt.errors) > 0
    return Tried(
        name=candidate.name,
        label=candidate.label,
        params=dict(attempt.params),
        rmse=attempt.rmse if known else None,
        mae=attempt.mae if known else None,
        fits=fits.spent.get(candidate.name, len(fits.problem.folds) if candidate.is_baseline else 0),
        is_baseline=candidate.is_baseline,
        can_serve=candidate.can_serve,
        weight=weights.get(candidate.name, alone),
        dropped=attempt.dropped,
    )


def _stack_row(fits: Fits, stack: _Chosen, champion: _Chosen) -> Tried:
    mae = float(np.mean(np.abs(stack.predicted - fits.actual)))
    row = Tried(STACK, STACK_LABEL, {}, stack.rmse, mae, 0, is_baseline=False, can_serve=True)
    return replace(row, weight=1.0 if champion is stack else 0.0)
