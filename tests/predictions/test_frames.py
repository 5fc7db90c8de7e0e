"""The school's records as tables: the same school that was seeded, nothing of another, nothing protected unasked."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from mlcore.features.matrix import build_matrix
from mlcore.samples import Samples, samples_ahead
from mlcore.synth import SynthSpec, as_tables, plan
from mlcore.synth import students as made_up
from mlcore.tables import SchoolTables
from mlcore.tallies import tallies_of
from predictions.demo import seeding
from predictions.frames import Reading, asked, school_plans, school_tables, school_tallies, subject_names
from students.models import (
    AttendanceMark,
    Demographics,
    Enrolment,
    Exam,
    Indicator,
    Observation,
    Origin,
    Participation,
    Result,
    School,
    SchoolClass,
    Student,
    Subject,
)
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast

TODAY = date(2026, 11, 20)
COUNT, SEED, YEARS = 120, 3, 2
BY_STUDENT = ("students", "enrolments", "results", "attendance", "observations", "participation")


@pytest.fixture
def lakeside(db: None) -> School:
    seeding.seed(count=COUNT, years=YEARS, seed_number=SEED, today=TODAY, password="x", say=lambda *_: None)
    return School.objects.get()


def sorted_rows(frame: pd.DataFrame) -> pd.DataFrame:
    plain = frame.astype({name: object for name, kind in frame.dtypes.items() if kind.name == "category"})
    return plain.sort_values(list(plain.columns), ignore_index=True)


def same(left: SchoolTables, right: SchoolTables) -> None:
    for name in BY_STUDENT:
        pd.testing.assert_frame_equal(sorted_rows(getattr(left, name)), sorted_rows(getattr(right, name)))


def test_tables_hold_to_the_schema_and_say_what_was_seeded(lakeside: School) -> None:
    tables = school_tables([lakeside], with_demographics=True)
    tables.check()
    stored = {
        "students": Student, "enrolments": Enrolment, "exams": Exam, "results": Result, "attendance": AttendanceMark,
        "observations": Observation, "participation": Participation, "demographics": Student,
    }  # fmt: skip
    assert {name: len(getattr(tables, name)) for name in stored} == {
        name: model.objects.count() for name, model in stored.items()
    }
    assert tables.demographics["gender"].notna().all()
    assert set(tables.exams["subject"]) <= set(Subject.objects.values_list("name", flat=True))


def test_the_features_are_those_of_the_plan_that_was_seeded(lakeside: School) -> None:
    """Keys and what the demo does not store, the day an exam or a class was planned, are made alike first."""
    tables = school_tables([lakeside])
    made = plan(SynthSpec(students=COUNT, years=YEARS, seed=SEED, today=TODAY))
    original = as_tables(made, [made_up(made, 0, COUNT)])
    first_student, first_exam = (model.objects.order_by("pk").first().pk for model in (Student, Exam))
    names = dict(Subject.objects.values_list("code", "name"))
    exams = original.exams.assign(
        known_on=tables.exams["known_on"], subject=original.exams["subject"].astype(str).map(names)
    )
    enrolments = original.enrolments.assign(
        known_on=original.enrolments["starts"], subject=original.enrolments["subject"].astype(str).map(names)
    )
    original = replace(original, exams=exams, enrolments=enrolments)
    ahead = samples_ahead(tables, TODAY)
    rows = ahead.rows.assign(student=ahead.rows["student"] - first_student, exam=ahead.rows["exam"] - first_exam)
    read = build_matrix(tables, ahead)
    told = build_matrix(original, Samples(rows, ahead.target, ahead.known_on), read.schema)
    assert len(read) > 100
    np.testing.assert_allclose(read.values, told.values, rtol=1e-4, atol=1e-6)  # the records hold decimals


def test_a_chunk_has_the_features_its_students_have_among_all(
    lakeside: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = school_tables([lakeside])
    monkeypatch.setattr(asked, "AT_ONCE", 32)
    tallies, plans = school_tallies([lakeside], Reading()), school_plans([lakeside], Reading())
    ahead = samples_ahead(whole, TODAY)
    expected = build_matrix(whole, ahead)
    keys = np.sort(whole.students["student"].to_numpy())
    for students in ((int(keys[10]), int(keys[59])), [int(key) for key in keys[::7]], keys[::3]):
        chunk = school_tables([lakeside], students=students, tallies=tallies, plans=plans)
        chunk.check()
        mine = ahead.rows["student"].isin(chunk.students["student"]).to_numpy()
        assert 0 < mine.sum() < len(ahead)
        found = build_matrix(chunk, ahead.take(mine), expected.schema)
        np.testing.assert_array_equal(found.values, expected.values[mine])


def test_a_chunk_that_is_read_alone_counts_what_was_usual_in_the_whole_school(lakeside: School) -> None:
    whole = school_tables([lakeside])
    key = int(whole.students["student"].iloc[0])
    chunk = school_tables([lakeside], students=(key, key))
    assert set(chunk.results["student"]) == {key}
    assert chunk.tallies["count"].sum() == tallies_of(whole)["count"].sum()


def test_tallies_of_stretches_are_those_of_the_whole_school(lakeside: School, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tallies_of(school_tables([lakeside]))
    day = TODAY - timedelta(days=300)
    earlier = whole[whole["known_on"] <= pd.Timestamp(day)]
    monkeypatch.setattr(asked, "AT_ONCE", 17)
    for found, expected in (
        (school_tallies([lakeside], Reading()), whole),
        (school_tallies([lakeside], Reading(), day), earlier),
    ):
        assert len(expected) > 50
        order = ["exam", "school_class", "known_on"]
        pd.testing.assert_frame_equal(
            found.sort_values(order, ignore_index=True),
            expected.sort_values(order, ignore_index=True),
            check_dtype=False,
        )


def test_what_was_known_on_a_day_may_be_asked_of_the_database(lakeside: School) -> None:
    day = TODAY - timedelta(days=200)
    whole, known = school_tables([lakeside]), school_tables([lakeside], reading=Reading(until=day))
    assert len(known.results) < len(whole.results)
    assert len(known.attendance) < len(whole.attendance)
    same(known.until(day), whole.until(day))
    ahead = samples_ahead(whole, day)
    np.testing.assert_array_equal(build_matrix(known, ahead).values, build_matrix(whole, ahead).values)


def test_the_number_of_queries_does_not_grow_with_the_school(lakeside: School) -> None:
    key = Student.objects.order_by("pk").first().pk
    reading = Reading(protected=("gender",), until=TODAY)
    tallies, plans = school_tallies([lakeside], reading), school_plans([lakeside], reading)
    for students in ((key, key), (key, key + 99), None):
        with assert_queries(9):
            school_tables([lakeside], students=students, reading=reading, tallies=tallies, plans=plans)
    with assert_queries(4):
        school_plans([lakeside], reading)


def test_a_reading_can_be_kept_as_plain_data() -> None:
    reading = Reading(date(2025, 9, 1), ("attendance",), ("reading",), {"study_hours": 3}, 7, TODAY, ("gender",))
    assert Reading.of(reading.as_dict()) == reading
    assert Reading.of({}) == Reading()
    assert reading.with_until(date(2026, 1, 1)).until == date(2026, 1, 1)
    with pytest.raises(ValueError, match="leave_out"):
        Reading(leave_out=("weather",))


def test_a_table_can_stay_unread(lakeside: School) -> None:
    since = date(2026, 1, 1)
    left_out = ("attendance", "observations", "participation")
    tables = school_tables([lakeside], reading=Reading(since=since, leave_out=left_out))
    tables.check()
    assert not any(len(getattr(tables, name)) for name in left_out)
    assert tables.exams["day"].min() >= pd.Timestamp(since)
    assert set(tables.results["exam"]) <= set(tables.exams["exam"])
    assert len(tables.results) == Result.objects.filter(exam__day__gte=since).count()
    assert tables.demographics.empty
    assert "birth_date" not in tables.students


def test_an_indicator_counts_from_the_day_the_school_says(school: Cast) -> None:
    hours = make.make_indicator(school.lakeside, code="hours")
    grade = make.make_indicator(school.lakeside, code="grade")
    day = make.TODAY - timedelta(days=40)
    for indicator in (hours, grade):
        make.make_observation(school.sam, indicator, day=day, known_on=day + timedelta(days=10))
    told = school_tables([school.lakeside], reading=Reading(known_after={"hours": 3})).observations
    known = dict(zip(told["indicator"], told["known_on"], strict=True))
    assert known == {"hours": pd.Timestamp(day + timedelta(days=3)), "grade": pd.Timestamp(day + timedelta(days=10))}
    until = Reading(known_after={"hours": 3}, until=day + timedelta(days=5), indicators_out=("grade",))
    assert list(school_tables([school.lakeside], reading=until).observations["indicator"]) == ["hours"]
    out = Reading(indicators_out=("hours",))
    assert list(school_tables([school.lakeside], reading=out).observations["indicator"]) == ["grade"]


def test_protected_facts_are_read_only_by_name(school: Cast) -> None:
    Demographics.objects.update_or_create(student=school.sam, defaults={"gender": "female", "ethnicity": "group A"})
    secret = make.make_indicator(school.lakeside, code="housing", is_protected=True)
    make.make_observation(school.sam, secret)
    Student.objects.filter(pk=school.sam.pk).update(birth_date=date(2010, 5, 4))
    closed = school_tables([school.lakeside])
    assert closed.demographics.empty
    assert "housing" not in set(closed.observations["indicator"])
    assert "birth_date" not in closed.students
    open_ = school_tables([school.lakeside], reading=Reading(protected=("gender", "age", "housing")))
    open_.check()
    mine = open_.demographics.set_index("student").loc[school.sam.pk]
    assert (mine["gender"], mine.drop("gender").notna().any()) == ("female", False)
    assert open_.observations.set_index("indicator")["protected"].to_dict()["housing"] is True
    assert open_.students["birth_date"].notna().sum() == 1


def test_nothing_of_another_school_is_read(school: Cast) -> None:
    exam = make.make_exam(school.next_door)
    for record in (make.make_result, make.make_mark):
        record(*((exam, school.wim) if record is make.make_result else (school.wim, school.next_door)))
    make.make_observation(school.wim, make.make_indicator(school.hillside))
    make.make_participation(school.wim)
    span = (0, 10**9)
    for students in (None, span, [school.sam.pk, school.wim.pk]):
        tables = school_tables([school.lakeside], students=students)
        tables.check()
        for name in BY_STUDENT:
            assert school.wim.pk not in set(getattr(tables, name)["student"]), name
        assert exam.pk not in set(tables.exams["exam"]) | set(tables.sittings["exam"])
    both = school_tables([school.lakeside, school.hillside])
    assert {school.sam.pk, school.wim.pk} <= set(both.students["student"])
    assert exam.pk in set(both.results["exam"])


def test_a_school_without_anything_has_tables_without_rows(db: None) -> None:
    empty = make.make_school("Newly founded")
    tables = school_tables([empty])
    tables.check()
    assert all(getattr(tables, name).empty for name in (*BY_STUDENT, "exams", "sittings", "tallies"))
    assert school_tallies([empty], Reading()).empty


def test_a_plan_is_known_since_it_was_typed_and_an_import_no_later_than_it_began(school: Cast) -> None:
    typed = make.make_enrolment(school.zoe, school.maths, starts=make.TODAY - timedelta(days=90))
    brought = make.make_enrolment(school.wim, school.next_door, starts=make.TODAY - timedelta(days=90), ends=make.TODAY)
    Enrolment.objects.filter(pk=brought.pk).update(origin=Origin.IMPORT)
    Exam.objects.filter(pk=school.test.pk).update(origin=Origin.IMPORT)
    tables = school_tables([school.lakeside, school.hillside])
    enrolments = tables.enrolments.set_index(["student", "school_class", "starts"])["known_on"]
    assert enrolments[typed.student_id, typed.school_class_id, pd.Timestamp(typed.starts)] == pd.Timestamp(
        typed.created_at.date()
    )
    assert enrolments[brought.student_id, brought.school_class_id, pd.Timestamp(brought.starts)] == pd.Timestamp(
        brought.starts
    )
    exams = tables.exams.set_index("exam")
    assert exams["known_on"][school.test.pk] <= exams["day"][school.test.pk] - timedelta(days=60)
    assert exams["known_on"][school.final.pk] == pd.Timestamp(school.final.created_at.date())


def test_a_mark_without_a_day_of_entry_is_known_some_days_after_its_exam(school: Cast) -> None:
    exam = make.make_exam(school.maths, day=make.TODAY - timedelta(days=60))
    make.make_result(exam, school.sam, known_on=None)
    results = school_tables([school.lakeside], reading=Reading(result_delay=5)).results
    known = results[results["exam"] == exam.pk]["known_on"].tolist()
    assert known == [pd.Timestamp(exam.day + timedelta(days=5))]
    early = Reading(result_delay=5, until=exam.day + timedelta(days=4))
    tables = school_tables([school.lakeside], reading=early).until(early.until)
    assert exam.pk not in set(tables.results["exam"])


def test_what_cannot_be_meant_stops_no_run(school: Cast) -> None:
    exam = make.make_exam(school.maths, day=make.TODAY - timedelta(days=60), maximum=50)
    make.make_result(exam, school.sam, 40)
    make.make_result(exam, school.mia, 40)
    Result.objects.filter(exam=exam, student=school.mia).update(score=51)
    tiny = make.make_exam(school.maths, maximum="0.2")
    make.make_result(tiny, school.sam, "0.1")
    hours = make.make_indicator(school.lakeside, code="once-a-number")
    make.make_observation(school.sam, hours)
    Indicator.objects.filter(pk=hours.pk).update(kind="category")
    Student.objects.filter(pk=school.sam.pk).update(starts=date(202, 9, 1))
    tables = school_tables([school.lakeside])
    tables.check()
    assert tables.results[tables.results["exam"] == exam.pk]["student"].tolist() == [school.sam.pk]
    assert tiny.pk not in set(tables.exams["exam"]) | set(tables.results["exam"]) | set(tables.sittings["exam"])
    assert "once-a-number" not in set(tables.observations["indicator"])


def test_where_a_class_takes_the_daily_roll_only_its_marks_count(school: Cast) -> None:
    day = make.TODAY - timedelta(days=3)
    AttendanceMark.objects.all().delete()
    make.make_mark(school.sam, school.maths, day=day)
    make.make_mark(school.sam, school.art, "A", day=day)
    SchoolClass.objects.filter(pk=school.art.pk).update(is_home_class=False)
    told = school_tables([school.lakeside]).attendance
    assert told[["school_class", "status"]].values.tolist() == [[school.maths.pk, "present"]]
    SchoolClass.objects.update(is_home_class=False)
    assert len(school_tables([school.lakeside]).attendance) == 2


def test_subjects_go_by_name_and_by_code_where_two_share_one(school: Cast) -> None:
    first, second = (make.make_subject(school.lakeside, "Music", code=code) for code in ("MUS1", "MUS2"))
    make.make_subject(school.hillside, "Music", code="MUS1")
    named = subject_names([school.lakeside, school.hillside])
    assert (named[first.pk], named[second.pk]) == ("Music (MUS1)", "Music (MUS2)")
    assert list(named.values()).count("Music") == 1
    make.make_exam(make.make_class(school.lakeside, "Band", subject=second))
    assert "Music (MUS2)" in set(school_tables([school.lakeside]).exams["subject"])


def test_a_club_of_another_kind_counts_as_a_club(school: Cast) -> None:
    make.make_participation(school.sam, "Debating", kind="other", level="")
    told = school_tables([school.lakeside]).participation.set_index("activity").loc["Debating"]
    assert (told["kind"], pd.isna(told["level"])) == ("club", True)
    assert Participation.objects.filter(kind="other").exists()
