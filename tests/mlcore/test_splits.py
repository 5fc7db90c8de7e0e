"""A model is tried on what came later, or on students it has not met; never on what it learned from."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore.splits import Moments, by_student, sampled_students, split


def moments(exam_days: list[int], students: int, leads: tuple[int, ...] = (1, 42), delay: int = 7) -> Moments:
    """Every student sits every exam, asked for at every lead."""
    whose, exam, lead = (grid.ravel() for grid in np.meshgrid(np.arange(students), exam_days, leads, indexing="ij"))
    return Moments(as_of=exam - lead, exam=exam, known=exam + delay, student=whose)


TWO_YEARS = moments(list(range(0, 700, 35)), 40)
ONE_EXAM = moments([100], 200, leads=(1,))


def test_with_two_years_of_exams_the_last_are_held_out() -> None:
    made = split(TWO_YEARS, 0)
    assert made.kind == "time"
    assert TWO_YEARS.known[made.learn].max() < made.cut <= TWO_YEARS.as_of[made.holdout].min()
    assert 0.05 < len(made.holdout) / len(TWO_YEARS.exam) < 0.35


def test_every_lead_is_tried_on_the_holdout() -> None:
    made = split(moments(list(range(0, 700, 35)), 40, leads=(1, 14, 42, 84)), 0)
    exam, as_of = (
        moments(list(range(0, 700, 35)), 40, leads=(1, 14, 42, 84)).__getattribute__(n) for n in ("exam", "as_of")
    )
    assert set((exam - as_of)[made.holdout]) == {1, 14, 42, 84}


def test_each_fold_learns_only_from_answers_known_before_its_questions() -> None:
    made = split(TWO_YEARS, 0)
    as_of, known = TWO_YEARS.as_of[made.learn], TWO_YEARS.known[made.learn]
    assert len(made.folds) == 3
    for past, following in made.folds:
        assert known[past].max() < as_of[following].min()


def test_one_exam_is_split_by_student() -> None:
    made = split(ONE_EXAM, 0)
    assert (made.kind, made.cut) == ("student", -1)
    assert not set(ONE_EXAM.student[made.learn]) & set(ONE_EXAM.student[made.holdout])
    assert len(made.holdout) == 67, "of few students a third, or luck would judge"
    assert len(split(moments([100], 1_500, leads=(1,)), 0).holdout) == 300


def test_few_answers_of_a_long_time_are_split_by_student() -> None:
    assert split(moments([0, 400], 20), 0).kind == "student"


def test_the_same_seed_gives_the_same_split() -> None:
    assert np.array_equal(split(ONE_EXAM, 3).holdout, split(ONE_EXAM, 3).holdout)
    assert not np.array_equal(split(ONE_EXAM, 3).holdout, split(ONE_EXAM, 4).holdout)


@settings(deadline=None, max_examples=50)
@given(
    students=st.lists(st.integers(0, 60), min_size=30, max_size=400),
    seed=st.integers(0, 5),
)
def test_no_student_stands_on_both_sides(students: list[int], seed: int) -> None:
    student = np.array(students)
    folds = by_student(student, seed)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(student)))
    for past, following in folds:
        assert not set(student[past]) & set(student[following])


@settings(deadline=None, max_examples=50)
@given(
    days=st.lists(st.integers(0, 1500), min_size=1, max_size=12),
    students=st.integers(20, 60),
    delay=st.integers(0, 60),
    leads=st.sets(st.sampled_from([0, 1, 14, 42, 84]), min_size=1),
)
def test_whatever_the_calendar_selection_never_meets_the_holdout(
    days: list[int], students: int, delay: int, leads: set[int]
) -> None:
    rows = moments(days, students, tuple(leads), delay)
    made = split(rows, 1)
    assert not set(made.learn) & set(made.holdout)
    assert len(made.learn)
    if made.kind == "time":
        assert rows.known[made.learn].max() < rows.as_of[made.holdout].min()


def test_a_sample_of_students_brings_all_their_rows() -> None:
    chosen = sampled_students(TWO_YEARS.student, 0.25, 0)
    assert len(set(TWO_YEARS.student[chosen])) == 10
    assert not set(TWO_YEARS.student[chosen]) & set(TWO_YEARS.student[~chosen])
