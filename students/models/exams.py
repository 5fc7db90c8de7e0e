"""Exams, which classes sit them, what came of it, and when families may see it."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.figures import plain
from portal.kit.folding import FoldedName
from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.classes import SchoolClass
from students.models.people import Student
from students.models.provenance import OF_OTHER_SCHOOL, Provenance, known_once, one_of
from students.models.schools import School, Subject, Term


class ExamKind(models.TextChoices):
    QUIZ = "quiz", _("quiz")
    TEST = "test", _("test")
    COURSEWORK = "coursework", _("coursework")
    ORAL = "oral", _("oral exam")
    FINAL = "final", _("final exam")


class ExamQuerySet(ScopedQuerySet["Exam"]):
    rule = access.EXAM

    def ahead_of(self, day: date) -> Self:
        return self.filter(day__gte=day)

    def of_class(self, school_class: SchoolClass) -> Self:
        return self.filter(sittings__school_class=school_class)


class Exam(Provenance):
    """A planned measurement of one or several classes."""

    Kind = ExamKind

    school = models.ForeignKey(School, models.PROTECT, related_name="exams")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="exams")
    term = models.ForeignKey(Term, models.PROTECT, related_name="exams")
    title = models.CharField(max_length=120)
    search_name = FoldedName(max_length=130, of=("title",))
    kind = models.CharField(max_length=12, choices=ExamKind.choices, default=ExamKind.TEST)
    day = models.DateField()
    maximum = models.DecimalField(
        "most points",
        max_digits=7,
        decimal_places=2,
        default=Decimal(100),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(1), validators=[MinValueValidator(0)])
    is_target = models.BooleanField("to be predicted", default=False)
    classes = models.ManyToManyField(SchoolClass, through="Sitting", related_name="exams")

    objects = ExamQuerySet.as_manager()

    class Meta:
        ordering = ("day", "title", "pk")
        constraints: ClassVar[list[Any]] = [
            known_once("school", "exam"),
            one_of("kind", ExamKind, "exam"),
            models.CheckConstraint(condition=Q(maximum__gt=0), name="exam_maximum_positive"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="exam_weight_not_negative"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["school", "day"], name="exam_by_day"),
            models.Index(fields=["school", "day"], condition=Q(is_target=True), name="exam_targets"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        for field in ("subject", "term"):
            other = getattr(self, f"{field}_id") and getattr(self, field)
            if other and other.school_id != self.school_id:
                raise ValidationError({field: OF_OTHER_SCHOOL[field]})


class SittingQuerySet(ScopedQuerySet["Sitting"]):
    rule = access.SITTING


class Sitting(models.Model):
    """One class sits one exam."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="sittings", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="sittings")
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ("exam", "school_class")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["exam", "school_class"], name="sitting_once")
        ]

    def __str__(self) -> str:
        return f"{self.school_class} sits {self.exam}"

    @property
    def is_locked(self) -> bool:
        """Marks of this class in this exam are final: only a leader or the office opens them again."""
        return self.locked_at is not None

    def clean(self) -> None:
        if self.exam_id and self.school_class_id and self.exam.school_id != self.school_class.school_id:
            raise ValidationError({"school_class": _("The exam and the class belong to different schools.")})


class ResultStatus(models.TextChoices):
    SCORED = "scored", _("scored")
    ABSENT = "absent", _("absent")
    EXEMPT = "exempt", _("exempt")
    NOT_SUBMITTED = "not_submitted", _("not submitted")


class ResultQuerySet(ScopedQuerySet["Result"]):
    rule = access.RESULT

    def scored(self) -> Self:
        return self.filter(status=ResultStatus.SCORED)


class Result(Provenance):
    """One student's score in one exam, or why there is none. No score is ever written as zero."""

    Status = ResultStatus

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="results", db_index=False)
    student = models.ForeignKey(Student, models.CASCADE, related_name="results", db_index=False)
    status = models.CharField(max_length=13, choices=ResultStatus.choices, default=ResultStatus.SCORED)
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    known_on = models.DateField(
        null=True, blank=True, editable=False, help_text="The day the mark became known; empty where nobody knows."
    )

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ("exam", "student")
        constraints: ClassVar[list[Any]] = [
            known_once("exam", "result"),
            one_of("status", ResultStatus, "result"),
            models.UniqueConstraint(
                fields=["student", "exam"], name="result_once",
                violation_error_message="The student has a result in this exam already.",
            ),
            models.CheckConstraint(
                condition=Q(status="scored", score__isnull=False) | (~Q(status="scored") & Q(score__isnull=True)),
                name="result_score_iff_scored",
                violation_error_message="A scored result needs a score; an absent, exempt or missing one has none.",
            ),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__gte=0), name="result_not_negative"),
        ]  # fmt: skip
        indexes: ClassVar[list[Any]] = [models.Index(fields=["exam", "student"], name="result_by_exam")]

    def __str__(self) -> str:
        return f"{self.student}: {self.exam}"

    def clean(self) -> None:
        if not (self.exam_id and self.student_id):
            return
        if self.exam.school_id != self.student.school_id:
            raise ValidationError({"student": _("The student and the exam belong to different schools.")})
        if self.score is not None and self.score > self.exam.maximum:
            raise ValidationError({"score": _("The exam has %s points at most.") % plain(self.exam.maximum)})

    @property
    def percent(self) -> Decimal | None:
        return None if self.score is None else 100 * self.score / self.exam.maximum


class ReleaseQuerySet(ScopedQuerySet["Release"]):
    rule = access.RELEASE


class Release(models.Model):
    """From now on the families of one class see its results in one exam."""

    exam = models.ForeignKey(Exam, models.CASCADE, related_name="releases", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="releases")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    comment = models.CharField(max_length=400, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["exam", "school_class"], name="release_once",
                violation_error_message="These results are released already.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.exam} released to {self.school_class}"

    def clean(self) -> None:
        both = self.exam_id and self.school_class_id
        if both and not Sitting.objects.filter(exam=self.exam_id, school_class=self.school_class_id).exists():
            raise ValidationError({"school_class": _("%s does not sit this exam.") % self.school_class})
