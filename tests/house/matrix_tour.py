"""Rows of the access matrix for the tour, which everybody may read, and for trying a prediction, which is for who works at a school."""

from tests.house.matrix import SIGNED_IN, Row, page, post_only

WORKS = "hana otto ada tom cora nils dora wanda tess"  # Tom still is a teacher, of no class
KEEPS = "hana otto dora wanda"

TOUR = [
    Row("GET", "tour/", "/tour/"),
    # An empty signature names no edition; who has no role in force has nothing to sign.
    Row("POST", "tour/", "/tour/", yes=f"{WORKS} gus mina", status=422, no=403),
    *post_only("tour/later/", "/tour/later/", 302, yes=SIGNED_IN),
    *page("tour/who/", "/tour/who/", yes=KEEPS, no=403),
    *page("tour/who.csv", "/tour/who.csv", yes=KEEPS, no=403),
    # Nothing serves in the schools of the cast, so there is nothing to ask.
    Row("GET", "models/try/", "/models/try/", yes=WORKS, no=403),
    Row("POST", "models/try/", "/models/try/", yes=WORKS, status=409, no=403),
    *post_only("models/try/check/", "/models/try/check/", 409, yes=WORKS, no=403),
]
