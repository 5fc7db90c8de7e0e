"""Rows of the access matrix for what families are given of predictions: released for Ada's class, and Gus asked for a review."""

from django.utils import timezone

from predictions import reviewing
from tests.cast import Cast
from tests.house.matrix import Row, form, page, post_only
from tests.predictions.released import give, predict

RELEASE = "classes/<int:pk>/outlook/<int:exam_pk>/release/"
MY_EXAM = "my/outlook/<int:student>/<int:exam>/"
RELEASES = {"yes": "hana dora ada", "but": {"otto": 403, "cora": 403}}
AT_WORK = "hana otto ada tom cora dora wanda tess"
OF_SAM = "hana otto ada cora dora"
REVIEW = "reviews/<int:pk>/"


def family_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone. Of art nothing was released, and Zoe is nobody's child here."""
    asked = 0
    if cast:
        give(cast)
        predict(cast, cast.test)  # of an exam that is not released
        asked = reviewing.ask(cast.sam, cast.final, "Please look again.", by=cast.gus, now=timezone.now()).pk
    return [
        *form(RELEASE, "/classes/{maths}/outlook/{final}/release/", 422, **RELEASES, looks_at="sam mia"),
        *form(RELEASE, "/classes/{art}/outlook/{final}/release/", 404, yes="", but={"otto": 403}),
        *form(RELEASE, "/classes/{next_door}/outlook/{final}/release/", 404, yes=""),
        *form(
            f"{RELEASE}take-back/",
            "/classes/{maths}/outlook/999999/release/take-back/",
            404,
            yes="",
            but=RELEASES["but"],
        ),
        Row("GET", f"{RELEASE}take-back/", "/classes/{maths}/outlook/{final}/release/take-back/", **RELEASES),
        *page("my/outlook/", "/my/outlook/", yes="gus mina"),
        *page("my/outlook/brief/", "/my/outlook/brief/", yes="gus mina"),
        *page(MY_EXAM, "/my/outlook/{sam}/{final}/", yes="gus", looks_at="sam"),
        *page(MY_EXAM, "/my/outlook/{mia}/{final}/", yes="mina", looks_at="mia"),
        *page(MY_EXAM, "/my/outlook/{sam}/{test}/", yes=""),
        *page(MY_EXAM, "/my/outlook/{liv}/{final}/", yes=""),
        *page(f"{MY_EXAM}letter.pdf", "/my/outlook/{sam}/{final}/letter.pdf", yes="gus", looks_at="sam"),
        *page(f"{MY_EXAM}letter.pdf", "/my/outlook/{mia}/{final}/letter.pdf", yes="mina", looks_at="mia"),
        *post_only(f"{MY_EXAM}review/", "/my/outlook/{sam}/{final}/review/", 422, yes="gus"),
        *post_only(f"{MY_EXAM}review/", "/my/outlook/{sam}/{test}/review/", 404, yes=""),
        *page("my/looked/<int:student>/", "/my/looked/{sam}/", yes="gus", looks_at="sam"),
        *page("my/looked/<int:student>/", "/my/looked/{mia}/", yes="mina", looks_at="mia"),
        *page("my/looked/<int:student>/", "/my/looked/{wim}/", yes=""),
        *page("reviews/", "/reviews/", yes=AT_WORK),
        *page("reviews/brief/", "/reviews/brief/", yes=AT_WORK),
        *form(REVIEW, f"/reviews/{asked}/", 422, yes=OF_SAM, looks_at="sam"),
        *form(REVIEW, "/reviews/999999/", 404, yes=""),
    ]
