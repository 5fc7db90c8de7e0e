"""A school moves to its next year: planned, shown, done as shown, and taken back."""

from typing import Any

import pytest
from django.urls import reverse

from portal.audit.models import AuditEvent, Change
from portal.jobs.models import Job
from portal.kit.errors import Conflict, NotAllowed, NotReady
from students import moving_up
from students.models import Enrolment, SchoolClass, Student, Teaching, Term
from students.next_year import Wish, next_name, plan
from tests import make
from tests.cast import Cast


@pytest.fixture
def wish(school: Cast) -> Wish:
    """The year ends in a fortnight; Zoe is in the top grade."""
    year = school.maths.term
    year.ends = make.TODAY + make.timedelta(days=14)
    year.save()
    starts, ends = (make.TODAY + make.timedelta(days=days) for days in (40, 300))
    target = make.make_term(school.lakeside, name="Next year", starts=starts, ends=ends)
    Student.objects.filter(pk=school.zoe.pk).update(grade_level=10)
    SchoolClass.objects.filter(pk=school.art.pk).update(grade_level=10, name="Art 10A")
    return Wish(school.lakeside, year, target, top_grade=10)


def _go(wish: Wish, school: Cast) -> Any:
    return moving_up.carry_out(wish, plan(wish, on=make.TODAY).fingerprint, by=school.otto, on=make.TODAY)


@pytest.mark.parametrize(
    ("name", "grade", "after"),
    [("Mathematics 9B", 9, "Mathematics 10B"), ("9 Blue", 9, "10 Blue"), ("Choir", 9, "Choir"), ("Maths 19", 9, "Maths 19"),
     ("Year 10 set 10", 10, "Year 11 set 10"), ("Band", None, "Band")],
)  # fmt: skip
def test_a_class_keeps_its_letter_and_takes_the_next_grade(name: str, grade: int | None, after: str) -> None:
    assert next_name(name, grade) == after


def test_the_plan_says_who_moves_who_leaves_and_which_classes_come(wish: Wish) -> None:
    found = plan(wish, on=make.TODAY)
    assert [(line.grade, line.students, line.leaves) for line in found.grades] == [(9, 2, False), (10, 1, True)]
    assert [(new.old.name, new.name, new.grade_level) for new in found.classes] == [
        ("Mathematics 9B", "Mathematics 10B", 10)
    ]
    assert (found.ending, found.staying, found.leaving) == (3, 2, 1)


def test_the_move_does_what_the_plan_said(wish: Wish, school: Cast) -> None:
    _go(wish, school)
    for student in (school.sam, school.mia, school.zoe, school.liv):
        student.refresh_from_db()
    assert (school.sam.grade_level, school.mia.grade_level) == (10, 10)
    assert (school.zoe.status, school.zoe.ends, school.zoe.grade_level) == ("left", wish.year.ends, 10)
    assert school.liv.grade_level == 9
    assert not Enrolment.objects.filter(school_class=school.maths, ends__isnull=True).exists()
    new = SchoolClass.objects.get(term=wish.target)
    assert (new.name, new.is_home_class) == ("Mathematics 10B", True)
    inside = Enrolment.objects.filter(school_class=new, starts=wish.target.starts)
    assert {row.student for row in inside} == {school.sam, school.mia}
    assert not Teaching.objects.filter(school_class=new).exists()
    assert Enrolment.objects.get(student=school.wim).ends is None


def test_classes_of_a_term_go_to_the_same_term_of_the_next_year(wish: Wish, school: Cast) -> None:
    for year in (wish.year, wish.target):
        for at in (0, 1):
            day = year.starts + make.timedelta(days=at * 7)
            part = {"kind": Term.Kind.TERM, "parent": year, "starts": day, "ends": day + make.timedelta(days=6)}
            make.make_term(school.lakeside, name=f"{year.name} part {at}", **part)
    SchoolClass.objects.filter(pk=school.maths.pk).update(term=Term.objects.get(name=f"{wish.year.name} part 1"))
    _go(wish, school)
    assert SchoolClass.objects.get(name="Mathematics 10B").term.name == "Next year part 1"


def test_teachers_and_groups_follow_only_when_asked(wish: Wish, school: Cast) -> None:
    other = Wish(wish.school, wish.year, wish.target, 10, classes_follow=False, teachers_follow=True)
    _go(other, school)
    new = SchoolClass.objects.get(term=wish.target)
    assert not Enrolment.objects.filter(school_class=new).exists()
    assert [row.teacher for row in Teaching.objects.filter(school_class=new)] == [school.ada]


def test_a_roll_that_changed_since_the_preview_stops_the_move(wish: Wish, school: Cast) -> None:
    mark = plan(wish, on=make.TODAY).fingerprint
    make.make_student(school.lakeside, "Late Comer")
    with pytest.raises(Conflict, match="changed since this preview"):
        moving_up.carry_out(wish, mark, by=school.otto, on=make.TODAY)
    assert not SchoolClass.objects.filter(term=wish.target).exists()


def test_nobody_moves_on_in_the_middle_of_the_year(wish: Wish) -> None:
    with pytest.raises(NotReady, match="not earlier"):
        plan(wish, on=wish.year.ends - make.timedelta(days=61))


def test_only_those_who_keep_the_school_move_it(wish: Wish, school: Cast) -> None:
    for person in (school.ada, school.wanda, school.nils):
        with pytest.raises(NotAllowed):
            moving_up.carry_out(wish, plan(wish, on=make.TODAY).fingerprint, by=person, on=make.TODAY)


def _picture() -> Any:
    fields = ("pk", "grade_level", "status", "ends")
    return (
        list(Student.objects.order_by("pk").values_list(*fields)),
        list(Enrolment.objects.order_by("pk").values_list("pk", "student", "school_class", "starts", "ends")),
        list(SchoolClass.objects.order_by("pk").values_list("pk", "name")),
    )


def test_a_move_can_be_taken_back(wish: Wish, school: Cast) -> None:
    before = _picture()
    batch = _go(wish, school)
    assert before != _picture()
    done = moving_up.take_back(school.lakeside, batch, by=school.hana)
    assert _picture() == before
    assert (done.left, done.removed) == ([], 3)
    with pytest.raises(NotReady):
        moving_up.take_back(school.lakeside, batch, by=school.hana)


def test_what_was_edited_since_stays_and_is_listed(wish: Wish, school: Cast) -> None:
    batch = _go(wish, school)
    Student.objects.filter(pk=school.sam.pk).update(grade_level=8)
    new = SchoolClass.objects.get(term=wish.target)
    make.make_exam(new)
    done = moving_up.take_back(school.lakeside, batch, by=school.hana)
    school.sam.refresh_from_db()
    assert school.sam.grade_level == 8
    assert SchoolClass.objects.filter(pk=new.pk).exists()
    assert len(done.left) == 2


def test_a_year_moves_in_as_many_queries_whatever_the_size_of_the_roll(
    wish: Wish, school: Cast, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        make.make_enrolment(make.make_student(school.lakeside), school.maths)
    with django_assert_max_num_queries(70):
        _go(wish, school)


def _page(client: Any, school: Cast, **facts: Any) -> Any:
    place = reverse("admin:next_year", args=[school.lakeside.pk])
    return client.post(place, facts) if facts else client.get(place)


def test_the_page_shows_the_plan_and_asks_for_the_name_of_the_school(
    wish: Wish, school: Cast, client_as: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as(school.otto)
    assert _page(client, school).status_code == 200
    chosen = {"year": wish.year.pk, "target": wish.target.pk, "top_grade": 10, "classes_follow": "on"}
    look = _page(client, school, step="look", **chosen)
    assert "Mathematics 10B" in look.text
    mark = look.context["plan"].fingerprint
    _page(client, school, step="do", fingerprint=mark, school_name="Hillside", **chosen)
    assert not Job.objects.exists()
    answer = _page(client, school, step="do", fingerprint=mark, school_name="Lakeside School", **chosen)
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    assert job.arguments["fingerprint"] == mark


def test_the_worker_does_it_and_the_page_offers_to_take_it_back(wish: Wish, school: Cast, client_as: Any) -> None:
    from students import orders, tasks

    mark = plan(wish, on=make.TODAY).fingerprint
    job = orders.order_next_year(wish, mark, by=school.otto)
    tasks.move_to_next_year(str(job.pk), **job.arguments)
    job.refresh_from_db()
    assert (job.state, job.sentence) == (Job.State.SUCCEEDED, "Lakeside School has moved to Next year.")
    page = _page(client_as(school.hana), school)
    assert "Take the move back" in page.text
    _page(client_as(school.hana), school, step="undo")
    undoing = Job.objects.get(kind="next_year_undo")
    tasks.take_back_next_year(str(undoing.pk), **undoing.arguments)
    school.sam.refresh_from_db()
    assert school.sam.grade_level == 9
    assert AuditEvent.objects.filter(verb="took back the move to next year").exists()
    assert Change.objects.filter(batch__isnull=False).exists()


def test_the_page_is_closed_to_the_school_next_door(wish: Wish, school: Cast, client_as: Any) -> None:
    for person in (school.wanda,):
        assert _page(client_as(person), school).status_code == 404
    assert _page(client_as(school.ada), school).status_code == 403
