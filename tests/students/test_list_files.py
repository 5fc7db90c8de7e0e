"""Lists as files: what is on the page and everything that fits beyond it, for CSV and Excel, within one's rights, with a trace."""

import csv
import io

import pytest
from openpyxl import load_workbook

from portal.audit.models import AccessEvent
from portal.kit import listed
from students.models import SchoolClass, Student
from tests import make
from tests.asserts import assert_queries

pytestmark = pytest.mark.django_db
LISTS = {
    "/students/": "Sam",
    "/classes/": "Mathematics 9B",
    "/exams/?when=all": "Algebra test",
    "/staff/": "Ada Marsh",
    "/staff/caseloads/": "Cora Counsel",
    "/staff/invitations/": "new@lakeside.example",
    "/help/": "Sam Okafor",
    "/roll/?show=taken": "Mathematics 9B",
}


def rows_of(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def with_(address, form):
    return f"{address}{'&' if '?' in address else '?'}as={form}"


@pytest.mark.parametrize(("address", "named"), LISTS.items())
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_leader_takes_every_list_of_the_school_as_a_file(school, client_as, address, named, form):
    make.make_help(school.sam, school.cora)
    make.make_mark(school.zoe, school.maths, day=make.TODAY)
    make.make_invitation(school.hana, school.lakeside, email="new@lakeside.example")
    answer = client_as(school.hana).get(with_(address, form))
    assert answer.status_code == 200
    assert f".{form}" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    excel = form == "xlsx"
    cells = list(load_workbook(io.BytesIO(answer.content)).active.values) if excel else rows_of(answer)
    assert any(named in str(cell) for row in cells[1:] for cell in row)
    assert len({len(row) for row in cells}) == 1


def test_the_marks_of_a_class_are_a_sheet_with_a_column_for_each_exam(school, client_as):
    for number in range(14):
        make.make_exam(school.maths, title=f"Quiz {number}", day=make.TODAY - make.timedelta(days=40 + number))
    head, *rows = rows_of(client_as(school.ada).get(f"/classes/{school.maths.pk}/marks/?as=csv"))
    assert len(head) == 2 + 16  # all exams, not the twelve that the page shows
    place = next(index for index, name in enumerate(head) if name.startswith("Algebra test"))
    assert {row[0]: row[place] for row in rows} == {"Sam Okafor": "31.0", "Mia Lindqvist": "44.0"}


def test_a_file_holds_what_was_asked_for_and_goes_beyond_the_page(school, client_as):
    for number in range(60):
        make.make_student(school.lakeside, f"Kit Number{number:02}", grade_level=7)
    page = client_as(school.otto)
    everybody = rows_of(page.get("/students/?grade=7&as=csv"))
    assert len(everybody) == 61
    assert everybody[1][0] == "Number00"
    assert rows_of(page.get("/students/?grade=7&sort=-name&page=2&as=csv"))[1][0] == "Number59"


def test_a_teacher_finds_their_own_students_in_the_file_and_nobody_else(school, client_as):
    answer = client_as(school.ada).get("/students/?as=csv")
    assert {row[1] for row in rows_of(answer)[1:]} == {"Sam", "Mia"}
    events = AccessEvent.objects.filter(user_id=school.ada.pk, door="export", what="list")
    assert set(events.values_list("student_id", flat=True)) == {school.sam.pk, school.mia.pk}


def test_a_name_that_looks_like_a_formula_stays_a_name(school, client_as):
    make.make_student(school.lakeside, "=1+1 Clever")
    names = [row[1] for row in rows_of(client_as(school.otto).get("/students/?as=csv"))]
    assert "'=1+1" in names


def test_a_list_too_long_for_excel_is_refused_whole_with_the_way_out(school, client_as, monkeypatch):
    monkeypatch.setattr(listed, "MOST_IN_EXCEL", 2)
    answer = client_as(school.otto).get("/students/?as=xlsx")
    assert answer.status_code == 400
    assert "Take it as CSV" in answer.content.decode()
    assert not AccessEvent.objects.filter(user_id=school.otto.pk, door="export").exists()


def test_something_else_than_a_known_form_is_the_page(school, client_as):
    assert "<table" in client_as(school.otto).get("/students/?as=exe").content.decode()


@pytest.mark.parametrize("address", ["/students/", "/classes/", "/exams/?when=all", "/staff/"])
def test_a_longer_list_asks_no_more_of_the_database(school, client_as, address):
    reader = client_as(school.hana)
    reader.get(with_(address, "csv"))
    with assert_queries(most=40) as few:
        reader.get(with_(address, "csv"))
    for number in range(30):
        make.make_student(school.lakeside, f"Kit Number{number}")
        made = make.make_class(school.lakeside, f"Class {number}", subject=school.maths.subject)
        make.make_exam(made, title=f"Exam {number}")
    with assert_queries(most=len(few)):
        reader.get(with_(address, "csv"))
    assert Student.objects.count() > 30
    assert SchoolClass.objects.count() > 30
