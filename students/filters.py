"""Filter sets for lists of students and classes, used by pages and API alike. An unreadable value filters nothing."""

from typing import Any

import django_filters as filters
from django import forms
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from students.models import Exam, SchoolClass, Sitting, Student, Subject
from students.models.exams import ExamKind
from students.models.people import StudentStatus

GRADES = [(str(grade), format_lazy(_("Grade {grade}"), grade=grade)) for grade in range(15)]

# The usual one first, for it is what a form shows that nobody has filled in.
STATUSES = [
    (StudentStatus.ENROLLED.value, _("On the roll")),
    (StudentStatus.EXPECTED.value, _("Expected")),
    (StudentStatus.LEFT.value, _("Left")),
]


def subjects_of(request: HttpRequest | None) -> Any:
    return Subject.objects.visible_to(request.user) if request else Subject.objects.none()


class IdFilter(filters.Filter):
    """A record by its key, without asking whether there is such a record: one that is not there leaves no rows."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)


class ClassFilter(filters.FilterSet):
    q = filters.CharFilter("name", lookup_expr="icontains", label=_("Name"))
    subject = IdFilter("subject_id", label=_("Subject"))
    term = IdFilter("term_id", label=_("Term"))
    grade = filters.ChoiceFilter("grade_level", choices=GRADES, label=_("Grade"), empty_label=_("All grades"))

    class Meta:
        model = SchoolClass
        fields = ()


class StudentFilter(filters.FilterSet):
    """Those on the roll, unless somebody asks for others by name of their status."""

    q = filters.CharFilter(method="by_name", label=_("Name"))
    grade = filters.ChoiceFilter("grade_level", choices=GRADES, label=_("Grade"), empty_label=_("All grades"))
    status = filters.ChoiceFilter(choices=STATUSES, label=_("Status"), empty_label=None)

    class Meta:
        model = Student
        fields = ()

    def by_name(self, rows: Any, name: str, text: str) -> Any:
        return rows.named(text)

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("status") else rows.filter(status=StudentStatus.ENROLLED)


class ExamFilter(filters.FilterSet):
    """A class by its number, or by a part of its name where there are too many to choose from."""

    q = filters.CharFilter("title", lookup_expr="icontains", label=_("Title"))
    school_class = IdFilter("sittings__school_class_id", label=_("Class"))
    class_name = filters.CharFilter(method="by_class_name", label=_("Class"))
    subject = IdFilter("subject_id", label=_("Subject"))
    kind = filters.ChoiceFilter(choices=ExamKind.choices, label=_("Kind"), empty_label=_("All kinds"))
    term = IdFilter("term_id", label=_("Term"))

    class Meta:
        model = Exam
        fields = ()

    def by_class_name(self, rows: Any, name: str, text: str) -> Any:
        named = Sitting.objects.filter(school_class__name__icontains=text).order_by()
        return rows.filter(pk__in=named.values("exam"))
