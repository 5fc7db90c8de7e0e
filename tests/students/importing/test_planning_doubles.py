"""Students of a file who may be on record already: said of each, and asked about where they are many."""

from students.importing.incoming import Table
from students.models import Student
from tests import make
from tests.students.importing.incoming_made import codes, made, planned


def names(*whole: str, **facts: str) -> list[dict[str, str]]:
    parted = [each.split() for each in whole]
    return [{"given_name": given, "family_name": family, **facts} for given, family in parted]


def test_a_file_with_ids_of_its_own_does_not_double_the_school_unasked(school):
    ours = Student.objects.filter(school=school.lakeside)
    rows = [
        {"external_id": f"new-{each.pk}", "given_name": each.given_name, "family_name": each.family_name}
        for each in ours
    ]
    plan, findings = planned(made(students=rows), school.lakeside, make.TODAY)
    assert len(plan.steps[Table.STUDENTS].added) == len(rows)
    assert codes(findings, "note") == ["looks_like"] * len(rows)
    (guard,) = plan.told.guards
    assert (guard.code, guard.sentence.split()[0]) == ("students_doubled", str(len(rows)))


def test_one_namesake_among_many_is_said_and_asks_nobody(school):
    for number in range(20):
        make.make_student(school.lakeside, f"Pat Nr{number}")
    rows = [{"external_id": "8", "given_name": "Sam", "family_name": "Okafor"}]
    plan, findings = planned(made(students=rows), school.lakeside, make.TODAY)
    assert (codes(findings, "note"), plan.told.guards) == (["looks_like"], ())


def test_a_name_that_nobody_has_is_said_where_only_names_tell_students_apart(school):
    rows = names("Sam Okafor", "Sam Okafur")
    plan, findings = planned(made(students=rows), school.lakeside, make.TODAY)
    assert len(plan.steps[Table.STUDENTS].added) == 1
    assert [(each.code, each.line) for each in findings.shown["note"]] == [("new_name", 3)]
