"""The page on which a person says what the columns of a spreadsheet are: guessed, put right, previewed, and sent to be checked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.kit.pages import render_page
from students import orders
from students.importing import batches
from students.importing.mapping import Layout, Mapping
from students.importing.protected import protected_indicators
from students.importing.spreadsheet import mapping_file
from students.models import Exam, ImportBatch, Subject
from students.web import import_items
from students.web.import_columns import (
    OPENING,
    ColumnLine,
    choices_of,
    chosen_in,
    lines_of,
    mapping_of,
    opened_as,
    rules_initial,
    rules_of,
    sent_lines,
    wants,
    without_reasons,
)
from students.web.import_forms import LAYOUTS, MappingFileForm, RulesForm
from students.web.import_frame import CHANGEABLE, batch_of, head_of, signed_in
from students.web.import_preview import Look, Preview, look_of, preview_of
from students.web.import_veil import look_shown


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batches.settled(batch_of(request, pk, verb="edit"))
    if batch.state not in CHANGEABLE or not batch.path:
        return redirect("import", pk)
    if batch.kind == ImportBatch.Kind.ONEROSTER:
        return import_items.items_page(request, batch)
    stored = mapping_file.from_json(batch.mapping)
    opened = opened_as(stored, request.POST) if request.method == "POST" else stored
    look = look_of(batch, opened)
    if look.refusal:
        return _unreadable(request, batch, look)
    look = look_shown(look, stored, batch, request.user)
    if request.POST.get("do") == "open":
        opened = replace(look.guess, **{name: getattr(opened, name) for name in OPENING})
    lines = lines_of(look.columns, opened)
    if request.method == "POST" and request.POST.get("do") != "open":
        return _sent(request, batch, look, opened, sent_lines(lines, request.POST))
    usual = {**rules_initial(opened), "source": batch.source, "on": opened.on or look.on}
    return _show(request, batch, look, lines, RulesForm(initial=usual, sheets=look.sheets), opened)


def _sent(
    request: HttpRequest, batch: ImportBatch, look: Look, stored: Mapping, lines: list[ColumnLine]
) -> HttpResponse:
    form = RulesForm(request.POST, sheets=look.sheets)
    if not form.is_valid():
        return _show(request, batch, look, lines, form, stored, status=422)
    mapping = mapping_of(lines, rules_of(form.cleaned_data, stored))
    if request.POST.get("do") == "look":  # other choices for what each row is: nothing is wrong yet
        for line in lines:
            line.faults.clear()
        return _show(request, batch, look, lines, form, mapping)
    missing = list(wants(mapping))
    if missing or any(line.faults for line in lines):
        return _show(request, batch, look, lines, form, mapping, missing=missing, status=422)
    if request.POST.get("do") == "preview":
        return _show(request, batch, look, lines, form, mapping)
    return _check(request, batch, mapping, form)


def _check(request: HttpRequest, batch: ImportBatch, mapping: Mapping, form: RulesForm) -> HttpResponse:
    given, by = form.cleaned_data, signed_in(request)
    facts = mapping_file.as_json(mapping)
    batches.choose_mapping(batch, facts, by=by, source=given["source"], save_as=given["save_as"])
    orders.order_plan(batch, by=by)
    return redirect("import", batch.pk)


def _show(  # noqa: PLR0913  # a page has these parts
    request: HttpRequest,
    batch: ImportBatch,
    look: Look,
    lines: list[ColumnLine],
    form: RulesForm,
    mapping: Mapping,
    *,
    missing: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    without_reasons(lines, look.guess)
    choices = choices_of(mapping.layout)
    for line in lines:
        line.options = chosen_in(choices, line.use)
    subjects = Subject.objects.visible_to(request.user).filter(school=batch.school_id)
    facts = {
        **head_of(request, batch, "columns"),
        "look": look,
        "lines": lines,
        "faulty": [line for line in lines if line.faults],
        "form": form,
        "missing": missing,
        "file_form": MappingFileForm(),
        "kinds": Exam.Kind.choices,
        "subjects": list(subjects.order_by("name").values_list("name", flat=True)),
        "is_wide": mapping.layout == Layout.STUDENTS,
        "layout": mapping.layout.value,
        "layout_label": dict(LAYOUTS)[mapping.layout],
        "preview": _preview(request, batch, look, mapping) if status == 200 else None,
    }
    return render_page(request, "students/imports/columns.html", facts, status=status)


def _preview(request: HttpRequest, batch: ImportBatch, look: Look, mapping: Mapping) -> Preview:
    """Protected facts are shown to whom the import would read them for, and to nobody else."""
    reads_all = batches.reads_protected(request.user, batch.school)
    return preview_of(look, mapping, closed=None if reads_all else protected_indicators(batch.school))


def _unreadable(request: HttpRequest, batch: ImportBatch, look: Look) -> HttpResponse:
    """Nothing of it can be shown; a mapping file may say how it is to be opened."""
    batch.refusal = look.refusal
    facts = {**head_of(request, batch, "columns"), "file_form": MappingFileForm()}
    return render_page(request, "students/imports/unreadable.html", facts)


@require_POST
@never_cache
def mapping_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A mapping file takes the place of what was chosen so far; then it is looked at on the page of the columns."""
    batch = batches.settled(batch_of(request, pk, verb="edit"))
    form = MappingFileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["mapping_file"]
        try:
            mapping = mapping_file.from_toml(given.read(mapping_file.LONGEST_FILE + 1))
        except mapping_file.MappingFaults as faults:
            form.errors["mapping_file"] = form.error_class(faults.sentences)
        else:
            source = mapping.source or batch.source
            batches.choose_mapping(batch, mapping_file.as_json(mapping), by=signed_in(request), source=source)
            messages.success(request, _("The columns are as “%s” says. Look them over.") % given.name)
            return redirect("import-columns", pk)
    facts: dict[str, Any] = {**head_of(request, batch, "columns"), "file_form": form}
    return render_page(request, "students/imports/unreadable.html", facts, status=422)
