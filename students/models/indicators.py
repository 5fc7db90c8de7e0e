"""What a school measures beside exams: indicators it defines itself, their dated values, and life in clubs."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.kit.figures import plain
from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.people import Student
from students.models.provenance import Provenance, ends_after_start, known_once, one_of
from students.models.schools import School


class IndicatorKind(models.TextChoices):
    NUMBER = "number", _("number")
    CATEGORY = "category", _("category")
    YES_NO = "yes_no", _("yes or no")


class IndicatorQuerySet(ScopedQuerySet["Indicator"]):
    rule = access.INDICATOR


class Indicator(Provenance):
    """Something a school measures: study hours a week, previous GPA, whether a course was taken."""

    Kind = IndicatorKind

    school = models.ForeignKey(School, models.PROTECT, related_name="indicators")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=IndicatorKind.choices)
    unit = models.CharField(max_length=20, blank=True)
    least = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    most = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    categories = models.JSONField(default=list, blank=True, help_text="For a category: the list of its values.")
    is_protected = models.BooleanField(
        "protected", default=False, help_text="Seen only with the right to protected facts; off in models."
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints: ClassVar[list[Any]] = [
            known_once("school", "indicator"),
            one_of("kind", IndicatorKind, "indicator"),
            models.UniqueConstraint(fields=["school", "code"], name="indicator_code_once"),
            models.CheckConstraint(
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(least__lte=models.F("most")),
                name="indicator_bounds",
                violation_error_message="The least value is larger than the most.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def fault(self, number: Decimal | None, category: str) -> str:
        """What is wrong with a value of this indicator, or nothing."""
        if self.kind == IndicatorKind.CATEGORY:
            known = not self.categories or category in self.categories
            return (
                ""
                if category and known
                else _("%(name)s is one of: %(values)s.") % {"name": self.name, "values": ", ".join(self.categories)}
            )
        if number is None:
            return _("%s needs a number.") % self.name
        if self.kind == IndicatorKind.YES_NO and number not in (0, 1):
            return _("%s is 1 for yes or 0 for no.") % self.name
        if self.least is not None and number < self.least:
            return _("%(name)s is %(number)s or more.") % {"name": self.name, "number": plain(self.least)}
        if self.most is not None and number > self.most:
            return _("%(name)s is %(number)s at most.") % {"name": self.name, "number": plain(self.most)}
        return ""


class ObservationQuerySet(ScopedQuerySet["Observation"]):
    rule = access.OBSERVATION


class Observation(Provenance):
    """One dated value of an indicator for one student: a number (yes is 1, no is 0) or a category."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="observations", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    day = models.DateField()
    number = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    category = models.CharField(max_length=80, blank=True)
    known_on = models.DateField(editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "indicator")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["student", "indicator", "day"], name="observation_once",
                violation_error_message="There is a value for that day already.",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False, category="") | (Q(number__isnull=True) & ~Q(category="")),
                name="observation_one_value",
                violation_error_message="Give either a number or a category.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} of {self.student}"

    def clean(self) -> None:
        if not (self.indicator_id and self.student_id):
            return
        if self.indicator.school_id != self.student.school_id:
            raise ValidationError({"indicator": _("The indicator belongs to another school.")})
        if fault := self.indicator.fault(self.number, self.category):
            raise ValidationError(fault)


class ParticipationKind(models.TextChoices):
    SPORT = "sport", _("sport")
    CLUB = "club", _("club")
    OTHER = "other", _("other")


class ParticipationQuerySet(ScopedQuerySet["Participation"]):
    rule = access.PARTICIPATION


class Participation(Provenance):
    """A student's sport or club."""

    Kind = ParticipationKind

    student = models.ForeignKey(Student, models.CASCADE, related_name="participations")
    kind = models.CharField(max_length=6, choices=ParticipationKind.choices)
    activity = models.CharField(max_length=80)
    level = models.CharField(max_length=40, blank=True)
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ("-starts", "activity")
        constraints: ClassVar[list[Any]] = [
            one_of("kind", ParticipationKind, "participation"),
            ends_after_start("participation"),
            models.UniqueConstraint(fields=["student", "activity", "starts"], name="participation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.student}: {self.activity}"
