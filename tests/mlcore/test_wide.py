"""A school with one spreadsheet: a row per student, attributes, perhaps earlier exams, and one exam to predict."""

from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.errors import MLError, SchemaMismatch
from mlcore.wide import WideSpec, from_wide, in_points

SHEET = pd.DataFrame(
    {
        "hours": ["3", "5.5", None],
        "club": ["yes", "no", "yes"],
        "job": ["teacher", "none", "at home"],
        "first": [10, 12, 20],
        "last": [11, None, 19],
    }
)
WIDE = WideSpec(target="last", earlier=("first",), scales={"first": (0, 20), "last": (0, 20)}, protected=("job",))


def test_scores_become_percentages_and_back() -> None:
    results = from_wide(SHEET, WIDE).results
    first = results[results["exam"] == "first"]
    assert list(first["score"]) == [50.0, 60.0, 100.0]
    assert list(in_points(first["score"].to_numpy(), WIDE)) == [10.0, 12.0, 20.0]


def test_who_has_no_score_in_the_target_is_to_be_predicted() -> None:
    results = from_wide(SHEET, WIDE).results
    assert list(results[results["exam"] == "last"]["student"]) == [0, 2]


def test_attributes_are_told_apart_by_what_they_hold() -> None:
    seen = from_wide(SHEET, WIDE).observations.set_index(["indicator", "student"])
    assert seen.loc[("hours", 1), "value"] == 5.5
    assert seen.loc[("club", 1), "kind"] == "yes_no"
    assert seen.loc[("job", 2), "category"] == "at home"
    assert ("hours", 2) not in seen.index


def test_a_protected_attribute_stays_marked() -> None:
    seen = from_wide(SHEET, WIDE).observations
    assert set(seen[seen["protected"]]["indicator"]) == {"job"}


def test_earlier_exams_lie_before_the_target_and_are_no_target() -> None:
    exams = from_wide(SHEET, WIDE).exams.set_index("exam")
    assert exams.loc["first", "day"] < exams.loc["last", "day"]
    assert list(exams["is_target"]) == [False, True]
    assert WIDE.training().kinds == ("final",)


def test_a_sheet_with_attributes_only_is_a_school() -> None:
    tables = from_wide(SHEET.drop(columns="first"), WideSpec(target="last"))
    assert list(tables.exams["exam"]) == ["last"]


@pytest.mark.parametrize(
    ("change", "wide", "sentence"),
    [
        ({}, WideSpec(target="G3"), "G3: there is no such column; there are hours, club, job, first, last."),
        ({"last": [11, 999, 19]}, WIDE, "last: expected a score from 0 to 20, but row 2 holds 999."),
        ({"last": [11, -1, 19]}, WIDE, "last: expected a score from 0 to 20, but row 2 holds -1."),
        ({"last": ["11", "ill", "19"]}, WIDE, "last: expected a score from 0 to 20, but row 2 holds ill."),
        (
            {},
            WideSpec(target="last", scales={"last": (5, 5)}),
            "last: expected a scale that rises, but it goes from 5 to 5.",
        ),
    ],
)
def test_a_bad_sheet_is_told_by_column_and_row(change: dict[str, list[object]], wide: WideSpec, sentence: str) -> None:
    with pytest.raises(SchemaMismatch) as caught:
        from_wide(SHEET.assign(**change), wide)
    assert sentence in caught.value.faults


@settings(deadline=None, max_examples=60)
@given(
    cells=st.lists(
        st.one_of(st.none(), st.floats(), st.text(max_size=5), st.integers(), st.booleans()), min_size=3, max_size=3
    ),
    column=st.sampled_from(["hours", "club", "job", "first", "last"]),
)
def test_whatever_stands_in_a_cell_it_is_read_or_told(cells: list[object], column: str) -> None:
    sheet = SHEET.assign(**{column: pd.Series(cells, dtype=object)})
    with suppress(MLError):
        assert np.isfinite(from_wide(sheet, WIDE).results["score"]).all()
