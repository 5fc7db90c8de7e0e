"""Scheduling an exam, changing it and calling it off: the form, the choice of classes, and what is told beside them."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kit.errors import Conflict, DomainError, NotAllowed
from portal.kit.figures import plain
from portal.kit.pages import render_page
from portal.kit.scoping import grants_of
from portal.kit.tables import read_order, read_page, sort_rows
from students.filters import ClassFilter
from students.gradebook import scheduling
from students.models import Exam, SchoolClass
from students.roles import KEEPERS
from students.summaries.exams import own_classes
from students.summaries.one_exam import exam_summary
from students.summaries.planning import plan_for
from students.web.exams import PLANNERS, fetch_exam
from students.web.forms import ExamForm
from students.web.standpoint import standpoint

# As many boxes as one reads through; a school with more narrows by grade.
MOST_CHOICES, MOST_OF_ANY_GRADE = 60, 200
TOLD = ("title", "kind", "day", "maximum", "weight", "is_target")


@require_http_methods(["GET", "POST"])
@never_cache
def exam_new(request: HttpRequest) -> HttpResponse:
    here = standpoint(request)
    if not grants_of(here.user).of(PLANNERS):
        raise NotAllowed(_("Exams are scheduled by those who teach a class, by leaders and by the office."))
    own = own_classes(here.user, on=here.day)
    first = _first_class(request, own)
    if first is None and request.method == "GET" and here.roles & KEEPERS:
        return _choose_class(request, own)
    data = request.POST if request.method == "POST" else None
    form = ExamForm(data, own=own, initial={"classes": [first.pk] if first else []})
    if request.method == "POST" and form.is_valid():
        try:
            exam = scheduling.schedule(form.save(commit=False), form.chosen(), by=here.user, on=here.day)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _scheduled(request, exam, form.chosen(), is_held=exam.day < here.day)
    return _exam_form(request, form, own, first)


def _first_class(request: HttpRequest, own: Any) -> SchoolClass | None:
    """The class the choice of others is built around: the first one sent along or named in the address."""
    asked = [
        text for sent in (request.POST, request.GET) for name in ("classes", "class") for text in sent.getlist(name)
    ]
    keys = [int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 10]
    found: SchoolClass | None = own.with_frame().filter(pk=keys[0]).first() if keys else None
    if keys and found is None and request.method == "GET":
        raise Http404
    return found


def _choose_class(request: HttpRequest, own: Any) -> HttpResponse:
    """A leader's school may have thousands of classes: one of them first, then those of its subject and term."""
    here = standpoint(request)
    rows = own.exclude(school__in=sorted(here.elsewhere)).filter(term__ends__gte=here.day)
    chosen = ClassFilter(request.GET, queryset=rows, request=request)
    order = read_order(request, ["name"])
    listing = read_page(
        request, sort_rows(chosen.qs, order, {"name": ("grade_level", "name")}), lambda found: found.with_frame()
    )
    return render_page(request, "students/exams/choose_class.html", {"listing": listing, "filter": chosen})


def _scheduled(request: HttpRequest, exam: Exam, classes: list[SchoolClass], *, is_held: bool) -> HttpResponse:
    """Back to the exam, with a gentle word where a class has another one on the day."""
    day = date_format(exam.day, "l, j F Y")
    told = _("“{title}” is recorded as held on {day}.") if is_held else _("“{title}” is scheduled for {day}.")
    messages.success(request, told.format(title=exam.title, day=day))
    for each in plan_for(classes, weight=exam.weight, day=exam.day, exam=exam):
        if each.same_day:
            facts = {"name": each.school_class, "title": each.same_day[0]}
            messages.warning(request, _("{name} also has “{title}” on that day.").format(**facts))
    return redirect("exam", exam.pk)


@require_http_methods(["GET", "POST"])
@never_cache
def exam_edit(request: HttpRequest, pk: int) -> HttpResponse:
    exam = fetch_exam(request, pk)
    on = exam.school.today()
    own = own_classes(request.user, on=on).filter(school=exam.school_id)
    sitting = list(SchoolClass.objects.with_frame().filter(sittings__exam=exam))
    mine = set(own.filter(pk__in=[each.pk for each in sitting]).order_by().values_list("pk", flat=True))
    fixed = [each for each in sitting if each.pk not in mine]
    data = request.POST if request.method == "POST" else None
    form = ExamForm(data, instance=exam, own=own, fixed=fixed, initial={"classes": sorted(mine)})
    if request.method == "POST" and form.is_valid():
        changed = form.save(commit=False)
        changed.version = form.cleaned_data["version_seen"] or 0
        try:
            scheduling.change(changed, form.chosen(), by=request.user, on=on)  # type: ignore[arg-type]  # signed in, by middleware
            return redirect("exam", exam.pk)
        except Conflict as refusal:
            form.refuse(refusal)
            if refusal.code == "stale":
                return _stale(request, form, own, sitting[0] if sitting else None)
        except DomainError as refusal:
            form.refuse(refusal)
    return _exam_form(request, form, own, sitting[0] if sitting else None, exam=exam)


def _stale(request: HttpRequest, form: ExamForm, own: Any, first: SchoolClass | None) -> HttpResponse:
    """What was typed stays, what is stored stands beside it, and sending it once more replaces that knowingly."""
    stored = Exam.objects.get(pk=form.instance.pk)
    typed = request.POST.copy()
    typed["version_seen"] = str(stored.version)
    form.data = typed
    others = [(form.fields[name].label, _told(stored, name)) for name in TOLD if _differs(form, stored, name)]
    names = ", ".join(stored.classes.order_by("name").values_list("name", flat=True))
    others.append((_("Classes"), names))
    return _exam_form(request, form, own, first, exam=stored, stored=others, status=409)


def _differs(form: ExamForm, stored: Exam, name: str) -> bool:
    return bool(form.cleaned_data.get(name) != getattr(stored, name))


def _told(exam: Exam, name: str) -> str:
    value = getattr(exam, name)
    if name == "day":
        return date_format(value, "j F Y")
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(exam.get_kind_display() if name == "kind" else value)


def _exam_form(
    request: HttpRequest, form: ExamForm, own: Any, first: SchoolClass | None, *, exam: Exam | None = None,
    stored: list[tuple[Any, str]] | None = None, status: int = 0,
) -> HttpResponse:  # fmt: skip
    is_wide = "grades" in request.GET
    picked = _picked(request, form)
    choices = _choices(request, own, first, picked, is_wide)
    asked = _asked(request, form)
    planned = [each for each in choices if each.pk in picked]
    facts = {
        "form": form,
        "exam": exam,
        "choices": choices,
        "picked": picked,
        "first": first,
        "may_widen": first is not None and not is_wide and len(choices) >= MOST_CHOICES,
        "plans": plan_for(planned, weight=asked["weight"], day=asked["day"], exam=exam),
        "stored": stored,
        "is_one_subject": first is not None,
    }
    status = status or (422 if form.errors else 200)
    return render_page(request, "students/exams/form.html", facts, fragment="plans", status=status)


def _picked(request: HttpRequest, form: ExamForm) -> set[int]:
    asked = request.POST.getlist("classes") if form.is_bound else request.GET.getlist("classes")
    keys = {int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 10}
    is_answer = form.is_bound or getattr(request, "htmx", False)
    return keys if keys or is_answer else set(form.initial.get("classes", ()))


def _choices(
    request: HttpRequest, own: Any, first: SchoolClass | None, picked: set[int], is_wide: bool
) -> list[SchoolClass]:
    """Classes to tick: those of the first one's subject and term, and of its grade where that alone is many."""
    if first is None:
        here = standpoint(request)
        running = own.exclude(school__in=sorted(here.elsewhere)).filter(term__ends__gte=here.day)
        return list(running.with_frame()[:MOST_CHOICES])
    rows = own.with_frame().filter(school=first.school_id, subject=first.subject_id, term=first.term_id)
    found = list(rows[: MOST_OF_ANY_GRADE if is_wide else MOST_CHOICES])
    if len(found) >= MOST_CHOICES and not is_wide:
        found = list(rows.filter(grade_level=first.grade_level)[:MOST_CHOICES])
    missing = picked - {each.pk for each in found}
    return [*rows.filter(pk__in=missing), *found] if missing else found


def _asked(request: HttpRequest, form: ExamForm) -> dict[str, Any]:
    """Weight and day as typed so far, for what is told about them; what cannot be read is left out."""
    typed = request.POST if form.is_bound else request.GET
    found: dict[str, Any] = {"weight": form.instance.weight, "day": form.instance.day}
    for name in found:
        if name in typed:
            try:
                found[name] = form.fields[name].clean(typed[name])
            except ValidationError:
                found[name] = Decimal(1) if name == "weight" else None
    return found


@require_http_methods(["GET", "POST"])
@never_cache
def exam_delete(request: HttpRequest, pk: int) -> HttpResponse:
    exam = fetch_exam(request, pk)
    if request.method == "POST":
        scheduling.call_off(exam, by=request.user, on=exam.school.today())  # type: ignore[arg-type]  # signed in
        messages.success(request, _("“{title}” is called off.").format(title=exam.title))
        return redirect("exams")
    summary = exam_summary(exam, user=request.user, on=exam.school.today())
    facts = {"exam": exam, "summary": summary, "has_results": scheduling.has_results(exam)}
    return render_page(request, "students/exams/call_off.html", facts)
