"""The people of a class: a pasted list is looked at, then enrolled; some leave or change; a class moves on; all of it can be taken back."""

from datetime import timedelta

import pytest

from portal.audit.models import Change
from students.models import Enrolment, SchoolClass, Teaching
from students.models.people import StudentStatus
from tests import make
from tests.asserts import assert_queries

DAY = make.TODAY.isoformat()


def address(school_class, page: str = "enrol/") -> str:
    return f"/classes/{school_class.pk}/{page}"


def inside(school_class) -> set[str]:
    return {each.student.name for each in Enrolment.objects.active(make.TODAY).filter(school_class=school_class)}


def test_a_pasted_list_is_shown_before_anybody_is_enrolled(school, client_as) -> None:
    page = client_as(school.otto).post(
        address(school.art), {"text": "Okafor, Sam\nmia lindqvist\nNobody Known", "starts": DAY}
    )
    assert page.status_code == 200
    assert "2 students will be enrolled" in page.text
    assert "no student of the school is known as “Nobody Known”" in page.text
    assert inside(school.art) == {"Zoe Abara"}


def test_what_was_shown_is_what_is_enrolled_and_can_be_taken_back(school, client_as) -> None:
    otto = client_as(school.otto)
    sent = {"text": "Okafor, Sam\nmia lindqvist\nZoe Abara\nNobody Known", "starts": DAY, "step": "enrol"}
    page = otto.post(address(school.art), sent, follow=True)
    assert "2 students were enrolled." in page.text
    assert inside(school.art) == {"Zoe Abara", "Sam Okafor", "Mia Lindqvist"}
    undo = page.context["undo"]
    page = otto.post(address(school.art, f"undo/{undo['batch']}/"), follow=True)
    assert "Taken back." in page.text
    assert inside(school.art) == {"Zoe Abara"}


def test_two_students_of_one_name_are_asked_about_and_the_chosen_one_is_enrolled(school, client_as) -> None:
    twin = make.make_student(school.lakeside, "Sam Okafor", grade_level=11)
    otto = client_as(school.otto)
    page = otto.post(address(school.art), {"text": "Sam Okafor", "starts": DAY})
    assert "may mean 2 students" in page.text
    otto.post(address(school.art), {"text": "Sam Okafor", "starts": DAY, "line-1": twin.pk, "step": "enrol"})
    assert Enrolment.objects.filter(school_class=school.art, student=twin).exists()
    assert not Enrolment.objects.filter(school_class=school.art, student=school.sam).exists()


def test_a_forged_choice_brings_in_nobody_the_line_does_not_name(school, client_as) -> None:
    make.make_student(school.lakeside, "Sam Okafor", grade_level=11)
    for key in (school.wim.pk, school.mia.pk, 10**18):
        client_as(school.otto).post(
            address(school.art), {"text": "Sam Okafor", "starts": DAY, "line-1": key, "step": "enrol"}
        )
    assert inside(school.art) == {"Zoe Abara"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": "", "starts": DAY}, "Paste or type at least one name or id."),
        ({"text": "Sam Okafor", "starts": "soon"}, "Enter a valid date."),
        ({"text": "Sam Okafor", "starts": "1999-01-01"}, "The class runs from"),
        ({"text": "Sam Okafor", "starts": "9999-12-31"}, "Choose a day between 1990 and 2100."),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_changes_nothing(school, client_as, sent, sentence) -> None:
    page = client_as(school.otto).post(address(school.art), {**sent, "step": "enrol"})
    assert page.status_code == 422
    assert sentence in page.text
    assert inside(school.art) == {"Zoe Abara"}


def test_who_leaves_keeps_the_days_up_to_the_last(school, client_as) -> None:
    row = Enrolment.objects.get(student=school.sam, school_class=school.maths)
    otto = client_as(school.otto)
    page = otto.post(address(school.maths, "enrol/leave/"), {"enrolments": [row.pk], "last_day": DAY}, follow=True)
    assert "1 enrolment ends on" in page.text
    row.refresh_from_db()
    assert row.ends == make.TODAY
    assert Change.objects.filter(record_id=row.pk, model="students.Enrolment").count() == 1
    otto.post(address(school.maths, f"undo/{page.context['undo']['batch']}/"))
    row.refresh_from_db()
    assert row.ends is None


def test_who_changes_class_is_in_the_other_from_the_next_day_on(school, client_as) -> None:
    parallel = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject, term=school.maths.term)
    row = Enrolment.objects.get(student=school.sam, school_class=school.maths)
    sent = {"enrolments": [row.pk], "last_day": DAY, "to": parallel.pk}
    client_as(school.hana).post(address(school.maths, "enrol/leave/"), sent)
    assert Enrolment.objects.get(student=school.sam, school_class=parallel).starts == make.TODAY + timedelta(days=1)


def test_a_move_that_cannot_be_done_for_one_is_done_for_nobody(school, client_as) -> None:
    parallel = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject, term=school.maths.term)
    make.make_enrolment(school.mia, parallel)
    rows = Enrolment.objects.filter(school_class=school.maths, ends=None)
    sent = {"enrolments": [each.pk for each in rows], "last_day": DAY, "to": parallel.pk}
    page = client_as(school.hana).post(address(school.maths, "enrol/leave/"), sent)
    assert page.status_code == 409
    assert "Nothing was changed" in page.text
    assert rows.count() == 2


def test_an_enrolment_of_another_class_or_school_cannot_be_ended_here(school, client_as) -> None:
    for student in (school.wim, school.zoe):
        row = Enrolment.objects.get(student=student)
        page = client_as(school.otto).post(
            address(school.maths, "enrol/leave/"), {"enrolments": [row.pk], "last_day": DAY}
        )
        assert page.status_code == 422
        row.refresh_from_db()
        assert row.ends is None


def next_year(school):
    starts = school.maths.term.ends + timedelta(days=30)
    return make.make_term(school.lakeside, name="Next year", starts=starts, ends=starts + timedelta(days=300))


def onward(school, **facts):
    students = [school.sam.pk, school.mia.pk]
    return {"target": next_year(school).pk, "name": "Mathematics 10B", "grade_level": 10, "students": students, **facts}


def test_a_class_moves_on_with_its_people_and_can_be_taken_back(school, client_as) -> None:
    otto = client_as(school.otto)
    page = otto.post(address(school.maths, "next/"), onward(school, teachers_follow="on"), follow=True)
    made = SchoolClass.objects.get(name="Mathematics 10B")
    assert made.is_home_class
    assert {each.student for each in made.enrolments.all()} == {school.sam, school.mia}
    assert {each.starts for each in made.enrolments.all()} == {made.term.starts}
    assert [each.teacher for each in Teaching.objects.filter(school_class=made)] == [school.ada]
    assert set(school.maths.enrolments.exclude(student=school.liv).values_list("ends", flat=True)) == {
        school.maths.term.ends
    }
    otto.post(address(school.maths, f"undo/{page.context['undo']['batch']}/"))
    assert not SchoolClass.objects.filter(pk=made.pk).exists()
    assert set(school.maths.enrolments.exclude(student=school.liv).values_list("ends", flat=True)) == {None}


def test_the_page_suggests_the_next_year_a_grade_higher_and_leaves_out_who_left(school, client_as) -> None:
    next_year(school)
    school.mia.status, school.mia.ends = StudentStatus.LEFT, make.TODAY
    school.mia.save()
    page = client_as(school.otto).get(address(school.maths, "next/"))
    assert 'value="Mathematics 10B"' in page.text
    assert str(school.sam.pk) in page.context["kept"]
    assert str(school.mia.pk) not in page.context["kept"]


def test_the_same_class_is_not_made_twice(school, client_as) -> None:
    facts = onward(school)
    otto = client_as(school.otto)
    assert otto.post(address(school.maths, "next/"), facts).status_code == 302
    again = otto.post(address(school.maths, "next/"), facts)
    assert again.status_code == 422
    assert "There is a class Mathematics 10B in Next year already." in again.text
    assert SchoolClass.objects.filter(name="Mathematics 10B").count() == 1


def test_without_a_later_term_the_page_says_what_is_missing(school, client_as) -> None:
    assert "No later term yet" in client_as(school.otto).get(address(school.maths, "next/")).text


def test_only_what_one_did_oneself_a_short_while_ago_can_be_taken_back(school, client_as) -> None:
    sent = {"text": "Okafor, Sam", "starts": DAY, "step": "enrol"}
    page = client_as(school.otto).post(address(school.art), sent, follow=True)
    batch = page.context["undo"]["batch"]
    assert client_as(school.hana).post(address(school.art, f"undo/{batch}/")).status_code == 409
    assert client_as(school.wanda).post(address(school.art, f"undo/{batch}/")).status_code == 404
    assert "Sam Okafor" in inside(school.art)


def test_as_many_queries_for_a_large_class_as_for_a_small_one(school, client_as) -> None:
    otto = client_as(school.otto)
    otto.get(address(school.art))
    with assert_queries(14) as few:
        otto.get(address(school.art))
    for _ in range(40):
        make.make_enrolment(make.make_student(school.lakeside), school.art)
    with assert_queries(14) as many:
        otto.get(address(school.art))
    assert len(many) == len(few)


def test_who_is_in_a_class_beside_or_in_another_grade_is_pointed_out_before_enrolling(school, client_as) -> None:
    parallel = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject, term=school.maths.term)
    make.make_student(school.lakeside, "Old Er", grade_level=11)
    page = client_as(school.otto).post(address(parallel), {"text": "Sam Okafor\nOld Er", "starts": DAY}).text
    assert "also in Mathematics 9B" in page
    assert "grade 11, the class is grade 9" in page


def test_an_ended_class_shows_who_was_in_it_and_says_that_this_is_the_past(school, client_as) -> None:
    term = school.maths.term
    term.ends = make.YESTERDAY
    term.save()
    Enrolment.objects.filter(school_class=school.maths, student=school.sam).update(ends=make.YESTERDAY)
    page = client_as(school.otto).get(address(school.maths)).text
    assert "This class ended on" in page
    assert "Sam Okafor" in page


@pytest.mark.parametrize(
    "sent", [{"last_day": "9999-12-31"}, {"last_day": "0001-01-01"}, {"enrolments": ["9" * 30]}, {"to": "9" * 30}]
)
def test_days_and_keys_beyond_all_bounds_are_refused_at_the_field(school, client_as, sent) -> None:
    row = Enrolment.objects.get(student=school.sam, school_class=school.maths)
    form = {"enrolments": [row.pk], "last_day": DAY, **sent}
    assert client_as(school.otto).post(address(school.maths, "enrol/leave/"), form).status_code == 422
    moving = {"target": "9" * 30, "name": "X", "students": ["9" * 30]}
    assert client_as(school.otto).post(address(school.maths, "next/"), moving).status_code == 422
