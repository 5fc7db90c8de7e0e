"""The outlook of one student, for staff: exam by exam, with what is needed, what could be tried, and how it came out before."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from portal.kit.pages import render_page
from predictions.enquiring import BadEnquiry
from predictions.models import Prediction
from predictions.outlooks.contract import Scale
from predictions.outlooks.scales import scale_for
from predictions.outlooks.student import StudentOutlook, earlier_of, outlook_rows, shown_of, student_outlook
from predictions.outlooks.student_exams import exam_of, student_for_staff
from predictions.outlooks.student_supposing import Answer, answered, filled, knobs_of, wanted
from predictions.web.estimates import own_of
from predictions.web.toured import toured
from students.looking import note_look
from students.models import Student

PAGE = "predictions/student_outlook.html"
TRACED_SECONDS = 600


@require_safe
@never_cache
@toured
def student_outlooks(request: HttpRequest, pk: int) -> HttpResponse:
    """All exams ahead of one student, the next one first."""
    student, on = _student(request, pk)
    rows = outlook_rows(student, user=request.user, on=on)
    note_look(request.user, [student], what="outlook", door="page")
    return render_page(request, "predictions/student_outlooks.html", {"student": student, "rows": rows, "on": on})


@require_safe
@never_cache
def student_outlook_brief(request: HttpRequest, pk: int) -> HttpResponse:
    """A line for the next exam of each subject, as the student's page loads it."""
    student, on = _student(request, pk)
    rows = outlook_rows(student, user=request.user, on=on, only_next=True)
    _note_once(request, student)
    return render_page(request, "predictions/student/brief.html", {"student": student, "rows": rows, "on": on})


@require_safe
@never_cache
@toured
def student_exam_outlook(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    student, on = _student(request, pk)
    found = exam_of(student, exam, user=request.user)
    page = student_outlook(student, found, user=request.user, on=on, whole=request.GET.get("whole") == "1")
    note_look(request.user, [student], what="outlook", door="page")
    return render_page(request, PAGE, _facts(request, page))


@require_safe
@never_cache
def student_earlier(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """What was said before and how it came out: loaded after the page."""
    student, on = _student(request, pk)
    found = exam_of(student, exam, user=request.user)
    if not getattr(request, "htmx", False):
        return redirect(f"{reverse('student-outlook', args=[pk, exam])}?whole=1")
    prediction = shown_of(student, [found], user=request.user).get(found.pk)
    told = earlier_of(student, prediction, scale_for(found), user=request.user, on=on)
    _note_once(request, student)
    return render_page(request, "predictions/student/earlier.html", {"earlier": told, "student": student})


@require_POST
def student_what_if(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """What the model says with other values. Nothing is stored; 422 with a sentence beside what cannot be tried."""
    student, on = _student(request, pk)
    found = exam_of(student, exam, user=request.user)
    prediction = shown_of(student, [found], user=request.user).get(found.pk)
    if prediction is None or found.day < on:
        raise Http404
    answer, faults = _asked(request, prediction, scale_for(found))
    knobs = filled(knobs_of(prediction), request.POST, faults)
    status = 422 if faults or answer.general_fault else 200
    if getattr(request, "htmx", False):
        _note_once(request, student)
        facts = {"answer": answer, "knobs": knobs, "is_swap": True}
        return render_page(request, "predictions/student/answer.html", facts, status=status)
    page = student_outlook(student, found, user=request.user, on=on, whole=True)
    note_look(request.user, [student], what="outlook", door="page")
    return render_page(request, PAGE, _facts(request, replace(page, knobs=knobs, answer=answer)), status=status)


def _facts(request: HttpRequest, page: StudentOutlook) -> dict[str, Any]:
    return {"page": page, "row": page.row, **own_of(page.row, user=request.user, on=page.on)}


def _asked(request: HttpRequest, prediction: Prediction, scale: Scale) -> tuple[Answer, dict[str, str]]:
    """The answer, or the sentences that say why there is none; to nothing changed, nothing is answered."""
    values = wanted(knobs_of(prediction), request.POST)
    if not values and prediction.score is not None:
        return Answer(), {}
    try:
        return answered(prediction, values, scale, user=request.user), {}
    except BadEnquiry as error:
        return Answer(
            general_fault=error.faults.get("", "") or _("One of the values cannot be tried out.")
        ), error.faults


def _student(request: HttpRequest, pk: int) -> tuple[Student, date]:
    student = student_for_staff(pk, user=request.user)
    return student, student.school.today()


def _note_once(request: HttpRequest, student: Student) -> None:
    """Parts of a page that come one after the other leave one trace together, not one for each turn of a slider."""
    key = f"outlook-traced:{request.user.pk}:{student.pk}"
    try:
        is_first = cache.add(key, 1, TRACED_SECONDS)
    except RedisError:
        is_first = True
    if is_first:
        note_look(request.user, [student], what="outlook", door="page")
