"""The life of an import: from the file to the records and back, and everything that may come between."""

import json
import logging
from io import BytesIO

import pytest
from django.core.files.storage import storages

from portal.accounts.models import User
from portal.audit.models import AuditEvent, Change
from portal.jobs.models import Job, JobState
from portal.kit.errors import Conflict, NotAllowed
from portal.kit.logs import OneLine
from students import orders
from students.importing import batches, told
from students.models import ImportBatch, ImportState, Result
from tests.cast import Cast
from tests.students.importing.files import TWO, WRONG, after_work, applied, known, planned, received

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ids(school: Cast) -> None:
    known(school)


def quizzes() -> dict[str, str]:
    rows = Result.objects.filter(exam__title="Quiz 1").select_related("student")
    return {row.student.external_id: f"{row.score:.0f}" for row in rows}


def test_a_plan_says_what_would_happen_and_nothing_happens(school: Cast) -> None:
    batch = planned(school)
    assert batch.state == ImportState.PLANNED, batch.refusal
    assert told.read_plan(batch.plan).total("added") >= 3, "an exam, and two results"
    assert batches.may_apply(batch) == []
    assert quizzes() == {}
    job = Job.objects.get(pk=batch.job_id)
    assert (job.state, job.kind, job.requested_by) == (JobState.SUCCEEDED, "import", school.otto)


def test_what_was_planned_is_what_happens(school: Cast) -> None:
    batch = applied(school)
    assert batch.state == ImportState.APPLIED, Job.objects.get(pk=batch.job_id).sentence
    assert quizzes() == {"s1": "14", "s2": "17"}
    assert batch.applied_by == school.otto
    assert batch.seconds is not None
    assert Change.objects.filter(batch=batch.mark, kind="added").exists()
    event = AuditEvent.objects.get(verb="import applied")
    assert event.facts["added"] == told.read_plan(batch.plan).total("added")


def test_the_same_file_again_changes_nothing_and_says_so(school: Cast) -> None:
    applied(school)
    again = planned(school)
    assert told.read_plan(again.plan).does == 0
    assert batches.may_apply(again) == ["There is nothing to do: the records say all of this already."]
    assert Job.objects.get(pk=again.job_id).sentence.startswith("Nothing to do")


def test_undoing_leaves_the_school_as_it_was(school: Cast) -> None:
    before = Result.objects.count()
    batch = applied(school)
    orders.order_undo(batch, by=school.hana)
    after_work(batch)
    assert batch.state == ImportState.UNDONE, Job.objects.get(pk=batch.job_id).sentence
    assert Result.objects.count() == before
    assert batch.undone_by == school.hana


def test_errors_hold_everything_back_until_somebody_sets_their_rows_aside(school: Cast) -> None:
    batch = planned(school, WRONG)
    assert told.read_findings(batch.findings).errors == 1
    [reason] = batches.may_apply(batch)
    assert reason.startswith("1 error was found")
    batches.choose_options(batch, by=school.otto, set_aside=True)
    assert batch.state == ImportState.RECEIVED
    assert batch.plan == {}
    orders.order_plan(batch, by=school.otto)
    after_work(batch)
    orders.order_apply(batch, batch.fingerprint, by=school.otto)
    after_work(batch)
    assert quizzes() == {"s1": "14"}


def test_a_plan_that_the_records_overtook_is_not_applied_but_made_anew(school: Cast) -> None:
    batch = planned(school)
    applied(school, TWO.replace(";14", ";15"), name="faster.csv")
    orders.order_apply(batch, batch.fingerprint, by=school.otto)
    old = batch.fingerprint
    after_work(batch)
    assert quizzes() == {"s1": "15", "s2": "17"}, "nothing of the old plan"
    assert batch.state == ImportState.PLANNED
    assert batch.fingerprint != old
    assert told.read_plan(batch.plan).total("changed") == 1
    job = Job.objects.get(pk=batch.job_id)
    assert job.state == JobState.FAILED
    assert "changed since this plan" in job.sentence


def test_the_files_beside_a_plan_hold_everything(school: Cast) -> None:
    batch = planned(school, WRONG)
    with batches.opened_findings(batch, by=school.otto) as file:
        assert "many" in file.read().decode()
    assert AuditEvent.objects.filter(verb="import findings downloaded", actor_id=school.otto.pk).exists()


def test_a_discarded_import_leaves_no_file(school: Cast, django_capture_on_commit_callbacks: object) -> None:
    batch = planned(school, WRONG)
    paths = [batch.path, batch.findings_path]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        batches.discard(batch, by=school.otto)
    assert batch.state == ImportState.DISCARDED
    assert not any(storages["files"].exists(path) for path in paths)


def test_a_file_is_read_as_the_last_one_with_the_same_heads(school: Cast) -> None:
    batch = received(school)
    batches.choose_mapping(batch, batch.mapping, by=school.otto, source="sis", save_as="Marks of the SIS")
    assert batch.profile is not None
    assert received(school).profile == batch.profile
    assert received(school, "Something;Else\n1;2\n", name="other.csv").profile is None


@pytest.mark.django_db(transaction=True)
def test_one_line_in_the_log_counts_and_names_nobody(school: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="students.importing"):
        batch = applied(school)
    [line] = [json.loads(OneLine().format(each)) for each in caplog.records if each.name == "students.importing"]
    assert (line["event"], line["batch"], line["school"]) == ("import applied", batch.pk, school.lakeside.pk)
    assert (line["read"], line["changed"], line["rejected"]) == (2, 0, 0)
    assert line["added"] >= 3
    assert "Sam" not in json.dumps(line)


def test_who_may_not_import_is_refused_by_every_room(school: Cast) -> None:
    batch = planned(school)
    for person in (school.ada, school.nils, school.wanda):
        for deed in (orders.order_plan, orders.order_undo, batches.discard):
            with pytest.raises(NotAllowed):
                deed(batch, by=person)
        with pytest.raises(NotAllowed):
            orders.order_apply(batch, batch.fingerprint, by=person)
        with pytest.raises(NotAllowed):
            received_by(school, person)
    assert received_by(school, school.dora).by == school.dora, "who leads the district keeps its schools"


def received_by(school: Cast, person: User) -> ImportBatch:
    return batches.receive(school.lakeside, BytesIO(TWO.encode()), "marks.csv", by=person)


def test_while_it_is_busy_nobody_else_decides_anything(school: Cast) -> None:
    batch = planned(school)
    orders.order_apply(batch, batch.fingerprint, by=school.otto)
    for deed in (orders.order_plan, batches.discard, orders.order_undo):
        with pytest.raises(Conflict):
            deed(batch, by=school.hana)
    with pytest.raises(Conflict):
        orders.order_apply(batch, batch.fingerprint, by=school.hana)
