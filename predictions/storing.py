"""Predictions on their way into the database: rows of a chunk at once, and the move of what is shown."""

from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F

from mlcore.features.base import UNKNOWN
from portal.kit import bulk
from predictions.answers import Answers
from predictions.models import CurrentPrediction, Prediction, ScoringRun
from predictions.packing import packed

LONGEST = 200
# A later day wins, on the same day the later run: so chunks of an older run that come late change nothing.
SHOW = """
INSERT INTO {current} (exam_id, student_id, prediction_id, as_of, run_id)
SELECT exam_id, student_id, id, %s, run_id FROM {prediction}
WHERE run_id = %s AND exam_id IN ({exams}) AND student_id BETWEEN %s AND %s
ON CONFLICT (exam_id, student_id) DO UPDATE
SET prediction_id = excluded.prediction_id, as_of = excluded.as_of, run_id = excluded.run_id
WHERE {current}.as_of < excluded.as_of OR ({current}.as_of = excluded.as_of AND {current}.run_id < excluded.run_id)
"""


def write(run: ScoringRun, answers: Answers) -> int:
    """All rows of one chunk that share their boundaries. Returns how many."""
    return bulk.write(Prediction, columns(run, answers))


def columns(run: ScoringRun, answers: Answers) -> dict[str, Any]:
    said, rows = answers.said, answers.samples.rows
    ranges = ("low_80", "high_80", "low_95", "high_95")
    return {
        "run_id": run.pk,
        "student_id": rows["student"].to_numpy(np.int64),
        "exam_id": rows["exam"].to_numpy(np.int64),
        "score": said.scores,
        **dict(zip(ranges, said.ranges.columns, strict=True)),
        "baseline": answers.baseline,
        "history": np.minimum(answers.history, 32_000).astype(np.int64),
        "missing": np.isnan(said.matrix.values).sum(axis=1),
        "unknown": (said.matrix.values[:, said.matrix.schema.categories] == UNKNOWN).sum(axis=1),
        **_causes(said.causes),
        "chances": packed(said.chances),
        "reasons": packed(said.reasons if said.reasons is not None else np.empty((len(said), 0))),
        "inputs": packed(said.matrix.values),
    }


def _causes(told: tuple[Any, ...]) -> dict[str, bulk.Coded]:
    """The few different causes of a chunk as coded columns; no cause is an empty text."""
    distinct = [None, *dict.fromkeys(cause for cause in told if cause is not None)]
    places = {cause: place for place, cause in enumerate(distinct)}
    codes = np.fromiter((places[cause] for cause in told), dtype=np.int64, count=len(told))
    texts = {"cause": "code", "sentence": "sentence", "remedy": "change"}
    return {
        column: bulk.Coded(codes, ["" if cause is None else getattr(cause, name)[:LONGEST] for cause in distinct])
        for column, name in texts.items()
    }


def show(run: ScoringRun, first: int, last: int) -> None:
    """From now on these are the predictions that people see, where no later ones are shown already."""
    tables = {"current": CurrentPrediction._meta.db_table, "prediction": Prediction._meta.db_table}
    statement = SHOW.format(**tables, exams=", ".join(["%s"] * len(run.exams)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [run.as_of, run.pk, *run.exams, first, last])


def count(run: ScoringRun, answers: list[Answers]) -> None:
    """Last in the transaction: other chunks wait for this row."""
    scored = sum(int(np.isfinite(each.said.scores).sum()) for each in answers)
    total = sum(len(each.said) for each in answers)
    ScoringRun.objects.filter(pk=run.pk).update(scored=F("scored") + scored, unscored=F("unscored") + total - scored)
