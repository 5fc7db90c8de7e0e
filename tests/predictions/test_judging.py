"""A teacher's own estimate: before the exam, of one's own students, a new one each time."""

from datetime import timedelta
from typing import Any

import pytest

from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, DomainError, NotAllowed
from predictions.judging import judge
from predictions.models import Judgement
from tests.cast import Cast
from tests.make import TODAY, make_exam

pytestmark = pytest.mark.django_db


def test_a_teacher_says_what_they_expect_and_a_second_estimate_overwrites_nothing(school: Cast) -> None:
    judge(school.sam, school.final, 61, by=school.ada, reason="He was ill.", on=TODAY)
    judge(school.sam, school.final, "64.5", by=school.ada, on=TODAY)
    said = Judgement.objects.visible_to(school.ada).order_by("pk").values_list("percent", "reason")
    assert [(float(percent), reason) for percent, reason in said] == [(61.0, "He was ill."), (64.5, "")]


def test_the_line_in_the_audit_does_not_tell_the_figure(school: Cast) -> None:
    judge(school.sam, school.final, 61.25, by=school.ada, reason="He was ill.", on=TODAY)
    line = AuditEvent.objects.get(verb="estimate made")
    assert line.facts == {"student": school.sam.pk, "exam": school.final.pk}
    assert (line.school_id, line.actor_id) == (school.lakeside.pk, school.ada.pk)


def test_only_staff_who_see_the_student_may_judge(school: Cast) -> None:
    for person in (school.gus, school.mina, school.nils, school.tom, school.wanda, school.tess):
        with pytest.raises(NotAllowed):
            judge(school.sam, school.final, 61, by=person, on=TODAY)
    for person in (school.ada, school.cora, school.hana):
        judge(school.sam, school.final, 61, by=person, on=TODAY)


def test_after_the_exam_there_is_nothing_to_estimate(school: Cast) -> None:
    with pytest.raises(Conflict, match="ahead"):
        judge(school.sam, school.test, 61, by=school.ada, on=TODAY)
    with pytest.raises(Conflict, match="ahead"):
        judge(school.sam, make_exam(school.maths, day=TODAY), 61, by=school.ada, on=TODAY)


def test_an_estimate_is_of_an_exam_that_the_student_sits(school: Cast) -> None:
    with pytest.raises(Conflict, match="sit"):
        judge(school.zoe, school.final, 61, by=school.hana, on=TODAY)


@pytest.mark.parametrize("percent", ["", "many", float("nan"), float("inf"), -1, 100.01, None, True, "1e999999999", []])
def test_an_estimate_is_a_percentage(school: Cast, percent: Any) -> None:
    with pytest.raises(DomainError, match="percentage"):
        judge(school.sam, school.final, percent, by=school.ada, on=TODAY)


def test_what_is_beside_the_figure_is_checked_too(school: Cast) -> None:
    with pytest.raises(DomainError, match="Expires"):
        judge(school.sam, school.final, 61, by=school.ada, on=TODAY, expires=TODAY - timedelta(days=1))
    with pytest.raises(DomainError, match="Reason"):
        judge(school.sam, school.final, 61, by=school.ada, on=TODAY, reason="x" * 401)
    assert not Judgement.objects.exists()
