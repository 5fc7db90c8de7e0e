"""Releasing the marks of an exam to families, taking them back, and locking them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kit.errors import DomainError
from portal.kit.pages import render_page
from students.gradebook import releasing
from students.models import Exam, SchoolClass
from students.standing import may_keep
from students.summaries.exams import own_classes
from students.summaries.one_exam import ExamSummary, exam_summary
from students.web.exams import fetch_exam
from students.web.forms import ReleaseForm


@require_http_methods(["GET", "POST"])
@never_cache
def exam_release(request: HttpRequest, pk: int) -> HttpResponse:
    exam = fetch_exam(request, pk)
    form = ReleaseForm(request.POST if request.method == "POST" else None, classes=_own(request, exam))
    if request.method == "POST" and form.is_valid():
        try:
            return _released(request, exam, form.cleaned_data)
        except DomainError as refusal:
            form.add_error("classes", refusal.sentence)
    summary = exam_summary(exam, user=request.user, on=exam.school.today())
    facts = {"exam": exam, "form": form, "picked": _picked(request, summary), **_sorted(summary)}
    is_refused = request.method == "POST"
    return render_page(request, "students/exams/release.html", facts, status=422 if is_refused else 200)


def _released(request: HttpRequest, exam: Exam, data: dict[str, Any]) -> HttpResponse:
    made = releasing.release(
        exam, list(data["classes"]), by=request.user, on=exam.school.today(), at=timezone.now(),  # type: ignore[arg-type]  # signed in
        comment=data["comment"],
    )  # fmt: skip
    names = ", ".join(str(each.school_class) for each in made)
    messages.success(request, _("Families of {names} see the marks now.").format(names=names))
    return redirect("exam", exam.pk)


def _sorted(summary: ExamSummary) -> dict[str, Any]:
    return {
        "ready": [each for each in summary.classes if each.release is None and each.entered],
        "empty": [each for each in summary.classes if each.release is None and not each.entered],
        "released": [each for each in summary.classes if each.release is not None],
    }


def _picked(request: HttpRequest, summary: ExamSummary) -> set[str]:
    """Complete classes are ticked beforehand, and the only one there is; the others somebody ticks who means it."""
    if request.method == "POST":
        return set(request.POST.getlist("classes"))
    ready = [each for each in summary.classes if each.release is None and each.entered]
    return {str(each.school_class.pk) for each in ready if not each.missing or len(ready) == 1}


@require_http_methods(["GET", "POST"])
@never_cache
def exam_take_back(request: HttpRequest, pk: int, class_pk: int) -> HttpResponse:
    exam = fetch_exam(request, pk)
    school_class = _class(request, exam, class_pk)
    if request.method == "POST":
        releasing.take_back(exam, school_class, by=request.user, on=exam.school.today())  # type: ignore[arg-type]  # signed in
        told = _("Families of {name} no longer see these marks.").format(name=school_class)
        messages.success(request, told)
        return redirect("exam", exam.pk)
    found = exam.releases.filter(school_class=school_class).select_related("by").first()
    facts = {"exam": exam, "school_class": school_class, "release": found}
    return render_page(request, "students/exams/take_back.html", facts)


@require_http_methods(["GET", "POST"])
@never_cache
def exam_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """One class at a time: `do` is "lock" or "unlock"."""
    exam = fetch_exam(request, pk)
    if request.method == "POST":
        return _locked(request, exam)
    summary = exam_summary(exam, user=request.user, on=exam.school.today())
    may_unlock = any(may_keep(request.user, each.school_class) for each in summary.classes)
    facts = {"exam": exam, "summary": summary, "may_unlock": may_unlock}
    return render_page(request, "students/exams/lock.html", facts)


def _locked(request: HttpRequest, exam: Exam) -> HttpResponse:
    asked = request.POST.get("class", "")
    school_class = _class(request, exam, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0)
    by, on = request.user, exam.school.today()
    if request.POST.get("do") == "unlock":
        releasing.unlock(exam, school_class, by=by, on=on)  # type: ignore[arg-type]  # signed in, by middleware
        told = _("The marks of {name} can be changed again.")
    else:
        releasing.lock(exam, school_class, by=by, on=on, at=timezone.now())  # type: ignore[arg-type]  # signed in
        told = _("The marks of {name} are locked.")
    messages.success(request, told.format(name=school_class))
    return redirect("exam-lock" if len(_own(request, exam)) > 1 else "exam", exam.pk)


def _own(request: HttpRequest, exam: Exam) -> Any:
    """Classes of this exam whose marks the person keeps."""
    return own_classes(request.user, on=exam.school.today()).filter(sittings__exam=exam)


def _class(request: HttpRequest, exam: Exam, pk: int) -> SchoolClass:
    found: SchoolClass | None = _own(request, exam).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
