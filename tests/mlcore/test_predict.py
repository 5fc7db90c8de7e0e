"""The same student gets the same score by every way in, and an answer without a score says why."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from mlcore.bundle import Bundle, dumps, loads
from mlcore.errors import MLError
from mlcore.features.base import FeatureKind
from mlcore.features.matrix import build_columns
from mlcore.predict import Predictions, predict, predict_matrix, predict_typed
from mlcore.report import Sufficiency
from mlcore.samples import Samples, samples_ahead
from mlcore.tables import SchoolTables
from mlcore.tallies import tallies_of
from mlcore.typed import BadValues
from tests.mlcore.trained import TODAY, outcome, school

pytestmark = pytest.mark.xdist_group("trained")

KEY = b"a key of the tests"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return outcome().bundle


@pytest.fixture(scope="module")
def ahead() -> Samples:
    samples = samples_ahead(school(), TODAY)
    return samples.take(np.arange(0, len(samples), max(1, len(samples) // 60)))


@pytest.fixture(scope="module")
def known() -> SchoolTables:
    return school().until(TODAY)


@pytest.fixture(scope="module")
def told(bundle: Bundle, known: SchoolTables, ahead: Samples) -> Predictions:
    return predict(bundle, known, ahead)


def of_student(tables: SchoolTables, student: object) -> SchoolTables:
    """One student's rows, with the tallies of the whole school: what a chunk of one holds."""
    rows = {
        name: frame[frame["student"] == student].reset_index(drop=True)
        for name in tables.__dataclass_fields__
        if "student" in (frame := getattr(tables, name))
    }
    return replace(tables, **rows, tallies=tallies_of(tables))


def test_one_by_one_in_bulk_and_from_a_file_the_scores_are_the_same(
    bundle: Bundle, known: SchoolTables, ahead: Samples, told: Predictions
) -> None:
    saved = predict(loads(dumps(bundle, KEY), KEY), known, ahead)
    np.testing.assert_array_equal(saved.scores, told.scores)
    np.testing.assert_array_equal(saved.chances, told.chances)
    for row in range(0, len(ahead), 7):
        one = ahead.take(np.array([row]))
        alone = predict(bundle, of_student(known, one.rows["student"].iloc[0]), one)
        assert alone.scores[0] == pytest.approx(told.scores[row], abs=1e-6, nan_ok=True)
        assert alone.ranges.low_80[0] == pytest.approx(told.ranges.low_80[row], abs=1e-6, nan_ok=True)
        assert alone.causes[0] == told.causes[row]


def test_typed_values_give_the_score_that_the_tables_give(
    bundle: Bundle, known: SchoolTables, ahead: Samples, told: Predictions
) -> None:
    columns = {column.feature.name: column.values for column in build_columns(known, ahead)}
    for row in np.flatnonzero(np.isfinite(told.scores))[::9]:
        values = {
            feature.name: None if pd.isna(raw := columns[feature.name][row]) else raw
            for feature in bundle.schema.features
        }
        assert predict_typed(bundle, values).scores[0] == pytest.approx(told.scores[row], abs=1e-6)


def test_reasons_add_up_to_the_score(told: Predictions) -> None:
    assert told.reasons is not None
    np.testing.assert_allclose(told.base + told.reasons.sum(axis=1), told.scores, atol=0.05)


def test_ranges_hold_the_score_and_chances_fall_with_the_boundary(told: Predictions) -> None:
    kept = np.isfinite(told.scores)
    assert kept.any()
    ranges = told.ranges.take(kept)
    assert (ranges.low_95 <= ranges.low_80).all()
    assert (ranges.low_80 <= told.scores[kept]).all()
    assert (told.scores[kept] <= ranges.high_80).all()
    assert (ranges.high_80 <= ranges.high_95).all()
    assert ranges.low_95.min() >= 0
    assert ranges.high_95.max() <= 100
    assert (np.diff(told.chances[kept], axis=1) <= 1e-12).all()


@pytest.mark.parametrize("bound", [float("nan"), -1.0, 100.5])
def test_a_boundary_beyond_the_scale_is_refused(bundle: Bundle, told: Predictions, bound: float) -> None:
    with pytest.raises(MLError, match="boundaries: expected percentages from 0 to 100"):
        predict_matrix(bundle, told.matrix, boundaries=[50.0, bound])


def test_other_boundaries_may_be_asked_for(bundle: Bundle, told: Predictions) -> None:
    asked = predict_matrix(bundle, told.matrix, boundaries=[33.0, 66.0])
    assert asked.chances.shape == (len(told), 2)


def test_without_reasons_the_scores_are_the_same(bundle: Bundle, told: Predictions) -> None:
    bare = predict_matrix(bundle, told.matrix, told.causes, with_reasons=False)
    assert bare.reasons is None
    np.testing.assert_array_equal(bare.scores, told.scores)


def asked(tables: SchoolTables, as_of: date, **change: object) -> Samples:
    """The first sample ahead, changed."""
    samples = samples_ahead(tables, TODAY).take(np.array([0]))
    return Samples(samples.rows.assign(as_of=np.datetime64(as_of, "s"), **change), samples.target, samples.known_on)


def cause_of(bundle: Bundle, tables: SchoolTables, samples: Samples) -> str:
    told = predict(bundle, tables, samples)
    assert np.isnan(told.scores).all()
    assert np.isnan(told.chances).all()
    assert told.causes[0] is not None
    assert told.causes[0].change
    return told.causes[0].sentence


def test_who_left_gets_no_score(bundle: Bundle, known: SchoolTables) -> None:
    gone = known.students.assign(ends=pd.Timestamp(TODAY - timedelta(days=1)))
    sentence = cause_of(bundle, replace(known, students=gone), asked(known, TODAY))
    assert sentence == "The student is not on the roll on the cut-off day."


def test_an_exam_that_was_sat_gets_no_score(bundle: Bundle, known: SchoolTables) -> None:
    past = known.exams[known.exams["day"] <= pd.Timestamp(TODAY)]["exam"].iloc[-1]
    assert cause_of(bundle, known, asked(known, TODAY, exam=past)) == "The exam does not lie ahead of the cut-off day."


def test_an_exam_far_ahead_gets_no_score(bundle: Bundle, known: SchoolTables) -> None:
    days = known.exams["day"]
    later = known.exams.assign(day=days.where(days <= pd.Timestamp(TODAY), days + pd.Timedelta(days=200)))
    sentence = cause_of(bundle, replace(known, exams=later), asked(replace(known, exams=later), TODAY))
    assert sentence.endswith("the model has learned to look 42 days ahead.")


def test_a_subject_never_met_gets_no_score(bundle: Bundle, known: SchoolTables) -> None:
    new = known.exams.assign(
        subject=known.exams["subject"].astype(str).where(known.exams["day"] <= pd.Timestamp(TODAY), "LATIN")
    )
    sentence = cause_of(bundle, replace(known, exams=new), asked(known, TODAY))
    assert sentence == "The model has not learned from any exam in LATIN."


def test_too_little_history_gets_no_score_but_what_would_change_it(bundle: Bundle, known: SchoolTables) -> None:
    strict = replace(bundle, sufficiency=Sufficiency(10_000, False, "", ()))
    assert "a score needs at least 10000" in cause_of(strict, known, asked(known, TODAY))


@pytest.mark.parametrize("value", [-1.0, 999.0, float("nan"), float("inf"), "many", True])
def test_nonsense_is_refused_by_name(bundle: Bundle, value: object) -> None:
    with pytest.raises(BadValues) as caught:
        predict_typed(bundle, {"shrunken_mean": value})  # type: ignore[dict-item]  # nonsense on purpose
    assert "expected a number from 0 to 100" in caught.value.faults["shrunken_mean"]


def test_an_unknown_name_and_a_number_for_a_word_are_told_together(bundle: Bundle) -> None:
    word = next(each.name for each in bundle.schema.features if each.kind is FeatureKind.CATEGORY)
    with pytest.raises(BadValues) as caught:
        predict_typed(bundle, {"shoe_size": 43.0, word: 3.0})
    assert set(caught.value.faults) == {"shoe_size", word}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"shrunken_mean": 60.0, "subject": "LATIN"}, "subject_not_learned"),
        ({"shrunken_mean": 60.0, "kind": "oral"}, "kind_not_learned"),
        ({"shrunken_mean": 60.0, "lead": 300.0}, "too_far_ahead"),
        ({"shrunken_mean": 60.0, "lead": 0.0}, "exam_passed"),
        ({"shrunken_mean": 60.0, "all_count": 2.0}, "too_little_history"),
        ({"attendance_rate": 90.0}, "too_little_history"),
    ],
)
def test_what_is_typed_beyond_what_was_learned_gets_no_score_either(
    bundle: Bundle, typed: dict[str, float | str], code: str
) -> None:
    strict = replace(bundle, sufficiency=Sufficiency(3, False, "", ()))
    told = predict_typed(strict, typed)
    assert np.isnan(told.scores[0])
    assert told.causes[0] is not None
    assert told.causes[0].code == code


@pytest.mark.parametrize("typed", [{"shrunken_mean": 60.0}, {"all_mean": 60.0, "all_count": 9.0, "kind": "test"}])
def test_what_is_typed_within_what_was_learned_gets_one(bundle: Bundle, typed: dict[str, float | str]) -> None:
    strict = replace(bundle, sufficiency=Sufficiency(3, False, "", ()))
    assert np.isfinite(predict_typed(strict, typed).scores[0])


def test_a_word_never_met_is_marked_and_told(bundle: Bundle) -> None:
    word = next(
        each.name
        for each in bundle.schema.features
        if each.kind is FeatureKind.CATEGORY and each.name not in ("subject", "kind")
    )
    told = predict_typed(bundle, {"shrunken_mean": 60.0, word: "never met"})
    assert len(told.unknown_words(0)) == 1
    assert np.isfinite(told.scores[0])


def test_a_kind_of_exam_never_met_gets_no_score(bundle: Bundle, known: SchoolTables) -> None:
    new = known.exams.assign(
        kind=known.exams["kind"].astype(str).where(known.exams["day"] <= pd.Timestamp(TODAY), "oral")
    )
    sentence = cause_of(bundle, replace(known, exams=new), asked(known, TODAY))
    assert sentence == "The model has not learned from any exam of the kind oral."


def test_where_no_roll_is_kept_everybody_is_asked_for_and_gets_a_score(bundle: Bundle, known: SchoolTables) -> None:
    rolls = replace(known, students=known.students.iloc[:0])
    ahead = samples_ahead(rolls, TODAY)
    assert len(ahead)
    assert np.isfinite(predict(bundle, rolls, ahead, with_reasons=False).scores).any()
