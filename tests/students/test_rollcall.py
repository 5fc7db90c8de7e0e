"""Taking the roll: once, again, over each other, and what is kept of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import DomainError, NotAllowed, NotReady
from portal.kit.scoping import remembering_grants
from students.models import AttendanceMark, AttendanceStatus, Enrolment
from students.roll_days import school_days_before
from students.rollcall import take
from students.signals import evidence_changed
from students.summaries.roll import class_roll, hint
from students.summaries.roll_past import past_of
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast

DAY = make.TODAY


@pytest.fixture
def told() -> Any:
    heard: list[tuple[list[int], str]] = []

    def hear(sender: Any, student_ids: list[int], kind: str, **kwargs: Any) -> None:
        heard.append((student_ids, kind))

    evidence_changed.connect(hear, weak=False)
    yield heard
    evidence_changed.disconnect(hear)


def on_day(day: date = DAY) -> dict[str, str]:
    marks = AttendanceMark.objects.filter(day=day).select_related("student")
    return {mark.student.given_name: mark.status for mark in marks}


def said(school: Cast, by: Any, sam: str | None = None, mia: str | None = None, seen: str = "", **more: Any) -> Any:
    wanted = {each.pk: status for each, status in ((school.sam, sam), (school.mia, mia)) if status is not None}
    before = dict.fromkeys(wanted, seen)
    return take(school.maths, more.pop("day", DAY), wanted, before, by=by, on=more.pop("on", DAY))


def test_the_first_roll_is_marks_and_one_audit_line_and_no_line_per_student(
    school: Cast, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        outcome = said(school, school.ada, sam="P", mia="A")
    assert on_day() == {"Sam": "P", "Mia": "A"}
    mark = AttendanceMark.objects.get(student=school.mia, day=DAY)
    assert (mark.taken_by, mark.known_on) == (school.ada, DAY)
    assert outcome.touched == sorted([school.sam.pk, school.mia.pk])
    assert told == [(outcome.touched, "attendance")]
    line = AuditEvent.objects.get(verb="roll taken")
    assert (line.target_id, line.school_id, line.facts["marks"]) == (school.maths.pk, school.lakeside.pk, 2)
    assert not Change.objects.exists()


def test_the_audit_line_of_one_mark_does_not_tell_the_mark(school: Cast) -> None:
    said(school, school.ada, sam="A")
    facts = AuditEvent.objects.get(verb="roll taken").facts
    assert facts == {"day": DAY.isoformat(), "marks": 1, "added": [school.sam.pk], "changed": [], "removed": []}


def test_a_correction_keeps_what_stood_there_and_counts_as_known_from_its_own_day(school: Cast) -> None:
    day = make.TODAY - timedelta(days=3)
    said(school, school.ada, sam="A", day=day, on=day)
    said(school, school.otto, sam="E", seen="A", day=day)
    mark = AttendanceMark.objects.get(student=school.sam, day=day)
    assert (mark.status, mark.taken_by, mark.known_on) == ("E", school.otto, make.TODAY)
    change = Change.objects.get(model="students.AttendanceMark")
    assert change.before == {"status": "A", "known_on": day.isoformat(), "taken_by": school.ada.pk}
    assert (change.school_id, change.student_id, change.actor) == (school.lakeside.pk, school.sam.pk, school.otto)
    assert AuditEvent.objects.get(verb="roll corrected").facts["changed"] == [school.sam.pk]


def test_a_mark_is_taken_away_and_stays_in_the_history(school: Cast) -> None:
    said(school, school.ada, sam="A")
    said(school, school.ada, sam="", seen="A")
    assert on_day() == {}
    assert Change.objects.get(kind="removed").before["status"] == "A"
    steps = past_of(school.sam, school.maths, DAY)
    assert [(step.before, step.after, step.by) for step in steps] == [("A", "", "Ada Marsh"), ("", "A", "Ada Marsh")]


def test_what_somebody_else_entered_meanwhile_is_not_overwritten(school: Cast) -> None:
    said(school, school.otto, sam="L")
    outcome = said(school, school.ada, sam="A", mia="P")
    assert on_day() == {"Sam": "L", "Mia": "P"}
    assert {pk: mark.status for pk, mark in outcome.clashes.items()} == {school.sam.pk: "L"}
    said(school, school.ada, sam="A", seen="L")
    assert on_day() == {"Sam": "A", "Mia": "P"}


def test_a_mark_that_somebody_took_away_is_told_too(school: Cast) -> None:
    said(school, school.ada, sam="P")
    said(school, school.otto, sam="", seen="P")
    assert said(school, school.ada, sam="L", seen="P").clashes == {school.sam.pk: None}
    assert on_day() == {}


def test_two_who_say_the_same_agree(school: Cast) -> None:
    said(school, school.otto, sam="L")
    outcome = said(school, school.ada, sam="L")
    assert (outcome.clashes, outcome.touched) == ({}, [])
    assert AttendanceMark.objects.get(day=DAY).taken_by == school.otto


def test_an_answer_lost_on_the_way_does_not_make_one_clash_with_oneself(school: Cast) -> None:
    said(school, school.ada, sam="P")
    assert said(school, school.ada, sam="L").clashes == {}
    assert on_day() == {"Sam": "L"}


@pytest.mark.parametrize("person", ["tom", "cora", "gus", "mina", "nils", "wanda", "tess", "lena", "root"])
def test_only_who_teaches_now_a_leader_and_the_office_take_it(school: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        said(school, getattr(school, person), sam="P")
    assert on_day() == {}


def test_a_day_ahead_and_a_day_outside_the_term_have_no_roll(school: Cast) -> None:
    with pytest.raises(NotReady, match="has not come yet"):
        said(school, school.ada, sam="P", day=DAY + timedelta(days=1))
    with pytest.raises(DomainError, match="lies outside"):
        said(school, school.ada, sam="P", day=school.maths.term.starts - timedelta(days=1))


def test_who_is_not_in_the_class_on_that_day_gets_no_mark(school: Cast) -> None:
    strangers = {each.pk: "P" for each in (school.zoe, school.liv, school.wim)} | {10**30: "A"}
    outcome = take(school.maths, DAY, strangers, {}, by=school.otto, on=DAY)
    assert outcome.strangers == strangers.keys()
    assert on_day() == {}
    Enrolment.objects.filter(student=school.sam).update(starts=DAY)
    outcome = said(school, school.otto, sam="P", day=make.TODAY - timedelta(days=2))
    assert outcome.strangers == {school.sam.pk}


def test_a_word_that_the_roll_does_not_know_changes_nothing(school: Cast) -> None:
    with pytest.raises(DomainError, match="“X” is not a word"):
        said(school, school.ada, sam="P", mia="X")
    assert on_day() == {}


@pytest.mark.parametrize("people", [2, 40])
def test_a_roll_costs_the_same_for_two_and_for_forty(school: Cast, people: int) -> None:
    pupils = [make.make_student(school.lakeside) for _ in range(people)]
    for each in pupils:
        make.make_enrolment(each, school.maths)
    with remembering_grants(), assert_queries(9):
        take(school.maths, DAY, {each.pk: "P" for each in pupils}, {}, by=school.ada, on=DAY)
    mixed = {each.pk: "A" if number % 2 else "" for number, each in enumerate(pupils)}
    with remembering_grants(), assert_queries(14):
        take(school.maths, DAY, mixed, dict.fromkeys(mixed, "P"), by=school.ada, on=DAY)
    with remembering_grants(), assert_queries(9):
        class_roll(school.maths, DAY, user=school.ada, on=DAY)


WORDS = st.sampled_from([*AttendanceStatus.values, ""])
TAKE = st.tuples(st.sampled_from(["ada", "otto"]), st.dictionaries(st.sampled_from(["sam", "mia"]), WORDS))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(takes=st.lists(TAKE, max_size=7))
def test_the_last_word_stands_and_the_history_replays_to_it(school: Cast, takes: list[Any]) -> None:
    """Everybody who looks before they speak is heard; the history, from its first step on, ends with what stands."""
    wish = dict.fromkeys(("sam", "mia"), "")
    take(
        school.maths, DAY, dict.fromkeys((school.sam.pk, school.mia.pk), ""), marks_now(school), by=school.otto, on=DAY
    )
    begun = {name: len(past_of(getattr(school, name), school.maths, DAY)) for name in wish}
    spoken = dict.fromkeys(wish, 0)
    for person, words in takes:
        statuses = {getattr(school, name).pk: word for name, word in words.items()}
        take(school.maths, DAY, statuses, marks_now(school), by=getattr(school, person), on=DAY)
        for name, word in words.items():
            spoken[name] += wish[name] != word
            wish[name] = word
    for name, word in wish.items():
        student = getattr(school, name)
        assert marks_now(school).get(student.pk, "") == word
        steps = list(reversed(past_of(student, school.maths, DAY)))
        assert len(steps) - begun[name] == spoken[name]
        assert [step.before for step in steps] == ["", *(step.after for step in steps)][: len(steps)]
        assert (steps[-1].after if steps else "") == word
        assert all(step.by for step in steps)


def marks_now(school: Cast) -> dict[int, str]:
    return dict(AttendanceMark.objects.filter(school_class=school.maths, day=DAY).values_list("student_id", "status"))


MONDAY = date(2026, 3, 9)
WEEK = [MONDAY + timedelta(days=number) for number in range(5)]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("PPPP", ""),
        ("PPPL", "Late yesterday"),
        ("PPPA", "Absent yesterday"),
        ("AAAA", "Absent since Monday, 4 rolls in a row"),
        ("PPAA", "Absent since Wednesday, 2 rolls in a row"),
        ("PEEE", "Excused since Tuesday, 3 rolls in a row"),
        ("PAEE", "Away since Tuesday, 3 rolls in a row"),
        ("LLLP", "Late 3 times in the last 4"),
        ("", ""),
    ],
)
def test_the_days_before_are_told_in_a_few_words(letters: str, expected: str) -> None:
    past = list(reversed(list(zip(WEEK, letters, strict=False))))
    assert hint(past, WEEK[4], WEEK[4]) == expected


def test_weekdays_are_counted_back_over_the_weekend_and_not_beyond_the_term() -> None:
    assert school_days_before(WEEK[1], 3, since=date.min) == [date(2026, 3, 5), date(2026, 3, 6), WEEK[0]]
    assert school_days_before(WEEK[1], 5, since=date(2026, 3, 6)) == [date(2026, 3, 6), WEEK[0]]
