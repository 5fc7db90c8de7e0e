"""The school itself: its terms, subjects and grade scales, and who holds which role in it."""

from collections import defaultdict
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import Grants, ScopedQuerySet
from students import access
from students.models.provenance import Provenance, ends_after_start, known_once, one_of
from students.roles import DEMOGRAPHICS, STAFF, Role


def known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%s” is not a time zone; expected a name like Europe/London.") % name)


class SchoolQuerySet(ScopedQuerySet["School"]):
    rule = access.SCHOOL


class SchoolKind(models.TextChoices):
    SCHOOL = "school", _("school")
    DISTRICT = "district", _("district or trust")


class School(Provenance):
    Kind = SchoolKind

    name = models.CharField(max_length=160)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=SchoolKind.choices, default=SchoolKind.SCHOOL)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="schools", verbose_name="district"
    )
    timezone = models.CharField("time zone", max_length=60, default="Europe/London", validators=[known_zone])
    locale = models.CharField("language and format", max_length=15, default="en-gb")
    is_demo = models.BooleanField(default=False, editable=False)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints: ClassVar[list[Any]] = [
            one_of("kind", SchoolKind, "school"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="school_external_id"
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="school_not_its_own_district"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.parent_id and self.parent and self.parent.kind != self.Kind.DISTRICT:
            raise ValidationError({"parent": _("%s is a school; only a district can have schools.") % self.parent})

    def today(self) -> date:
        """The date it is now where the school lies."""
        return timezone.now().astimezone(ZoneInfo(self.timezone)).date()


class TermQuerySet(ScopedQuerySet["Term"]):
    rule = access.FRAME

    def on(self, day: date) -> "TermQuerySet":
        return self.filter(starts__lte=day, ends__gte=day)

    def years(self) -> "TermQuerySet":
        return self.filter(kind=Term.Kind.YEAR)


class Term(Provenance):
    """A span of days in the school's calendar. A school year is a term too, with its terms nested in it."""

    class Kind(models.TextChoices):
        YEAR = "year", _("school year")
        TERM = "term", _("term")
        PERIOD = "period", _("grading period")

    school = models.ForeignKey(School, models.PROTECT, related_name="terms")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="part of"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80)
    starts = models.DateField("first day")
    ends = models.DateField("last day")

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ("-starts", "kind")
        constraints: ClassVar[list[Any]] = [
            known_once("school", "term"),
            models.UniqueConstraint(fields=["school", "name"], name="term_name_once"),
            models.CheckConstraint(condition=Q(ends__gte=models.F("starts")), name="term_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind="year", parent__isnull=True) | ~Q(kind="year"), name="term_year_on_top"
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "starts"], name="term_school_starts")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        outer = self.parent
        if outer and outer.school_id != self.school_id:
            raise ValidationError({"parent": _("That belongs to another school.")})
        if outer and self.starts and self.ends and not outer.starts <= self.starts <= self.ends <= outer.ends:
            told = _("{term} must lie within {outer}: {outer.starts:%d %b %Y} to {outer.ends:%d %b %Y}.")
            raise ValidationError(told.format(term=self, outer=outer))


class GradeScaleQuerySet(ScopedQuerySet["GradeScale"]):
    rule = access.FRAME


class GradeScale(Provenance):
    """Which percentage earns which grade, and which counts as passed."""

    school = models.ForeignKey(School, models.PROTECT, related_name="grade_scales")
    name = models.CharField(max_length=80)
    pass_mark = models.DecimalField(
        "pass mark in percent", max_digits=5, decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    is_default = models.BooleanField("the school's usual scale", default=False)

    objects = GradeScaleQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints: ClassVar[list[Any]] = [
            known_once("school", "scale"),
            models.UniqueConstraint(fields=["school", "name"], name="scale_name_once"),
            models.UniqueConstraint(fields=["school"], condition=Q(is_default=True), name="scale_one_default"),
            models.CheckConstraint(condition=Q(pass_mark__gte=0, pass_mark__lte=100), name="scale_pass_mark_percent"),
        ]

    def __str__(self) -> str:
        return self.name


class GradeBoundaryQuerySet(ScopedQuerySet["GradeBoundary"]):
    rule = access.FRAME.through("scale", "students.GradeScale")


class GradeBoundary(models.Model):
    scale = models.ForeignKey(GradeScale, models.CASCADE, related_name="boundaries")
    grade = models.CharField(max_length=10)
    least = models.DecimalField("from percent", max_digits=5, decimal_places=2)

    objects = GradeBoundaryQuerySet.as_manager()

    class Meta:
        ordering = ("-least",)
        verbose_name_plural = "grade boundaries"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["scale", "grade"], name="boundary_grade_once"),
            models.UniqueConstraint(fields=["scale", "least"], name="boundary_least_once"),
            models.CheckConstraint(condition=Q(least__gte=0, least__lte=100), name="boundary_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} from {self.least:g} %"


class SubjectQuerySet(ScopedQuerySet["Subject"]):
    rule = access.FRAME


class Subject(Provenance):
    school = models.ForeignKey(School, models.PROTECT, related_name="subjects")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    grade_scale = models.ForeignKey(
        GradeScale, models.PROTECT, null=True, blank=True, related_name="subjects",
        help_text="Leave empty for the school's usual scale.",
    )  # fmt: skip

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints: ClassVar[list[Any]] = [
            known_once("school", "subject"),
            models.UniqueConstraint(fields=["school", "code"], name="subject_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.grade_scale and self.grade_scale.school_id != self.school_id:
            raise ValidationError({"grade_scale": _("That scale belongs to another school.")})


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    rule = access.MEMBERSHIP

    def grants_of(self, user: Any, on: date | None = None) -> Grants:
        """The roles a person holds, on one day or today in each school's own zone. A district's reach its schools."""
        rows = self.filter(user=user).select_related("school")
        held = [row for row in rows if row.is_in_force(on or row.school.today())]
        schools: defaultdict[str, set[int]] = defaultdict(set)
        days: dict[int, date] = {}
        below = _schools_below({row.school_id for row in held if row.school.kind == School.Kind.DISTRICT})
        for row in held:
            for school in [row.school, *below.get(row.school_id, ())]:
                days[school.pk] = on or school.today()
                schools[row.role].add(school.pk)
                if row.sees_demographics and row.role in STAFF:
                    schools[DEMOGRAPHICS].add(school.pk)
        return Grants({role: frozenset(ids) for role, ids in schools.items()}, days)


def _schools_below(districts: set[int]) -> dict[int, list[School]]:
    """Every school under each of these districts, however deep; no query where there is no district."""
    below: dict[int, list[School]] = {}
    for district in districts:
        reached, level = {district}, [district]
        below[district] = []
        while level:
            found = [each for each in School.objects.filter(parent_id__in=level) if each.pk not in reached]
            below[district] += found
            level = [each.pk for each in found]
            reached.update(level)
    return below


class Membership(Provenance):
    """A person's role in a school, from a day to a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)
    sees_demographics = models.BooleanField(
        "may see protected facts", default=False,
        help_text="Gender, ethnicity, parental education, lunch programme, home language. A leader decides.",
    )  # fmt: skip

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("school", "role", "user")
        constraints: ClassVar[list[Any]] = [
            one_of("role", Role, "membership"),
            ends_after_start("membership"),
            models.UniqueConstraint(
                fields=["user", "school", "role", "starts"], name="membership_once",
                violation_error_message="That person has this role from that day already.",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Any]] = [models.Index(fields=["school", "role"], name="membership_school_role")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} at {self.school}"

    def is_in_force(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


class CaseloadQuerySet(ScopedQuerySet["Caseload"]):
    rule = access.CASELOAD


class Caseload(Provenance):
    """A student a counsellor looks after."""

    counsellor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="caseload")
    student = models.ForeignKey("students.Student", models.CASCADE, related_name="caseloads")
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        ordering = ("counsellor", "student")
        verbose_name_plural = "caseload"
        constraints: ClassVar[list[Any]] = [
            ends_after_start("caseload"),
            models.UniqueConstraint(fields=["student", "counsellor", "starts"], name="caseload_once"),
        ]

    def __str__(self) -> str:
        return f"{self.student} with {self.counsellor}"
