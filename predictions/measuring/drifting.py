"""Before results are there: how far today's inputs lie from those a version learned from, and what error to expect."""

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_noop as _

from mlcore.drift import DriftReport, Level, drift
from mlcore.plain import plain
from predictions import alerting, artifacts
from predictions.measuring.findings import Finding
from predictions.models import CurrentPrediction, MeasureKind, ModelVersion
from predictions.packing import rows_of
from students.models import School

LEAST_STUDENTS = 30
MOST_ROWS = 50_000  # of more so many are drawn, by whole students; the shares of a distribution need no more
MOST_UNLIKE = 0.25  # share of rows further out than 99 of 100 in training
GROWN = 1.2
READ = ("student_id", "prediction__score", "prediction__low_80", "prediction__high_80", "prediction__inputs")


def drifts(school: School, *, on: date) -> list[Finding]:
    """One for each version whose predictions are shown of exams ahead; one that cannot be opened raises its alert."""
    ahead = CurrentPrediction.objects.filter(exam__school=school, exam__day__gt=on)
    counts = ahead.order_by().values("prediction__run__version").annotate(
        rows=Count("pk"), scored=Count("pk", filter=Q(prediction__score__isnull=False))
    )  # fmt: skip
    found = []
    for each in counts:
        version = ModelVersion.objects.select_related("school").get(pk=each["prediction__run__version"])
        mine = ahead.filter(prediction__run__version=version, prediction__score__isnull=False)
        if (facts := _facts(version, mine, each["scored"])) is not None:
            facts["unscored"] = each["rows"] - each["scored"]
            found.append(Finding(MeasureKind.DRIFT, version, each["scored"], facts))
    return found


def _facts(version: ModelVersion, rows: "QuerySet[CurrentPrediction]", count: int) -> dict[str, Any] | None:
    try:
        bundle = artifacts.checked(version)
    except artifacts.BadArtifact as error:
        alerting.artifact_refused(version, error)
        return None
    alerting.artifact_opened(version)
    step = -(-count // MOST_ROWS)
    if step > 1:
        rows = rows.annotate(turn=F("student_id") % step).filter(turn=0)
    told = list(rows.order_by("student_id", "exam_id").values_list(*READ))
    student = np.array([row[0] for row in told], dtype=np.int64)
    if (students := len(np.unique(student))) < LEAST_STUDENTS:
        return {"students": students, "enough": False, "least": LEAST_STUDENTS}
    score, low, high = (np.array([row[place] for row in told], dtype=np.float64) for place in (1, 2, 3))
    report = drift(bundle.reference, rows_of([row[4] for row in told]), score, high - low, student)
    return {"students": students, "enough": True, **_plain(report)}


def is_far(report: DriftReport) -> bool:
    """The rows of one day never lie like those of years: features that count or age always move. It matters where many
    students are unlike any before, or where a clearly larger error is to be expected.
    """
    if report.level is not Level.MOVED_A_LOT:
        return False
    expected, usual = report.expected_error, report.usual_error
    return (report.unlike or 0.0) > MOST_UNLIKE or (
        expected is not None and usual is not None and expected > GROWN * usual
    )


def _sentence(report: DriftReport) -> str:
    if is_far(report):
        return report.sentence
    told: dict[str, Any] = {"moved": len(report.moved), "all": len(report.columns)}
    parts = [_("%(moved)s of %(all)s features lie otherwise than over all of training, as those of one day do.") % told]
    if report.unlike is not None:
        parts.append(_("%s %% of the rows lie further out than nearly all of training.") % round(100 * report.unlike))
    if report.expected_error is not None and report.usual_error is not None:
        told |= {"expected": f"{report.expected_error:.1f}", "usual": f"{report.usual_error:.1f}"}
        sentence = _("An error of %(expected)s points is to be expected; it was %(usual)s when the version was tested.")
        parts.append(sentence % told)
    return " ".join(parts)


def _plain(report: DriftReport) -> dict[str, Any]:
    told = asdict(report) | {"far": is_far(report), "features": len(report.columns), "sentence": _sentence(report)}
    told["moved"] = [asdict(column) for column in report.moved]
    facts: dict[str, Any] = plain({name: value for name, value in told.items() if name != "columns"})
    return facts
