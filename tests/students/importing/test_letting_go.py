"""What is forgotten of an import after some days, and what stays for good."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from students import orders, timers
from students.importing import batches, told
from students.importing.batches import letting_go
from students.models import ImportBatch, ImportState
from tests.cast import Cast
from tests.students.importing.files import WRONG, after_work, applied, known, planned

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = timedelta(days=30)


def in_days(days: int) -> int:
    return letting_go.let_go(timezone.now() + timedelta(days=days), kept=MONTH)


def paths_of(batch: ImportBatch) -> list[str]:
    return [path for path in (batch.path, batch.findings_path, batch.changes_path, batch.lists_path) if path]


def test_files_go_after_a_month_and_counts_stay(school: Cast) -> None:
    known(school)
    batch = planned(school, WRONG)
    batches.choose_options(batch, by=school.otto, set_aside=True)
    orders.order_plan(batch, by=school.otto)
    after_work(batch)
    orders.order_apply(batch, batch.fingerprint, by=school.otto)
    after_work(batch)
    paths, before = paths_of(batch), told.read_plan(batch.plan)
    assert len(paths) >= 3
    assert in_days(29) == 0
    assert all(storages["files"].exists(path) for path in paths)
    assert in_days(31) == 1
    batch.refresh_from_db()
    assert not any(storages["files"].exists(path) for path in paths)
    assert paths_of(batch) == []
    after, findings = told.read_plan(batch.plan), told.read_findings(batch.findings)
    assert (after.tables, after.files) == (before.tables, before.files)
    assert (findings.errors, findings.shown, findings.kinds[0].count) == (1, (), 1)
    assert "many" not in f"{batch.findings} {batch.plan}"
    assert in_days(31) == 0, "it is done once"


def test_a_plan_whose_file_is_gone_is_not_applied(school: Cast) -> None:
    known(school)
    batch = planned(school)
    in_days(31)
    batch.refresh_from_db()
    assert batches.may_apply(batch)[0].startswith("Its file was let go")


def test_an_import_can_be_undone_though_its_file_is_gone(school: Cast) -> None:
    known(school)
    batch = applied(school)
    in_days(31)
    batch.refresh_from_db()
    orders.order_undo(batch, by=school.otto)
    after_work(batch)
    assert batch.state == ImportState.UNDONE


def test_an_import_that_is_just_written_keeps_its_file(school: Cast) -> None:
    known(school)
    batch = planned(school)
    orders.order_apply(batch, batch.fingerprint, by=school.otto)
    assert in_days(31) == 0


def test_bytes_that_no_import_names_go_after_a_day(school: Cast) -> None:
    known(school)
    batch = planned(school)
    left = storages["files"].save("imports/left-by-a-killed-worker", BytesIO(b"Sam"))
    timers.purge_imports()
    assert storages["files"].exists(left)
    in_days(2)
    assert not storages["files"].exists(left)
    assert storages["files"].exists(batch.path)
