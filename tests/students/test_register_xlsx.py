"""The register as an Excel file: what the CSV file says, with numbers that are numbers."""

import csv
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from portal.audit.models import AccessEvent, AuditEvent
from tests import make
from tests.cast import Cast


def test_excel_says_what_csv_and_the_screen_say(school: Cast, client_as: Any) -> None:
    make.make_enrolment(make.make_student(school.lakeside, "=1+1 Aaa"), school.maths)
    ada, query = client_as(school.ada), f"/classes/{school.maths.pk}/register.%s?sort=-average"
    lines = list(csv.reader(StringIO(ada.get(query % "csv").content.decode("utf-8-sig"))))
    answer = ada.get(query % "xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    told = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert told == [[cell.removeprefix("'") for cell in line] for line in lines]
    assert answer["Content-Disposition"] == 'attachment; filename="mathematics-9b.xlsx"'
    assert [cell.data_type for cell in sheet[2][:3]] == ["s", "s", "n"]


def test_it_is_noted_as_an_export_and_offered_beside_csv(school: Cast, client_as: Any) -> None:
    ada = client_as(school.ada)
    page = ada.get(f"/classes/{school.maths.pk}/?sort=-average")
    assert f'href="/classes/{school.maths.pk}/register.xlsx?sort=-average"' in page.text
    ada.get(f"/classes/{school.maths.pk}/register.xlsx")
    assert AuditEvent.objects.get(verb="exported").facts == {"what": "register", "students": 2}
    assert AccessEvent.objects.filter(door="export").count() == 2
