"""A file of a whole small school, held against an empty one and against the records it would leave."""

from datetime import timedelta

import pytest

from students.importing.incoming import Table
from students.importing.plan import NOBODY
from students.models import Enrolment, Result, Student
from tests import make
from tests.students.importing.incoming_made import codes, made, planned

TERM = {"external_id": "y", "name": "2026", "kind": "year", "starts": make.LONG_AGO, "ends": make.TODAY}


def small_school(**changes):
    tables = {
        "terms": [TERM],
        "subjects": [{"external_id": "sub", "name": "Geography"}],
        "classes": [{"external_id": "c", "name": "Geo 9", "subject": "sub", "term": "y", "grade_level": 9}],
        "students": [
            {"external_id": "s1", "given_name": "Ida", "family_name": "Holm"},
            {"external_id": "s2", "given_name": "Jon", "family_name": "Berg"},
        ],
        "enrolments": [
            {"external_id": "e1", "student": "s1", "school_class": "c", "starts": make.LONG_AGO},
            {"external_id": "e2", "student": "s2", "school_class": "c", "starts": make.LONG_AGO},
        ],
        "exams": [{"external_id": "x", "title": "Map test", "subject": "sub", "day": make.YESTERDAY, "maximum": 20}],
        "sittings": [{"exam": "x", "school_class": "c"}],
        "results": [{"exam": "x", "student": "s1", "score": 12.5}, {"exam": "x", "student": "s2", "status": "absent"}],
    }
    return made(**{**tables, **changes})


@pytest.mark.django_db
def test_an_empty_school_gets_everything_once():
    school = make.make_school()
    plan, findings = planned(small_school(), school, make.TODAY)
    assert not len(findings)
    assert {table: len(step.added) for table, step in plan.steps.items() if len(step.added)} == {
        Table.TERMS: 1, Table.SUBJECTS: 1, Table.CLASSES: 1, Table.STUDENTS: 2, Table.ENROLMENTS: 2,
        Table.EXAMS: 1, Table.SITTINGS: 1, Table.RESULTS: 2,
    }  # fmt: skip
    results = plan.steps[Table.RESULTS].added
    assert results.columns["student_id"].tolist() == [-1, -2]
    assert results.columns["status"].tolist() == ["scored", "absent"]
    assert plan.steps[Table.TERMS].added.columns["parent_id"].tolist() == [NOBODY]
    assert plan.steps[Table.SUBJECTS].added.columns["code"].tolist() == ["GEOGRAPHY"]
    assert plan.steps[Table.STUDENTS].added.columns["grade_level"].tolist() == [9, 9]
    (told,) = plan.told.classes
    assert (told.key, told.name, told.now, told.added, told.after, told.marks) == (0, "Geo 9", 0, 2, 2, 2)
    again, _findings = planned(small_school(), school, make.TODAY)
    assert again.fingerprint == plan.fingerprint
    later, _findings = planned(small_school(), school, make.TODAY - timedelta(days=1))
    assert later.fingerprint != plan.fingerprint


def test_marks_of_the_cast_are_compared_with_what_is_there(school):
    for student, number in ((school.sam, "7"), (school.mia, "8")):
        Student.objects.filter(pk=student.pk).update(external_id=number, source="registrar", origin="import")
    Result.objects.update(origin="import")
    incoming = made(
        students=[{"external_id": "7"}, {"external_id": "8"}],
        subjects=[{"name": school.maths.subject.name}],
        exams=[{"id": "x", "title": "algebra TEST", "subject": "0", "day": school.test.day}],
        results=[{"exam": "x", "student": "7", "score": 31}, {"exam": "x", "student": "8", "score": 45}],
    )
    plan, findings = planned(incoming, school.lakeside, make.TODAY)
    assert not len(findings), findings.shown
    step = plan.steps[Table.RESULTS]
    assert (step.unchanged, len(step.changed), len(step.added)) == (1, 1, 0)
    assert step.changed.before["score"].tolist() == [44.0]
    assert step.changed.after["score"].tolist() == [45.0]
    (example,) = plan.told.examples
    assert example.who == "Mia Lindqvist, Algebra test"
    assert [(each.label, each.before, each.after) for each in example.fields] == [("score", "44", "45")]


def test_what_a_person_typed_stays_and_is_said(school):
    Student.objects.filter(pk=school.mia.pk).update(external_id="8", source="registrar", origin="import")
    incoming = made(
        students=[{"external_id": "8"}],
        subjects=[{"name": school.maths.subject.name}],
        exams=[{"id": "x", "title": "Algebra test", "subject": "0", "day": school.test.day}],
        results=[{"exam": "x", "student": "8", "score": 45}],
    )
    plan, findings = planned(incoming, school.lakeside, make.TODAY)
    assert codes(findings, "conflict") == ["typed_by_hand"]
    assert (plan.steps[Table.RESULTS].kept, plan.does) == (1, 0)


def test_wrong_marks_are_told_with_their_lines(school):
    Student.objects.filter(pk=school.mia.pk).update(external_id="8", source="registrar", origin="import")
    subject = {"name": school.maths.subject.name}
    incoming = made(
        students=[{"external_id": "8"}, {"external_id": "9", "given_name": "New", "family_name": "Comer"}],
        subjects=[subject],
        exams=[
            {"id": "x", "title": "Algebra test", "subject": "0", "day": school.test.day},
            {"id": "later", "title": "Final exam", "subject": "0", "day": school.final.day},
        ],
        results=[
            {"exam": "x", "student": "8", "score": 51},
            {"exam": "x", "student": "nobody", "score": 1},
            {"exam": "x", "student": "9", "score": 1},
            {"exam": "later", "student": "8", "score": 1},
            {"exam": "x", "student": "8", "score": -1},
        ],
    )
    plan, findings = planned(incoming, school.lakeside, make.TODAY)
    told = {(each.code, each.line, each.column) for each in findings.shown["error"]}
    assert told == {
        ("over_maximum", 2, "score"), ("unknown_reference", 3, "student"), ("not_enrolled", 4, "student"),
        ("exam_ahead", 5, "exam"), ("negative_score", 6, "score"),
    }  # fmt: skip
    assert plan.rows_set_aside == 5
    assert len(plan.steps[Table.RESULTS].added) == 0


def test_an_enrolment_that_a_complete_file_forgets_ends_on_the_day_before(school):
    Student.objects.filter(pk__in=[school.sam.pk, school.mia.pk]).update(source="registrar", origin="import")
    Student.objects.filter(pk=school.sam.pk).update(external_id="7")
    Enrolment.objects.filter(student__in=[school.sam, school.mia]).update(source="registrar", origin="import")
    incoming = made(
        complete=(Table.ENROLMENTS,),
        students=[{"external_id": "7"}],
        classes=[{"id": "c", "name": school.maths.name, "subject": "0", "term": "0"}],
        subjects=[{"name": school.maths.subject.name}],
        terms=[{"name": school.maths.term.name}],
        enrolments=[{"student": "7", "school_class": "c"}],
    )
    plan, findings = planned(incoming, school.lakeside, make.TODAY)
    assert not findings.errors, findings.shown
    step = plan.steps[Table.ENROLMENTS]
    assert step.ended.keys.tolist() == [school.mia.enrolments.get().pk]
    assert step.ended.after["ends"].astype("datetime64[D]").tolist() == [make.YESTERDAY]
    assert (step.unchanged, len(step.changed)) == (1, 0)
    assert [guard.code for guard in plan.told.guards] == ["enrolments_ending"]
