"""What was said of a student's exam: narrow rows that are written by the hundred thousand and never changed."""

from typing import Any, ClassVar

from django.db import models

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.models.scoring import ScoringRun
from students.models import Exam, Student


class PredictionQuerySet(ScopedQuerySet["Prediction"]):
    rule = access.PREDICTION

    def current(self) -> "PredictionQuerySet":
        """Those that are shown: of each student and exam the newest of a run that is shown."""
        return self.filter(shown__isnull=False)


class Prediction(models.Model):
    """Version and day stand on the run. Scores are per cent of the exam's maximum; null where `cause` says why.

    Asked for by exam first, of which there is an index: of a run with `exam__in=run.exams`.

    `inputs`, `chances` and `reasons` are rows of 32-bit floats (predictions/packing.py): the matrix row as the version
    saw it, the chance of each of the run's boundaries, the points of each group of features.
    """

    is_derived = True  # goes with the records it was worked out from (portal/audit/hanging.py)

    run = models.ForeignKey(ScoringRun, models.PROTECT, related_name="predictions", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="predictions", db_index=False)
    exam = models.ForeignKey(Exam, models.CASCADE, related_name="predictions", db_index=False)
    score = models.FloatField(null=True)
    low_80 = models.FloatField(null=True)
    high_80 = models.FloatField(null=True)
    low_95 = models.FloatField(null=True)
    high_95 = models.FloatField(null=True)
    baseline = models.FloatField(null=True)
    history = models.PositiveSmallIntegerField(default=0)
    missing = models.PositiveSmallIntegerField(default=0)
    unknown = models.PositiveSmallIntegerField(default=0)
    cause = models.CharField(max_length=24, blank=True, default="")
    sentence = models.CharField(max_length=200, blank=True, default="")
    remedy = models.CharField(max_length=200, blank=True, default="")
    chances = models.BinaryField()
    reasons = models.BinaryField()
    inputs = models.BinaryField()

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering = ("-run",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["exam", "student", "run"], name="prediction_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=False, cause="")
                | (models.Q(score__isnull=True) & ~models.Q(cause="")),
                name="prediction_score_or_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"prediction {self.pk}"


class CurrentPrediction(models.Model):
    """Which prediction is shown of a student and exam. Chunks move it as they finish; a shadow never does."""

    is_derived = True  # goes with the records it was worked out from (portal/audit/hanging.py)

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="current_predictions", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="current_predictions", db_index=False)
    prediction = models.OneToOneField(Prediction, models.CASCADE, related_name="shown")
    as_of = models.DateField()
    run_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["exam", "student"], name="current_prediction_once")
        ]

    def __str__(self) -> str:
        return f"shown: prediction {self.prediction_id}"
