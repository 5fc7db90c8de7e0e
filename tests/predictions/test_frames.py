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
from predictions.frames import Reading, added, asked, school_plans, school_tables, school_tallies
from students.models import (
    AttendanceMark,
    Enrolment,
    Exam,
    Observation,
    Participation,
    Result,
    School,
    Student,
    Subject,
)
from tests.asserts import assert_queries

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
    monkeypatch.setattr(asked, "MOST_NAMED", 20)
    tallies, plans = school_tallies([lakeside], Reading()), school_plans([lakeside], Reading())
    ahead = samples_ahead(whole, TODAY)
    expected = build_matrix(whole, ahead)
    keys = np.sort(whole.students["student"].to_numpy())
    for students in ((int(keys[10]), int(keys[59])), [int(key) for key in keys[::7]], keys[::3]):
        chunk = school_tables([lakeside], students=students, tallies=tallies, plans=plans)
        chunk.check()
        assert isinstance(students, tuple) or set(chunk.students["student"]) == set(students)
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


def test_workers_can_share_the_counting(lakeside: School) -> None:
    first, last = (Student.objects.order_by(order).first().pk for order in ("pk", "-pk"))
    spans = ((first, first + 40), (first + 41, first + 80), (first + 81, last))
    plans = school_plans([lakeside], Reading())
    whole = school_tallies([lakeside], Reading())
    parts = [school_tallies([lakeside], Reading(), students=span, plans=plans) for span in spans]
    order = list(whole.columns)
    pd.testing.assert_frame_equal(
        added(parts).sort_values(order, ignore_index=True),
        whole.sort_values(order, ignore_index=True),
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
