"""Who did what, who looked at whom, and what a record was before. Rows are added and never changed."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone


class Unchangeable(TypeError):
    """Somebody tried to alter the record of what happened."""


def refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise Unchangeable("What was written to the audit tables is never changed; only retention removes it.")


class AppendOnlyQuerySet(models.QuerySet[Any, Any]):
    update = delete = bulk_update = update_or_create = refuse

    def purge_before(self, moment: Any) -> int:
        """For audit/retention.py alone."""
        old: Any = models.QuerySet(self.model, using=self.db).filter(at__lt=moment)
        return int(old._raw_delete(self.db))


class AppendOnly(models.Model):
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-pk",)

    delete = refuse

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse()
        super().save(*args, **kwargs)


class AuditEvent(AppendOnly):
    """Who did what. Ids only, no names, no foreign keys: erasing a person leaves this line as it is."""

    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    school_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta(AppendOnly.Meta):
        indexes = (
            models.Index(fields=["school_id", "-at"], name="audit_school_at"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor_at"),
            models.Index(fields=["target_type", "target_id", "-at"], name="audit_target_at"),
            models.Index(fields=["-at"], name="audit_at"),
        )

    def __str__(self) -> str:
        return f"{self.verb} ({self.target_type} {self.target_id})"


class AccessEvent(AppendOnly):
    """Who looked at whose record: as what, at what part of it, and through which door."""

    class Door(models.TextChoices):
        PAGE = "page", "page"
        PRINT = "print", "print"
        EXPORT = "export", "export"
        API = "api", "API"
        ADMIN = "admin", "back office"

    user_id = models.BigIntegerField()
    role = models.CharField(max_length=20, blank=True)
    student_id = models.BigIntegerField()
    school_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=40)
    door = models.CharField(max_length=10, choices=Door.choices)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta(AppendOnly.Meta):
        indexes = (
            models.Index(fields=["student_id", "-at"], name="access_student_at"),
            models.Index(fields=["user_id", "-at"], name="access_user_at"),
            models.Index(fields=["school_id", "-at"], name="access_school_at"),
            models.Index(fields=["-at"], name="access_at"),
        )

    def __str__(self) -> str:
        return f"user {self.user_id} looked at student {self.student_id} ({self.what})"


class Change(AppendOnly):
    """What a person's edit made of a record: the fields before and after. Serves history, undo and the changes feed.

    Unlike the events above it holds values; `student_id` lets privacy erase them with the student.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "added"
        CHANGED = "changed", "changed"
        REMOVED = "removed", "removed"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    model = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    school_id = models.BigIntegerField(null=True)
    student_id = models.BigIntegerField(null=True)
    batch = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta(AppendOnly.Meta):
        indexes = (
            models.Index(fields=["model", "record_id", "-id"], name="change_record"),
            models.Index(fields=["school_id", "id"], name="change_feed"),
            models.Index(fields=["student_id"], name="change_student", condition=models.Q(student_id__isnull=False)),
            models.Index(fields=["batch"], name="change_batch", condition=models.Q(batch__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.record_id} {self.kind}"
