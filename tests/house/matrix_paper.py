"""Rows of the access matrix for what leaves the portal on paper and in files."""

from tests.house.matrix import KEEPERS, OF_MATHS, Row, form, page

XLSX = "classes/<int:pk>/register.xlsx"
OF_CLASS, OF_STUDENT = "classes/<int:pk>/outlook/<int:exam>/", "students/<int:pk>/outlook/<int:exam>/letter.pdf"
RIGHT = "models/accuracy/exams/<int:pk>/right.pdf"
STAFF_OF_MATHS = f"{KEEPERS} ada cora"

PAPER: list[Row] = [
    *page(XLSX, "/classes/{maths}/register.xlsx", yes=OF_MATHS, looks_at="sam mia"),
    *page(XLSX, "/classes/{art}/register.xlsx", yes=KEEPERS, looks_at="zoe"),
    *page(XLSX, "/classes/{next_door}/register.xlsx", yes="wanda tess", looks_at="wim"),
    *page(f"{OF_CLASS}outlook.pdf", "/classes/{maths}/outlook/{final}/outlook.pdf", yes=STAFF_OF_MATHS, looks_at="sam mia"),
    *page(f"{OF_CLASS}outlook.pdf", "/classes/{next_door}/outlook/{final}/outlook.pdf", yes=""),
    *page(f"{OF_CLASS}letters.pdf", "/classes/{maths}/outlook/{final}/letters.pdf", yes=STAFF_OF_MATHS, looks_at="sam mia"),
    *page(f"{OF_CLASS}letters.pdf", "/classes/{art}/outlook/{final}/letters.pdf", yes=""),
    *page(OF_STUDENT, "/students/{sam}/outlook/{final}/letter.pdf", yes=STAFF_OF_MATHS, looks_at="sam"),
    *page(OF_STUDENT, "/students/{mia}/outlook/{final}/letter.pdf", yes=f"{KEEPERS} ada", looks_at="mia"),
    *page(OF_STUDENT, "/students/{wim}/outlook/{final}/letter.pdf", yes=""),
    *form("letters/", "/letters/", 422, yes="hana dora cora wanda", no=403),
    *page("jobs/<uuid:pk>/files/<int:file>/", "/jobs/{no_job}/files/1/", yes=""),
]  # fmt: skip
# With one exam of Lakeside measured: tests/house/matrix_measures.py.
MEASURED: list[Row] = [
    *page(RIGHT, "/models/accuracy/exams/{test}/right.pdf", yes="hana otto nils dora"),
    *page(RIGHT, "/models/accuracy/exams/{final}/right.pdf", yes=""),
]
