"""Answers for screens: scoped inside, true at the edges of terms and posts."""

from datetime import timedelta

from portal.kit.charts.kinds import spark_line
from portal.kit.scoping import remembering_grants
from students.summaries import class_register, mending, school_overview, teachers_day
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


def test_a_register_asked_for_somebody_outside_is_empty(school: Cast) -> None:
    register = class_register(school.maths, user=school.wanda, today=make.TODAY)
    assert (register.rows, register.teachers, register.ahead) == ((), (), ())


def test_a_class_of_last_year_is_shown_as_it_ended(school: Cast) -> None:
    past = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - timedelta(days=150))
    old = make.make_class(school.lakeside, "Mathematics 8B", term=past)
    make.make_enrolment(school.liv, old, starts=make.LONG_AGO, ends=past.ends)
    register = class_register(old, user=school.hana, today=make.TODAY)
    assert [row.name for row in register.rows] == ["Liv Hansen"]


def test_two_assignments_to_one_class_show_it_and_the_teacher_once(school: Cast) -> None:
    make.make_teaching(school.ada, school.maths, starts=make.YESTERDAY)
    assert [each.name for each in teachers_day(user=school.ada, on=make.TODAY).classes] == ["Mathematics 9B"]
    assert class_register(school.maths, user=school.ada, today=make.TODAY).teachers == (school.ada,)


def test_a_student_enrolled_twice_at_once_counts_once(school: Cast) -> None:
    soon = make.TODAY + timedelta(days=3)
    make.make_enrolment(school.sam, school.maths, starts=make.YESTERDAY, ends=soon)
    rows = class_register(school.maths, user=school.ada, today=make.TODAY).rows
    assert [row.name for row in rows] == ["Mia Lindqvist", "Sam Okafor"]
    assert rows[1].attendance == 100.0


def test_a_school_next_door_cannot_even_be_counted(school: Cast) -> None:
    assert school_overview(school.lakeside.pk, user=school.wanda, on=make.TODAY) is None
    assert mending(school.lakeside.pk, user=school.wanda, on=make.TODAY).is_nothing


def test_a_class_whose_only_teacher_left_yesterday_needs_mending(school: Cast) -> None:
    school.maths.teachings.update(ends=make.YESTERDAY)
    found = mending(school.lakeside.pk, user=school.otto, on=make.TODAY)
    assert {each.name for each in found.classes.rows} == {"Mathematics 9B", "Art 9B"}


def test_a_long_list_to_mend_says_that_there_are_others(school: Cast) -> None:
    for _ in range(9):
        make.make_student(school.lakeside)
    with remembering_grants(), assert_queries(5):
        found = mending(school.lakeside.pk, user=school.otto, on=make.TODAY)
    assert (len(found.students.rows), found.students.has_more) == (5, True)


def test_a_line_of_marks_runs_on_one_axis_and_can_be_read_aloud() -> None:
    line = spark_line([0, 50, 100])
    assert line.points == "3.0,25.0 48.0,14.0 93.0,3.0"
    assert line.dot == (93.0, 3.0)
    assert line.text == "Marks in order: 0, 50, 100 percent"
    assert spark_line([]).dot is None
    assert spark_line([120]).dot == (93, 3.0)
