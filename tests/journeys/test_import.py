"""Otto brings a file in: uploaded, checked, looked at, applied and taken back on the pages, the work done by a real worker."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.accounts.models import User
from students.importing.batches import save_profile
from students.models import ImportBatch, ImportState, Result
from tests.cast import build_cast
from tests.students.importing.files import TWO, known, mapping
from tests.workers import Worker, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]


def became(state: ImportState) -> ImportBatch:
    wait_for(lambda: ImportBatch.objects.filter(state=state).exists(), 60)
    return ImportBatch.objects.get()


def test_a_file_goes_in_and_comes_out_again(worker: Worker, client_as: Callable[[User], Client]) -> None:
    school = build_cast()
    known(school)
    facts: dict[str, Any] = {"kind": "spreadsheet", "source": "sis", "mapping": mapping()}
    profile = save_profile(school.lakeside, "Marks", by=school.otto, **facts)
    page = client_as(school.otto)

    upload = {"file": SimpleUploadedFile("marks.csv", TWO.encode()), "profile": profile.pk}
    sent = page.post("/data/imports/new/", upload)
    batch = ImportBatch.objects.get()
    home = f"/data/imports/{batch.pk}/"
    assert sent["Location"] == home
    page.post(f"{home}check/")
    batch = became(ImportState.PLANNED)
    assert "Quiz 1" not in Result.objects.values_list("exam__title", flat=True)
    assert batch.fingerprint in page.get(f"{home}plan/").content.decode()

    page.post(f"{home}apply/", {"fingerprint": batch.fingerprint})
    became(ImportState.APPLIED)
    assert Result.objects.filter(exam__title="Quiz 1").count() == 2
    assert page.get(home).status_code == 200

    page.post(f"{home}undo/")
    became(ImportState.UNDONE)
    assert not Result.objects.filter(exam__title="Quiz 1").exists()
    assert page.get(home).status_code == 200
