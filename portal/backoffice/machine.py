"""What only a superuser sees: the jobs of the machine. And what no back office needs leaves the list."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.backoffice.scoped import ScopedAdmin
from portal.jobs.models import Job

KEPT_APPS = frozenset({"students", "predictions", "accounts", "audit", "jobs"})


def tidy() -> None:
    """Admins that other packages register know nothing of our access rules; the few that help come back here."""
    foreign = [model for model in admin.site._registry if model._meta.app_label not in KEPT_APPS]
    admin.site.unregister([*foreign, *([Group] if admin.site.is_registered(Group) and Group not in foreign else [])])
    if not admin.site.is_registered(Job):
        admin.site.register(Job, JobAdmin)


class ReadOnlyAdmin(ScopedAdmin):
    """A list to look at. Nothing in it is ever added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class JobAdmin(ReadOnlyAdmin):
    group = "The machine"
    list_display = ("title", "kind", "state", "done", "total", "requested_by", "requested_at", "attempt")
    list_filter = ("state",)
    related = ("requested_by",)
    ordering = ("-requested_at",)
    sortable_by = ()
    exclude = ("arguments",)

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Any, Any]:
        return Job.objects.all() if user.is_superuser else Job.objects.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))
