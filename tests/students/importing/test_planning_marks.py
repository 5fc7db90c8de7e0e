"""Results, attendance and indicators of a file, held against those of a school: theirs, ours, locked, or nobody's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Change
from students.importing.incoming import Table
from students.models import AttendanceMark, ImportBatch, Indicator, Observation, Result, Sitting, Student
from tests import make
from tests.students.importing.incoming_made import codes, made, planned

SAM = {"id": "7", "given_name": "Sam", "family_name": "Okafor"}
MIA = {"id": "8", "given_name": "Mia", "family_name": "Lindqvist"}


def step_of(incoming, school, table=Table.RESULTS, **options):
    plan, findings = planned(incoming, school.lakeside, make.TODAY, **options)
    return plan.steps[table], findings, plan


def marks(school, results, **more):
    exams = [{"id": "x", "title": "Algebra test", "subject": "s", "day": school.test.day}]
    subjects = [{"id": "s", "name": school.maths.subject.name}]
    rows = [{"exam": "x", **each} for each in results]
    return made(subjects=subjects, students=[SAM, MIA], exams=exams, results=rows, **more)


@pytest.fixture
def ours(school):
    Result.objects.update(origin="import", source="registrar")
    return school


def test_an_absence_takes_the_score_away_and_a_score_without_points_is_an_error(ours):
    rows = [{"student": "7", "status": "absent", "score": 3}, {"student": "8", "status": "scored"}]
    step, findings, _plan = step_of(marks(ours, rows), ours)
    assert (step.changed.after["status"].tolist(), codes(findings)) == (["absent"], ["no_score"])
    assert str(step.changed.after["score"][0]) == "nan"


def test_scores_are_rounded_to_two_decimals_and_that_is_said_once(ours):
    rows = [{"student": "7", "score": 31.004}, {"student": "8", "score": 43.999}]
    step, findings, _plan = step_of(marks(ours, rows), ours)
    assert (step.unchanged, step.changed.keys.tolist()) == (2, [])
    (note,) = findings.shown["note"]
    assert (note.code, note.line, "2" in note.expected) == ("rounded", 2, True)


def test_two_rows_about_one_result_are_an_error_that_names_the_other_line(ours):
    rows = [{"student": "7", "score": 31}, {"student": "7", "score": 32}]
    step, findings, _plan = step_of(marks(ours, rows), ours)
    (error,) = findings.shown["error"]
    assert (error.code, error.line, "Line 2" in error.expected, step.unchanged) == ("same_record", 3, True, 1)


def test_locked_marks_stay_and_equal_ones_are_no_conflict(ours):
    Sitting.objects.update(locked_at=timezone.now())
    rows = [{"student": "7", "score": 31}, {"student": "8", "score": 1}]
    step, findings, plan = step_of(marks(ours, rows), ours)
    assert (step.unchanged, step.kept, plan.does) == (1, 1, 0)
    assert [(each.code, each.line) for each in findings.shown["conflict"]] == [("locked", 3)]


def test_a_result_under_the_id_of_another_is_refused(ours):
    Result.objects.filter(student=ours.sam).update(external_id="r1")
    Result.objects.filter(student=ours.mia).delete()
    step, findings, _plan = step_of(marks(ours, [{"external_id": "r1", "student": "8", "score": 5}]), ours)
    assert (codes(findings), len(step.added)) == (["id_of_another"], 0)


def test_truncating_removes_what_this_source_brought_and_nothing_a_person_touched(ours):
    third = make.make_student(ours.lakeside, "Ben Third")
    make.make_enrolment(third, ours.maths)
    mine = make.make_result(ours.test, third, 12, origin="import", source="elsewhere")
    incoming = marks(ours, [{"student": "7", "score": 31}])
    step, _findings, plan = step_of(incoming, ours, truncate=True)
    mia = Result.objects.get(student=ours.mia)
    assert step.removed.keys.tolist() == [mia.pk] != [mine.pk]
    assert [guard.code for guard in plan.told.guards] == ["marks_removed"]
    assert [(each.action, each.who) for each in plan.told.examples] == [("removed", "Mia Lindqvist, Algebra test")]
    Change.objects.create(
        kind="changed", model="students.Result", record_id=mia.pk, actor=ours.ada, after={"score": "44.00"}
    )
    step, findings, _plan = step_of(incoming, ours, truncate=True)
    assert (len(step.removed), step.kept, codes(findings, "conflict")) == (0, 1, ["typed_by_hand"])
    step, _findings, _plan = step_of(incoming, ours)
    assert len(step.removed) == 0


def test_a_table_that_the_file_has_not_is_not_truncated(ours):
    step, _findings, plan = step_of(made(students=[SAM]), ours, truncate=True)
    assert (len(step.removed), plan.told.guards) == (0, ())


def day_mark(day=make.YESTERDAY, **facts):
    return {"student": "7", "day": day, "status": "P", **facts}


def test_a_mark_without_a_class_belongs_to_the_home_class_of_the_day(school):
    before = make.YESTERDAY - timedelta(days=1)
    rows = [day_mark(), day_mark(before, status="A"), day_mark(make.LONG_AGO), day_mark(make.TODAY + timedelta(days=1))]
    step, findings, _plan = step_of(made(students=[SAM], attendance=rows), school, Table.ATTENDANCE)
    assert (step.unchanged, step.added.columns["school_class_id"].tolist()) == (1, [school.maths.pk])
    assert step.added.columns["known_on"].astype("datetime64[D]").tolist() == [before]
    assert [(each.code, each.line) for each in findings.shown["error"]] == [("no_home_class", 4), ("day_ahead", 5)]


def test_a_roll_that_a_person_took_stays_and_an_imported_one_does_not(school):
    incoming = made(students=[SAM], attendance=[day_mark(status="L")])
    step, findings, _plan = step_of(incoming, school, Table.ATTENDANCE)
    assert (step.changed.after["status"].tolist(), len(findings)) == (["L"], 0)
    AttendanceMark.objects.update(taken_by=school.ada)
    step, findings, _plan = step_of(incoming, school, Table.ATTENDANCE)
    assert (len(step.changed), step.kept, codes(findings, "conflict")) == (0, 1, ["typed_by_hand"])


def test_truncating_attendance_goes_by_the_history(school):
    batch = ImportBatch.objects.create(
        school=school.lakeside, kind="spreadsheet", file_name="a.csv", source="registrar"
    )
    mark = AttendanceMark.objects.get(student=school.mia)
    incoming = made(students=[SAM], attendance=[day_mark()])
    step, _findings, _plan = step_of(incoming, school, Table.ATTENDANCE, truncate=True)
    assert len(step.removed) == 0
    Change.objects.create(kind="added", model="students.AttendanceMark", record_id=mark.pk, batch=batch.mark)
    step, _findings, _plan = step_of(incoming, school, Table.ATTENDANCE, truncate=True)
    assert step.removed.keys.tolist() == [mark.pk]


def values(*rows, **facts):
    indicators = [{"id": "i", "code": "hours", "name": "Study hours", **facts}]
    told = [{"student": "7", "indicator": "i", "day": make.YESTERDAY, **row} for row in rows]
    return made(students=[SAM], indicators=indicators, observations=told)


def test_a_new_indicator_and_its_values(school):
    step, findings, plan = step_of(values({"number": 3.5}, kind="number"), school, Table.OBSERVATIONS)
    assert (step.added.columns["indicator_id"].tolist(), step.added.columns["number"].tolist()) == ([-1], [3.5])
    assert step.added.columns["known_on"].astype("datetime64[D]").tolist() == [make.YESTERDAY]
    assert plan.steps[Table.INDICATORS].added.columns["code"].tolist() == ["hours"]
    assert not len(findings)


@pytest.mark.parametrize(
    ("facts", "row"),
    [
        ({"kind": "yes_no"}, {"number": 2}),
        ({"kind": "number", "most": 10}, {"number": 11}),
        ({"kind": "number", "least": 1}, {"number": 0}),
        ({"kind": "number"}, {"category": "much"}),
        ({"kind": "category", "categories": ["low", "high"]}, {"category": "middling"}),
        ({"kind": "category"}, {"number": 1}),
    ],
)
def test_a_value_that_its_indicator_refuses_is_an_error(school, facts, row):
    Indicator.objects.create(school=school.lakeside, code="hours", name="Study hours", **facts)
    step, findings, _plan = step_of(values(row), school, Table.OBSERVATIONS)
    assert (codes(findings), len(step.added)) == (["value"], 0)


def test_values_that_are_there_are_compared(school):
    hours = Indicator.objects.create(school=school.lakeside, code="hours", name="Study hours", kind="number")
    make.make_observation(school.sam, hours, 3, origin="import")
    step, _findings, _plan = step_of(values({"number": 3}), school, Table.OBSERVATIONS)
    assert step.unchanged == 1
    step, _findings, _plan = step_of(values({"number": 4}), school, Table.OBSERVATIONS)
    assert step.changed.after["number"].tolist() == [4.0]
    Observation.objects.update(origin="hand")
    step, findings, _plan = step_of(values({"number": 4}), school, Table.OBSERVATIONS)
    assert (step.kept, codes(findings, "conflict")) == (1, ["typed_by_hand"])


def test_an_indicator_of_another_kind_is_not_changed(school):
    Indicator.objects.create(school=school.lakeside, code="hours", name="Study hours", kind="category")
    _step, findings, _plan = step_of(values({"number": 4}, kind="number"), school, Table.OBSERVATIONS)
    assert codes(findings) == ["hangs_on_refused", "other_kind"]


def test_protected_indicators_stay_out_with_their_values(school):
    _step, findings, plan = step_of(values({"number": 4}, is_protected=1), school, Table.OBSERVATIONS)
    assert (plan.does, codes(findings, "note"), findings.errors) == (0, ["protected_left_out"], 0)


def test_a_sheet_of_last_years_marks_enrols_its_students_for_that_year(school):
    year = {"id": "year:2010", "name": "2010-2011", "starts": date(2010, 9, 1), "ends": date(2011, 8, 31)}
    incoming = made(
        terms=[year], subjects=[{"id": "s", "name": "Portuguese"}],
        classes=[{"id": "c", "name": "Portuguese", "subject": "s", "term": "year:2010"}],
        students=[{"external_id": str(each), "given_name": "Student", "family_name": str(each)} for each in range(3)],
        enrolments=[{"student": str(each), "school_class": "c"} for each in range(3)],
        exams=[{"id": "x", "title": "G1", "subject": "s", "day": date(2011, 1, 31), "maximum": 20}],
        sittings=[{"exam": "x", "school_class": "c"}],
        results=[{"exam": "x", "student": str(each), "score": each} for each in range(3)],
    )  # fmt: skip
    step, findings, plan = step_of(incoming, school)
    assert (len(step.added), findings.errors) == (3, 0)
    starts = plan.steps[Table.ENROLMENTS].added.columns["starts"]
    assert starts.astype("datetime64[D]").tolist() == [date(2010, 9, 1)] * 3
    assert plan.steps[Table.STUDENTS].added.columns["starts"].astype("datetime64[D]").tolist() == [date(2010, 9, 1)] * 3
    assert Student.objects.count() == 5
