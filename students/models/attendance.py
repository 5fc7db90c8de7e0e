"""Who was there. The largest table of all, so its rows are narrow and carry only the indexes that questions need."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.kit.scoping import ScopedQuerySet
from students import access
from students.models.classes import SchoolClass
from students.models.people import Student
from students.models.provenance import one_of


class AttendanceStatus(models.TextChoices):
    PRESENT = "P", _("present")
    LATE = "L", _("late")
    ABSENT = "A", _("absent")
    EXCUSED = "E", _("excused")


class AttendanceMarkQuerySet(ScopedQuerySet["AttendanceMark"]):
    rule = access.ATTENDANCE


class AttendanceMark(models.Model):
    Status = AttendanceStatus

    student = models.ForeignKey(Student, models.CASCADE, related_name="attendance", db_index=False)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="attendance", db_index=False)
    day = models.DateField()
    status = models.CharField(max_length=1, choices=AttendanceStatus.choices)
    known_on = models.DateField(editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = AttendanceMarkQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "student")
        constraints: ClassVar[list[Any]] = [
            one_of("status", AttendanceStatus, "attendance"),
            models.UniqueConstraint(
                fields=["student", "day", "school_class"], name="attendance_once",
                violation_error_message="The student has a mark in this class on that day already.",
            ),
        ]  # fmt: skip
        # The status stands in the index so that a school's rate is counted without reading the rows.
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["school_class", "day", "status"], name="attendance_by_class")
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.get_status_display()} on {self.day:%d %b %Y}"
