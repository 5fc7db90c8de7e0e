"""Files that other systems drop into the folder: taken once, applied only where nothing speaks against it, told in a mail."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from portal.jobs.models import Job
from students import timers
from students.importing import digest, nightly
from students.importing.batches import save_profile
from students.models import ImportBatch, ImportProfile, ImportState, Membership, Result
from tests import make
from tests.cast import Cast
from tests.students.importing.files import HEAD, TWO, WRONG, known, mapping
from tests.workers import work_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def profile(school: Cast) -> ImportProfile:
    known(school)
    facts: dict[str, Any] = {"kind": "spreadsheet", "source": "sis", "mapping": mapping(), "is_nightly": True}
    return save_profile(school.lakeside, "Marks of the SIS", by=school.otto, **facts)


@pytest.fixture
def folder(tmp_path: Path, profile: ImportProfile, settings: Any) -> Path:
    settings.IMPORT_FOLDER = str(tmp_path)
    own = tmp_path / "lakeside-school" / profile.name
    own.mkdir(parents=True)
    return own


def drop(folder: Path, text: str, name: str = "marks.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def a_night_passes() -> None:
    """Twice, as every five minutes; the clock of the files is a minute behind."""
    for _ in range(2):
        nightly.collect(Path(timers.settings.IMPORT_FOLDER), now=timezone.now() + timedelta(seconds=61))
        timers.collect_imports()
        work_off()


def lie(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_file_is_taken_applied_under_its_keepers_name_and_put_aside(folder: Path, school: Cast) -> None:
    drop(folder, TWO)
    a_night_passes()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.by, batch.applied_by) == (ImportState.APPLIED, None, school.otto), batch.refusal
    assert Result.objects.filter(exam__title="Quiz 1").count() == 2
    assert lie(folder) == [f"done/{batch.pk}-marks.csv"]


def test_a_file_that_still_grows_is_left_alone(folder: Path) -> None:
    path = drop(folder, TWO)
    os.utime(path, (0, 0))  # what its sender says of its age does not count
    timers.collect_imports()
    assert lie(folder) == ["marks.csv"]
    assert not ImportBatch.objects.exists()


def test_a_file_whose_taker_was_killed_before_it_was_moved_is_not_taken_again(folder: Path) -> None:
    path = drop(folder, TWO)
    nightly.collect(folder.parents[1], now=timezone.now() + timedelta(seconds=61))
    batch = ImportBatch.objects.get()
    Path(batch.options[nightly.LIES]).rename(path)  # back, as if it had never been moved
    a_night_passes()
    assert ImportBatch.objects.count() == 1
    assert lie(folder) == [f"done/{batch.pk}-marks.csv"]


@pytest.mark.parametrize("text", [WRONG, TWO.replace("Quiz 1", "Algebra test").replace("2026-03-02", "2099-03-02")])
def test_what_has_an_error_waits_for_a_person(folder: Path, text: str) -> None:
    drop(folder, text)
    a_night_passes()
    batch = ImportBatch.objects.get()
    assert batch.state == ImportState.PLANNED
    assert batch.findings["errors"]
    assert not Result.objects.filter(exam__title="Quiz 1").exists()


def test_a_profile_that_is_not_applied_by_itself_waits_for_a_person(folder: Path, profile: ImportProfile) -> None:
    ImportProfile.objects.update(is_nightly=False)
    drop(folder, TWO)
    a_night_passes()
    assert ImportBatch.objects.get().state == ImportState.PLANNED


def test_nothing_is_applied_under_the_name_of_who_may_no_longer_import(folder: Path, school: Cast) -> None:
    Membership.objects.filter(user=school.otto).update(ends=make.YESTERDAY)
    drop(folder, TWO)
    a_night_passes()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.applied_by) == (ImportState.PLANNED, None)
    assert Job.objects.get(pk=batch.job_id).requested_by is None


def test_what_is_no_file_for_the_profile_lies_with_the_refused_ones_and_says_why(folder: Path) -> None:
    drop(folder, "%PDF-1.4 …", "letter.pdf")
    drop(folder, "Something;Else\n1;2\n", "other.csv")
    a_night_passes()
    pdf, other = ImportBatch.objects.order_by("file_name")
    assert (pdf.state, other.state) == (ImportState.REFUSED, ImportState.REFUSED)
    assert "PDF" in pdf.refusal
    assert lie(folder) == sorted([f"refused/{pdf.pk}-letter.pdf", f"refused/{other.pk}-other.csv"])


def test_links_lead_nowhere(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(TWO)
    (folder / "link.csv").symlink_to(secret)
    os.link(secret, folder / "hard.csv")
    (tmp_path / "hillside-school").symlink_to(folder.parent)
    a_night_passes()
    assert not ImportBatch.objects.exists()
    assert lie(folder) == ["refused/no-file-hard.csv", "refused/no-file-link.csv"]
    assert secret.read_text() == TWO


def test_a_profile_with_a_name_that_leads_outside_is_no_folder(folder: Path, profile: ImportProfile) -> None:
    ImportProfile.objects.update(name="../../elsewhere")
    drop(folder, TWO)
    a_night_passes()
    assert not ImportBatch.objects.exists()
    assert lie(folder) == ["refused/no-profile-marks.csv"]


def test_where_no_folder_is_set_nothing_is_looked_for(folder: Path, settings: Any) -> None:
    drop(folder, TWO)
    settings.IMPORT_FOLDER = ""
    timers.collect_imports()
    assert not ImportBatch.objects.exists()


def test_the_same_export_every_night_changes_nothing_and_asks_nobody(folder: Path) -> None:
    drop(folder, TWO)
    a_night_passes()
    drop(folder, TWO)
    a_night_passes()
    again = ImportBatch.objects.first()
    assert again is not None
    digest.send_due(MORNING)
    assert "Nothing to do" in mail.outbox[0].body


# --- the mail ------------------------------------------------------------------------------------------------
MORNING = datetime.combine(make.TODAY, datetime.min.time(), UTC) + timedelta(hours=7)


def test_the_office_reads_in_the_morning_what_came_and_nobodys_name(folder: Path, school: Cast) -> None:
    drop(folder, TWO, "Sam Okafor.csv")
    drop(folder, WRONG.replace("Quiz 1", "Quiz 2"), "more.csv")
    a_night_passes()
    assert digest.send_due(MORNING - timedelta(hours=3)) == 0, "not by night"
    assert digest.send_due(MORNING) == 1
    [letter] = mail.outbox
    first, second = ImportBatch.objects.order_by("pk")
    assert letter.to == [school.otto.email]
    html = letter.alternatives[0][0]
    for text in (letter.body, html):
        assert f"/imports/{first.pk}/" in text
        assert f"/imports/{second.pk}/" in text
        assert "Sam" not in text
        assert "1 error was found" in text
    assert "1 import waits" in letter.subject


def test_nothing_is_told_twice_and_nothing_where_nothing_came(folder: Path, school: Cast) -> None:
    assert digest.send_due(MORNING) == 0
    drop(folder, TWO)
    a_night_passes()
    assert digest.send_due(MORNING) == 1
    drop(folder, HEAD + "s1;Sam Okafor;Quiz 3;Mathematics;2026-03-09;20;11\n", "later.csv")
    a_night_passes()
    assert digest.send_due(datetime.now(UTC)) == 0, "once a day"
    assert len(mail.outbox) == 1


def test_without_an_office_the_leaders_read_it(folder: Path, school: Cast) -> None:
    Membership.objects.filter(user=school.otto).update(ends=make.YESTERDAY)
    drop(folder, TWO)
    a_night_passes()
    digest.send_due(MORNING)
    assert [letter.to for letter in mail.outbox] == [[school.hana.email]]


def test_a_reader_is_written_to_in_their_own_language(folder: Path, school: Cast) -> None:
    school.otto.preferences = {**school.otto.preferences, "language": "de"}
    school.otto.save()
    drop(folder, TWO)
    a_night_passes()
    digest.send_due(MORNING)
    assert 'lang="de"' in mail.outbox[0].alternatives[0][0]
