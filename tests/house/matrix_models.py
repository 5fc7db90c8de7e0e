"""Rows of the access matrix for models: leaders, the office and analysts look, leaders and analysts order, leaders decide.

Of single records an address without any is asked for: who may see one is what tests/predictions/test_model_pages.py tells.
"""

from tests.house.matrix import Row, form, page, post_only

SEES = "hana otto dora nils wanda"
ORDERS = "hana dora nils wanda"
DECIDES = "hana dora wanda"
NOT_THEIRS = {"no": 403}
RUN, VERSION, SCORING = "models/runs/<int:pk>/", "models/versions/<int:pk>/", "models/scoring/<int:pk>/"
SETTINGS, USE = "models/settings/", "models/settings/protected/<int:pk>/"


def none_there(route: str) -> list[Row]:
    """A record that is not there; it is posted to by those who find it, so by nobody."""
    return post_only(route, f"/{route.replace('<int:pk>', '999999')}", 404)


MODELS = [
    *page("models/", "/models/", yes=SEES, no=403),
    *post_only("models/score/", "/models/score/", 409, yes="hana dora nils", **NOT_THEIRS, but={"wanda": 302}),
    *post_only("models/back/", "/models/back/", 302, yes=DECIDES, **NOT_THEIRS),
    *form("models/train/", "/models/train/", 422, yes=ORDERS, no=403),
    *page(RUN, "/models/runs/999999/", yes=""),
    *none_there(f"{RUN}stop/"),
    *page(VERSION, "/models/versions/999999/", yes=""),
    *(row for what in ("approve", "reject", "promote", "challenge") for row in none_there(f"{VERSION}{what}/")),
    *(row for kind in ("md", "html", "json") for row in page(f"{VERSION}card.{kind}", f"/models/versions/999999/card.{kind}", yes="")),
    *page(SCORING, "/models/scoring/999999/", yes=""),
    *none_there(f"{SCORING}stop/"),
    *none_there(f"{SCORING}retry/"),
    Row("GET", SETTINGS, "/models/settings/", yes=SEES, no=403),
    Row("POST", SETTINGS, "/models/settings/", yes=DECIDES, status=422, no=403),
    *post_only(f"{SETTINGS}indicators/", "/models/settings/indicators/", 302, yes=DECIDES, **NOT_THEIRS),
    # Of the cast nobody has the right to protected facts, so nobody may ask to use one.
    *post_only(f"{SETTINGS}protected/", "/models/settings/protected/", 403, yes="", no=403),
    *(row for what in ("approve", "measure", "end") for row in none_there(f"{USE}{what}/")),
]  # fmt: skip
