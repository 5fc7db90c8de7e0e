"""A real file from the upload to its undoing, by the buttons of the pages alone: two clicks to the plan, one to apply it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.jobs.models import Job
from students import tasks
from students.models import ImportBatch, Result, Student
from tests.cast import Cast

SHARED = Path(__file__).resolve().parents[4] / "shared"
TASKS = {"plan_import": tasks.plan_import, "apply_import": tasks.apply_import, "undo_import": tasks.undo_import}


def real(name: str) -> SimpleUploadedFile:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no {name} beside the repository")
    return SimpleUploadedFile(path.name, path.read_bytes())


class Fields(HTMLParser):
    """What a browser would send of the form of the columns as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        facts = dict(attrs)
        name, is_box = facts.get("name"), facts.get("type") in ("checkbox", "radio")
        if tag == "input" and name and facts.get("type") != "file" and (not is_box or "checked" in facts):
            self.sent[name] = facts.get("value") or ("on" if is_box else "")
        elif tag == "select":
            self.select = name or ""
        elif tag == "option" and self.select and ("selected" in facts or self.select not in self.sent):
            self.sent[self.select] = facts.get("value") or ""


def form_of(page: str) -> dict[str, str]:
    fields = Fields()
    fields.feed(re.search(r'<form class="import-mapping".*?</form>', page, re.DOTALL).group())  # type: ignore[union-attr]  # it is there
    return fields.sent


def work() -> None:
    """As a worker does what was ordered last."""
    job = Job.objects.latest("requested_at")
    TASKS[job.task.rpartition(".")[2]](str(job.pk), **job.arguments)


@pytest.mark.django_db(transaction=True)
def test_a_real_gradebook_is_two_clicks_from_its_plan(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    upload = real("data/uci_student_por.csv")
    columns = client.post("/data/imports/new/", {"file": upload}, follow=True)
    sent = form_of(columns.text)
    client.post(columns.redirect_chain[-1][0], sent)
    work()
    batch = ImportBatch.objects.get()
    plan = client.get(f"/data/imports/{batch.pk}/", follow=True)
    assert plan.redirect_chain[-1][0].endswith("/plan/"), Job.objects.latest("requested_at").sentence
    assert "Apply exactly this: add" in plan.text
    before = Student.objects.count()
    client.post(f"/data/imports/{batch.pk}/apply/", {"fingerprint": batch.fingerprint, "yes": ["0", "1", "2"]})
    work()
    assert Student.objects.count() == before + 649
    assert Result.objects.filter(exam__subject__name="Portuguese").exists()
    assert "by Otto Office" in client.get(f"/data/imports/{batch.pk}/").text
    client.post(f"/data/imports/{batch.pk}/undo/")
    work()
    assert Student.objects.count() == before
    assert "Undone on" in client.get(f"/data/imports/{batch.pk}/").text


@pytest.mark.django_db(transaction=True)
def test_a_oneroster_export_of_one_school_is_checked_at_once(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    client.post("/data/imports/new/", {"file": real("oneroster/sample_school_small.zip")})
    batch = ImportBatch.objects.get()
    assert batch.state == ImportBatch.State.READING
    work()
    page = client.get(f"/data/imports/{batch.pk}/", follow=True)
    assert page.status_code == 200
    items = client.get(f"/data/imports/{batch.pk}/columns/")
    assert items.status_code == 200
    assert "Files in it" in items.text
    assert client.post(f"/data/imports/{batch.pk}/columns/", {"source": ""}).status_code == 422
