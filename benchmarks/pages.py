"""Asks the pages of a seeded school as its people, and tells queries and median time of each as JSON."""

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import cycle
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from students.models import Membership, SchoolClass, Student
from students.roles import Role

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TIMES = 7


def teacher() -> User:
    running = SchoolClass.objects.running(timezone.localdate())
    return User.objects.filter(teachings__school_class__in=running).order_by("pk")[0]


def holder(role: str) -> User:
    return Membership.objects.filter(role=role).select_related("user").order_by("pk")[0].user


def timed(page: str, person: User, role: str, ask: Callable[[Client], Any]) -> dict[str, object]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person, backend=BACKEND)
    counts, times = [], []
    for _ in range(TIMES):
        queries: list[str] = []

        def counted(execute, sql, params, many, context, queries=queries):  # type: ignore[no-untyped-def]  # Django's shape
            queries.append(sql)
            return execute(sql, params, many, context)

        start = time.perf_counter()
        with connection.execute_wrapper(counted):
            response = ask(client)
        times.append((time.perf_counter() - start) * 1000)
        counts.append(len(queries))
        assert response.status_code == 200, (page, response.status_code)
    return {"page": page, "as": role, "queries": counts[-1], "ms": round(statistics.median(times[1:]))}


def read(address: str) -> Callable[[Client], Any]:
    return lambda client: client.get(address)


def save_cells(school_class: SchoolClass, student: int, exam: int) -> Callable[[Client], Any]:
    """A mark typed, and another the next time, each with the token that the last answer gave."""
    marks = cycle("12")
    seen = {"token": ""}

    def save(client: Client) -> Any:
        cell = {"exam": exam, "student": student, "text": next(marks), "seen": seen["token"]}
        address = f"/classes/{school_class.pk}/marks/cells/"
        answer = client.post(address, json.dumps({"cells": [cell]}), content_type="application/json")
        told = answer.json()["cells"][0]
        assert told["state"] in ("saved", "conflict"), told
        seen["token"] = told["seen"]
        return answer

    return save


def workday(day: date) -> date:
    """The day, or the Friday before it: on a weekend the page of a roll asks first."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def main() -> None:
    settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ada, leader, office = teacher(), holder(Role.LEADER), holder(Role.OFFICE)
    today = timezone.localdate()
    own = SchoolClass.objects.running(today).taught_by(ada, today).order_by("pk")[0]
    word = Student.objects.order_by("pk")[0].family_name
    asked = [
        ("dashboard", ada, Role.TEACHER, "/"),
        ("dashboard", leader, Role.LEADER, "/"),
        ("my classes", ada, Role.TEACHER, "/classes/"),
        ("classes", leader, Role.LEADER, "/classes/"),
        ("class page", ada, Role.TEACHER, f"/classes/{own.pk}/"),
        ("students", leader, Role.LEADER, f"/students/?q={word[:4]}"),
        ("back office: students", office, Role.OFFICE, "/office/students/student/"),
        ("back office: students, searched", office, Role.OFFICE, f"/office/students/student/?q={word[:4]}"),
        ("back office: results", office, Role.OFFICE, "/office/students/result/"),
    ]
    counsellor = holder(Role.COUNSELLOR)
    student = own.enrolments.active(today).order_by("pk")[0].student_id
    held = own.exams.filter(day__lt=today).order_by("-day")[0].pk
    asked += [
        ("marks of a class", ada, Role.TEACHER, f"/classes/{own.pk}/marks/"),
        ("roll of a class", ada, Role.TEACHER, f"/classes/{own.pk}/roll/?day={workday(today)}"),
        ("rolls of today", leader, Role.LEADER, "/roll/"),
        ("exams", ada, Role.TEACHER, "/exams/"),
        ("exams", leader, Role.LEADER, "/exams/"),
        ("exams to mark", leader, Role.LEADER, "/exams/?when=to-mark"),
        ("one exam", ada, Role.TEACHER, f"/exams/{held}/"),
        ("student page", ada, Role.TEACHER, f"/students/{student}/"),
        ("student page", leader, Role.LEADER, f"/students/{student}/"),
        ("who can see a student", leader, Role.LEADER, f"/students/{student}/who-sees/"),
        ("search", leader, Role.LEADER, f"/search/?q={word[:4]}"),
        ("staff", office, Role.OFFICE, "/staff/"),
        ("caseloads", office, Role.OFFICE, "/staff/caseloads/"),
        ("dashboard", counsellor, Role.COUNSELLOR, "/"),
    ]
    rows = [timed(page, person, str(role), read(address)) for page, person, role, address in asked]
    rows.append(timed("a mark saved", ada, str(Role.TEACHER), save_cells(own, student, held)))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
