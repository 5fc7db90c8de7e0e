"""The school and its frame: policy, terms, subjects, grade scales."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from portal.backoffice.rights import schools_kept
from portal.backoffice.scoped import ScopedAdmin, ScopedInline
from students.admin import next_year
from students.admin.base import by_school
from students.models import GradeBoundary, GradeScale, School, SchoolPolicy, Subject, Term

GROUP = "The school"
ORIGIN: tuple[str, Any] = ("Id in another system", {"fields": ("source", "external_id"), "classes": ("collapse",)})


@admin.register(School)
class SchoolAdmin(ScopedAdmin):
    group = GROUP
    school_path = ""
    list_display = ("name", "kind", "parent", "timezone")
    related = ("parent",)
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name",)
    fieldsets = ((None, {"fields": ("name", "slug", "kind", "parent", "timezone", "locale")}), ORIGIN)
    autocomplete_fields = ("parent",)

    def choosable(self, user: Any, source: type[Model]) -> QuerySet[Any, Any]:
        """The schools in which the person may edit such records; a school may lie in a district they lead."""
        if user.is_superuser:
            return School.objects.all()
        return School.objects.filter(pk__in=schools_kept(user, source))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where a school stands decides who leads it, so only the machine's keeper moves one."""
        fixed = () if request.user.is_superuser else ("kind", "parent", "slug")
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/next-year/", self.admin_site.admin_view(next_year.page), name="next_year")
        return [own, *super().get_urls()]

    def related_links(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        links = [("Students", f"{reverse('admin:students_student_changelist')}?school={record.pk}")]
        if next_year.may_move(request.user, record):
            links.append(("Move to next year…", reverse("admin:next_year", args=[record.pk])))
        return [*links, ("Terms", self.list_of(Term, school=record.pk))]


@admin.register(SchoolPolicy)
class PolicyAdmin(ScopedAdmin):
    group = GROUP
    list_display = ("school", "requires_second_factor", "imports_protected")
    related = ("school",)
    fields = ("school", "requires_second_factor", "imports_protected")
    readonly_on_change = ("school",)
    autocomplete_fields = ("school",)


@admin.register(Term)
class TermAdmin(ScopedAdmin):
    group = GROUP
    list_display = ("name", "kind", "starts", "ends", "parent", "school")
    related = ("school", "parent")
    list_filter = ("kind", by_school("school_id"))
    links = ("school",)
    search_fields = ("name",)
    ordering = ("-starts", "kind", "-pk")
    sortable_by = ()
    fieldsets = ((None, {"fields": ("school", "kind", "name", "parent", "starts", "ends")}), ORIGIN)
    autocomplete_fields = ("school", "parent")
    readonly_on_change = ("school",)
    may_delete = True

    def label(self, record: Any) -> str:
        return f"{record.name} ({record.starts:%b %Y} to {record.ends:%b %Y})"


@admin.register(Subject)
class SubjectAdmin(ScopedAdmin):
    group = GROUP
    list_display = ("name", "code", "grade_scale", "school")
    related = ("school", "grade_scale")
    list_filter = (by_school("school_id"),)
    links = ("school",)
    search_fields = ("name", "code")
    ordering = ("name", "pk")
    sortable_by = ()
    fieldsets = ((None, {"fields": ("school", "code", "name", "grade_scale")}), ORIGIN)
    autocomplete_fields = ("school", "grade_scale")
    readonly_on_change = ("school",)
    may_delete = True


class BoundaryInline(ScopedInline):
    model = GradeBoundary
    school_path = "scale__school"
    fields = ("grade", "least")
    ordering = ("-least",)
    may_delete = True


@admin.register(GradeScale)
class GradeScaleAdmin(ScopedAdmin):
    group = GROUP
    list_display = ("name", "pass_mark", "is_default", "school")
    related = ("school",)
    list_filter = (by_school("school_id"),)
    links = ("school",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    sortable_by = ()
    fields = ("school", "name", "pass_mark", "is_default")
    autocomplete_fields = ("school",)
    readonly_on_change = ("school",)
    inlines = (BoundaryInline,)
    may_delete = True
    parts = ("boundaries",)
