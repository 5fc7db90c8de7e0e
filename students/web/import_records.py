"""One list of a plan: every record of a kind that is added, changed, ended or removed, with name, class and line of the file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.pages import render_page
from portal.kit.tables import PER_PAGE, page_taken
from students.importing import batches
from students.importing.lists import DEEDS, MOST, Listed, OneList
from students.importing.planning.words import field_label
from students.importing.told import PlanTold, TableTold, read_plan
from students.models import ImportBatch
from students.models.imports import ImportState
from students.web.import_forms import ListSearch
from students.web.import_frame import batch_of, head_of
from students.web.import_veil import check_may_see
from students.web.import_words import deed_label, in_own_words

DONE = frozenset({ImportState.APPLIED, ImportState.UNDONE})


@require_safe
@never_cache
def import_records(request: HttpRequest, pk: int, table: str, deed: str) -> HttpResponse:
    batch = batches.settled(batch_of(request, pk))
    if batch.is_busy:
        return redirect("import", pk)
    plan = read_plan(batch.plan)
    told = _table_of(plan, table, deed)
    check_may_see(batch, table, request.user)
    search = ListSearch(request.GET)
    words, count = search.words(), getattr(told, deed)
    is_planned = batch.state == ImportState.PLANNED

    def take(start: int, most: int) -> Sequence[Listed]:
        return _rows(batch, table, deed, (start, most, words)) if count else ()

    facts: dict[str, Any] = {
        **head_of(request, batch, "plan" if is_planned else "done"),
        "told": told,
        "count": count,
        "most": MOST,
        "deed_label": deed_label(deed, is_done=batch.state in DONE),
        "has_before": deed != "added",
        "files": len(plan.files),
        "search": search,
        "words": words,
        "listing": page_taken(request, take, MOST // PER_PAGE),
        "is_planned": is_planned,
        "back": reverse("import-plan" if is_planned else "import", args=[pk]),
    }
    return render_page(request, "students/imports/records.html", facts)


def _table_of(plan: PlanTold, table: str, deed: str) -> TableTold:
    for told in plan.tables:
        if told.table == table and deed in DEEDS:
            return in_own_words(told)
    raise Http404


def _rows(batch: ImportBatch, table: str, deed: str, asked: tuple[int, int, str]) -> list[Listed]:
    """Labels in the language of who looks."""
    with batches.opened_lists(batch) as archive:
        rows = OneList(archive, table, deed).taken(*asked)
    return [
        replace(row, fields=tuple(replace(each, label=field_label(each.label)) for each in row.fields)) for row in rows
    ]
