"""What was put aside in the watched folder goes after as many days as uploaded files do, and nothing else goes."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from portal.audit.models import AuditEvent
from students import timers
from students.importing import put_aside
from students.models import ImportBatch, ImportProfile
from tests.cast import Cast
from tests.students.importing.files import TWO
from tests.students.importing.test_nightly import a_night_passes, drop, folder, lie, profile

pytestmark = pytest.mark.django_db(transaction=True)
assert folder, profile  # fixtures
MONTH = timedelta(days=30)


def days_later(folder: Path, days: int) -> int:
    return put_aside.empty(folder.parents[1], now=timezone.now() + timedelta(days=days), kept=MONTH)


def test_records_of_children_do_not_lie_in_the_folder_for_ever(folder: Path) -> None:
    drop(folder, TWO)
    drop(folder, "%PDF-1.4 \u2026", "letter.pdf")
    a_night_passes()
    kept = lie(folder)
    assert [path.split("/")[0] for path in kept] == ["done", "refused"]
    assert days_later(folder, 29) == 0
    assert lie(folder) == kept
    assert days_later(folder, 31) == 2
    assert lie(folder) == []
    assert ImportBatch.objects.count() == 2, "what came of them stays"
    assert AuditEvent.objects.get(verb="watched folder emptied").facts == {"files": 2}
    assert days_later(folder, 31) == 0


def test_a_file_counts_from_when_it_was_put_aside_whatever_its_sender_says_of_its_age(folder: Path) -> None:
    os.utime(drop(folder, TWO), (0, 0))
    a_night_passes()
    assert days_later(folder, 1) == 0
    [path] = (folder / "done").iterdir()
    os.utime(path, (4e9, 4e9))
    assert days_later(folder, 31) == 1


def test_what_waits_and_what_is_hidden_and_what_lies_deeper_stays(folder: Path) -> None:
    for place in ("done", "refused/older", "elsewhere"):
        (folder / place).mkdir(parents=True)
    drop(folder, TWO, "waiting.csv")
    drop(folder / "done", TWO, ".state")
    drop(folder / "refused" / "older", TWO, "deep.csv")
    drop(folder / "elsewhere", TWO, "own.csv")
    drop(folder.parent, TWO, "done")
    before = lie(folder)
    assert days_later(folder, 99) == 0
    assert lie(folder) == before


def test_no_link_is_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    secret = drop(outside, TWO, "secret.csv")
    (folder / "done").symlink_to(outside)
    (folder / "refused").mkdir()
    (folder / "refused" / "link.csv").symlink_to(secret)
    (folder / "refused" / "more").symlink_to(outside)
    (folder.parent / "Other").symlink_to(folder)
    (tmp_path / "hillside-school").symlink_to(folder.parent)
    assert days_later(folder, 99) == 0
    assert secret.read_text() == TWO
    assert (folder / "refused" / "link.csv").is_symlink()


def test_folders_of_no_profile_and_of_no_school_are_left_alone(folder: Path, tmp_path: Path) -> None:
    for place in ("lakeside-school/Nobody/done", "nowhere/Marks of the SIS/done", "done"):
        (tmp_path / place).mkdir(parents=True)
        drop(tmp_path / place, TWO)
    before = lie(tmp_path)
    assert days_later(folder, 99) == 0
    assert lie(tmp_path) == before


def test_a_profile_with_a_name_that_leads_outside_empties_nothing(folder: Path, tmp_path: Path) -> None:
    ImportProfile.objects.update(name="../elsewhere")
    (tmp_path / "elsewhere" / "done").mkdir(parents=True)
    kept = drop(tmp_path / "elsewhere" / "done", TWO)
    assert days_later(folder, 99) == 0
    assert kept.exists()


def test_the_clock_empties_it_once_the_days_of_the_settings_are_over(
    folder: Path, school: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder, TWO)
    a_night_passes()
    timers.purge_imports()
    assert len(lie(folder)) == 1
    later: datetime = timezone.now() + timedelta(days=settings.IMPORT_FILE_DAYS + 1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    settings.IMPORT_FOLDER, kept = "", settings.IMPORT_FOLDER
    timers.purge_imports()
    assert len(lie(folder)) == 1, "no folder is watched"
    settings.IMPORT_FOLDER = kept
    timers.purge_imports()
    assert lie(folder) == []
