"""The list of classes: whose it is, how it is narrowed, and what each line tells."""

from datetime import timedelta

import pytest

from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast

REGISTER = {
    "hana": {"Sam Okafor", "Mia Lindqvist"},
    "otto": {"Sam Okafor", "Mia Lindqvist"},
    "dora": {"Sam Okafor", "Mia Lindqvist"},
    "ada": {"Sam Okafor", "Mia Lindqvist"},
    "cora": {"Sam Okafor"},
    "gus": {"Sam Okafor"},
    "mina": {"Mia Lindqvist"},
}


def names_on(page) -> set[str]:
    return {
        name for name in ("Sam Okafor", "Mia Lindqvist", "Zoe Abara", "Liv Hansen", "Wim Verlaine") if name in page.text
    }


@pytest.mark.parametrize("person", EVERYONE)
def test_the_register_shows_each_person_their_own_and_nobody_else(school: Cast, client_as, person: str) -> None:
    client = client_as(getattr(school, person))
    for address in (f"/classes/{school.maths.pk}/", f"/classes/{school.maths.pk}/register.csv"):
        page = client.get(address)
        assert page.status_code == (200 if person in REGISTER else 404), address
        assert {name for name in names_on(page)} == REGISTER.get(person, set()), address


def test_the_list_holds_ones_own_classes(school: Cast, client_as) -> None:
    page = client_as(school.ada).get("/classes/").text
    assert "Mathematics 9B" in page
    assert "Art 9B" not in page
    assert "Physics 10A" not in page
    whole = client_as(school.hana).get("/classes/").text
    assert "Art 9B" in whole
    assert "Physics 10A" not in whole


def test_classes_of_last_year_are_not_in_the_list(school: Cast, client_as) -> None:
    past = make.make_term(school.lakeside, starts=make.LONG_AGO, ends=make.TODAY - timedelta(days=150))
    make.make_class(school.lakeside, "Mathematics 8B", term=past)
    assert "Mathematics 8B" not in client_as(school.hana).get("/classes/").text


def test_a_leader_narrows_the_list_by_name_subject_and_grade(school: Cast, client_as) -> None:
    hana = client_as(school.hana)
    make.make_class(school.lakeside, "Choir 7A", grade_level=7, subject=school.maths.subject)
    assert "Choir 7A" in hana.get("/classes/?q=choir").text
    by_grade = hana.get("/classes/?grade=7").text
    assert "Choir 7A" in by_grade
    assert "Art 9B" not in by_grade
    assert "Choir 7A" not in hana.get(f"/classes/?subject={school.art.subject_id}").text
    assert "No class fits that" in hana.get("/classes/?q=zzz").text


@pytest.mark.parametrize(
    "query", ["page=abc", "page=0", "page=-1", "page=99999999", "sort=drop", "grade=x&subject=x", "q=%00", "page=²"]
)
def test_a_bad_query_string_gives_a_sensible_page(school: Cast, client_as, query: str) -> None:
    hana = client_as(school.hana)
    for address in (
        "/classes/",
        "/students/",
        f"/classes/{school.maths.pk}/",
        f"/classes/{school.maths.pk}/register.csv",
    ):
        assert hana.get(f"{address}?{query}").status_code == 200, address


@pytest.mark.parametrize("number", ["0", "999999", "9" * 25])
def test_a_class_that_is_not_there_is_not_found(school: Cast, client_as, number: str) -> None:
    assert client_as(school.hana).get(f"/classes/{number}/").status_code == 404


def test_a_long_list_is_paged_without_being_counted(school: Cast, client_as) -> None:
    for number in range(60):
        make.make_class(school.lakeside, f"Group {number:02}", grade_level=3)
    hana = client_as(school.hana)
    first = hana.get("/classes/?grade=3")
    assert "Group 49" in first.text
    assert "Group 50" not in first.text
    following = first.context["listing"].next
    assert "grade=3" in following
    assert "Group 50" in hana.get(f"/classes/{following}").text


PAST = {"starts": make.LONG_AGO, "ends": make.TODAY - timedelta(days=150)}


def lines(page) -> dict:
    return {line.school_class.name: line for line in page.context["listing"].rows}


def test_past_classes_are_one_press_away_and_counted(school: Cast, client_as) -> None:
    past = make.make_term(school.lakeside, name="Last year", **PAST)
    old = make.make_class(school.lakeside, "Mathematics 8B", term=past)
    make.make_enrolment(school.sam, old, starts=make.LONG_AGO, ends=past.ends)
    hana = client_as(school.hana)
    assert [(str(pill.label), pill.count) for pill in hana.get("/classes/").context["choice"].pills] == [
        ("Now and ahead", 2),
        ("Past", 1),
    ]
    page = hana.get("/classes/?when=past")
    assert list(lines(page)) == ["Mathematics 8B"]
    assert lines(page)["Mathematics 8B"].students == 1
    assert list(lines(hana.get(f"/classes/?term={past.pk}"))) == ["Mathematics 8B"]
    assert list(lines(hana.get(f"/classes/?term={past.pk}&q=9b"))) == []


def test_a_class_ahead_is_in_the_list_and_has_no_roll_yet(school: Cast, client_as) -> None:
    soon = make.make_term(
        school.lakeside, starts=make.TODAY + timedelta(days=9), ends=make.TODAY + timedelta(days=90), name="Next"
    )
    make.make_class(school.lakeside, "Physics 9B", term=soon)
    page = client_as(school.hana).get("/classes/")
    line = lines(page)["Physics 9B"]
    assert (line.is_running, line.has_ended, line.attendance, line.students) == (False, False, None, 0)
    assert "no teacher" in page.text


def test_a_line_tells_teachers_students_attendance_missing_marks_and_the_next_exam(school: Cast, client_as) -> None:
    make.make_exam(school.maths, title="Forgotten quiz", day=make.YESTERDAY)
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY - timedelta(days=2))
    line = lines(client_as(school.ada).get("/classes/"))["Mathematics 9B"]
    assert (line.teachers, line.students, line.missing) == (("Ada Marsh",), 2, 2)
    assert line.attendance == pytest.approx(200 / 3)
    assert line.school_class.next_exam == "Final exam"


def test_a_line_and_the_register_agree(school: Cast, client_as) -> None:
    """Sam came yesterday, long after the first test; Zoe's second enrolment does not count her twice."""
    school.maths.enrolments.filter(student=school.sam).update(starts=make.YESTERDAY)
    make.make_enrolment(school.zoe, school.maths)
    make.make_enrolment(school.zoe, school.maths, starts=make.YESTERDAY, ends=make.TODAY + timedelta(days=3))
    make.make_exam(school.maths, day=make.TODAY - timedelta(days=20))
    hana = client_as(school.hana)
    line = lines(hana.get("/classes/"))["Mathematics 9B"]
    figures = hana.get(f"/classes/{school.maths.pk}/").context["register"].figures
    assert (line.missing, line.attendance) == (figures.missing, figures.attendance)
    assert (line.students, line.missing) == (3, 3)


def test_counsellors_and_families_see_no_figures_of_a_class(school: Cast, client_as) -> None:
    make.make_exam(school.maths, day=make.YESTERDAY)
    for person, students in (("cora", 1), ("gus", None), ("mina", None)):
        page = client_as(getattr(school, person)).get("/classes/")
        line = lines(page)["Mathematics 9B"]
        assert (line.students, line.attendance, line.missing, line.may_record) == (students, None, None, False), person
        assert "Marks missing" not in page.text


def test_only_who_records_marks_finds_the_way_to_them(school: Cast, client_as) -> None:
    marks = f'href="/classes/{school.maths.pk}/marks/"'
    assert marks in client_as(school.ada).get("/classes/").text
    assert marks not in client_as(school.cora).get("/classes/").text


def test_the_choices_are_those_that_lead_somewhere(school: Cast, client_as) -> None:
    hana = client_as(school.hana)
    make.make_subject(school.lakeside, "Latin")
    selects = {select.name: select for select in hana.get("/classes/").context["choice"].selects}
    assert [label for _, label in selects["subject"].options] == ["Art", "Mathematics"]
    assert [key for key, _ in selects["grade"].options] == [9]


@pytest.mark.parametrize("query", ["term=x", "term=-1", f"term={'9' * 30}", "subject=1.5", "when=never", "grade=99"])
def test_what_cannot_be_read_filters_nothing(school: Cast, client_as, query: str) -> None:
    assert set(lines(client_as(school.hana).get(f"/classes/?{query}"))) == {"Mathematics 9B", "Art 9B"}


def test_a_teacher_of_a_few_classes_is_not_asked_to_filter_them(school: Cast, client_as) -> None:
    assert "<select" not in client_as(school.ada).get("/classes/").text
    for number in range(9):
        make.make_teaching(school.ada, make.make_class(school.lakeside, f"Group {number}", grade_level=number))
    assert "<select" in client_as(school.ada).get("/classes/").text


@pytest.mark.parametrize("classes", [5, 45])
@pytest.mark.parametrize("person", ["ada", "hana", "otto", "cora", "gus", "mina"])
def test_the_list_needs_ten_queries_however_long_it_is(school: Cast, client_as, person: str, classes: int) -> None:
    for number in range(classes):
        one = make.make_class(school.lakeside, f"Group {number:02}", subject=school.maths.subject)
        make.make_teaching(school.ada, one)
        make.make_exam(one)
        for student in (school.sam, school.mia):
            make.make_enrolment(student, one)
    client = client_as(getattr(school, person))
    client.get("/")
    with assert_queries(10):
        page = client.get(f"/classes/?subject={school.maths.subject_id}&term={school.maths.term_id}")
    assert len(page.context["listing"].rows) > classes


def test_a_counsellor_finds_how_many_of_hers_are_in_a_class(school: Cast, client_as) -> None:
    page = client_as(school.cora).get("/classes/")
    assert "<h1>Classes</h1>" in page.text
    assert "1 of yours" in page.text
    assert list(lines(page)) == ["Mathematics 9B"]
    assert "of yours" not in client_as(school.ada).get("/classes/").text


def test_a_page_that_the_list_does_not_have_says_so_and_leads_to_the_first(school: Cast, client_as) -> None:
    page = client_as(school.hana).get("/classes/?grade=9&page=99").text
    assert "There is no page 99" in page
    assert 'href="?grade=9"' in page
    assert "No class fits that" not in page


def test_the_filters_stay_where_nothing_fits(school: Cast, client_as) -> None:
    page = client_as(school.hana).get("/classes/?q=zzz")
    assert "No class fits that" in page.text
    assert [len(select.options) for select in page.context["choice"].selects if select.name == "subject"] == [2]
    assert [pill.count for pill in page.context["choice"].pills] == [0, 0]
