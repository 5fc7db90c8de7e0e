"""The outlook of a class: the page for one of its exams, its rows one by one, the same as files, and its short version."""

from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import User
from portal.accounts.preferences import remember_columns
from portal.audit.record import looked, record
from portal.kit.asking import back_with_columns
from portal.kit.pages import render_page
from portal.kit.scoping import fetch, grants_of
from portal.kit.spreadsheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx, file_response
from predictions.outlooks.class_outlook import class_outlook, framed_exams, is_being_scored, target_exams
from predictions.outlooks.class_view import ClassView
from predictions.outlooks.contract import ClassOutlook, OutlookRow
from predictions.outlooks.tables import outlook_table
from predictions.web.estimates import own_of
from predictions.web.outlook_controls import TABLE, asked_columns, asked_view, controls
from predictions.web.toured import toured
from students.models import Exam, SchoolClass
from students.roles import LEADERS, STAFF, Role
from students.standing import may_record

PAGE = "predictions/class_outlook.html"
NONE = "predictions/class_outlook_none.html"
MOST_PAST = 6
RELEASES = LEADERS | {Role.TEACHER}  # of this class or not, the page of the release asks


@require_safe
@never_cache
@toured
def next_outlook(request: HttpRequest, pk: int) -> HttpResponse:
    """The next exam to be predicted; where there is none, what to do about it."""
    school_class, on = _class(request, pk)
    ahead = target_exams(school_class, user=request.user, on=on)
    if ahead:
        return redirect("class-outlook", pk, ahead[0].pk)
    others = framed_exams(school_class, request.user)
    facts = {
        "school_class": school_class,
        "has_ended": school_class.term.ends < on,
        "schedule": f"{reverse('exam-new')}?class={pk}" if may_record(request.user, school_class, on=on) else "",
        "planned": list(others.filter(is_target=False, day__gt=on).order_by("day", "pk")[:MOST_PAST]),
        "past": list(others.filter(is_target=True, day__lt=on).order_by("-day", "-pk")[:MOST_PAST]),
    }
    return render_page(request, NONE, facts)


@require_safe
@never_cache
@toured
def outlook_page(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    outlook, on = _outlook(request, pk, exam)
    view = asked_view(request, outlook)
    _note(request.user, view.rows, door="page")
    facts = {
        "outlook": outlook,
        "view": view,
        "on": on,
        "is_over": outlook.exam.day < on,
        "offers_release": outlook.school_class.school_id in grants_of(request.user).of(RELEASES),
        **controls(request, view),
    }
    return render_page(request, PAGE, facts)


@require_safe
@never_cache
def outlook_row(request: HttpRequest, pk: int, exam: int, student: int) -> HttpResponse:
    """One row, opened: why, what changed, one's own estimate. Asked for by itself it is the student's own page."""
    if not getattr(request, "htmx", False):
        _class(request, pk)
        return redirect("student-outlook", student, exam)
    outlook, on = _outlook(request, pk, exam)
    row = next((each for each in outlook.rows if each.student.pk == student), None)
    if row is None:
        raise Http404
    view = asked_view(request, outlook)
    _note(request.user, [row], door="page")
    facts = {
        "outlook": outlook,
        "view": view,
        "row": row,
        "is_open": True,
        "row_query": controls(request, view)["row_query"],
        "next": request.get_full_path(),
        "target": f"#row-{student}",
        **own_of(row, user=request.user, on=on),
    }
    return render_page(request, "predictions/class_outlook/row.html", facts)


@require_safe
@never_cache
def outlook_fresh(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """Whether a scoring is still under way, or newer scores are there than those on the page (`run`)."""
    school_class, on = _class(request, pk)
    found = _exam(school_class, exam, target_exams(school_class, user=request.user, on=on), request.user)
    run = request.GET.get("run", "")
    shown = int(run) if run.isascii() and run.isdigit() and len(run) < 19 else 0
    facts = {"outlook": {"school_class": school_class, "exam": found}, "run": shown}
    return render_page(request, "predictions/class_outlook/fresh.html", {**facts, **is_being_scored(found, shown)})


@require_safe
@never_cache
def outlook_brief(request: HttpRequest, pk: int) -> HttpResponse:
    """The next exam in short, as the page of the class loads it. It names no student."""
    school_class, on = _class(request, pk)
    ahead = target_exams(school_class, user=request.user, on=on)
    outlook = class_outlook(school_class, ahead[0], user=request.user, on=on, exams=ahead) if ahead else None
    facts = {"school_class": school_class, "outlook": outlook, "has_ended": school_class.term.ends < on}
    return render_page(request, "predictions/class_outlook/brief.html", facts)


@require_safe
@never_cache
def outlook_csv(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """The same rows and columns as the page shows this person, in the same order."""
    view = _export(request, pk, exam)
    return file_response(_file_name(view, "csv"), as_csv(outlook_table(view)), CSV_TYPE)


@require_safe
@never_cache
def outlook_xlsx(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    view = _export(request, pk, exam)
    return file_response(_file_name(view, "xlsx"), as_xlsx(outlook_table(view)), XLSX_TYPE)


@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Remember which columns a person's outlooks show, and lead back to the page where they chose."""
    columns = () if "reset" in request.POST else asked_columns(request.POST)
    remember_columns(cast(User, request.user), TABLE, columns)
    return redirect(back_with_columns(request.POST.get("back", ""), columns))


def _class(request: HttpRequest, pk: int) -> tuple[SchoolClass, date]:
    """With today there. Raises Http404 for families: what they see was released to them, and stands on their own page."""
    school_class: SchoolClass = fetch(SchoolClass.objects.with_frame(), request.user, pk=pk)
    if school_class.school_id not in grants_of(request.user).of(STAFF):
        raise Http404
    return school_class, school_class.school.today()


def _outlook(request: HttpRequest, pk: int, exam: int) -> tuple[ClassOutlook, date]:
    school_class, on = _class(request, pk)
    ahead = target_exams(school_class, user=request.user, on=on)
    found = _exam(school_class, exam, ahead, request.user)
    return class_outlook(school_class, found, user=request.user, on=on, exams=ahead), on


def _exam(school_class: SchoolClass, pk: int, ahead: list[Exam], user: Any) -> Exam:
    """One that lies ahead, else one that the class sat. Raises Http404."""
    found = next((each for each in ahead if each.pk == pk), None)
    found = found or framed_exams(school_class, user).filter(is_target=True, pk=pk).first()
    if found is None:
        raise Http404
    return found


def _export(request: HttpRequest, pk: int, exam: int) -> ClassView:
    outlook, _on = _outlook(request, pk, exam)
    view = asked_view(request, outlook)
    _note(request.user, view.rows, door="export")
    record(request.user, "exported", outlook.school_class, what="outlook", exam=exam, students=len(view.rows))
    return view


def _file_name(view: ClassView, ending: str) -> str:
    return f"{slugify(f'{view.outlook.school_class.name} {view.outlook.exam.title}') or 'outlook'}.{ending}"


def _note(user: Any, rows: Any, *, door: str) -> None:
    """An access event for each student who is shown."""
    shown: dict[str, list[Any]] = {}
    each: OutlookRow
    for each in rows:
        shown.setdefault(each.role, []).append(each.student)
    for role, students in shown.items():
        looked(user, students, role=role, what="outlook", door=door)
