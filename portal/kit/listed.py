"""A list as a file: every row that fits what the address asks, not only the page that is shown; `?as=csv` or `?as=xlsx`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.kit.errors import DomainError
from portal.kit.spreadsheets import CSV_TYPE, XLSX_TYPE, Table, as_csv, as_xlsx, file_response

CSV, EXCEL = "csv", "xlsx"
STRETCH = 500
# A workbook is made in memory while somebody waits; the same list as CSV may be as long as it is.
MOST_IN_EXCEL = 20_000


class TooLong(DomainError):
    code = "too_long"


def asked_form(request: HttpRequest) -> str:
    """Which kind of file is wanted; nothing where the page is."""
    asked = request.GET.get("as", "")
    return asked if asked in (CSV, EXCEL) else ""


def every_row(rows: QuerySet[Any, Any], dress: Callable[[Any], Any] | None = None) -> Iterator[Any]:
    """All rows in their order, dressed a stretch at a time with what a page adds to those it shows."""
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), STRETCH):
        stretch = keys[start : start + STRETCH]
        chosen = rows.model._default_manager.filter(pk__in=stretch)
        found = {row.pk: row for row in (dress(chosen) if dress else chosen)}
        yield from (found[key] for key in stretch if key in found)


def list_file(form: str, table: Table, name: str = "") -> HttpResponse:
    """Raises TooLong rather than leaving anything out."""
    file_name = f"{slugify(name or table.title) or 'list'}.{form}"
    if form == CSV:
        return file_response(file_name, as_csv(table), CSV_TYPE)
    rows = list(islice(table.rows, MOST_IN_EXCEL + 1))
    if len(rows) > MOST_IN_EXCEL:
        told = _("This list has more than %s rows, which is too long for an Excel file here. Take it as CSV.")
        raise TooLong(told % f"{MOST_IN_EXCEL:,}")
    return file_response(file_name, as_xlsx(replace(table, rows=rows)), XLSX_TYPE)
