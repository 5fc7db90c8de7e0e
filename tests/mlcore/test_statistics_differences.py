"""Groups side by side: against scipy and textbooks, the sign turning with the groups, quiet where there is only noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlcore.statistics.differences import Told, difference, differences
from mlcore.statistics.intervals import explained_interval, share_of
from mlcore.statistics.many_groups import overall
from mlcore.statistics.onerow import Roll
from mlcore.statistics.two_groups import cliffs_delta, compare
from tests.mlcore.insight import assert_fit_to_print, category, marks

RNG = np.random.default_rng(12)
ADA, BO, CY = RNG.normal(65, 10, 40), RNG.normal(58, 14, 55), RNG.normal(60, 9, 35)
HOUSES = category(["ada"] * 40 + ["bo"] * 55 + ["cy"] * 35)
ALL = np.concatenate([ADA, BO, CY])
values = st.lists(st.integers(0, 20), min_size=10, max_size=30).map(lambda given: np.array(given, dtype=np.float64))


def test_two_groups_are_compared_as_scipy_does():
    told = compare(ADA, BO)
    welch = stats.ttest_ind(ADA, BO, equal_var=False)
    assert told.welch_p == pytest.approx(welch.pvalue)
    assert (told.difference.low, told.difference.high) == pytest.approx(tuple(welch.confidence_interval()))
    assert told.mann_whitney_p == pytest.approx(stats.mannwhitneyu(ADA, BO, method="asymptotic").pvalue)


@given(values, values)
@settings(max_examples=30, deadline=None)
def test_ties_are_counted_as_scipy_does_and_the_sign_turns_with_the_groups(first, second):
    told, turned = compare(first, second), compare(second, first)
    for figure, other in ((told.difference, turned.difference), (told.hedges_g, turned.hedges_g),
                          (told.cliffs_delta, turned.cliffs_delta)):  # fmt: skip
        if figure.value is not None:
            assert figure.value == pytest.approx(-other.value)
            assert figure.low is None or figure.low == pytest.approx(-other.high)
            assert figure.low is None or figure.low <= figure.value <= figure.high
    if told.mann_whitney_p is not None:
        u = stats.mannwhitneyu(first, second, method="asymptotic")
        assert told.mann_whitney_p == pytest.approx(u.pvalue)
        assert told.cliffs_delta.value == pytest.approx(2 * u.statistic / (len(first) * len(second)) - 1)
        assert told.mann_whitney_p == pytest.approx(turned.mann_whitney_p)


def test_effect_sizes_are_those_of_the_textbook():
    """Borenstein and others, Introduction to Meta-Analysis, ch. 4: means 103 and 100, sd 5.5 and 4.5, 50 each."""
    z = stats.norm.ppf((np.arange(50) + 0.5) / 50)
    z = (z - z.mean()) / z.std(ddof=1)
    told = compare(103 + 5.5 * z, 100 + 4.5 * z)
    assert told.cohens_d == pytest.approx(0.5970, abs=1e-4)
    assert told.hedges_g.value == pytest.approx(0.5924, abs=1e-4)
    assert told.hedges_g.high - told.hedges_g.low == pytest.approx(2 * 1.96 * np.sqrt(0.0411), abs=5e-3)


def test_cliffs_delta_is_within_its_bounds_and_its_interval_holds():
    assert cliffs_delta(np.arange(10.0) + 50, np.arange(10.0)).value == 1.0
    assert cliffs_delta(np.arange(10.0), np.arange(10.0) + 50).low == -1.0
    true = 2 * stats.norm.cdf(0.5 / np.sqrt(2)) - 1
    held = [f.low <= true <= f.high
            for f in (cliffs_delta(RNG.normal(0.5, 1, 25), RNG.normal(0, 1, 25)) for _ in range(300))]  # fmt: skip
    assert np.mean(held) > 0.92


def test_several_groups_are_compared_as_scipy_does():
    told = overall([ADA, BO, CY])
    welch = stats.f_oneway(ADA, BO, CY, equal_var=False)
    kruskal = stats.kruskal(ADA, BO, CY)
    assert (told.welch_f, told.welch_p) == pytest.approx((welch.statistic, welch.pvalue))
    assert (told.kruskal_h, told.kruskal_p) == pytest.approx((kruskal.statistic, kruskal.pvalue))
    f = stats.f_oneway(ADA, BO, CY).statistic
    assert told.eta2.value == pytest.approx(2 * f / (2 * f + 127))
    assert told.omega2.value == pytest.approx(2 * (f - 1) / (2 * (f - 1) + 130))
    assert told.epsilon2.value == pytest.approx(kruskal.statistic / 129)


def test_the_interval_of_the_explained_share_agrees_with_the_exact_non_central_f():
    for f, df in ((4.5, (2, 127)), (9.0, (4, 300)), (1.2, (3, 60)), (30.0, (1, 40))):
        low, high = explained_interval(f, df, round(sum(df)) + 1)
        total = sum(df) + 1
        assert stats.ncf.cdf(f, *df, high / (1 - high) * total) == pytest.approx(0.025, abs=0.004)
        if low > 0:
            assert stats.ncf.cdf(f, *df, low / (1 - low) * total) == pytest.approx(0.975, abs=0.004)
    assert explained_interval(1e4, (3, 1e5), 100_004)[0] == pytest.approx(0.2308, abs=0.01)


def test_wilsons_interval_is_that_of_the_textbook():
    told = share_of(15, 148)
    assert (told.low, told.high) == pytest.approx((0.0624, 0.1605), abs=2e-4)  # Newcombe (1998), table I
    assert (share_of(0, 20).low, share_of(20, 20).high) == (0.0, 1.0)


def test_the_table_of_groups_shows_what_a_leader_needs():
    told = difference(marks(ALL), HOUSES, np.arange(130))
    assert [(row.name, row.students) for row in told.groups] == [("ada", 40), ("bo", 55), ("cy", 35)]
    assert told.groups[0].median == pytest.approx(np.median(ADA))
    assert [pair.first + pair.second for pair in told.pairs] == ["adabo", "adacy", "bocy"]
    assert told.pairs[0].p_holm == pytest.approx(3 * told.pairs[0].p)
    assert told.told is Told.MEANS
    assert_fit_to_print(told)


def test_a_group_of_nine_is_neither_shown_nor_compared():
    house = category(["ada"] * 40 + ["bo"] * 55 + ["cy"] * 26 + ["di"] * 4 + ["ed"] * 5)
    told = difference(marks(ALL), house, np.arange(130))
    assert [row.suppressed for row in told.groups] == [False, False, True, True, True]
    assert [(pair.first, pair.second) for pair in told.pairs] == [("ada", "bo")]
    assert_fit_to_print(told)


def test_small_or_lopsided_groups_are_told_by_ranks_and_both_are_kept():
    skewed = np.r_[RNG.exponential(1, 18), RNG.exponential(3, 18)]
    told = difference(marks(skewed), category("a" * 18 + "b" * 18), np.arange(36))
    assert told.told is Told.RANKS
    assert told.pairs[0].comparison.welch_p is not None
    assert "in the middle" in told.sentence
    assert_fit_to_print(told)


def test_rows_of_one_student_count_once_and_their_order_does_not_matter():
    once = difference(marks(ALL), HOUSES, np.arange(130))
    order = RNG.permutation(390)
    rows, words = np.repeat(ALL, 3)[order], np.repeat(HOUSES.values, 3)[order]
    copied = difference(marks(rows), category(words), np.repeat(np.arange(130), 3)[order])
    assert copied.p == pytest.approx(once.p)
    assert [row.students for row in copied.groups] == [40, 55, 35]


def test_a_student_counts_in_the_group_met_most_often():
    words = np.array(["b", "a", "b", "b", "a", None, None], dtype=object)
    order = RNG.permutation(7)
    students = np.array([1, 1, 1, 2, 2, 2, 3])
    assert Roll.of(students[order]).words(words[order]).tolist() == ["b", "a", None]


def test_the_category_that_divides_students_most_stands_first():
    luck = category(RNG.choice(["x", "y"], 130), "luck")
    told = differences(marks(ALL + 20 * (HOUSES.values == "ada")), [luck, HOUSES, marks(ALL)], np.arange(130))
    assert [each.name for each in told] == ["house", "luck"]
    assert told[0].holds
    assert told[0].pairs[0].holds
    assert told[0].pairs[0].sentence.startswith("By house, score was on average 8")
    assert "pairs of groups can be told apart" in told[0].sentence
    assert not told[1].holds
    assert_fit_to_print(told)


def test_groupings_without_meaning_are_seldom_told_as_a_difference():
    alarms = 0
    for _ in range(60):
        groupings = [category(RNG.choice(list("abc"), 90), f"g{at}") for at in range(3)]
        told = differences(marks(RNG.gamma(4, 10, 90)), groupings, np.arange(90))
        alarms += any(each.holds or any(pair.holds for pair in each.pairs) for each in told)
    assert alarms <= 8  # 3 expected of 60 at 5 %


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([], []),
        ([50.0, 60.0], ["a", "b"]),
        ([np.nan] * 40, ["a", "b"] * 20),
        ([60.0] * 40, ["a", "b"] * 20),
        ([60.0, 70.0] * 20, ["a", "b"] * 20),
        ([60.0, 70.0, 60.0, 75.0] * 10, ["a", "b"] * 20),
        (np.arange(40.0), [None] * 40),
        (np.arange(40.0), ["a"] * 40),
        (np.arange(40.0), ["a", "b", "c", "d", "e"] * 8),
    ],
)
def test_what_cannot_be_said_is_said_so(scores, words):
    told = difference(marks(scores), category(words), np.arange(len(words)))
    assert ("cannot be said" in told.sentence) == (told.p is None)
    assert_fit_to_print(told)
