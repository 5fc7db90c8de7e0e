"""What happened after the cut-off day cannot be seen, whatever it was."""

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.errors import SchemaMismatch
from mlcore.schema import empty_table
from mlcore.synth import SynthSpec, as_tables, plan, students
from mlcore.tables import SchoolTables
from mlcore.tallies import tallies_of

DAY = date(2026, 2, 10)
NOW = pd.Timestamp(DAY)
NAMES = [field.name for field in fields(SchoolTables)]
FIRST_DAY = {"students": "starts", "attendance": "day", "observations": "day"}
LEARNT = [n for n in NAMES if "known_on" in empty_table(n)]


def a_school() -> SchoolTables:
    spec = SynthSpec(students=12, years=1, seed=5, today=date(2026, 5, 15))
    made = plan(spec)
    tables = as_tables(made, [students(made, 0, 12)])
    return replace(tables, tallies=tallies_of(tables))


SCHOOL = a_school()
KNOWN = SCHOOL.until(DAY)


def assert_same(left: SchoolTables, right: SchoolTables) -> None:
    for name in NAMES:
        pd.testing.assert_frame_equal(
            getattr(left, name), getattr(right, name), check_dtype=False, check_categorical=False
        )


def later(name: str, frame: pd.DataFrame) -> pd.Series:
    """Rows that nobody at school could have known of on the day."""
    if name in LEARNT:
        late = frame["known_on"] > NOW
        return late | (frame["day"] > NOW) if name in FIRST_DAY else late
    if name == "students":
        return frame["starts"] > NOW
    return pd.Series(False, index=frame.index)


def test_a_school_with_one_spreadsheet_is_a_school():
    day = pd.to_datetime(["2026-01-12"])
    marks = {"student": [1], "exam": [1], "status": ["scored"], "score": [17.0], "known_on": day}
    school = SchoolTables.of(results=pd.DataFrame(marks))
    school.check()
    assert len(school.until(DAY).results) == 1
    assert len(school.until(date(2026, 1, 11)).results) == 0


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"score": 900.0}, "results.score: expected at most the maximum of its exam, but row 3 holds 900.0."),
        ({"exam": 99_999}, "results.exam: expected an exam that is in exams, but row 3 holds 99999."),
        ({"student": 77_777}, "results.student: expected a student who is in students, but row 3 holds 77777."),
    ],
)
def test_a_result_belongs_to_an_exam_and_a_student_and_is_not_above_the_maximum(changed, fault):
    scored = SCHOOL.results[SCHOOL.results["status"] == "scored"].reset_index(drop=True)
    results = scored.astype({"exam": "int64", "student": "int64"})
    for column, value in changed.items():
        results.loc[2, column] = value
    with pytest.raises(SchemaMismatch) as caught:
        replace(SCHOOL, results=results).check()
    assert str(caught.value) == fault


def test_an_empty_school_has_no_past():
    SchoolTables.empty().check()
    assert_same(SchoolTables.empty().until(DAY), SchoolTables.empty())


def test_an_unknown_table_is_a_mistake():
    with pytest.raises(TypeError):
        SchoolTables.of(grades=pd.DataFrame())


def test_the_faults_of_all_tables_are_told_together():
    school = SchoolTables.of(
        students=empty_table("students").drop(columns="starts"),
        exams=empty_table("exams").drop(columns="day"),
    )
    with pytest.raises(SchemaMismatch) as caught:
        school.check()
    assert len(caught.value.faults) == 2


def test_no_row_was_known_after_the_day():
    known = SCHOOL.until(DAY)
    known.check()
    for name in NAMES:
        assert not later(name, getattr(known, name)).any(), name
    assert len(known.results) < len(SCHOOL.results)


def test_the_planned_day_of_the_final_stays_and_its_results_do_not():
    spec = SynthSpec(students=30, years=2, seed=5, today=date(2026, 5, 15))
    made = plan(spec)
    known = as_tables(made, [students(made, 0, 30)]).until(date(2025, 6, 1))
    ahead = known.exams[known.exams["day"] > pd.Timestamp(2025, 6, 1)]
    assert ahead["is_target"].any()
    assert not known.results["exam"].isin(ahead["exam"]).any()


def test_a_leaver_is_still_here_on_the_day_before_leaving():
    left = SCHOOL.students.assign(ends=pd.Timestamp(DAY + timedelta(days=1)))
    school = SchoolTables.of(students=left)
    assert school.until(DAY).students["ends"].isna().all()
    assert school.until(DAY + timedelta(days=1)).students["ends"].notna().all()


def test_a_mark_of_yesterday_entered_tomorrow_is_not_known_today():
    day = pd.to_datetime([DAY - timedelta(days=1)])
    mark = {"student": [1], "school_class": [1], "day": day, "status": ["absent"]}
    mark["known_on"] = pd.to_datetime([DAY + timedelta(days=1)])
    school = SchoolTables.of(attendance=pd.DataFrame(mark))
    assert school.until(DAY).attendance.empty
    assert len(school.until(DAY + timedelta(days=1)).attendance) == 1


def test_a_result_of_an_exam_that_lies_ahead_is_a_slip_and_not_seen():
    marks = SCHOOL.results.assign(known_on=pd.Timestamp(2025, 9, 2))
    known = SchoolTables.of(exams=SCHOOL.exams, results=marks).until(DAY)
    sat = SCHOOL.exams.loc[SCHOOL.exams["day"] <= NOW, "exam"]
    assert known.results["exam"].isin(sat).all()


def test_asking_twice_says_the_same():
    assert_same(SCHOOL.until(DAY).until(DAY), SCHOOL.until(DAY))


@st.composite
def another_future(draw: st.DrawFn) -> SchoolTables:
    """The same school with rows of the future deleted, shifted and added, and ends moved."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    keep = draw(st.floats(0, 1))
    shift = pd.Timedelta(days=draw(st.integers(0, 400)))
    return SchoolTables(**{n: changed(n, getattr(SCHOOL, n), rng, keep, shift) for n in NAMES})


def changed(name: str, frame: pd.DataFrame, rng: np.random.Generator, keep: float, shift: pd.Timedelta) -> pd.DataFrame:
    ahead = later(name, frame)
    frame = frame[~ahead | (rng.random(len(frame)) < keep)].copy()
    moved = later(name, frame)
    for column in {"known_on", "day", "starts"} & set(frame.columns):
        frame[column] = frame[column].where(~moved, frame[column] + shift)
    if "ends" in frame:
        open_end = frame["ends"].isna() | (frame["ends"] > NOW)
        frame["ends"] = frame["ends"].where(~open_end, NOW + shift + pd.Timedelta(days=1))
    return added(name, frame, rng, shift)


def added(name: str, frame: pd.DataFrame, rng: np.random.Generator, shift: pd.Timedelta) -> pd.DataFrame:
    """Some rows again, as if they came up tomorrow or later, put anywhere among the others."""
    more = frame.iloc[rng.integers(0, len(frame), 20)].copy()
    dated = name in LEARNT and name != "exams"
    for column in {"known_on", "starts"} & set(more.columns):
        more[column] = NOW + shift + pd.Timedelta(days=1)
    for column in {"student", "exam"} & set(more.columns):
        more[column] = more[column] + rng.choice([0, 10_000]) if dated else more[column] + 10_000
    if "score" in more:
        more["score"] = rng.uniform(0, 100, len(more))
    mixed = pd.concat([frame, more], ignore_index=True)
    places = np.concatenate([np.arange(len(frame)), rng.uniform(-1, len(frame), len(more))])
    return mixed.iloc[np.argsort(places, kind="stable")]


@settings(max_examples=25, deadline=None)
@given(another_future())
def test_no_change_of_the_future_moves_what_was_known(school):
    assert_same(school.until(DAY), KNOWN)
