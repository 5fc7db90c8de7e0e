"""Rows of the access matrix for what leaves the portal on paper and in files."""

from tests.house.matrix import KEEPERS, OF_MATHS, Row, page

XLSX = "classes/<int:pk>/register.xlsx"

PAPER: list[Row] = [
    *page(XLSX, "/classes/{maths}/register.xlsx", yes=OF_MATHS, looks_at="sam mia"),
    *page(XLSX, "/classes/{art}/register.xlsx", yes=KEEPERS, looks_at="zoe"),
    *page(XLSX, "/classes/{next_door}/register.xlsx", yes="wanda tess", looks_at="wim"),
    *page("jobs/<uuid:pk>/files/<int:file>/", "/jobs/{no_job}/files/1/", yes=""),
]
