"""Profiles of students at risk: found where they are, counted on students who did not shape them, and told in words."""

import numpy as np
import pytest

from mlcore.features.base import Matrix, MatrixSchema
from mlcore.statistics.growing import LEAVES, _said_by_size, _tree
from mlcore.statistics.intervals import UNSAID
from mlcore.statistics.onerow import columns_of
from mlcore.statistics.rules import Condition, joined
from mlcore.statistics.segments import _found, _School, _segment, segments
from tests.mlcore.insight import assert_fit_to_print, category, marks, number

RNG = np.random.default_rng(31)
N = 1200
ATTENDANCE = np.round(100 * RNG.beta(9, 1.5, N), 1)
AVERAGE = np.clip(np.round(RNG.normal(62, 14, N)), 0, 100)
LUNCH = np.where(RNG.random(N) < 0.3, "free", "full").astype(object)
AT_RISK = (ATTENDANCE < 84) & (AVERAGE < 60)
SCORES = np.where(RNG.random(N) < np.where(AT_RISK, 0.7, 0.08), 40.0, 65.0)
COLUMNS = [
    number(ATTENDANCE, label="attendance", unit="%"),
    number(AVERAGE, "average", label="average in this subject", unit="%"),
    category(LUNCH, "lunch"),
    number(RNG.normal(0, 1, N), "luck"),
]


def test_students_of_low_attendance_and_low_marks_are_found_with_their_number_and_share():
    told = segments(COLUMNS, SCORES, np.arange(N))
    first, rest = told.segments[0], told.segments[-1]
    covered = np.logical_and.reduce([each.holds(column) for each in first.conditions for column in COLUMNS
                                     if column.feature.name == each.name])  # fmt: skip
    assert {each.name for each in first.conditions} == {"attendance", "average"}
    assert (covered == AT_RISK).mean() > 0.96
    assert first.students == covered.sum()
    assert first.rate.low <= 0.7 <= first.rate.high
    assert first.sentence.startswith("Attendance below 8")
    assert f": {first.students} students, {100 * first.rate.value:.0f} % below the pass mark, against" in first.sentence
    assert rest.is_rest
    assert rest.rate.value < told.base.value
    assert_fit_to_print(told)


def test_profiles_do_not_overlap_and_everybody_is_in_one():
    told = segments(COLUMNS, SCORES, np.arange(N))
    assert sum(each.students for each in told.segments) == N
    assert sum(each.share for each in told.segments) == pytest.approx(1)
    rates = [each.rate.value for each in told.segments[:-1]]
    assert rates == sorted(rates, reverse=True)
    assert min(each.students for each in told.segments) >= 0.02 * N


def test_of_a_rest_of_whom_five_were_counted_no_share_is_told():
    """15 students are left over, 5 of them in the half on which shares are counted: none of these missed the mark."""
    covered, checking = np.arange(N) < 15, np.r_[np.full(5, True), np.full(10, False), np.arange(N - 15) % 2 == 0]
    rest = _segment(_School(tuple(COLUMNS), SCORES < 50, checking, 0.2, 10), covered, (), None)
    assert (rest.students, rest.rate) == (15, UNSAID)
    assert "15 students, too few to show how many are below the pass mark" in rest.sentence
    counted = _segment(_School(tuple(COLUMNS), SCORES < 50, covered | checking, 0.2, 10), covered, (), None)
    assert counted.rate.value is not None


def test_students_on_whom_shares_are_counted_do_not_shape_the_profiles():
    """Their marks drawn anew, the profiles stay; the marks of the others drawn anew, they move."""
    checking = np.arange(N) % 2 == 0
    missed, again = SCORES < 50, RNG.random(N) < np.where(AT_RISK, 0.7, 0.08)

    def found(marks_missed):
        school = _School(tuple(COLUMNS), marks_missed, checking, 0.2, 10)
        return [path for path, _ in _found(school, np.random.default_rng(0))]

    assert found(missed) == found(np.where(checking, again, missed)) != []
    assert found(missed) != found(np.where(checking, missed, again))


def test_schools_in_which_luck_decides_seldom_have_a_profile():
    alarms = 0
    for _ in range(40):
        columns = [number(RNG.normal(0, 1, 200), f"x{at}") for at in range(6)]
        columns.append(category(RNG.choice(list("abc"), 200)))
        alarms += bool(segments(columns, RNG.uniform(30, 100, 200), np.arange(200)).segments)
    assert alarms <= 7  # at most 2 expected of 40


def test_neither_the_order_of_rows_nor_repeated_rows_change_who_is_at_risk():
    order = RNG.permutation(3 * N)
    rows = np.repeat(np.arange(N), 3)[order]
    shuffled = [type(column)(column.feature, column.values[rows]) for column in COLUMNS]
    before = segments(COLUMNS, SCORES, np.arange(N), seed=3)
    after = segments(shuffled, SCORES[rows], rows, seed=3)
    assert [each.sentence for each in after.segments] == [each.sentence for each in before.segments]


def test_what_is_not_known_is_part_of_a_profile_where_it_says_so():
    unknown = RNG.random(N) < 0.2
    gaps = np.where(unknown, np.nan, ATTENDANCE)
    scores = np.where(RNG.random(N) < np.where(unknown | (ATTENDANCE < 80), 0.6, 0.05), 40.0, 65.0)
    told = segments([number(gaps), number(AVERAGE, "average")], scores, np.arange(N))
    assert any("unknown" in rule for each in told.segments for rule in each.rules)
    assert sum(each.students for each in told.segments) == N
    assert_fit_to_print(told)


def test_words_are_told_and_protected_columns_only_when_asked():
    scores = np.where(RNG.random(N) < np.where(LUNCH == "free", 0.5, 0.05), 40.0, 65.0)
    told = segments([category(LUNCH, "lunch")], scores, np.arange(N))
    assert told.segments[0].rules in (("lunch “free”",), ("lunch not “full”",))
    hidden = category(LUNCH, "lunch", protected=True)
    assert segments([hidden], scores, np.arange(N)).segments == ()
    assert len(segments([hidden], scores, np.arange(N), protected=True).segments) == 2


def test_conditions_on_one_column_become_one():
    low, high = Condition("a", "attendance", "%", low=70.0), Condition("a", "attendance", "%", high=86.0, unknown=True)
    both = joined([low, Condition("b", "b", high=1.0), high])
    assert both[0].sentence(some_unknown=True) == "attendance from 70 to below 86 %"
    assert [each.name for each in both] == ["a", "b"]
    values = number([69.9, 70.0, 85.9, 86.0, np.nan], "a")
    assert both[0].holds(values).tolist() == [False, True, True, False, False]
    assert high.holds(values).tolist() == [True, True, True, False, True]
    without = joined([Condition("h", "h", words=(w,), negated=True, unknown=True) for w in "ab"])[0]
    assert without.holds(category(["a", "b", "c", None])).tolist() == [False, False, True, True]
    assert without.sentence(some_unknown=False) == "h not “a” or “b”"
    assert joined([without, Condition("h", "h", words=("c",))])[0].words == ("c",)


def test_a_smaller_tree_is_read_off_the_largest():
    """What scikit-learn promises nowhere, and the choice of the number of leaves builds on."""
    values, missed = RNG.normal(0, 1, (400, 4)), RNG.random(400) < 0.3
    missed |= values[:, 0] + values[:, 1] > 1.5
    said = _said_by_size(_tree(LEAVES[-1], 10).fit(values, missed), values)
    for count, each in zip(LEAVES, said, strict=True):
        assert each == pytest.approx(_tree(count, 10).fit(values, missed).predict_proba(values)[:, 1])


def test_the_columns_of_a_matrix_can_be_asked_as_well():
    schema = MatrixSchema((number([], "a").feature, category([], "h").feature), ((), ("elm", "oak")))
    number_column, words = columns_of(Matrix(schema, np.array([[1.0, 0.0], [2.0, 1.0], [np.nan, -1.0], [4.0, np.nan]])))
    assert words.values.tolist() == ["elm", "oak", None, None]
    assert number_column.values[3] == 4.0


@pytest.mark.parametrize(
    ("rows", "scores"),
    [
        (0, np.empty(0)),
        (2, np.array([40.0, 60.0])),
        (59, np.linspace(0, 100, 59)),
        (200, np.full(200, np.nan)),
        (200, np.full(200, 80.0)),
        (200, np.r_[np.full(9, 10.0), np.full(191, 80.0)]),
    ],
)
def test_what_cannot_be_said_is_said_so(rows, scores):
    told = segments([number(np.arange(rows)), category(["a"] * rows)], scores, np.arange(rows))
    assert told.segments == ()
    assert "cannot be said" in told.sentence
    assert_fit_to_print(told)


def test_columns_that_say_nothing_make_no_profile():
    nothing = [number([np.nan] * N, "empty"), number([1.0] * N, "same"), category([None] * N, "none")]
    for columns in (nothing, []):
        told = segments(columns, SCORES, np.arange(N))
        assert told.segments == ()
        assert "no profile" in told.sentence
        assert_fit_to_print(told)
    assert marks(SCORES).feature.high == 100
