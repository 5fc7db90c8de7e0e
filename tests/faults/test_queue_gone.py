"""Without a queue a training and a scoring can be ordered all the same: they wait, say so, and start by themselves."""

import pytest

from portal.jobs.models import JobState
from portal.jobs.sentences import NO_QUEUE
from tests.demo import make_demo, make_demo_version
from tests.faults.predicting import order_small_training, order_whole_school, rows_of, shown_by
from tests.workers import Queue, Worker, speaking_to, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]


def test_what_is_ordered_without_a_queue_starts_when_it_is_back(own_queue: Queue) -> None:
    worker = Worker(own_queue.url, include="tests.faults.tasks", variables={"TRAINING_THREADS": "1"})
    worker.start()
    try:
        with speaking_to(own_queue.url):
            school = make_demo()
            make_demo_version(school)
            own_queue.stop()
            training, scoring = order_small_training(school), order_whole_school(school)
            for run in (training, scoring):
                run.job.refresh_from_db()
                assert (run.job.state, run.job.sentence) == (JobState.QUEUED, NO_QUEUE)
            own_queue.start()
            wait_for_state(training.job, JobState.SUCCEEDED, 90)
            wait_for_state(scoring.job, JobState.SUCCEEDED, 90)
            assert shown_by(scoring) == len(rows_of(scoring)) > 0
    finally:
        worker.kill()
