"""How marks are spread: against scipy, in words, and never telling of fewer than ten students."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlcore.statistics.bins import bins
from mlcore.statistics.cells import hidden, merged, share
from mlcore.statistics.distributions import Shape, distribution, distributions
from mlcore.statistics.moments import excess, normality_p, skewness, skewness_p
from tests.mlcore.insight import assert_fit_to_print, category, marks, number

RNG = np.random.default_rng(4)
SKEWED = 100 * RNG.beta(6, 1.5, 300)


def test_skew_and_its_tests_are_those_of_the_textbook():
    assert skewness(SKEWED).value == pytest.approx(stats.skew(SKEWED, bias=False))
    assert skewness_p(SKEWED) == pytest.approx(stats.skewtest(SKEWED).pvalue)
    assert normality_p(SKEWED) == pytest.approx(stats.normaltest(SKEWED).pvalue)
    assert excess(SKEWED) == pytest.approx(stats.kurtosis(SKEWED))
    assert skewness_p(SKEWED[:19]) is None


def test_the_interval_of_the_skew_holds_the_true_one_about_as_often_as_it_says():
    true = float(stats.beta(8, 2).stats("s"))
    drawn = (skewness(RNG.beta(8, 2, 150)) for _ in range(300))
    assert np.mean([each.low <= true <= each.high for each in drawn]) > 0.92


def test_a_class_is_described_by_its_middle_its_quarters_and_its_ends():
    scores = np.r_[np.zeros(15), np.linspace(40, 90, 70), np.full(15, 100.0), [np.nan] * 4]
    told = distribution(marks(scores), np.arange(104))
    known = scores[:100]
    assert (told.students, told.missing, told.at_floor, told.at_ceiling) == (100, 4, 15.0, 15.0)
    assert told.quartiles == pytest.approx(np.quantile(known, (0.25, 0.5, 0.75)))
    assert told.median == pytest.approx(np.median(known))
    assert told.sd == pytest.approx(known.std(ddof=1))
    interval = stats.t.interval(0.95, 99, known.mean(), stats.sem(known))
    assert (told.mean.low, told.mean.high) == pytest.approx(interval)
    assert "15 % stand at the highest value of the scale." in told.sentence


def test_marks_of_one_student_count_once():
    scores = np.r_[np.full(30, 20.0), np.linspace(50, 70, 20)]
    told = distribution(marks(scores), np.r_[np.zeros(30), np.arange(1, 21)])
    assert told.students == 21
    assert told.mean.value == pytest.approx((20 + 20 * 60) / 21)


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (stats.norm(60, 10).ppf(np.linspace(0.002, 0.998, 400)), Shape.BELL),
        (100 * stats.beta(8, 1.2).ppf(np.linspace(0.002, 0.998, 400)), Shape.LOW_TAIL),
        (stats.expon(0, 10).ppf(np.linspace(0.002, 0.99, 400)), Shape.HIGH_TAIL),
        (np.r_[np.linspace(20, 35, 100), np.linspace(70, 85, 100)], Shape.NO_PEAK),
        (60 + 5 * stats.t(3).ppf(np.linspace(0.001, 0.999, 400)), Shape.BOTH_TAILS),
        (np.full(50, 60.0), Shape.CONSTANT),
        (np.arange(15.0), Shape.UNSAID),
    ],
)
def test_how_marks_look_is_put_in_words(values, shape):
    told = distribution(marks(values), np.arange(len(values)))
    assert told.shape is shape
    assert_fit_to_print(told)


@given(st.lists(st.integers(0, 40), min_size=10, max_size=200), st.sampled_from([1.0, 2.5, 10 / 3]))
@settings(max_examples=40, deadline=None)
def test_no_bar_of_a_histogram_shows_fewer_than_ten_students_or_lies_outside_the_scale(points, each):
    values = np.sort(np.minimum(100.0, np.array(points) * each))
    found = bins(values, marks([]).feature, 10)
    assert sum(each.students for each in found) == len(values)
    assert all(each.students == 0 or each.students >= 10 for each in found)
    assert found[0].low >= 0
    assert found[-1].high <= 100
    assert [each.high for each in found[:-1]] == [each.low for each in found[1:]]
    for each in found[:-1]:
        assert each.students == ((values >= each.low - 1e-6) & (values < each.high - 1e-6)).sum()


def test_marks_out_of_twenty_show_no_stripes():
    values = np.sort(np.repeat(np.arange(0, 101, 5.0), 40))
    counts = [each.students for each in bins(values, marks([]).feature, 10)]
    assert set(counts[:-1]) == {80}
    assert counts[-1] == 120  # 90, 95 and 100: no bar stands outside the scale


def test_a_group_of_nine_is_counted_but_not_described_nor_found_by_subtraction():
    house = category(["elm"] * 9 + ["oak"] * 12 + ["fir"] * 40)
    told = distributions(marks(RNG.uniform(0, 100, 61)), house, np.arange(61))
    assert [(each.label, each.students, each.suppressed) for each in told] == [
        ("elm", 9, True),
        ("fir", 40, False),
        ("oak", 12, True),
    ]
    assert told[0].mean.value is None
    assert told[0].bins == ()
    assert_fit_to_print(told)


def test_what_is_hidden_is_never_about_one_to_nine_students():
    assert hidden(np.array([4, 5, 30])).tolist() == [True, True, True]
    assert hidden(np.array([6, 7, 30])).tolist() == [True, True, False]
    assert hidden(np.array([0, 10, 30])).tolist() == [False, False, False]
    assert share(5, 100) is None
    assert share(95, 100) is None
    assert share(0, 100) == 0.0
    assert merged(np.arange(5.0), np.array([3, 0, 12, 4]))[1].tolist() == [15 + 4]


def test_nothing_is_said_of_a_class_without_marks():
    for values in ([], [np.nan] * 20, [50.0], np.linspace(0, 1, 9)):
        told = distribution(number(values), np.arange(len(values)))
        assert told.suppressed
        assert_fit_to_print(told)


def test_importing_the_statistics_loads_no_heavy_library():
    rooms = "distributions, relations, differences, thresholds, segments"
    heavy = "{'scipy', 'sklearn', 'pandas', 'joblib'}"
    asked = f"import sys\nfrom mlcore.statistics import {rooms}\nprint({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
