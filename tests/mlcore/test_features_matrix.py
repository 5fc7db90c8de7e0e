"""Which columns a matrix has, how they are told, and what becomes of what is missing, unknown or protected."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from mlcore.features.base import UNKNOWN, FeatureKind
from mlcore.features.matrix import build_columns, build_matrix, contexts
from mlcore.layout.timeline import Stretches
from mlcore.samples import Samples, past_samples
from mlcore.schema import empty_table
from mlcore.spec import TrainSpec
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.wide import WideSpec, from_wide

TODAY = date(2026, 5, 15)
MADE = plan(SynthSpec(students=60, years=1, seed=22, today=TODAY))
SCHOOL = as_tables(MADE, [students(MADE, 0, 60)])
SAMPLES = past_samples(SCHOOL, TrainSpec(as_of=TODAY), 0)
MATRIX = build_matrix(SCHOOL, SAMPLES)
NOBODY = Samples(SAMPLES.rows.iloc[:0], SAMPLES.target[:0], SAMPLES.known_on[:0])
BASELINES = {"class_mean", "last_comparable", "shrunken_mean"}


def names(matrix) -> set[str]:
    return {feature.name for feature in matrix.schema.features}


def feature(name, matrix=MATRIX):
    return matrix.schema.features[matrix.schema.places[name]]


def test_every_feature_has_a_label_and_a_heading_of_its_own():
    labels = [known.label for known in MATRIX.schema.features]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert {"Earlier results, this subject first", "Attendance", "Study hours", "This exam"} <= set(
        MATRIX.schema.groups
    )


def test_what_can_still_be_changed_is_said():
    changeable = {known.name for known in MATRIX.schema.features if known.changeable}
    assert {"attendance_rate", "latest_study_hours", "latest_prep_course", "sports"} <= changeable
    assert not {"shrunken_mean", "grade_level", "subject", "since_study_hours", "usual_level"} & changeable


def test_nonsense_can_be_told_by_the_bounds():
    assert (feature("subject_last").low, feature("subject_last").high) == (0.0, 100.0)
    assert feature("latest_prep_course").high == 1.0
    assert feature("latest_assignments").low == 0.0
    assert feature("latest_assignments").high < 999
    for known in MATRIX.schema.features:
        values = MATRIX.column(known.name)
        if known.kind is FeatureKind.NUMBER and known.low is not None:
            assert np.nanmin(values) >= known.low, known.name
        if known.kind is FeatureKind.NUMBER and known.high is not None:
            assert np.nanmax(values) <= known.high, known.name


def test_protected_facts_are_used_only_when_asked_for_by_name():
    secret = SCHOOL.observations.assign(protected=SCHOOL.observations["indicator"] == "reading")
    school = replace(SCHOOL, observations=secret)
    assert not {"gender", "age", "latest_reading", "since_reading"} & names(build_matrix(school, SAMPLES))
    asked = build_matrix(school, SAMPLES, protected=("gender", "age", "reading"))
    assert {"gender", "age", "latest_reading"} <= names(asked)
    assert "ethnicity" not in names(asked)
    assert all(feature(name, asked).protected for name in ("gender", "age", "latest_reading"))
    assert not any(known.protected for known in MATRIX.schema.features)


def test_a_matrix_for_a_trained_model_has_exactly_its_columns():
    fewer = replace(SCHOOL, observations=empty_table("observations"), attendance=empty_table("attendance"))
    matrix = build_matrix(fewer, SAMPLES, MATRIX.schema)
    assert matrix.schema is MATRIX.schema
    assert np.isnan(matrix.column("latest_study_hours")).all()
    assert np.isnan(matrix.column("attendance_rate")).all()
    np.testing.assert_array_equal(matrix.column("subject_mean"), MATRIX.column("subject_mean"))


def test_a_word_that_the_model_never_met_is_marked_not_missing():
    notes = SCHOOL.observations
    read = notes["indicator"] == "reading"
    new = notes.assign(category=notes["category"].astype(object).mask(read, "constantly"))
    column = build_matrix(replace(SCHOOL, observations=new), SAMPLES, MATRIX.schema).column("latest_reading")
    assert set(column[~np.isnan(column)]) == {UNKNOWN}


def test_one_row_at_a_time_is_the_same_as_all_at_once():
    for row in range(0, len(SAMPLES), 997):
        alone = build_matrix(SCHOOL, SAMPLES.take(np.array([row])), MATRIX.schema)
        np.testing.assert_array_equal(alone.values[0], MATRIX.values[row])


def test_little_memory_is_no_other_result(monkeypatch):
    monkeypatch.setattr("mlcore.layout.timeline.MOST_PAIRS", 5_000)
    monkeypatch.setattr("mlcore.layout.timeline.MOST_SAMPLES", 300)
    np.testing.assert_array_equal(build_matrix(SCHOOL, SAMPLES).values, MATRIX.values)


def test_stretches_are_cut_where_memory_ends_and_no_sample_is_lost(monkeypatch):
    monkeypatch.setattr("mlcore.layout.timeline.MOST_PAIRS", 10)
    length = np.array([0, 25, 3, 3, 0, 9, 1, 0])
    start = np.cumsum(length) - length
    pieces = list(Stretches(start, start + length).pairs())
    assert sum(pairs.size for _, pairs in pieces) == len(length)
    np.testing.assert_array_equal(np.concatenate([pairs.row for _, pairs in pieces]), np.arange(length.sum()))


def test_nobody_to_score_is_a_matrix_without_rows():
    assert build_matrix(SCHOOL, NOBODY, MATRIX.schema).values.shape == (0, len(MATRIX.schema.features))
    assert names(build_matrix(SchoolTables.empty(), NOBODY)) == BASELINES
    assert len(contexts(SCHOOL, NOBODY)) == 0


def test_an_exam_or_a_student_nobody_knows_is_missing_and_no_mistake():
    rows = pd.DataFrame({"student": [10_000, 3], "exam": [5, 99_999], "as_of": pd.to_datetime(["2026-02-01"] * 2)})
    matrix = build_matrix(
        SCHOOL, Samples(rows, np.full(2, np.nan), np.full(2, np.datetime64("NaT", "s"))), MATRIX.schema
    )
    assert np.isnan(matrix.column("grade_level")[0])
    assert matrix.column("all_count").tolist()[0] == 0
    assert np.isnan(matrix.column("subject")[1])
    assert matrix.column("all_count")[1] > 0


def test_a_new_student_is_thought_of_as_usual_until_there_are_results():
    rows = SAMPLES.rows.iloc[[-1]].assign(student=10_000)
    matrix = build_matrix(SCHOOL, Samples(rows, SAMPLES.target[-1:], SAMPLES.known_on[-1:]), MATRIX.schema)
    levels = sorted((matrix.column("usual_level")[0], matrix.column("usual_level_kind")[0]))
    assert levels[0] <= matrix.column("expected")[0] <= levels[1]
    assert 30 < matrix.column("shrunken_mean")[0] < 90
    assert np.isnan(matrix.column("last_comparable")[0])


def a_wide_table(rows: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    able = rng.normal(60, 12, rows)
    reading, writing = (np.clip(able + rng.normal(0, 5, rows), 0, 100).round() for _ in range(2))
    frame = pd.DataFrame({"reading": reading, "writing": writing, "lunch": rng.choice(["free", "paid"], rows)})
    frame["hours"] = rng.integers(0, 20, rows)
    frame["math"] = np.clip(able + rng.normal(0, 6, rows), 0, 100).round()
    return frame


def learned(frame: pd.DataFrame, wide: WideSpec):
    tables = from_wide(frame, wide)
    return build_matrix(tables, past_samples(tables, wide.training(), 0))


def test_one_table_keeps_only_columns_that_say_something():
    matrix = learned(a_wide_table(), WideSpec(target="math", earlier=("reading", "writing")))
    assert len(matrix) == 200
    assert {"in_reading", "in_writing", "latest_lunch", "latest_hours"} <= names(matrix)
    assert {"last_reading", "since_reading", "change_hours", "grade_level", "lead", "sports"}.isdisjoint(names(matrix))
    values = matrix.values[:, matrix.schema.numbers]
    known = values[:, ~np.isnan(values).any(axis=0)]
    alike = np.abs(np.corrcoef(known, rowvar=False)) > 1 - 1e-9
    assert alike.sum() - len(alike) <= 2 * len(BASELINES)


def test_one_table_without_earlier_exams_still_has_its_attributes():
    frame = a_wide_table()[["math", "lunch", "hours"]]
    matrix = learned(frame, WideSpec(target="math"))
    assert names(matrix) == BASELINES | {"latest_lunch", "latest_hours"}
    np.testing.assert_array_equal(matrix.column("latest_hours"), frame["hours"])


def test_one_table_with_exams_of_one_subject_tells_the_last_and_the_one_before():
    frame = a_wide_table().rename(columns={"reading": "g1", "writing": "g2", "math": "g3"})
    one = {"g1": "maths", "g2": "maths", "g3": "maths"}
    tables = from_wide(frame, wide := WideSpec(target="g3", earlier=("g1", "g2"), subjects=one))
    samples = past_samples(tables, wide.training(), 0)
    told = {column.feature.name: column.values for column in build_columns(tables, samples)}
    np.testing.assert_allclose(told["subject_last"], frame["g2"])
    np.testing.assert_allclose(told["subject_before_last"], frame["g1"])


def test_where_a_value_is_missing_may_say_something():
    frame = a_wide_table().assign(prize=np.where(np.arange(200) % 7 == 0, "yes", None))
    column = learned(frame, WideSpec(target="math")).column("latest_prize")
    assert np.isfinite(column).sum() == 29


@pytest.mark.parametrize("subject", ["comparable", "in_subject", "1"])
def test_a_subject_may_have_any_name(subject):
    school = replace(SCHOOL, exams=SCHOOL.exams.assign(subject=subject), enrolments=empty_table("enrolments"))
    matrix = build_matrix(school, SAMPLES)
    assert len(names(matrix)) == len(matrix.schema.features)
    assert feature("last_comparable", matrix).label == "last comparable result"
