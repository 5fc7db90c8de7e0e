"""How long the outlook of a class of 35 takes at the server, and how many queries: in a school of 300 and in a large one.

`python -m benchmarks.outlook` seeds both; BENCH_STUDENTS sets how many the large one has (default 100,000), and
BENCH_DATABASE_URL names one that is already seeded. `python -m benchmarks.outlook ask` fills and asks one database.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from typing import Any

from benchmarks.__main__ import BASE_DIR, SMALL, Made, manage, seeded, variables

IN_CLASS, EARLIER, AT_ONCE = 35, 8, 20_000
BUDGET_MS, BUDGET_QUERIES = 250, 12
PAGES = ("", "?sort=-passing&show=near", "outlook.csv", "outlook.xlsx")


def ask() -> list[dict[str, object]]:
    from django.test.utils import override_settings

    from benchmarks.pages import holder
    from portal.accounts.acknowledging import acknowledge
    from predictions.web.toured import EDITIONS, STAFF_TOUR
    from students.models import Student
    from students.roles import Role
    from tests.trained import make_version

    leader, teacher = holder(Role.LEADER), holder(Role.TEACHER)
    for person in (leader, teacher):
        acknowledge(person, STAFF_TOUR, EDITIONS[STAFF_TOUR], by=person)
    everybody = Student.objects.order_by("pk").first()
    assert everybody is not None
    school = everybody.school
    version = make_version(school)
    school_class, exam = _class_of(school, teacher)
    for days in (8, 0):
        _say(version, [exam], school_class, days)
    _say_of_others(version, school)
    _analyse()
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        return _asked_as({"teacher": teacher, "leader": leader}, f"/classes/{school_class.pk}/outlook/", exam.pk)


def _asked_as(people: dict[str, Any], place: str, exam: int) -> list[dict[str, object]]:
    """With a cache, as there is one wherever people work: what a page keeps for some minutes is read the first time only."""
    from benchmarks.pages import read, timed

    told = []
    for role, person in people.items():
        told += [timed(f"class outlook {each}".strip(), person, role, read(f"{place}{exam}/{each}")) for each in PAGES]
        told.append(timed("class outlook, in short", person, role, read(f"{place}brief/")))
    return told


def _class_of(school: Any, teacher: Any) -> Any:
    """Thirty-five students with marks in their earlier exams, and a final ahead."""
    from students.models import Student
    from tests import make
    from tests.predictions.measured import give_results

    school_class = make.make_class(school, "Of thirty-five")
    make.make_teaching(teacher, school_class)
    students = list(Student.objects.filter(school=school).order_by("pk")[:IN_CLASS])
    for student in students:
        make.make_enrolment(student, school_class)
    for place in range(EARLIER):
        past = make.make_exam(school_class, title=f"Test {place}", day=school.today() - timedelta(days=20 * place + 5))
        give_results(past, students, [40.0 + (7 * row + place) % 50 for row in range(len(students))])
    day = school.today() + timedelta(days=40)
    return school_class, make.make_exam(school_class, title="Final", day=day, is_target=True)


def _say(version: Any, exams: list[Any], school_class: Any, days_ago: int) -> None:
    from students.models import Student
    from tests.predictions.outlooked import at, row_of
    from tests.predictions.scored import make_prediction, make_scoring_run

    run = make_scoring_run(version, exams, as_of=school_class.school.today() - timedelta(days=days_ago))
    for place, student in enumerate(Student.objects.filter(enrolments__school_class=school_class)):
        make_prediction(run, student, exams[0], row_of(**at(30.0 + place + days_ago)), history=EARLIER)


def _say_of_others(version: Any, school: Any) -> None:
    """Of everybody else one exam ahead, so that the tables are as large as they are in such a school."""
    import numpy as np

    from portal.kit import bulk
    from predictions.groups import groups_of
    from predictions.models import CurrentPrediction, Prediction
    from predictions.packing import packed
    from students.models import Sitting
    from tests.predictions.measured import make_scoring

    path = "school_class__enrolments__student_id"
    ahead = Sitting.objects.filter(exam__school=school, exam__is_target=True, exam__day__gt=school.today())
    pairs = ahead.exclude(exam__title="Final", school_class__name="Of thirty-five").order_by("exam_id")
    seen: dict[int, int] = {}
    for student, exam in pairs.values_list(path, "exam_id").iterator(chunk_size=AT_ONCE):
        seen.setdefault(student, exam)
    run, width, rng = make_scoring(school, version, []), len(groups_of(version)), np.random.default_rng(1)
    rows = np.array([(student, exam) for student, exam in seen.items() if student], dtype=np.int64).reshape(-1, 2)
    for part in np.array_split(rows, max(1, len(rows) // AT_ONCE)):
        first, score = bulk.next_key(Prediction), rng.normal(60, 14, len(part))
        keys = np.arange(first, first + len(part))
        edges = {"low_80": score - 13, "high_80": score + 13, "low_95": score - 20, "high_95": score + 20}
        bulk.write(Prediction, {
            "id": keys, "run_id": run.pk, "student_id": part[:, 0], "exam_id": part[:, 1], "score": score, **edges,
            "baseline": score, "history": 9, "missing": 0, "unknown": 0, "cause": "", "sentence": "", "remedy": "",
            "chances": packed(np.full((len(part), 4), 0.5)), "reasons": packed(rng.normal(0, 2, (len(part), width))),
            "inputs": packed(np.zeros((len(part), 60))),
        })  # fmt: skip
        bulk.write(CurrentPrediction, {
            "id": keys + 10_000_000, "exam_id": part[:, 1], "student_id": part[:, 0], "prediction_id": keys,
            "as_of": run.as_of, "run_id": run.pk,
        })  # fmt: skip
        bulk.keys_taken(Prediction)


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def asked(environment: dict[str, str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.outlook", "ask"]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def report(made: list[Made]) -> None:
    tables = [asked(each.variables) for each in made]
    sizes = " | ".join(f"queries at {each.students:,} | ms at {each.students:,}" for each in made)
    print(f"| page | as | {sizes} |\n|---|---|{'---:|' * 2 * len(made)}")
    for rows in zip(*tables, strict=True):
        figures = " | ".join(f"{row['queries']} | {row['ms']}" for row in rows)
        print(f"| {rows[0]['page']} | {rows[0]['as']} | {figures} |")
    pages = [row for table in tables for row in table if row["page"] == "class outlook"]
    kept = all(row["ms"] < BUDGET_MS and row["queries"] <= BUDGET_QUERIES for row in pages)
    print(f"\nUnder {BUDGET_MS} ms with at most {BUDGET_QUERIES} queries: {'yes' if kept else 'no'}")


def main() -> None:
    import psycopg

    from tests.run import postgres

    many = int(os.environ.get("BENCH_STUDENTS", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        manage(variables("", f"{folder}/small"), "collectstatic", "--no-input", "--verbosity", "0")
        small = seeded(SMALL, "SQLite", variables(f"sqlite:///{folder}/small.sqlite3", f"{folder}/small"))
        if given := os.environ.get("BENCH_DATABASE_URL"):
            report([small, Made(many, "PostgreSQL", variables(given, f"{folder}/large"), 0, 0)])
            return
        url, reason = postgres()
        if reason:
            print(f"PostgreSQL left out: {reason}")
            report([small])
            return
        base, _, name = url.rpartition("/")
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            try:
                report([small, seeded(many, "PostgreSQL", variables(url, f"{folder}/large"))])
            finally:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    if sys.argv[1:] == ["ask"]:
        print(json.dumps(ask()))
    else:
        main()
