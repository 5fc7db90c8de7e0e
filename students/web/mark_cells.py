"""What the script of the mark grid asks, in JSON: save these cells, and what did others change."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.kit.errors import DomainError
from portal.kit.problems import problem_response
from students.gradebook import changes, marks
from students.gradebook.outcomes import Cell, Outcome
from students.marksheet import Stats
from students.models import School
from students.web.marks import recorded_class
from students.web.staff_frame import signed_in

View = Callable[..., HttpResponse]
MOST_CELLS = 2000
MOST_BYTES = 500_000
HIGHEST_KEY = 2**63 - 1


class TooLarge(DomainError):
    status = 413
    code = "too_large"


def speaks_json(view: View) -> View:
    """A script can do nothing with an error page."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as refusal:
            return problem_response(refusal.status, refusal.sentence, code=refusal.code)
        except Http404:
            return problem_response(404, _("There is no such class, or your role does not include it."))

    return speaking


@require_POST
@never_cache
@speaks_json
def mark_cells(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = recorded_class(request, pk)
    school = school_class.school
    now = timezone.now()
    recorded = marks.record_cells(school_class, _cells(request), by=signed_in(request), on=school.today(), at=now)
    touched = sorted({each.cell.exam for each in recorded.outcomes} & recorded.sheet.sittings.keys())
    return JsonResponse(
        {
            "cells": [_outcome(each, school, now) for each in recorded.outcomes],
            "stats": _stats({exam: recorded.sheet.stats(exam) for exam in touched}),
        }
    )


@require_safe
@never_cache
@speaks_json
def mark_changes(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = recorded_class(request, pk)
    school, now = school_class.school, timezone.now()
    stamp = changes.Stamp.read(request.GET.get("since", ""))
    news = changes.changes_since(
        stamp, school_class, _exams(request), user=request.user, on=school.today(), at=now
    )  # fmt: skip
    return JsonResponse(
        {
            "cells": [_changed(each, school, now) for each in news.cells],
            "stats": _stats(news.stats),
            "stamp": str(news.stamp),
            "reload": news.must_reload,
        }
    )


def _cells(request: HttpRequest) -> list[Cell]:
    """All or, with a sentence, none: a block that was sent wrongly is not half saved."""
    try:
        sent = json.loads(_body(request))
    except (ValueError, RecursionError):
        raise DomainError(_("What was sent is not JSON."), code="unreadable") from None
    rows = sent.get("cells") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_CELLS:
        raise DomainError(_("Send a list of 1 to 2000 cells."), code="no_cells")
    cells = [_cell(row) for row in rows]
    if len({(cell.exam, cell.student) for cell in cells}) < len(cells):
        raise DomainError(_("A cell is named twice; it is not clear which of its texts counts."), code="twice")
    return cells


def _body(request: HttpRequest) -> bytes:
    """Django stops reading at a limit of its own."""
    with suppress(RequestDataTooBig):
        if len(request.body) <= MOST_BYTES:
            return request.body
    raise TooLarge(_("That is too much at once. Send at most 2000 cells."))


def _cell(row: Any) -> Cell:
    try:
        cell = Cell(row["exam"], row["student"], row["text"], row["seen"])
    except (KeyError, TypeError):
        raise DomainError(_("A cell needs exam, student, text and seen."), code="incomplete") from None
    keys_fit = all(type(key) is int and 0 < key <= HIGHEST_KEY for key in (cell.exam, cell.student))
    if not keys_fit or not isinstance(cell.text, str) or not isinstance(cell.seen, str):
        raise DomainError(_("Exam and student of a cell are numbers, text and seen are texts."), code="mistyped")
    return cell


def _exams(request: HttpRequest) -> set[int]:
    parts = request.GET.get("exams", "").split(",")
    return {int(part) for part in parts[:100] if part.isascii() and part.isdigit() and len(part) < 19}


def _outcome(outcome: Outcome, school: School, now: datetime) -> dict[str, Any]:
    return {
        "exam": outcome.cell.exam,
        "student": outcome.cell.student,
        "state": outcome.state,
        "text": outcome.text,
        "seen": outcome.seen,
        "sentence": outcome.sentence,
        "by": outcome.by,
        "at": _moment(outcome.at, school, now),
    }


def _changed(cell: changes.Changed, school: School, now: datetime) -> dict[str, Any]:
    return {
        "exam": cell.exam,
        "student": cell.student,
        "text": cell.text,
        "seen": cell.seen,
        "by": cell.by,
        "at": _moment(cell.at, school, now),
        "mine": cell.is_mine,
    }


def _moment(at: datetime | None, school: School, now: datetime) -> str:
    """The time, and the day where it is not today, on the school's own clock."""
    if at is None:
        return ""
    zone = ZoneInfo(school.timezone)
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else date_format(local, "d M Y, H:i")


def _stats(stats: Mapping[int, Stats]) -> dict[str, dict[str, Any]]:
    return {str(exam): {"mean": each.mean, "entered": each.entered, "of": each.of} for exam, each in stats.items()}
