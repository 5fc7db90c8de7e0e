"""A register as somebody asks for it: columns, filters, words and order; the same on screen, on paper and in the file."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest

from portal.accounts.preferences import preferences_of
from portal.audit.models import AccessEvent, AuditEvent
from portal.kit.spreadsheets import harmless
from tests import make
from tests.cast import Cast


def table(response) -> list[list[str]]:
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


def address(school: Cast, query: str = "") -> str:
    return f"/classes/{school.maths.pk}/{query}"


def names(page) -> list[str]:
    return [row.student.given_name for row in page.context["rows"]]


def heads(page) -> list[str]:
    return [head.strip() for head in re.findall(r'<th scope="col"[^>]*><a [^>]*>([^<]+)', page.text)]


@pytest.fixture
def busy(school: Cast) -> Cast:
    """Zoe came last week and has no mark; Sam is often away and fell; Mia plays chess."""
    make.make_enrolment(school.zoe, school.maths, starts=make.TODAY - timedelta(days=7))
    make.make_result(make.make_exam(school.maths, day=make.TODAY - timedelta(days=5)), school.sam, 30)
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY - timedelta(days=2))
    make.make_participation(school.mia)
    make.make_participation(school.mia, "Old choir", ends=make.YESTERDAY)
    return school


def test_rows_sort_by_any_column_and_who_has_no_figure_comes_last(school: Cast, client_as) -> None:
    make.make_enrolment(school.zoe, school.maths)
    ada = client_as(school.ada)

    def order(sort: str) -> list[str]:
        rows = ada.get(f"/classes/{school.maths.pk}/?sort={sort}").context["rows"]
        return [row.student.given_name for row in rows]

    assert order("name") == ["Zoe", "Mia", "Sam"]
    assert order("average") == ["Sam", "Mia", "Zoe"]
    assert order("-average") == ["Mia", "Sam", "Zoe"]
    assert order("drop+table") == order("name")


def test_the_file_equals_the_screen_and_is_noted_as_an_export(school: Cast, client_as) -> None:
    response = client_as(school.ada).get(f"/classes/{school.maths.pk}/register.csv?sort=-average")
    assert response["Content-Disposition"] == 'attachment; filename="mathematics-9b.csv"'
    rows = table(response)
    assert rows[0][:3] == ["Student", "Marks in whole percent", "Last mark in whole percent"]
    assert rows[1:] == [
        ["Mia Lindqvist", "88", "88", "", "88", "100", "0", ""],
        ["Sam Okafor", "62", "62", "", "62", "100", "0", ""],
        ["Whole class", "75", "75", "", "75", "100", "0", ""],
    ]
    assert AuditEvent.objects.get(verb="exported").facts == {"what": "register", "students": 2}
    assert AccessEvent.objects.filter(door="export").count() == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_looks_like_a_formula_stays_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_a_name_made_to_be_a_formula_stays_a_name(school: Cast, client_as) -> None:
    make.make_enrolment(make.make_student(school.lakeside, '=HYPERLINK("http://x") Aaa'), school.maths)
    rows = table(client_as(school.ada).get(f"/classes/{school.maths.pk}/register.csv"))
    assert rows[1][0].startswith("'=HYPERLINK")


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", ["Zoe", "Mia", "Sam"]), ("missing", ["Zoe", "Mia"]), ("attendance", ["Sam"]), ("below", ["Sam"]),
        ("new", ["Zoe"]), ("nonsense", ["Zoe", "Mia", "Sam"]),
    ],
)  # fmt: skip
def test_a_filter_shows_its_rows_and_counts_them(busy: Cast, client_as, show: str, expected: list[str]) -> None:
    make.make_exam(busy.maths, day=make.TODAY - timedelta(days=50))
    busy.sam.results.create(exam=busy.maths.exams.latest("pk"), score=40)
    page = client_as(busy.ada).get(address(busy, f"?show={show}"))
    assert names(page) == expected
    counts = {pill.choice.key: pill.choice.count for pill in page.context["pills"]}
    assert counts == {"all": 3, "missing": 2, "attendance": 1, "below": 1, "new": 1}


def test_without_a_grade_scale_nobody_is_below_the_pass_mark(busy: Cast, client_as) -> None:
    busy.lakeside.grade_scales.update(is_default=False)
    page = client_as(busy.ada).get(address(busy, "?show=below"))
    assert names(page) == ["Zoe", "Mia", "Sam"]
    assert "pass mark" not in page.text


def test_the_scale_of_the_subject_wins_over_the_usual_one(busy: Cast, client_as) -> None:
    busy.maths.subject.grade_scale = make.make_scale(busy.lakeside, name="Strict", pass_mark=90)
    busy.maths.subject.save()
    assert names(client_as(busy.ada).get(address(busy, "?show=below"))) == ["Mia", "Sam"]


def test_in_the_first_days_of_a_class_nobody_is_new(school: Cast, client_as) -> None:
    school.maths.enrolments.filter(ends=None).update(starts=make.YESTERDAY)
    assert client_as(school.ada).get(address(school)).context["pills"][-1].choice.count == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("okaf", ["Sam"]),
        ("LINDQ m", ["Mia"]),
        ("amuel", []),
        ("  ", ["Zoe", "Mia", "Sam"]),
        ("%00", ["Zoe", "Mia", "Sam"]),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_words(busy: Cast, client_as, words: str, expected: list[str]) -> None:
    page = client_as(busy.ada).get(address(busy, f"?q={words}"))
    assert names(page) == expected
    assert ("Nobody fits that" in page.text) == (not expected)


@pytest.mark.parametrize(
    "query", ["columns=average", "columns=attendance,average", "columns=attendance&columns=average"]
)
def test_the_address_says_which_columns(busy: Cast, client_as, query: str) -> None:
    page = client_as(busy.ada).get(address(busy, f"?{query}"))
    assert (
        heads(page) == ["Student", "Average this year", "Attendance, 60 days"][: 2 if query == "columns=average" else 3]
    )


@pytest.mark.parametrize("query", ["columns=drop", "columns=", "sort=drop", "sort=-", "show=drop", "q="])
def test_what_is_not_known_counts_as_not_said(busy: Cast, client_as, query: str) -> None:
    ada = client_as(busy.ada)
    usual, asked = ada.get(address(busy)), ada.get(address(busy, f"?{query}"))
    assert (heads(asked), names(asked)) == (heads(usual), names(usual))
    assert table(ada.get(address(busy, f"register.csv?{query}"))) == table(ada.get(address(busy, "register.csv")))


def test_chosen_columns_are_remembered_for_that_person_alone(busy: Cast, client_as) -> None:
    ada = client_as(busy.ada)
    back = address(busy, "?show=new&sort=-average&columns=last")
    sent = ada.post("/classes/columns/", {"columns": ["name", "average", "clubs", "drop"], "back": back})
    assert sent["Location"] == address(busy, "?show=new&sort=-average&columns=name%2Caverage%2Cclubs")
    busy.ada.refresh_from_db()
    assert preferences_of(busy.ada).columns == {"register": ("name", "average", "clubs")}
    assert heads(ada.get(address(busy))) == ["Student", "Average this year", "Activities"]
    assert heads(ada.get(address(busy, "?columns=since"))) == ["Student", "In class since"]
    assert "Last mark" in heads(client_as(busy.hana).get(address(busy)))
    ada.post("/classes/columns/", {"columns": ["name"], "back": back})
    assert heads(ada.get(address(busy))) == ["Student"]
    ada.post("/classes/columns/", {"columns": ["name"], "reset": "1", "back": back})
    assert "Last mark" in heads(ada.get(address(busy)))


@pytest.mark.parametrize(
    "back", ["https://evil.example/classes/", "//evil.example/classes/", "/students/", "", "/classes/\\x"]
)
def test_choosing_columns_leads_back_to_no_strange_place(school: Cast, client_as, back: str) -> None:
    sent = client_as(school.ada).post("/classes/columns/", {"columns": ["average"], "back": back})
    assert sent["Location"] == "/classes/"


@pytest.mark.parametrize("person", ["ada", "hana", "cora", "gus"])
@pytest.mark.parametrize(
    "query",
    [
        "", "sort=-last", "sort=change", "sort=marks", "sort=-clubs", "sort=since&columns=since,name", "sort=-missing",
        "show=missing&columns=missing", "show=new", "show=attendance&q=sa", "q=mia&columns=clubs,marks&sort=-name",
    ],
)  # fmt: skip
def test_the_file_has_the_rows_columns_and_order_of_the_screen(busy: Cast, client_as, person: str, query: str) -> None:
    client = client_as(getattr(busy, person))
    page = client.get(address(busy, f"?{query}"))
    head, *rows = table(client.get(address(busy, f"register.csv?{query}")))
    screen = [str(column.label) for column in page.context["view"].columns]
    if page.context["register"].figures:
        assert rows.pop()[0] == page.context["view"].foot
    assert [cell.partition(" in whole")[0] for cell in head] == ["Student", *screen]
    assert [row[0] for row in rows] == [row.name for row in page.context["rows"]]
    assert all(len(row) == len(head) for row in rows)
    if rows and person != "gus":  # a family has no register, but may have its file
        assert heads(page) == ["Student", *screen]
        assert re.findall(r'<th scope="row"><a [^>]*>([^<]+)', page.text) == [row[0] for row in rows]


def test_an_activity_made_to_be_a_formula_stays_text_and_a_fall_stays_a_number(busy: Cast, client_as) -> None:
    make.make_participation(busy.sam, "=1+1")
    rows = table(client_as(busy.ada).get(address(busy, "register.csv?columns=change,clubs&q=sam")))
    assert rows[1] == ["Sam Okafor", "-32", "'=1+1"]


def test_paper_carries_the_class_the_day_and_the_filter_in_words(busy: Cast, client_as) -> None:
    page = client_as(busy.ada).get(address(busy, "?show=attendance&q=sam&sort=-average"))
    assert page.context["view"].told == (
        "Attendance below 90 % · names with “sam” · sorted by “Average this year”, highest first"
    )
    assert page.context["view"].told in page.text
    assert client_as(busy.ada).get(address(busy)).context["view"].told == "All students · sorted by name"


def test_a_head_tells_how_the_rows_are_sorted_and_every_head_sorts(busy: Cast, client_as) -> None:
    ada = client_as(busy.ada)
    for key in ("name", "marks", "last", "change", "average", "attendance", "missing", "clubs"):
        page = ada.get(address(busy, f"?sort=-{key}"))
        assert page.text.count('aria-sort="descending"') == 1, key
