"""When results arrive, what was said before is held against them, and small groups stay silent."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from mlcore.samples import samples_ahead
from predictions import tasks
from predictions.measuring import drifting, held, keeping, looking
from predictions.measuring.findings import Finding
from predictions.models import CurrentPrediction, Judgement, Measurement, Prediction
from predictions.orders.measuring import order_measuring
from students.models import Exam, Student
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import (
    before,
    give_results,
    make_class_of,
    make_scoring,
    make_serving,
    past_exam,
    say,
)
from tests.trained import LEARNED_ON, make_version, trained_bundle, trained_tables

RNG = np.random.default_rng(4)


def silent(done: int, total: int = 0, sentence: str = "") -> None:
    """Progress that nobody watches."""


def measure(school: Cast, **facts: Any) -> list[Finding]:
    return looking.measure(school.lakeside, on=TODAY, progress=silent, **facts)  # type: ignore[arg-type]


def one(findings: list[Finding], kind: str = "results", *, exam: Exam | None = None) -> Finding:
    (found,) = [each for each in findings if each.kind == kind and each.exam == exam]
    return found


@pytest.fixture
def sat(school: Cast) -> SimpleNamespace:
    """Forty students of two classes, each score 4 points above the result; every second has a teacher's estimate."""
    version = make_serving(make_version(school.lakeside))
    big, many = make_class_of(school.lakeside, 30, "Physics 9C")
    small, few = make_class_of(school.lakeside, 10, "Physics 9D")
    students = many + few
    exam = make.make_exam(big, small, day=TODAY - timedelta(days=5), maximum=50)
    actual = np.linspace(30, 90, 40)
    run = make_scoring(school.lakeside, version, [exam], as_of=before(exam, 3))
    say(run, exam, students, actual + 4)
    give_results(exam, students, actual)
    return SimpleNamespace(version=version, exam=exam, students=students, actual=actual, run=run, big=big, small=small)


def test_error_bias_and_coverage_of_an_exam_are_those_of_its_results(school: Cast, sat: SimpleNamespace) -> None:
    found = one(measure(school), exam=sat.exam)
    errors = found.facts["errors"]
    assert (found.rows, found.version, found.facts["students"]) == (40, sat.version, 40)
    assert errors["mae"]["value"] == pytest.approx(4, abs=0.02)
    assert errors["bias"]["value"] == pytest.approx(4, abs=0.02)
    assert errors["rmse"]["low"] <= errors["rmse"]["value"] <= errors["rmse"]["high"]
    assert found.facts["coverage"]["hit_80"]["value"] == 1.0
    assert found.facts["unsaid"] == 0


def test_chances_and_watchlist_are_held_against_who_passed(school: Cast, sat: SimpleNamespace) -> None:
    facts = one(measure(school), exam=sat.exam).facts
    assert [each["boundary"] for each in facts["chances"]] == [40, 50, 60, 75]
    assert sum(each["rows"] for each in facts["chances"][1]["bins"]) == 40
    tenth, fifth = facts["watchlist"]
    assert (tenth["flagged"], fifth["flagged"]) == (4, 8)
    missed = int((sat.actual < 50).sum())
    assert tenth["precision"]["value"] == 1.0
    assert fifth["recall"]["value"] == pytest.approx(8 / missed)


def test_it_stands_beside_the_simplest_guess(school: Cast, sat: SimpleNamespace) -> None:
    told = one(measure(school), exam=sat.exam).facts["baseline"]
    assert told["mae"]["value"] == pytest.approx(np.abs(sat.actual - 60).mean(), abs=0.02)
    assert 0 < told["gain"]["low"] < told["gain"]["value"] < 1


def judge(school: Cast, exam: Exam, student: Student, percent: float, *, days: int = 1, **facts: Any) -> None:
    """By one of three in turn, unless it is said by whom."""
    facts.setdefault("by", (school.ada, school.cora, school.hana)[student.pk % 3])
    at = datetime.combine(exam.day - timedelta(days=days), time(12), tzinfo=timezone.get_fixed_timezone(0))
    Judgement.objects.create(exam=exam, student=student, percent=percent, at=at, **facts)


def test_teachers_are_compared_on_the_students_they_judged_by_the_last_word_before_the_exam(
    school: Cast, sat: SimpleNamespace
) -> None:
    for student, actual in zip(sat.students[:12], sat.actual[:12], strict=True):
        judge(school, sat.exam, student, 0, days=9)
        judge(school, sat.exam, student, round(actual + 7, 2), days=1)
        judge(school, sat.exam, student, 100, days=0)  # on the day itself: too late to count
    told = one(measure(school), exam=sat.exam).facts["teachers"]
    assert (told["rows"], told["students"]) == (12, 12)
    assert told["theirs"]["value"] == pytest.approx(7, abs=0.05)
    assert told["ours"]["value"] == pytest.approx(4, abs=0.05)


def test_no_figure_of_teachers_is_that_of_one_of_them(school: Cast, sat: SimpleNamespace) -> None:
    for place, student in enumerate(sat.students[:12]):
        judge(school, sat.exam, student, 50, by=(school.ada, school.cora)[place % 2])
    assert one(measure(school), exam=sat.exam).facts["teachers"] is None, "two could each work out the other's"
    judge(school, sat.exam, sat.students[12], 50, by=school.hana)
    assert one(measure(school), exam=sat.exam).facts["teachers"]["teachers"] == 3
    for student in sat.students[13:30]:
        judge(school, sat.exam, student, 50, by=school.ada)
    assert one(measure(school), exam=sat.exam).facts["teachers"] is None, "nearly all of it is Ada's"


def test_of_nine_judged_students_nothing_is_told(school: Cast, sat: SimpleNamespace) -> None:
    for student in sat.students[:9]:
        judge(school, sat.exam, student, 50)
    for student in sat.students[9:]:
        judge(school, sat.exam, student, 50, days=5, expires=sat.exam.day - timedelta(days=2))
    assert one(measure(school), exam=sat.exam).facts["teachers"] is None


def test_only_what_was_said_before_the_exam_counts_and_what_was_not_said_is_counted(
    school: Cast, sat: SimpleNamespace
) -> None:
    late = CurrentPrediction.objects.filter(exam=sat.exam, student__in=sat.students[:5])
    late.update(as_of=sat.exam.day)
    silent = Prediction.objects.filter(exam=sat.exam, student__in=sat.students[5:7])
    silent.update(score=None, cause="no_history")
    found = one(measure(school), exam=sat.exam)
    assert (found.rows, found.facts["unsaid"]) == (33, 7)


def test_absent_students_and_other_exams_do_not_count(school: Cast, sat: SimpleNamespace) -> None:
    sat.students[0].results.update(score=None, status="absent")
    other = past_exam(sat.big, 20)
    give_results(other, sat.students, sat.actual[::-1])
    assert one(measure(school), exam=sat.exam).rows == 39
    assert len(held.read(sat.exam)) == 39


def parts(facts: dict[str, Any], by: str) -> dict[str, Any]:
    return {part["name"]: part for part in facts["parts"] if part["by"] == by}


def test_classes_stand_side_by_side_and_one_of_nine_is_only_named(school: Cast, sat: SimpleNamespace) -> None:
    told = parts(one(measure(school), exam=sat.exam).facts, "class")
    assert (told["Physics 9C"]["students"], told["Physics 9D"]["students"]) == (30, 10)
    sat.students[-1].results.all().delete()
    told = parts(one(measure(school), exam=sat.exam).facts, "class")
    # Of nine nothing; and of the other class neither, for the whole less that one would tell of them.
    assert told["Physics 9D"] == {"by": "class", "name": "Physics 9D", "hidden": True}
    assert told["Physics 9C"] == {"by": "class", "name": "Physics 9C", "hidden": True}


def test_protected_groups_under_ten_are_not_stored_at_all(school: Cast, sat: SimpleNamespace) -> None:
    for place, student in enumerate(sat.students):
        gender = "female" if place < 20 else "male" if place < 34 else "other"
        make.make_demographics(student, gender=gender)
    facts = one(measure(school), exam=sat.exam).facts
    told = parts(facts, "gender")
    assert told["female"]["students"] == 20
    assert told["other"] == {"by": "gender", "name": "other", "hidden": True}
    assert told["male"] == {"by": "gender", "name": "male", "hidden": True}
    assert not parts(facts, "ethnicity")
    assert "student" not in str(facts["groups"]).replace("students", "")


def test_of_fewer_than_ten_students_there_is_no_figure(school: Cast, sat: SimpleNamespace) -> None:
    for student in sat.students[9:]:
        student.results.all().delete()
    found = one(measure(school), exam=sat.exam)
    assert found.facts == {"students": 9, "exams": 1, "enough": False, "day": sat.exam.day.isoformat(), "unsaid": 0}


def test_the_whole_is_all_exams_of_half_a_year_by_version_with_subjects_and_leads(
    school: Cast, sat: SimpleNamespace
) -> None:
    art = make.make_class(school.lakeside, "Art 9X", subject=make.make_subject(school.lakeside, "Drawing"))
    for student in sat.students:
        make.make_enrolment(student, art, starts=TODAY - timedelta(days=200))
    older, ancient = past_exam(art, 40), past_exam(art, 190)
    for exam in (older, ancient):
        run = make_scoring(school.lakeside, sat.version, [exam], as_of=before(exam, 30))
        say(run, exam, sat.students, sat.actual - 2)
        give_results(exam, sat.students, sat.actual)
    found = measure(school)
    whole = one(found)
    assert (whole.rows, whole.facts["students"], whole.facts["exams"]) == (80, 40, 2)
    assert whole.facts["errors"]["bias"]["value"] == pytest.approx(1, abs=0.02)
    assert set(parts(whole.facts, "subject")) == {"Drawing", sat.exam.subject.name}
    assert set(parts(whole.facts, "lead")) == {"1 to 6 days", "28 to 62 days"}
    assert {each.exam for each in found if each.exam} == {sat.exam, older}


def test_two_versions_are_measured_apart(school: Cast, sat: SimpleNamespace) -> None:
    second = make_version(school.lakeside)
    run = make_scoring(school.lakeside, second, [sat.exam], as_of=before(sat.exam, 2))
    say(run, sat.exam, sat.students[:15], sat.actual[:15])
    by = {each.version: each.rows for each in measure(school) if each.kind == "results" and each.exam}
    assert by == {sat.version: 25, second: 15}


def test_the_same_look_twice_stores_nothing_new_and_a_changed_one_the_same_day_writes_over(
    school: Cast, sat: SimpleNamespace
) -> None:
    now = timezone.now()
    for _time in range(2):
        keeping.keep(school.lakeside, measure(school), at=now)
        assert Measurement.objects.filter(kind="results").count() == 2
    sat.students[0].results.update(score=1)
    keeping.keep(school.lakeside, measure(school), at=now)
    assert Measurement.objects.filter(kind="results").count() == 2
    last = Measurement.objects.get(exam=sat.exam)
    assert last.facts["errors"]["mae"]["value"] > 4.5
    keeping.keep(school.lakeside, measure(school), at=now + timedelta(days=1))
    assert Measurement.objects.filter(kind="results").count() == 2  # nothing new was found the day after
    sat.students[1].results.update(score=1)
    keeping.keep(school.lakeside, measure(school), at=now + timedelta(days=1))
    assert Measurement.objects.filter(kind="results").count() == 4


def test_the_job_measures_named_exams_alone_and_by_night_everything(school: Cast, sat: SimpleNamespace) -> None:
    job = order_measuring(school.lakeside, by=None, exams=[sat.exam.pk])
    tasks.measure_school(str(job.pk), **job.arguments)
    job.refresh_from_db()
    assert (job.state, job.sentence) == ("succeeded", "1 measure was made.")
    assert Measurement.objects.get().exam == sat.exam
    job = order_measuring(school.lakeside, by=None)
    tasks.measure_school(str(job.pk), **job.arguments)
    assert Measurement.objects.filter(exam=None, kind="results").count() == 1


def test_reading_an_exam_takes_as_many_queries_for_many_as_for_few(
    school: Cast, sat: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    exam = Exam.objects.select_related("school", "subject__grade_scale").get(pk=sat.exam.pk)
    with django_assert_num_queries(6):
        held.read(exam)
    Student.objects.filter(pk__in=[each.pk for each in sat.students[12:]]).delete()
    with django_assert_num_queries(6):
        held.read(exam)


def drift_rows(school: Cast, students: list[Student], *, shift: float = 0.0) -> Finding:
    """Predictions ahead whose inputs are rows of the very matrix the small model learned from, or moved away from it."""
    from mlcore.predict import predict

    version = make_serving(make_version(school.lakeside))
    run = make_scoring(school.lakeside, version, [school.final], as_of=TODAY)
    tables = trained_tables()
    said = predict(trained_bundle(), tables.until(LEARNED_ON), samples_ahead(tables, LEARNED_ON), with_reasons=False)
    rows = RNG.permutation(np.flatnonzero(np.isfinite(said.scores)))[: len(students)]
    values = said.matrix.values[rows] + shift
    say(run, school.final, students[: len(rows)], said.scores[rows] + shift, inputs=values)
    return one(drifting.drifts(school.lakeside, on=TODAY), "drift")


def test_before_results_the_inputs_are_held_against_those_of_training(school: Cast) -> None:
    _class, students = make_class_of(school.lakeside, 60)
    facts = drift_rows(school, students).facts
    assert facts["enough"]
    assert not facts["far"]  # features that count and age have moved, as on any one day, and no alarm is made of it
    assert facts["expected_error"] < 1.2 * facts["usual_error"]
    assert "train again" not in facts["sentence"]
    assert "columns" not in facts


def test_students_unlike_those_of_training_are_told(school: Cast) -> None:
    _class, students = make_class_of(school.lakeside, 60)
    facts = drift_rows(school, students, shift=60.0).facts
    assert (facts["level"], facts["far"]) == ("moved a lot", True)
    assert "train again" in facts["sentence"]


def test_of_few_students_no_drift_is_told(school: Cast) -> None:
    _class, students = make_class_of(school.lakeside, 12)
    assert drift_rows(school, students).facts == {"students": 12, "enough": False, "least": 30, "unscored": 0}
