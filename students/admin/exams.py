"""Exams, results and their release to families."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.models import User
from portal.backoffice import rights
from portal.backoffice.scoped import ScopedAdmin, ScopedInline
from students.admin import bulk, keeping
from students.admin.base import StudentsAdmin, by, by_school
from students.admin.frame import ORIGIN
from students.gradebook import releasing, scheduling
from students.models import Exam, Release, Result, SchoolClass, Sitting, Subject, Term

GROUP = "Exams and results"


class ClassesOfExam(ScopedInline):
    model = Sitting
    school_path = "exam__school"
    verbose_name = "class that sits it"
    verbose_name_plural = "classes that sit it"
    fields = ("school_class",)
    autocomplete_fields = ("school_class",)
    related = ("exam", "school_class__subject", "school_class__term")
    ordering = ("pk",)
    may_delete = True


def _classes(formsets: Any) -> list[SchoolClass]:
    """Those that are to sit the exam when the form is saved."""
    kept = (each for formset in formsets for each in formset.forms if each not in formset.deleted_forms)
    return [each.instance.school_class for each in kept if each.instance.school_class_id]


@admin.register(Exam)
class ExamAdmin(ScopedAdmin):
    group = GROUP
    list_display = ("title", "day", "kind", "subject", "term", "maximum", "is_target")
    related = ("subject", "term", "school")
    list_filter = (
        "kind", "is_target", by(Term, "term_id", "term"), by(Subject, "subject_id", "subject"), by_school("school_id")
    )  # fmt: skip
    links = ("classes",)
    search_fields = ("title",)
    ordering = ("school_id", "-day", "-pk")
    sortable_by = ()
    fieldsets = (
        (None, {"fields": ("school", "title", ("kind", "day"), "subject", "term")}),
        ("Points", {"fields": (("maximum", "weight"), "is_target")}),
        ORIGIN,
    )
    autocomplete_fields = ("school", "subject", "term")
    readonly_on_change = ("school",)
    inlines = (ClassesOfExam,)
    may_delete = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Not without its classes: see below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The exam and its classes in one go, by the rules that hold for everybody: locks, marks, term."""
        for formset in formsets:
            formset.save(commit=False)
        keeping.exam(form.instance, _classes(formsets), request.user, adding=not change)
        rights.forget(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        scheduling.call_off(obj, by=cast(User, request.user), on=obj.school.today(), check=keeping.may_record)

    def label(self, record: Any) -> str:
        return f"{record.title} · {record.subject} · {record.day:%d %b %Y}"

    def related_links(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        return [("Results", self.list_of(Result, exam=record.pk)), ("Releases", self.list_of(Release, exam=record.pk))]


@admin.register(Result)
class ResultAdmin(StudentsAdmin):
    group = GROUP
    what = "results"
    school_path = "student__school"
    keep = staticmethod(keeping.result)
    list_display = ("student", "exam", "subject", "day", "status", "score")
    related = ("student__school", "exam__subject", "recorded_by")
    list_filter = ("status", by_school("student__school_id"))
    links = ("student", "exam")
    search_fields = ("student__search_name",)
    # Along the unique index: a school's rows are found through its students, without reading everybody's.
    ordering = ("student_id", "exam_id")
    sortable_by = ()
    fields = ("student", "exam", "status", "score", "recorded_by", "recorded_at", "known_on")
    readonly_fields = ("recorded_by", "recorded_at", "known_on")
    autocomplete_fields = ("student", "exam")
    readonly_on_change = ("student", "exam")
    actions = (bulk.download_results,)

    @admin.display(description="subject")
    def subject(self, result: Result) -> str:
        return str(result.exam.subject)

    @admin.display(description="day")
    def day(self, result: Result) -> Any:
        return result.exam.day


@admin.register(Release)
class ReleaseAdmin(ScopedAdmin):
    """Deleting one takes the results back from the families."""

    group = GROUP
    school_path = "school_class__school"
    keep = staticmethod(keeping.release)
    list_display = ("exam", "school_class", "by", "at", "comment")
    related = ("exam", "school_class__school", "by")
    links = ("exam", "school_class")
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("exam", "school_class", "comment")
    autocomplete_fields = ("exam", "school_class")
    readonly_on_change = ("exam", "school_class")
    may_delete = True

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        told: dict[str, Any] = {"by": request.user, "on": obj.exam.school.today(), "check": keeping.may_record}
        releasing.take_back(obj.exam, obj.school_class, **told)
