"""What each record of a school becomes in its tables: when it counts as known, under which name, and what is left out."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from predictions.frames import Reading, school_tables, school_tallies, subject_names
from predictions.frames.cells import zone_of
from students.models import (
    AttendanceMark,
    Demographics,
    Enrolment,
    Exam,
    Indicator,
    Origin,
    Participation,
    Result,
    School,
    SchoolClass,
    Student,
)
from tests import make
from tests.cast import Cast

BY_STUDENT = ("students", "enrolments", "results", "attendance", "observations", "participation")


def test_an_indicator_counts_from_the_day_the_school_says(school: Cast) -> None:
    hours = make.make_indicator(school.lakeside, code="hours")
    grade = make.make_indicator(school.lakeside, code="grade")
    day = make.TODAY - timedelta(days=40)
    for indicator in (hours, grade):
        make.make_observation(school.sam, indicator, day=day, known_on=day + timedelta(days=10))
    told = school_tables([school.lakeside], reading=Reading(known_after={"hours": 3})).observations
    known = dict(zip(told["indicator"], told["known_on"], strict=True))
    assert known == {"hours": pd.Timestamp(day + timedelta(days=3)), "grade": pd.Timestamp(day + timedelta(days=10))}
    until = Reading(known_after={"hours": 3}, until=day + timedelta(days=5), indicators_out=("grade",))
    assert list(school_tables([school.lakeside], reading=until).observations["indicator"]) == ["hours"]
    out = Reading(indicators_out=("hours",))
    assert list(school_tables([school.lakeside], reading=out).observations["indicator"]) == ["grade"]


def test_protected_facts_are_read_only_by_name(school: Cast) -> None:
    Demographics.objects.update_or_create(student=school.sam, defaults={"gender": "female", "ethnicity": "group A"})
    secret = make.make_indicator(school.lakeside, code="housing", is_protected=True)
    make.make_observation(school.sam, secret)
    Student.objects.filter(pk=school.sam.pk).update(birth_date=date(2010, 5, 4))
    closed = school_tables([school.lakeside])
    assert closed.demographics.empty
    assert "housing" not in set(closed.observations["indicator"])
    assert "birth_date" not in closed.students
    open_ = school_tables([school.lakeside], reading=Reading(protected=("gender", "age", "housing")))
    open_.check()
    mine = open_.demographics.set_index("student").loc[school.sam.pk]
    assert (mine["gender"], mine.drop("gender").notna().any()) == ("female", False)
    assert open_.observations.set_index("indicator")["protected"].to_dict()["housing"] is True
    assert open_.students["birth_date"].notna().sum() == 1


def test_nothing_of_another_school_is_read(school: Cast) -> None:
    exam = make.make_exam(school.next_door)
    for record in (make.make_result, make.make_mark):
        record(*((exam, school.wim) if record is make.make_result else (school.wim, school.next_door)))
    make.make_observation(school.wim, make.make_indicator(school.hillside))
    make.make_participation(school.wim)
    span = (0, 10**9)
    for students in (None, span, [school.sam.pk, school.wim.pk]):
        tables = school_tables([school.lakeside], students=students)
        tables.check()
        for name in BY_STUDENT:
            assert school.wim.pk not in set(getattr(tables, name)["student"]), name
        assert exam.pk not in set(tables.exams["exam"]) | set(tables.sittings["exam"])
    both = school_tables([school.lakeside, school.hillside])
    assert {school.sam.pk, school.wim.pk} <= set(both.students["student"])
    assert exam.pk in set(both.results["exam"])


def test_a_school_without_anything_has_tables_without_rows(db: None) -> None:
    empty = make.make_school("Newly founded")
    tables = school_tables([empty])
    tables.check()
    assert all(getattr(tables, name).empty for name in (*BY_STUDENT, "exams", "sittings", "tallies"))
    assert school_tallies([empty], Reading()).empty


def test_a_plan_is_known_since_it_was_typed_and_an_import_no_later_than_it_began(school: Cast) -> None:
    typed = make.make_enrolment(school.zoe, school.maths, starts=make.TODAY - timedelta(days=90))
    brought = make.make_enrolment(school.wim, school.next_door, starts=make.TODAY - timedelta(days=90), ends=make.TODAY)
    Enrolment.objects.filter(pk=brought.pk).update(origin=Origin.IMPORT)
    Exam.objects.filter(pk=school.test.pk).update(origin=Origin.IMPORT)
    tables = school_tables([school.lakeside, school.hillside])
    enrolments = tables.enrolments.set_index(["student", "school_class", "starts"])["known_on"]
    assert enrolments[typed.student_id, typed.school_class_id, pd.Timestamp(typed.starts)] == pd.Timestamp(
        typed.created_at.astimezone(ZoneInfo(school.lakeside.timezone)).date()
    )
    assert enrolments[brought.student_id, brought.school_class_id, pd.Timestamp(brought.starts)] == pd.Timestamp(
        brought.starts
    )
    exams = tables.exams.set_index("exam")
    assert exams["known_on"][school.test.pk] <= exams["day"][school.test.pk] - timedelta(days=60)
    planned = school.final.created_at.astimezone(ZoneInfo(school.lakeside.timezone))
    assert exams["known_on"][school.final.pk] == pd.Timestamp(planned.date())


@pytest.mark.parametrize(
    ("zone", "typed", "known"),
    [
        ("America/Los_Angeles", "2026-03-03T02:00:00+00:00", "2026-03-02"),
        ("Pacific/Auckland", "2026-03-02T20:00:00+00:00", "2026-03-03"),
        ("Europe/London", "2026-07-01T23:30:00+00:00", "2026-07-02"),
    ],
)
def test_a_plan_is_known_on_the_day_it_was_where_the_school_lies(
    school: Cast, zone: str, typed: str, known: str
) -> None:
    School.objects.filter(pk=school.lakeside.pk).update(timezone=zone)
    school.lakeside.refresh_from_db()
    mine = make.make_enrolment(school.zoe, school.maths, starts=date(2026, 1, 5))
    Enrolment.objects.filter(pk=mine.pk).update(created_at=typed)
    Exam.objects.filter(pk=school.final.pk).update(created_at=typed)
    tables = school_tables([school.lakeside])
    assert tables.exams.set_index("exam")["known_on"][school.final.pk] == pd.Timestamp(known)
    assert pd.Timestamp(known) in set(tables.enrolments["known_on"][tables.enrolments["student"] == school.zoe.pk])


def test_of_schools_in_several_zones_nothing_is_known_too_early(school: Cast) -> None:
    School.objects.filter(pk=school.lakeside.pk).update(timezone="America/Los_Angeles")
    School.objects.filter(pk=school.hillside.pk).update(timezone="Pacific/Auckland")
    both = list(School.objects.filter(pk__in=[school.lakeside.pk, school.hillside.pk]))
    assert str(zone_of(both)) == "Pacific/Auckland"


def test_a_mark_without_a_day_of_entry_is_known_some_days_after_its_exam(school: Cast) -> None:
    exam = make.make_exam(school.maths, day=make.TODAY - timedelta(days=60))
    make.make_result(exam, school.sam, known_on=None)
    results = school_tables([school.lakeside], reading=Reading(result_delay=5)).results
    known = results[results["exam"] == exam.pk]["known_on"].tolist()
    assert known == [pd.Timestamp(exam.day + timedelta(days=5))]
    early = Reading(result_delay=5, until=exam.day + timedelta(days=4))
    tables = school_tables([school.lakeside], reading=early).until(early.until)
    assert exam.pk not in set(tables.results["exam"])


def test_what_cannot_be_meant_stops_no_run(school: Cast) -> None:
    exam = make.make_exam(school.maths, day=make.TODAY - timedelta(days=60), maximum=50)
    make.make_result(exam, school.sam, 40)
    make.make_result(exam, school.mia, 40)
    Result.objects.filter(exam=exam, student=school.mia).update(score=51)
    tiny = make.make_exam(school.maths, maximum="0.2")
    make.make_result(tiny, school.sam, "0.1")
    hours = make.make_indicator(school.lakeside, code="once-a-number")
    make.make_observation(school.sam, hours)
    Indicator.objects.filter(pk=hours.pk).update(kind="category")
    Student.objects.filter(pk=school.sam.pk).update(starts=date(202, 9, 1))
    tables = school_tables([school.lakeside])
    tables.check()
    assert tables.results[tables.results["exam"] == exam.pk]["student"].tolist() == [school.sam.pk]
    assert tiny.pk not in set(tables.exams["exam"]) | set(tables.results["exam"]) | set(tables.sittings["exam"])
    assert "once-a-number" not in set(tables.observations["indicator"])


def test_where_a_class_takes_the_daily_roll_only_its_marks_count(school: Cast) -> None:
    day = make.TODAY - timedelta(days=3)
    AttendanceMark.objects.all().delete()
    make.make_mark(school.sam, school.maths, day=day)
    make.make_mark(school.sam, school.art, "A", day=day)
    SchoolClass.objects.filter(pk=school.art.pk).update(is_home_class=False)
    told = school_tables([school.lakeside]).attendance
    assert told[["school_class", "status"]].values.tolist() == [[school.maths.pk, "present"]]
    SchoolClass.objects.update(is_home_class=False)
    assert len(school_tables([school.lakeside]).attendance) == 2


def test_subjects_go_by_name_and_by_code_where_two_share_one(school: Cast) -> None:
    first, second = (make.make_subject(school.lakeside, "Music", code=code) for code in ("MUS1", "MUS2"))
    make.make_subject(school.hillside, "Music", code="MUS1")
    named = subject_names([school.lakeside, school.hillside])
    assert (named[first.pk], named[second.pk]) == ("Music (MUS1)", "Music (MUS2)")
    assert list(named.values()).count("Music") == 1
    make.make_exam(make.make_class(school.lakeside, "Band", subject=second))
    assert "Music (MUS2)" in set(school_tables([school.lakeside]).exams["subject"])


def test_a_club_of_another_kind_counts_as_a_club(school: Cast) -> None:
    make.make_participation(school.sam, "Debating", kind="other", level="")
    told = school_tables([school.lakeside]).participation.set_index("activity").loc["Debating"]
    assert (told["kind"], pd.isna(told["level"])) == ("club", True)
    assert Participation.objects.filter(kind="other").exists()
