"""Nothing that happened or became known after the day of asking moves a single number of the matrix."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.features.matrix import build_columns, build_matrix
from mlcore.samples import Samples, past_samples, samples_ahead
from mlcore.spec import TrainSpec
from mlcore.tables import SchoolTables
from tests.mlcore.test_tables import DAY, NOW, SCHOOL, another_future, later

PROTECTED = ("gender", "age", "home_language")


def both(left: Samples, right: Samples) -> Samples:
    rows = pd.concat([left.rows, right.rows], ignore_index=True)
    return Samples(rows, np.append(left.target, right.target), np.append(left.known_on, right.known_on))


PAST = past_samples(SCHOOL, TrainSpec(as_of=DAY, leads=(0, 1, 30)), 0)
SAMPLES = both(PAST, samples_ahead(SCHOOL, DAY))
MATRIX = build_matrix(SCHOOL, SAMPLES, protected=PROTECTED)
NAMES = [feature.name for feature in MATRIX.schema.features]


def assert_unmoved(tables: SchoolTables) -> None:
    again = build_matrix(tables, SAMPLES, protected=PROTECTED)
    assert [feature.name for feature in again.schema.features] == NAMES
    assert again.schema == MATRIX.schema
    np.testing.assert_array_equal(again.values, MATRIX.values)


def test_this_school_has_something_to_hide():
    assert {"standing", "class_mean", "latest_study_hours", "attendance_recent", "sports", "gender", "age"} <= set(
        NAMES
    )
    assert all(
        later(name, getattr(SCHOOL, name)).any() for name in ("results", "attendance", "observations", "tallies")
    )


@settings(max_examples=12, deadline=None)
@given(another_future(), st.booleans())
def test_no_change_of_the_future_moves_the_matrix(school, own_tallies):
    assert_unmoved(school if own_tallies else replace(school, tallies=SchoolTables.empty().tallies))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_value_of_the_future_moves_the_matrix(seed):
    rng = np.random.default_rng(seed)
    assert_unmoved(replace(SCHOOL, **{name: with_other_values(name, rng) for name in CHANGES}))


CHANGES = {
    "results": {"score": lambda rng, rows: rng.uniform(0, 10, rows)},
    "attendance": {"status": lambda rng, rows: rng.choice(["present", "absent"], rows)},
    "observations": {"value": lambda rng, rows: rng.uniform(-99, 99, rows)},
    "enrolments": {
        "school_class": lambda rng, rows: rng.integers(0, 9, rows),
        "grade_level": lambda rng, rows: rng.integers(0, 20, rows).astype(float),
    },
    "participation": {"kind": lambda rng, rows: rng.choice(["sport", "club"], rows)},
    "tallies": {"total": lambda rng, rows: rng.uniform(0, 900, rows)},
}


def with_other_values(name: str, rng: np.random.Generator) -> pd.DataFrame:
    frame = getattr(SCHOOL, name)
    ahead = later(name, frame).to_numpy()
    changed = {}
    for column, draw in CHANGES[name].items():
        values = frame[column].to_numpy(copy=True)
        values[ahead] = draw(rng, int(ahead.sum()))
        changed[column] = values
    return frame.assign(**changed)


def test_at_every_cut_off_the_matrix_is_that_of_what_was_known():
    days = SAMPLES.rows["as_of"].drop_duplicates().sort_values()
    for day in days.iloc[::6]:
        mine = np.flatnonzero(SAMPLES.rows["as_of"] == day)
        known = build_matrix(SCHOOL.until(day.date()), SAMPLES.take(mine), MATRIX.schema)
        np.testing.assert_array_equal(known.values, MATRIX.values[mine])


def test_what_the_school_had_not_heard_of_yet_is_hidden_with_all_that_hangs_on_it():
    """Exams announced after they were sat, enrolments of a student entered late, people who came later."""
    late = SCHOOL.exams["day"] + pd.to_timedelta(SCHOOL.exams["exam"] % 40, unit="D")
    entered = SCHOOL.enrolments["known_on"] + pd.to_timedelta(SCHOOL.enrolments["student"] % 3 * 100, unit="D")
    came = SCHOOL.students["starts"] + pd.to_timedelta(SCHOOL.students["student"] % 4 * 50, unit="D")
    ends = SCHOOL.enrolments["ends"].mask(SCHOOL.enrolments["student"] % 5 == 0, pd.Timestamp(2025, 12, 1))
    school = replace(
        SCHOOL,
        exams=SCHOOL.exams.assign(known_on=late),
        enrolments=SCHOOL.enrolments.assign(known_on=entered, ends=ends),
        students=SCHOOL.students.assign(starts=came),
    )
    for day in (date(2025, 11, 3), date(2026, 1, 12), DAY):
        known = school.until(day)
        samples = Samples(SAMPLES.rows.assign(as_of=pd.Timestamp(day)), SAMPLES.target, SAMPLES.known_on)
        samples = samples.take(samples.rows["exam"].isin(known.exams["exam"]).to_numpy())
        full, part = (build_matrix(tables, samples, MATRIX.schema) for tables in (school, known))
        np.testing.assert_array_equal(part.values, full.values)
        assert np.isfinite(full.column("class_mean")).any()


def test_the_result_that_is_asked_for_never_matters_not_even_if_it_is_out_on_the_same_day():
    quick = SCHOOL.results.assign(known_on=pd.Timestamp(2025, 9, 1))
    samples = PAST.take(np.arange(0, len(PAST), 7))
    school = replace(SCHOOL, results=quick, tallies=SchoolTables.empty().tallies)
    before = build_matrix(school, samples)
    for row in range(0, len(samples), 29):
        exam = samples.rows["exam"].iloc[row]
        other = quick.assign(score=quick["score"].mask((quick["exam"] == exam) & quick["score"].notna(), 0.0))
        after = build_matrix(replace(school, results=other), samples.take(np.array([row])), before.schema)
        np.testing.assert_array_equal(after.values[0], before.values[row])


def test_todays_grade_says_nothing_about_the_past():
    assert "grade_level" in NAMES
    promoted = SCHOOL.students.assign(grade_level=SCHOOL.students["grade_level"] + 1)
    assert_unmoved(replace(SCHOOL, students=promoted))


def test_an_exam_planned_later_is_still_the_question():
    exams = SCHOOL.exams.assign(known_on=SCHOOL.exams["day"])
    matrix = build_matrix(replace(SCHOOL, exams=exams), SAMPLES, MATRIX.schema)
    for name in ("subject", "kind", "weight", "lead"):
        np.testing.assert_array_equal(matrix.column(name), MATRIX.column(name))


def test_an_indicator_first_noted_tomorrow_is_no_column_today():
    more = SCHOOL.observations.iloc[:50].assign(indicator="mood", kind="number", value=1.0, category=None)
    more[["day", "known_on"]] = NOW + pd.Timedelta(days=1)
    school = replace(SCHOOL, observations=pd.concat([SCHOOL.observations, more], ignore_index=True))
    assert "latest_mood" not in {column.feature.name for column in build_columns(school, SAMPLES)}


@pytest.mark.parametrize("day", [date(2025, 9, 1), date(2026, 2, 10)])
def test_the_order_of_rows_does_not_matter(day):
    known = SCHOOL.until(day)
    ahead = samples_ahead(known, day)
    mixed = SchoolTables(
        **{name: getattr(known, name).sample(frac=1, random_state=2) for name in SchoolTables.__dataclass_fields__}
    )
    left, right = (build_matrix(tables, ahead, MATRIX.schema).values for tables in (known, mixed))
    np.testing.assert_array_equal(left, right)
