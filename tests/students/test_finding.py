"""Search: any part of a student's name, of a class or an exam, and only within one's rights."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from students.summaries.finding import SHOWN, find
from tests import make
from tests.asserts import assert_queries

BAD = [
    "",
    " ",
    "%",
    "_",
    "%%%%",
    "' OR 1=1 --",
    '"',
    "\x00",
    "\\",
    "(",
    "李",
    "😀😀",
    "a" * 500,
    "sam " * 200,
    "*",
    "NEAR(a b)",
]


def names(found) -> list[str]:
    return [student.name for student in found.students]


def test_a_name_is_found_by_its_beginning_its_middle_and_without_its_accents(school) -> None:
    make.make_student(school.lakeside, "Inès Lefèvre")
    for text in ("ines", "lefe", "evr", "LEFÈVRE", "Lefèvre, Inès", "in le"):
        assert "Inès Lefèvre" in names(find(text, user=school.hana, on=make.TODAY)), text


def test_whole_words_come_before_beginnings_and_these_before_insides(school) -> None:
    for name in ("Jo Samson", "Ann Balsam", "Sam Young"):
        make.make_student(school.lakeside, name)
    found = names(find("sam", user=school.hana, on=make.TODAY))
    assert set(found[:2]) == {"Sam Okafor", "Sam Young"}
    assert found[2:] == ["Jo Samson", "Ann Balsam"]


def test_who_left_comes_last(school) -> None:
    make.make_student(school.lakeside, "Liv Zander")
    assert names(find("liv", user=school.hana, on=make.TODAY)) == ["Liv Zander", "Liv Hansen"]


def test_a_class_is_found_by_its_name_its_subject_and_both(school) -> None:
    for text in ("9b", "mathem", "thema", "9b math", "art 9"):
        found = find(text, user=school.hana, on=make.TODAY)
        wanted = school.art if "art" in text else school.maths
        assert wanted in found.classes, text


def test_an_exam_is_found_by_any_part_of_its_title_and_the_nearest_comes_first(school) -> None:
    old = make.make_exam(school.maths, title="Algebra quiz", day=make.LONG_AGO)
    found = find("gebra", user=school.hana, on=make.TODAY)
    assert list(found.exams) == [school.test, old]


def test_the_running_class_comes_before_those_of_earlier_years(school) -> None:
    past = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - make.timedelta(days=200))
    for number in range(70):
        make.make_class(school.lakeside, f"Mathematics 9B {number}", term=past)
    assert find("mathematics 9b", user=school.hana, on=make.TODAY).classes[0] == school.maths


@pytest.mark.parametrize(
    ("person", "sees"),
    [("hana", 1), ("otto", 1), ("ada", 1), ("cora", 1), ("gus", 1), ("dora", 1)]
    + [(name, 0) for name in ("tom", "mina", "lena", "nils", "root", "wanda", "tess")],
)
def test_sam_is_found_by_those_alone_who_may_see_him(school, person: str, sees: int) -> None:
    assert len(find("okafor", user=getattr(school, person), on=make.TODAY).students) == sees


def test_a_class_that_runs_comes_before_the_one_that_ended_lately(school) -> None:
    ended = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - make.timedelta(days=10))
    make.make_class(school.lakeside, "Mathematics 9B", term=ended)
    assert find("mathematics 9b", user=school.hana, on=make.TODAY).classes[0] == school.maths


def test_an_exam_names_only_classes_that_are_open_to_the_person(school, client_as) -> None:
    secret = make.make_class(school.lakeside, "Hidden 9X")
    make.make_exam(school.maths, secret, title="Geometry test", day=make.TODAY + make.timedelta(days=3))
    page = client_as(school.mina).get("/search/", {"q": "geometry"}).text
    assert "Geometry test" in page
    assert "Hidden 9X" not in page


def test_next_door_finds_neither_class_nor_exam(school) -> None:
    assert find("mathematics", user=school.wanda, on=make.TODAY).is_nothing
    assert find("algebra", user=school.wanda, on=make.TODAY).is_nothing


def test_one_letter_is_too_little_to_look_for(school) -> None:
    assert find("s", user=school.hana, on=make.TODAY).is_too_short


@pytest.mark.parametrize("text", BAD)
def test_odd_texts_find_nothing_and_break_nothing(school, client_as, text: str) -> None:
    assert client_as(school.hana).get("/search/", {"q": text}).status_code == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=30))
def test_whatever_is_typed_only_people_of_the_school_come_out(school, text: str) -> None:
    found = find(text, user=school.ada, on=make.TODAY)
    assert {student.pk for student in found.students} <= {school.sam.pk, school.mia.pk}


def test_as_many_queries_for_many_as_for_few(school, client_as) -> None:
    client = client_as(school.hana)
    client.get("/search/", {"q": "sam"})
    with assert_queries(12) as few:
        client.get("/search/", {"q": "sam"})
    for number in range(40):
        make.make_student(school.lakeside, f"Sam Number{number}")
        make.make_exam(make.make_class(school.lakeside, f"Samba {number}"), title=f"Sample {number}")
    with assert_queries(12) as many:
        page = client.get("/search/", {"q": "sam"})
    assert len(many) <= len(few) + 1  # classes and exams were found at once, so their frames are read
    assert page.text.count("Sam Number") <= SHOWN
    assert "All students of this name" in page.text


def test_the_box_gets_the_results_alone(school, client_as) -> None:
    part = client_as(school.ada).get("/search/", {"q": "mia"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "Mia Lindqvist" in part.text


def test_pages_are_found_by_their_names(school, client_as) -> None:
    assert 'href="/classes/"' in client_as(school.ada).get("/search/", {"q": "clas"}).text
