"""Rows of the access matrix for the outlook of one student: the staff who see the student, and nobody of a family."""

from tests.house.matrix import page, post_only

OUTLOOK = "students/<int:pk>/outlook/"
EXAM = f"{OUTLOOK}<int:exam>/"
OF_SAM = "hana otto dora ada cora"

STUDENT_OUTLOOK = [
    *page(OUTLOOK, "/students/{sam}/outlook/", yes=OF_SAM, looks_at="sam"),
    *page(f"{OUTLOOK}brief/", "/students/{sam}/outlook/brief/", yes=OF_SAM, looks_at="sam"),
    *page(EXAM, "/students/{sam}/outlook/{final}/", yes=OF_SAM, looks_at="sam"),
    # To who asks for the part alone without a script, the whole page is given.
    *page(f"{EXAM}earlier/", "/students/{sam}/outlook/{final}/earlier/", yes=OF_SAM, status=302),
    # Of the cast nobody has a prediction; what is answered where there is one, test_student_outlook_page.py tells.
    *post_only(f"{EXAM}what-if/", "/students/{sam}/outlook/{final}/what-if/", 404, yes=OF_SAM),
]
