"""A list of the back office as a CSV file that a spreadsheet opens without running anything in it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from portal.kit.spreadsheets import CSV_TYPE, Column, Table, as_csv, file_response

MOST = 20_000


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    return file_response(f"{name}.csv", as_csv(Table(name, [Column(label) for label in header], rows)), CSV_TYPE)
