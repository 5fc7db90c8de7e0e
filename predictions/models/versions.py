"""Model versions, which never change, and what people decided about them: approvals, and aliases that move."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.models.training import TrainingRun
from students.models import School, Subject
from students.models.provenance import one_of


class Alias(models.TextChoices):
    CHAMPION = "champion", _("champion")
    CHALLENGER = "challenger", _("challenger")


class VersionState(models.TextChoices):
    CANDIDATE = "candidate", _("candidate")
    APPROVED = "approved", _("approved")
    CHAMPION = "champion", _("champion")
    CHALLENGER = "challenger", _("challenger")
    ARCHIVED = "archived", _("archived")
    REJECTED = "rejected", _("rejected")


class ModelVersionQuerySet(ScopedQuerySet["ModelVersion"]):
    rule = access.VERSION

    def with_standing(self) -> "ModelVersionQuerySet":
        """Everything its state is derived from, in three queries for many as for one."""
        return self.select_related("school", "subject", "run").prefetch_related("approvals", "aliases", "moves")

    def update(self, **facts: Any) -> NoReturn:
        raise TypeError("A model version never changes.")


class ModelVersion(models.Model):
    """A registered artifact with a number. Its state is told by its approvals and by the aliases that point to it."""

    State = VersionState

    school = models.ForeignKey(School, models.PROTECT, related_name="model_versions")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="model_versions")
    number = models.PositiveIntegerField()
    run = models.OneToOneField(TrainingRun, models.PROTECT, related_name="version")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    passed_gate = models.BooleanField()
    # One row of its matrix and what it said of it when it was made: opened elsewhere it must say the same.
    probe = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ("school", "-number")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["school", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return _("Version %s") % self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A model version never changes.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A model version is never deleted.")

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("model_version", args=[self.pk])

    @property
    def state(self) -> VersionState:
        """Reads `approvals`, `aliases` and `moves`: fetch with `with_standing()` for many."""
        names = {alias.name for alias in self.aliases.all()}
        if Alias.CHAMPION in names:
            return VersionState.CHAMPION
        last = max(self.approvals.all(), key=lambda each: each.pk, default=None)
        if not self.passed_gate or (last and not last.is_yes):
            return VersionState.REJECTED
        if Alias.CHALLENGER in names:
            return VersionState.CHALLENGER
        if any(move.name == Alias.CHAMPION for move in self.moves.all()):
            return VersionState.ARCHIVED
        return VersionState.APPROVED if last else VersionState.CANDIDATE


class ApprovalQuerySet(ScopedQuerySet["Approval"]):
    rule = access.OF_VERSION


class Approval(models.Model):
    """A person's yes or no to a version, with a reason. Added, never changed; the last one counts."""

    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="approvals")
    is_yes = models.BooleanField()
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.version} {'approved' if self.is_yes else 'rejected'}"


class ModelAliasQuerySet(ScopedQuerySet["ModelAlias"]):
    rule = access.VERSION


class ModelAlias(models.Model):
    """A name that points to one version, for a school or for one of its subjects."""

    school = models.ForeignKey(School, models.PROTECT, related_name="model_aliases")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="model_aliases")
    name = models.CharField(max_length=10, choices=Alias.choices)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="aliases")

    objects = ModelAliasQuerySet.as_manager()

    class Meta:
        ordering = ("school", "subject", "name")
        verbose_name_plural = "model aliases"
        constraints: ClassVar[list[Any]] = [
            one_of("name", Alias, "alias"),
            models.UniqueConstraint(fields=["school", "subject", "name"], name="alias_once"),
            models.UniqueConstraint(
                fields=["school", "name"], condition=models.Q(subject__isnull=True), name="alias_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} of {self.school}"


class AliasMoveQuerySet(ScopedQuerySet["AliasMove"]):
    rule = access.TRAINING_RUN


class AliasMove(models.Model):
    """Who moved an alias, when and why. Added, never changed. Without a version the name points to nothing from then on."""

    school = models.ForeignKey(School, models.PROTECT, related_name="alias_moves")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=10, choices=Alias.choices)
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="moves")
    before = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=400)

    objects = AliasMoveQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.name} of {self.school} moved"
