"""Every kind of broken file goes through the rooms into a school with records: it is refused in a sentence, and nothing is changed."""

import resource
from collections.abc import Iterator, Sequence
from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.jobs.models import Job, JobState
from portal.jobs.running import job_running
from portal.kit.errors import DomainError
from students import orders
from students.importing import batches, intake, told
from students.importing.findings import Severity
from students.importing.limits import MB
from students.importing.spreadsheet.mapping_file import as_json
from students.models import ImportBatch, ImportKind, ImportState
from tests.cast import Cast
from tests.students.importing.broken import Broken
from tests.students.importing.broken_bundles import BUNDLES
from tests.students.importing.broken_sheets import ON, SHEETS, BrokenSheet
from tests.students.importing.bundles_facts import counted
from tests.students.importing.oneroster_made import files_11, zipped

pytestmark = pytest.mark.django_db
TOGETHER = 12  # kinds that go into one school, one after the other
MOST_GROWTH = 200 * MB


def groups(kinds: Sequence[Broken]) -> list[list[Broken]]:
    return [list(kinds[start : start + TOGETHER]) for start in range(0, len(kinds), TOGETHER)]


def named(group: list[Broken]) -> str:
    return f"{group[0]} and {len(group) - 1} more"


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture(scope="module", autouse=True)
def within_memory() -> Iterator[None]:
    before = peak()
    yield
    assert peak() - before < MOST_GROWTH, "the most memory that any of them took"


def sent(school: Cast, broken: Broken) -> ImportBatch | None:
    """None where it is not taken in at all, and then it is said why."""
    name, content = broken.make()
    before = ImportBatch.objects.count()
    try:
        batch = batches.receive(school.lakeside, BytesIO(content), name, by=school.otto)
    except DomainError as error:
        said, stored = str(error).strip(), ImportBatch.objects.count() - before
        assert (bool(said), stored) == (True, 0), broken
        return None
    if isinstance(broken, BrokenSheet):
        batches.choose_mapping(batch, as_json(broken.mapping), by=school.otto, source="office")
    return looked_over(batch, school)


def looked_over(batch: ImportBatch, school: Cast) -> ImportBatch:
    """As a worker does it, but on the day for which the files were made."""
    orders.order_plan(batch, by=school.otto)
    batch.refresh_from_db()
    with job_running(str(batch.job_id)) as progress:
        batches.look(batch, by=progress.by, on=ON, progress=progress)
    batch.refresh_from_db()
    return batch


def assert_refused(batch: ImportBatch, broken: Broken) -> None:
    """It cannot be read, or errors of its rows hold it back; the worker did not fall over either way."""
    job = Job.objects.get(pk=batch.job_id)
    assert job.state == JobState.SUCCEEDED, (broken, job.sentence)
    assert batches.may_apply(batch), broken
    found = told.read_findings(batch.findings)
    if batch.state == ImportState.PLANNED or batch.kind == ImportKind.ONEROSTER:  # else no reader got hold of it
        assert broken.code in {kind.code for kind in found.kinds if kind.severity == Severity.ERROR}, (
            broken,
            found.shown,
        )
    assert all(each.expected for each in found.shown)
    if batch.state == ImportState.REFUSED:
        assert batch.refusal, broken
    else:
        assert batch.state == ImportState.PLANNED, broken


def assert_nothing_changes(school: Cast, group: list[Broken]) -> None:
    before = counted()
    for broken in group:
        batch = sent(school, broken)
        if batch is not None:
            assert_refused(batch, broken)
        assert counted() == before, broken


@pytest.mark.parametrize("group", groups(SHEETS), ids=named)
def test_no_broken_sheet_changes_anything(school: Cast, group: list[Broken]) -> None:
    assert_nothing_changes(school, group)


@pytest.mark.parametrize("group", groups(BUNDLES), ids=named)
def test_no_broken_bundle_changes_anything(school: Cast, group: list[Broken]) -> None:
    assert_nothing_changes(school, group)


def test_what_is_no_table_leaves_its_name_and_nothing_else_where_passwords_are_taken_out(school: Cast) -> None:
    files: dict[str, str | bytes] = {**files_11(), "passwords.txt": "sam: hunter2", "inner.zip": b"hunter2"}
    batch = batches.receive(school.lakeside, BytesIO(zipped(files)), "bundle.zip", by=school.otto)
    with intake.opened(batch.path) as file, ZipFile(file) as archive:
        sizes = {name: len(archive.read(name)) for name in archive.namelist()}
        assert not any(b"hunter2" in archive.read(name) for name in sizes)
    assert (sizes["passwords.txt"], sizes["inner.zip"]) == (0, 0)
    assert sizes["users.csv"] > 0
