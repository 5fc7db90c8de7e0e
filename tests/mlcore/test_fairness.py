"""Groups are compared honestly: by students and not by rows, and never so that one student could be read off."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.bootstrap import wilson
from mlcore.fairness import FEWEST, Judged, fairness, flagged, hidden
from mlcore.report import Fairness, Figure, GroupRow

FIGURES = ("mae", "rmse", "r2", "within_5", "bias", "hit_80", "hit_95", "flag_rate", "miss_rate")
COMPARED = {"mae", "bias", "hit_80", "flag_rate", "miss_rate"}


def judged(students: int, rows_each: int = 4, seed: int = 0, spread: np.ndarray | float = 6.0) -> Judged:
    """A student's errors go together: half of each is the student's own."""
    rng = np.random.default_rng(seed)
    whose = np.repeat(np.arange(students), rows_each)
    level = rng.normal(60, 14, students)[whose]
    off = (rng.normal(size=students)[whose] + rng.normal(size=len(whose))) / np.sqrt(2) * spread
    predicted, y = np.clip(level, 0, 100), np.clip(level - off, 0, 100)
    chance = 1 / (1 + np.exp((predicted - 50) / 5))
    edges = (predicted - 7.7, predicted + 7.7, predicted - 12.0, predicted + 12.0)
    return Judged(y, predicted, edges, chance, whose, 50.0)


def by_student(names: list[str], rows_each: int = 4, column: str = "lunch_programme") -> pd.DataFrame:
    return pd.DataFrame({column: np.repeat(np.array(names, dtype=object), rows_each)})


def rows_of(told: Fairness) -> dict[str, GroupRow]:
    return {row.name: row for row in told.rows}


def test_figures_of_a_group_are_those_of_its_rows():
    made = judged(300)
    names = ["free" if n % 3 == 0 else "paid" for n in range(300)]
    told = rows_of(fairness(made, by_student(names)))["free"]
    here = np.isin(np.asarray(made.students), np.arange(0, 300, 3))
    off = (made.predicted - made.y)[here]
    missed = made.y[here] < 50
    assert (told.students, told.rows, told.suppressed) == (100, 400, False)
    assert told.mae.value == pytest.approx(np.abs(off).mean())
    assert told.rmse.value == pytest.approx(np.sqrt((off**2).mean()))
    assert told.r2.value == pytest.approx(1 - (off**2).mean() / made.y[here].var())
    assert told.within_5.value == pytest.approx((np.abs(off) <= 5).mean())
    assert told.bias.value == pytest.approx(off.mean())
    assert told.hit_95.value == pytest.approx((np.abs(off) <= 12).mean())
    assert told.hit_80.value == pytest.approx((np.abs(off) <= 7.7).mean())
    assert told.flag_rate.value == pytest.approx(flagged(made)[here].mean())
    assert told.miss_rate.value == pytest.approx((missed & ~flagged(made)[here]).sum() / missed.sum())
    for name in FIGURES:
        figure = getattr(told, name)
        assert figure.low <= figure.value <= figure.high


def test_flagged_are_scores_below_the_pass_mark_and_the_riskiest_tenth():
    made = replace(judged(100), predicted=np.full(400, 70.0), chance_of_missing=np.linspace(0, 1, 400))
    assert flagged(made).sum() == 40
    assert flagged(replace(made, predicted=np.full(400, 49.0))).all()
    assert not flagged(replace(made, chance_of_missing=np.zeros(400))).any()
    assert "pass mark of 50" in fairness(made, by_student(["a"] * 100)).sentence


def test_intervals_grow_when_rows_are_the_same_students_again():
    names = ["a" if n % 2 else "b" for n in range(200)]
    few = rows_of(fairness(judged(200, 2), by_student(names, 2)))["a"].bias
    many = rows_of(fairness(judged(200, 20), by_student(names, 20)))["a"].bias
    assert (many.high - many.low) > 0.6 * (few.high - few.low)


def test_a_group_of_nine_students_has_no_figure_at_all():
    names = ["first"] * 9 + ["second"] * 30 + ["third"] * 60
    told = rows_of(fairness(judged(99), by_student(names)))
    for name in ("first", "second"):
        row = told[name]
        assert (row.suppressed, row.students, row.rows) == (True, 0, 0)
        assert all(getattr(row, figure) == Figure(None) for figure in FIGURES)
    assert not told["third"].suppressed


def test_groups_too_small_to_be_told_are_told_together():
    """A single student of a third gender does not silence what is known of girls against boys."""
    made = judged(101)
    told = fairness(made, by_student(["girls"] * 50 + ["boys"] * 50 + ["other"], column="gender"))
    rows = rows_of(told)
    assert rows["boys"].suppressed
    assert rows["other"].suppressed
    assert rows["boys or other"].students == 51
    off = np.abs(made.predicted - made.y)[np.asarray(made.students) >= 50]
    assert rows["boys or other"].mae.value == pytest.approx(off.mean())
    assert {name for _, name, _ in told.gaps} == COMPARED
    alone = rows_of(fairness(judged(12), by_student(["a"] * 6 + ["b"] * 6)))
    assert list(alone) == ["a", "b"], "all together is the total"


def test_the_only_small_group_cannot_be_worked_out_from_the_rest():
    """All together less the told groups is always at least two groups and ten students."""
    assert hidden([9, 30, 60]) == {0, 1}
    assert hidden([3, 4, 40, 60]) == {0, 1, 2}
    assert hidden([6, 7, 40, 60]) == {0, 1}
    assert hidden([5, 500]) == {0, 1}
    assert hidden([10, 500]) == set()
    assert hidden([]) == set()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=12))
def test_whatever_the_sizes_nobody_is_left_alone_in_what_is_hidden(sizes):
    silent = hidden(sizes)
    assert {place for place, size in enumerate(sizes) if size < FEWEST} <= silent
    if silent and len(silent) < len(sizes):
        assert len(silent) > 1
        assert sum(sizes[place] for place in silent) >= FEWEST


def test_students_without_the_fact_are_a_group_that_hides_and_is_not_compared():
    names = ["paid"] * 40 + ["free"] * 40 + [None] * 4
    told = fairness(judged(84), by_student(names))
    rows = rows_of(told)
    assert rows["not known"].suppressed
    assert rows["free"].suppressed != rows["paid"].suppressed
    assert told.gaps == ()
    many = fairness(judged(100), by_student(["paid"] * 40 + ["free"] * 40 + [None] * 20))
    assert [row.name for row in many.rows] == ["free", "paid", "not known"]
    assert {name for _, name, _ in many.gaps} == COMPARED


def test_how_many_of_few_who_missed_were_overlooked_is_not_told():
    made = judged(200)
    passed = replace(made, y=np.where(np.asarray(made.students) < 5, 30.0, 80.0))
    row = rows_of(fairness(passed, by_student(["a"] * 200)))["a"]
    assert row.miss_rate == Figure(None)
    assert row.flag_rate.value is not None


def test_that_no_miss_was_overlooked_says_as_much_as_there_were_misses():
    """300 students, of whom 12 missed the mark and were all flagged: 12 of 12 is no certainty."""
    made = judged(300)
    whose = np.asarray(made.students)
    low = np.where(whose < 12, 30.0, 80.0)
    row = rows_of(fairness(replace(made, y=low, predicted=low), by_student(["a"] * 300)))["a"]
    assert row.miss_rate.value == 0
    assert row.miss_rate.high == pytest.approx(wilson(0.0, 12)[1])
    assert row.miss_rate.high == pytest.approx(0.242, abs=0.001)
    unseen = replace(made, y=low, predicted=np.full(1200, 80.0), chance_of_missing=np.zeros(1200))
    row = rows_of(fairness(unseen, by_student(["a"] * 300)))["a"]
    assert (row.miss_rate.value, row.miss_rate.low) == (1, pytest.approx(0.758, abs=0.001))


def test_a_group_that_is_predicted_worse_is_named():
    """The second half of the students is twice as hard to predict."""
    names = ["near"] * 200 + ["far"] * 200
    spread = np.repeat([4.0, 12.0], 800)
    told = fairness(judged(400, spread=spread), by_student(names, column="parental_education"))
    assert "By parental education, the error differs" in told.sentence
    assert "points for near" in told.sentence
    gaps = {name: size for _, name, size in told.gaps}
    rows = rows_of(told)
    assert gaps["mae"] == pytest.approx(rows["far"].mae.value - rows["near"].mae.value)
    assert gaps["hit_80"] > 0.3


def test_chance_alone_is_not_called_a_difference():
    told = 0
    for seed in range(20):
        names = np.random.default_rng(seed).choice(["a", "b", "c"], 150).tolist()
        told += "larger than chance" not in fairness(judged(150, seed=1000 + seed), by_student(names)).sentence
    assert told <= 2


def with_and_without(cost: float, **chosen) -> Fairness:
    """Scores with the protected features, and the same with noise added as if these were left out."""
    made = judged(500)
    noise = np.random.default_rng(9).normal(0, cost, len(made.y))
    return fairness(made, by_student(["a"] * 500), made.predicted + noise, **chosen)


def test_what_leaving_protected_features_out_costs_is_told_in_points():
    told = with_and_without(5.0, uses_protected=True)
    assert told.rmse_without_protected.value > told.rmse_with_protected.value + 1
    assert "Leaving the protected features out costs" in told.sentence
    assert f"{told.rmse_with_protected.value:.1f} points with them" in told.sentence


def test_which_scores_used_protected_features_decides_the_side():
    told = with_and_without(5.0, uses_protected=False)
    assert told.rmse_with_protected.value > told.rmse_without_protected.value
    assert "makes scores better" in told.sentence


def test_a_cost_within_chance_is_called_nothing():
    assert "nothing that could be told from chance" in with_and_without(0.2, uses_protected=True).sentence


def test_without_the_other_way_its_cost_is_not_made_up():
    told = fairness(judged(100), by_student(["a"] * 100))
    assert told.rmse_with_protected is None
    assert told.rmse_without_protected.value > 0
    assert "was not measured" in told.sentence


def test_rows_without_a_result_or_a_score_change_nothing():
    made = judged(100)
    edges = tuple(np.append(edge, edge[0]) for edge in made.edges)
    y, predicted = np.append(made.y, np.nan), np.append(made.predicted, np.nan)
    chance, whose = np.append(made.chance_of_missing, made.chance_of_missing[0]), np.append(made.students, 0)
    longer = Judged(y, predicted, edges, chance, whose)
    names = ["a"] * 60 + ["b"] * 40
    more = pd.concat([by_student(names), pd.DataFrame({"lunch_programme": ["c"]})], ignore_index=True)
    assert [row.mae.value for row in fairness(longer, more).rows] == [
        row.mae.value for row in fairness(made, by_student(names)).rows
    ]


def test_a_school_without_protected_facts_or_without_results_has_no_groups():
    made = judged(50)
    told = fairness(made, pd.DataFrame(index=range(200)))
    assert (told.rows, told.gaps) == ((), ())
    assert "larger than chance" not in told.sentence
    assert "No two groups were known and large enough to be compared." in told.sentence
    none = np.empty(0)
    nobody = Judged(none, none, (none, none, none, none), none, none, 50.0)
    told = fairness(nobody, pd.DataFrame({"gender": []}), np.empty(0))
    assert told.rows == ()
    assert "cannot be said" in told.sentence


def test_the_same_run_says_the_same():
    names = ["a" if n % 3 else "b" for n in range(120)]
    assert fairness(judged(120), by_student(names), seed=5) == fairness(judged(120), by_student(names), seed=5)
