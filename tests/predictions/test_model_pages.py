"""The pages of models: what they tell, what may be ordered and decided on them, and by whom."""

from typing import Any

import pytest
from django.utils import timezone

from portal.jobs.models import Job, JobState
from predictions import registry
from predictions.models import ModelPolicy, ScoringRun, TrainingRun
from predictions.orders import promoting
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.trained import make_run, make_version

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def alone(school: Cast) -> ModelPolicy:
    """The school asks for no second person."""
    return ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)


def waiting(school: Cast, **facts: Any) -> TrainingRun:
    run = make_run(school.lakeside, report=None)
    Job.objects.filter(pk=run.job_id).update(**{"state": JobState.QUEUED, **facts})
    return run


# --- the page of a school -------------------------------------------------------------------------------------
def test_a_school_without_a_model_is_told_what_to_do_first(school: Cast, client_as: Any) -> None:
    page = client_as(school.hana).get("/models/")
    assert "No model yet: train the first one" in page.text
    assert "Here: 2 marks in 1 past exams" in page.text
    assert 'href="/models/train/"' in page.text
    assert "Leaders and analysts of the school order a training." in client_as(school.otto).get("/models/").text


def test_the_way_to_the_models_is_shown_to_those_who_may_go_it(school: Cast, client_as: Any) -> None:
    shown = {name for name in ("hana", "otto", "nils", "ada", "cora", "gus")
             if 'href="/models/"' in client_as(getattr(school, name)).get("/").text}  # fmt: skip
    assert shown == {"hana", "otto", "nils"}


def test_what_serves_is_told_in_a_sentence_with_who_and_why(school: Cast, alone: ModelPolicy, client_as: Any) -> None:
    version = make_version(school.lakeside)
    promoting.promote(version, by=school.hana, why="It is the first.")
    page = client_as(school.nils).get("/models/").text
    assert "points on average where the simplest guess is off by" in page
    assert "by Hana Leitner: It is the first." in page
    assert "Go back to version" not in page


def test_a_districts_model_serves_its_schools_and_says_so(school: Cast, client_as: Any) -> None:
    ModelPolicy.objects.create(school=school.district, needs_second_person=False)
    promoting.promote(make_version(school.district), by=school.dora, why="One for all.")
    assert "from North District, which has one for all its schools" in client_as(school.hana).get("/models/").text
    page = client_as(school.dora).get(f"/models/?school={school.district.pk}")
    assert "One for all." in page.text
    assert f'href="/models/train/?school={school.district.pk}"' in page.text


def test_going_back_takes_one_press_and_only_from_what_was_seen(
    school: Cast, alone: ModelPolicy, client_as: Any
) -> None:
    first, second = make_version(school.lakeside), make_version(school.lakeside, seed=1)
    for version in (first, second):
        promoting.promote(version, by=school.hana, why="Newer.")
    client = client_as(school.hana)
    assert "Go back to version 1" in client.get("/models/").text
    assert client.post("/models/back/", {"seen": first.pk}).status_code == 409
    assert client.post("/models/back/", {"seen": second.pk}).status_code == 302
    assert registry.champion(school.lakeside) == first
    assert client_as(school.nils).post("/models/back/", {"seen": first.pk}).status_code == 403


def test_the_list_needs_as_many_queries_for_many_versions_as_for_few(
    school: Cast, alone: ModelPolicy, client_as: Any
) -> None:
    client = client_as(school.hana)
    for number in (2, 8):
        for _each in range(number):
            promoting.promote(make_version(school.lakeside), by=school.hana, why="Newer.")
        waiting(school)
        client.get("/models/")
        with assert_queries(24):
            page = client.get("/models/")
        assert page.text.count("<tr") > number


# --- training -------------------------------------------------------------------------------------------------
def test_a_training_is_ordered_with_what_was_chosen(school: Cast, client_as: Any) -> None:
    told = {"as_of": make.TODAY, "effort": "quick", "leave_out": ["participation"], "least_r2": "40", "most_error": "9"}
    answer = client_as(school.nils).post("/models/train/", told)
    run = TrainingRun.objects.get()
    assert answer.url == f"/models/runs/{run.pk}/"
    assert run.spec["reading"]["leave_out"] == ["participation"]
    assert run.spec["train"]["floors"] == {"r2": 0.4, "mae": 9.0, "coverage_slack": 0.04}
    assert not run.promotes


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"as_of": "2099-01-01"}, "lies in the future"),
        ({"since": make.TODAY}, "must lie before the day of the data"),
        ({"effort": "heroic"}, "Select a valid choice"),
        ({"subject": "9" * 40}, "Select a valid choice"),
        ({"least_r2": "400"}, "less than or equal to 100"),
        ({"leave_out": ["marks"]}, "Select a valid choice"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_told_at_its_field(
    school: Cast, client_as: Any, wrong: dict[str, Any], sentence: str
) -> None:
    answer = client_as(school.hana).post("/models/train/", {"as_of": make.TODAY, "effort": "quick", **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not TrainingRun.objects.exists()


def test_serving_at_once_is_offered_where_one_person_may_decide(
    school: Cast, client_as: Any, django_db_blocker: Any
) -> None:
    told = {"as_of": make.TODAY, "effort": "quick", "promotes": "on"}
    assert "asks for a second leader" in client_as(school.hana).get("/models/train/").text
    client_as(school.hana).post("/models/train/", told)
    ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)
    client_as(school.nils).post("/models/train/", told | {"effort": "standard"})
    client_as(school.hana).post("/models/train/", told | {"effort": "thorough"})
    assert [run.promotes for run in TrainingRun.objects.order_by("pk")] == [False, False, True]


def test_a_run_is_followed_and_its_page_shown_anew_at_the_end(school: Cast, client_as: Any) -> None:
    run, client = waiting(school, done=3, total=12, sentence="Tried trees."), client_as(school.hana)
    Job.objects.filter(pk=run.job_id).update(
        state=JobState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now()
    )
    part = client.get(run.get_absolute_url(), **HTMX)
    assert "<html" not in part.text
    assert "Tried trees." in part.text
    assert "Step 3 of 12" in part.text
    assert 'hx-trigger="every 2s"' in part.text
    assert "Tried trees." in client.get("/models/", **HTMX).text
    Job.objects.filter(pk=run.job_id).update(state=JobState.FAILED, sentence="Too few results: 40 more are needed.")
    assert client.get(run.get_absolute_url(), **HTMX)["HX-Refresh"] == "true"
    assert client.get("/models/", **HTMX)["HX-Refresh"] == "true"
    ended = client.get(run.get_absolute_url()).text
    assert "Too few results: 40 more are needed." in ended
    assert "Train again" in ended


def test_a_run_is_stopped_by_any_leader_and_not_by_the_office(school: Cast, client_as: Any) -> None:
    run = waiting(school)
    assert client_as(school.otto).post(f"{run.get_absolute_url()}stop/").status_code == 403
    assert client_as(school.wanda).post(f"{run.get_absolute_url()}stop/").status_code == 404
    assert client_as(school.dora).post(f"{run.get_absolute_url()}stop/").status_code == 302
    run.job.refresh_from_db()
    assert run.job.state == JobState.CANCELLED
    assert "It was stopped" in client_as(school.hana).get(run.get_absolute_url()).text


# --- scoring --------------------------------------------------------------------------------------------------
def test_everybody_is_predicted_at_a_press(school: Cast, alone: ModelPolicy, client_as: Any) -> None:
    client = client_as(school.nils)
    assert client.post("/models/score/").status_code == 409
    promoting.promote(make_version(school.lakeside), by=school.hana, why="First.")
    answer = client.post("/models/score/")
    run = ScoringRun.objects.order_by("-pk").first()
    assert run is not None
    assert answer.url == run.get_absolute_url()
    page = client.get(answer.url).text
    assert "Final exam" in page
    assert 'hx-trigger="every 2s"' in page
    assert client_as(school.otto).post("/models/score/").status_code == 403
    assert client.post(f"{run.get_absolute_url()}stop/").status_code == 302
    assert client.post(f"{run.get_absolute_url()}retry/").status_code == 409
    assert "cancelled" in client.get(run.get_absolute_url()).text


def test_failed_parts_are_tried_again_by_who_did_not_order_them(
    school: Cast, alone: ModelPolicy, client_as: Any
) -> None:
    promoting.promote(make_version(school.lakeside), by=school.hana, why="First.")
    run = ScoringRun.objects.select_related("job").latest("pk")
    Job.objects.create(kind="scoring", title="part", part_of=run.job, state=JobState.FAILED, total=5, queue="score")
    Job.objects.filter(pk=run.job_id).update(state=JobState.PARTIALLY_SUCCEEDED, ended_at=timezone.now())
    assert "Try the failed parts again" in client_as(school.nils).get(run.get_absolute_url()).text
    assert "Try the failed parts again" not in client_as(school.otto).get(run.get_absolute_url()).text
    assert client_as(school.nils).post(f"{run.get_absolute_url()}retry/").status_code == 302
    assert Job.objects.get(part_of=run.job).state == JobState.QUEUED
