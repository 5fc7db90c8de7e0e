"""Classes, who learns in them and who teaches them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.backoffice.scoped import ScopedAdmin, ScopedInline
from students.admin import bulk, keeping
from students.admin.base import ByGrade, StudentsAdmin, by, by_school
from students.admin.frame import ORIGIN
from students.models import AttendanceMark, Enrolment, Exam, SchoolClass, Subject, Teaching, Term

GROUP = "Classes"
DAYS = ("starts", "ends")


class TeachersOfClass(ScopedInline):
    model = Teaching
    school_path = "school_class__school"
    keep = staticmethod(keeping.teaching)
    fields = ("teacher", "is_lead", *DAYS)
    autocomplete_fields = ("teacher",)
    related = ("teacher", "school_class")
    ordering = ("-is_lead", "pk")


class StudentsOfClass(ScopedInline):
    model = Enrolment
    school_path = "school_class__school"
    keep = staticmethod(keeping.enrolled)
    fields = ("student", *DAYS)
    autocomplete_fields = ("student",)
    related = ("student", "school_class__term")
    ordering = ("student__family_name", "student__given_name", "pk")


@admin.register(SchoolClass)
class SchoolClassAdmin(ScopedAdmin):
    group = GROUP
    list_display = ("name", "subject", "term", "grade_level", "is_home_class", "school")
    related = ("subject", "term", "school")
    list_filter = (
        by(Term, "term_id", "term"), by(Subject, "subject_id", "subject"), ByGrade, "is_home_class", by_school("school_id")
    )  # fmt: skip
    search_fields = ("name",)
    search_help_text = "A part of the class's name."
    ordering = ("school_id", "-term_id", "grade_level", "id")
    sortable_by = ()
    fieldsets = (
        (None, {"fields": ("school", ("name", "grade_level"), "subject", "term", "is_home_class")}),
        ORIGIN,
    )
    autocomplete_fields = ("school", "subject", "term")
    readonly_on_change = ("school",)
    inlines = (TeachersOfClass, StudentsOfClass)
    may_delete = True

    def label(self, record: Any) -> str:
        return f"{record.name} · {record.subject} · {record.term}"

    def related_links(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        lists = (("Enrolments", Enrolment), ("Attendance", AttendanceMark))
        links = [(label, self.list_of(model, school_class=record.pk)) for label, model in lists]
        return [*links, ("Exams", self.list_of(Exam, classes=record.pk))]


@admin.register(Enrolment)
class EnrolmentAdmin(StudentsAdmin):
    group = GROUP
    what = "enrolment"
    school_path = "school_class__school"
    keep = staticmethod(keeping.enrolled)
    list_display = ("student", "school_class", *DAYS)
    related = ("student", "school_class__term", "school_class__subject")
    list_filter = (by(Term, "school_class__term_id", "term"), by_school("school_class__school_id"))
    links = ("student", "school_class")
    search_fields = ("student__search_name",)
    # Along the unique index: a school's rows are found through its students, without reading everybody's.
    ordering = ("student_id", "-starts", "-pk")
    sortable_by = ()
    fields = ("student", "school_class", *DAYS)
    autocomplete_fields = ("student", "school_class")
    readonly_on_change = ("student", "school_class")
    actions = (bulk.end_these,)


@admin.register(Teaching)
class TeachingAdmin(ScopedAdmin):
    group = GROUP
    school_path = "school_class__school"
    keep = staticmethod(keeping.teaching)
    list_display = ("teacher", "school_class", "is_lead", *DAYS)
    related = ("teacher", "school_class__subject", "school_class__term")
    list_filter = (by(Term, "school_class__term_id", "term"), by_school("school_class__school_id"))
    links = ("teacher", "school_class")
    search_fields = ("teacher__name", "school_class__name")
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("teacher", "school_class", "is_lead", *DAYS)
    autocomplete_fields = ("teacher", "school_class")
    readonly_on_change = ("teacher", "school_class")
