"""Students, who cares for them and who works at the school."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.models import Invitation
from portal.backoffice.scoped import ScopedAdmin, ScopedInline
from students.admin import bulk, keeping
from students.admin.base import ByGrade, StudentsAdmin, by_school
from students.admin.frame import ORIGIN
from students.models import (
    AttendanceMark,
    Caseload,
    Demographics,
    Enrolment,
    Guardianship,
    Membership,
    Observation,
    Participation,
    Result,
    Student,
)

GROUP = "People"


class EnrolmentsOfStudent(ScopedInline):
    model = Enrolment
    school_path = "school_class__school"
    keep = staticmethod(keeping.enrolled)
    fields = ("school_class", "starts", "ends")
    autocomplete_fields = ("school_class",)
    related = ("student", "school_class__term", "school_class__subject")
    ordering = ("-starts", "pk")


class GuardiansOfStudent(ScopedInline):
    model = Guardianship
    school_path = "student__school"
    keep = staticmethod(keeping.guardianship)
    fields = ("guardian", "relation", "is_first_contact", "starts", "ends")
    autocomplete_fields = ("guardian",)
    related = ("student", "guardian")
    ordering = ("-is_first_contact", "pk")


class ActivitiesOfStudent(ScopedInline):
    model = Participation
    school_path = "student__school"
    fields = ("kind", "activity", "level", "starts", "ends")
    related = ("student",)
    ordering = ("-starts", "pk")


@admin.register(Student)
class StudentAdmin(StudentsAdmin):
    group = GROUP
    what = "record"
    keep = staticmethod(keeping.student)
    student_path = "pk"
    list_display = ("sorted_name", "grade_level", "status", "starts", "ends", "school")
    related = ("school",)
    list_filter = ("status", ByGrade, by_school("school_id"))
    links = ("school",)
    search_fields = ("search_name",)
    # Along the index (school, family name, given name, id): no sort, however many students there are.
    ordering = ("school_id", "family_name", "given_name", "id")
    sortable_by = ()
    fieldsets = (
        (None, {"fields": ("school", ("given_name", "family_name", "preferred_name"), "birth_date")}),
        ("On the roll", {"fields": (("grade_level", "status"), ("starts", "ends"), "account")}),
        ORIGIN,
    )
    autocomplete_fields = ("school", "account")
    readonly_on_change = ("school",)
    inlines = (EnrolmentsOfStudent, GuardiansOfStudent, ActivitiesOfStudent)
    actions = (bulk.enrol, bulk.end_enrolments, bulk.download_students)

    @admin.display(description="name")
    def sorted_name(self, student: Student) -> str:
        called = f" ({student.preferred_name})" if student.preferred_name else ""
        return f"{student.family_name}, {student.given_name}{called}"

    def label(self, record: Any) -> str:
        return f"{record.name}, grade {record.grade_level}"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        student = super().get_object(request, object_id, from_field)
        if student is not None and student.account_id:
            student.account  # noqa: B018  read once, so that the form's field need not ask
        return student

    def related_links(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        lists = (("Results", Result), ("Attendance", AttendanceMark), ("Observations", Observation))
        links = [(label, self.list_of(model, student=record.pk)) for label, model in lists]
        if self.admin_site._registry[Demographics].has_view_permission(request):
            links.append(("Protected facts", self.list_of(Demographics, student=record.pk)))
        invite = reverse(f"admin:{Invitation._meta.label_lower.replace('.', '_')}_add")
        return [*links, ("Invite a guardian", f"{invite}?role=guardian&school={record.school_id}&students={record.pk}")]


@admin.register(Demographics)
class DemographicsAdmin(StudentsAdmin):
    """Only for those with the right to protected facts; the list names students and no facts."""

    group = GROUP
    what = "demographics"
    school_path = "student__school"
    list_display = ("student", "updated_at")
    related = ("student",)
    links = ("student",)
    search_fields = ("student__search_name",)
    ordering = ("pk",)
    sortable_by = ()
    fields = ("student", "gender", "ethnicity", "parental_education", "lunch_programme", "home_language")
    autocomplete_fields = ("student",)
    readonly_on_change = ("student",)


@admin.register(Guardianship)
class GuardianshipAdmin(StudentsAdmin):
    group = GROUP
    what = "guardians"
    school_path = "student__school"
    keep = staticmethod(keeping.guardianship)
    list_display = ("guardian", "relation", "student", "is_first_contact", "starts", "ends")
    related = ("student", "guardian")
    list_filter = ("relation",)
    links = ("student", "guardian")
    search_fields = ("student__search_name",)
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("student", "guardian", "relation", "is_first_contact", "starts", "ends")
    autocomplete_fields = ("student", "guardian")
    readonly_on_change = ("student", "guardian")


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    group = GROUP
    keep = staticmethod(keeping.membership)
    list_display = ("user", "role", "school", "starts", "ends", "sees_demographics")
    related = ("user", "school")
    list_filter = ("role", by_school("school_id"))
    links = ("user", "school")
    search_fields = ("user__name", "user__email")
    search_help_text = "The beginning of a name or of an e-mail address."
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("user", "school", "role", "starts", "ends", "sees_demographics")
    autocomplete_fields = ("user", "school")
    readonly_on_change = ("user", "school", "role")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        from students.admin.accounts import people_named

        found = people_named(search_term)
        return (queryset if found is None else queryset.filter(user__in=found)), False


@admin.register(Caseload)
class CaseloadAdmin(StudentsAdmin):
    group = GROUP
    what = "caseload"
    school_path = "student__school"
    keep = staticmethod(keeping.caseload)
    list_display = ("counsellor", "student", "starts", "ends")
    related = ("student", "counsellor")
    links = ("student", "counsellor")
    search_fields = ("student__search_name",)
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("student", "counsellor", "starts", "ends")
    autocomplete_fields = ("student", "counsellor")
    readonly_on_change = ("student", "counsellor")
