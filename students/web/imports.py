"""Bringing data in: the hub, the list of imports, a new file, and the page of one import through its whole life."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.kit.errors import DomainError, NotAllowed
from portal.kit.pages import render_page
from portal.kit.tables import read_page
from students import orders
from students.importing import batches
from students.importing.told import read_findings
from students.models import ImportBatch, ImportProfile, School
from students.web.import_forms import ImportFilter, UploadForm
from students.web.import_frame import (
    OVER,
    batch_of,
    data_tabs,
    head_of,
    next_page,
    school_of_data,
    signed_in,
)
from students.web.import_items import has_one_school
from students.web.import_plan import plan_facts
from students.web.import_veil import left_shown, plan_shown, tables_listed

RECENT = 5


@require_safe
@never_cache
def data_page(request: HttpRequest) -> HttpResponse:
    school = school_of_data(request)
    facts = {
        "tabs": data_tabs("data"),
        "recent": list(_imports_of(request, school)[:RECENT]),
        "profiles": list(ImportProfile.objects.visible_to(request.user).filter(school=school)[:RECENT]),
    }
    return render_page(request, "students/imports/hub.html", facts)


@require_safe
@never_cache
def import_list(request: HttpRequest) -> HttpResponse:
    school = school_of_data(request)
    rows = _imports_of(request, school)
    sources = rows.exclude(source="").order_by("source").values_list("source", flat=True).distinct()
    chosen = ImportFilter(request.GET, sources=list(sources))
    facts = {
        "tabs": data_tabs("imports"),
        "filter": chosen,
        "listing": read_page(request, rows.filter(**chosen.asked())),
        "is_narrowed": bool(chosen.asked()),
    }
    return render_page(request, "students/imports/list.html", facts)


def _imports_of(request: HttpRequest, school: School) -> Any:
    rows = ImportBatch.objects.visible_to(request.user).filter(school=school)
    return rows.select_related("by").defer("findings", "plan", "mapping", "undone")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_new(request: HttpRequest) -> HttpResponse:
    """A file that is understood without a question goes straight on to being checked."""
    school = school_of_data(request)
    profiles = ImportProfile.objects.visible_to(request.user).filter(school=school)
    form = UploadForm(profiles=profiles)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, profiles=profiles)
        if form.is_valid():
            batch = _received(request, school, form)
            if batch is not None:
                _check_at_once(batch, request)
                return redirect("import", batch.pk)
    facts = {"form": form, "school": school, "tabs": data_tabs("")}
    return render_page(request, "students/imports/new.html", facts, status=422 if form.errors else 200)


def _received(request: HttpRequest, school: School, form: UploadForm) -> ImportBatch | None:
    """Stored, and recognised where it can be. A file that is refused leaves its sentence at the field."""
    given = form.cleaned_data
    try:
        batch: ImportBatch = batches.receive(
            school, given["file"], given["file"].name, by=signed_in(request), profile=given["profile"]
        )
    except NotAllowed:
        raise
    except DomainError as refusal:
        form.add_error("file", refusal.sentence)
        return None
    return batch


def _check_at_once(batch: ImportBatch, request: HttpRequest) -> None:
    """A OneRoster export of one school needs no answer; what its line items are can still be said after the first look."""
    if batch.kind == ImportBatch.Kind.ONEROSTER and (batch.profile or has_one_school(batch)):
        orders.order_plan(batch, by=signed_in(request))


@require_safe
@never_cache
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is under way, or what came of it. While a person is to decide something, the page of that decision instead."""
    batch = batches.settled(batch_of(request, pk))
    head = head_of(request, batch)
    work, where = head["work"], next_page(batch)
    if where != "import" and not (work and work.runs):
        return _onward(request, where, batch)
    facts = {
        **head,
        "findings": read_findings(batch.findings) if batch.findings else None,
        **(_plan_facts(request, batch) if batch.plan else {}),
        "left": left_shown(batch, request.user),
        "is_over": batch.state in OVER,
    }
    response = render_page(request, "students/imports/page.html", facts, fragment="progress")
    if getattr(request, "htmx", False) and not (work and work.runs):
        response["HX-Refresh"] = "true"  # the page has another shape now
    return response


def _plan_facts(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    listed = tables_listed(batch, request.user)
    return plan_facts(plan_shown(batch, request.user), listed=listed, is_done=True)


def _onward(request: HttpRequest, where: str, batch: ImportBatch) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(where, batch.pk)
    response = HttpResponse()
    response["HX-Redirect"] = reverse(where, args=[batch.pk])
    return response
