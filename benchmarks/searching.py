"""How long search takes among a million students: fills an empty database with names alone and asks as three people.

`DATABASE_URL=… python -m benchmarks.searching [students]`; the database must be migrated and empty.
"""

import os
import statistics
import sys
import time
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

import numpy as np
from django.db import connection
from django.utils import timezone

from portal.accounts.models import User
from portal.kit import bulk
from portal.kit.names import fold
from predictions.demo import names
from predictions.demo.school import stamp
from students.models import Enrolment, Exam, Membership, School, SchoolClass, Sitting, Student, Subject, Teaching, Term
from students.roles import Role
from students.summaries.finding import find

IN_SCHOOL = 5000
IN_CLASS = 25
SUBJECTS = ("Mathematics", "English", "Biology", "History", "Art", "Physics", "Geography", "Music")
EXAMS = ("Algebra test", "Unit test", "Essay", "Midterm", "Final exam")
ASKED = ("sam", "lindqvist", "son", "okaf", "maria gar", "ann", "sa", "mathematics 9", "9b math", "algebra", "zzyzx")
TIMES = 9
NOW = timezone.now()
TODAY = NOW.date()


def fill(students: int) -> tuple[School, School]:
    district = School.objects.create(name="District", slug="district", kind=School.Kind.DISTRICT)
    schools = [
        School.objects.create(name=f"School {number}", slug=f"school-{number}", parent=district)
        for number in range(max(1, students // IN_SCHOOL))
    ]
    rng = np.random.default_rng(7)
    for school in schools:
        fill_school(school, rng)
    bulk.keys_taken(Student, SchoolClass, Exam, Sitting, Enrolment)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return district, schools[0]


def fill_school(school: School, rng: np.random.Generator) -> None:
    span = {"starts": TODAY - timedelta(days=90), "ends": TODAY + timedelta(days=200)}
    term = Term.objects.create(school=school, kind=Term.Kind.YEAR, name="This year", **span)
    subjects = [Subject.objects.create(school=school, name=name, code=name[:3]).pk for name in SUBJECTS]
    count = IN_SCHOOL // IN_CLASS
    first_student, first_class = bulk.next_key(Student), bulk.next_key(SchoolClass)
    given, family = names.draw(
        rng, rng.integers(0, 4, IN_SCHOOL).astype(np.int8), ["female", "male"] * (IN_SCHOOL // 2)
    )
    write_students(school, first_student, given, family)
    titles = [f"{SUBJECTS[row % 8]} {7 + row // 8 % 6}{'ABCDEF'[row // 48]}" for row in range(count)]
    keys = np.arange(first_class, first_class + count)
    facts = {"school_id": school.pk, "term_id": term.pk, **stamp(NOW)}
    bulk.write(
        SchoolClass,
        {
            "id": keys, "subject_id": np.resize(subjects, count), "name": titles, "search_name": [fold(t) for t in titles],
            "grade_level": 9, "is_home_class": True, **facts,
        },
    )  # fmt: skip
    write_exams(keys, np.resize(subjects, count), facts)
    first = bulk.next_key(Enrolment)
    students = np.arange(first_student, first_student + IN_SCHOOL)
    bulk.write(
        Enrolment,
        {
            "id": np.arange(first, first + IN_SCHOOL), "student_id": students,
            "school_class_id": np.repeat(keys, IN_CLASS), "starts": term.starts, "ends": None, **stamp(NOW),
        },
    )  # fmt: skip


def write_students(school: School, first: int, given: list[str], family: list[str]) -> None:
    bulk.write(
        Student,
        {
            "id": np.arange(first, first + len(given)), "school_id": school.pk, "given_name": given,
            "family_name": family, "preferred_name": "",
            "search_name": [fold(*name) for name in zip(given, family, strict=True)], "birth_date": None,
            "grade_level": 9, "status": "enrolled", "starts": TODAY - timedelta(days=400), "ends": None,
            "account_id": None, **stamp(NOW),
        },
    )  # fmt: skip


def write_exams(classes: np.ndarray, subjects: np.ndarray, facts: dict[str, object]) -> None:
    first, count = bulk.next_key(Exam), len(classes) * len(EXAMS)
    keys = np.arange(first, first + count)
    titles = list(EXAMS) * len(classes)
    offset = np.tile(np.arange(-60, 90, 30), len(classes))
    bulk.write(
        Exam,
        {
            "id": keys, "subject_id": np.repeat(subjects, len(EXAMS)), "title": titles,
            "search_name": [fold(title) for title in titles], "kind": "test",
            "day": np.datetime64(TODAY) + offset, "maximum": np.full(count, 100.0), "weight": np.full(count, 1.0),
            "is_target": False, **facts,
        },
    )  # fmt: skip
    bulk.write(Sitting, {"id": keys, "exam_id": keys, "school_class_id": np.repeat(classes, len(EXAMS))})


def people(district: School, school: School) -> dict[str, User]:
    asking = {}
    for title, where, role in (
        ("district leader", district, Role.LEADER), ("leader", school, Role.LEADER), ("teacher", school, Role.TEACHER),
    ):  # fmt: skip
        user = User.objects.create(email=f"{role}@{where.slug}.example", name=title)
        Membership.objects.create(user=user, school=where, role=role, starts=TODAY - timedelta(days=9))
        asking[title] = user
    for each in SchoolClass.objects.filter(school=school)[:5]:
        Teaching.objects.create(teacher=asking["teacher"], school_class=each, starts=TODAY - timedelta(days=9))
    return asking


def milliseconds(user: User, text: str) -> float:
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        find(text, user=user, on=TODAY)
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken[1:])


def main() -> None:
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    district, school = fill(students)
    asking = people(district, school)
    print(f"\n| typed | {' | '.join(f'{title}, ms' for title in asking)} |\n|---|{'---:|' * len(asking)}")
    worst = 0.0
    for text in ASKED:
        taken = [milliseconds(user, text) for user in asking.values()]
        worst = max(worst, *taken)
        print(f"| `{text}` | {' | '.join(f'{each:.0f}' for each in taken)} |", flush=True)
    rows = Student.objects.count(), SchoolClass.objects.count(), Exam.objects.count()
    print(
        f"\n{connection.vendor}: {rows[0]:,} students, {rows[1]:,} classes, {rows[2]:,} exams; slowest {worst:.0f} ms"
    )


if __name__ == "__main__":
    main()
