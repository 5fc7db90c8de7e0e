"""The whole recipe: refuse real records, build the school, write chunk after chunk, give each role a sign-in."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from mlcore.synth import SynthSpec, plan, students
from portal.kit import bulk
from portal.kit.errors import Conflict
from predictions.demo import helping, school, signins
from predictions.demo.people import write_students
from predictions.demo.rows import Keys, write_rows
from predictions.demo.signins import SignIn
from students.models import AttendanceMark, Enrolment, Observation, Participation, Result, School, Student

CHUNK = 4096
LARGE = (AttendanceMark, Result, Enrolment, Observation, Participation)
LEAN_FROM = 2000  # students; below that, building the indexes again costs more than keeping them
WORDS = (
    "amber birch cedar delta ember fjord grove heron inlet kestrel larch maple otter pebble quartz river spruce willow"
)


@dataclass(frozen=True)
class Seeded:
    students: int
    rows: int
    sign_ins: list[SignIn]


def made_up_password() -> str:
    """New for every installation; nobody else's demo has it."""
    return "-".join([*(secrets.choice(WORDS.split()) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])


def refuse_real_records() -> None:
    real = School.objects.filter(is_demo=False).first()
    if real:
        raise Conflict(f"This database holds a real school ({real}). The demo is only ever put into an empty database.")
    if School.objects.exists():
        raise Conflict("The demo school is here already. To make it anew, empty the database first: manage.py flush")


@transaction.atomic
def seed(
    *, count: int, years: int, seed_number: int, today: date, password: str, say: Callable[[int, int], Any]
) -> Seeded:
    """All or nothing. `say(done, total)` is told after each chunk of students."""
    refuse_real_records()
    demo = school.build(plan(SynthSpec(students=count, years=years, seed=seed_number, today=today)), password)
    first = bulk.next_key(Student)
    rows = 0
    if count >= LEAN_FROM:
        with bulk.lean(*LARGE):
            rows = _write_all(demo, first, say)
    else:
        rows = _write_all(demo, first, say)
    bulk.keys_taken(Student, *LARGE)
    sign_ins = signins.give(demo)
    helping.write(demo, sign_ins)
    return Seeded(count, rows, sign_ins)


def _write_all(demo: school.DemoSchool, first: int, say: Callable[[int, int], Any]) -> int:
    keys, rows, count = Keys(), 0, demo.plan.spec.students
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        chunk = students(demo.plan, start, stop)
        write_students(demo, chunk, first)
        rows += stop - start + write_rows(demo, chunk, first, keys)
        say(stop, count)
    bulk.keys_taken(Student)
    return rows


def refresh_statistics() -> None:
    """PostgreSQL plans by what it knows of the tables; after so many rows it must look again."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
