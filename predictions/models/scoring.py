"""Scoring runs: which exams were scored for whom, as of which day, by which version; and whom new evidence touched."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.jobs.models import Job
from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.models.versions import ModelVersion
from students.models import School
from students.models.provenance import one_of


class ScoringKind(models.TextChoices):
    LIVE = "live", _("shown")
    SHADOW = "shadow", _("in shadow")
    REPLAY = "replay", _("as of an earlier day")


class ScoringCause(models.TextChoices):
    PERSON = "person", _("ordered by a person")
    COMMAND = "command", _("ordered by a command")
    EVIDENCE = "evidence", _("after new marks or attendance")
    NIGHT = "night", _("nightly scoring")
    MODEL = "model", _("after a change of the model")
    DEMO = "demo", _("made for the demo")


class ScoringRunQuerySet(ScopedQuerySet["ScoringRun"]):
    rule = access.SCORING_RUN


class ScoringRun(models.Model):
    """`exams`: keys of the exams; `students`: keys of those it is for, or null for everybody who sits them.
    `boundaries`: for each exam the percentages whose chances are told, the pass mark among them.

    Only a run that `is_shown` moves what people see, and never back: by its `as_of`, then by its number.
    """

    Kind = ScoringKind
    Cause = ScoringCause

    school = models.ForeignKey(School, models.PROTECT, related_name="scoring_runs")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="scoring_runs")
    kind = models.CharField(max_length=6, choices=ScoringKind.choices, default=ScoringKind.LIVE)
    is_shown = models.BooleanField(default=True)
    cause = models.CharField(max_length=8, choices=ScoringCause.choices, default=ScoringCause.PERSON)
    exams = models.JSONField()
    boundaries = models.JSONField(default=dict)
    students = models.JSONField(null=True, blank=True)
    as_of = models.DateField()
    job = models.OneToOneField(Job, models.PROTECT, related_name="scoring_run")
    ordered_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    scored = models.PositiveIntegerField(default=0)
    unscored = models.PositiveIntegerField(default=0)

    objects = ScoringRunQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            one_of("kind", ScoringKind, "scoring"),
            one_of("cause", ScoringCause, "scoring"),
            models.CheckConstraint(
                condition=~models.Q(kind="shadow", is_shown=True), name="scoring_shadow_never_shown"
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "-id"], name="scoring_by_school")]

    def __str__(self) -> str:
        return f"Scoring {self.pk} of {self.school}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("scoring_run", args=[self.pk])


class TouchedKind(models.TextChoices):
    MARKS = "marks", _("marks")
    ATTENDANCE = "attendance", _("attendance")
    OBSERVATIONS = "observations", _("indicators")
    PLANS = "plans", _("planned exams")
    ROSTER = "roster", _("classes")


class Touched(models.Model):
    """A student about whom something new became known since the last scoring. Written by receivers, taken by a timer."""

    is_derived = True  # goes with the records it was worked out from (portal/audit/hanging.py)

    school_id = models.BigIntegerField()
    student_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=TouchedKind.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "touched"
        constraints: ClassVar[list[Any]] = [one_of("kind", TouchedKind, "touched")]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school_id", "at"], name="touched_by_school")]

    def __str__(self) -> str:
        return f"student {self.student_id}: {self.kind}"
