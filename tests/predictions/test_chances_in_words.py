"""A chance in words: as a parent reads it, and never more certain than it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from predictions.outlooks.chances import in_words, percent_told
from predictions.outlooks.contract import end_told

IN_ORDER = ("very unlikely", "under 1 in 10", *(f"about {tenths} in 10" for tenths in range(1, 10)), "over 9 in 10", "almost certain")  # fmt: skip


@pytest.mark.parametrize(
    ("chance", "words", "percent"),
    [
        (0.0, "very unlikely", "under 1 %"),
        (0.04, "under 1 in 10", "4\N{NO-BREAK SPACE}%"),
        (0.05, "about 1 in 10", "5\N{NO-BREAK SPACE}%"),
        (0.31, "about 3 in 10", "31\N{NO-BREAK SPACE}%"),
        (0.949, "about 9 in 10", "95\N{NO-BREAK SPACE}%"),
        (0.96, "over 9 in 10", "96\N{NO-BREAK SPACE}%"),
        (1.0, "almost certain", "over 99 %"),
    ],
)
def test_a_chance_is_said_as_a_parent_reads_it(chance: float, words: str, percent: str) -> None:
    assert (in_words(chance), percent_told(chance)) == (words, percent)


def test_what_is_not_known_is_not_said() -> None:
    assert (in_words(None), percent_told(None)) == ("", "")


@given(st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_larger_chance_never_sounds_smaller(pair: tuple[float, float]) -> None:
    low, high = sorted(pair)
    assert IN_ORDER.index(in_words(low)) <= IN_ORDER.index(in_words(high))


@pytest.mark.parametrize(
    ("end", "told"), [(49.99, "49"), (49.4, "49"), (50.0, "50"), (50.4, "50"), (0.0, "0"), (None, "–")]
)
def test_a_range_that_begins_under_the_pass_mark_is_not_told_from_it_on(end: float | None, told: str) -> None:
    assert end_told(end, 50.0) == told


def test_the_upper_end_of_a_range_is_told_in_whole_per_cent() -> None:
    assert end_told(49.6) == "50"
