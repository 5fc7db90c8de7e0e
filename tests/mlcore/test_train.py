"""A training run learns from the past, is judged on what it never saw, and says the same when it is run again."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from mlcore.bundle import checksum, dumps
from mlcore.errors import MLError, NotEnoughData
from mlcore.lesson import lay_out
from mlcore.spec import Effort, TrainSpec
from mlcore.train import train
from mlcore.wide import WideSpec, from_wide
from tests.mlcore.trained import SPEC, TODAY, outcome, school

pytestmark = pytest.mark.xdist_group("trained")


def test_the_report_is_about_exams_after_all_it_learned_from() -> None:
    data = outcome().report.data
    assert data.split == "time"
    assert data.first_exam < data.cut < data.last_exam <= TODAY.isoformat()
    assert 0 < outcome().report.errors.rows <= data.holdout_rows


def test_every_model_stands_beside_the_simplest_guess() -> None:
    report = outcome().report
    assert {tried.name for tried in report.candidates if tried.is_baseline} == {
        "everybody", "class_mean", "last_comparable", "shrunken_mean",
    }  # fmt: skip
    assert report.baseline_errors.rmse.value is not None
    assert report.errors.rmse.value is not None
    assert report.errors.rmse.value < report.baseline_errors.rmse.value * 1.03


def test_the_error_is_told_by_subject_lead_grade_and_group() -> None:
    told = {part.by for part in outcome().report.slices}
    assert {"subject", "grade_level", "lead", "kind"} <= told
    assert "history" not in told, (
        "all but one student had eleven results or more, and the whole less these would be that one"
    )
    assert {row.column for row in outcome().report.fairness.rows} >= {"gender", "home_language"}


def test_the_same_tables_spec_and_seed_give_the_same_bytes() -> None:
    again = train(school(), SPEC, seed=3)
    assert checksum(dumps(again.bundle, b"key")) == checksum(dumps(outcome().bundle, b"key"))


def test_protected_facts_are_left_out_unless_the_school_turns_them_on() -> None:
    assert not [feature.name for feature in outcome().bundle.schema.features if feature.protected]
    assert outcome().report.fairness.rmse_with_protected is not None
    turned_on = train(school(), replace(SPEC, protected=("gender",), most_samples=1_500), seed=3)
    assert [feature.name for feature in turned_on.bundle.schema.features if feature.protected] == ["gender"]
    assert turned_on.report.fairness.rmse_without_protected is not None


def test_progress_is_told_and_never_goes_back() -> None:
    told: list[tuple[int, int, str]] = []
    train(school(), replace(SPEC, most_samples=1_000), on_progress=lambda *step: told.append(step))
    done = [step[0] for step in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]
    assert all(step[2].endswith(".") for step in told)


def test_a_run_that_is_stopped_keeps_the_best_so_far() -> None:
    made = train(school(), replace(SPEC, most_samples=1_000), stop=lambda: True)
    assert made.report.champion in {"everybody", "class_mean", "last_comparable", "shrunken_mean"}
    assert not made.report.verdict.fit_to_serve


def test_a_school_without_a_past_is_told_what_is_missing() -> None:
    with pytest.raises(NotEnoughData, match="at least 100 of 40 students are needed"):
        train(school(), replace(SPEC, as_of=date(2024, 9, 10)))


def test_a_fact_that_is_not_there_cannot_be_turned_on() -> None:
    with pytest.raises(MLError, match=r"protected: expected one of .*gender.*, but it says shoe_size"):
        train(school(), replace(SPEC, protected=("shoe_size",)))
    with pytest.raises(MLError, match=r"fixed: expected one of .*previous_gpa.*, but it says shoe_size"):
        train(school(), replace(SPEC, fixed=("shoe_size",)))


def test_protected_columns_of_one_wide_table_are_groups_too() -> None:
    wide = WideSpec(target="last", earlier=("first",), protected=("club",))
    report = train(from_wide(sheet(), wide), wide.training(threads=1)).report
    assert {row.name for row in report.fairness.rows if row.column == "club"} == {"chess", "choir", "none"}
    assert report.fairness.rmse_with_protected is not None
    assert "club" not in {name.lower() for name, _ in report.importance}


def test_of_what_nobody_can_change_no_what_if_is_asked() -> None:
    free, fixed = (lay_out(school(), replace(SPEC, fixed=names), 3).matrix.schema for names in ((), ("previous_gpa",)))
    place = free.places["latest_previous_gpa"]
    assert free.features[place].changeable
    assert not fixed.features[place].changeable


def test_an_effort_may_be_a_word_but_not_any_word() -> None:
    assert TrainSpec(as_of=TODAY, effort="standard").effort is Effort.STANDARD
    with pytest.raises(MLError, match="effort: expected one of quick, standard, thorough"):
        TrainSpec(as_of=TODAY, effort="hard")


def test_bad_choices_are_told() -> None:
    with pytest.raises(MLError, match="leads: expected at least one number of days"):
        TrainSpec(as_of=TODAY, leads=())
    with pytest.raises(MLError, match="boundaries: expected percentages"):
        TrainSpec(as_of=TODAY, boundaries=(50.0, 40.0))


def sheet(rows: int = 500) -> pd.DataFrame:
    """Hours and a club that go along with the last exam, and a first exam that tells most of it."""
    rng = np.random.default_rng(0)
    hours, club = rng.normal(5, 2, rows).clip(0), rng.integers(0, 3, rows)
    first = (50 + 4 * hours + 5 * club + rng.normal(0, 10, rows)).clip(0, 100)
    last = (0.7 * first + 1.5 * hours + 12 + rng.normal(0, 6, rows)).clip(0, 100)
    return pd.DataFrame(
        {"hours": hours, "club": np.array(["none", "chess", "choir"])[club], "first": first, "last": last}
    )


def test_one_wide_table_with_an_earlier_exam_trains_well() -> None:
    wide = WideSpec(target="last", earlier=("first",))
    report = train(from_wide(sheet(), wide), wide.training(threads=1)).report
    assert report.data.split == "student"
    assert report.verdict.fit_to_serve, report.verdict
    assert report.errors.rmse.value is not None
    assert report.errors.rmse.value < 7.5


def test_one_wide_table_with_attributes_only_gives_wide_ranges_to_everybody() -> None:
    wide = WideSpec(target="last")
    report = train(from_wide(sheet().drop(columns="first"), wide), wide.training(threads=1)).report
    assert report.sufficiency.least_history == 0
    assert report.baseline == "everybody"
    assert report.coverage.hit_80.value == pytest.approx(0.8, abs=0.1)


def test_every_candidate_that_was_tried_on_all_parts_has_an_interval() -> None:
    tried = outcome().report.candidates
    for one in tried:
        if one.dropped:
            assert one.spread is None
        else:
            assert one.spread is not None
            assert one.spread.value == pytest.approx(one.rmse)
            assert one.spread.low < one.rmse < one.spread.high
