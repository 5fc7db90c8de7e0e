"""What comes in day by day: attendance, indicators and their values, clubs."""

from typing import Any

from django.contrib import admin

from portal.backoffice.scoped import ScopedAdmin
from students.admin import keeping
from students.admin.base import StudentsAdmin, by_school
from students.models import AttendanceMark, Indicator, Observation, Participation

GROUP = "Day by day"


@admin.register(AttendanceMark)
class AttendanceAdmin(StudentsAdmin):
    group = GROUP
    what = "attendance"
    school_path = "student__school"
    keep = staticmethod(keeping.attendance)
    list_display = ("student", "day", "status", "school_class")
    related = ("student__school", "school_class")
    list_filter = ("status", by_school("student__school_id"))
    links = ("student", "school_class", "day")
    search_fields = ("student__search_name",)
    # Along the unique index: a school's rows are found through its students, without reading everybody's.
    ordering = ("student_id", "-day", "-pk")
    sortable_by = ()
    fields = ("student", "school_class", "day", "status", "known_on", "taken_by")
    readonly_fields = ("known_on", "taken_by")
    autocomplete_fields = ("student", "school_class")
    readonly_on_change = ("student", "school_class", "day")


@admin.register(Indicator)
class IndicatorAdmin(ScopedAdmin):
    group = GROUP
    keep = staticmethod(keeping.indicator)
    list_display = ("name", "kind", "unit", "least", "most", "is_protected", "school")
    related = ("school",)
    list_filter = ("kind", "is_protected", by_school("school_id"))
    search_fields = ("name", "code")
    ordering = ("name", "pk")
    sortable_by = ()
    fields = ("school", "name", "code", "kind", "unit", ("least", "most"), "categories", "is_protected")
    autocomplete_fields = ("school",)
    readonly_on_change = ("school",)
    may_delete = True


@admin.register(Observation)
class ObservationAdmin(StudentsAdmin):
    group = GROUP
    what = "observations"
    school_path = "student__school"
    keep = staticmethod(keeping.observation)
    list_display = ("student", "indicator", "day", "value")
    related = ("student__school", "indicator")
    list_filter = (by_school("student__school_id"),)
    links = ("student", "indicator")
    search_fields = ("student__search_name",)
    # Along the unique index: a school's rows are found through its students, without reading everybody's.
    ordering = ("student_id", "-day", "-pk")
    sortable_by = ()
    fields = ("student", "indicator", "day", "number", "category", "known_on", "recorded_by")
    readonly_fields = ("known_on", "recorded_by")
    autocomplete_fields = ("student", "indicator")
    readonly_on_change = ("student", "indicator")

    @admin.display(description="value")
    def value(self, observation: Observation) -> Any:
        return observation.category or observation.number


@admin.register(Participation)
class ParticipationAdmin(StudentsAdmin):
    group = GROUP
    what = "participation"
    school_path = "student__school"
    list_display = ("student", "activity", "kind", "level", "starts", "ends")
    related = ("student__school",)
    list_filter = ("kind", by_school("student__school_id"))
    links = ("student",)
    search_fields = ("student__search_name",)
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("student", "kind", "activity", "level", "starts", "ends")
    autocomplete_fields = ("student",)
    readonly_on_change = ("student",)
