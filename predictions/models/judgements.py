"""A teacher's own estimate beside the model's: kept with its reason, never overwritten, scored after the exam."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from students.models import Exam, Student

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class JudgementQuerySet(ScopedQuerySet["Judgement"]):
    rule = access.JUDGEMENT


class Judgement(models.Model):
    """`percent` of the exam's maximum. A new estimate is a new row; the last one made before the exam counts."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="judgements", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="judgements", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="judgements")
    percent = models.DecimalField(max_digits=5, decimal_places=2, validators=PERCENT)
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=timezone.now)
    expires = models.DateField(null=True, blank=True)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="judgement_percent")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["exam", "student"], name="judgement_by_exam")]

    def __str__(self) -> str:
        return f"judgement {self.pk}"

    @property
    def is_withdrawal(self) -> bool:
        """It had run out when it was made: from then on the person has no estimate."""
        return self.expires is not None and self.expires < self.at.date()
