"""The trial of the chosen recipe on the holdout: learned from the past alone, judged on what selection never saw."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlcore import chances, metrics
from mlcore.arrays import Floats, Ints
from mlcore.estimators import BY_NAME
from mlcore.explain import explainer, importance
from mlcore.fairness import Judged, fairness
from mlcore.features.base import Matrix, MatrixSchema
from mlcore.lesson import Lesson
from mlcore.ranges import Ranges, RangeSet, learn_ranges
from mlcore.report import CurvePoint, Fairness, Slice, Sufficiency, WorstCase
from mlcore.search import Choice
from mlcore.spec import TrainSpec
from mlcore.splits import sampled_students
from mlcore.stack import Stack
from mlcore.sufficiency import sufficiency, too_little

LOWEST, HIGHEST = 0.0, 100.0
SHARES = (0.1, 0.25, 0.5)
LEAST_LEARNED = 50


@dataclass(frozen=True)
class Trial:
    """`rows`: the samples of the holdout that get a score; every array has one entry for each of them."""

    lesson: Lesson
    choice: Choice
    champion: Stack
    ranges: Ranges
    sufficiency: Sufficiency
    rows: Ints
    refused: int
    predicted: Floats
    baseline: Floats
    held: RangeSet
    seed: int

    @property
    def y(self) -> Floats:
        return self.lesson.y[self.rows]

    @property
    def whose(self) -> Ints:
        return self.lesson.whose[self.rows]

    @property
    def matrix(self) -> Matrix:
        return self.lesson.matrix.take(self.rows)


def hold(lesson: Lesson, choice: Choice, spec: TrainSpec, seed: int) -> Trial:
    """Fit champion and best baseline on the rows before the holdout, and ask them about the holdout."""
    learn, holdout = lesson.split.learn, lesson.split.holdout
    past = lesson.matrix.take(learn)
    ranges = ranges_of(lesson, learn, choice.out_of_fold, seed)
    told = ranges.of(past.values, clipped(choice.out_of_fold))
    enough = sufficiency(lesson.y[learn], told, lesson.context["history"].to_numpy()[learn], spec.least_history)
    rows = holdout[~too_little(lesson.context["history"].to_numpy()[holdout], enough)]
    champion = fitted(choice.champion, past.values, lesson.y[learn])
    asked = lesson.matrix.values[rows]
    predicted = clipped(champion.predict(asked))
    return Trial(
        lesson=lesson,
        choice=choice,
        champion=champion,
        ranges=ranges,
        sufficiency=enough,
        rows=rows,
        refused=len(holdout) - len(rows),
        predicted=predicted,
        baseline=clipped(fitted(choice.baseline, past.values, lesson.y[learn]).predict(asked)),
        held=ranges.of(asked, predicted),
        seed=seed,
    )


def ranges_of(lesson: Lesson, rows: Ints, predicted: Floats, seed: int) -> Ranges:
    """Ranges from what was said of these rows by models that had not seen them."""
    context = lesson.context.iloc[rows].reset_index(drop=True)
    return learn_ranges(lesson.matrix.take(rows), clipped(predicted), lesson.y[rows], context, seed, lesson.whose[rows])


def fitted(recipe: Stack, values: Floats, y: Floats) -> Stack:
    """A copy of the recipe that has learned; the recipe itself stays as it is."""
    return copy(recipe).fit(values, y)


def clipped(predicted: Floats) -> Floats:
    return np.clip(predicted, LOWEST, HIGHEST)


def reaching(trial: Trial, boundaries: tuple[float, ...]) -> Floats:
    """The chance of each boundary, one column each."""
    return trial.ranges.chances(trial.matrix.values, trial.predicted, boundaries)


def missing(trial: Trial, pass_mark: float) -> Floats:
    return 1.0 - reaching(trial, (pass_mark,))[:, 0]


def parts(trial: Trial) -> tuple[Slice, ...]:
    """By subject, grade, lead, kind and amount of history. Protected groups are told by `groups`, which hides small ones."""
    context = trial.lesson.context.iloc[trial.rows].reset_index(drop=True)
    return metrics.slices(trial.y, trial.predicted, trial.held, context, trial.whose, seed=trial.seed)


def told_parts(trial: Trial, found: tuple[Slice, ...]) -> tuple[Slice, ...]:
    """As many of them as a report may show; the gate judges all."""
    known = np.isfinite(trial.y) & np.isfinite(trial.predicted)
    context = trial.lesson.context.iloc[trial.rows[known]]
    return metrics.tellable(found, context, trial.whose[known])


def groups(trial: Trial, spec: TrainSpec, other: Matrix | None) -> Fairness:
    """Figures by protected group, and what the protected features would do or do to the error."""
    chance = missing(trial, spec.pass_mark)
    judged = Judged(trial.y, trial.predicted, trial.held.columns, chance, trial.whose, spec.pass_mark)
    facts = trial.lesson.groups.iloc[trial.rows].reset_index(drop=True)
    told = None if other is None or trial.champion.name == trial.choice.baseline.name else _said_over(trial, other)
    return fairness(judged, facts, told, uses_protected=bool(spec.protected), seed=trial.seed)


def _said_over(trial: Trial, other: Matrix) -> Floats:
    """What the same recipe says when it learns from another matrix of the same samples."""
    learn = trial.lesson.split.learn
    recipe = _over(trial.choice.champion, other.schema).fit(other.values[learn], trial.lesson.y[learn])
    return clipped(recipe.predict(other.values[trial.rows]))


def _over(recipe: Stack, schema: MatrixSchema) -> Stack:
    """The same recipe for another list of columns."""
    from sklearn.base import clone

    again = copy(recipe)
    again.members = tuple((name, _reading(clone(member), name, schema)) for name, member in recipe.members)
    return again


def _reading(member: Any, name: str, schema: MatrixSchema) -> Any:
    """A guess reads its one column, all others read them all."""
    from mlcore.encoding import sizes_of

    column = BY_NAME[name].column
    if column is not None:
        return member.set_params(encode__place=schema.places[column])
    return member.set_params(encode__sizes=sizes_of(schema))


def learning_curve(trial: Trial) -> tuple[CurvePoint, ...]:
    """The error on the holdout of the same champion after fewer students, and after all."""
    learn = trial.lesson.split.learn
    points = []
    for share in SHARES:
        some = sampled_students(trial.lesson.whose[learn], share, trial.seed)
        if some.sum() >= LEAST_LEARNED:
            points.append(_point(trial, _after(trial, learn[some]), int(some.sum())))
    return (*points, _point(trial, trial.predicted, len(learn)))


def _after(trial: Trial, rows: Ints) -> Floats:
    values = trial.lesson.matrix.values
    return clipped(fitted(trial.choice.champion, values[rows], trial.lesson.y[rows]).predict(values[trial.rows]))


def _point(trial: Trial, predicted: Floats, rows: int) -> CurvePoint:
    off = predicted - trial.y
    return CurvePoint(rows, float(np.sqrt(np.mean(off**2))), float(np.mean(np.abs(off))))


def worst(trial: Trial) -> tuple[WorstCase, ...]:
    keys = trial.lesson.samples.rows[["student", "exam"]].iloc[trial.rows].reset_index(drop=True).astype(str)
    keys = keys.assign(lead=trial.lesson.context["lead"].to_numpy()[trial.rows])
    return metrics.worst_cases(keys, trial.y, trial.predicted, trial.held)


def weights_of_reasons(trial: Trial) -> tuple[tuple[str, float], ...]:
    """Each group's mean absolute points on the holdout."""
    told = explainer(trial.champion, trial.lesson.matrix.schema, trial.lesson.matrix.take(trial.lesson.split.learn))
    reasons = told.reasons(trial.matrix.values, trial.predicted)
    return importance(reasons, trial.lesson.matrix.schema.groups)


def flagging(trial: Trial, spec: TrainSpec) -> tuple[Any, ...]:
    return chances.flagging(trial.y, missing(trial, spec.pass_mark), spec.pass_mark, trial.whose, seed=trial.seed)


def reliability(trial: Trial, spec: TrainSpec) -> tuple[Any, ...]:
    return chances.reliability(trial.y, reaching(trial, spec.boundaries), spec.boundaries, trial.whose, trial.seed)
