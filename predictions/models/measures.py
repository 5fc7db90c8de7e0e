"""How versions did once results were there, and the alerts raised when they fell short."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.models.versions import ModelVersion
from students.models import Exam, School
from students.models.provenance import one_of


class MeasureKind(models.TextChoices):
    RESULTS = "results", _("held against results")
    DRIFT = "drift", _("before results")
    SHADOW = "shadow", _("champion against challenger")


class MeasurementQuerySet(ScopedQuerySet["Measurement"]):
    rule = access.MEASURE


class Measurement(models.Model):
    """One look at a version: of one exam or (without) of all of the last months. `facts` hold no group under 10."""

    is_derived = True  # goes with the records it was worked out from (portal/audit/hanging.py)

    Kind = MeasureKind

    school = models.ForeignKey(School, models.CASCADE, related_name="measurements")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="measurements")
    exam = models.ForeignKey(Exam, models.CASCADE, null=True, related_name="measurements")
    kind = models.CharField(max_length=8, choices=MeasureKind.choices)
    at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [one_of("kind", MeasureKind, "measurement")]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "kind", "-id"], name="measurement_by_school")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.version}"


class AlertKind(models.TextChoices):
    ERROR = "error", _("larger errors than promised")
    COVERAGE = "coverage", _("ranges that do not hold")
    BASELINE = "baseline", _("no better than the simplest guess")
    DRIFT = "drift", _("students unlike those it learned from")
    ARTIFACT = "artifact", _("a stored model that cannot be opened")


class AlertQuerySet(ScopedQuerySet["Alert"]):
    rule = access.MEASURE

    def open(self) -> "AlertQuerySet":
        return self.filter(closed_at__isnull=True)


class Alert(models.Model):
    Kind = AlertKind

    school = models.ForeignKey(School, models.CASCADE, related_name="alerts")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=8, choices=AlertKind.choices)
    sentence = models.CharField(max_length=400)
    facts = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    closed_why = models.CharField(max_length=400, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            one_of("kind", AlertKind, "alert"),
            # While one is open, the same fault raises no second; a district's version may fall short in several schools.
            models.UniqueConstraint(
                fields=["school", "version", "kind"], condition=models.Q(closed_at__isnull=True), name="alert_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
