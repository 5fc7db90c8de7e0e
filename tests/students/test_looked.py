"""Who at school has looked, as families read it: staff by name and role and day, nothing of other guardians or of the child."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import AccessEvent
from portal.audit.record import looked
from students.roles import Role
from students.summaries.looked import DAYS
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


def page_of(cast: Cast, client_as, person=None, student=None) -> str:
    page = client_as(person or cast.gus).get(f"/my/looked/{(student or cast.sam).pk}/")
    assert page.status_code == 200
    return page.text[page.text.index('<main id="main"') :]


def test_staff_are_named_with_role_and_what_they_opened(school: Cast, client_as) -> None:
    looked(school.ada, [school.sam], role=Role.TEACHER, what="student", door="page")
    looked(school.ada, [school.sam, school.mia], role=Role.TEACHER, what="register", door="page")
    looked(school.otto, [school.sam], role=Role.OFFICE, what="register", door="export")
    looked(school.root, [school.sam], role="", what="student", door="admin")
    text = page_of(school, client_as)
    for said in (
        "Ada Marsh",
        "teacher",
        "in class lists",
        "Otto Office",
        "class register, exported",
        "runs the portal",
    ):
        assert said in text


def test_nobody_reads_what_another_guardian_or_the_child_opened(school: Cast, client_as) -> None:
    other = make.make_user("Gita Guardian", "gita@lakeside.example")
    looked(other, [school.sam], role=Role.GUARDIAN, what="student", door="page")
    looked(school.mina, [school.sam], role=Role.STUDENT, what="student", door="page")
    looked(school.gus, [school.sam], role=Role.GUARDIAN, what="results", door="page")
    text = page_of(school, client_as)
    assert "Nobody at school opened this record" in text
    assert "Gita" not in text


def test_what_staff_plan_or_predict_is_other_parts_of_the_record(school: Cast, client_as) -> None:
    for what in ("outlook", "watchlist", "letter", "help", "meeting"):
        looked(school.ada, [school.sam], role=Role.TEACHER, what=what, door="page")
    text = page_of(school, client_as)
    assert "parts of the record not named here, 5 times" in text


def test_only_the_last_months_and_only_this_child(school: Cast, client_as) -> None:
    looked(school.ada, [school.mia], role=Role.TEACHER, what="student", door="page")
    AccessEvent.objects.create(
        user_id=school.hana.pk, role=Role.LEADER, student_id=school.sam.pk, what="student", door="page",
        at=timezone.now() - timedelta(days=DAYS + 1),
    )  # fmt: skip
    text = page_of(school, client_as)
    assert "Ada Marsh" not in text
    assert "Hana Leitner" not in text


def test_a_parent_who_works_here_is_told_as_oneself(school: Cast, client_as) -> None:
    make.make_member(school.ada, school.lakeside, Role.GUARDIAN)
    make.make_guardianship(school.ada, school.mia)
    looked(school.ada, [school.mia], role=Role.TEACHER, what="student", door="page")
    assert 'class="badge">you<' in page_of(school, client_as, school.ada, school.mia)


@pytest.mark.parametrize("count", [2, 40])
def test_many_looks_cost_no_more_queries(school: Cast, client_as, count: int) -> None:
    for number in range(count):
        person = make.make_user(f"Teacher {number}", f"t{number}@lakeside.example")
        looked(person, [school.sam], role=Role.TEACHER, what="student", door="page")
    client = client_as(school.gus)
    client.get(f"/my/looked/{school.sam.pk}/")
    with assert_queries(10):
        client.get(f"/my/looked/{school.sam.pk}/")
