"""Students, the people who care for them, and the protected facts that stand apart."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.kit.folding import FoldedName, has_in_name
from portal.kit.names import fold
from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.provenance import Provenance, ends_after_start, known_once, one_of
from students.models.schools import School


class StudentQuerySet(ScopedQuerySet["Student"]):
    rule = access.STUDENT

    def named(self, text: str) -> Self:
        """Those whose names have words beginning like each word of the text, accents and case aside."""
        rows = self
        for word in fold(text).split():
            rows = rows.filter(has_in_name(Student, f" {word}"))
        return rows

    def enrolled_in(self, school_class: Any, on: date) -> Self:
        in_class = Q(enrolments__school_class=school_class, enrolments__starts__lte=on)
        return self.filter(in_class & (Q(enrolments__ends=None) | Q(enrolments__ends__gte=on)))


class StudentStatus(models.TextChoices):
    EXPECTED = "expected", _("expected")
    ENROLLED = "enrolled", _("on the roll")
    LEFT = "left", _("left")


class Student(Provenance):
    Status = StudentStatus

    school = models.ForeignKey(School, models.PROTECT, related_name="students")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    preferred_name = models.CharField(
        max_length=80, blank=True, help_text="What they are called, if not the given name."
    )
    search_name = FoldedName(max_length=260, of=("given_name", "family_name", "preferred_name"))
    birth_date = models.DateField(null=True, blank=True)
    grade_level = models.PositiveSmallIntegerField(validators=[MaxValueValidator(14)])
    status = models.CharField(max_length=10, choices=StudentStatus.choices, default=StudentStatus.ENROLLED)
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="students"
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ("family_name", "given_name", "pk")
        constraints: ClassVar[list[Any]] = [
            known_once("school", "student"),
            one_of("status", StudentStatus, "student"),
            ends_after_start("student"),
            models.CheckConstraint(
                condition=~Q(status="left") | Q(ends__isnull=False), name="student_left_has_day",
                violation_error_message="A student who has left needs a last day.",
            ),
            models.CheckConstraint(condition=Q(grade_level__lte=14), name="student_grade_level"),
            models.UniqueConstraint(
                fields=["school", "account"], condition=Q(account__isnull=False), name="student_account_once"
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["school", "family_name", "given_name", "id"], name="student_by_name"),
            models.Index(fields=["school", "grade_level", "status"], name="student_by_grade"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.preferred_name or self.given_name} {self.family_name}"


class DemographicsQuerySet(ScopedQuerySet["Demographics"]):
    rule = access.DEMOGRAPHIC


class Demographics(Provenance):
    """Protected facts: seen by a right of their own, used by no model unless the school turns them on."""

    student = models.OneToOneField(Student, models.CASCADE, primary_key=True, related_name="demographics")
    gender = models.CharField(max_length=40, blank=True)
    ethnicity = models.CharField(max_length=80, blank=True)
    parental_education = models.CharField(max_length=80, blank=True)
    lunch_programme = models.CharField(max_length=40, blank=True)
    home_language = models.CharField(max_length=60, blank=True)

    objects = DemographicsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "demographics"

    def __str__(self) -> str:
        return f"Protected facts of student {self.pk}"


class Relation(models.TextChoices):
    PARENT = "parent", _("parent")
    GUARDIAN = "guardian", _("guardian")
    RELATIVE = "relative", _("relative")
    CARER = "carer", _("carer")


class GuardianshipQuerySet(ScopedQuerySet["Guardianship"]):
    rule = access.GUARDIANSHIP


class Guardianship(Provenance):
    """A person who cares for a student."""

    Relation = Relation

    student = models.ForeignKey(Student, models.CASCADE, related_name="guardianships")
    guardian = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="guardianships")
    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.PARENT)
    is_first_contact = models.BooleanField(default=False)
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        ordering = ("student", "-is_first_contact", "pk")
        constraints: ClassVar[list[Any]] = [
            ends_after_start("guardianship"),
            one_of("relation", Relation, "guardianship"),
            models.UniqueConstraint(fields=["student", "guardian", "starts"], name="guardianship_once"),
        ]

    def __str__(self) -> str:
        return f"{self.guardian}, {self.get_relation_display()} of {self.student}"
