"""Before and after: made marks whose truth is known, so that what comes back by itself is not told as help."""

from datetime import date
from random import Random
from typing import Any

import pytest

from students.before_after import (
    LEAST_BESIDE,
    Usual,
    before_and_after,
    many_before_and_after,
    marks_beside_class,
    usual_at,
    usual_of,
)
from students.models import Enrolment, Result, Student, Subject
from students.summaries.help_went import help_went
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY, timedelta

BEFORE = [TODAY - timedelta(days=days) for days in (300, 280, 260, 240)]
AFTER = [TODAY - timedelta(days=days) for days in (120, 90, 60, 30)]
TURN = TODAY - timedelta(days=180)


def _class_of(school: Cast, size: int, *, seed: int = 1, noise: float = 12) -> list[Student]:
    """Students who differ a little from each other and whose marks vary a lot; nothing helps anybody."""
    chance = Random(seed)
    term = make.make_term(school.lakeside, starts=TODAY - timedelta(days=400), ends=TODAY + timedelta(days=30))
    subject = make.make_subject(school.lakeside, "History")
    group = make.make_class(school.lakeside, f"History {seed}", term=term, subject=subject, is_home_class=True)
    students = [make.make_student(school.lakeside) for _ in range(size)]
    Enrolment.objects.bulk_create(
        Enrolment(student=each, school_class=group, starts=make.LONG_AGO) for each in students
    )  # fmt: skip
    level = {each.pk: chance.gauss(60, 6) for each in students}
    rows = []
    for day in (*BEFORE, *AFTER):
        exam = make.make_exam(group, day=day)
        for each in students:
            score = min(100, max(0, chance.gauss(level[each.pk], noise)))
            rows.append(Result(exam=exam, student=each, score=round(score, 2), known_on=day))
    Result.objects.bulk_create(rows)
    return students


def test_the_arithmetic_finds_what_made_the_marks() -> None:
    chance = Random(5)
    halves = []
    for _ in range(4000):
        level = chance.gauss(0, 6)
        first, then = ([chance.gauss(level, 12) for _ in range(3)] for _ in range(2))
        halves.append((first, then))
    usual = usual_of(halves)
    assert usual.between == pytest.approx(36, rel=0.1)
    assert usual.lasting == pytest.approx(36, rel=0.1)
    assert usual.within == pytest.approx(144, rel=0.05)
    # 36 / (36 + 144 / 3): of a distance seen in three marks, three sevenths stay.
    assert usual.share(3) == pytest.approx(3 / 7, rel=0.08)


def test_where_nothing_helps_eight_of_ten_lie_within_what_is_usual() -> None:
    chance = Random(8)
    level = [chance.gauss(0, 6) for _ in range(3000)]
    halves = [([chance.gauss(x, 12) for _ in range(3)], [chance.gauss(x, 12) for _ in range(2)]) for x in level]
    usual = usual_of(halves)
    lowest = sorted(halves, key=lambda pair: sum(pair[0]))[:600]  # those who would be given help
    inside = 0
    for first, then in lowest:
        expected = usual.expected(sum(first) / 3, 3, 2)
        inside += expected.low <= sum(then) / 2 <= expected.high
    assert 0.75 < inside / len(lowest) < 0.85


def test_the_weakest_come_back_towards_their_class_and_that_is_not_told_as_help(school: Cast) -> None:
    students = _class_of(school, 60)
    beside = marks_beside_class([each.pk for each in students], BEFORE[0], TODAY)
    means = {each.pk: sum(m.points for m in beside[each.pk] if m.day < TURN) for each in students}
    lowest = sorted(students, key=lambda each: means[each.pk])[:12]
    told = many_before_and_after([make.make_help(each, school.hana, starts=TURN) for each in lowest], on=TODAY)
    assert sum(each.change for each in told) / 12 > 2  # they rise by themselves
    assert all(each.before < each.expected.middle < 0 for each in told)
    assert sum(each.verdict == "within" for each in told) >= 8
    assert "usual without any help" in told[0].sentence


def test_a_rise_beyond_chance_is_told_as_above_what_is_usual(school: Cast) -> None:
    students = _class_of(school, 30, noise=3)
    risen = students[0]
    for result in Result.objects.filter(student=risen, exam__day__in=BEFORE):
        Result.objects.filter(pk=result.pk).update(score=20)
    Result.objects.filter(student=risen, exam__day__in=AFTER).update(score=95)
    told = before_and_after(make.make_help(risen, school.hana, starts=TURN), on=TODAY)
    assert told.verdict == "above"
    assert "caus" not in told.sentence


def test_marks_of_the_subject_alone_where_the_help_is_about_one(school: Cast) -> None:
    students = _class_of(school, 20)
    art = school.art.subject
    told = before_and_after(make.make_help(students[0], school.hana, starts=TURN, subject=art), on=TODAY)
    assert (told.marks_before, told.marks_after, told.expected) == (0, 0, None)
    assert "At least 2 marks before the help began" in told.missing
    own = Subject.objects.get(name="History")
    same = before_and_after(make.make_help(students[0], school.hana, starts=TURN, subject=own), on=TODAY)
    assert (same.marks_before, same.marks_after) == (4, 4)


def test_too_little_is_said_instead_of_guessed(school: Cast) -> None:
    few = _class_of(school, 8)
    told = before_and_after(make.make_help(few[0], school.hana, starts=TURN), on=TODAY)
    assert told.expected is None
    assert "Too few students" in told.sentence
    late = before_and_after(make.make_help(few[1], school.hana, starts=TODAY - timedelta(days=20)), on=TODAY)
    assert "since the help began" in late.sentence
    assert usual_of([]) == Usual(0)


def test_students_with_help_are_not_among_those_without(school: Cast) -> None:
    students = _class_of(school, 20)
    history = Subject.objects.get(name="History").pk
    assert usual_at(school.lakeside.pk, None, on=TODAY).students == 20
    for each in students[:5]:
        make.make_help(each, school.hana, starts=TURN)
    assert usual_at(school.lakeside.pk, history, on=TODAY).students == 15


def test_a_mean_of_few_marks_is_no_class_to_stand_beside(school: Cast) -> None:
    students = _class_of(school, LEAST_BESIDE - 1)
    assert not marks_beside_class([students[0].pk], BEFORE[0], TODAY)[students[0].pk]


def test_the_same_queries_for_a_small_class_and_a_large_one(school: Cast) -> None:
    counts = []
    for seed, size in ((1, 12), (2, 40)):
        students = _class_of(school, size, seed=seed)
        helped = [make.make_help(each, school.hana, starts=TURN) for each in students[:size]]
        with assert_queries(14) as caught:
            many_before_and_after(helped, on=TODAY)
        counts.append(len(caught))
    assert counts[1] <= counts[0]


def test_how_help_went_is_for_leaders_and_says_nothing_of_fewer_than_ten(school: Cast) -> None:
    students = _class_of(school, 40)
    closed: dict[str, Any] = {"starts": TURN, "review_on": TODAY, "closed_on": TODAY - timedelta(days=10)}
    for number, each in enumerate(students[:12]):
        make.make_help(each, school.hana, outcome="reached" if number < 7 else "partly", **closed)
    for each in students[12:20]:
        make.make_help(each, school.hana, kind="family", outcome="reached", **closed)
    went = help_went(school.lakeside.pk, user=school.hana, on=TODAY)
    assert went is not None
    assert [(each.kind.value, each.students, each.reached, each.partly) for each in went.kinds] == [
        ("tutoring", 12, 7, 5)
    ]
    assert went.kinds[0].change is not None
    assert [kind.value for kind in went.too_few] == ["family"]
    for person in (school.otto, school.ada, school.cora, school.nils, school.wanda, school.gus):
        assert help_went(school.lakeside.pk, user=person, on=TODAY) is None


def test_marks_after_today_and_beyond_half_a_year_do_not_count(school: Cast) -> None:
    students = _class_of(school, 15)
    told = before_and_after(make.make_help(students[0], school.hana, starts=TURN), on=AFTER[1])
    assert told.marks_after == 2
    early: date = BEFORE[0] + timedelta(days=10)
    old = before_and_after(make.make_help(students[0], school.hana, starts=early, review_on=early), on=TODAY)
    assert (old.marks_before, old.marks_after) == (1, 4)  # up to half a year after the first day
