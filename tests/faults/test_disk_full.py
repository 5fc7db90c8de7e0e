"""The disk is full when a trained model is to be stored: the run says so, and nothing of it is left."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.audit.models import AuditEvent
from portal.jobs.models import Job, JobState
from predictions.models import ModelVersion
from students.models import School
from tests.demo import make_demo
from tests.faults.moments import dies_at, files_of_at_most
from tests.faults.predicting import artifact_folder, forget_stored, order_small_training, stored_files
from tests.workers import Worker, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]
SMALL = 32 * 1024  # bytes; a model is larger


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A filesystem of its own where models are stored, with room for a few pages."""
    folder = artifact_folder()
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("this machine has no `mount`")
    if mounted.returncode:
        pytest.skip(f"a small filesystem cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def trained(school: School) -> Job:
    dies_at()
    return wait_for_state(order_small_training(school).job, JobState.FAILED, 90)


def check_nothing_is_left(job: Job) -> None:
    assert not job.is_our_fault
    assert not ModelVersion.objects.exists()
    assert not AuditEvent.objects.filter(verb="model trained").exists()
    assert stored_files() == []


def test_on_a_full_disk_nothing_is_registered_and_no_half_model_stays(worker: Worker, small_disk: Path) -> None:
    job = trained(make_demo())
    assert job.sentence == "The model could not be stored: there is no space left. Nothing was registered."
    check_nothing_is_left(job)


def test_a_file_that_may_not_grow_leaves_nothing_either(worker: Worker) -> None:
    forget_stored()
    with files_of_at_most(SMALL):
        job = trained(make_demo())
    assert job.sentence == "The model could not be stored: the storage did not take it. Nothing was registered."
    check_nothing_is_left(job)
