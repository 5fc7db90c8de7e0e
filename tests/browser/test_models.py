"""The pages of models in a real browser: accessible in both themes and on a phone, and done with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from portal.jobs.models import Job, JobState
from predictions import registry
from predictions.models import ModelPolicy, TrainingRun
from predictions.orders import promoting
from tests.browser.test_pages import judge
from tests.cast import Cast
from tests.trained import make_run, make_version, trained_bundle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trained(school: Cast) -> Cast:
    """Two versions that served one after the other, one that failed, and a training under way."""
    ModelPolicy.objects.create(school=school.lakeside, needs_second_person=False)
    case = {"lead": 1, "predicted": 70.0, "actual": 30.0, "low_80": 60.0, "high_80": 80.0}
    worst = [case | {"student": str(school.sam.pk), "exam": str(school.test.pk)}]
    for seed in (0, 1):
        version = make_version(school.lakeside, seed=seed, report={**trained_bundle().report, "worst": worst})
        promoting.promote(version, by=school.hana, why="Newer.")
    make_version(school.lakeside, passed=False)
    Job.objects.filter(pk=make_run(school.lakeside, report=None).job_id).update(state=JobState.QUEUED)
    return school


def addresses(school: Cast) -> list[str]:
    champion, going = registry.champion(school.lakeside), TrainingRun.objects.latest("pk")
    report = f"/models/runs/{champion.run_id}/"
    parts = [f"{report}?part={part}" for part in ("candidates", "errors", "ranges", "groups", "worst", "data")]
    scoring = school.lakeside.scoring_runs.latest("pk")
    return [
        "/models/", "/models/train/", "/models/settings/", champion.get_absolute_url(), report, *parts,
        going.get_absolute_url(), scoring.get_absolute_url(),
    ]  # fmt: skip


def test_every_page_about_models_is_accessible_and_quiet(trained: Cast, page_as) -> None:
    page: Page = page_as(trained.hana)
    assert [fault for address in addresses(trained) for fault in judge(page, address)] == []
    assert page.complaints == []


def test_a_school_without_a_model_is_accessible_too(school: Cast, page_as) -> None:
    page: Page = page_as(school.hana)
    assert judge(page, "/models/") == []


def test_a_training_is_ordered_followed_and_stopped_with_the_keyboard(trained: Cast, page_as) -> None:
    page: Page = page_as(trained.hana)
    page.goto("/models/")
    page.get_by_role("link", name="Train a model").press("Enter")
    page.get_by_role("radio", name="Quick").press("ArrowRight")
    expect(page.get_by_role("radio", name="Standard")).to_be_checked()
    page.get_by_role("button", name="Start the training").press("Enter")
    stop = page.get_by_role("button", name="Stop this")
    stop.focus()
    run = TrainingRun.objects.latest("pk")
    Job.objects.filter(pk=run.job_id).update(sentence="Tried a forest of trees.", done=3, total=12)
    expect(page.get_by_text("Tried a forest of trees.")).to_be_visible()
    expect(stop).to_be_focused()
    stop.press("Enter")
    expect(page.get_by_role("heading", name="It was stopped")).to_be_visible()
    assert page.complaints == []


def test_going_back_is_asked_about_first(trained: Cast, page_as) -> None:
    page: Page = page_as(trained.hana)
    page.goto("/models/")
    page.get_by_role("button", name="Go back to version 1").press("Enter")
    page.get_by_role("button", name="Cancel").press("Enter")
    assert registry.champion(trained.lakeside).number == 2
    page.get_by_role("button", name="Go back to version 1").press("Enter")
    page.get_by_role("alertdialog").get_by_role("button", name="Go back to version 1").press("Enter")
    expect(page.get_by_text("Version 1 serves again.")).to_be_visible()
    assert registry.champion(trained.lakeside).number == 1
