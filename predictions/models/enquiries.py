"""One score asked for typed values, without a student's record: kept with what was typed, purged by retention."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.models.versions import ModelVersion
from students.models import School


class EnquiryQuerySet(ScopedQuerySet["Enquiry"]):
    rule = access.ENQUIRY


class Enquiry(models.Model):
    """`values` as typed; `answer`: score, ranges, chances and reasons, or the cause why there is none."""

    school = models.ForeignKey(School, models.CASCADE, related_name="enquiries")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="enquiries", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enquiries")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    values = models.JSONField()
    answer = models.JSONField()

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name_plural = "enquiries"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "-id"], name="enquiry_by_school")]

    def __str__(self) -> str:
        return f"enquiry {self.pk}"
