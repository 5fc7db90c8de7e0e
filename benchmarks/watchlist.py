"""How long the watchlist, the overview and were we right take: fills an empty database with one predicted school and asks as its people.

`DATABASE_URL=… python -m benchmarks.watchlist [students]`; the database must be migrated and empty.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

import numpy as np
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.searching import NOW, stamp, write_students
from portal.accounts.models import User
from portal.kit import bulk
from portal.kit.scoping import remembering_grants
from predictions.groups import groups_of
from predictions.models import CurrentPrediction, Prediction, ScoringRun
from predictions.outlooks.overview import overview, read
from predictions.outlooks.overview_groups import groupings
from predictions.outlooks.overview_people import gaps, movers
from predictions.outlooks.overview_reading import material
from predictions.outlooks.watchlist import Asked, watchlist
from predictions.packing import packed
from students.models import Enrolment, Exam, Membership, School, SchoolClass, Sitting, Student, Subject, Teaching, Term
from students.roles import Role
from tests.make import make_scale
from tests.predictions.measured import make_scoring
from tests.trained import make_version

IN_CLASS, AT_ONCE, TIMES = 25, 5_000, 5
SUBJECTS = ("English", "Mathematics", "Science", "History", "Geography", "Art")
TODAY = NOW.date()
BOUNDS = (40.0, 50.0, 60.0, 75.0)


def fill(students: int) -> tuple[School, ScoringRun]:
    school = School.objects.create(name="School", slug="school", timezone="UTC")
    make_scale(school, is_default=True)
    span = {"starts": TODAY - timedelta(days=90), "ends": TODAY + timedelta(days=200)}
    term = Term.objects.create(school=school, kind=Term.Kind.YEAR, name="This year", **span)
    write_students(school, 1, *_names(students))
    write_classes(school, term, Subject.objects.create(school=school, name="Home", code="H").pk, students, True)
    exams = []
    for name in SUBJECTS:
        subject = Subject.objects.create(school=school, name=name, code=name[:3]).pk
        exams.append(write_exams(school, term, subject, write_classes(school, term, subject, students, False)))
    bulk.keys_taken(Student, SchoolClass, Exam, Sitting, Enrolment)
    run = make_scoring(
        school,
        make_version(school),
        list(Exam.objects.filter(school=school).select_related("school", "subject__grade_scale")),
    )
    for each in exams:
        write_predictions(run, each, students)
    bulk.keys_taken(Prediction)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return school, run


def _names(students: int) -> tuple[list[str], list[str]]:
    return [f"Given{row % 997}" for row in range(students)], [f"Family{row}" for row in range(students)]


def write_classes(school: School, term: Term, subject: int, students: int, is_home: bool) -> Any:
    count, first = -(-students // IN_CLASS), bulk.next_key(SchoolClass)
    keys = np.arange(first, first + count)
    names = [f"{subject} {7 + row % 5} {row}" for row in range(count)]
    bulk.write(SchoolClass, {
        "id": keys, "school_id": school.pk, "term_id": term.pk, "subject_id": subject, "name": names,
        "search_name": names, "grade_level": 7 + np.arange(count) % 5, "is_home_class": is_home, **stamp(NOW),
    })  # fmt: skip
    first = bulk.next_key(Enrolment)
    bulk.write(Enrolment, {
        "id": np.arange(first, first + students), "student_id": np.arange(1, students + 1),
        "school_class_id": np.repeat(keys, IN_CLASS)[:students], "starts": term.starts, "ends": None, **stamp(NOW),
    })  # fmt: skip
    return keys


def write_exams(school: School, term: Term, subject: int, classes: Any) -> Any:
    """One for each class; returns the exam of each class."""
    first = bulk.next_key(Exam)
    keys = np.arange(first, first + len(classes))
    days = np.datetime64(TODAY) + 10 + np.arange(len(keys)) % 40
    bulk.write(Exam, {
        "id": keys, "school_id": school.pk, "term_id": term.pk, "subject_id": subject, "title": "Unit test",
        "search_name": "unit test", "kind": "test", "day": days, "maximum": np.full(len(keys), 100.0),
        "weight": np.full(len(keys), 1.0), "is_target": True, **stamp(NOW),
    })  # fmt: skip
    bulk.write(Sitting, {"id": keys, "exam_id": keys, "school_class_id": classes})
    return keys


def write_predictions(run: ScoringRun, exams: Any, students: int) -> None:
    rng = np.random.default_rng(int(exams[0]))
    width = len(groups_of(run.version))
    for start in range(0, students, AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, students))
        first, score = bulk.next_key(Prediction), rng.normal(60, 14, len(rows))
        chances = 1 / (1 + np.exp((np.array(BOUNDS) - score[:, None]) / 6))
        keys = np.arange(first, first + len(rows))
        bulk.write(Prediction, {
            "id": keys, "run_id": run.pk, "student_id": rows + 1, "exam_id": exams[rows // IN_CLASS], "score": score,
            "low_80": score - 13, "high_80": score + 13, "low_95": score - 20, "high_95": score + 20, "baseline": score,
            "history": 9, "missing": 0, "unknown": 0, "cause": "", "sentence": "", "remedy": "",
            "chances": packed(chances), "reasons": packed(rng.normal(0, 2, (len(rows), width))),
            "inputs": packed(np.zeros((len(rows), 60))),
        })  # fmt: skip
        first = bulk.next_key(CurrentPrediction)
        bulk.write(CurrentPrediction, {
            "id": np.arange(first, first + len(rows)), "exam_id": exams[rows // IN_CLASS], "student_id": rows + 1,
            "prediction_id": keys, "as_of": run.as_of, "run_id": run.pk,
        })  # fmt: skip


def people(school: School) -> dict[str, User]:
    asking = {}
    for role in (Role.LEADER, Role.TEACHER):
        user = User.objects.create(email=f"{role}@school.example", name=str(role))
        Membership.objects.create(user=user, school=school, role=role, starts=TODAY - timedelta(days=9))
        asking[str(role)] = user
    for each in SchoolClass.objects.filter(school=school, is_home_class=False)[:5]:
        Teaching.objects.create(teacher=asking["teacher"], school_class=each, starts=TODAY - timedelta(days=9))
    return asking


def told(what: str, ask: Callable[[], Any]) -> None:
    """Queries and the median time, the first time left out."""
    taken = []
    for _ in range(TIMES):
        with remembering_grants(), CaptureQueriesContext(connection) as caught:
            start = time.perf_counter()
            ask()
            taken.append(1000 * (time.perf_counter() - start))
    print(f"| {what} | {len(caught)} | {statistics.median(taken[1:]):.0f} | {taken[0]:.0f} |", flush=True)


def main() -> None:
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    school, _run = fill(students)
    asking = people(school)
    print(f"{connection.vendor}, {students:,} students, {Prediction.objects.count():,} predictions\n")
    print("| asked | queries | ms | first time, ms |\n|---|---:|---:|---:|")
    for name, user in asking.items():
        for number in (6, 50):
            told(f"watchlist of {number}, {name}", lambda: watchlist(school, Asked(number=number), user=user, on=TODAY))  # noqa: B023  # called at once
    leader = asking["leader"]
    told("overview, counted anew", lambda: material(school, on=TODAY))
    told("overview, as kept", lambda: overview(school, user=leader, on=TODAY, now=timezone.now()))
    said = read(school, on=TODAY, now=timezone.now())[0]
    told("whose marks are missing", lambda: gaps(school, user=leader, on=TODAY))
    told("movers", lambda: movers(school, [each.pk for each in said.exams], user=leader, on=TODAY))
    told("groups", lambda: groupings(said.said, school, user=leader))


if __name__ == "__main__":
    main()
