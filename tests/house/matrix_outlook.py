"""Rows of the access matrix for the outlook of a class, estimates and feedback; families are told on pages of their own."""

from predictions.models import Prediction
from tests.cast import Cast
from tests.house.matrix import KEEPERS, Row, form, page, post_only
from tests.house.matrix_api import resource

CLASS, EXAM = "classes/<int:pk>/outlook/", "classes/<int:pk>/outlook/<int:exam>/"
MATHS, FINAL = "/classes/{maths}/outlook/", "/classes/{maths}/outlook/{final}/"
ESTIMATE = "students/<int:pk>/outlook/<int:exam>/estimate/"
OF_MATHS = f"{KEEPERS} ada cora"
OF_SAM = f"{KEEPERS} ada cora"


def prepare(cast: Cast) -> Prediction:
    """What is shown of Sam's final; nothing of it was released."""
    from tests.predictions.measured import make_scoring, say
    from tests.trained import make_version

    run = make_scoring(cast.lakeside, make_version(cast.lakeside), [cast.final])
    return say(run, cast.final, [cast.sam, cast.mia], [55.0, 64.0])[0]


def outlook_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone."""
    prediction = Prediction.objects.get(pk=prepare(cast).pk) if cast else None
    sam = f"{FINAL}students/{{sam}}/"
    feedback = f"/predictions/{prediction.pk if prediction else 0}/feedback/"
    return [
        *page(CLASS, MATHS, yes=OF_MATHS, status=302),
        *page(CLASS, "/classes/{art}/outlook/", yes=KEEPERS),
        *page(CLASS, "/classes/{next_door}/outlook/", yes="wanda tess"),
        *page(f"{CLASS}brief/", f"{MATHS}brief/", yes=OF_MATHS),
        *page(EXAM, FINAL, yes=OF_MATHS, looks_at="sam"),
        *page(EXAM, "/classes/{maths}/outlook/{test}/", yes=""),
        *page(f"{EXAM}students/<int:student>/", sam, yes=OF_MATHS, status=302),
        *page(f"{EXAM}fresh/", f"{FINAL}fresh/", yes=OF_MATHS),
        *page(f"{EXAM}outlook.csv", f"{FINAL}outlook.csv", yes=OF_MATHS, looks_at="sam"),
        *page(f"{EXAM}outlook.xlsx", f"{FINAL}outlook.xlsx", yes=OF_MATHS, looks_at="sam"),
        *post_only("classes/outlook/columns/", "/classes/outlook/columns/", 302),
        *form(ESTIMATE, "/students/{sam}/outlook/{final}/estimate/", 422, yes=OF_SAM, looks_at="sam"),
        *form(ESTIMATE, "/students/{wim}/outlook/{final}/estimate/", 422, yes=""),
        *post_only("predictions/<int:pk>/feedback/", feedback, 422, yes=OF_SAM),
        *resource("classes/<int:pk>/predictions/", "classes/{maths}/predictions/", yes=OF_MATHS, looks_at="sam"),
        *resource("students/<int:pk>/predictions/", "students/{sam}/predictions/", yes=OF_SAM, looks_at="sam"),
    ]
