"""Why a score changed: in points that add up, and in one sentence; for one student and for a class."""

from dataclasses import replace
from datetime import date, timedelta
from math import fsum
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from mlcore.bundle import Bundle
from mlcore.features.base import UNKNOWN, MatrixSchema
from predictions import artifacts, registry
from predictions.changes import Change, ChangeKind, Part, carried, change, changes, history
from predictions.changes_in_words import in_words
from predictions.models import ModelVersion, Prediction, ScoringKind
from students.models import School
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.predictions.test_artifacts import path_of
from tests.trained import make_run, make_version, trained_bundle

pytestmark = pytest.mark.django_db
BEFORE: dict[str, Any] = {
    "subject": "MATH", "kind": "final", "lead": 40.0, "shrunken_mean": 70.0, "subject_last": 72.0, "last_comparable": 72.0,
    "all_count": 9.0, "attendance_rate": 95.0, "latest_study_hours": 8.0,
}  # fmt: skip
AFTER = {**BEFORE, "shrunken_mean": 60.0, "subject_last": 48.0, "last_comparable": 48.0, "attendance_rate": 84.0}


def row_of(facts: dict[str, Any], schema: MatrixSchema | None = None) -> Any:
    columns = {name: np.array([value]) for name, value in facts.items()}
    return (schema or trained_bundle().schema).encode(columns, rows=1).values[0]


def said(school: Cast, version: ModelVersion, days_ago: int, facts: dict[str, Any] | None, **run: Any) -> Prediction:
    """What the version said of Sam so many days ago; without facts, nothing."""
    as_of = make.TODAY - timedelta(days=days_ago)
    made = make_scoring_run(version, [school.final], as_of=as_of, **run)
    told = {} if facts is not None else {"cause": "too_little_history", "sentence": "Too little is known."}
    schema = artifacts.opened(version).schema
    return make_prediction(made, school.sam, school.final, row_of(facts or {}, schema), **told)


def other_model(school: School) -> ModelVersion:
    """A version that reads the columns in another order, under other codes, and one of them not at all."""
    bundle = trained_bundle()
    features, words = list(bundle.schema.features), list(bundle.schema.words)
    place = bundle.schema.places["subject"]
    words[place] = tuple(reversed(words[place]))
    turned = MatrixSchema(tuple(features), tuple(words))
    return registered(school, replace(bundle, schema=turned, seed=77))


def registered(school: School, bundle: Bundle) -> ModelVersion:
    data = artifacts.written(bundle)
    run = make_run(school, seed=bundle.seed)
    return registry.register(run, sha256=artifacts.store(data), size=len(data), passed_gate=True, probe={})


def test_with_one_version_the_parts_are_those_of_its_reasons_and_add_up(school: Cast) -> None:
    version = make_version(school.lakeside)
    before, after = said(school, version, 7, BEFORE), said(school, version, 0, AFTER)
    told = change(before, after)
    assert before.score is not None
    assert after.score is not None
    assert told.points == after.score - before.score
    assert fsum(part.points for part in told.parts) == pytest.approx(told.points, abs=1e-12)
    assert {part.label for part in told.parts} >= {"Attendance", "Earlier results, this subject first"}
    kinds = told.by_kind()
    assert kinds[ChangeKind.MARKS] < kinds[ChangeKind.ATTENDANCE] < 0
    assert ChangeKind.MODEL not in kinds


def test_time_and_indicators_are_kinds_of_their_own(school: Cast) -> None:
    version = make_version(school.lakeside)
    first = said(school, version, 7, BEFORE)
    nearer = change(first, said(school, version, 0, {**BEFORE, "lead": 3.0}))
    assert set(nearer.by_kind()) <= {ChangeKind.TIME, ChangeKind.MARKS}  # trees split on both together
    assert ChangeKind.TIME in nearer.by_kind()
    busier = change(first, said(school, version, 0, {**BEFORE, "latest_study_hours": 1.0}))
    assert ChangeKind.INDICATORS in busier.by_kind()


def test_with_another_version_the_rest_is_the_new_model(school: Cast) -> None:
    old = make_version(school.lakeside)
    new = other_model(school.lakeside)
    before, after = said(school, old, 7, BEFORE), said(school, new, 0, AFTER)
    evidence = change(before, said(school, old, 1, AFTER))
    told = change(before, after)
    assert evidence.points is not None
    assert told.points is not None
    kinds = told.by_kind()
    assert kinds[ChangeKind.MODEL] == pytest.approx(told.points - evidence.points, abs=1e-5)
    assert kinds[ChangeKind.MARKS] == pytest.approx(evidence.by_kind()[ChangeKind.MARKS], abs=1e-5)
    assert fsum(part.points for part in told.parts) == pytest.approx(told.points, abs=1e-12)


def test_the_same_model_under_a_new_number_is_no_news(school: Cast) -> None:
    before = said(school, make_version(school.lakeside), 7, BEFORE)
    after = said(school, make_version(school.lakeside, seed=1), 0, BEFORE)
    told = change(before, after)
    assert told.points == 0
    assert sum(abs(part.points) for part in told.parts) < 1e-4


def test_columns_are_carried_over_by_name_and_words_by_word() -> None:
    old = trained_bundle().schema
    places = [place for place, feature in enumerate(old.features) if feature.name != "attendance_rate"][::-1]
    new = MatrixSchema(
        tuple(old.features[place] for place in places), tuple(tuple(reversed(old.words[place])) for place in places)
    )
    before, after = row_of(BEFORE)[None], row_of({**AFTER, "subject": "ENG", "kind": "never met"}, new)[None]
    told = carried(old, before, new, after)[0]
    assert told[old.places["subject"]] == old.codes[old.places["subject"]]["ENG"]
    assert told[old.places["kind"]] == UNKNOWN
    assert told[old.places["shrunken_mean"]] == 60.0
    assert told[old.places["attendance_rate"]] == 95.0  # not read any more: as it was
    assert np.isnan(told[old.places["late_share"]])


def test_where_the_old_model_is_lost_all_of_it_is_one_part(school: Cast) -> None:
    old, new = make_version(school.lakeside), make_version(school.lakeside, seed=1)
    before, after = said(school, old, 7, BEFORE), said(school, new, 0, AFTER)
    artifacts.forget_opened()
    path_of(old).unlink()
    told = change(before, after)
    assert [(part.kind, part.points) for part in told.parts] == [(ChangeKind.BOTH, told.points)]
    assert in_words(told).endswith("by new model and new records.")


def test_between_no_score_and_a_score_a_sentence_says_so(school: Cast) -> None:
    version = make_version(school.lakeside)
    none, some = said(school, version, 7, None), said(school, version, 0, AFTER)
    for before, after in ((none, some), (some, none), (None, some), (none, none)):
        told = change(before, after)
        assert (told.points, told.parts) == (None, ())
    assert in_words(change(none, some)).endswith("Before that: Too little is known.")
    assert in_words(change(some, none)).startswith("No score any more since")
    assert in_words(change(None, some)).startswith("Predicted for the first time on")
    assert in_words(change(none, none)) == "Too little is known."


def made_up(points: float, *parts: tuple[ChangeKind, float]) -> Change:
    runs = [type("Run", (), {"as_of": day}) for day in (date(2026, 11, 14), date(2026, 11, 21))]
    first, last = (type("Said", (), {"run": run, "score": 60.0, "sentence": ""}) for run in runs)
    return Change(first, last, points, tuple(Part(str(kind.label), kind, each) for kind, each in parts))  # type: ignore[arg-type]  # as much of a prediction as words need


@pytest.mark.parametrize(
    ("points", "parts", "sentence"),
    [
        (-3.1, [("marks", -2.4), ("attendance", -0.7)], "3.1 points lower since 14 November: 2.4 by new marks, 0.7 by attendance."),
        (1.02, [("marks", 2.02), ("time", -1.0)], "1.0 point higher since 14 November: 2.0 by new marks, 1.0 the other way by time and the exam."),
        (-1.0, [("model", -1.0)], "1.0 point lower since 14 November: 1.0 by the new model."),
        (0.01, [("marks", 1.21), ("attendance", -1.2)], "The same in sum since 14 November: 1.2 up by new marks, 1.2 down by attendance."),
        (0.0, [], "The same since 14 November."),
        (0.02, [("marks", 0.02)], "The same since 14 November."),
        # Rounded alone they would be 2.4 and 0.7, of 3.2.
        (3.18, [("marks", 2.44), ("attendance", 0.74)], "3.2 points higher since 14 November: 2.4 by new marks, 0.8 by attendance."),
    ],
)  # fmt: skip
def test_the_whole_in_one_sentence(points: float, parts: list[Any], sentence: str) -> None:
    assert in_words(made_up(points, *((ChangeKind(kind), each) for kind, each in parts))) == sentence


def test_the_history_of_an_exam_is_what_was_shown_in_order(school: Cast) -> None:
    version = make_version(school.lakeside)
    first, last = said(school, version, 7, BEFORE), said(school, version, 0, AFTER)
    said(school, version, 3, AFTER, kind=ScoringKind.SHADOW)
    between = said(school, version, 5, BEFORE)
    assert history(school.sam, school.final, user=school.ada) == [first, between, last]
    for person in (school.gus, school.wanda, school.nils):
        assert history(school.sam, school.final, user=person) == []


def test_a_class_is_told_at_once_and_the_model_opened_once_for_all(school: Cast) -> None:
    version = make_version(school.lakeside)
    pairs = [(said(school, version, 7, BEFORE), said(school, version, 0, AFTER))]
    first, last = pairs[0]
    for number in range(8):
        student = make.make_student(school.lakeside)
        before = make_prediction(first.run, student, school.final, row_of(BEFORE))
        after = make_prediction(last.run, student, school.final, row_of({**AFTER, "shrunken_mean": 50.0 + number}))
        pairs.append((before, after))
    with assert_queries(0), patch.object(artifacts, "opened", wraps=artifacts.opened) as opened:
        told = changes(pairs)
    assert opened.call_count <= 1
    assert [each.points for each in told] == [change(*pair).points for pair in pairs]


def test_changes_keep_the_order_of_what_was_asked(school: Cast) -> None:
    old, new = make_version(school.lakeside), make_version(school.lakeside, seed=1)
    a, b, c = said(school, old, 7, BEFORE), said(school, new, 3, AFTER), said(school, new, 0, BEFORE)
    told = changes([(a, b), (None, a), (b, c), (a, c)])
    assert [(each.before, each.after) for each in told] == [(a, b), (None, a), (b, c), (a, c)]
