"""Every row of whatever file is accounted for, a plan that was written leaves nothing to do, and no file costs more questions."""

from datetime import timedelta
from io import BytesIO
from random import Random
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from students.importing.applying import write_plan
from students.importing.incoming import Incoming, Table
from students.importing.plan import Plan
from students.models import Enrolment, Exam, Result, Student
from tests import make
from tests.cast import build_cast
from tests.students.importing.incoming_made import made, planned

NAMES = ("Sam Okafor", "Mia Lindqvist", "Zoe Abara", "Liv Hansen", "Ida Holm", "Jon Berg", "=HYPERLINK(1)")


def random_file(chance: Random, school) -> Incoming:
    """Rows about records that are there and others that are not, with faults among them."""

    def day() -> object:
        return chance.choice([None, make.TODAY + timedelta(days=chance.randint(-150, 30))])

    def some(*values: object) -> object:
        return chance.choice([None, *values])

    def student() -> dict[str, object]:
        given, _, family = chance.choice(NAMES).partition(" ")
        return {
            "given_name": given, "family_name": family, "grade_level": some(8, 9, 15), "starts": day(), "ends": day(),
            "external_id": some("1", "2", "3", "4"), "status": some("enrolled", "left", "expected", "gone"),
        }  # fmt: skip

    subject = {"id": "s", "name": school.maths.subject.name, "external_id": some("sub") or ""}
    ids = [f"i{place}" for place in range(6)]
    classes = [
        {"id": "c", "name": school.maths.name, "subject": "s", "term": "t"},
        {"id": "n", "name": some("New class"), "subject": some("s", "?") or "", "term": "t"},
    ]
    exams = [
        {"id": "x", "title": "Algebra test", "subject": "s", "day": school.test.day, "maximum": some(50, 60)},
        {"id": "z", "title": "Other", "subject": "s", "day": day(), "term": some("t"), "weight": some(1, -1)},
    ]

    def anyone() -> str:
        return chance.choice([*ids, "nobody"])

    spans = [
        {"student": anyone(), "school_class": chance.choice("cn"), "starts": day(), "ends": day()} for _ in range(8)
    ]
    results = [
        {"exam": chance.choice("xz"), "student": anyone(), "score": some(0, 31, 44, 55, -1), "status": some("absent")}
        for _ in range(10)
    ]
    marks = [
        {"student": anyone(), "day": day(), "status": some("P", "A", "?"), "school_class": some("c", "n") or ""}
        for _ in range(8)
    ]
    values = [
        {"student": anyone(), "indicator": "i", "day": day(), "number": some(1, 2), "category": some("much")}
        for _ in range(6)
    ]
    return made(
        terms=[{"id": "t", "name": school.maths.term.name}], subjects=[subject], classes=classes,
        students=[{"id": each, **student()} for each in ids], enrolments=spans, exams=exams,
        sittings=[{"exam": "x", "school_class": "c"}, {"exam": "z", "school_class": "n"}], results=results,
        attendance=marks, indicators=[{"id": "i", "name": "Study hours"}], observations=values,
    )  # fmt: skip


def records_of_imports() -> None:
    for model in (Student, Enrolment, Exam, Result):
        model.objects.update(origin="import")


def accounted_for(plan: Plan) -> None:
    for step in plan.steps.values():
        done = len(step.added) + len(step.changed) + len(step.ended) + step.unchanged + step.kept
        assert step.read == done + step.set_aside + step.left_out, step.table


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
@pytest.mark.django_db
def test_every_row_is_accounted_for_and_written_once(seed):
    with transaction.atomic():
        school = build_cast()
        if seed % 2:
            records_of_imports()
        plan, findings = planned(random_file(Random(seed), school), school.lakeside, make.TODAY)
        accounted_for(plan)
        assert bool(findings.errors) == bool(plan.rows_set_aside)
        same, _findings = planned(random_file(Random(seed), school), school.lakeside, make.TODAY)
        assert same.fingerprint == plan.fingerprint
        _is_written_once(plan, seed, school)
        transaction.set_rollback(True)


def _is_written_once(plan: Plan, seed: int, school) -> None:
    """What was set aside the first time may hang on records that are there now; the rest is as the file says."""
    write_plan(plan, by=school.otto, at=timezone.now(), mark=uuid4(), progress=lambda *args, **facts: None)
    connection.check_constraints()
    again, _findings = planned(random_file(Random(seed), school), school.lakeside, make.TODAY)
    altered = {table: (len(step.changed), len(step.ended)) for table, step in again.steps.items()}
    assert not any(changed or ended for changed, ended in altered.values()), altered


def questions(school, students: int) -> int:
    rows = [{"external_id": f"n{each}", "given_name": "New", "family_name": str(each)} for each in range(students)]
    everybody = [{"student": row["external_id"]} for row in rows]
    incoming = made(
        terms=[{"id": "t", "name": school.maths.term.name}], subjects=[{"id": "s", "name": school.maths.subject.name}],
        classes=[{"id": "c", "name": school.maths.name, "subject": "s", "term": "t"}], students=rows,
        people=[{"id": f"p{each}", "email": f"p{each}@lakeside.example", "name": "Parent"} for each in range(students)],
        enrolments=[{**each, "school_class": "c"} for each in everybody],
        exams=[{"id": "x", "title": "Algebra test", "subject": "s", "day": school.test.day, "maximum": 60}],
        results=[{**each, "exam": "x", "score": 5} for each in everybody],
        attendance=[{**each, "day": make.YESTERDAY, "status": "P"} for each in everybody],
    )  # fmt: skip
    with CaptureQueriesContext(connection) as caught:
        planned(incoming, school.lakeside, make.TODAY)
    return len(caught)


def test_a_file_of_forty_times_the_rows_asks_no_more_questions(school):
    few, many = questions(school, 5), questions(school, 200)
    assert few == many <= 45


def test_the_file_of_changes_holds_every_field_and_runs_nothing(school):
    records_of_imports()
    Student.objects.filter(pk=school.sam.pk).update(external_id="1", source="registrar", given_name="=1+1")
    Student.objects.filter(pk=school.mia.pk).update(external_id="2", source="registrar", origin="hand")
    rows = [
        {"external_id": "1", "grade_level": 10, "preferred_name": "Sammy"},
        {"external_id": "2", "grade_level": 11},
        {"external_id": "3", "given_name": "New"},
    ]
    plan, _findings = planned(made(students=rows), school.lakeside, make.TODAY)
    out = BytesIO()
    plan.write_changes(out)
    lines = out.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "action,table,who,id,field,before,after,file,line"
    assert lines[1:] == [
        f"changed,students,'=1+1 Okafor,{school.sam.pk},preferred name,,Sammy,students.csv,2",
        f"changed,students,'=1+1 Okafor,{school.sam.pk},grade level,9,10,students.csv,2",
        f"kept as typed,students,Mia Lindqvist,{school.mia.pk},grade level,9,11,students.csv,3",
    ]
    assert plan.told.changes == 3
    assert plan.told.total("added") == 1
    assert plan.told.files == (("students.csv", 3),)


@pytest.mark.parametrize("seed", [3301])
def test_a_row_that_is_refused_leaves_its_record_as_it_is(db, seed):
    """Two rows about one open enrolment: the one that is refused had found it, the other must not come beside it."""
    school = build_cast()
    records_of_imports()
    plan, _findings = planned(random_file(Random(seed), school), school.lakeside, make.TODAY)
    assert not len(plan.steps[Table.ENROLMENTS].added)
    _is_written_once(plan, seed, school)
