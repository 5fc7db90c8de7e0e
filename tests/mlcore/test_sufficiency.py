"""Who gets a score is chosen by what earlier results do to the ranges, and whoever gets none is told why."""

import warnings

import numpy as np
import pytest

from mlcore.metrics import HISTORY_LABELS
from mlcore.ranges.sets import RangeSet
from mlcore.report import Sufficiency
from mlcore.sufficiency import blind_width, cause, sufficiency, too_little

FIRST = (0, 1, 2, 3, 6, 11)  # the least amount of each bin
EVERYBODY = "Every student gets a score."


def told(shares: list[float], rows: list[int] | None = None, least_history: int | None = None) -> Sufficiency:
    """What is said of a school where ranges have these shares of the width without any knowledge, by amount of history."""
    counts = rows or [100] * len(shares)
    history = np.repeat(FIRST[: len(shares)], counts)
    actual = np.linspace(20, 90, len(history))[np.random.default_rng(1).permutation(len(history))]
    half = np.repeat(shares, counts) * blind_width(actual) / 2
    return sufficiency(actual, RangeSet(50 - half, 50 + half, 50 - half, 50 + half), history, least_history)


def needing(least: int) -> Sufficiency:
    return Sufficiency(least, True, "", ())


def test_a_score_is_given_from_where_ranges_become_narrower() -> None:
    chosen = told([1.1, 0.99, 0.7, 0.6, 0.5, 0.4])
    assert (chosen.least_history, chosen.chosen_from_data) == (2, True)
    assert chosen.sentence == (
        "A student needs at least 2 earlier results for a score. "
        "With 2 earlier results a range is 30 % narrower than if nothing were known of a student."
    )


def test_one_earlier_result_is_told_as_one() -> None:
    chosen = told([1.0, 0.8, 0.7])
    assert chosen.sentence.startswith("A student needs at least 1 earlier result for a score. With 1 earlier result a ")


def test_amounts_in_a_bin_are_told_as_they_are() -> None:
    chosen = told([1.0, 1.0, 1.0, 0.75, 0.7])
    assert chosen.least_history == 3
    assert "With 3 to 5 earlier results a range is 25 % narrower" in chosen.sentence


def test_where_other_facts_tell_enough_nobody_needs_earlier_results() -> None:
    chosen = told([0.8, 0.7, 0.6])
    assert chosen.least_history == 0
    assert chosen.sentence == (
        f"{EVERYBODY} Even without any earlier result a range is 20 % narrower than if nothing were known of a student."
    )


def test_a_twentieth_narrower_is_enough_and_less_is_not() -> None:
    assert told([0.949, 0.6]).least_history == 0
    assert told([0.951, 0.6]).least_history == 1


def test_a_poor_amount_above_good_ones_counts() -> None:
    assert told([1.0, 0.8, 0.99, 0.6]).least_history == 3


def test_the_figures_behind_the_choice_are_kept() -> None:
    steps = told([1.0, 0.8, 0.5], rows=[40, 50, 60]).steps
    assert tuple(step.label for step in steps) == HISTORY_LABELS
    assert [step.least for step in steps] == list(FIRST)
    assert [step.rows for step in steps] == [40, 50, 60, 0, 0, 0]
    assert [step.share_of_blind_width for step in steps[:3]] == pytest.approx([1.0, 0.8, 0.5])
    assert steps[5].width_80 is None
    assert steps[5].share_of_blind_width is None


def test_amounts_of_few_samples_cannot_be_judged_and_pass() -> None:
    assert told([0.8, 1.2, 0.6], rows=[100, 29, 100]).least_history == 0
    assert told([0.8, 1.2, 0.6], rows=[100, 30, 100]).least_history == 2
    assert told([1.2, 0.8], rows=[29, 100]).least_history == 0


def test_of_amounts_that_nobody_had_nothing_was_learned():
    chosen = told([0.5, 0.5, 0.5], rows=[0, 9, 40])
    assert chosen.least_history == 2
    assert (
        chosen.sentence == "A student needs at least 2 earlier results for a score. Nobody it learned from had fewer."
    )
    assert told([0.5, 0.5, 0.5], rows=[0, 10, 40]).least_history == 1


def test_an_amount_of_few_samples_is_not_told_as_a_figure() -> None:
    chosen = told([1.0, 1.0, 0.6], rows=[100, 5, 100])
    assert chosen.least_history == 1
    assert chosen.sentence == "A student needs at least 1 earlier result for a score."
    assert told([1.2, 0.8], rows=[12, 100]).sentence == EVERYBODY
    assert told([1.0, 0.8], rows=[100, 5]).sentence == EVERYBODY


def test_where_even_the_most_history_does_not_help_it_is_for_the_gate_to_judge() -> None:
    chosen = told([1.0, 1.0, 0.98])
    assert chosen.least_history == 0
    assert chosen.sentence.startswith("Earlier results make ranges hardly narrower here, so everybody gets a score")


def test_a_school_that_knows_attributes_only_gives_everybody_a_score() -> None:
    chosen = told([1.0])
    assert (chosen.least_history, chosen.chosen_from_data) == (0, True)
    assert chosen.sentence == (
        "No student has earlier results, so everybody gets a score, with a wide range that says so."
    )


def test_a_school_may_choose_for_itself() -> None:
    chosen = told([1.0, 0.9, 0.5], least_history=4)
    assert (chosen.least_history, chosen.chosen_from_data) == (4, False)
    assert chosen.sentence == "The school chose: A student needs at least 4 earlier results for a score."
    assert [step.rows for step in chosen.steps[:3]] == [100, 100, 100]
    assert told([1.0], least_history=0).sentence == f"The school chose: {EVERYBODY}"


def test_samples_without_a_result_or_a_range_are_left_out() -> None:
    actual = np.append(np.linspace(20, 90, 80), [np.nan, 50.0])
    low, high = np.append(np.full(81, 40.0), np.nan), np.append(np.full(81, 60.0), np.nan)
    chosen = sufficiency(actual, RangeSet(low, high, low, high), np.zeros(82))
    assert chosen.steps[0].rows == 80
    assert chosen.steps[0].width_80 == pytest.approx(20.0)


def test_what_is_known_of_nobody_is_as_wide_as_eight_of_ten_results() -> None:
    assert blind_width(np.arange(101.0)) == pytest.approx(80, abs=3)
    assert blind_width(np.array([0.0, 100.0] * 50)) == 100  # no wider than the scale
    assert (blind_width(np.array([50.0])), blind_width(np.empty(0))) == (0.0, 0.0)


def test_nothing_to_choose_from_gives_everybody_a_score_and_no_warning() -> None:
    none = np.empty(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen = sufficiency(none, RangeSet(none, none, none, none), none)
    assert chosen.least_history == 0
    assert {step.rows for step in chosen.steps} == {0}


def test_where_all_results_are_the_same_everybody_gets_a_score() -> None:
    flat = np.full(80, 70.0)
    chosen = sufficiency(flat, RangeSet(flat, flat, flat, flat), np.repeat([0, 1], 40))
    assert (chosen.least_history, chosen.sentence) == (0, EVERYBODY)


def test_an_unknown_amount_of_history_is_none() -> None:
    assert too_little([0, 2, 3, np.nan], needing(3)).tolist() == [True, True, False, True]
    assert too_little([0, np.nan], needing(0)).tolist() == [False, False]


@pytest.mark.parametrize(
    ("history", "least", "sentence", "change"),
    [
        (0, 1, "No earlier result is known; a score needs at least 1.", "One more result in any subject."),
        (0, 3, "No earlier result is known; a score needs at least 3.", "3 more results in any subject."),
        (1, 3, "Only one earlier result is known; a score needs at least 3.", "2 more results in any subject."),
        (2, 3, "Only 2 earlier results are known; a score needs at least 3.", "One more result in any subject."),
    ],
)
def test_who_gets_no_score_is_told_why_and_what_would_change_it(
    history: int, least: int, sentence: str, change: str
) -> None:
    why = cause(history, needing(least))
    assert (why.code, why.sentence, why.change) == ("too_little_history", sentence, change)
