"""What goes along with scores: against scipy and textbooks, whatever the order of rows, and quiet where there is only noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlcore.statistics.correlations import ranks
from mlcore.statistics.multiplicity import benjamini_hochberg, holm
from mlcore.statistics.relations import Measure, Strength, relations
from tests.mlcore.insight import assert_fit_to_print, category, marks, number

RNG = np.random.default_rng(8)
STUDENTS = np.arange(200)
ATTENDANCE = 100 * RNG.beta(8, 2, 200)
SCORES = 40 + 0.3 * ATTENDANCE + RNG.normal(0, 8, 200)


def one(x, y, students=None, **how):
    return relations([number(x)], marks(y), np.arange(len(x)) if students is None else students, **how)[0]


def test_correlations_and_their_chances_are_those_of_scipy():
    told = one(ATTENDANCE, SCORES)
    straight, ordered = stats.pearsonr(ATTENDANCE, SCORES), stats.spearmanr(ATTENDANCE, SCORES)
    assert (told.pearson.value, told.pearson_p) == pytest.approx((straight.statistic, straight.pvalue))
    assert (told.pearson.low, told.pearson.high) == pytest.approx(tuple(straight.confidence_interval()))
    assert (told.spearman.value, told.spearman_p) == pytest.approx((ordered.statistic, ordered.pvalue))
    half = 1.959964 * np.sqrt((1 + ordered.statistic**2 / 2) / 197)  # Bonett and Wright (2000)
    assert told.spearman.low == pytest.approx(np.tanh(np.arctanh(ordered.statistic) - half))


def test_fishers_interval_is_that_of_the_textbook():
    """r = 0.5 of 28 students: from 0.16 to 0.74 (Cohen and others)."""
    x = stats.norm.ppf((np.arange(28) + 0.5) / 28)
    other = RNG.permutation(x)
    other = other - other.mean() - x * (other @ x) / (x @ x)
    told = one(x, 0.5 * x / np.linalg.norm(x) + np.sqrt(0.75) * other / np.linalg.norm(other))
    assert (told.pearson.value, told.pearson.low, told.pearson.high) == pytest.approx((0.5, 0.156, 0.736), abs=2e-3)


def test_the_partial_correlation_is_that_of_the_textbook():
    """(r12 - r13 r23) / sqrt((1 - r13²)(1 - r23²)), with one degree of freedom less."""
    effort = RNG.normal(0, 1, 200)
    x, y = effort + RNG.normal(0, 1, 200), effort + RNG.normal(0, 1, 200)
    told = one(x, y, given=number(effort, "effort"))
    r = np.corrcoef([x, y, effort])
    expected = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    t = expected * np.sqrt(197 / (1 - expected**2))
    assert told.partial.value == pytest.approx(expected)
    assert told.partial_p == pytest.approx(2 * stats.t.sf(abs(t), 197))
    assert abs(told.partial.value) < abs(told.pearson.value)
    assert one(x, y, given=number(2 * x + 1)).partial.value is None


def test_corrections_are_those_of_the_textbook():
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005])
    assert holm(p) == pytest.approx([0.03, np.nan, 0.06, 0.06, 0.02], nan_ok=True)
    assert benjamini_hochberg(p)[[0, 2, 3, 4]] == pytest.approx(stats.false_discovery_control(p[[0, 2, 3, 4]]))
    assert len(holm(np.empty(0))) == len(benjamini_hochberg(np.empty(0))) == 0


@given(st.lists(st.integers(-5, 5), max_size=40))
def test_equal_marks_share_a_rank(values):
    assert ranks(np.array(values, dtype=float)).tolist() == stats.rankdata(values).tolist()


@given(
    st.floats(0.001, 1000),
    st.floats(-1000, 1000),
    st.sampled_from([-1.0, 1.0]),
    st.permutations(range(200)),
)
@settings(max_examples=12, deadline=None)
def test_neither_the_unit_of_a_measure_nor_the_order_of_rows_matters(factor, shift, sign, order):
    before, after = (
        one(ATTENDANCE, SCORES),
        one(sign * factor * ATTENDANCE[order] + shift, SCORES[order], np.array(order)),
    )
    assert after.pearson.value == pytest.approx(sign * before.pearson.value)
    assert after.spearman.value == pytest.approx(sign * before.spearman.value)
    assert (after.told, after.holds, after.strength) == (before.told, before.holds, before.strength)


def test_five_rows_of_each_student_are_no_proof_five_times_over():
    once = one(ATTENDANCE[:40], SCORES[:40])
    copied = one(np.repeat(ATTENDANCE[:40], 5), np.repeat(SCORES[:40], 5), np.repeat(STUDENTS[:40], 5))
    assert copied.students == 40
    assert copied.p == pytest.approx(once.p)
    assert "count once, as their average" in copied.sentence
    assert "count once" not in once.sentence


def test_each_relation_uses_the_students_of_whom_both_are_known():
    gaps = np.where(STUDENTS < 30, np.nan, ATTENDANCE)
    marks_with_gaps = np.where(STUDENTS >= 190, np.nan, SCORES)
    told = one(gaps, marks_with_gaps)
    assert (told.students, told.missing) == (160, 40)
    assert told.pearson.value == pytest.approx(np.corrcoef(ATTENDANCE[30:190], SCORES[30:190])[0, 1])


def test_a_lopsided_measure_is_told_by_ranks_and_both_are_kept():
    told = one(np.exp(ATTENDANCE / 8), SCORES)
    assert told.told is Measure.SPEARMAN
    assert told.pearson.value is not None
    assert "rank correlation" in told.sentence


def test_the_strongest_relation_stands_first_and_says_so():
    columns = [number(RNG.normal(0, 1, 200), "noise"), number(-ATTENDANCE, "absence"), category(["a"] * 200)]
    told = relations([*columns, marks(SCORES)], marks(SCORES), STUDENTS)
    assert [each.name for each in told] == ["absence", "noise"]
    assert told[0].strength is Strength.CLEAR
    assert told[0].sentence.startswith("Higher absence goes along with lower score: a clear relation")
    assert "could be told from chance" in told[1].sentence
    assert_fit_to_print(told)


def test_measures_of_noise_are_seldom_told_as_a_relation():
    schools = (relations([number(x, f"m{i}") for i, x in enumerate(draw[1:])], marks(draw[0]), STUDENTS[:50])
               for draw in RNG.normal(0, 1, (200, 7, 50)))  # fmt: skip
    alarms = sum(any(each.holds for each in told) for told in schools)
    assert alarms <= 19  # 10 expected of 200 at 5 %; more than 19 would come once in 400


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], []),
        ([1.0, 2.0], [3.0, 4.0]),
        ([np.nan] * 30, np.arange(30.0)),
        (np.full(30, 1e9 + 0.1), np.arange(30.0)),
        (np.arange(30.0), np.full(30, 60.0)),
        (np.arange(30.0), np.arange(30.0)),
        (np.r_[np.arange(29.0), np.inf], np.arange(30.0)),
    ],
)
def test_what_cannot_be_said_is_said_so(x, y):
    told = one(x, y, given=number(np.arange(len(x)) % 3, "given"))
    assert told.pearson.value is None or told.pearson.value == pytest.approx(1)
    assert ("cannot be said" in told.sentence) == (told.pearson.value is None)
    assert_fit_to_print(told)
