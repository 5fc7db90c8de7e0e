"""Files that jobs make: whole or not there, for who ordered them, for some days and while the right lasts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.jobs import files, timers
from portal.jobs.models import Job, JobFile, JobState
from portal.jobs.running import job_running
from portal.kit.scoping import grants_of
from students.roles import STAFF
from tests.asserts import assert_queries
from tests.cast import Cast

LETTERS = b"Dear Sam, this is an estimate. " * 100


@pytest.fixture(autouse=True)
def letters_of_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    may_still = {"letters": lambda job, user: job.school_id in grants_of(user).of(STAFF)}
    monkeypatch.setattr(files, "_may_still", may_still)


@pytest.fixture(autouse=True)
def empty_place() -> Iterator[None]:
    place = Path(storages["files"].path(""))
    yield
    for left in place.glob("*") if place.exists() else ():
        if left.is_file():  # imports keep a folder of their own there
            left.unlink()


def ordered(school: Cast, kind: str = "letters") -> Job:
    return Job.objects.create(
        kind=kind, title="Letters", requested_by=school.hana, school_id=school.lakeside.pk, task="x", queue="quick"
    )


def made(school: Cast, kind: str = "letters", name: str = "Letters – Lakeside.pdf") -> JobFile:
    job = ordered(school, kind)
    with job_running(str(job.pk)) as progress:
        stored = files.store(job, lambda out: out.write(LETTERS))  # type: ignore[arg-type,return-value]  # the count is of no use

        def keep() -> None:
            files.keep(job, stored, name=name, content_type="application/pdf", at=timezone.now())
            progress.finish("2 letters.")

        progress.store(keep)
    return JobFile.objects.get()


def address(file: JobFile) -> str:
    return f"/jobs/{file.job_id}/files/{file.pk}/"


def test_who_ordered_it_finds_it_on_the_page_of_the_job_and_takes_it_away(school: Cast, client_as: Any) -> None:
    file, hana = made(school), client_as(school.hana)
    page = hana.get(f"/jobs/{file.job_id}/")
    assert f'href="{address(file)}"' in page.text
    assert "3.0\xa0KB, kept until" in page.text
    answer = hana.get(address(file))
    assert b"".join(answer.streaming_content) == LETTERS
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Letters")
    assert "no-store" in answer["Cache-Control"]
    line = AuditEvent.objects.get(verb="file downloaded")
    assert (line.actor_id, line.school_id, line.facts["kind"]) == (school.hana.pk, school.lakeside.pk, "letters")


def test_nobody_else_finds_it_not_even_who_leads_the_school_too(school: Cast, client_as: Any) -> None:
    file = made(school)
    for person in (school.otto, school.dora, school.wanda, school.root):
        assert client_as(person).get(address(file)).status_code == 404


def test_who_lost_the_role_gets_it_no_more(school: Cast, client_as: Any) -> None:
    file, hana = made(school), client_as(school.hana)
    school.hana.memberships.update(ends=timezone.localdate() - timedelta(days=1))
    assert hana.get(address(file)).status_code == 404
    assert address(file) not in hana.get(f"/jobs/{file.job_id}/").text


def test_a_kind_for_which_nobody_answers_is_handed_to_nobody(school: Cast, client_as: Any) -> None:
    assert client_as(school.hana).get(address(made(school, kind="unknown"))).status_code == 404


def test_a_file_of_another_job_is_not_found_under_this_one(school: Cast, client_as: Any) -> None:
    file, other = made(school), ordered(school)
    assert client_as(school.hana).get(f"/jobs/{other.pk}/files/{file.pk}/").status_code == 404


def test_after_some_days_it_is_gone_from_page_storage_and_database(school: Cast, client_as: Any) -> None:
    file, hana = made(school), client_as(school.hana)
    JobFile.objects.update(expires_at=timezone.now())
    assert hana.get(address(file)).status_code == 404
    timers.purge_files()
    assert not JobFile.objects.exists()
    assert not storages["files"].exists(file.path)
    assert AuditEvent.objects.get(verb="files removed").facts == {"count": 1}
    assert hana.get(f"/jobs/{file.job_id}/").status_code == 200


def test_what_is_kept_still_stays(school: Cast) -> None:
    file = made(school)
    timers.purge_files()
    assert storages["files"].exists(file.path)


def test_bytes_that_a_killed_job_left_are_removed_a_day_later(school: Cast) -> None:
    stored = files.store(ordered(school), lambda out: out.write(b"half"))  # type: ignore[arg-type,return-value]
    files.purge(timezone.now())
    assert storages["files"].exists(stored.path)
    files.purge(timezone.now() + timedelta(days=2))
    assert not storages["files"].exists(stored.path)


def test_work_that_breaks_leaves_no_file(school: Cast) -> None:
    job = ordered(school)

    def write(out: Any) -> None:
        out.write(b"half a letter")
        raise RuntimeError("killed")

    with job_running(str(job.pk)):
        files.store(job, write)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not JobFile.objects.exists()


def test_a_full_storage_is_told_in_a_sentence(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(storages["files"]), "_save", full)
    job = ordered(school)
    with job_running(str(job.pk)):
        files.store(job, lambda out: out.write(b"x"))  # type: ignore[arg-type,return-value]
    job.refresh_from_db()
    assert (job.state, job.is_our_fault) == (JobState.FAILED, False)
    assert "could not be stored" in job.sentence


def test_a_file_whose_bytes_are_lost_is_a_sentence(school: Cast, client_as: Any) -> None:
    file = made(school)
    storages["files"].delete(file.path)
    answer = client_as(school.hana).get(address(file))
    assert answer.status_code == 410
    assert "order it again" in answer.text
    assert not AuditEvent.objects.filter(verb="file downloaded").exists()


def test_only_the_portal_s_own_user_can_read_what_is_kept(school: Cast) -> None:
    assert Path(storages["files"].path(made(school).path)).stat().st_mode & 0o077 == 0


def test_a_running_job_offers_nothing_and_asks_no_more_for_it(school: Cast, client_as: Any) -> None:
    job = ordered(school)
    hana = client_as(school.hana)
    hana.get(f"/jobs/{job.pk}/")
    with assert_queries(most=9):
        hana.get(f"/jobs/{job.pk}/")
