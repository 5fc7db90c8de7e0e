"""Filter sets for lists of students and classes, used by pages and API alike. An unreadable value filters nothing."""

from typing import Any

import django_filters as filters
from django.http import HttpRequest

from students.models import SchoolClass, Student, Subject
from students.models.people import StudentStatus

GRADES = [(str(grade), f"Grade {grade}") for grade in range(15)]

# The usual one first, for it is what a form shows that nobody has filled in.
STATUSES = [
    (StudentStatus.ENROLLED.value, "On the roll"),
    (StudentStatus.EXPECTED.value, "Expected"),
    (StudentStatus.LEFT.value, "Left"),
]


def subjects_of(request: HttpRequest | None) -> Any:
    return Subject.objects.visible_to(request.user) if request else Subject.objects.none()


class ClassFilter(filters.FilterSet):
    q = filters.CharFilter("name", lookup_expr="icontains", label="Name")
    subject = filters.ModelChoiceFilter(queryset=subjects_of, label="Subject", empty_label="All subjects")
    grade = filters.ChoiceFilter("grade_level", choices=GRADES, label="Grade", empty_label="All grades")

    class Meta:
        model = SchoolClass
        fields = ()


class StudentFilter(filters.FilterSet):
    """Those on the roll, unless somebody asks for others by name of their status."""

    q = filters.CharFilter(method="by_name", label="Name")
    grade = filters.ChoiceFilter("grade_level", choices=GRADES, label="Grade", empty_label="All grades")
    status = filters.ChoiceFilter(choices=STATUSES, label="Status", empty_label=None)

    class Meta:
        model = Student
        fields = ()

    def by_name(self, rows: Any, name: str, text: str) -> Any:
        return rows.named(text)

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("status") else rows.filter(status=StudentStatus.ENROLLED)
