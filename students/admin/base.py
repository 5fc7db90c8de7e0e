"""What the pages of this app share: traces of looking, search, filters by school, and the rooms that save."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from portal.audit.models import AccessEvent
from portal.audit.record import looked, record
from portal.backoffice.listing import Few
from portal.backoffice.rights import rows_for, schools_kept
from portal.backoffice.scoped import ScopedAdmin
from portal.kit.scoping import grants_of
from students.models import School, Student
from students.roles import Role

SUPERUSER = "superuser"


def role_of(user: Any, school_id: int) -> str:
    """As what somebody works on records of that school in the back office."""
    grants = grants_of(user)
    held = (role for role in (Role.LEADER, Role.OFFICE, *Role) if school_id in grants.of({role}))
    return str(next(held, SUPERUSER if user.is_superuser else ""))


def became(record: Any, made: Any) -> None:
    """A room made its own instance; the page goes on with ours, which is now that one."""
    record.__dict__.update(made.__dict__)


class StudentsAdmin(ScopedAdmin):
    """Pages with something about a student: opening one, or a list of them, leaves a trace."""

    what = ""
    student_path = "student"
    search_help_text = "The beginnings of names, in any order: “mar li” finds Marie Linden."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        named = Student.objects.named(search_term).order_by().values("pk")
        return queryset.filter(**{f"{self.student_path}__in": named}), False

    def students_of(self, obj: Any) -> list[Student]:
        return [obj if isinstance(obj, Student) else obj.student]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        if request.method != "POST":
            self._trace(request, object_id, self.what)
            return super().change_view(request, object_id, form_url, extra_context)
        response = super().change_view(request, object_id, form_url, extra_context)
        if (
            response.status_code == 200
        ):  # sent back with an error: the record was shown, perhaps without opening it before
            self._trace(request, object_id, self.what)
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._trace(request, object_id, f"{self.what} history")
        return super().history_view(request, object_id, extra_context)

    def _trace(self, request: HttpRequest, object_id: str, what: str) -> None:
        """Before the page is made: what was shown is in the trace even if the making fails."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        trace(request.user, self.students_of(obj), what)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}) or {}
        if request.method == "GET" and "cl" in changes:
            shown = changes["cl"]
            facts = {"rows": len(shown.result_list), "searched": bool(shown.query), "page": shown.page_num}
            schools = schools_kept(request.user, self.model, "view")
            only = next(iter(schools)) if len(schools) == 1 else None
            record(request.user, f"listed {self.what}", school_id=only, door=AccessEvent.Door.ADMIN.value, **facts)
        return response


def trace(user: Any, students: Iterable[Student], what: str, door: str = AccessEvent.Door.ADMIN) -> None:
    """One access event for each student, with the role under which they were looked at."""
    by_school: dict[int, list[Student]] = {}
    for student in students:
        by_school.setdefault(student.school_id, []).append(student)
    for school_id, group in by_school.items():
        looked(user, group, role=role_of(user, school_id), what=what, door=str(door))


class OfSchool(Few):
    """Only for people with more than one school."""

    title = "school"
    parameter_name = "school"
    model = School
    path = "school_id"

    def choices_for(self, request: HttpRequest) -> QuerySet[Any, Any]:
        rows = rows_for(request.user, School).filter(kind=School.Kind.SCHOOL)
        return rows if len(rows[:2]) == 2 else rows.none()


class PartOfSchool(Few):
    """Terms, subjects: offered once it is clear of which school."""

    def choices_for(self, request: HttpRequest) -> QuerySet[Any, Any]:
        rows = rows_for(request.user, self.model)
        chosen = request.GET.get("school", "")
        if chosen.isdecimal():
            return rows.filter(school_id=int(chosen))
        schools = set() if request.user.is_superuser else schools_kept(request.user, self.model)
        return rows if len(schools) == 1 else rows.none()


def by_school(path: str) -> type[OfSchool]:
    return type("OfSchoolBy" + path, (OfSchool,), {"path": path})


def by(model: Any, path: str, name: str) -> type[PartOfSchool]:
    facts = {"model": model, "path": path, "title": name, "parameter_name": name}
    return type("By" + name, (PartOfSchool,), facts)


class ByGrade(SimpleListFilter):
    """Fixed choices: to ask which grade levels exist would read the whole table."""

    title = "grade level"
    parameter_name = "grade"
    path = "grade_level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(level), str(level)) for level in range(15)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        value = self.value() or ""
        return queryset.filter(**{self.path: int(value)}) if value.isdecimal() else queryset
