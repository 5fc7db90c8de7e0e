"""The clock orders by each school's own hours, once a turn, and makes up for a turn that was missed."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from predictions import changing, tasks, timers
from predictions.models import Enquiry, ModelPolicy, ScoringRun, TrainingRun
from predictions.orders import nightly
from predictions.turns import last_turn
from tests import make
from tests.cast import Cast
from tests.predictions.measured import make_scoring, make_serving, say
from tests.trained import make_version

UTC = timezone.get_fixed_timezone(0)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hour, minutes=minute)


def make_policy(school: Cast, **facts: Any) -> ModelPolicy:
    policy = ModelPolicy.objects.create(school=school.lakeside, **facts)
    ModelPolicy.objects.update(updated_at=MONDAY - timedelta(days=30))
    return policy


def ordered(kind: str) -> list[int | None]:
    return list(Job.objects.filter(kind=kind).order_by("requested_at").values_list("school_id", flat=True))


def order_at(moment: datetime) -> None:
    """The clock at that moment; what it orders carries the moment, as it does in life."""
    before = set(Job.objects.values_list("pk", flat=True))
    runs = set(TrainingRun.objects.values_list("pk", flat=True))
    nightly.order_due(moment)
    Job.objects.exclude(pk__in=before).update(requested_at=moment)
    TrainingRun.objects.exclude(pk__in=runs).update(ordered_at=moment)


@pytest.fixture
def served(school: Cast) -> Cast:
    version = make_serving(make_version(school.lakeside))
    run = make_scoring(school.lakeside, version, [school.final], as_of=make.TODAY)
    say(run, school.final, [school.sam, school.mia], [60, 70])
    return school


@pytest.mark.parametrize(
    ("now", "zone", "hour", "weekday", "turn"),
    [
        (at(2), "UTC", 2, None, at(2)),
        (at(1, 59), "UTC", 2, None, at(2, days=-1)),
        (at(23), "UTC", 2, None, at(2)),
        (at(5), "America/New_York", 2, None, at(7, days=-1)),
        (at(8), "America/New_York", 2, None, at(7)),
        (at(12), "UTC", 3, 6, at(3, days=-1)),
        (at(2, days=6), "UTC", 3, 6, at(3, days=-1)),
        (at(3, days=6), "UTC", 3, 6, at(3, days=6)),
    ],
)
def test_the_last_turn_is_told_in_the_school_s_own_zone(
    now: datetime, zone: str, hour: int, weekday: int | None, turn: datetime
) -> None:
    assert last_turn(now, zone, hour, weekday) == turn


def test_the_night_is_scored_and_measured_once_at_the_school_s_own_hours(served: Cast) -> None:
    make_policy(served)
    order_at(at(2))
    assert (ordered(nightly.NIGHTLY), ordered(nightly.MEASURING)) == ([served.lakeside.pk],) * 2
    order_at(at(3))
    order_at(at(4))
    assert (len(ordered(nightly.NIGHTLY)), len(ordered(nightly.MEASURING))) == (1, 2)
    order_at(at(2, days=1))
    assert (len(ordered(nightly.NIGHTLY)), len(ordered(nightly.MEASURING))) == (2, 2)


def test_a_turn_that_was_missed_is_made_up_for(served: Cast) -> None:
    make_policy(served)
    order_at(at(2))
    order_at(at(11, days=2))
    assert len(ordered(nightly.NIGHTLY)) == 2
    order_at(at(12, days=2))
    assert len(ordered(nightly.NIGHTLY)) == 2


def test_a_school_that_wants_none_and_one_without_scores_get_none(served: Cast) -> None:
    make_policy(served, score_at=None, measure_at=None)
    order_at(at(5))
    assert Job.objects.filter(kind__startswith="nightly").count() == 0
    assert not TrainingRun.objects.filter(cause="timer").exists()


def test_training_comes_once_a_week_on_the_day_that_was_chosen(served: Cast) -> None:
    make_policy(served, retrain_on=0, retrain_at=3)
    trained = TrainingRun.objects.filter(cause="timer")
    for moment, count in ((at(2), 1), (at(3), 2), (at(4), 2), (at(9, days=3), 2), (at(2, days=7), 2)):
        order_at(moment)  # the first is last Monday's, which was missed
        Job.objects.update(state="succeeded")
        assert trained.count() == count, moment
    order_at(at(5, days=8))
    assert trained.count() == 3


def test_a_training_that_waits_is_not_ordered_twice(served: Cast) -> None:
    make_policy(served, retrain_on=0, retrain_at=3)
    order_at(at(2))
    order_at(at(3))
    assert TrainingRun.objects.filter(cause="timer").count() == 1


def test_a_turn_from_before_the_decision_trains_nobody(served: Cast) -> None:
    make_policy(served, retrain_on=0, retrain_at=3)
    ModelPolicy.objects.update(updated_at=at(4))
    order_at(at(5))
    assert not TrainingRun.objects.filter(cause="timer").exists()


def to_score(school: Cast, hours: int | None = 12) -> list[int]:
    now = timezone.now()
    since = None if hours is None else now - timedelta(hours=hours)
    return changing.to_score(school.lakeside, since=since, now=now)


def forget_changes(school: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    for rows in (school.sam.results, school.mia.results, school.sam.enrolments, school.mia.enrolments):
        rows.update(updated_at=long_ago)
    for rows in (school.sam.attendance, school.mia.attendance):
        rows.update(known_on=long_ago.date())


def test_with_fresh_predictions_only_those_are_scored_who_changed(served: Cast) -> None:
    forget_changes(served)
    assert to_score(served) == []
    make.make_result(make.make_exam(served.maths), served.sam)
    assert to_score(served) == [served.sam.pk]
    make.make_mark(served.mia, served.maths, day=make.TODAY)
    assert to_score(served) == sorted([served.sam.pk, served.mia.pk])


def test_a_prediction_that_grew_old_or_is_another_model_s_is_made_again(served: Cast) -> None:
    forget_changes(served)
    served.sam.current_predictions.update(as_of=make.TODAY - timedelta(days=7))
    assert to_score(served) == [served.sam.pk]
    make_serving(make_version(served.lakeside))
    assert to_score(served) == sorted([served.sam.pk, served.mia.pk])


def test_whoever_has_none_yet_is_scored_and_where_nothing_serves_nobody_is(school: Cast) -> None:
    assert to_score(school, hours=None) == []
    make_serving(make_version(school.lakeside))
    assert to_score(school, hours=None) == sorted([school.sam.pk, school.mia.pk])


def test_the_nightly_job_orders_one_scoring_and_none_where_nothing_changed(served: Cast) -> None:
    forget_changes(served)
    order_at(timezone.now() - timedelta(days=1))
    Job.objects.filter(kind=nightly.NIGHTLY).update(requested_at=timezone.now() - timedelta(days=1), state="succeeded")
    order_at(timezone.now() + timedelta(days=1))
    job = Job.objects.get(kind=nightly.NIGHTLY, state="queued")
    tasks.score_changed(str(job.pk), **job.arguments)
    job.refresh_from_db()
    assert (job.state, job.sentence) == ("succeeded", "Nothing has changed since.")
    make.make_result(make.make_exam(served.maths), served.sam)
    Job.objects.filter(pk=job.pk).update(state="queued")
    tasks.score_changed(str(job.pk), **job.arguments)
    run = ScoringRun.objects.get(cause="night")
    assert run.students == [served.sam.pk]


def test_what_changed_before_a_night_that_failed_is_scored_the_night_after(served: Cast) -> None:
    forget_changes(served)
    now = timezone.now()
    for hours, state in ((48, "succeeded"), (24, "failed"), (0, "queued")):
        Job.objects.create(
            kind=nightly.NIGHTLY, title="Nightly", task="", queue="quick", school_id=served.lakeside.pk, state=state,
            requested_at=now - timedelta(hours=hours),
        )  # fmt: skip
    served.sam.results.update(updated_at=now - timedelta(hours=30))
    (run,) = nightly.order_changed(served.lakeside, Job.objects.get(state="queued"), now=now)
    assert run.students == [served.sam.pk]


def test_a_school_whose_turn_breaks_keeps_no_other_waiting(served: Cast) -> None:
    make_scoring(served.hillside, ScoringRun.objects.get().version, [], as_of=make.TODAY)
    order = nightly.order_measuring

    def breaks_for_one(school: Any, **wish: Any) -> Any:
        if school == served.lakeside:
            raise ZeroDivisionError
        return order(school, **wish)

    with patch("predictions.orders.nightly.order_measuring", side_effect=breaks_for_one):
        order_at(at(5))
    assert served.lakeside.pk not in ordered(nightly.MEASURING)
    assert served.hillside.pk in ordered(nightly.MEASURING)


def test_old_enquiries_go_and_a_line_tells(served: Cast) -> None:
    version = ScoringRun.objects.get().version
    for days in (settings.ENQUIRY_DAYS + 200, settings.ENQUIRY_DAYS + 1, 3):
        Enquiry.objects.create(
            school=served.lakeside, version=version, by=served.ada, values={}, answer={},
            at=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    timers.purge_enquiries()
    assert Enquiry.objects.count() == 1
    assert sum(line.facts["count"] for line in AuditEvent.objects.filter(verb="enquiries purged")) == 2
    timers.purge_enquiries()
    assert AuditEvent.objects.filter(verb="enquiries purged").count() == 2


def test_beat_knows_each_timer_by_its_name() -> None:
    from portal.celery import app

    app.loader.import_default_modules()
    known = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"predictions.timers.order_touched", "predictions.timers.hourly"} <= known
    assert known <= set(app.tasks)
