"""Ranges hold for new students as often as they say, wherever one looks, and chances are read from the same curve."""

import pickle
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.errors import NotEnoughData
from mlcore.features.base import Feature, FeatureKind, Matrix, MatrixSchema, RawColumn
from mlcore.metrics import history_bins
from mlcore.ranges import Ranges, learn_ranges
from mlcore.ranges.spread import falling

LEADS = (1, 42)
SUBJECTS = np.array(["ART", "BIO", "MATH", "SCI"], dtype=object)
SPREADS = np.array([5.0, 7.0, 10.0, 14.0])


@dataclass(frozen=True)
class Year:
    """What a model said of some students' exams, and what came."""

    matrix: Matrix
    predicted: np.ndarray
    actual: np.ndarray
    context: pd.DataFrame


def a_year(students: int, seed: int, *, centre: float = 60.0, step: float = 1.0) -> Year:
    """Two exams for each student: weak subjects, little history and long leads are uncertain; half the subjects are skewed."""
    rng = np.random.default_rng(seed)
    results = 2 * students
    subject, history = rng.integers(0, 4, results), rng.poisson(rng.gamma(1.0, 6.0, results)).astype(float)
    attendance = np.where(rng.random(results) < 0.2, np.nan, rng.beta(8, 1, results))
    level = centre + 11 * rng.normal(size=results)
    spread = SPREADS[subject] + 8 / np.sqrt(1 + history) + 15 * (1 - np.nan_to_num(attendance, nan=0.9))
    luck = np.where(subject % 2 == 0, rng.normal(size=results), (2 - rng.gamma(2.0, 1.0, results)) / np.sqrt(2))
    score = np.round(np.clip(level + spread * luck, 0, 100) / step) * step
    row, lead = np.repeat(np.arange(results), len(LEADS)), np.tile(np.array(LEADS, dtype=float), results)
    guess = level[row] + rng.normal(size=len(row)) * lead / 10
    columns = {
        "subject": SUBJECTS[subject[row]], "lead": lead, "results": history[row], "attendance": attendance[row],
        **{f"noise_{n}": rng.normal(size=len(row)) for n in range(4)},
    }  # fmt: skip
    context = pd.DataFrame(
        {"student": row // 2, "exam": row % 2, "subject": columns["subject"], "lead": lead, "history": history[row]}
    )
    return Year(a_matrix(columns), np.clip(guess, 0, 100), score[row], context)


def a_matrix(columns: dict[str, np.ndarray]) -> Matrix:
    kinds = {name: FeatureKind.CATEGORY if name == "subject" else FeatureKind.NUMBER for name in columns}
    raw = [RawColumn(Feature(name, name, "all", kinds[name]), values) for name, values in columns.items()]
    return MatrixSchema.learn(raw).encode(columns, len(next(iter(columns.values()))))


def learned(year: Year, seed: int = 0) -> Ranges:
    return learn_ranges(year.matrix, year.predicted, year.actual, year.context, seed)


def hits(ranges: Ranges, year: Year) -> tuple[np.ndarray, np.ndarray]:
    told = ranges.of(year.matrix.values, year.predicted)
    y = year.actual
    return (told.low_80 <= y) & (y <= told.high_80), (told.low_95 <= y) & (y <= told.high_95)


def parts(year: Year) -> list[np.ndarray]:
    amount = history_bins(year.context["history"])
    ways = [year.context["subject"].to_numpy(), year.context["lead"].to_numpy(), amount]
    return [way == value for way in ways for value in np.unique(way)]


PAST, NEXT = a_year(2_000, 1), a_year(4_000, 2)
RANGES = learned(PAST)


@pytest.mark.parametrize(("centre", "step"), [(60.0, 1.0), (88.0, 1.0), (60.0, 5.0)])
def test_ranges_hold_for_new_students_and_within_each_subject_lead_and_amount_of_history(centre, step):
    past, new = a_year(2_000, 3, centre=centre, step=step), a_year(4_000, 4, centre=centre, step=step)
    hit_80, hit_95 = hits(learned(past), new)
    assert hit_80.mean() == pytest.approx(0.80, abs=0.02)
    assert hit_95.mean() == pytest.approx(0.95, abs=0.02)
    for rows in parts(new):
        assert hit_80[rows].mean() == pytest.approx(0.80, abs=0.05)
        assert hit_95[rows].mean() == pytest.approx(0.95, abs=0.05)


def test_one_width_for_all_would_not_hold_within_each_subject():
    half = np.quantile(np.abs(PAST.actual - PAST.predicted), 0.8)
    hit = np.abs(NEXT.actual - NEXT.predicted) <= half
    assert hit.mean() == pytest.approx(0.80, abs=0.02)
    assert max(abs(hit[rows].mean() - 0.80) for rows in parts(NEXT)) > 0.08


def test_ranges_are_narrower_where_more_is_known():
    told = RANGES.of(NEXT.matrix.values, NEXT.predicted)
    width, history = told.high_80 - told.low_80, NEXT.context["history"]
    assert width[history > 10].mean() < 0.8 * width[history == 0].mean()


def test_a_range_reaches_further_to_the_side_on_which_surprises_are_larger():
    rng = np.random.default_rng(5)
    score = 60 + 5 * (2 - rng.gamma(2.0, 1.0, 4_000))  # bad days are worse than good days are good
    matrix = a_matrix({"noise": rng.normal(size=4_000)})
    ranges = learn_ranges(matrix, np.full(4_000, 60.0), score, pd.DataFrame(index=range(4_000)), 0)
    told = ranges.of(matrix.values[:1], np.array([60.0]))
    assert 60 - told.low_95[0] > 1.5 * (told.high_95[0] - 60)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-50, 150),
    st.lists(st.one_of(st.just(np.nan), st.just(-1.0), st.floats(-1e6, 1e6)), min_size=8, max_size=8),
)
def test_whatever_is_known_a_range_holds_its_score_and_ends_with_the_scale(predicted, values):
    told = RANGES.of(np.array([values]), np.array([predicted]))
    centre = np.clip(predicted, 0, 100)
    edges = [0.0, told.low_95[0], told.low_80[0], centre, told.high_80[0], told.high_95[0], 100.0]
    assert edges == sorted(edges)


def test_the_chance_of_reaching_the_lower_end_of_the_range_is_nine_in_ten():
    rows = slice(0, 300)
    values, predicted = NEXT.matrix.values[rows], NEXT.predicted[rows]
    told = RANGES.of(values, predicted)
    for row in np.flatnonzero((told.low_95 > 0.5) & (told.high_95 < 99.5)):
        ends = (told.low_95[row], told.low_80[row], told.high_80[row])
        chances = RANGES.chances(values[[row]], predicted[[row]], ends)[0]
        if not np.isin(np.round(ends, 2), RANGES.steps.marks).any():
            np.testing.assert_allclose(chances, [0.975, 0.9, 0.1], atol=1e-6)


def test_a_higher_boundary_is_never_likelier_and_nobody_misses_0_or_passes_100():
    bounds = np.array([70.0, 0.0, 40.0, 100.5, 52.0, 50.0])
    chances = RANGES.chances(NEXT.matrix.values, NEXT.predicted, bounds)
    assert (np.diff(chances[:, np.argsort(bounds)], axis=1) <= 0).all()
    assert (chances[:, 1] == 1).all()
    assert (chances[:, 3] == 0).all()


def test_where_marks_come_in_steps_of_ten_the_chance_of_reaching_50_counts_those_who_get_exactly_50():
    past, new = a_year(2_000, 6, step=10.0), a_year(4_000, 7, step=10.0)
    ranges = learned(past)
    reached = (new.actual >= 50).mean()
    chance = ranges.chances(new.matrix.values, new.predicted, [50.0]).mean()
    assert chance == pytest.approx(reached, abs=0.02)
    assert ranges.steps.shift(np.array([50.0, 53.0])) == pytest.approx([5.0, 0.0], abs=1.0)


def test_ranges_learned_from_few_results_still_hold_on_average():
    told = [hits(learned(a_year(60, seed)), NEXT) for seed in range(20, 32)]
    assert 0.78 <= np.mean([hit_80.mean() for hit_80, _ in told]) <= 0.85
    assert 0.94 <= np.mean([hit_95.mean() for _, hit_95 in told]) <= 0.98


def test_ranges_follow_the_newest_models_not_those_that_had_learned_little():
    year = a_year(1_500, 8)
    early = np.arange(len(year.actual)) < len(year.actual) // 2
    worse = np.where(early, year.predicted + 0.8 * (year.predicted - year.actual), year.predicted)
    day = np.where(early, np.datetime64("2025-10-01"), np.datetime64("2026-03-01"))
    context = year.context.assign(exam_day=day, student=np.arange(len(day)) // len(LEADS))
    ranges = learn_ranges(year.matrix, np.clip(worse, 0, 100), year.actual, context, 0)
    hit_80, _ = hits(ranges, NEXT)
    assert hit_80.mean() == pytest.approx(0.80, abs=0.05)
    of_all = learn_ranges(year.matrix, np.clip(worse, 0, 100), year.actual, year.context, 0)
    assert hits(of_all, NEXT)[0].mean() > hit_80.mean() + 0.03


def test_more_history_never_makes_a_range_wider():
    np.testing.assert_allclose(falling(np.array([3.0, 1.0, 2.0, 2.0]), np.array([1.0, 1, 1, 2])), [3, 1.75, 1.75, 1.75])
    term = next(term for term in RANGES.spread_model.terms if term.bins.place == 2)
    assert (np.diff(term.points[:-1]) <= 1e-12).all()


def test_samples_without_a_score_or_a_result_teach_nothing():
    predicted, actual = PAST.predicted.copy(), PAST.actual.copy()
    predicted[::7], actual[3::7] = np.nan, np.nan
    known = np.isfinite(predicted) & np.isfinite(actual)
    less = Year(PAST.matrix.take(known), predicted[known], actual[known], PAST.context[known].reset_index(drop=True))
    with_gaps = learn_ranges(PAST.matrix, predicted, actual, PAST.context, 0)
    assert pickle.dumps(with_gaps) == pickle.dumps(learned(less))


def test_one_student_alone_gets_the_range_they_get_among_all_and_after_saving():
    kept = pickle.loads(pickle.dumps(RANGES))
    told = RANGES.of(NEXT.matrix.values, NEXT.predicted)
    for row in (0, 17, 901):
        values, predicted = NEXT.matrix.values[[row]], NEXT.predicted[[row]]
        alone, chance = kept.both(values, predicted, [50.0])
        assert [edge[0] for edge in alone.columns] == [edge[row] for edge in told.columns]
        assert chance[0, 0] == RANGES.chances(NEXT.matrix.values, NEXT.predicted, [50.0])[row, 0]


def test_nineteen_results_are_too_few_to_learn_ranges_from():
    rows = np.arange(19)
    with pytest.raises(NotEnoughData, match="19"):
        learn_ranges(PAST.matrix.take(rows), PAST.predicted[rows], PAST.actual[rows], PAST.context.iloc[rows], 0)


def test_a_model_that_is_never_wrong_gets_ranges_of_hardly_any_width():
    matrix = PAST.matrix.take(np.arange(200))
    ranges = learn_ranges(matrix, PAST.actual[:200], PAST.actual[:200], PAST.context.iloc[:200], 0)
    told = ranges.of(matrix.values, PAST.actual[:200])
    assert (told.high_95 - told.low_95).max() < 0.1
