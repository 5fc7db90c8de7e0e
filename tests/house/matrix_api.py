"""Rows of the access matrix for the API: who is not signed in gets 401, and every answer is JSON."""

from tests.house.matrix import KEEPERS, OF_MATHS, Row, page

NOT_SIGNED_IN = 401


def resource(route: str, address: str, **facts: object) -> list[Row]:
    """Read only, for now: every other method is refused."""
    rows = page(f"api/v1/{route}", f"/api/v1/{address}", **facts, nobody=NOT_SIGNED_IN)
    return [
        rows[0],
        *(Row(method, rows[0].route, rows[0].address, status=405, no=405, nobody=401) for method in CHANGES),
    ]


CHANGES = ("POST", "PUT", "PATCH", "DELETE")
API = [
    *resource("", ""),
    *resource("me/", "me/"),
    *resource("classes/", "classes/"),
    *resource("classes/<int:pk>/", "classes/{maths}/", yes=OF_MATHS),
    *resource("classes/<int:pk>/", "classes/{next_door}/", yes="wanda tess"),
    *resource("students/", "students/", looks_at="sam mia zoe liv wim"),
    *resource("students/<int:pk>/", "students/{sam}/", yes=f"{KEEPERS} ada cora gus", looks_at="sam"),
    *resource("students/<int:pk>/", "students/{mia}/", yes=f"{KEEPERS} ada mina", looks_at="mia"),
    *resource("students/<int:pk>/", "students/{wim}/", yes="wanda tess", looks_at="wim"),
]
