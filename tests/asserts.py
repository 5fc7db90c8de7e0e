"""Assertions with the words of this project."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def assert_queries(most: int) -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as caught:
        yield caught
    told = "\n".join(query["sql"][:200] for query in caught.captured_queries)
    assert len(caught) <= most, f"{len(caught)} queries, {most} allowed:\n{told}"


def assert_problem(response: Any, status: int, code: str) -> None:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
