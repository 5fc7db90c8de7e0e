"""A school that is taken out, brought into an empty one and taken out again gives the same bytes; nothing got lost on the way."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from students.exporting.oneroster import write_bundle
from students.exporting.wishes import BundleWish
from students.importing import batches
from students.importing.applying import write_plan
from students.models import Demographics, Exam, Membership, Result, School, SchoolPolicy, Student, Term
from students.roles import Role
from tests import make
from tests.cast import Cast
from tests.demo import make_demo
from tests.students.exporting import strict
from tests.students.exporting.test_oneroster import fill

VERSIONS = ["1.1", "1.2"]
WHOLE = {"demographics": True, "attendance": True}
SILENT: Any = lambda *told, **facts: None  # noqa: E731  # a function of no interest


def taken_out(school: School, version: str, **facts: Any) -> bytes:
    out = BytesIO()
    write_bundle(BundleWish(school, version, **facts), out, by=None, on=make.TODAY, progress=SILENT)
    return out.getvalue()


def empty_like(school: School) -> School:
    """Elsewhere it has the same name and the same id; here, beside the first, another address."""
    name = strict.read(taken_out(school, "1.1")).rows("orgs")[0]["sourcedId"]
    copy = make.make_school(school.name, slug=f"{school.slug}-copy", source="copy", external_id=name)
    SchoolPolicy.objects.create(school=copy, imports_protected=True)
    return copy


def bring_in(school: School, data: bytes) -> Any:
    """Through the rooms that a person's import goes through, without the worker."""
    leader = make.make_user(f"Lea {school.pk}", f"lea{school.pk}@copy.example")
    make.make_member(leader, school, Role.LEADER, sees_demographics=True)
    batch = batches.receive(school, BytesIO(data), "bundle.zip", by=leader)
    looked = batches.look_over(batch, by=leader, on=make.TODAY, progress=SILENT)
    assert looked.plan is not None, looked.refusal
    told = looked.findings_told
    assert told.errors == told.conflicts == 0, [each for each in told.shown if each.severity != "note"]
    with transaction.atomic():
        write_plan(looked.plan, by=leader, at=timezone.now(), mark=batch.mark, progress=SILENT)
    return looked


def differences(first: bytes, second: bytes) -> list[str]:
    """Of two bundles the rows that only one of them has: what a person needs to see when the bytes differ."""
    one, two = strict.read(first), strict.read(second)
    found = []
    for name in sorted(one.files.keys() | two.files.keys()):
        rows = [[str(sorted(row.items())) for row in each.rows(name)] for each in (one, two)]
        found += [f"{name}: only before {row}" for row in rows[0] if row not in rows[1]][:3]
        found += [f"{name}: only after {row}" for row in rows[1] if row not in rows[0]][:3]
    return found


def there_and_back(school: School, version: str) -> School:
    first = taken_out(school, version, **WHOLE)
    assert strict.read(first).faults == []
    copy = empty_like(school)
    bring_in(copy, first)
    second = taken_out(copy, version, **WHOLE)
    assert differences(first, second) == []
    assert first == second
    return copy


@pytest.mark.parametrize("version", VERSIONS)
def test_the_cast(school: Cast, version: str) -> None:
    fill(school)
    SchoolPolicy.objects.create(school=school.lakeside, imports_protected=True)
    there_and_back(school.lakeside, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_standard_has_no_place_for_arrives(school: Cast, version: str) -> None:
    fill(school)
    Exam.objects.filter(pk=school.test.pk).update(kind="oral", weight=Decimal("1.125"))
    copy = there_and_back(school.lakeside, version)
    oral = Exam.objects.get(school=copy, title="Algebra test")
    assert (oral.kind, oral.weight, oral.maximum, oral.is_target) == ("oral", Decimal("1.125"), 50, False)
    assert Exam.objects.get(school=copy, title="Final exam").is_target
    statuses = Result.objects.filter(exam__school=copy).values_list("status", flat=True)
    assert sorted(statuses) == ["absent", "exempt", "not_submitted", "scored", "scored", "scored"]
    liv, mia = (Student.objects.get(school=copy, given_name=name) for name in ("Liv", "Mia"))
    assert (liv.status, liv.ends) == ("left", make.TODAY - timedelta(days=30))
    assert (mia.preferred_name, str(mia.birth_date)) == ("Mi", "2011-03-04")
    facts = Demographics.objects.get(student=mia)
    assert (facts.gender, facts.ethnicity, facts.home_language) == ("divers", "Asian", "Swedish")
    assert Term.objects.filter(school=copy, kind="year").get().name == school.maths.term.name


def test_an_exam_of_two_classes_arrives_as_one_of_each(school: Cast) -> None:
    fill(school)
    copy = there_and_back(school.lakeside, "1.2")
    shared = Exam.objects.filter(school=copy, title__startswith="Shared")
    assert [exam.sittings.count() for exam in shared] == [1, 1]


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_of_another_system_arrive_as_they_were(school: Cast, version: str) -> None:
    Student.objects.filter(pk=school.sam.pk).update(source="sis", external_id="S-1")
    Membership.objects.filter(user=school.ada).update(source="sis", external_id="T-1@teacher")
    copy = there_and_back(school.lakeside, version)
    assert Student.objects.get(school=copy, external_id="S-1").family_name == "Okafor"
    assert "T-1" in strict.read(taken_out(copy, version)).by_id("users")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_made_up_school(db: None, version: str) -> None:
    demo = make_demo(30)
    there_and_back(demo, version)


def test_the_same_bundle_again_has_nothing_to_do(school: Cast) -> None:
    fill(school)
    data = taken_out(school.lakeside, "1.2", **WHOLE)
    copy = empty_like(school.lakeside)
    assert bring_in(copy, data).plan.does > 0
    copy_leader = Membership.objects.get(school=copy, role=Role.LEADER)
    copy_leader.user.delete()
    assert bring_in(copy, data).plan.does == 0
