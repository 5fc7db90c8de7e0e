"""What a careless or curious keeper tries: protected facts of others, facts under another name, years that are none."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.models import User
from portal.jobs.models import Job
from students import orders
from students.importing import batches
from students.importing.spreadsheet.mapping_file import MappingFaults, as_json, from_toml
from students.models import Demographics, ImportBatch, Indicator, Membership, Observation, SchoolPolicy
from tests.cast import Cast
from tests.students.importing.files import after_work, known

pytestmark = pytest.mark.django_db
FACTS = 'source = "sis"\n[student]\nexternal_id = "Id"\nname = "Name"\ngender = "Sex"\nhome_language = "Tongue"\n'
MEASURED = (
    'source = "sis"\n[student]\nexternal_id = "Id"\nname = "Name"\n[indicators]\nSex = "category"\nPet = "category"\n'
)
TWO = "Id;Name;Sex;Tongue\ns1;Sam Okafor;zzfirst;Klingon\ns2;Mia Lindqvist;zzsecond;Elvish\n"
PAGES = ("", "columns/", "findings/", "plan/", "changes.csv", "findings.csv")


@pytest.fixture(autouse=True)
def ids(school: Cast) -> None:
    known(school)
    SchoolPolicy.objects.update_or_create(school=school.lakeside, defaults={"imports_protected": True})
    Membership.objects.filter(user=school.hana, school=school.lakeside).update(sees_demographics=True)


def looked(school: Cast, text: str, toml: str, *, by: User) -> ImportBatch:
    batch = batches.receive(school.lakeside, BytesIO(text.encode()), "marks.csv", by=by)
    batches.choose_mapping(batch, as_json(from_toml(toml)), by=by, source="sis")
    orders.order_plan(batch, by=by)
    return after_work(batch)


def carried_out(batch: ImportBatch, *, by: User) -> ImportBatch:
    orders.order_apply(batch, batch.fingerprint, by=by, accepted_guards=True)
    return after_work(batch)


def told(client, batch: ImportBatch) -> bytes:
    answers = [client.get(f"/data/imports/{batch.pk}/{page}", follow=True) for page in PAGES]
    return b"".join(b"".join(each.streaming_content) if each.streaming else each.content for each in answers)


def test_protected_facts_in_the_import_of_another_are_kept_from_the_office(school: Cast, client_as) -> None:
    carried_out(looked(school, TWO, FACTS, by=school.hana), by=school.hana)
    assert Demographics.objects.get(student=school.mia).home_language == "Elvish"
    again = TWO.replace("zzfirst", "zzthird").replace("Elvish", "Orkish")
    batch = looked(school, again, FACTS, by=school.hana)
    words = (b"zzfirst", b"zzsecond", b"zzthird", b"Klingon", b"Elvish", b"Orkish")
    assert b"Orkish" in told(client_as(school.hana), batch)
    page = told(client_as(school.otto), batch)
    assert [word for word in words if word in page] == []
    assert client_as(school.otto).get(f"/data/imports/{batch.pk}/plan/").status_code == 403
    done = carried_out(batch, by=school.hana)
    page = told(client_as(school.otto), done)
    assert done.state == "applied"
    assert [word for word in words if word in page] == []


def test_a_plan_with_protected_facts_is_another_one_for_who_may_not_see_them(school: Cast) -> None:
    batch = carried_out(looked(school, TWO, FACTS, by=school.hana), by=school.otto)
    assert batch.state == "planned"
    assert not Demographics.objects.filter(home_language="Elvish").exists()


def test_cells_of_a_protected_column_stay_hidden_whatever_it_is_mapped_to(school: Cast, client_as) -> None:
    batch = batches.receive(school.lakeside, BytesIO(TWO.encode()), "marks.csv", by=school.hana)
    batches.choose_mapping(batch, as_json(from_toml(MEASURED.replace("Pet", "Id2"))), by=school.hana, source="sis")
    page = client_as(school.otto).get(f"/data/imports/{batch.pk}/columns/")
    assert page.status_code == 200
    assert "zzfirst" not in page.text
    assert "Sam Okafor" in page.text
    assert "zzfirst" in client_as(school.hana).get(f"/data/imports/{batch.pk}/columns/").text


def test_a_protected_fact_is_no_open_indicator(school: Cast) -> None:
    text = "Id;Name;Sex;Pet\ns1;Sam Okafor;zzfirst;cat\ns2;Mia Lindqvist;zzsecond;dog\n"
    by_office = carried_out(looked(school, text, MEASURED, by=school.otto), by=school.otto)
    assert by_office.state == "applied", Job.objects.get(pk=by_office.job_id).sentence
    assert list(Indicator.objects.filter(name__in=["Sex", "Pet"]).values_list("name", flat=True)) == ["Pet"]
    assert not Observation.objects.filter(category="zzfirst").exists()
    assert "protected_left_out" in {kind["code"] for kind in by_office.findings["kinds"]}
    carried_out(looked(school, text, MEASURED, by=school.hana), by=school.hana)
    assert Indicator.objects.get(name="Sex").is_protected
    assert not Indicator.objects.get(name="Pet").is_protected


def test_rights_that_were_withdrawn_meanwhile_end_an_import(school: Cast) -> None:
    batch = looked(school, TWO, FACTS, by=school.otto)
    text = TWO + "s3;New Child;x;y\n"
    batch = looked(school, text, FACTS, by=school.otto)
    orders.order_apply(batch, batch.fingerprint, by=school.otto, accepted_guards=True)
    User.objects.filter(pk=school.otto.pk).update(is_active=False)
    batch = after_work(batch)
    assert batch.applied_at is None
    assert "Only the office and the leaders" in Job.objects.get(pk=batch.job_id).sentence


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31"])
def test_exams_are_in_years_that_a_school_has(day: str) -> None:
    with pytest.raises(MappingFaults, match="expected a day like"):
        from_toml(f'[exams.V]\nsubject = "M"\ntitle = "t"\non = {day}\n')


@pytest.mark.parametrize(
    "toml", ['missing = ["\\u0000"]', 'subject = "a\\u0000"', '[attendance]\n"\\u0000" = "P"', '[indicators]\n"\\u0000" = "number"']
)  # fmt: skip
def test_a_mapping_file_brings_no_sign_that_a_database_refuses(school: Cast, client_as, toml: str) -> None:
    batch = batches.receive(school.lakeside, BytesIO(TWO.encode()), "marks.csv", by=school.otto)
    sent = {"mapping_file": SimpleUploadedFile("m.toml", toml.encode())}
    assert client_as(school.otto).post(f"/data/imports/{batch.pk}/mapping/", sent).status_code == 422
