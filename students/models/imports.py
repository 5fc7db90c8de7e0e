"""Imports: how files of one source are read, each file with what it would do and what it did. Reports stay for good."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.provenance import one_of
from students.models.schools import School


class ImportKind(models.TextChoices):
    SPREADSHEET = "spreadsheet", _("spreadsheet")
    ONEROSTER = "oneroster", _("OneRoster")


class ImportState(models.TextChoices):
    RECEIVED = "received", _("received")
    READING = "reading", _("being read")
    PLANNED = "planned", _("looked over")
    REFUSED = "refused", _("cannot be read")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


BUSY = frozenset({ImportState.READING, ImportState.APPLYING, ImportState.UNDOING})
WRITING = frozenset({ImportState.APPLYING, ImportState.UNDOING})


class ImportProfileQuerySet(ScopedQuerySet["ImportProfile"]):
    rule = access.IMPORT


class ImportProfile(models.Model):
    """How the files of one source are read; made from the mapping of a file that went well."""

    school = models.ForeignKey(School, models.CASCADE, related_name="import_profiles")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=ImportKind.choices)
    source = models.CharField(max_length=40, help_text=_("The system the files come from; its ids belong to it."))
    mapping = models.JSONField(default=dict)
    # Files that lie in the school's folder at night are applied under this person's name, as long as they may.
    is_nightly = models.BooleanField(_("applied by itself"), default=False)
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ImportProfileQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints: ClassVar[list[Any]] = [
            one_of("kind", ImportKind, "import_profile"),
            models.UniqueConstraint(
                fields=["school", "name"], name="import_profile_name_once",
                violation_error_message=_("There is a profile of this name already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class ImportBatchQuerySet(ScopedQuerySet["ImportBatch"]):
    rule = access.IMPORT


class ImportBatch(models.Model):
    """One file on its way in: its plan, what became of it, and how it is undone."""

    Kind = ImportKind
    State = ImportState

    school = models.ForeignKey(School, models.PROTECT, related_name="import_batches")
    kind = models.CharField(max_length=12, choices=ImportKind.choices)
    profile = models.ForeignKey(ImportProfile, models.SET_NULL, null=True, related_name="batches")
    source = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict)  # importing/mapping.py
    # truncate: rows of this source that the file does not name go; set_aside: rows with errors are left out.
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RECEIVED)
    # Null: the clock brought it.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField(default=timezone.now)
    job_id = models.UUIDField(null=True)  # the newest job about it

    file_name = models.CharField(max_length=160)
    path = models.CharField(max_length=120, blank=True)  # in the storage "files"; empty once the file was let go
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    on = models.DateField(null=True)  # the day the plan counts from; applying it keeps it
    findings = models.JSONField(default=dict)  # importing/told.py: FindingsTold
    findings_path = models.CharField(max_length=120, blank=True)
    plan = models.JSONField(default=dict)  # importing/told.py: PlanTold
    changes_path = models.CharField(max_length=120, blank=True)
    lists_path = models.CharField(max_length=120, blank=True)  # importing/lists.py
    fingerprint = models.CharField(max_length=64, blank=True)
    refusal = models.CharField(max_length=400, blank=True)

    mark = models.UUIDField(default=uuid4, unique=True)  # of the changes it made, in the history
    undo_mark = models.UUIDField(default=uuid4, unique=True)  # of those that took them back
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    applied_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)
    undone = models.JSONField(default=dict)  # restored, removed, left: sentences

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            one_of("kind", ImportKind, "import_batch"),
            one_of("state", ImportState, "import_batch"),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "-id"], name="import_batch_by_school")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def is_set_aside(self) -> bool:
        """Rows with errors are left out, because a person said so."""
        return bool(self.options.get("set_aside"))

    @property
    def truncates(self) -> bool:
        return bool(self.options.get("truncate"))
