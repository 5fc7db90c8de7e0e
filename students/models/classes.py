"""Classes, who learns in them and who teaches them, each from a day to a day."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.kit.folding import FoldedName
from portal.kit.scoping import ScopedQuerySet, in_force
from students import access
from students.models.people import Student
from students.models.provenance import OF_OTHER_SCHOOL, Provenance, ends_after_start, known_once
from students.models.schools import School, Subject, Term


class SchoolClassQuerySet(ScopedQuerySet["SchoolClass"]):
    rule = access.SCHOOL_CLASS

    def running(self, on: date) -> Self:
        return self.filter(term__starts__lte=on, term__ends__gte=on)

    def taught_by(self, teacher: Any, on: date) -> Self:
        return self.filter(models.Q(teachings__teacher=teacher) & in_force("teachings", on))

    def with_frame(self) -> Self:
        return self.select_related("school", "subject", "term")


class SchoolClass(Provenance):
    """A group taught one subject in one term or year."""

    school = models.ForeignKey(School, models.PROTECT, related_name="classes")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="classes")
    term = models.ForeignKey(Term, models.PROTECT, related_name="classes")
    name = models.CharField(max_length=80)
    search_name = FoldedName(max_length=90, of=("name",))
    grade_level = models.PositiveSmallIntegerField(null=True, blank=True)
    is_home_class = models.BooleanField(
        "takes the daily roll", default=False, help_text="Attendance is marked once a day in this class."
    )

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        ordering = ("grade_level", "name")
        verbose_name = "class"
        verbose_name_plural = "classes"
        constraints: ClassVar[list[Any]] = [
            known_once("school", "class"),
            models.UniqueConstraint(
                fields=["school", "term", "subject", "name"], name="class_name_once",
                violation_error_message="There is a class of this name in that subject and term already.",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "term", "grade_level"], name="class_by_term")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        for field in ("subject", "term"):
            other = getattr(self, f"{field}_id") and getattr(self, field)
            if other and other.school_id != self.school_id:
                raise ValidationError({field: OF_OTHER_SCHOOL[field]})

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("class", args=[self.pk])


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    rule = access.ENROLMENT

    def active(self, on: date) -> Self:
        return self.filter(in_force("", on))


class Enrolment(Provenance):
    student = models.ForeignKey(Student, models.CASCADE, related_name="enrolments", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="enrolments", db_index=False)
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ("school_class", "student")
        constraints: ClassVar[list[Any]] = [
            ends_after_start("enrolment"),
            models.UniqueConstraint(
                fields=["student", "school_class", "starts"], name="enrolment_once",
                violation_error_message="The student is enrolled in this class from that day already.",
            ),
            models.UniqueConstraint(
                fields=["student", "school_class"], condition=models.Q(ends__isnull=True), name="enrolment_one_open",
                violation_error_message="The student is enrolled in this class already, without a last day.",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school_class", "student"], name="enrolment_by_class")]

    def __str__(self) -> str:
        return f"{self.student} in {self.school_class}"

    def clean(self) -> None:
        if self.student_id and self.school_class_id and self.student.school_id != self.school_class.school_id:
            raise ValidationError({"student": _("The student and the class belong to different schools.")})


class TeachingQuerySet(ScopedQuerySet["Teaching"]):
    rule = access.TEACHING

    def active(self, on: date) -> Self:
        return self.filter(in_force("", on))


class Teaching(Provenance):
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="teachings")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="teachings")
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)
    is_lead = models.BooleanField("leads the class", default=True)

    objects = TeachingQuerySet.as_manager()

    class Meta:
        ordering = ("school_class", "-is_lead", "teacher")
        constraints: ClassVar[list[Any]] = [
            ends_after_start("teaching"),
            models.UniqueConstraint(fields=["teacher", "school_class", "starts"], name="teaching_once"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} teaches {self.school_class}"
