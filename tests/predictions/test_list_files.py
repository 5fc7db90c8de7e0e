"""Lists about predictions as files: the figures of the pages, within the rights of who asks, with a trace."""

import csv
import io

import pytest
from openpyxl import load_workbook

from portal.audit.models import AccessEvent
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, past_exam, say
from tests.predictions.released import give
from tests.predictions.test_reviewing import ask
from tests.trained import make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def sat(school: Cast):
    """Twelve of Ada's students sat an exam that was predicted, and another one lies ahead."""
    version = make_version(school.lakeside)
    school_class, students = make_class_of(school.lakeside, 12, is_home_class=True, grade_level=10)
    make.make_teaching(school.ada, school_class)
    exam = past_exam(school_class, title="Optics", is_target=True)
    ahead = make.make_exam(school_class, title="Waves", day=TODAY + make.timedelta(days=20), is_target=True)
    say(make_scoring(school.lakeside, version, [exam], as_of=before(exam)), exam, students, [60] * 12, baseline=55)
    give_results(exam, students, [63] * 11 + [20])
    say(make_scoring(school.lakeside, version, [ahead]), ahead, students, [70] * 12)
    return exam, students


def rows_of(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.content
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_one_exam_student_by_student_with_the_largest_difference_first(school: Cast, sat, client_as) -> None:
    exam, students = sat
    head, first, *rest = rows_of(client_as(school.ada).get(f"/exams/{exam.pk}/right/?as=csv"))
    assert first == [students[11].name, "60", *first[2:4], "55", "", "20", "-40.0", "no"]
    assert len(rest) == 11
    assert len(head) == len(first)
    assert AccessEvent.objects.filter(user_id=school.ada.pk, door="export").count() == 12


def test_exams_that_were_predicted_and_the_overview_as_excel(school: Cast, sat, client_as) -> None:
    leader = client_as(school.hana)
    assert rows_of(leader.get("/right/?as=csv"))[1][0] == "Optics"
    sheet = load_workbook(io.BytesIO(leader.get("/overview/?as=xlsx").content)).active
    told = [row for row in sheet.values if row[4] == 12]
    assert [row[5] for row in told] == [70]


def test_a_teacher_who_does_not_teach_them_gets_no_file(school: Cast, sat, client_as) -> None:
    exam, _students = sat
    assert client_as(school.tom).get(f"/exams/{exam.pk}/right/?as=csv").status_code == 404
    assert client_as(school.wanda).get(f"/exams/{exam.pk}/right/?as=csv").status_code == 404


def test_requests_for_a_review_without_what_the_family_wrote(school: Cast, client_as) -> None:
    give(school)
    ask(school)
    head, row = rows_of(client_as(school.ada).get("/reviews/?as=csv"))
    assert row[:2] == ["Sam Okafor", "Final exam"]
    assert len(head) == len(row)
    assert AccessEvent.objects.filter(user_id=school.ada.pk, door="export", student_id=school.sam.pk).exists()
