"""Predictions with chances and reasons as a test says them, by a version whose stored model knows the groups."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from predictions.groups import groups_of
from predictions.models import CurrentPrediction, ModelVersion, Prediction, ScoringRun
from predictions.packing import packed
from students.models import Exam, Student

BASE = 55


def changeable(version: ModelVersion) -> list[str]:
    return [group.label for group in groups_of(version) if group.is_changeable]


def tell(
    run: ScoringRun, exam: Exam, student: Student, chance: float, reasons: Mapping[str, float] | None = None
) -> Any:
    """`chance` of the pass mark; the score lies where that chance is believable. `reasons`: points by group, of which some group that
    nobody can change takes the rest.
    """
    bounds = run.boundaries[str(exam.pk)]
    score = 50 + 30 * (chance - 0.5)
    chances = np.clip(chance - (np.array(bounds) - 50) / 50, 0.01, 0.99)
    groups = groups_of(run.version)
    points = [float((reasons or {}).get(group.label, 0)) for group in groups]
    rest = next(place for place, group in enumerate(groups) if not group.is_changeable)
    points[rest] += score - BASE - sum(points)  # reasons add up to the score
    prediction = Prediction.objects.create(
        run=run, student=student, exam=exam, score=score, low_80=score - 15, high_80=score + 15, low_95=score - 25,
        high_95=score + 25, baseline=BASE, chances=packed(chances).tobytes(), reasons=packed(np.array(points)).tobytes(),
        inputs=b"",
    )  # fmt: skip
    if run.is_shown:
        shown: dict[str, Any] = {"prediction": prediction, "as_of": run.as_of, "run_id": run.pk}
        CurrentPrediction.objects.update_or_create(exam=exam, student=student, defaults=shown)
    return prediction
