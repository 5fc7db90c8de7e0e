"""Slow work as a person sees it: who asked, how far it is, how it ended. The row is the truth, the queue a doorbell."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("finished")
    PARTIALLY_SUCCEEDED = "partial", _("finished in part")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


ENDED = frozenset({JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


class JobQuerySet(ScopedQuerySet["Job"]):
    """A job belongs to who asked for it; no role leads to another person's jobs. Its parts are shown to nobody alone."""

    def visible_to(self, user: Any, on: Any = None) -> "JobQuerySet":
        # Jobs of the clock belong to nobody, and nobody is what a person without a key would be taken for.
        return self.filter(requested_by_id=user.pk, part_of=None) if user.pk else self.none()

    editable_by = countable_by = visible_to

    def waiting_for_parts(self) -> "JobQuerySet":
        """No worker has these: they handed their work over. Without a heartbeat no sweep takes them for lost."""
        return self.filter(state=JobState.RUNNING, heartbeat_at=None)


class Job(models.Model):
    State = JobState

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    school_id = models.BigIntegerField(null=True, db_index=True)
    # Null: the clock asked. Such jobs are shown where their work is, never in a person's list.
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs")
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    # What to ring for again should the message or its worker be lost.
    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=20)
    rung_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    sentence = models.CharField(max_length=400, blank=True)
    is_our_fault = models.BooleanField(default=False)
    cancel_asked_at = models.DateTimeField(null=True)
    back_to = models.CharField(max_length=200, blank=True)
    # Plain values that a room tells beside the sentence: the best so far, the candidate of the moment.
    facts = models.JSONField(default=dict, blank=True)
    # Its index is `job_parts`, which begins with it.
    part_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts", db_index=False)
    # Attempts that no longer count, because a person asked for another try. `attempt` itself never goes back: it is how
    # a run that was taken over is told from the one that has the job now.
    attempts_before = models.PositiveSmallIntegerField(default=0)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["requested_by", "-requested_at"], name="job_by_person", condition=models.Q(part_of=None)
            ),
            models.Index(fields=["state", "heartbeat_at"], name="job_to_sweep"),
            models.Index(fields=["part_of", "state"], name="job_parts"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def told(self) -> str:
        """How it stands, in the language of who reads it where the sentence is one of our own."""
        return gettext(self.sentence) if self.sentence else ""

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def waits_for_parts(self) -> bool:
        return self.state == JobState.RUNNING and self.heartbeat_at is None

    @property
    def has_tries_left(self) -> bool:
        return self.attempt - self.attempts_before < settings.JOB_ATTEMPTS


class JobFile(models.Model):
    """What a job made for who ordered it: bytes under `path` in the private storage, kept until `expires_at`."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="files")
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    path = models.CharField(max_length=120, unique=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
