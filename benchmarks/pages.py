"""Asks the pages of a seeded school as its people, and tells queries and median time of each as JSON."""

import json
import os
import statistics
import time

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


def measured(page: str, person: User, role: str, address: str) -> dict[str, object]:
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
            response = client.get(address)
        times.append((time.perf_counter() - start) * 1000)
        counts.append(len(queries))
        assert response.status_code == 200, (address, response.status_code)
    return {"page": page, "as": role, "queries": counts[-1], "ms": round(statistics.median(times[1:]))}


def main() -> None:
    settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ada, leader, office = teacher(), holder(Role.LEADER), holder(Role.OFFICE)
    running = SchoolClass.objects.running(timezone.localdate())
    own = running.taught_by(ada, timezone.localdate()).order_by("pk")[0]
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
    print(json.dumps([measured(page, person, str(role), address) for page, person, role, address in asked]))


if __name__ == "__main__":
    main()
