"""What changed since training is told, and what chance alone makes of a small class is not."""

import pickle
import time
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.background import Reference
from mlcore.drift import Level, drift, expected_error
from mlcore.features.base import Feature, FeatureKind, Matrix, MatrixSchema, RawColumn

SUBJECTS = np.array(["art", "history", "maths", "music"], dtype=object)
LAST, ATTENDANCE, HOURS, ABSENCES, KIND, SUBJECT = range(6)


def pupils(count: int, seed: int) -> list[RawColumn]:
    """Scores, attendance, hours known of half, absences mostly none, a rare and a common category."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=count)
    hours = np.where(rng.random(count) < 0.5, np.nan, rng.gamma(2, 2, count))
    numbers = {
        "last_score": np.clip(60 + 12 * ability + rng.normal(0, 6, count), 0, 100),
        "attendance": 100 * rng.beta(18, 2, count),
        "hours": hours,
        "absences": np.where(rng.random(count) < 0.7, 0.0, rng.poisson(3, count)),
    }
    kinds = rng.choice(np.array(["final", "test"], dtype=object), count, p=[0.1, 0.9])
    columns = [RawColumn(Feature(name, name, "Numbers"), values) for name, values in numbers.items()]
    words = {"kind": kinds, "subject": rng.choice(SUBJECTS, count)}
    return columns + [
        RawColumn(Feature(name, name, "Exam", FeatureKind.CATEGORY), each) for name, each in words.items()
    ]


def matrix(columns: list[RawColumn], schema: MatrixSchema | None = None) -> Matrix:
    schema = schema or MatrixSchema.learn(columns)
    return schema.encode({column.feature.name: column.values for column in columns}, len(columns[0].values))


TRAINED = matrix(pupils(4000, 1))
REFERENCE = Reference.of(TRAINED, TRAINED.column("last_score"))


def today(count: int, seed: int) -> np.ndarray:
    return matrix(pupils(count, seed), TRAINED.schema).values


@pytest.mark.parametrize("count", [12, 30, 200, 2000])
def test_students_like_those_before_are_steady(count):
    levels = [column.level for seed in range(40) for column in drift(REFERENCE, today(count, 100 + seed)).columns]
    assert levels.count(Level.STEADY) >= 0.98 * len(levels)


def test_a_small_training_does_not_make_everything_look_new():
    trained = matrix(pupils(150, 2))
    reference = Reference.of(trained, trained.column("last_score"))
    told = [drift(reference, matrix(pupils(200, seed), trained.schema).values) for seed in range(50, 80)]
    levels = [column.level for report in told for column in report.columns]
    assert levels.count(Level.STEADY) >= 0.95 * len(levels)
    assert [report.level for report in told].count(Level.STEADY) >= 28


def test_the_small_sample_part_of_the_index_is_taken_off():
    """Of 60 students the raw index of ten bins is 0.15 on average by chance alone: 'moved', by the usual mark."""
    indexes = [drift(REFERENCE, today(60, seed)).columns[LAST].psi for seed in range(60)]
    assert np.mean(indexes) < 0.06


def test_fallen_attendance_is_told():
    values = today(200, 7)
    values[:, ATTENDANCE] -= 8
    report = drift(REFERENCE, values)
    fallen = report.columns[ATTENDANCE]
    assert fallen.level is Level.MOVED_A_LOT
    assert fallen.mean_now < fallen.mean_then - 6
    assert f"{fallen.mean_now:.1f} on average, {fallen.mean_then:.1f} in training" in fallen.sentence
    assert [column.name for column in report.moved] == ["attendance"]
    assert report.level is Level.MOVED


def test_a_smaller_fall_is_a_smaller_level():
    values = today(2000, 7)
    values[:, ATTENDANCE] -= 1.3
    assert drift(REFERENCE, values).columns[ATTENDANCE].level is Level.MOVED


def test_a_new_category_is_told():
    columns = pupils(200, 8)
    columns[SUBJECT].values[:30] = "astronomy"
    told = drift(REFERENCE, matrix(columns, TRAINED.schema).values).columns[SUBJECT]
    assert told.level is Level.MOVED_A_LOT
    assert told.unknown_now == pytest.approx(0.15)
    assert "15.0% hold a word that training did not meet" in told.sentence


def test_one_new_word_is_mentioned_and_raises_no_alarm():
    columns = pupils(200, 8)
    columns[SUBJECT].values[0] = "astronomy"
    told = drift(REFERENCE, matrix(columns, TRAINED.schema).values).columns[SUBJECT]
    assert told.level is Level.STEADY
    assert "0.5% hold a word that training did not meet" in told.sentence


def test_a_subject_that_is_no_longer_examined_is_told():
    columns = pupils(400, 9)
    columns[SUBJECT].values[columns[SUBJECT].values == "art"] = "maths"
    told = drift(REFERENCE, matrix(columns, TRAINED.schema).values).columns[SUBJECT]
    assert told.level is not Level.STEADY
    assert "other shares" in told.sentence


def test_more_missing_than_before_is_told():
    values = today(200, 10)
    values[:50, LAST] = np.nan
    told = drift(REFERENCE, values).columns[LAST]
    assert (told.level, told.missing_then, told.missing_now) == (Level.MOVED_A_LOT, 0.0, 0.25)
    assert "missing in 25% of the rows, in 0% in training" in told.sentence


def test_a_feature_that_is_wholly_missing_is_told_without_a_warning():
    values = today(200, 10)
    values[:, HOURS] = np.nan
    told = drift(REFERENCE, values).columns[HOURS]
    assert (told.level, told.psi, told.ks, told.mean_now) == (Level.MOVED_A_LOT, None, None, None)


def test_what_was_never_there_in_training_and_is_now_is_told():
    columns = pupils(300, 3)
    columns[HOURS].values[:] = np.nan
    trained = matrix(columns)
    told = drift(Reference.of(trained, np.full(300, 50.0)), today(200, 4)).columns[HOURS]
    assert (told.level, told.psi) == (Level.MOVED_A_LOT, None)
    assert told.missing_then == 1.0


def test_a_number_that_was_the_same_for_all_and_is_no_longer_is_told():
    columns = pupils(300, 3)
    columns[HOURS].values[:] = 5.0
    reference = Reference.of(matrix(columns), np.full(300, 50.0))
    assert drift(reference, matrix(columns).values).columns[HOURS].level is Level.STEADY
    told = drift(reference, today(200, 4)).columns[HOURS]
    assert told.level is Level.MOVED_A_LOT
    assert "beyond all that training met" in told.sentence


def test_numbers_that_no_longer_go_together_are_seen_though_each_is_as_before():
    rng = np.random.default_rng(5)
    shared = rng.normal(size=3000)
    columns = [RawColumn(Feature(f"exam_{n}", f"exam {n}", "g"), shared + 0.2 * rng.normal(size=3000)) for n in "abc"]
    trained = matrix(columns)
    reference = Reference.of(trained, shared)
    mixed = np.column_stack([rng.permutation(trained.values[:, place]) for place in range(3)])[:300]
    assert drift(reference, trained.values[:300]).unlike < 0.03
    report = drift(reference, mixed)
    assert report.moved == ()
    assert report.unlike > 0.3
    assert report.level is Level.MOVED_A_LOT


def test_a_student_with_many_rows_counts_once():
    """Ten students with thirty rows each are no three hundred students."""
    alarms = []
    for seed in range(30):
        values = np.repeat(today(10, 300 + seed), 30, axis=0)
        whose = np.repeat(np.arange(10), 30)
        alarms.append((len(drift(REFERENCE, values).moved), len(drift(REFERENCE, values, students=whose).moved)))
    naive, honest = np.sum(alarms, axis=0)
    assert naive > 60
    assert honest <= 3


def test_the_largest_difference_of_shares_is_that_of_kolmogorov_and_smirnov():
    values = today(500, 11)
    values[:, LAST] += 4
    now, then = values[:, LAST], TRAINED.values[:, LAST]
    every = np.concatenate([now, then])[:, None]
    exact = np.abs((now <= every).mean(axis=1) - (then <= every).mean(axis=1)).max()
    assert drift(REFERENCE, values).columns[LAST].ks == pytest.approx(exact, abs=0.01)


def test_scores_that_moved_are_told():
    values = today(300, 12)
    report = drift(REFERENCE, values, predicted=values[:, LAST] - 15)
    assert report.scores.level is Level.MOVED_A_LOT
    assert report.level is Level.MOVED_A_LOT
    assert "The scores moved" in report.sentence
    assert "train again" in report.sentence


def test_the_error_is_foreseen_from_how_wide_the_ranges_are():
    """Three of four students of the new year are of the harder kind: the error grows, and no result is needed to say so."""
    rng = np.random.default_rng(6)

    def year(hard: float) -> tuple[np.ndarray, np.ndarray]:
        spread = np.where(rng.random(4000) < hard, 12.0, 4.0)
        return 2 * 1.2816 * spread * 1.1, spread * rng.standard_t(8, 4000)

    widths, errors = year(0.25)
    reference = REFERENCE.with_errors(widths, errors)
    new_widths, new_errors = year(0.75)
    foreseen = expected_error(reference, new_widths)
    assert foreseen > 1.4 * reference.usual_error
    assert foreseen == pytest.approx(np.abs(new_errors).mean(), rel=0.06)
    report = drift(reference, today(50, 1), widths=new_widths)
    assert f"An error of {foreseen:.1f} points is to be expected" in report.sentence


def test_without_results_of_a_test_no_error_is_foreseen():
    assert expected_error(REFERENCE, np.full(5, 20.0)) is None
    assert REFERENCE.with_errors(np.full(3, np.nan), np.full(3, 1.0)).per_width is None


def test_nobody_to_compare_is_no_drift():
    report = drift(REFERENCE, np.empty((0, 6)), predicted=np.empty(0), widths=np.empty(0))
    assert (report.level, report.moved, report.unlike, report.expected_error) == (Level.STEADY, (), None, None)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_the_order_of_students_does_not_matter_and_nothing_is_ever_nan(count, seed):
    rng = np.random.default_rng(seed)
    values = today(count, seed)
    values[rng.random(values.shape) < rng.random()] = np.nan
    report = drift(REFERENCE, values, predicted=values[:, LAST])
    shuffled = drift(REFERENCE, (mixed := rng.permutation(values)), predicted=mixed[:, LAST])
    assert [column.level for column in report.columns] == [column.level for column in shuffled.columns]
    figures = [getattr(column, each.name) for column in report.columns for each in fields(column)]
    assert not any(isinstance(figure, float) and np.isnan(figure) for figure in figures)


def test_no_student_can_be_found_in_a_reference():
    """It is small, does not grow with the students, and holds no row of the matrix."""
    assert len(pickle.dumps(REFERENCE)) < 20_000
    rows = {tuple(row) for row in TRAINED.values[:, :2].round(6)}
    assert rows
    assert REFERENCE.cloud.whiten.shape == (4, 4)


def test_forty_features_of_ten_thousand_students_are_compared_at_once():
    rng = np.random.default_rng(0)
    columns = [RawColumn(Feature(f"f{n}", f"f {n}", "g"), rng.normal(size=10_000)) for n in range(40)]
    reference = Reference.of(matrix(columns), columns[0].values)
    values = rng.normal(size=(10_000, 40))
    assert min(timed(lambda: drift(reference, values, predicted=values[:, 0])) for _ in range(3)) < 0.3


def timed(act) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
