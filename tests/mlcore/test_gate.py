"""A model may serve if every check holds; each says so in a sentence with its figures, and bad luck is no fault."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlcore import metrics
from mlcore.gate import Facts, verdict
from mlcore.ranges.sets import RangeSet
from mlcore.report import Check, Coverage, Errors, Figure, Slice
from mlcore.spec import Floors

NONE = Figure(None)
ALWAYS = [
    "enough_results", "beats_baseline", "ranges_hold_80", "ranges_hold_95",
    "ranges_hold_80_everywhere", "ranges_hold_95_everywhere", "no_bias",
]  # fmt: skip
FLAWS: dict[str, Callable[[], Facts]] = {
    "enough_results": lambda: facts(errors=errors(rows=49, students=31)),
    "beats_baseline": lambda: facts(gain=Figure(-0.1, -0.2, -0.01)),
    "ranges_hold_80": lambda: facts(coverage=coverage(hit_80=Figure(0.70, 0.65, 0.75))),
    "ranges_hold_95": lambda: facts(coverage=coverage(hit_95=Figure(0.85, 0.80, 0.90))),
    "ranges_hold_80_everywhere": lambda: facts(slices=(part(hit_80=Figure(0.60, 0.50, 0.70)),)),
    "ranges_hold_95_everywhere": lambda: facts(slices=(part(hit_95=Figure(0.80, 0.75, 0.89)),)),
    "no_bias": lambda: facts(errors=errors(bias=Figure(3.4, 2.5, 4.3))),
    "r2_floor": lambda: facts(floors=Floors(r2=0.7)),
    "mae_floor": lambda: facts(floors=Floors(mae=4.0)),
}


def errors(rows: int = 400, students: int = 80, **other: Figure) -> Errors:
    usual = {"mae": Figure(5.0, 4.5, 5.5), "rmse": Figure(7.0, 6.5, 7.5), "r2": Figure(0.6, 0.5, 0.7)}
    usual |= {"within_5": NONE, "bias": Figure(0.4, -0.5, 1.3)}
    return Errors(rows, students, **(usual | other))


def coverage(rows: int = 400, **hits: Figure) -> Coverage:
    usual = {"hit_80": Figure(0.81, 0.77, 0.85), "hit_95": Figure(0.94, 0.91, 0.96)}
    return Coverage(rows, width_80=18.0, width_95=29.0, **(usual | hits))


def part(by: str = "subject", name: str = "MATH", rows: int = 200, **hits: Figure) -> Slice:
    return Slice(by, name, errors(), coverage(rows, **hits))


def facts(**change: Any) -> Facts:
    """A model that is fit to serve, but for what is changed."""
    good = Facts(
        errors(), errors(rmse=Figure(8.0, 7.5, 8.5)), "the last mark", Figure(0.125, 0.06, 0.19), coverage(), (part(),)
    )
    return replace(good, **change)


def check(name: str, **change: Any) -> Check:
    return next(each for each in verdict(facts(**change)).checks if each.name == name)


def test_a_good_model_passes_every_check_and_each_is_a_sentence() -> None:
    told = verdict(facts())
    assert told.fit_to_serve
    assert [each.name for each in told.checks] == ALWAYS
    for each in told.checks:
        assert each.passed
        assert each.sentence[0].isupper()
        assert each.sentence.endswith(".")


@pytest.mark.parametrize("name", FLAWS)
def test_one_flaw_fails_its_own_check_alone_and_the_model_with_it(name: str) -> None:
    told = verdict(FLAWS[name]())
    assert [each.name for each in told.checks if not each.passed] == [name]
    assert not told.fit_to_serve


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "enough_results",
            "It was judged on 49 scores for 31 students, whose results it had not seen; at least 50 are needed.",
        ),
        ("beats_baseline", "It is no better than the best simple guess (the last mark), 7.0 points against 8.0."),
        (
            "ranges_hold_80",
            "Of 100 results 70 lay in the range that promises 80: it falls short by more than 4, and not by luck.",
        ),
        (
            "ranges_hold_95",
            "Of 100 results 85 lay in the range that promises 95: it falls short by more than 4, and not by luck.",
        ),
        (
            "ranges_hold_80_everywhere",
            "The range that promises 80 of 100 does not hold everywhere: 60 in MATH.",
        ),
        ("no_bias", "On the whole scores were 3.4 points too high, more than 2, and not by luck."),
        ("r2_floor", "It explains 60.0 % of the differences between results (R²); the school asks for 70.0 %."),
        ("mae_floor", "Scores lay 5.00 points from results on average; the school asks for at most 4.00."),
    ],
)
def test_a_check_that_fails_says_why_with_its_figures(name: str, sentence: str) -> None:
    told = {each.name: each.sentence for each in verdict(FLAWS[name]()).checks}
    assert told[name] == sentence


def test_a_check_keeps_its_figure_and_what_was_wanted() -> None:
    kept = {each.name: (each.figure, each.wanted) for each in verdict(facts(floors=Floors(0.5, 6.0))).checks}
    assert kept["enough_results"] == (400, 50)
    assert kept["beats_baseline"] == (0.125, 0)
    assert kept["ranges_hold_80"] == (0.81, 0.8)
    assert kept["no_bias"] == (0.4, 2)
    assert (kept["r2_floor"], kept["mae_floor"]) == ((0.6, 0.5), (5.0, 6.0))


def test_a_gain_that_luck_could_explain_is_no_gain() -> None:
    unclear = check("beats_baseline", gain=Figure(0.05, -0.02, 0.12))
    assert not unclear.passed
    assert unclear.sentence == (
        "It is not clearly better than the best simple guess (the last mark), 7.0 points against 8.0: "
        "its error may be anything from 2 % larger to 12 % smaller."
    )
    assert "between 6 % and 19 % once luck is allowed for" in check("beats_baseline").sentence


@pytest.mark.parametrize("gain", [NONE, Figure(0.2)])
def test_a_gain_that_cannot_be_said_is_none(gain: Figure) -> None:
    assert not check("beats_baseline", gain=gain).passed


def test_ranges_that_miss_their_promise_by_luck_alone_pass() -> None:
    assert check("ranges_hold_80", coverage=coverage(hit_80=Figure(0.70, 0.62, 0.765))).passed
    assert not check("ranges_hold_80", coverage=coverage(hit_80=Figure(0.70, 0.65, 0.755))).passed


def test_ranges_that_are_far_too_wide_fail_but_twice_the_slack_is_forgiven() -> None:
    assert check("ranges_hold_80", coverage=coverage(hit_80=Figure(0.90, 0.87, 0.93))).passed
    wide = check("ranges_hold_80", coverage=coverage(hit_80=Figure(0.97, 0.95, 0.99)))
    assert not wide.passed
    assert wide.sentence.endswith(
        "97 lay in the range that promises 80: it is much wider than it need be, and not by luck."
    )


def test_a_school_may_ask_for_less_or_more_slack() -> None:
    short = coverage(hit_80=Figure(0.70, 0.65, 0.75))
    assert check("ranges_hold_80", coverage=short, floors=Floors(coverage_slack=0.06)).passed
    assert not check("ranges_hold_80", coverage=short, floors=Floors(coverage_slack=0.02)).passed


def test_ranges_must_hold_in_each_subject_and_for_each_amount_of_history() -> None:
    poor = Figure(0.60, 0.55, 0.65)
    slices = (part(name="ART"), part(hit_80=poor), part("history", "1", hit_80=poor), part("history", "2", hit_80=poor))
    told = check("ranges_hold_80_everywhere", slices=slices)
    assert told.sentence.endswith("everywhere: 60 in MATH; 60 with 1 earlier result; 60 with 2 earlier results.")
    assert told.figure == 0.60  # the worst


def test_a_part_that_misses_its_promise_by_luck_alone_passes() -> None:
    assert check("ranges_hold_80_everywhere", slices=(part(hit_80=Figure(0.70, 0.62, 0.76)),)).passed


def test_other_parts_are_told_but_not_judged() -> None:
    assert verdict(facts(slices=(part("grade_level", "8", hit_80=Figure(0.5, 0.4, 0.6)),))).fit_to_serve


def test_parts_of_fewer_than_200_results_are_not_judged() -> None:
    poor = Figure(0.50, 0.45, 0.55)
    small = check("ranges_hold_80_everywhere", slices=(part(rows=199, hit_80=poor),))
    assert small.passed
    assert small.sentence == "No part has 200 results yet, so ranges were judged as a whole only."
    assert not check("ranges_hold_80_everywhere", slices=(part(rows=200, hit_80=poor),)).passed


def test_how_many_parts_were_judged_is_told() -> None:
    one = check("ranges_hold_80_everywhere").sentence
    assert "holds in the one part (by subject and by earlier results) that could be judged." in one
    assert "each of the 2 parts" in check("ranges_hold_80_everywhere", slices=(part(), part("history", "0"))).sentence


@pytest.mark.parametrize(
    ("bias", "passed", "side"),
    [
        (Figure(3.4, 1.9, 4.9), True, "3.4 points too high."),
        (Figure(-3.4, -4.9, -2.1), False, "3.4 points too low, more than 2, and not by luck."),
        (Figure(-1.5, -1.9, -1.1), True, "1.5 points too low."),
    ],
)
def test_scores_that_are_too_high_or_low_on_the_whole_fail_beyond_two_points(
    bias: Figure, passed: bool, side: str
) -> None:
    told = check("no_bias", errors=errors(bias=bias))
    assert told.passed is passed
    assert told.sentence == f"On the whole scores were {side}"


def test_one_hard_exam_moves_all_its_students_and_is_luck_too() -> None:
    high = errors(bias=Figure(3.4, 2.5, 4.3))
    assert check("no_bias", errors=high, by_exam=errors(bias=Figure(3.4, 0.5, 6.3))).passed
    assert not check("no_bias", errors=high, by_exam=errors(bias=Figure(3.4, 2.2, 4.6))).passed


def test_one_exam_alone_cannot_tell_a_fault_from_luck() -> None:
    y, who = np.linspace(40, 90, 60), np.arange(60)
    high = y + 5 + np.tile([1.0, -1.0], 30)
    by_student, by_exam = metrics.errors(y, high, who), metrics.errors(y, high, np.zeros(60))
    assert not check("no_bias", errors=by_student).passed
    assert check("no_bias", errors=by_student, by_exam=by_exam).passed


def test_floors_are_asked_for_only_if_the_school_does() -> None:
    poor = errors(mae=Figure(30.0), r2=Figure(-0.2))
    assert verdict(facts(errors=poor)).fit_to_serve
    asked = verdict(facts(floors=Floors(r2=0.6, mae=5.0)))
    assert [each.name for each in asked.checks] == [*ALWAYS, "r2_floor", "mae_floor"]
    assert asked.fit_to_serve  # exactly what was asked for is enough


def test_what_cannot_be_said_is_not_passed() -> None:
    nothing = Errors(0, 0, NONE, NONE, NONE, NONE, NONE)
    told = verdict(Facts(nothing, nothing, "", NONE, Coverage(0, NONE, NONE, None, None), (), Floors(0.5, 6.0)))
    assert {each.name for each in told.checks if each.passed} == {f"ranges_hold_{of}_everywhere" for of in (80, 95)}
    unsaid = [each.sentence for each in told.checks if "cannot be said" in each.sentence]
    assert len(unsaid) == 6


def test_honest_ranges_of_small_schools_are_hardly_ever_refused() -> None:
    refused = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        who = np.repeat(np.arange(40), 10)
        y = rng.normal(60, 5, 40)[who] + rng.normal(0, 5, 400)
        low, high = (np.full((400, 2), 60.0) + side * np.sqrt(50) * np.array([1.2816, 1.96]) for side in (-1, 1))
        ranges = RangeSet(low[:, 0], high[:, 0], low[:, 1], high[:, 1])
        held = metrics.coverage(y, ranges, who, seed)
        refused += not all(check(f"ranges_hold_{promise}", coverage=held).passed for promise in (80, 95))
    assert refused <= 3
