"""One score from typed values: what may be typed, what is answered and kept, and what would be if something were different."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcore.features.base import Matrix
from mlcore.predict import Predictions, predict_matrix
from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from predictions import artifacts, registry
from predictions.enquiring import BadEnquiry, answered, ask, fields, plain_answer
from predictions.models import Enquiry, ModelPolicy, ModelVersion, Prediction
from predictions.packing import as_stored, packed
from predictions.supposing import what_if
from students.models import School
from tests import make
from tests.cast import Cast
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.trained import make_version, trained_bundle

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = {
    "subject": "MATH", "kind": "final", "lead": 20, "all_count": 9, "shrunken_mean": 62, "attendance_rate": 91.5
}  # fmt: skip
NAMES = st.deferred(lambda: st.sampled_from([*trained_bundle().schema.places]))
GARBAGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(min_value=10**300), st.floats(), st.text(max_size=130),
    st.sampled_from(["MATH", "final", "\x00", "\ud800", ""]), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1), st.floats(min_value=0, max_value=100),
)  # fmt: skip


def serve(school: School) -> ModelVersion:
    ModelPolicy.objects.get_or_create(school=school, defaults={"needs_second_person": False})
    version = make_version(school)
    registry.promote(version, by=None, why="serves")
    return version


def test_typed_values_get_the_answer_that_the_same_row_of_the_records_would_get(school: Cast) -> None:
    version = serve(school.lakeside)
    enquiry = ask(school.lakeside, TYPED, by=school.ada)
    bundle = artifacts.opened(version)
    row = np.full((1, len(bundle.schema.features)), np.nan)
    for name, value in TYPED.items():
        place = bundle.schema.places[name]
        row[0, place] = bundle.schema.codes[place][value] if isinstance(value, str) else value
    said = predict_matrix(bundle, Matrix(bundle.schema, as_stored(row)), boundaries=(40, 50, 60, 75))
    answer = enquiry.answer
    assert answer["score"] == said.scores[0]
    assert answer["low_80"] == said.ranges.low_80[0]
    assert [each["boundary"] for each in answer["chances"]] == [40, 50, 60, 75]
    assert answer["base"] + sum(each["points"] for each in answer["reasons"]) == pytest.approx(answer["score"])
    assert answer["cause"] is None


def test_an_enquiry_is_kept_with_its_values_its_version_and_who_asked(school: Cast) -> None:
    version = serve(school.lakeside)
    enquiry = ask(school.lakeside, TYPED, by=school.ada)
    kept = Enquiry.objects.visible_to(school.ada).get()
    assert (kept, kept.values, kept.version, kept.by) == (enquiry, TYPED, version, school.ada)
    assert not Enquiry.objects.visible_to(school.wanda).exists()
    line = AuditEvent.objects.get(verb="enquiry made")
    assert line.facts == {"version": 1, "values": len(TYPED)}


def test_too_little_history_is_answered_with_a_cause_and_a_remedy(school: Cast) -> None:
    serve(school.lakeside)
    answer = ask(school.lakeside, {"subject": "SHOPPING", "lead": 20}, by=school.ada).answer
    assert answer["score"] is None
    assert answer["reasons"] == []
    assert answer["cause"]["code"] == "subject_not_learned"
    assert answer["cause"]["remedy"]
    json.dumps(answer, allow_nan=False)


def test_every_value_that_cannot_be_meant_gets_a_sentence_of_its_own(school: Cast) -> None:
    serve(school.lakeside)
    with pytest.raises(BadEnquiry) as refused:
        ask(school.lakeside, {**TYPED, "shrunken_mean": 140, "lead": True, "shoes": 43}, by=school.ada)
    faults = refused.value.faults
    assert set(faults) == {"shrunken_mean", "lead", "shoes"}
    assert "from 0 to 100" in faults["shrunken_mean"]
    assert refused.value.status == 422
    assert not Enquiry.objects.exists()


def test_a_school_without_a_model_is_told_so(school: Cast) -> None:
    with pytest.raises(NotReady, match="No model serves"):
        ask(school.lakeside, TYPED, by=school.ada)


def test_a_subject_that_is_chosen_need_not_be_typed_and_must_be_the_schools_own(school: Cast) -> None:
    serve(school.lakeside)
    subject = make.make_subject(school.lakeside, "MUS")
    bare = {name: value for name, value in TYPED.items() if name != "subject"}
    assert ask(school.lakeside, bare, by=school.ada, subject=subject).values["subject"] == "MUS"
    with pytest.raises(Conflict):
        ask(school.hillside, bare, by=school.ada, subject=subject)


def test_the_form_learns_from_the_version_what_it_wants(school: Cast) -> None:
    told = {field.name: field for field in fields(serve(school.lakeside))}
    assert (told["attendance_rate"].unit, told["attendance_rate"].high) == ("%", 100.0)
    assert "MATH" in told["subject"].words
    assert told["latest_study_hours"].is_changeable
    assert not told["shrunken_mean"].is_changeable


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.one_of(NAMES, st.text(max_size=8)), GARBAGE, max_size=6))
def test_whatever_is_typed_ends_in_a_sentence_or_in_a_score_inside_the_scale(values: dict[str, Any]) -> None:
    ended = outcome(values)
    if isinstance(ended, DomainError):
        assert ended.sentence.encode()
    else:
        assert ended.causes[0] is not None or 0 <= ended.scores[0] <= 100
        json.dumps(plain_answer(ended), allow_nan=False)


def outcome(values: dict[str, Any]) -> Predictions | DomainError:
    try:
        return answered(trained_bundle(), values, (40.0, 50.0))
    except DomainError as error:
        return error


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), True, 10**400, pytest.param(10**5000, id="vast"), 1e12, "62", [], "\x00"]
)
def test_a_number_is_a_number(value: Any) -> None:
    with pytest.raises(BadEnquiry):
        answered(trained_bundle(), {"shrunken_mean": value}, (50.0,))


@pytest.mark.parametrize("value", ["MA\x00TH", "\ud800", "long" * 50, 7, ["MATH"]])
def test_a_word_is_a_text_that_can_be_stored(value: Any) -> None:
    with pytest.raises(BadEnquiry):
        answered(trained_bundle(), {"subject": value}, (50.0,))


@pytest.fixture
def predicted(school: Cast) -> Prediction:
    run = make_scoring_run(serve(school.lakeside), [school.final])
    bundle = trained_bundle()
    matrix = bundle.schema.encode({"shrunken_mean": np.array([62.0]), "attendance_rate": np.array([80.0])}, rows=1)
    return make_prediction(run, school.sam, school.final, packed(matrix.values)[0])


def test_what_if_moves_what_can_still_change_and_stores_nothing(school: Cast, predicted: Prediction) -> None:
    told = what_if(predicted, {"attendance_rate": 97.25}, user=school.ada)
    assert told["before"] == predicted.score
    assert told["after"] == told["answer"]["score"]
    assert told["difference"] == pytest.approx(told["after"] - told["before"])
    assert (told["changes"][0]["now"], told["changes"][0]["then"]) == ("80 %", "97.25 %")
    assert "does not say" in told["caveat"]
    assert not Enquiry.objects.exists()
    assert what_if(predicted, {"attendance_rate": 80}, user=school.ada)["difference"] == 0


def test_what_if_refuses_what_nobody_can_change(school: Cast, predicted: Prediction) -> None:
    for changes in ({"shrunken_mean": 90}, {"attendance_rate": None}, {"attendance_rate": 140}, {"shoes": 43}, {}):
        with pytest.raises(BadEnquiry):
            what_if(predicted, changes, user=school.ada)


def test_what_if_is_for_those_who_may_see_the_prediction(school: Cast, predicted: Prediction) -> None:
    for person in (school.wanda, school.gus, school.mina, school.nils):
        with pytest.raises(NotAllowed):
            what_if(predicted, {"attendance_rate": 97}, user=person)
