"""Pasted lists: each line becomes one student of the school, a choice, or a sentence."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from students.models import Student
from students.recognising import MOST_LINES, recognise
from tests import make
from tests.asserts import assert_queries


@pytest.fixture
def roll(school):
    make.make_student(school.lakeside, "Inès Lefèvre-Dubois", external_id="S-77", source="sis")
    make.make_student(school.lakeside, "Jan van der Berg")
    make.make_student(school.lakeside, "Samuel Brook", preferred_name="Sammy")
    return school


def read(school, text, user=None, **facts):
    return recognise(text, school=school.lakeside, user=user or school.otto, **facts)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Sam Okafor", "Sam Okafor"),
        ("Okafor, Sam", "Sam Okafor"),
        ("OKAFOR sam", "Sam Okafor"),
        ("  sam   okafor  ", "Sam Okafor"),
        ("Okafor\tSam", "Sam Okafor"),
        ("ines lefevre dubois", "Inès Lefèvre-Dubois"),
        ("Lefèvre-Dubois, Inès", "Inès Lefèvre-Dubois"),
        ("S-77", "Inès Lefèvre-Dubois"),
        ("S-77\tanything else", "Inès Lefèvre-Dubois"),
        ("van der Berg, Jan", "Jan van der Berg"),
        ("van der Berg Jan", "Jan van der Berg"),
        ("Samuel Brook", "Sammy Brook"),
        ("Brook, Sammy", "Sammy Brook"),
    ],
)
def test_a_line_is_understood_as_people_write_names(roll, line, name):
    assert [each.name for each in read(roll, line).students] == [name]


def test_our_own_number_stands_behind_a_hash(roll):
    assert read(roll, f"#{roll.zoe.pk}").students == [roll.zoe]
    assert read(roll, "#99999999999999999999").lines[0].student is None


@pytest.mark.parametrize("line", ["Wim Verlaine", "Sam", "Okafor", "0", "#", "%", "Sam Okafor Sam", "x" * 5000])
def test_what_names_nobody_of_the_school_gets_a_sentence_with_its_line(roll, line):
    found = read(roll, f"\nMia Lindqvist\n{line}")
    assert [each.number for each in found.lines] == [2, 3]
    assert found.lines[1].student is None
    assert found.lines[1].sentence.startswith("Line 3: no student")


def test_two_of_one_name_are_a_choice_and_the_choice_is_kept(roll):
    other = make.make_student(roll.lakeside, "Sam Okafor", grade_level=11)
    [line] = read(roll, "Sam Okafor").lines
    assert line.student is None
    assert set(line.choices) == {roll.sam, other}
    assert "2 students" in line.sentence
    assert read(roll, "Sam Okafor", chosen={1: other.pk}).students == [other]


def test_a_choice_brings_in_nobody_the_line_does_not_name(roll):
    make.make_student(roll.lakeside, "Sam Okafor")
    for forged in (roll.zoe.pk, roll.wim.pk, 0, -1):
        assert read(roll, "Sam Okafor", chosen={1: forged}).students == []


def test_who_is_on_the_roll_comes_before_a_namesake_who_left(roll):
    make.make_student(roll.lakeside, "Sam Okafor", status="left", ends=make.YESTERDAY)
    assert read(roll, "Sam Okafor").students == [roll.sam]
    assert read(roll, "Liv Hansen").students == [roll.liv]


def test_somebody_named_twice_counts_once_and_is_no_trouble(roll):
    found = read(roll, "Sam Okafor\nMia Lindqvist\nOkafor, Sam")
    assert found.students == [roll.sam, roll.mia]
    assert found.lines[2].sentence == "Line 3: Sam Okafor stands on line 1 already."
    assert found.unclear == []


def test_only_students_one_sees_are_found(roll):
    everybody = "Sam Okafor\nZoe Abara\nWim Verlaine"
    assert read(roll, everybody, roll.ada).students == [roll.sam]
    assert read(roll, everybody, roll.wanda).students == []
    assert read(roll, everybody, roll.tom).students == []


def test_a_list_may_have_a_thousand_lines(roll):
    found = read(roll, "Sam Okafor\n" * (MOST_LINES + 2))
    assert len(found.lines) == MOST_LINES
    assert found.warning == "Only the first 1,000 lines were read; 2 lines were left out."


@pytest.mark.parametrize("count", [3, 300])
def test_the_number_of_queries_does_not_grow_with_the_list(roll, count):
    names = [f"Given{number} Family{number}" for number in range(count)]
    for name in names:
        make.make_student(roll.lakeside, name)
    with assert_queries(4):
        assert len(read(roll, "\n".join([*names, "Brook, Sammy"])).students) == count + 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.text(), st.sampled_from(["Sam Okafor", "Lindqvist, Mia", "#1", "S-77"])), max_size=20))
def test_whatever_is_pasted_is_answered_line_by_line_in_order(roll, lines):
    found = read(roll, "\n".join(lines))
    numbers = [each.number for each in found.lines]
    assert numbers == sorted(set(numbers))
    assert all((each.student is None) == bool(each.sentence) for each in found.lines)
    keys = [each.pk for each in found.students]
    assert len(keys) == len(set(keys))
    assert Student.objects.filter(pk__in=keys, school=roll.lakeside).count() == len(keys)
