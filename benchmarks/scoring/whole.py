"""One scoring of everybody by real workers: from the order to the last row stored, and the most memory each worker held."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scoring.prepare import Prepared
from portal.jobs.models import ENDED, JobState
from predictions.models import Prediction, ScoringCause, ScoringRun
from predictions.orders.scoring import order_run
from tests.workers import Queue, Worker, speaking_to, wait_for


@dataclass(frozen=True)
class Whole:
    run: ScoringRun
    rows: int
    seconds: float
    planning: float  # of them until the chunks were handed over
    megabytes: float  # the largest worker

    @property
    def pace(self) -> float:
        return self.rows / self.seconds


def scored(prepared: Prepared, workers: int) -> Whole:
    """Workers are warm: each has scored once before, as those of a school have."""
    queue = Queue()
    queue.start()
    worker = Worker(queue.url, include="predictions.tasks", processes=workers)
    os.environ |= {"JOB_LOST_SECONDS": "30", "JOB_SWEEP_SECONDS": "10"}
    worker.start()
    try:
        with speaking_to(queue.url):
            _run(prepared)
            run, seconds, planning = _run(prepared)
            return Whole(run, Prediction.objects.filter(run=run).count(), seconds, planning, _peak(worker))
    finally:
        worker.stop()
        queue.stop()


def _run(prepared: Prepared) -> tuple[ScoringRun, float, float]:
    start = time.monotonic()
    school = prepared.school
    run = order_run(
        prepared.version, school, [prepared.exam], by=None, as_of=school.today(), cause=ScoringCause.COMMAND
    )
    wait_for(lambda: run.job.parts.exists() or _state(run) in ENDED, 600)
    planned = time.monotonic() - start
    wait_for(lambda: _state(run) in ENDED, 3600)
    seconds = time.monotonic() - start
    if _state(run) != JobState.SUCCEEDED:
        raise SystemExit(f"The run ended as {_state(run)}: {run.job.sentence}")
    return run, seconds, planned


def _state(run: ScoringRun) -> str:
    run.job.refresh_from_db()
    return str(run.job.state)


def _peak(worker: Worker) -> float:
    """Of the processes that did the work, by what the system says of each."""
    assert worker.process is not None
    group = os.getpgid(worker.process.pid)
    peaks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) == group:
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
                peaks.append(float(lines["VmHWM"].split()[0]) / 1024)
        except (OSError, KeyError):
            continue
    return max(peaks)
