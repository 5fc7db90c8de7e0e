"""What happened: who did what, who looked at whom, what was changed. For leaders, of their schools; never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.accounts.models import User
from portal.audit.models import AccessEvent, AuditEvent, Change
from portal.backoffice.machine import ReadOnlyAdmin
from portal.kit.scoping import grants_of
from students.admin.base import trace
from students.models import Student
from students.roles import LEADERS

MAY_HOLD_PROTECTED = ("students.Demographics", "students.Observation")


class TrailAdmin(ReadOnlyAdmin):
    group = "What happened"
    ordering = ("-pk",)
    sortable_by = ()
    actor_field = "actor_id"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Any, Any]:
        rows = self.model._default_manager.all()
        return rows if user.is_superuser else rows.filter(school_id__in=grants_of(user).of(LEADERS))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        if not (user.is_superuser or grants_of(user).of(LEADERS)):
            return False
        return obj is None or self._reaches(request, obj, "view")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The tables hold ids; who they are is read for one page at once."""
        shown = super().get_changelist_instance(request)
        rows = list(shown.result_list)
        people = User.objects.in_bulk({getattr(row, self.actor_field) for row in rows} - {None})
        for row in rows:
            row.who = people.get(getattr(row, self.actor_field), "–")
        self.name_more(rows, request)
        shown.result_list = rows
        return shown

    def name_more(self, rows: list[Any], request: HttpRequest) -> None:
        """For lists that name others than who did it."""

    @admin.display(description="who")
    def by_whom(self, row: Any) -> str:
        return str(getattr(row, "who", None) or getattr(row, self.actor_field) or "–")


@admin.register(AuditEvent)
class AuditEventAdmin(TrailAdmin):
    list_display = ("at", "by_whom", "verb", "target_type", "target_id", "facts")
    links = ("actor_id", "target_id", "target_type")
    fields = ("at", "by_whom", "verb", "target_type", "target_id", "school_id", "facts", "request_id")


@admin.register(AccessEvent)
class AccessEventAdmin(TrailAdmin):
    actor_field = "user_id"
    list_display = ("at", "by_whom", "role", "student", "what", "door")
    list_filter = ("door",)
    links = ("user_id", "student_id")
    fields = ("at", "by_whom", "role", "student_id", "what", "door", "school_id", "request_id")

    def name_more(self, rows: list[Any], request: HttpRequest) -> None:
        user: Any = request.user
        seen = Student.objects.all() if user.is_superuser else Student.objects.visible_to(user)
        names = {each.pk: str(each) for each in seen.filter(pk__in={row.student_id for row in rows})}
        for row in rows:
            row.name = names.get(row.student_id, f"no. {row.student_id}")

    @admin.display(description="student")
    def student(self, row: Any) -> str:
        return str(getattr(row, "name", row.student_id))


@admin.register(Change)
class ChangeAdmin(TrailAdmin):
    list_display = ("at", "by_whom", "kind", "model", "record_id", "what")
    list_filter = ("kind",)
    links = ("student_id", "record_id", "model", "actor", "batch")
    fields = ("at", "by_whom", "kind", "model", "record_id", "school_id", "before", "after", "batch")

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Any, Any]:
        """What may hold protected facts is read on the history page of its own record, by who may open that."""
        rows = super().rows(user, verb)
        return rows if user.is_superuser else rows.exclude(model__in=MAY_HOLD_PROTECTED)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        change = self.get_object(request, object_id)
        if change is not None:
            trace(request.user, Student.objects.filter(pk=change.student_id), "change")
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description="fields")
    def what(self, row: Any) -> str:
        return ", ".join(row.after) if row.kind == Change.Kind.CHANGED else ""
