"""Exams: the list by time, and one exam with its figures."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.listed import asked_form, every_row, list_file
from portal.kit.memory import remembered
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import PER_PAGE, Order, read_order, read_page, sort_rows
from students.filters import ExamFilter
from students.models import Exam
from students.reports.lists import exams_table
from students.roles import KEEPERS, Role
from students.summaries.exams import (
    ALL,
    COMING,
    MARKED,
    MOST_TOLD,
    TIMES,
    TO_MARK,
    Choices,
    ExamRow,
    at_time,
    choices_for,
    counts_by_time,
    exam_rows,
    exams_of,
)
from students.summaries.one_exam import exam_summary
from students.web.standpoint import standpoint

COLUMNS = {"day": ("day", "title"), "title": ("title", "day"), "weight": ("weight", "day")}
COUNTS_KEPT_SECONDS = 60
PLANNERS = KEEPERS | {Role.TEACHER}


@require_safe
@never_cache
def exam_list(request: HttpRequest) -> HttpResponse:
    here = standpoint(request)
    time = request.GET.get("when", "")
    time = time if time in TIMES else COMING
    rows = exams_of(here.user, but_not=here.elsewhere)
    chosen = ExamFilter(request.GET, queryset=rows, request=request)
    order = _order(request, time)
    wanted = sort_rows(_shown(chosen, time, here), order, COLUMNS)
    if form := asked_form(request):
        return list_file(form, exams_table(_every_exam(wanted, here)))
    listing = read_page(request, wanted, _dressed)
    facts = {
        "listing": replace(listing, rows=exam_rows(listing.rows, user=here.user, on=here.day)),
        "order": order,
        "filter": chosen,
        "pills": _pills(request.GET, _counts(request, chosen, here), time),
        "time": time,
        "is_keeper": bool(here.roles & KEEPERS),
        "may_plan": bool(here.roles & PLANNERS),
        "selects": _selects(chosen, choices_for(here.user, on=here.day, but_not=here.elsewhere)),
        "is_narrowed": any(request.GET.get(name) for name in chosen.form.fields),
    }
    return render_page(request, "students/exams/list.html", facts)


def _every_exam(wanted: Any, here: Any) -> Iterator[ExamRow]:
    """A page's worth at a time, for what is entered is counted for as many at once."""
    exams = every_row(wanted, _dressed)
    while stretch := list(islice(exams, PER_PAGE)):
        yield from exam_rows(stretch, user=here.user, on=here.day)


def _shown(chosen: ExamFilter, time: str, here: Any) -> Any:
    return at_time(chosen.qs, time, user=here.user, on=here.day)


def _counts(request: HttpRequest, chosen: ExamFilter, here: Any) -> dict[str, int]:
    """A teacher's own at once. Over a whole school looking for what is to mark takes seconds, so it is kept a minute."""
    if not here.roles & KEEPERS:
        return counts_by_time(chosen.qs, user=here.user, on=here.day)
    asked = "&".join(f"{name}={request.GET.get(name, '')}" for name in sorted(chosen.form.fields))
    mark = blake2b(f"{asked}|{sorted(here.elsewhere)}|{here.day}".encode(), digest_size=16).hexdigest()
    return remembered(
        f"exam-counts:{here.user.pk}:{mark}",
        COUNTS_KEPT_SECONDS,
        lambda: counts_by_time(chosen.qs, user=here.user, on=here.day),
    )


def _order(request: HttpRequest, time: str) -> Order:
    """What comes next stands first; of what was, the newest."""
    order = read_order(request, list(COLUMNS))
    is_asked = request.GET.get("sort", "").removeprefix("-") in COLUMNS
    return order if is_asked or time == COMING else replace(order, is_descending=True)


def _dressed(exams: Any) -> Any:
    return exams.select_related("subject", "term")


def _selects(chosen: ExamFilter, choices: Choices) -> list[dict[str, Any]]:
    said = chosen.form.cleaned_data if chosen.form.is_valid() else {}
    fields = (
        ("school_class", _("Class"), _("All classes"), choices.classes),
        ("subject", _("Subject"), _("All subjects"), choices.subjects),
        ("term", _("Term"), _("All terms"), choices.terms),
    )
    return [
        {"name": name, "label": label, "every": every, "options": options, "chosen": said.get(name)}
        for name, label, every, options in fields
        if options
    ]


def _pills(asked: QueryDict, counts: dict[str, int], time: str) -> list[dict[str, Any]]:
    labels = {COMING: _("Coming"), TO_MARK: _("To mark"), MARKED: _("Marked"), ALL: _("All")}
    pills = []
    for name, label in labels.items():
        query = asked.copy()
        query["when"] = name
        for dropped in ("page", "sort"):
            query.pop(dropped, None)
        count = f"{counts[name]}" if counts[name] <= MOST_TOLD else f"{MOST_TOLD}+"
        pills.append({"url": f"?{query.urlencode()}", "label": label, "count": count, "is_current": name == time})
    return pills


@require_safe
@never_cache
def exam_page(request: HttpRequest, pk: int) -> HttpResponse:
    exam = fetch_exam(request, pk)
    today = exam.school.today()
    summary = exam_summary(exam, user=request.user, on=today, is_compared=True)
    one = summary.classes[0] if len(summary.classes) == 1 else None
    facts = {"summary": summary, "exam": exam, "one": one, "may_mark": exam.day <= today}
    return render_page(request, "students/exams/page.html", facts)


def fetch_exam(request: HttpRequest, pk: int) -> Exam:
    """For who works on it: 404 unseen, 403 seen and not one's own to work on."""
    exam: Exam = fetch(Exam.objects.select_related("school", "subject", "term"), request.user, verb="edit", pk=pk)
    return exam
