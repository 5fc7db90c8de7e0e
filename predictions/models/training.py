"""Training runs: what was wished, on which data, with which libraries, and what came of it."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.jobs.models import Job
from portal.kit.scoping import ScopedQuerySet
from predictions import access
from students.models import School, Subject
from students.models.provenance import one_of


class TrainingCause(models.TextChoices):
    PERSON = "person", _("ordered by a person")
    COMMAND = "command", _("ordered by a command")
    TIMER = "timer", _("weekly training")
    ALERT = "alert", _("after an alert")
    EFFECT = "effect", _("to see what protected facts do")
    DEMO = "demo", _("made for the demo")


class TrainingRunQuerySet(ScopedQuerySet["TrainingRun"]):
    rule = access.TRAINING_RUN

    def with_frame(self) -> "TrainingRunQuerySet":
        """With all that a page about one of them tells beside its report."""
        return self.select_related("job", "school", "subject", "version", "job__requested_by").order_by("-pk")


class TrainingRun(models.Model):
    """One execution of a spec on the data of one day. `spec`: see predictions/specs.py; `report`: as mlcore tells it."""

    Cause = TrainingCause

    school = models.ForeignKey(School, models.PROTECT, related_name="training_runs")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="training_runs")
    as_of = models.DateField()
    cause = models.CharField(max_length=8, choices=TrainingCause.choices, default=TrainingCause.PERSON)
    spec = models.JSONField()
    seed = models.IntegerField(default=0)
    # Become champion without a further press, where the gate is passed and the school asks for no second person.
    promotes = models.BooleanField(default=False)
    job = models.OneToOneField(Job, models.PROTECT, related_name="training_run")
    ordered_at = models.DateTimeField(default=timezone.now)
    fingerprint = models.CharField(max_length=64, blank=True)
    libraries = models.JSONField(default=dict, blank=True)
    report = models.JSONField(null=True, blank=True)
    drift = models.JSONField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [one_of("cause", TrainingCause, "training")]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "-id"], name="training_by_school")]

    def __str__(self) -> str:
        return f"Training {self.pk} of {self.school}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("training_run", args=[self.pk])
