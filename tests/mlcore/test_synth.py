"""The made-up school is the same every time, looks like a school, and can be predicted."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from mlcore.errors import MLError
from mlcore.synth import NO_DAY, SynthChunk, SynthSpec, as_tables, plan, students
from mlcore.synth.chunk import TABLE_NAMES
from mlcore.synth.draw import epoch
from mlcore.synth.exams import FINAL
from mlcore.synth.subjects import HOME, SUBJECTS, letter_name

TODAY = date(2026, 5, 15)
SPEC = SynthSpec(students=400, years=2, seed=3, today=TODAY)
PLAN = plan(SPEC)
CHUNK = students(PLAN, 0, 400)
TABLES = as_tables(PLAN, [CHUNK])


def assert_equal(left: SynthChunk, parts: list[SynthChunk]) -> None:
    for name in TABLE_NAMES:
        for column, values in getattr(left, name).items():
            pieces = np.concatenate([getattr(part, name)[column] for part in parts])
            assert values.dtype == pieces.dtype, (name, column)
            assert values.tobytes() == pieces.tobytes(), (name, column)


# The same school every time


@pytest.mark.parametrize("borders", [[0, 1, 255, 257, 400], [0, 256, 400], [0, 130, 131, 400]])
def test_a_student_is_the_same_wherever_the_chunks_are_cut(borders):
    parts = [students(PLAN, a, b) for a, b in pairwise(borders)]
    assert_equal(CHUNK, parts)


def test_a_student_is_the_same_whoever_was_drawn_before():
    backwards = [students(PLAN, 300, 400), students(PLAN, 0, 300)]
    assert_equal(CHUNK, backwards[::-1])


def test_the_same_seed_makes_the_same_school_and_another_seed_another():
    assert_equal(CHUNK, [students(plan(SPEC), 0, 400)])
    other = plan(SynthSpec(students=400, years=2, seed=4, today=TODAY))
    assert students(other, 0, 400).results["score"].tobytes() != CHUNK.results["score"].tobytes()


def test_there_is_no_school_without_students_and_no_student_beyond_the_last():
    with pytest.raises(MLError, match="at least one student"):
        SynthSpec(students=0, today=TODAY)
    with pytest.raises(MLError, match="no students 390 to 400"):
        students(PLAN, 390, 401)


@pytest.mark.parametrize("count", [1, 7, 60])
def test_a_tiny_school_is_a_school(count):
    small = plan(SynthSpec(students=count, years=1, seed=0, today=TODAY))
    chunk = students(small, 0, count)
    assert len(chunk.people["student"]) == count
    as_tables(small, [chunk]).check()


# It looks like a school


@pytest.mark.parametrize(
    "today",
    [date(2025, 9, 1), date(2026, 2, 28), date(2026, 6, 20), date(2026, 7, 31), date(2028, 2, 29)],
)
def test_a_final_always_lies_ahead_and_nothing_is_known_early(today):
    made = plan(SynthSpec(students=60, years=2, seed=1, today=today))
    finals = made.exams["is_target"] & (made.exams["year"] == made.current_year)
    assert (made.exams["day"][finals] > epoch(today)).all()
    tables = as_tables(made, [students(made, 0, 60)])
    tables.check()
    now = pd.Timestamp(today)
    for name in ("exams", "results", "attendance", "observations", "participation"):
        assert (getattr(tables, name)["known_on"] <= now).all(), name
    assert (tables.attendance["day"] <= now).all()
    assert not tables.results.empty


def test_today_hides_nothing_of_what_is_recorded_today():
    known = TABLES.until(TODAY)
    for name in TABLES.__slots__:
        assert len(getattr(known, name)) == len(getattr(TABLES, name)), name


def test_a_year_holds_about_190_school_days_and_no_weekend():
    days = PLAN.school_days.astype("datetime64[D]")
    assert np.is_busday(days).all()
    assert 175 <= len(days) / len(PLAN.years) <= 195


def test_home_groups_hold_about_25_and_go_on_after_z():
    letters = TABLES.students.assign(letter=CHUNK.people["letter"])
    here = letters[letters["ends"].isna()]
    sizes = here.groupby(["grade_level", "letter"]).size()
    assert sizes.between(15, 32).all()
    assert [letter_name(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]
    assert {PLAN.class_name(PLAN.class_at(1, np.array(2), np.array(1), s)) for s in (0, HOME)} == {
        "9B Mathematics",
        "9B",
    }


def test_a_teacher_has_four_or_five_classes_of_one_subject_and_perhaps_a_home_group():
    classes = pd.DataFrame(PLAN.classes).query("year == 1 and subject != @HOME")
    taught = classes.groupby("teacher")
    assert (taught["subject"].nunique() == 1).all()
    assert taught.size().between(4, 6).all()


def test_two_classes_or_more_had_no_teacher_for_a_while():
    teachings = pd.DataFrame(PLAN.teachings).sort_values(["school_class", "starts"])
    again = teachings[teachings["school_class"].duplicated(keep=False)]
    gaps = again.groupby("school_class").agg(ends=("ends", "first"), starts=("starts", "last"))
    assert len(gaps) >= 1
    assert (gaps["starts"] - gaps["ends"] > 40).all()


def test_a_student_goes_up_a_grade_in_the_same_letter_unless_moved():
    rows = TABLES.enrolments[TABLES.enrolments["subject"] == "MATH"]
    grade = PLAN.classes["grade"][rows["school_class"]]
    by_year = rows.assign(grade=grade).groupby(["student", "term"])["grade"].agg(["min", "max"])
    assert (by_year["min"] == by_year["max"]).all()
    wide = by_year["min"].unstack().dropna()
    assert (wide.iloc[:, 1] - wide.iloc[:, 0] == 1).all()
    letters = rows.assign(letter=PLAN.classes["letter"][rows["school_class"]])
    moved = letters.groupby("student")["letter"].nunique() > 1
    assert 0 < moved.mean() < 0.10


def test_students_come_late_and_leave_early():
    begins = pd.to_datetime(TABLES.students["starts"])
    assert 0.02 < ((begins.dt.month != 9) | (begins.dt.day != 1)).mean() < 0.15
    left = TABLES.students["ends"]
    alumni = left == pd.Timestamp(2025, 7, 10)
    assert 0.10 < alumni.mean() < 0.20
    assert 0.01 < (left.notna() & ~alumni).mean() < 0.15


def test_every_row_of_a_student_lies_within_their_time_on_the_roll():
    span = TABLES.students.set_index("student")[["starts", "ends"]]
    for name in ("attendance", "observations"):
        rows = getattr(TABLES, name).join(span, on="student")
        assert (rows["day"] >= rows["starts"]).all(), name
        assert (rows["ends"].isna() | (rows["day"] <= rows["ends"])).all(), name


def test_there_is_one_attendance_mark_a_day_in_the_home_group_one_is_in():
    marks = TABLES.attendance
    assert not marks.duplicated(["student", "day"]).any()
    home = TABLES.enrolments.query("subject == 'HOME'")
    both = marks.merge(home, on=["student", "school_class"], how="left")
    inside = (both["day"] >= both["starts"]) & (both["ends"].isna() | (both["day"] <= both["ends"]))
    assert inside.groupby([both["student"], both["day"]]).any().all()


def test_absences_are_as_frequent_and_as_clustered_as_in_life():
    away = TABLES.attendance["status"].isin(["absent", "excused"])
    assert 0.04 < away.mean() < 0.09
    by_student = away.groupby(TABLES.attendance["student"]).mean()
    assert 0.08 < (by_student > 0.10).mean() < 0.30
    after = away.groupby(TABLES.attendance["student"]).shift(1, fill_value=False).astype(bool)
    assert away[after].mean() > 5 * away[~after].mean()
    by_weekday = away.groupby(TABLES.attendance["day"].dt.day_of_week).mean()
    assert by_weekday[0] > by_weekday[2]


def test_results_miss_for_the_reasons_and_shares_of_a_school():
    rows = TABLES.results.merge(TABLES.exams, on="exam")
    shares = rows["status"].value_counts(normalize=True)
    assert 0.90 < shares["scored"] < 0.98
    assert 0.015 < shares["absent"] < 0.06
    assert 0.002 < shares["exempt"] < 0.02
    assert 0.005 < shares["not_submitted"] < 0.03
    assert (rows.loc[rows["status"] == "not_submitted", "kind"] == "coursework").all()
    done = TABLES.observations.query("indicator == 'assignments'").groupby("student")["value"].mean()
    coursework = rows[rows["kind"] == "coursework"]
    missing = (coursework["status"] == "not_submitted").groupby(coursework["student"]).mean()
    assert missing.corr(done) < -0.15


def test_scores_are_half_points_within_the_maximum_and_spread_well():
    rows = TABLES.results.merge(TABLES.exams, on="exam").dropna(subset="score")
    assert (rows["score"] * 2 % 1 == 0).all()
    assert rows["score"].between(0, rows["maximum"]).all()
    percent = 100 * rows["score"] / rows["maximum"]
    assert 55 < percent.mean() < 68
    assert 13 < percent.std() < 20
    assert (percent == 100).mean() < 0.03


def test_some_marks_come_weeks_late_and_some_exams_are_not_yet_marked():
    rows = TABLES.results.merge(TABLES.exams, on="exam", suffixes=("", "_exam"))
    delay = (rows["known_on"] - rows["day"]).dt.days
    assert delay.min() >= 2
    assert 0.01 < (delay > 21).mean() < 0.10
    sat = TABLES.exams[TABLES.exams["day"] <= pd.Timestamp(TODAY)]
    assert not sat["exam"].isin(TABLES.results["exam"]).all()


def test_observations_have_gaps_and_bounds():
    values = TABLES.observations.groupby("indicator", observed=True)["value"].agg(["min", "max"])
    assert (values["min"].dropna() >= 0).all()
    bounds = {"study_hours": 60, "previous_gpa": 4, "assignments": 100, "prep_course": 1}
    assert (values["max"].dropna() <= pd.Series(bounds)).all()
    asked = TABLES.observations.query("indicator == 'study_hours'")["student"].nunique()
    assert 300 < asked < 400


def test_unknown_days_are_said_so():
    assert (CHUNK.people["ends"] == NO_DAY).any()
    assert (CHUNK.enrolments["ends"] == NO_DAY).any()


def test_the_target_is_the_final_of_each_subject_that_has_one():
    target = PLAN.exams["is_target"]
    assert (target == (PLAN.exams["kind"] == FINAL)).all()
    assert {SUBJECTS[s].code for s in PLAN.exams["subject"][target]} == {
        subject.code for subject in SUBJECTS if subject.final
    }
