"""A school's own bundle comes back: it is known again, and only what somebody changed in it is a change."""

from students.importing.findings import Findings
from students.importing.incoming import Table
from students.importing.mapping import Mapping
from students.importing.plan import Plan
from students.importing.planning import make_plan
from students.models import Origin, Result, School, Student
from tests import make
from tests.cast import Cast
from tests.students.exporting.test_oneroster import export, fill
from tests.students.importing.incoming_made import codes, made, planned
from tests.students.importing.oneroster_made import errors, read


def back(content: bytes, school: School) -> tuple[Plan, Findings]:
    incoming, findings = read(content, Mapping(source="oneroster"), with_protected=False)
    return make_plan(incoming, school=school, on=make.TODAY, findings=findings), findings


def test_a_school_knows_its_own_students_and_exams_again(school: Cast) -> None:
    fill(school)
    make.make_exam(school.maths, title="Shared name")
    make.make_exam(school.maths, title="Shared name")  # another of the same title, subject and day
    plan, findings = back(export(school.lakeside)[0], school.lakeside)
    assert errors(findings) == []
    added = {table: len(step.added) for table, step in plan.steps.items() if len(step.added)}
    assert not {Table.STUDENTS, Table.EXAMS, Table.SITTINGS, Table.RESULTS} & set(added)
    assert (plan.told.guards, len(plan.steps[Table.RESULTS].changed)) == ((), 0)


def test_a_mark_that_was_changed_in_it_is_the_only_change(school: Cast) -> None:
    fill(school)
    Result.objects.filter(known_on=None).delete()  # in a bundle each result has a day
    Result.objects.update(origin=Origin.IMPORT)
    content = export(school.lakeside)[0]
    Result.objects.filter(student=school.sam, score=55).update(score=50)
    plan, _findings = back(content, school.lakeside)
    assert plan.steps[Table.RESULTS].changed.after["score"].tolist() == [55]


def test_next_door_nobody_is_known_by_such_an_id(school: Cast) -> None:
    fill(school)
    plan, _findings = back(export(school.lakeside)[0], school.hillside)
    assert len(plan.steps[Table.STUDENTS].changed) == 0
    assert len(plan.steps[Table.STUDENTS].added) > 0


def test_new_marks_of_new_students_are_not_taken_for_those_on_record(school: Cast) -> None:
    """Keys that are still to be given must not meet the places of marks that are there."""
    held = [make.make_result(make.make_exam(school.maths), school.sam, 31).exam for _ in range(40)]
    sam = {"external_id": "sam", "given_name": "Sam", "family_name": "Okafor"}
    Student.objects.filter(pk=school.sam.pk).update(source="registrar", external_id="sam")
    new = [{"external_id": f"n{at}", "given_name": "New", "family_name": f"No{at}"} for at in range(4)]
    subject = {"id": "m", "code": school.test.subject.code, "name": school.test.subject.name}
    exams = [{"id": f"o{each.pk}", "title": each.title, "subject": "m", "day": each.day} for each in held]
    exams += [{"id": f"e{at}", "title": f"New {at}", "subject": "m", "day": make.YESTERDAY} for at in range(3)]
    results = [{"exam": f"o{each.pk}", "student": "sam", "status": "scored", "score": 31} for each in held]
    results += [
        {"exam": f"e{at}", "student": each["external_id"], "status": "scored", "score": 9}
        for at in range(3)
        for each in new
    ]
    plan, findings = planned(
        made(students=[sam, *new], subjects=[subject], exams=exams, results=results), school.lakeside, make.TODAY
    )
    assert "same_record" not in codes(findings)
    assert len(plan.steps[Table.RESULTS].added) == 12
