"""What the demo does by itself after its first model: the challenger once all its replays have ended, and then the comparison."""

from portal.jobs.models import Job, JobState
from predictions.models import ModelVersion, ScoringRun, TrainingRun
from predictions.orders import demo
from tests.cast import Cast
from tests.predictions.measured import make_scoring, make_serving
from tests.trained import make_version


def make_replay(
    school: Cast, version: ModelVersion, kind: str = "replay", state: str = JobState.SUCCEEDED
) -> ScoringRun:
    run = make_scoring(school.lakeside, version, [school.final], kind=kind, cause="demo")
    Job.objects.filter(pk=run.job_id).update(state=state)
    return run


def measurings() -> int:
    return Job.objects.filter(kind="measuring").count()


def test_the_challenger_is_trained_once_after_the_last_replay(school: Cast) -> None:
    version = make_serving(make_version(school.lakeside))
    first, last = (make_replay(school, version, state=JobState.RUNNING) for _ in range(2))
    demo.replayed(first)
    assert (TrainingRun.objects.filter(cause="demo").count(), measurings()) == (0, 0)
    Job.objects.filter(pk=first.job_id).update(state=JobState.SUCCEEDED)
    demo.replayed(last)
    demo.replayed(last)
    challenger = TrainingRun.objects.get(cause="demo")
    assert challenger.spec["reading"]["leave_out"] == list(demo.SIMPLER)
    assert challenger.as_of == version.run.as_of
    assert not challenger.promotes
    assert measurings() == 2


def test_after_the_challenger_s_replays_both_are_measured_and_nobody_is_trained(school: Cast) -> None:
    version = make_serving(make_version(school.lakeside), "challenger")
    demo.replayed(make_replay(school, version, kind="shadow"))
    assert (TrainingRun.objects.filter(cause="demo").count(), measurings()) == (0, 1)
