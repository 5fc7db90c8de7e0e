"""What families may see and what comes back: releases of predictions, requests for a review, and what staff thought of one."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from predictions import access
from predictions.models.predictions import Prediction
from students.models import Exam, SchoolClass, Sitting, Student
from students.models.provenance import one_of


class PredictionReleaseQuerySet(ScopedQuerySet["PredictionRelease"]):
    rule = access.PREDICTION_RELEASE


class PredictionRelease(models.Model):
    """From now on the families of one class see what is shown of this exam; a new scoring takes nothing back."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="prediction_releases", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="prediction_releases")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    comment = models.CharField(max_length=600, blank=True)

    objects = PredictionReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["exam", "school_class"], name="prediction_release_once",
                violation_error_message=_("These predictions are released already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"predictions of {self.exam} released to {self.school_class}"

    def clean(self) -> None:
        both = self.exam_id and self.school_class_id
        if both and not Sitting.objects.filter(exam=self.exam_id, school_class=self.school_class_id).exists():
            raise ValidationError({"school_class": _("%s does not sit this exam.") % self.school_class})


class ReviewRequestQuerySet(ScopedQuerySet["ReviewRequest"]):
    rule = access.REVIEW_REQUEST

    def open(self) -> "ReviewRequestQuerySet":
        return self.filter(answered_at__isnull=True)


class ReviewRequest(models.Model):
    """A family asks a person to look again. `due_on`: thirty days later; teacher and leader are told."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="review_requests", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="review_requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="review_requests")
    text = models.CharField(max_length=1000)
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            # While one waits for its answer, the same person asks no second about the same exam.
            models.UniqueConstraint(
                fields=["exam", "student", "by"],
                condition=models.Q(answered_at__isnull=True),
                name="review_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(answer="")),
                name="review_answered_by_somebody",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["due_on"], condition=models.Q(answered_at__isnull=True), name="review_open_by_day")
        ]

    def __str__(self) -> str:
        return f"review request {self.pk}"


class FeedbackKind(models.TextChoices):
    USEFUL = "useful", _("useful")
    NOT_USEFUL = "not", _("not useful")
    WRONG = "wrong", _("wrong, because …")


class FeedbackQuerySet(ScopedQuerySet["Feedback"]):
    rule = access.FEEDBACK


class Feedback(models.Model):
    """What a member of staff thought of one prediction. Added, never changed; of one person the last counts."""

    Kind = FeedbackKind

    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="feedback")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=FeedbackKind.choices)
    because = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name_plural = "feedback"
        constraints: ClassVar[list[Any]] = [
            one_of("kind", FeedbackKind, "feedback"),
            models.CheckConstraint(
                condition=~models.Q(kind="wrong") | ~models.Q(because=""), name="feedback_wrong_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"feedback {self.pk}"
