"""What is needed in an exam: exact arithmetic, whatever the marks, and chances that agree with what was stored."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from predictions.models import Prediction
from predictions.outlooks.contract import Grade, Scale
from predictions.outlooks.student_needed import chances_of, least_for, needed
from predictions.packing import unpacked
from students.models import Exam, Result
from tests.cast import Cast
from tests.predictions.scored import BOUNDS
from tests.predictions.test_artifacts import path_of
from tests.predictions.test_changes import BEFORE, said
from tests.trained import make_version

SCALE = Scale(
    50,
    (Grade("E", None, False), Grade("D", 40, False), Grade("C", 50, True), Grade("B", 60, True), Grade("A", 75, True)),
)
PERCENT = st.decimals(0, 100, places=2).map(Fraction)
WEIGHT = st.decimals("0.001", 20, places=3).map(Fraction)


def mean(pairs: list[tuple[Fraction, Fraction]]) -> Fraction:
    return sum((percent * weight for percent, weight in pairs), Fraction(0)) / sum((w for _p, w in pairs), Fraction(0))


@given(st.lists(st.tuples(PERCENT, WEIGHT), min_size=1, max_size=12), WEIGHT, PERCENT)
def test_what_is_needed_gives_the_boundary_to_the_last_digit(
    results: list[tuple[Fraction, Fraction]], weight: Fraction, boundary: Fraction
) -> None:
    percent = least_for(boundary, results, weight)
    assert mean([*results, (percent, weight)]) == boundary


@given(st.lists(st.tuples(PERCENT, WEIGHT), min_size=1, max_size=12), WEIGHT, PERCENT)
def test_the_told_percent_suffices_and_one_less_does_not(
    results: list[tuple[Fraction, Fraction]], weight: Fraction, boundary: Fraction
) -> None:
    told = ceil(least_for(boundary, results, weight))
    assert mean([*results, (Fraction(told), weight)]) >= boundary
    assert mean([*results, (Fraction(told - 1), weight)]) < boundary


def marked(percents: list[float], weight: str = "1") -> list[Result]:
    return [
        Result(
            exam=Exam(pk=1000 + place, maximum=100, weight=Decimal(weight)),
            exam_id=1000 + place,
            score=Decimal(str(each)),
        )
        for place, each in enumerate(percents)
    ]


def test_a_grade_may_be_certain_open_or_out_of_reach() -> None:
    exam = Exam(pk=1, maximum=Decimal(80), weight=Decimal(1))
    told = {need.grade.name: need for need in needed(exam, None, SCALE, marked([50, 50])).year}
    assert told["A"].is_out_of_reach
    assert told["A"].told == ""
    assert (told["B"].told, told["B"].points) == ("80", "64 of 80 points")
    assert told["C"].told == "50"
    assert told["D"].told == "20"
    assert told["D"].chance is None
    assert all(
        need.is_certain for need in needed(exam, None, Scale(50, (Grade("D", 10, False),)), marked([50, 50])).year
    )


def test_an_exam_that_counts_for_nothing_decides_no_year() -> None:
    assert needed(Exam(pk=1, maximum=100, weight=0), None, SCALE, marked([50])).year == ()
    assert needed(Exam(pk=1, maximum=100, weight=2), None, SCALE, []).year == ()


def test_the_exam_itself_is_not_counted_twice() -> None:
    exam = Exam(pk=1000, maximum=100, weight=1)
    told = needed(exam, None, SCALE, marked([10, 60]))
    assert (told.counted, told.average) == (1, 60.0)


@pytest.fixture
def prediction(school: Cast) -> Prediction:
    return said(school, make_version(school.lakeside), 0, BEFORE)


@pytest.mark.django_db
def test_chances_never_rise_and_agree_with_those_that_were_stored(prediction: Prediction) -> None:
    percents = sorted({*BOUNDS, *(each / 4 for each in range(1, 400, 7))})
    told = chances_of(prediction, percents)
    chances = [told[each] for each in percents]
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= each <= 1 for each in chances)
    stored = dict(zip(BOUNDS, unpacked(prediction.chances).tolist(), strict=True))
    assert {bound: told[bound] for bound in BOUNDS} == pytest.approx(stored, abs=1e-6)


@pytest.mark.django_db
def test_without_its_model_chances_are_read_between_the_known_ones(prediction: Prediction) -> None:
    version: Any = prediction.run.version
    path_of(version).unlink()
    from predictions import artifacts

    artifacts.forget_opened()
    told = chances_of(prediction, [30.0, 55.0, 60.0, 90.0])
    stored = dict(zip(BOUNDS, unpacked(prediction.chances).tolist(), strict=True))
    assert told[60.0] == pytest.approx(stored[60.0], abs=1e-6)
    assert stored[60.0] <= told[55.0] <= stored[50.0]
    assert list(told.values()) == sorted(told.values(), reverse=True)


@pytest.mark.django_db
def test_nothing_is_said_of_what_cannot_be_reached_or_missed(prediction: Prediction) -> None:
    assert chances_of(prediction, [-3.0, 0.0, 104.0]) == {}
    assert chances_of(None, [50.0]) == {}
