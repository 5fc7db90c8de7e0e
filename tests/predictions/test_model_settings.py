"""What a school decides about its models: times and floors, indicators, and protected facts, which take two people."""

from typing import Any

import pytest

from portal.audit.models import AuditEvent, Change
from portal.jobs.models import Job, JobState
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from predictions import deciding, specs
from predictions.models import IndicatorRule, ModelPolicy, ProtectedUse, TrainingCause, TrainingRun
from predictions.orders import protecting
from students.models import Membership
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PLACE = "/models/settings/"
USUAL = {
    "retrain_on": "", "retrain_at": "3", "score_at": "2", "measure_at": "4", "effort": "quick", "least_r2": "",
    "most_error": "", "coverage_slack": "4", "version": "0",
}  # fmt: skip
EFFECT = {
    "fairness": {
        "rmse_without_protected": {"value": 10.5, "low": 10.2, "high": 10.9},
        "rmse_with_protected": {"value": 10.4, "low": 10.1, "high": 10.8},
        "gaps": [["gender", "mae", 0.7], ["gender", "hit_80", 0.1], ["ethnicity", "mae", 3.3]],
        "sentence": "It costs nothing.",
    }
}


@pytest.fixture
def sees_facts(school: Cast) -> None:
    Membership.objects.filter(user=school.hana).update(sees_demographics=True)


@pytest.fixture
def lena(school: Cast) -> Any:
    """A second leader, without the right to protected facts."""
    person = make.make_user("Lena Second", "second@lakeside.example")
    make.make_member(person, school.lakeside, Role.LEADER)
    return person


@pytest.fixture
def use(school: Cast, sees_facts: None) -> ProtectedUse:
    return protecting.ask_to_use(school.lakeside, "gender", by=school.hana, reason="To see.", on=make.TODAY)


def measured(use: ProtectedUse) -> ProtectedUse:
    """The training has ended and told what it found."""
    Job.objects.filter(training_run=use.measured_by).update(state=JobState.SUCCEEDED)
    ProtectedUse.objects.filter(pk=use.pk).update(effect=EFFECT)
    use.refresh_from_db()
    return use


# --- times and floors -----------------------------------------------------------------------------------------
def test_times_and_floors_are_saved_in_the_units_of_people(school: Cast, client_as: Any) -> None:
    told = USUAL | {"retrain_on": "4", "least_r2": "35", "most_error": "9.5", "score_at": "", "coverage_slack": "5"}
    assert client_as(school.hana).post(PLACE, told).status_code == 302
    policy = ModelPolicy.objects.get(school=school.lakeside)
    assert (policy.retrain_on, policy.least_r2, policy.most_error, policy.score_at) == (4, 0.35, 9.5, None)
    assert policy.coverage_slack == 0.05
    assert not policy.needs_second_person
    assert Change.objects.filter(model="predictions.ModelPolicy", actor=school.hana.pk).exists()
    assert AuditEvent.objects.filter(verb="model policy decided").exists()
    page = client_as(school.nils).get(PLACE).text
    assert 'value="35.0"' in page
    assert "Leaders change these" in page


def test_nobody_overwrites_what_another_leader_has_just_decided(school: Cast, lena: Any, client_as: Any) -> None:
    for version, effort in (("0", "standard"), ("1", "thorough")):
        assert client_as(school.hana).post(PLACE, USUAL | {"effort": effort, "version": version}).status_code == 302
    for version in ("0", "1"):
        answer = client_as(lena).post(PLACE, USUAL | {"version": version})
        assert answer.status_code == 422
        assert "Somebody else changed this" in answer.text
    assert ModelPolicy.objects.get().effort == "thorough"


@pytest.mark.parametrize("wrong", [{"retrain_at": "24"}, {"score_at": "x"}, {"most_error": "nan"}, {"effort": ""}])
def test_what_cannot_be_meant_is_told_and_not_saved(school: Cast, client_as: Any, wrong: dict[str, str]) -> None:
    assert client_as(school.hana).post(PLACE, USUAL | wrong).status_code == 422
    assert not ModelPolicy.objects.exists()


def test_leaders_alone_decide_whatever_the_door(school: Cast) -> None:
    for person in (school.otto, school.nils, school.ada, school.wanda, school.root):
        with pytest.raises(NotAllowed):
            deciding.decide(ModelPolicy(school=school.lakeside), by=person)
        with pytest.raises(NotAllowed):
            deciding.decide_indicators(school.lakeside, {}, by=person)


# --- indicators -----------------------------------------------------------------------------------------------
def test_an_indicators_rule_is_kept_changed_and_taken_away(school: Cast, client_as: Any) -> None:
    mine, theirs = make.make_indicator(school.lakeside), make.make_indicator(school.hillside)
    client = client_as(school.hana)
    told = {f"known_after_{mine.pk}": "7", f"is_fixed_{mine.pk}": "on", f"is_left_out_{theirs.pk}": "on"}
    assert client.post(f"{PLACE}indicators/", told).status_code == 302
    rule = IndicatorRule.objects.get()
    assert (rule.indicator, rule.known_after, rule.is_fixed, rule.is_left_out) == (mine, 7, True, False)
    assert specs.spec_of(specs.TrainingWish(school.lakeside, make.TODAY))["train"]["fixed"] == [mine.code]
    assert client.post(f"{PLACE}indicators/", {f"known_after_{mine.pk}": "9999"}).status_code == 422
    assert client.post(f"{PLACE}indicators/", {}).status_code == 302
    assert not IndicatorRule.objects.exists()
    assert Change.objects.filter(model="predictions.IndicatorRule").count() == 2


def test_the_settings_need_as_many_queries_for_many_indicators_as_for_few(school: Cast, client_as: Any) -> None:
    client = client_as(school.hana)
    for number in (1, 9):
        for place in range(number):
            make.make_indicator(school.lakeside, f"Indicator {number} {place}")
        client.get(PLACE)
        with assert_queries(10):
            client.get(PLACE)


# --- protected facts ------------------------------------------------------------------------------------------
def test_a_protected_fact_is_asked_for_measured_and_approved_by_another(
    school: Cast, sees_facts: None, lena: Any, client_as: Any
) -> None:
    hana, second = client_as(school.hana), client_as(lena)
    assert hana.post(f"{PLACE}protected/", {"fact": "gender", "reason": "To see."}).status_code == 302
    use, run = ProtectedUse.objects.get(), TrainingRun.objects.get()
    assert (use.measured_by, run.cause, run.spec["train"]["protected"]) == (run, TrainingCause.EFFECT, ["gender"])
    assert "measures just now what it would do" in second.get(PLACE).text
    assert second.post(f"{PLACE}protected/{use.pk}/approve/").status_code == 409
    measured(use)
    page = second.get(PLACE).text
    for told in ("10.5 (10.2–10.9)", "10.4 (10.1–10.8)", "up to 0.7 points", "Approve</button>"):
        assert told in page
    assert "up to 3.3 points" not in page
    assert "another leader has to approve" in hana.get(PLACE).text
    assert hana.post(f"{PLACE}protected/{use.pk}/approve/").status_code == 409
    assert second.post(f"{PLACE}protected/{use.pk}/approve/").status_code == 302
    assert specs.protected_in_use(school.lakeside) == ("gender",)
    assert "used by models" in second.get(PLACE).text
    assert second.post(f"{PLACE}protected/{use.pk}/end/").status_code == 302
    assert specs.protected_in_use(school.lakeside) == ()
    assert "ended by Lena Second" in hana.get(PLACE).text


def test_only_a_leader_with_the_right_to_protected_facts_asks(school: Cast, lena: Any, client_as: Any) -> None:
    assert client_as(lena).post(f"{PLACE}protected/", {"fact": "gender", "reason": "x"}).status_code == 403
    Membership.objects.filter(user=school.otto).update(sees_demographics=True)
    for person in (lena, school.otto, school.wanda):
        with pytest.raises(NotAllowed):
            protecting.ask_to_use(school.lakeside, "gender", by=person, reason="x", on=make.TODAY)
    assert not TrainingRun.objects.exists()


def test_what_is_asked_for_must_exist_have_a_reason_and_be_asked_once(
    school: Cast, use: ProtectedUse, client_as: Any
) -> None:
    for fact, reason, kind in (("shoe_size", "x", DomainError), ("age", " ", DomainError), ("gender", "x", Conflict)):
        with pytest.raises(kind):
            protecting.ask_to_use(school.lakeside, fact, by=school.hana, reason=reason, on=make.TODAY)
    make.make_indicator(school.lakeside, "Faith", code="faith", is_protected=True)
    assert deciding.facts_to_ask_for(school.lakeside)[-2:] == ["age", "faith"]
    answer = client_as(school.hana).post(f"{PLACE}protected/", {"fact": "ethnicity", "reason": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.text


def test_a_measure_that_failed_is_taken_again(school: Cast, use: ProtectedUse, lena: Any, client_as: Any) -> None:
    client = client_as(school.hana)
    assert client.post(f"{PLACE}protected/{use.pk}/measure/").status_code == 409
    Job.objects.filter(training_run=use.measured_by).update(state=JobState.FAILED)
    assert "could not be measured" in client.get(PLACE).text
    assert client.post(f"{PLACE}protected/{use.pk}/measure/").status_code == 302
    assert TrainingRun.objects.count() == 2
    with pytest.raises(NotReady):
        deciding.approve_use(use, by=lena)


def test_those_next_door_find_nothing(school: Cast, use: ProtectedUse, client_as: Any) -> None:
    for what in ("approve", "measure", "end"):
        assert client_as(school.wanda).post(f"{PLACE}protected/{use.pk}/{what}/").status_code == 404
        assert client_as(school.otto).post(f"{PLACE}protected/{use.pk}/{what}/").status_code == 403
