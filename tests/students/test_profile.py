"""One student's figures: marks by subject, attendance by day, measures, and what holds from a day to a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache

from portal.accounts.models import User
from portal.kit.scoping import remembering_grants
from students.models import AttendanceMark
from students.summaries import StudentProfile, student_profile
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


def profile_of(school: Cast, user: User | None = None, **asked) -> StudentProfile:
    return student_profile(school.sam, user=user or school.hana, on=make.TODAY, **asked)


def weekdays_back(count: int) -> list[date]:
    """That many weekdays before yesterday, the latest first."""
    days = (make.YESTERDAY - timedelta(days=number) for number in range(1, 3 * count + 9))
    return [day for day in days if day.weekday() < 5][:count]


def take_roll(school: Cast, statuses: str) -> list[date]:
    """One mark a weekday, the latest first; those of the cast are taken away."""
    AttendanceMark.objects.all().delete()
    days = weekdays_back(len(statuses))
    for day, status in zip(days, statuses, strict=True):
        make.make_mark(school.sam, school.maths, status, day=day)
    return days


# --- marks ----------------------------------------------------------------------------------------------------
def test_marks_are_told_by_subject_with_exam_day_and_points(school: Cast) -> None:
    (subject,) = profile_of(school).marks.subjects
    assert (subject.name, subject.average) == ("Mathematics", 62.0)
    day = school.test.day
    assert subject.latest.told == f"Algebra test, {day.day} {day:%B %Y}: 31 of 50 points, 62 %"


def test_an_average_weighs_exams_and_passes_over_what_has_no_score(school: Cast) -> None:
    make.make_result(make.make_exam(school.maths, weight=3), school.sam, 82)
    make.make_result(make.make_exam(school.maths), school.sam, None, status="absent")
    marks = profile_of(school).marks
    assert marks.subjects[0].average == 77.0
    assert (marks.scored, len(marks.results)) == (2, 3)


def test_marks_of_more_than_a_year_ago_come_when_asked_for(school: Cast) -> None:
    make.make_result(make.make_exam(school.maths, title="Old test", day=make.TODAY - timedelta(days=366)), school.sam)
    assert [each.exam.title for each in profile_of(school).marks.results] == ["Algebra test"]
    earlier = profile_of(school, earlier=True).marks
    assert [each.exam.title for each in earlier.results] == ["Algebra test", "Old test"]
    assert earlier.span == (make.TODAY - timedelta(days=366), make.TODAY)


def test_an_average_is_of_this_school_year_whatever_else_is_drawn(school: Cast) -> None:
    """The year began 120 days ago; the marks of twelve months are drawn."""
    make.make_result(make.make_exam(school.maths, day=make.TODAY - timedelta(days=130)), school.sam, 0)
    for asked in ({}, {"earlier": True}):
        marks = profile_of(school, **asked).marks
        assert (len(marks.subjects[0].points), marks.subjects[0].average, marks.average) == (2, 62.0, 62.0)


def test_between_school_years_an_average_is_of_twelve_months(school: Cast) -> None:
    make.make_result(make.make_exam(school.maths, day=make.TODAY - timedelta(days=130), maximum=50), school.sam, 0)
    school.lakeside.terms.update(kind="term")
    cache.clear()
    assert profile_of(school).marks.average == 31.0


def test_the_subjects_that_somebody_teaches_come_first(school: Cast) -> None:
    make.make_enrolment(school.sam, school.art)
    make.make_result(make.make_exam(school.art, title="Portrait"), school.sam, 90)
    marks = profile_of(school, school.ada).marks
    assert [each.name for each in marks.subjects] == ["Mathematics", "Art"]
    assert ([each.name for each in marks.own], marks.own_average, marks.average) == (["Mathematics"], 62.0, 76.0)
    assert profile_of(school, school.hana).marks.own == ()


def test_the_table_holds_the_last_ten_until_all_are_asked_for(school: Cast) -> None:
    for _ in range(12):
        make.make_result(make.make_exam(school.maths), school.sam)
    assert (len(profile_of(school).marks.listed), profile_of(school).marks.is_cut) == (10, True)
    assert len(profile_of(school, whole=True).marks.listed) == 13
    assert len(profile_of(school, earlier=True).marks.listed) == 13


def test_a_chosen_subject_narrows_the_table_and_leaves_the_others_to_choose(school: Cast) -> None:
    make.make_enrolment(school.sam, school.art)
    make.make_result(make.make_exam(school.art, title="Portrait"), school.sam, 90)
    marks = profile_of(school, subject=str(school.art.subject_id)).marks
    assert marks.chosen.name == "Art"
    assert [each.exam.title for each in marks.shown] == ["Portrait"]
    assert [each.name for each in marks.subjects] == ["Art", "Mathematics"]


def test_drawings_take_the_scale_of_the_subject_and_else_the_schools(school: Cast) -> None:
    assert profile_of(school).marks.subjects[0].scale.pass_mark == 50
    own = make.make_scale(school.lakeside, name="Strict", pass_mark=Decimal(70))
    type(school.maths.subject).objects.filter(pk=school.maths.subject_id).update(grade_scale=own)
    cache.clear()
    scale = profile_of(school).marks.subjects[0].scale
    assert (scale.pass_mark, scale.grades[-1]) == (70, ("A", 75.0))


def test_a_school_without_a_scale_draws_without_one(school: Cast) -> None:
    school.lakeside.grade_scales.all().delete()
    assert profile_of(school).marks.subjects[0].scale is None


def test_a_mark_counts_as_released_by_the_students_own_class_only(school: Cast) -> None:
    other = make.make_class(school.lakeside, "Mathematics 9C")
    make.make_release(school.test, other)
    assert profile_of(school).marks.has_unreleased
    make.make_release(school.test, school.maths)
    assert not profile_of(school).marks.has_unreleased


def test_a_family_gets_released_marks_and_a_stranger_nothing(school: Cast) -> None:
    assert profile_of(school, school.gus).marks.results == ()
    make.make_release(school.test, school.maths)
    assert len(profile_of(school, school.gus).marks.results) == 1
    make.make_observation(school.sam, make.make_indicator(school.lakeside))
    make.make_participation(school.sam)
    stranger = profile_of(school, school.wanda)
    assert (stranger.marks.results, stranger.measures, stranger.attendance.marked) == ((), (), 0)
    ties = stranger.ties
    assert not any((ties.classes, ties.other_classes, ties.activities, ties.guardians, ties.counsellors))


# --- attendance -----------------------------------------------------------------------------------------------
def test_days_are_counted_and_the_longest_absence_is_found(school: Cast) -> None:
    days = take_roll(school, "PPLEAAPPPA")
    year = profile_of(school).attendance
    assert (year.present, year.late, year.excused, year.absent, year.away) == (5, 1, 1, 3, 4)
    assert (year.rate, year.recent, year.longest) == (60.0, 60.0, 3)
    assert [(spell.kind, spell.starts, spell.ends, spell.days) for spell in year.spells] == [
        ("late", days[2], days[2], 1),
        ("excused", days[3], days[3], 1),
        ("absent", days[5], days[4], 2),
        ("absent", days[9], days[9], 1),
    ]


def test_the_roll_of_the_home_class_alone_is_the_daily_attendance(school: Cast) -> None:
    (day,) = take_roll(school, "P")
    for back, status in ((0, "A"), (1, "L"), (2, "L")):
        make.make_mark(school.sam, school.art, status, day=day - timedelta(days=back))
    year = profile_of(school).attendance
    assert (dict(year.days), year.rate, year.recent, year.marked) == ({day: "present"}, 100.0, 100.0, 1)
    assert [roll.told for roll in year.lessons] == ["late 2, absent 1 in Art 9B"]


def test_lesson_rolls_of_last_year_are_not_told(school: Cast) -> None:
    make.make_mark(school.sam, school.art, "A", day=make.TODAY - timedelta(days=200))
    assert profile_of(school).attendance.lessons == ()


def test_last_years_days_do_not_count(school: Cast) -> None:
    take_roll(school, "PP")
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY - timedelta(days=200))
    year = profile_of(school).attendance
    assert (year.rate, year.absent) == (100.0, 0)
    assert year.span[0] == make.TODAY - timedelta(days=120)


def test_a_student_without_a_roll_has_no_rate(school: Cast) -> None:
    AttendanceMark.objects.all().delete()
    year = profile_of(school).attendance
    assert (year.rate, year.recent, year.longest, year.spells) == (None, None, 0, ())


# --- measures -------------------------------------------------------------------------------------------------
def test_a_measure_tells_its_latest_value_and_how_it_moved(school: Cast) -> None:
    hours = make.make_indicator(school.lakeside, "Study hours", unit="h", least=0, most=40)
    for back, value in ((30, 6), (20, 9), (10, "7.5")):
        make.make_observation(school.sam, hours, Decimal(value), day=make.TODAY - timedelta(days=back))
    (measure,) = profile_of(school).measures
    assert (measure.number, measure.change, measure.bounds) == (7.5, -1.5, (0.0, 40.0))
    assert measure.previous_day == make.TODAY - timedelta(days=20)


def test_categories_and_yes_or_no_tell_the_latest_and_draw_nothing(school: Cast) -> None:
    habit = make.make_indicator(school.lakeside, "Reading", kind="category", categories=["daily", "never"])
    course = make.make_indicator(school.lakeside, "Course", kind="yes_no")
    make.make_observation(school.sam, habit, None, category="daily")
    make.make_observation(school.sam, course, 0)
    told = {each.indicator.name: each for each in profile_of(school).measures}
    assert told["Reading"].category == "daily"
    assert (told["Course"].is_yes, told["Course"].values) == (False, ())


# --- what holds from a day to a day ---------------------------------------------------------------------------
def test_a_class_that_was_left_stands_apart(school: Cast) -> None:
    school.sam.enrolments.update(ends=make.TODAY - timedelta(days=7))
    ties = profile_of(school).ties
    assert ties.classes == ()
    assert [tie.title for tie in ties.other_classes] == ["Mathematics 9B"]


def test_the_home_class_leads_the_classes(school: Cast) -> None:
    make.make_enrolment(school.sam, school.art)
    ties = profile_of(school).ties
    assert (ties.home_class, [tie.title for tie in ties.classes]) == ("Mathematics 9B", ["Mathematics 9B", "Art 9B"])


@pytest.mark.parametrize(
    ("person", "guardians", "counsellors"),
    [("hana", 1, 1), ("otto", 1, 1), ("cora", 1, 1), ("ada", 0, 0), ("gus", 1, 0)],
)
def test_people_around_a_student_follow_their_own_rules(
    school: Cast, person: str, guardians: int, counsellors: int
) -> None:
    ties = profile_of(school, getattr(school, person)).ties
    assert (len(ties.guardians), len(ties.counsellors)) == (guardians, counsellors)


def test_who_cares_no_longer_is_no_longer_named(school: Cast) -> None:
    school.gus.guardianships.update(ends=make.YESTERDAY)
    assert profile_of(school).ties.guardians == ()


def test_clubs_of_now_and_of_before_are_told_apart(school: Cast) -> None:
    make.make_participation(school.sam, "Chess club", level="beginner")
    make.make_participation(school.sam, "Choir", ends=make.YESTERDAY)
    ties = profile_of(school).ties
    assert [(tie.title, tie.note) for tie in ties.activities] == [("Chess club", "beginner")]
    assert [tie.title for tie in ties.past_activities] == ["Choir"]


# --- edges ----------------------------------------------------------------------------------------------------
def test_who_left_is_shown_as_of_the_last_day(school: Cast) -> None:
    left = student_profile(school.liv, user=school.hana, on=make.TODAY)
    assert left.on == school.liv.ends
    assert [tie.title for tie in left.ties.classes] == ["Mathematics 9B"]


def test_who_comes_next_week_has_an_empty_page_that_opens(school: Cast, client_as) -> None:
    soon = make.TODAY + timedelta(days=7)
    newcomer = make.make_student(school.lakeside, "Nora Newcomer", status="expected", starts=soon)
    page = client_as(school.hana).get(f"/students/{newcomer.pk}/").text
    for sentence in ("No marks in the last twelve months", "No roll was taken this school year", "In no class today"):
        assert sentence in page
    assert "expected from" in page


def test_four_queries_hold_all_of_it(school: Cast) -> None:
    profile_of(school)  # reads the school's frame, and keeps it for some minutes
    for number in range(20):
        make.make_result(make.make_exam(school.maths), school.sam)
        make.make_participation(school.sam, f"Club {number}")
    with remembering_grants(), assert_queries(5):  # with the roles of the person who looks
        profile_of(school)
