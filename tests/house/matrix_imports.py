"""Rows of the access matrix for imports: who keeps the records of Lakeside, and nobody else, finds its files.

One import that waits for a decision and one that was applied; what is posted to either changes nothing here.
"""

from typing import Any

from tests.cast import Cast
from tests.house.matrix import Row, form, page, post_only
from tests.students.importing.batches_made import make_applied, make_planned, make_profile

KEEPERS = "hana otto dora"
ALL_KEEPERS = f"{KEEPERS} wanda"
ONE = "data/imports/<int:pk>/"
NOWHERE: dict[str, Any] = {"planned": 0, "applied": 0, "profile": 0}


def prepare(cast: Cast) -> dict[str, Any]:
    planned, applied = make_planned(cast), make_applied(cast)
    return {"planned": planned.pk, "applied": applied.pk, "profile": make_profile(cast).pk}


def import_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone."""
    keys = prepare(cast) if cast else NOWHERE
    planned, applied = f"/data/imports/{keys['planned']}/", f"/data/imports/{keys['applied']}/"
    ours: dict[str, Any] = {"yes": KEEPERS}
    here: dict[str, Any] = {"yes": ALL_KEEPERS, "no": 403}
    return [
        *page("data/", "/data/", **here),
        *page("data/imports/", "/data/imports/", **here),
        *form("data/imports/new/", "/data/imports/new/", 422, **here),
        *page(ONE, planned, status=302, **ours),
        *page(ONE, applied, **ours),
        *page(ONE, "/data/imports/999999/", yes=""),
        *form(f"{ONE}columns/", f"{applied}columns/", 302, status=302, **ours),
        *page(f"{ONE}findings/", f"{planned}findings/", **ours),
        *page(f"{ONE}plan/", f"{planned}plan/", **ours),
        *page(f"{ONE}plan/<slug:table>/<slug:deed>/", f"{planned}plan/students/ended/", **ours),
        *page(f"{ONE}findings.csv", f"{planned}findings.csv", status=410, **ours),
        *page(f"{ONE}changes.csv", f"{planned}changes.csv", status=410, **ours),
        *page(f"{ONE}mapping.toml", f"{planned}mapping.toml", **ours),
        *post_only(f"{ONE}mapping/", f"{planned}mapping/", 422, **ours),
        *post_only(f"{ONE}apply/", f"{planned}apply/", 302, **ours),
        *post_only(f"{ONE}check/", f"{applied}check/", 409, **ours),
        *post_only(f"{ONE}stop/", f"{planned}stop/", 404, **ours),
        *form(f"{ONE}undo/", f"{planned}undo/", 302, status=302, **ours),
        *page("data/profiles/", "/data/profiles/", **here),
        *form("data/profiles/<int:pk>/", f"/data/profiles/{keys['profile']}/", 422, **ours),
        *post_only(f"{ONE}discard/", f"{applied}discard/", 409, **ours),
    ]
