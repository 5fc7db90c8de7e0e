"""Every page of the back office opens for those it is for, with as many queries for many rows as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Invitation, User
from portal.audit.models import AccessEvent, AuditEvent, Change
from portal.audit.record import looked
from students import models, staffing
from students.models import SchoolPolicy, Student
from tests import make
from tests.cast import Cast
from tests.students.office import address, registered

TRAIL = {AuditEvent, AccessEvent, Change}
ONLY_SUPERUSER = {"Job"}
ONLY_WITH_RIGHT = {"Demographics"}
NEVER_ADDED = TRAIL | {User, models.Intervention, models.Note}  # help and notes are written on the portal's pages


@pytest.fixture
def full(school: Cast) -> Cast:
    """One record of every kind."""
    make.make_observation(school.sam, make.make_indicator(school.lakeside))
    make.make_participation(school.sam)
    make.make_help(school.sam, school.cora)
    make.make_note(school.sam, school.ada)
    make.make_release(school.test, school.maths, school.ada)
    SchoolPolicy.objects.create(school=school.lakeside)
    Invitation.objects.create(
        email="new@lakeside.example", school_id=school.lakeside.pk, role="teacher", starts=make.TODAY,
        expires_at="2099-01-01T00:00Z", invited_by=school.hana, token_hash="x",
    )  # fmt: skip
    staffing.grant_role(school.tess, school.lakeside, "teacher", by=school.hana, starts=make.TODAY)
    looked(school.ada, [school.sam], role="teacher", what="record", door="page")
    return school


def _first(model: Any, school: Cast) -> Any:
    rows = model._default_manager.all()
    names = {field.name for field in model._meta.concrete_fields}
    if "school_id" in names or "school" in names:
        rows = rows.filter(school_id=school.lakeside.pk)
    elif "student" in names:
        rows = rows.filter(student__school=school.lakeside)
    return rows.first()


@pytest.mark.parametrize("person", ["otto", "hana", "root"])
@pytest.mark.parametrize("model", registered(), ids=lambda model: model.__name__)
def test_every_list_and_record_opens(full: Cast, client_as: Any, person: str, model: Any) -> None:
    if model.__name__ in ONLY_SUPERUSER:
        pytest.skip("opened below")
    client = client_as(getattr(full, person))
    hidden = (model.__name__ in ONLY_WITH_RIGHT and person != "root") or (model in TRAIL and person == "otto")
    assert client.get(address(model)).status_code == (403 if hidden else 200)
    record = full.lakeside if model is models.School else _first(model, full)
    assert record is not None, "the fixture lacks one"
    for page in ("change", "history"):
        status = client.get(address(model, page, record.pk)).status_code
        assert status == 200 if not hidden else status in (403, 404), page


@pytest.mark.parametrize("person", ["otto", "hana", "root"])
@pytest.mark.parametrize("model", registered(), ids=lambda model: model.__name__)
def test_the_page_for_adding_opens_where_one_may_add(full: Cast, client_as: Any, person: str, model: Any) -> None:
    status = client_as(getattr(full, person)).get(address(model, "add")).status_code
    refused = model in NEVER_ADDED or model.__name__ in ONLY_SUPERUSER
    refused |= model.__name__ in ("School", *ONLY_WITH_RIGHT) and person != "root"
    refused |= model is SchoolPolicy and person == "otto"
    assert status == (403 if refused else 200)


def test_the_first_page_speaks_of_school_matters(full: Cast, client_as: Any) -> None:
    page = client_as(full.otto).get("/office/")
    assert [app["name"] for app in page.context["app_list"]] == [
        "The school", "People", "Classes", "Exams and results", "Day by day",
    ]  # fmt: skip
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "<script>" not in page.text
    assert 'style="' not in page.text


def test_others_are_told_that_the_back_office_is_not_for_them(school: Cast, client_as: Any) -> None:
    for person in ("ada", "cora", "gus", "mina", "nils", "tom", "lena"):
        assert client_as(getattr(school, person)).get("/office/").status_code == 403
        assert client_as(getattr(school, person)).get(address(Student)).status_code == 403


def test_who_is_not_signed_in_signs_in_as_everywhere_else(school: Cast, client: Any) -> None:
    for place in ("/office/", address(Student), address(Student, "change", school.sam.pk)):
        answer = client.get(place, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert client.get("/office/login/?next=/office/students/").url == "/accounts/login/?next=/office/students/"


def test_password_and_signing_out_are_those_of_the_portal(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    assert client.get("/office/password_change/").url == "/accounts/password/"
    assert client.post("/office/logout/").url == "/accounts/logout/"
    assert client.get("/office/r/1/1/").status_code == 404


def _queries(client: Any, place: str) -> int:
    client.get(place)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(place).status_code == 200
    return len(caught)


LISTS = [Student, models.Enrolment, models.Result, models.AttendanceMark, models.SchoolClass, models.Guardianship,
         models.Membership, models.Teaching, models.Exam, models.Observation, Invitation, AuditEvent, Change]  # fmt: skip


def _grow(school: Cast, number: int) -> None:
    indicator = make.make_indicator(school.lakeside)
    for at in range(number):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_result(school.test, student, 10)
        make.make_mark(student, school.maths)
        make.make_observation(student, indicator)
        make.make_participation(student)
        guardian = make.make_user(f"Guardian {at}", f"g{at}-{indicator.pk}@lakeside.example")
        staffing.grant_role(guardian, school.lakeside, "guardian", by=school.hana, starts=make.TODAY)
        make.make_guardianship(guardian, student)
        made = make.make_class(school.lakeside, f"Class {at}-{indicator.pk}")
        make.make_teaching(school.ada, made)
        make.make_exam(made)
        Invitation.objects.create(
            email=f"{at}-{indicator.pk}@new.example", school_id=school.lakeside.pk, role="teacher", starts=make.TODAY,
            expires_at="2099-01-01T00:00Z", invited_by=school.hana, token_hash=f"{at}-{indicator.pk}",
        )  # fmt: skip


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_a_longer_list_takes_no_more_queries(full: Cast, client_as: Any, model: Any) -> None:
    client = client_as(full.hana)
    _grow(full, 2)
    few = _queries(client, address(model))
    _grow(full, 20)
    assert _queries(client, address(model)) <= few
    assert few <= 14


def test_a_full_class_takes_no_more_queries_than_a_small_one(full: Cast, client_as: Any) -> None:
    client = client_as(full.otto)
    place = address(models.SchoolClass, "change", full.maths.pk)
    few = _queries(client, place)
    _grow(full, 12)
    assert _queries(client, place) <= few


def test_a_student_with_many_classes_takes_no_more_queries(full: Cast, client_as: Any) -> None:
    client = client_as(full.otto)
    place = address(Student, "change", full.sam.pk)
    few = _queries(client, place)
    for at in range(10):
        make.make_enrolment(full.sam, make.make_class(full.lakeside, f"More {at}"))
        guardian = make.make_user(f"Aunt {at}", f"aunt{at}@lakeside.example")
        make.make_guardianship(guardian, full.sam)
        make.make_participation(full.sam, f"Club {at}")
    assert _queries(client, place) <= few


def test_a_list_never_counts_the_whole_table(full: Cast, client_as: Any) -> None:
    client = client_as(full.otto)
    with CaptureQueriesContext(connection) as caught:
        client.get(address(Student))
    assert not [query for query in caught.captured_queries if "COUNT(" in query["sql"]]


def test_names_are_found_by_the_beginnings_of_words(full: Cast, client_as: Any) -> None:
    client = client_as(full.otto)
    for place in (address(Student), address(models.Result), address(models.Enrolment)):
        page = client.get(place, {"q": "oka sa"})
        assert "Okafor" in page.text
        assert "Lindqvist" not in page.text
    assert "Ada Marsh" in client.get(address(User), {"q": "mar"}).text
    assert "Ada Marsh" in client.get(address(User), {"q": "ada@lakeside.example"}).text


def test_jobs_are_shown_to_the_superuser_alone(full: Cast, client_as: Any) -> None:
    job = next(model for model in registered() if model.__name__ == "Job")
    assert client_as(full.root).get(address(job)).status_code == 200
    assert client_as(full.hana).get(address(job)).status_code == 403
