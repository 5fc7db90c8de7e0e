"""Students, people and their roles in a file: found, told apart, added, and never given more than a file may give."""

from datetime import date, timedelta

import numpy as np
import pytest

from portal.audit import history
from students.importing.incoming import Table
from students.models import Demographics, ImportBatch, Student
from tests import make
from tests.students.importing.incoming_made import codes, made, planned

BORN = date(2010, 5, 4)


def imported(student, **facts):
    Student.objects.filter(pk=student.pk).update(**{"source": "registrar", "origin": "import", **facts})


def step_of(incoming, school, table=Table.STUDENTS, **options):
    plan, findings = planned(incoming, school.lakeside, make.TODAY, **options)
    return plan.steps[table], findings, plan


def test_a_student_is_found_by_id_and_gets_what_the_file_says_and_no_more(school):
    imported(school.sam, external_id="7", preferred_name="Sammy")
    row = {"external_id": "7", "given_name": "Samuel", "preferred_name": "", "grade_level": 10}
    step, findings, _plan = step_of(made(students=[row]), school)
    assert not len(findings)
    assert {name: column.tolist() for name, column in step.changed.after.items()} == {
        "given_name": ["Samuel"], "grade_level": [10],
    }  # fmt: skip
    assert (step.changed.keys.tolist(), len(step.ended)) == ([school.sam.pk], 0)


def test_a_student_without_an_id_is_found_by_name_and_date_of_birth(school):
    imported(school.sam, birth_date=BORN)
    rows = [{"given_name": "SAM", "family_name": "Okafor", "birth_date": BORN, "grade_level": 10}]
    step, _findings, _plan = step_of(made(students=rows), school)
    assert (step.changed.keys.tolist(), list(step.changed.after)) == ([school.sam.pk], ["grade_level"])
    rows[0]["birth_date"] = BORN + timedelta(days=1)
    step, _findings, _plan = step_of(made(students=rows), school)
    assert len(step.added) == 1


def test_two_students_of_one_name_are_not_guessed_between(school):
    make.make_student(school.lakeside, "Sam Okafor")
    step, findings, _plan = step_of(made(students=[{"given_name": "Sam", "family_name": "Okafor"}]), school)
    assert codes(findings) == ["ambiguous"]
    assert len(step.added) == 0


def test_an_id_of_another_source_stands_for_its_student_unless_the_names_contradict(school):
    imported(school.sam, source="tests office", external_id="7")
    step, findings, _plan = step_of(made(students=[{"external_id": "7"}]), school)
    assert (step.unchanged, codes(findings, "note")) == (1, ["found_elsewhere"])
    other = made(students=[{"external_id": "7", "given_name": "Pia", "family_name": "Roth"}])
    step, findings, _plan = step_of(other, school)
    assert (len(step.added), codes(findings, "note")) == (1, ["id_of_another"])
    imported(school.mia, source="lunch list", external_id="7")
    _step, findings, _plan = step_of(made(students=[{"external_id": "7"}]), school)
    assert codes(findings) == ["ambiguous"]


def test_a_probable_double_is_said_but_students_next_door_are_not(school):
    imported(school.sam, external_id="7", birth_date=BORN)
    Student.objects.filter(pk=school.wim.pk).update(birth_date=BORN, external_id="5", source="registrar")
    rows = [
        {"external_id": "8", "given_name": "Sam", "family_name": "Okafor", "birth_date": BORN},
        {"external_id": "5", "given_name": "Wim", "family_name": "Verlaine", "birth_date": BORN},
    ]
    step, findings, _plan = step_of(made(students=rows), school)
    assert len(step.added) == 2
    assert [(each.code, each.line) for each in findings.shown["note"]] == [("looks_like", 2)]


def test_who_has_left_has_a_last_day_and_counts_as_ended(school):
    imported(school.sam, external_id="7")
    imported(school.mia, external_id="8")
    rows = [{"external_id": "7", "status": "left"}, {"external_id": "8", "ends": make.YESTERDAY}]
    step, _findings, plan = step_of(made(students=rows), school)
    assert step.ended.after["status"].tolist() == ["left", "left"]
    assert step.ended.after["ends"].astype("datetime64[D]").tolist() == [make.YESTERDAY] * 2
    assert [guard.code for guard in plan.told.guards] == ["students_leaving"]
    assert "2 of 3" in plan.told.guards[0].sentence


def test_who_comes_back_has_no_last_day(school):
    imported(school.liv, external_id="9")
    step, _findings, _plan = step_of(made(students=[{"external_id": "9", "status": "enrolled"}]), school)
    assert step.changed.after["status"].tolist() == ["enrolled"]
    assert np.isnat(step.changed.after["ends"]).all()


def test_what_otto_changed_after_an_import_stays_and_what_the_import_wrote_does_not(school):
    batch = ImportBatch.objects.create(school=school.lakeside, kind="oneroster", file_name="a.zip")
    imported(school.sam, external_id="7")
    sam = Student.objects.get(pk=school.sam.pk)
    sam.preferred_name, sam.grade_level = "Sammy", 8
    history.save(sam, by=school.otto)
    sam.grade_level = 9
    history.save(sam, by=None, batch=batch.mark)
    row = {"external_id": "7", "preferred_name": "Samu", "grade_level": 10}
    step, findings, plan = step_of(made(students=[row]), school)
    assert list(step.changed.after) == ["grade_level"]
    (conflict,) = findings.shown["conflict"]
    assert ("Sammy" in conflict.expected, "Samu" in conflict.expected, conflict.line) == (True, True, 2)
    assert [(each.action, each.fields[0].before) for each in plan.told.examples] == [
        ("changed", "9"),
        ("kept", "Sammy"),
    ]


def test_an_undone_import_is_no_persons_word(school):
    batch = ImportBatch.objects.create(school=school.lakeside, kind="oneroster", file_name="a.zip")
    imported(school.sam, external_id="7")
    sam = Student.objects.get(pk=school.sam.pk)
    sam.grade_level = 8
    history.save(sam, by=school.otto, batch=batch.undo_mark)
    step, findings, _plan = step_of(made(students=[{"external_id": "7", "grade_level": 10}]), school)
    assert (len(step.changed), len(findings)) == (1, 0)


@pytest.mark.parametrize("with_protected", [False, True])
def test_protected_facts_come_only_where_they_may(school, with_protected):
    imported(school.mia, external_id="8")
    facts = [{"student": "8", "gender": "female"}]
    incoming = made(students=[{"external_id": "8"}], demographics=facts)
    step, findings, _plan = step_of(incoming, school, Table.DEMOGRAPHICS, with_protected=with_protected)
    assert len(step.added) == with_protected
    assert codes(findings, "note") == ([] if with_protected else ["protected_left_out"])


def test_protected_facts_are_compared_too(school):
    Demographics.objects.update(origin="import")
    imported(school.sam, external_id="7")
    incoming = made(students=[{"external_id": "7"}], demographics=[{"student": "7", "gender": "male"}])
    step, _findings, _plan = step_of(incoming, school, Table.DEMOGRAPHICS, with_protected=True)
    assert step.changed.keys.tolist() == [school.sam.pk]


def test_accounts_are_found_by_address_and_never_changed(school):
    people = [
        {"external_id": "t1", "email": "ADA@lakeside.example", "name": "Somebody Else"},
        {"external_id": "t2", "email": "new@lakeside.example", "name": "New Teacher"},
    ]
    roles = [{"person": "t1", "role": "teacher"}, {"person": "t2", "role": "teacher"}]
    step, findings, plan = step_of(made(people=people, memberships=roles), school, Table.PEOPLE)
    assert not len(findings)
    assert (len(step.added), len(step.changed), step.unchanged) == (1, 0, 1)
    added = plan.steps[Table.MEMBERSHIPS]
    assert (added.added.columns["user_id"].tolist(), added.unchanged) == ([-1], 1)


def test_a_file_makes_nobody_a_leader_and_teachers_need_addresses(school):
    people = [
        {"external_id": "p1", "email": "chief@lakeside.example", "name": "Chief"},
        {"external_id": "p2", "name": "No Address"},
        {"external_id": "p3", "name": "Parent Without"},
        {"external_id": "p4", "email": "not an address", "name": "Odd"},
    ]
    roles = [
        {"person": "p1", "role": "leader"}, {"person": "p2", "role": "teacher"}, {"person": "p3", "role": "guardian"},
        {"person": "p1", "role": "wizard"},
    ]  # fmt: skip
    step, findings, _plan = step_of(made(people=people, memberships=roles), school, Table.MEMBERSHIPS)
    assert len(step.added) == 0
    assert codes(findings) == ["email", "email_missing", "hangs_on_refused", "unknown_word"]
    assert codes(findings, "note") == ["role_not_given", "without_email"]


def test_guardians_are_tied_to_their_students(school):
    imported(school.sam, external_id="7")
    people = [{"external_id": "g", "email": "gus@lakeside.example", "name": "Gus"}]
    both = [{"student": "7", "person": "g"}]
    incoming = made(people=people, students=[{"external_id": "7"}, {"external_id": "x", "given_name": "Neu"}])
    from tests.students.importing.incoming_made import add

    add(incoming, Table.GUARDIANSHIPS, [*both, {"student": "x", "person": "g", "relation": "carer"}])
    step, findings, _plan = step_of(incoming, school, Table.GUARDIANSHIPS)
    assert not findings.errors
    assert (step.unchanged, step.added.columns["relation"].tolist()) == (1, ["carer"])
    assert (step.added.columns["student_id"].tolist(), step.added.columns["guardian_id"].tolist()) == (
        [-1], [school.gus.pk],
    )  # fmt: skip
