"""Were we right, for who teaches, counsels or leads: the exams of late, one exam student by student, and one's own estimates."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.charts.came import Pair, came_chart
from portal.kit.listed import asked_form, list_file
from portal.kit.pages import render_page
from portal.kit.scoping import fetch, grants_of
from portal.kit.tables import Slice, page_of
from predictions.access import SEES_MODELS
from predictions.outlooks.exam_right import Came, ExamRight, exam_right, lessons, names_of, said_before
from predictions.outlooks.exams_right import exams_right
from predictions.outlooks.own_estimates import own_estimates
from predictions.reports.lists import exam_right_table, right_table
from predictions.summaries.words import points
from predictions.web.in_view import in_view
from predictions.web.overview_tabs import overview_tabs
from predictions.web.toured import toured
from students.looking import note_look
from students.models import Exam, Student
from students.roles import STAFF


@require_safe
@never_cache
@toured
def right(request: HttpRequest) -> HttpResponse:
    """Exams of the school in view, and the person's own estimates wherever they were made."""
    at = in_view(request, STAFF, _("Who teaches, counsels or leads sees how predictions came out."))
    if form := asked_form(request):
        return list_file(form, right_table(exams_right(at.school, user=at.user, on=at.on)))
    own = own_estimates(at.user, on=at.on)
    note_look(at.user, list({each.student for each in own.shown}), what="estimates", door="page")
    facts = {
        "at": at,
        "rows": exams_right(at.school, user=at.user, on=at.on),
        "own": own,
        "tabs": overview_tabs(request, "right"),
        "sees_models": at.school.pk in grants_of(at.user).of(SEES_MODELS),
    }
    return render_page(request, "predictions/right/list.html", facts)


@require_safe
@never_cache
@toured
def exam_right_page(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for an exam of which the person sees no student's prediction beside a result."""
    exam = _exam(request, pk)
    told = exam_right(exam, user=request.user)
    if not told.rows:
        raise Http404
    if form := asked_form(request):
        return _exam_file(request, told, form)
    rows = sorted(told.rows, key=lambda each: (-abs(each.off), each.prediction))
    listing = page_of(request, rows)
    students = names_of(listing.rows)
    shown: list[Student] = [*students.values(), *(miss.row.student for miss in told.misses)]
    note_look(
        request.user, list({each.pk: each for each in shown}.values()), what="predictions and results", door="page"
    )
    facts = {
        "told": told,
        "exam": exam,
        "listing": _named(listing, students),
        "chart": came_chart(
            [Pair(each.score, each.low, each.high, each.actual) for each in told.rows], pass_mark=told.scale.pass_mark
        ),
        "label": _in_words(told),
        "lessons": lessons(told),
        "sees_models": exam.school_id in grants_of(request.user).of(SEES_MODELS),
    }
    return render_page(request, "predictions/right/exam.html", facts)


def _exam_file(request: HttpRequest, told: ExamRight, form: str) -> HttpResponse:
    students = names_of(told.rows)
    answer = list_file(form, exam_right_table(told, students))
    note_look(request.user, list(students.values()), what="predictions and results", door="export")
    return answer


@require_safe
@never_cache
def exam_right_brief(request: HttpRequest, pk: int) -> HttpResponse:
    """A line for the page of an exam, which loads it; empty where there is nothing to say."""
    exam = _exam(request, pk)
    is_there = said_before(request.user).filter(exam=exam).exists()
    return render_page(request, "predictions/right/brief.html", {"exam": exam, "is_there": is_there})


def _exam(request: HttpRequest, pk: int) -> Exam:
    exam: Exam = fetch(Exam.objects.select_related("school", "subject__grade_scale"), request.user, pk=pk)
    if exam.school_id not in grants_of(request.user).of(STAFF):  # a family sees the exam, and not this page
        raise Http404
    return exam


def _named(listing: Slice[Came], students: dict[int, Student]) -> Slice[Any]:
    rows: Sequence[Any] = [(students[each.student], each) for each in listing.rows if each.student in students]
    return Slice(rows, listing.number, listing.previous, listing.next)


def _in_words(told: ExamRight) -> str:
    """The drawing for who cannot see it."""
    count = len(told.rows)
    figures = {"count": count, "inside": told.inside, "off": points(told.mean_off)}
    return (
        ngettext(
            "What was said of %(count)s student and what came: %(inside)s result lay in the range, and scores were off by "
            "%(off)s points on average. The table below lists every student.",
            "What was said of %(count)s students and what came: %(inside)s results lay in the range, and scores were off by "
            "%(off)s points on average. The table below lists every student.",
            count,
        )
        % figures
    )
