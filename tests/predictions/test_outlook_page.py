"""The page of a class's outlook: its states, its filters, its rows, estimates, and the same in files."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.audit.models import AccessEvent, AuditEvent
from predictions import judging
from predictions.models import Judgement
from students.models import Enrolment
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.outlooked import make_outlook, of_final

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def address(school: Cast, rest: str = "") -> str:
    return f"/classes/{school.maths.pk}/outlook/{school.final.pk}/{rest}"


def estimate_of(school: Cast) -> str:
    return f"/students/{school.sam.pk}/outlook/{school.final.pk}/estimate/"


def test_the_next_exam_is_where_the_outlook_begins(school: Cast, client_as: Any) -> None:
    answer = client_as(school.ada).get(f"/classes/{school.maths.pk}/outlook/")
    assert answer.url == address(school)


def test_a_row_tells_score_range_chance_and_where_to_read_on(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    page = client_as(school.ada).get(address(school)).content.decode()
    assert "Sam Okafor" in page
    assert "Mia Lindqvist" in page
    assert "Predicted" in page
    assert "pass mark 50" in page
    assert f"/students/{school.sam.pk}/outlook/{school.final.pk}/" in page
    assert "Can you trust it?" in page
    assert "high risk" not in page.lower()
    assert "2 expected to pass" in page or "1 of 2 expected to pass" in page


def test_who_was_shown_leaves_an_access_event_and_who_was_filtered_out_does_not(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    client_as(school.ada).get(f"{address(school)}?q=okafor")
    events = AccessEvent.objects.filter(user_id=school.ada.pk, what="outlook")
    assert {event.student_id for event in events} == {school.sam.pk}


def test_a_counsellor_sees_the_own_students_and_nothing_of_the_class_as_one(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    page = client_as(school.cora).get(address(school)).content.decode()
    assert "Sam Okafor" in page
    assert "Lindqvist" not in page
    assert "Expected mean" not in page
    assert "Only the students whose records are open to you" in page


def test_families_find_no_such_page(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    for person in (school.gus, school.mina):
        assert client_as(person).get(address(school)).status_code == 404
        assert client_as(person).get(f"/classes/{school.maths.pk}/outlook/brief/").status_code == 404


def test_a_class_without_an_exam_to_predict_says_what_to_do(school: Cast, client_as: Any) -> None:
    school.final.is_target = False
    school.final.save()
    page = client_as(school.ada).get(f"/classes/{school.maths.pk}/outlook/").content.decode()
    assert "No exam to predict" in page
    assert "Planned, but not to be predicted" in page
    assert "Final exam" in page


def test_an_empty_class_says_what_to_do(school: Cast, client_as: Any) -> None:
    Enrolment.objects.filter(school_class=school.maths).delete()
    page = client_as(school.hana).get(address(school)).content.decode()
    assert "Nobody in this class" in page
    assert "Enrol students" in page


def test_without_a_model_each_row_says_so_and_the_page_too(school: Cast, client_as: Any) -> None:
    page = client_as(school.ada).get(address(school)).content.decode()
    assert "No model serves this school yet" in page
    assert page.count("No prediction was made yet.") == 2


def test_an_exam_that_is_over_is_told_as_it_was_and_takes_no_estimates(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    school.final.day = make.TODAY - timedelta(days=2)
    school.final.save()
    page = client_as(school.ada).get(address(school)).content.decode()
    assert "This exam is over" in page
    assert "data-row-estimate" not in page


def test_nobody_fits_is_a_state_with_a_way_back(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    page = client_as(school.ada).get(f"{address(school)}?show=help").content.decode()
    assert "Nobody fits that" in page
    assert "Show everybody" in page


def test_columns_are_remembered_and_lead_back(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    client = client_as(school.ada)
    back = f"{address(school)}?sort=-score"
    answer = client.post("/classes/outlook/columns/", {"columns": ["name", "score", "why"], "back": back})
    assert answer.url.startswith(back.replace("?", "?")[: len(address(school))])
    page = client.get(address(school)).content.decode()
    assert 'class="col-why"' in page
    assert "col-passing" not in page
    assert client.post("/classes/outlook/columns/", {"back": "https://elsewhere.example/"}).url == "/classes/"


def test_a_row_opens_with_reasons_that_add_up_and_both_forms(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    part = client_as(school.ada).get(address(school, f"students/{school.sam.pk}/"), headers=HTMX).content.decode()
    assert part.lstrip().startswith("<tbody")
    told = re.findall(r"<dd>([^<]+)</dd>", part)
    figures = [float(each.replace("\N{MINUS SIGN}", "-")) for each in told]
    assert round(sum(figures[:-1]), 1) == figures[-1]
    assert "Average of Mathematics 9B" in part
    assert "Save estimate" in part
    assert "Was this prediction of use?" in part
    assert client_as(school.cora).get(address(school, f"students/{school.mia.pk}/"), headers=HTMX).status_code == 404


def test_an_estimate_is_saved_and_leads_back_to_the_row(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    client, row = client_as(school.ada), address(school, f"students/{school.sam.pk}/")
    answer = client.post(estimate_of(school), {"percent": "52,5 %", "reason": "works well", "next": row}, headers=HTMX)
    assert answer.url == row
    kept = Judgement.objects.get()
    assert (float(kept.percent), kept.reason, kept.by) == (52.5, "works well", school.ada)
    page = client.get(address(school)).content.decode()
    assert "your estimate" in page
    assert "52.5" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Type a percentage"), ("120", "from 0 to 100"), ("many", "from 0 to 100"), ("-1", "from 0 to 100")],
)
def test_what_is_no_estimate_is_told_in_its_place_and_changes_nothing(
    school: Cast, client_as: Any, typed: str, sentence: str
) -> None:
    of_final(school, sam=45.0, mia=70.0)
    answer = client_as(school.ada).post(estimate_of(school), {"percent": typed}, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert answer["HX-Retarget"] == f"#estimate-{school.sam.pk}-{school.final.pk}"
    whole = client_as(school.ada).post(estimate_of(school), {"percent": typed, "expires": "tomorrow"})
    assert whole.status_code == 422
    assert not Judgement.objects.exists()


def test_an_estimate_is_withdrawn_and_the_ones_of_before_stay_listed(school: Cast, client_as: Any) -> None:
    client = client_as(school.ada)
    judging.judge(school.sam, school.final, 60, by=school.ada, on=make.TODAY, reason="first")
    judging.judge(school.sam, school.final, 64, by=school.cora, on=make.TODAY)
    client.post(estimate_of(school), {"withdraw": "1"})
    assert judging.in_force(Judgement.objects.filter(by=school.ada), make.TODAY) == []
    page = client.get(estimate_of(school)).content.decode()
    assert "withdrawn" in page
    assert "first" in page
    assert "Cora Counsel" in page
    assert AuditEvent.objects.filter(verb="estimate withdrawn").count() == 1
    assert client.post(estimate_of(school), {"withdraw": "1"}).status_code == 422


def test_an_estimate_leads_to_no_foreign_page(school: Cast, client_as: Any) -> None:
    for wanted in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"):
        answer = client_as(school.ada).post(estimate_of(school), {"percent": "50", "next": wanted})
        assert answer.url == estimate_of(school)


def test_page_csv_and_excel_say_the_same_in_the_same_order(school: Cast, client_as: Any) -> None:
    school_class, exam, students = make_outlook(school.lakeside, 12)
    judging.judge(students[2], exam, 61, by=school.hana, on=make.TODAY)
    client, query = client_as(school.hana), "?sort=-score&show=near"
    place = f"/classes/{school_class.pk}/outlook/{exam.pk}/"
    page = client.get(f"{place}{query}").content.decode()
    rows = list(csv.DictReader(StringIO(client.get(f"{place}outlook.csv{query}").content.decode("utf-8-sig"))))
    shown = re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)
    assert shown == [row["Student"] for row in rows]
    figures = re.findall(r'class="big">([^<]+)</span> <span class="muted small nowrap">([^<]+)–([^<]+)</span>', page)
    told = [(row["Predicted percent"], row["Likely from percent"], row["Likely to percent"]) for row in rows]
    assert figures == told
    sheet = load_workbook(BytesIO(client.get(f"{place}outlook.xlsx{query}").content)).active
    heads, *cells = sheet.iter_rows(values_only=True)
    assert list(heads) == list(rows[0])
    assert [[str(cell) for cell in row[2:5]] for row in cells] == [list(each) for each in told]
    assert all(isinstance(row[2], int | float) for row in cells)
    api = client.get(f"/api/v1/classes/{school_class.pk}/predictions/?exam={exam.pk}").json()
    by_name = {row["student"]["name"]: row for row in api["rows"]}
    for row in rows:
        said = by_name[row["Student"]]
        assert [str(said[key]) for key in ("score", "low", "high")] == [
            row["Predicted percent"], row["Likely from percent"], row["Likely to percent"],
        ]  # fmt: skip
        assert str(said["passing"]) == row["Chance of passing in percent"]
    assert AuditEvent.objects.filter(verb="exported").count() == 2


def test_names_that_begin_like_formulas_stay_text(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    school.sam.preferred_name = "=HYPERLINK(1)"
    school.sam.save()
    told = client_as(school.ada).get(address(school, "outlook.csv")).content.decode()
    assert "\n=HYPER" not in told


def test_the_short_version_names_nobody(school: Cast, client_as: Any) -> None:
    of_final(school, sam=45.0, mia=70.0)
    part = client_as(school.ada).get(f"/classes/{school.maths.pk}/outlook/brief/").content.decode()
    assert "expected mean" in part
    assert "Okafor" not in part
    assert client_as(school.ada).get(f"/classes/{school.maths.pk}/").content.decode().count("outlook/brief/") == 1
    assert "outlook/brief/" not in client_as(school.gus).get(f"/classes/{school.maths.pk}/").content.decode()


def test_newer_scores_are_pointed_to_once_they_are_there(school: Cast, client_as: Any) -> None:
    run = of_final(school, sam=45.0)[0].run
    client = client_as(school.ada)
    assert "There are newer scores" in client.get(address(school, f"fresh/?run={run.pk - 1}")).content.decode()
    assert "There are newer scores" not in client.get(address(school, f"fresh/?run={run.pk}")).content.decode()
    run.job.state = "running"
    run.job.save()
    assert "being scored again" in client.get(address(school, "fresh/?run=x")).content.decode()
    assert "fresh/?run=" in client.get(address(school)).content.decode()


def test_a_page_of_thirty_five_needs_at_most_twelve_queries(school: Cast, client_as: Any) -> None:
    school_class, exam, students = make_outlook(school.lakeside, 35)
    teacher = make.make_user("Theo Teacher", "theo@lakeside.example")
    make.make_member(teacher, school.lakeside, Role.TEACHER)
    make.make_teaching(teacher, school_class)
    judging.judge(students[0], exam, 50, by=teacher, on=make.TODAY)
    place = f"/classes/{school_class.pk}/outlook/{exam.pk}/"
    for person in (teacher, school.hana):
        client = client_as(person)
        client.get(place)
        with assert_queries(12):
            client.get(place)
