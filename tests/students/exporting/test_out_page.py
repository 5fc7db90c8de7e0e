"""The page for taking data out: what each may order, what the worker makes of it, and who is handed the file."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.audit.models import AccessEvent, AuditEvent
from portal.jobs.models import Job, JobFile, JobState
from students import tasks
from students.models import Membership, School
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.students.exporting import strict

As = Callable[[User], Client]
OUT, BUNDLE, DUMP = "/data/out/", "/data/out/oneroster/", "/data/out/dump/"


WORK = {"oneroster": tasks.export_oneroster, "dump": tasks.dump_school}


@pytest.fixture
def order(client_as: As) -> Callable[..., Any]:
    """What is ordered is done at once, as a worker does it."""

    def send(person: User, address: str, **given: str) -> Any:
        answer = client_as(person).post(address, given)
        for job in Job.objects.filter(state=JobState.QUEUED):
            WORK[job.kind](job_id=str(job.pk), **job.arguments)
        return answer

    return send


def taken(client: Client, job: Job) -> bytes:
    file = JobFile.objects.get(job=job)
    return b"".join(client.get(f"/jobs/{job.pk}/files/{file.pk}/").streaming_content)


def test_the_office_takes_the_roster_out(school: Cast, order: Any, client_as: As) -> None:
    answer = order(school.otto, BUNDLE, version="1.2", attendance="on")
    job = Job.objects.get(kind="oneroster")
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.pk}/")
    assert job.state == JobState.SUCCEEDED, job.sentence
    bundle = strict.read(taken(client_as(school.otto), job))
    assert (bundle.version, bundle.faults) == ("1.2", [])
    assert "attendance" in bundle.files
    assert AccessEvent.objects.filter(user_id=school.otto.pk, what="oneroster", door="export").count() == 4
    assert AuditEvent.objects.filter(verb="roster exported", school_id=school.lakeside.pk).count() == 1


def test_what_was_left_out_is_told(school: Cast, order: Any) -> None:
    make.make_result(school.final, school.zoe, 3)
    order(school.hana, BUNDLE, version="1.1")
    job = Job.objects.get(kind="oneroster")
    assert job.state == JobState.PARTIALLY_SUCCEEDED
    assert "1 result is left out" in job.sentence


def test_a_leader_takes_all_records_out(school: Cast, order: Any, client_as: As) -> None:
    order(school.hana, DUMP, format="csv")
    job = Job.objects.get(kind="dump")
    assert job.state == JobState.SUCCEEDED, job.sentence
    with ZipFile(BytesIO(taken(client_as(school.hana), job))) as bundle:
        assert {"README.txt", "data_dictionary.csv", "students.csv", "predictions.csv"} <= set(bundle.namelist())
        assert "Okafor" not in bundle.read("students.csv").decode()
    assert AccessEvent.objects.filter(user_id=school.hana.pk, what="dump", door="export").count() == 4


def test_who_leads_no_more_is_not_handed_the_file(school: Cast, order: Any, client_as: As) -> None:
    order(school.hana, DUMP, format="csv")
    file = JobFile.objects.get()
    Membership.objects.filter(user=school.hana).update(role=Role.OFFICE)
    assert client_as(school.hana).get(f"/jobs/{file.job_id}/files/{file.pk}/").status_code == 404


def test_who_may_not_see_protected_facts_cannot_ask_for_them(school: Cast, order: Any, client_as: As) -> None:
    assert 'name="protected"' not in client_as(school.hana).get(OUT).text
    order(school.hana, BUNDLE, version="1.1", demographics="on")
    assert Job.objects.get().arguments["demographics"] is False
    Membership.objects.filter(user=school.hana).update(sees_demographics=True)
    assert 'name="demographics"' in client_as(school.hana).get(OUT).text
    order(school.hana, BUNDLE, version="1.1", demographics="on")
    job = Job.objects.filter(kind="oneroster").order_by("-requested_at")[0]
    assert "demographics" in strict.read(taken(client_as(school.hana), job)).files
    file = JobFile.objects.get(job=job)
    Membership.objects.filter(user=school.hana).update(sees_demographics=False)
    assert client_as(school.hana).get(f"/jobs/{job.pk}/files/{file.pk}/").status_code == 404


def test_the_office_is_told_whom_to_ask_for_tables(school: Cast, client_as: As, order: Any) -> None:
    page = client_as(school.otto).get(OUT).text
    assert "Leaders take all records out" in page
    assert DUMP not in page
    assert order(school.otto, DUMP, format="csv").status_code == 403
    assert not Job.objects.exists()


def test_nonsense_is_refused_on_the_page(school: Cast, order: Any) -> None:
    for address, given in ((BUNDLE, {"version": "2.0"}), (DUMP, {"format": "exe"}), (BUNDLE, {})):
        answer = order(school.hana, address, **given)
        assert answer.status_code == 422
        assert "form-errors" in answer.text
    assert not Job.objects.exists()


def test_a_district_is_told_to_choose_a_school(school: Cast, client_as: As, order: Any) -> None:
    School.objects.filter(pk=school.lakeside.pk).update(parent=None)
    client = client_as(school.dora)
    assert "A district has no records of its own" in client.get(OUT).text
    answer = client.post(BUNDLE, {"version": "1.1"})
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_the_page_costs_the_same_whatever_was_ordered(school: Cast, order: Any, client_as: As) -> None:
    client = client_as(school.hana)
    client.get(OUT)
    with assert_queries(6):
        assert "Nothing yet" in client.get(OUT).text
    for _ in range(3):
        order(school.hana, BUNDLE, version="1.1")
    with assert_queries(6):
        assert "Lakeside School as OneRoster 1.1" in client.get(OUT).text
