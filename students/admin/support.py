"""Help and notes, to look at: they are planned, written and taken back on the portal's pages, by who works with the student."""

from django.contrib import admin

from portal.backoffice.machine import ReadOnlyAdmin
from students.admin.base import StudentsAdmin, by_school
from students.models import Intervention, Note

GROUP = "Day by day"


@admin.register(Intervention)
class InterventionAdmin(ReadOnlyAdmin, StudentsAdmin):
    group = GROUP
    what = "help"
    school_path = "student__school"
    list_display = ("student", "kind", "subject", "owner", "starts", "review_on", "outcome")
    related = ("student__school", "subject", "owner")
    list_filter = ("kind", "outcome", by_school("student__school_id"))
    links = ("student", "owner")
    search_fields = ("student__search_name",)
    ordering = ("-pk",)
    sortable_by = ()
    fields = (
        "student", "kind", "subject", "goal", "owner", "starts", "review_on", "outcome", "went", "closed_on", "created_by",
    )  # fmt: skip


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin, StudentsAdmin):
    """Restricted ones only for who may read them: the same rule as everywhere."""

    group = GROUP
    what = "notes"
    school_path = "student__school"
    list_display = ("student", "by", "at", "kind")
    related = ("student__school", "by")
    list_filter = ("kind", by_school("student__school_id"))
    links = ("student", "by")
    search_fields = ("student__search_name",)
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("student", "by", "at", "kind", "text", "intervention")
