"""Editing in the back office: clear words instead of lost work, history instead of log entries, actions on many."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from portal.audit.models import AccessEvent, AuditEvent, Change
from portal.kit.spreadsheets import harmless
from students import models
from students.models import Enrolment, Result, SchoolClass, Student, Teaching
from tests import make
from tests.cast import Cast
from tests.students.office import address, errors_of, filled, save


def test_an_edit_is_kept_with_what_was_before_and_by_whom(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    assert save(client, school.sam, preferred_name="Sammy").status_code == 302
    change = Change.objects.get()
    assert (change.actor, change.before, change.after) == (
        school.otto, {"preferred_name": ""}, {"preferred_name": "Sammy"}
    )  # fmt: skip
    assert (change.school_id, change.student_id) == (school.lakeside.pk, school.sam.pk)
    assert AuditEvent.objects.get(verb="student changed").target_id == school.sam.pk
    assert not LogEntry.objects.exists()
    page = client.get(address(Student, "history", school.sam.pk))
    assert "Otto Office" in page.text
    assert "Sammy" in page.text


def test_saving_without_a_change_writes_nothing(school: Cast, client_as: Any) -> None:
    assert save(client_as(school.otto), school.sam).status_code == 302
    assert not Change.objects.exists()


def test_of_two_who_edit_at_once_the_second_is_told(school: Cast, client_as: Any) -> None:
    place = address(Student, "change", school.sam.pk)
    opened = filled(client_as(school.hana).get(place))
    save(client_as(school.otto), school.sam, grade_level=10)
    answer = client_as(school.hana).post(place, opened | {"preferred_name": "Sammy"})
    assert "Somebody else changed this" in answer.text
    school.sam.refresh_from_db()
    assert (school.sam.grade_level, school.sam.preferred_name) == (10, "")


def test_the_same_holds_for_rows_inside_a_form(school: Cast, client_as: Any) -> None:
    place = address(Student, "change", school.sam.pk)
    opened = filled(client_as(school.hana).get(place))
    row = Enrolment.objects.get(student=school.sam)
    save(client_as(school.otto), row, ends=make.TODAY)
    answer = client_as(school.hana).post(place, opened | {"enrolments-0-ends": make.YESTERDAY})
    assert "Somebody else changed this" in answer.text
    row.refresh_from_db()
    assert row.ends == make.TODAY


def test_what_a_room_refuses_is_told_in_the_form(school: Cast, client_as: Any) -> None:
    facts = {"student": school.liv.pk, "school_class": school.art.pk, "starts": make.TODAY}
    answer = client_as(school.otto).post(address(Enrolment, "add"), facts)
    assert answer.status_code == 200
    assert "Liv Hansen has left the school." in answer.text
    again = client_as(school.otto).post(address(Enrolment, "add"), facts | {"student": school.zoe.pk})
    assert "enrolled in this class already" in again.text
    facts = {"teacher": school.gus.pk, "school_class": school.maths.pk, "starts": make.TODAY}
    answer = client_as(school.otto).post(address(Teaching, "add"), facts)
    assert "Gus Guardian is not a teacher at Lakeside School" in answer.text


def test_a_refusal_in_a_row_takes_the_whole_form_back(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    place = address(SchoolClass, "change", school.art.pk)
    data = filled(client.get(place)) | {"name": "Art for all"}
    rows = {"teachings-TOTAL_FORMS": 1, "teachings-0-teacher": school.gus.pk, "teachings-0-starts": make.TODAY}
    answer = client.post(place, data | rows)
    assert "is not a teacher" in errors_of(answer)
    school.art.refresh_from_db()
    assert school.art.name == "Art 9B"


def test_rows_are_added_through_their_rooms(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    place = address(SchoolClass, "change", school.art.pk)
    rows = {"enrolments-TOTAL_FORMS": 2, "enrolments-1-student": school.sam.pk, "enrolments-1-starts": make.TODAY,
            "teachings-TOTAL_FORMS": 1, "teachings-0-teacher": school.ada.pk, "teachings-0-starts": make.TODAY}  # fmt: skip
    answer = client.post(place, filled(client.get(place)) | rows)
    assert answer.status_code == 302
    assert Enrolment.objects.filter(student=school.sam, school_class=school.art).exists()
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {"enrolled", "teacher assigned"}


def test_a_mark_is_known_from_the_day_it_was_typed(school: Cast, client_as: Any) -> None:
    facts = {"student": school.sam.pk, "exam": school.final.pk, "status": "scored", "score": "88"}
    assert client_as(school.otto).post(address(Result, "add"), facts).status_code == 302
    made = Result.objects.get(exam=school.final)
    assert (made.recorded_by, made.known_on) == (school.otto, make.TODAY)
    wrong = client_as(school.otto).post(
        address(Result, "add"), facts | {"exam": school.test.pk, "student": school.zoe.pk}
    )
    assert "points at most" in errors_of(wrong)


def test_what_others_hang_on_cannot_be_deleted_and_the_rest_can(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    assert client.get(address(models.Term, "delete", school.maths.term_id)).status_code == 403
    assert client.get(address(models.Exam, "delete", school.test.pk)).status_code == 403
    assert client.post(address(models.Exam, "delete", school.final.pk), {"post": "yes"}).status_code == 302
    assert not models.Exam.objects.filter(pk=school.final.pk).exists()
    removed = Change.objects.filter(kind="removed").values_list("model", flat=True)
    assert set(removed) == {"students.Exam", "students.Sitting"}


def test_the_grades_of_a_scale_are_edited_in_one_form(school: Cast, client_as: Any) -> None:
    scale = models.GradeScale.objects.get()
    answer = save(client_as(school.otto), scale, **{"boundaries-0-least": "80", "boundaries-4-DELETE": "on"})
    assert answer.status_code == 302
    assert scale.boundaries.count() == 4
    assert scale.boundaries.get(grade="A").least == 80


def _ask(client: Any, action: str, chosen: list[Any], **facts: Any) -> Any:
    return client.post(address(Student), {"action": action, "_selected_action": [each.pk for each in chosen], **facts})


def test_many_are_enrolled_after_a_look_at_what_will_happen(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    chosen = [school.sam, school.zoe]
    assert "Enrol in a class" in _ask(client, "enrol", chosen).text
    facts = {"school_class": school.maths.pk, "on": make.TODAY}
    look = _ask(client, "enrol", chosen, step="look", **facts)
    assert "1 will be enrolled" in look.text
    assert "Sam Okafor is already in Mathematics 9B" in look.text
    assert not Enrolment.objects.filter(student=school.zoe, school_class=school.maths).exists()
    _ask(client, "enrol", chosen, step="do", **facts)
    assert Enrolment.objects.filter(student=school.zoe, school_class=school.maths, starts=make.TODAY).exists()


def test_many_enrolments_end_after_a_look(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    assert "1 enrolment will end" in _ask(client, "end_enrolments", [school.sam], step="look", on=make.TODAY).text
    _ask(client, "end_enrolments", [school.sam], step="do", on=make.TODAY)
    assert Enrolment.objects.get(student=school.sam).ends == make.TODAY
    row = Enrolment.objects.get(student=school.mia)
    facts = {"action": "end_these", "_selected_action": [row.pk], "step": "do", "on": make.TODAY}
    client.post(address(Enrolment), facts)
    row.refresh_from_db()
    assert row.ends == make.TODAY


def test_a_download_leaves_a_trace_for_every_student_in_it(school: Cast, client_as: Any) -> None:
    answer = _ask(client_as(school.otto), "download_students", [school.sam, school.mia])
    rows = list(csv.reader(StringIO(answer.text.lstrip("\ufeff"))))
    assert [row[2] for row in rows] == ["Family name", "Lindqvist", "Okafor"]
    seen = AccessEvent.objects.filter(door="export", user_id=school.otto.pk).values_list("student_id", flat=True)
    assert set(seen) == {school.sam.pk, school.mia.pk}
    assert AuditEvent.objects.get(verb="exported students").facts == {"rows": 2}


def test_results_are_downloaded_with_a_trace_too(school: Cast, client_as: Any) -> None:
    keys = list(Result.objects.values_list("pk", flat=True))
    answer = client_as(school.otto).post(address(Result), {"action": "download_results", "_selected_action": keys})
    assert "Okafor" in answer.text
    assert "Verlaine" not in answer.text
    assert AccessEvent.objects.filter(door="export", what="results").count() == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_name_that_is_a_formula_stays_a_name(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_numbers_stay_numbers() -> None:
    assert [harmless(each) for each in (-3, None, "Sam")] == [-3, "", "Sam"]
