"""Files about an import: all its findings, all its changes, and how it is read as a mapping file. None is kept by a browser."""

from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.spreadsheets import CSV_TYPE, file_response
from students.importing import batches
from students.importing.spreadsheet import mapping_file
from students.models import ImportBatch
from students.web.import_frame import batch_of, signed_in
from students.web.import_veil import check_may_see_all

TOML_TYPE = "application/toml; charset=utf-8"


@require_safe
@never_cache
def findings_file(request: HttpRequest, pk: int) -> FileResponse:
    batch = batch_of(request, pk)
    check_may_see_all(batch, request.user)
    return _handed_out(batches.opened_findings(batch, by=signed_in(request)), batch, "findings")


@require_safe
@never_cache
def changes_file(request: HttpRequest, pk: int) -> FileResponse:
    batch = batch_of(request, pk)
    check_may_see_all(batch, request.user)
    return _handed_out(batches.opened_changes(batch, by=signed_in(request)), batch, "changes")


@require_safe
@never_cache
def mapping_toml(request: HttpRequest, pk: int) -> HttpResponse:
    """How the columns are read, for whoever keeps that beside the export: it holds no rows."""
    batch = batch_of(request, pk)
    return file_response(f"{_stem(batch)}.toml", mapping_file.to_toml(mapping_file.from_json(batch.mapping)), TOML_TYPE)


def _handed_out(content: IO[bytes], batch: ImportBatch, what: str) -> FileResponse:
    headers = {"Cache-Control": "no-store"}
    name = f"{_stem(batch)}-{what}.csv"
    return FileResponse(content, as_attachment=True, filename=name, content_type=CSV_TYPE, headers=headers)


def _stem(batch: ImportBatch) -> str:
    return f"import-{batch.pk}-{slugify(batch.file_name.rpartition('.')[0])[:60]}".rstrip("-")
