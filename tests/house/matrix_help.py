"""Rows of the access matrix for help and notes, with one piece of help of Sam's, one note, and one restricted note."""

from students.models import Intervention, Note
from tests import make
from tests.cast import Cast
from tests.house.matrix import Row, form, page

SECRET = "Sleeps badly since the move"
STAFF = "hana otto dora ada tom cora wanda tess"
OF_SAM = "hana otto dora ada cora"
READS_SECRET = "hana dora cora"
NO_STAFF = 403


def prepare(cast: Cast) -> tuple[Intervention, Note, Note]:
    """Ada helps; Hana planned it and wrote the first note; Cora the restricted one."""
    planned = make.make_help(cast.sam, cast.ada, created_by=cast.hana)
    return (
        planned,
        make.make_note(cast.sam, cast.hana, intervention=planned),
        make.make_note(cast.sam, cast.cora, SECRET, kind="restricted"),
    )


def help_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone."""
    each, note, secret = (record.pk for record in prepare(cast)) if cast else (0, 0, 0)
    mine = {"yes": "hana dora ada cora", "but": {"otto": 403}}
    one = "help/<int:pk>/"
    return [
        *page("help/", "/help/", yes=STAFF, no=NO_STAFF),
        *page("help/figures/", "/help/figures/", yes="hana dora wanda", no=NO_STAFF),
        *form("help/new/", "/help/new/?student={sam}", 422, **of_sam()),
        *form("help/new/", "/help/new/?student={wim}", 422, yes="wanda tess", but=outside(), looks_at="wim"),
        *form("help/new/", "/help/new/?q=okafor", 422, yes=STAFF, no=NO_STAFF),
        *form("help/meeting/", "/help/meeting/", 422, yes=STAFF, no=NO_STAFF),
        *form("help/meeting/", "/help/meeting/?students={sam},{wim}&at=1", 422, yes=STAFF, no=NO_STAFF),
        Row("GET", one, f"/help/{each}/", yes=OF_SAM, looks_at="sam"),
        Row("POST", one, f"/help/{each}/", status=422, **mine),
        Row("GET", f"{one}edit/", f"/help/{each}/edit/", **mine),
        Row("POST", f"{one}edit/", f"/help/{each}/edit/", **{**mine, "status": 422}),
        *form("help/notes/<int:pk>/", f"/help/notes/{note}/", 422, yes="hana dora", but={"otto": 403, "ada": 403, "cora": 403}),
        *form("help/notes/<int:pk>/", f"/help/notes/{secret}/", 422, yes=READS_SECRET),
        *form("students/<int:pk>/help/", "/students/{sam}/help/", 422, yes=OF_SAM, looks_at="sam"),
        *form("students/<int:pk>/help/", "/students/{wim}/help/", 422, yes="wanda tess", looks_at="wim"),
    ]  # fmt: skip


def outside() -> dict[str, int]:
    """Who is no staff at all is told so before anything is looked for."""
    return dict.fromkeys(("gus", "mina", "lena", "nils", "root"), NO_STAFF)


def of_sam() -> dict[str, object]:
    return {"yes": OF_SAM, "but": outside(), "looks_at": "sam"}
