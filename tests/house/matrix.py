"""Who may go where: a row per method and address, with the status each person of the cast is answered with.

`yes` names those who are let in (`status` is what they get), everybody else who is signed in gets `no`, and somebody
who is not signed in gets `nobody`. A page is missing here only until its test fails.
"""

from dataclasses import dataclass, field

from tests.cast import EVERYONE, Cast

SIGNED_IN = " ".join(EVERYONE)
TO_SIGN_IN = 302
NO_JOB = "7a3f9d0e-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    address: str
    yes: str = SIGNED_IN
    status: int = 200
    no: int = 404
    nobody: int = TO_SIGN_IN
    looks_at: str = ""  # the student of whom opening this leaves an access event
    but: dict[str, int] = field(default_factory=dict)

    def expected(self, person: str) -> int:
        if person == "nobody":
            return self.nobody
        return self.but.get(person, self.status if person in self.yes.split() else self.no)

    def path(self, cast: Cast) -> str:
        names = (
            "sam",
            "mia",
            "zoe",
            "liv",
            "wim",
            "maths",
            "art",
            "next_door",
            "test",
            "final",
            "lakeside",
            "hillside",
            "ada",
            "cora",
        )
        return self.address.format(**{name: getattr(cast, name).pk for name in names}, no_job=NO_JOB)


def page(route: str, address: str, **facts: object) -> list[Row]:
    """A page to be read: GET as the row says, anything else is refused."""
    open_to_all = facts.get("nobody", TO_SIGN_IN) != TO_SIGN_IN
    refused = Row("POST", route, address, status=405, no=405, nobody=405 if open_to_all else TO_SIGN_IN)
    return [Row("GET", route, address, **facts), refused]


def form(route: str, address: str, post: int, **facts: object) -> list[Row]:
    """A page with a form: an empty one sent by those who see it is answered with `post`."""
    nobody = facts.pop("post_nobody", facts.get("nobody", TO_SIGN_IN))
    sent = {**facts, "status": post, "nobody": nobody}
    return [Row("GET", route, address, **facts), Row("POST", route, address, **sent)]


def post_only(route: str, address: str, status: int, **facts: object) -> list[Row]:
    nobody = facts.get("get_nobody", TO_SIGN_IN)
    facts.pop("get_nobody", None)
    refused = Row("GET", route, address, status=405, no=405, nobody=nobody)
    return [refused, Row("POST", route, address, status=status, **facts)]


KEEPERS = "hana otto dora"
SCHOOL_CLASS, STUDENT = "classes/<int:pk>/", "students/<int:pk>/"
WHO_SEES = "students/<int:pk>/who-sees/"
CSV = "classes/<int:pk>/register.csv"
OF_MATHS = f"{KEEPERS} ada cora gus mina"
# Staff pages: of the class, of the school in view, and of one person of Lakeside.
KEPT = {"yes": KEEPERS, "but": {"ada": 403, "cora": 403, "gus": 403, "mina": 403}}
OFFICES = f"{KEEPERS} wanda"
STAFF_PAGES = {"yes": OFFICES, "no": 403}
STAFF_HERE = {"yes": KEEPERS, "no": 403, "but": {"wanda": 404}}
ROLL, ROLL_PAST = "classes/<int:pk>/roll/", "classes/<int:pk>/roll/history/<int:student>/"
RECORDS_MATHS = f"{KEEPERS} ada"
SEES_MATHS = {"cora": 403, "gus": 403, "mina": 403}
MARKS, CELL_PAST = "classes/<int:pk>/marks/", "classes/<int:pk>/marks/history/<int:exam>/<int:student>/"
EXAM = "exams/<int:pk>/"
# They see that there is such an exam, and have no business on its page.
SEEN_NOT_THEIRS = {"cora": 403, "gus": 403, "mina": 403}

PAGES = [
    *page("", "/"),
    *form("school/", "/school/", 302, status=302),
    *page("classes/", "/classes/"),
    *form("classes/columns/", "/classes/columns/", 302, status=302),
    *page(SCHOOL_CLASS, "/classes/{maths}/", yes=OF_MATHS, looks_at="sam mia"),
    *page(SCHOOL_CLASS, "/classes/{art}/", yes=KEEPERS, looks_at="zoe"),
    *page(SCHOOL_CLASS, "/classes/{next_door}/", yes="wanda tess", looks_at="wim"),
    *page(SCHOOL_CLASS, "/classes/999999/", yes=""),
    *page(CSV, "/classes/{maths}/register.csv", yes=OF_MATHS, looks_at="sam mia"),
    *page(CSV, "/classes/{next_door}/register.csv", yes="wanda tess", looks_at="wim"),
    *form(MARKS, "/classes/{maths}/marks/", 302, yes=RECORDS_MATHS, but=SEES_MATHS, looks_at="sam mia"),
    *form(MARKS, "/classes/{maths}/marks/?one={test}", 302, yes=RECORDS_MATHS, but=SEES_MATHS, looks_at="sam mia"),
    *form(MARKS, "/classes/{art}/marks/", 302, yes=KEEPERS),
    *form(MARKS, "/classes/{next_door}/marks/", 302, yes="wanda tess", looks_at="wim"),
    *post_only(f"{MARKS}cells/", "/classes/{maths}/marks/cells/", 400, yes=RECORDS_MATHS, but=SEES_MATHS),
    *post_only(f"{MARKS}cells/", "/classes/{next_door}/marks/cells/", 400, yes="wanda tess"),
    *page(
        f"{MARKS}changes/", "/classes/{maths}/marks/changes/?since=0.0&exams={test}", yes=RECORDS_MATHS, but=SEES_MATHS
    ),
    *page(f"{MARKS}changes/", "/classes/{next_door}/marks/changes/?since=0.0&exams={test}", yes="wanda tess"),
    *page(CELL_PAST, "/classes/{maths}/marks/history/{test}/{sam}/", yes=RECORDS_MATHS, but=SEES_MATHS, looks_at="sam"),
    *page(CELL_PAST, "/classes/{maths}/marks/history/{test}/{zoe}/", yes="", but=SEES_MATHS),
    *page(CELL_PAST, "/classes/{next_door}/marks/history/{test}/{wim}/", yes=""),
    *page("roll/", "/roll/"),
    *form(ROLL, "/classes/{maths}/roll/?anyway=1", 400, yes=RECORDS_MATHS, but=SEES_MATHS, looks_at="sam mia"),
    *form(ROLL, "/classes/{next_door}/roll/?anyway=1", 400, yes="wanda tess", looks_at="wim"),
    *post_only(f"{ROLL}marks/", "/classes/{maths}/roll/marks/", 400, yes=RECORDS_MATHS, but=SEES_MATHS),
    *post_only(f"{ROLL}marks/", "/classes/{next_door}/roll/marks/", 400, yes="wanda tess"),
    *page(ROLL_PAST, "/classes/{maths}/roll/history/{sam}/", yes=RECORDS_MATHS, but=SEES_MATHS, looks_at="sam"),
    *page(ROLL_PAST, "/classes/{maths}/roll/history/{wim}/", yes="", but=SEES_MATHS),
    *page("students/", "/students/", looks_at="sam mia zoe wim"),
    *page(STUDENT, "/students/{sam}/", yes=f"{KEEPERS} ada cora gus", looks_at="sam"),
    *page(STUDENT, "/students/{mia}/", yes=f"{KEEPERS} ada mina", looks_at="mia"),
    *page(STUDENT, "/students/{liv}/", yes=KEEPERS, looks_at="liv"),
    *page(STUDENT, "/students/{wim}/", yes="wanda tess", looks_at="wim"),
    *page(
        WHO_SEES, "/students/{sam}/who-sees/", yes=KEEPERS, looks_at="sam", but={"ada": 403, "cora": 403, "gus": 403}
    ),
    *page(WHO_SEES, "/students/{liv}/who-sees/", yes=KEEPERS, looks_at="liv"),
    *page(WHO_SEES, "/students/{wim}/who-sees/", yes="wanda", looks_at="wim", but={"tess": 403}),
    *form(f"{SCHOOL_CLASS}teachers/", "/classes/{maths}/teachers/", 422, **KEPT),
    *form(f"{SCHOOL_CLASS}teachers/", "/classes/{next_door}/teachers/", 422, yes="wanda", but={"tess": 403}),
    *form(f"{SCHOOL_CLASS}teachers/hand-over/", "/classes/{maths}/teachers/hand-over/", 422, **KEPT),
    *form(
        f"{SCHOOL_CLASS}teachers/<int:teaching>/", "/classes/{maths}/teachers/999999/", 404, **{**KEPT, "status": 404}
    ),
    *page("staff/", "/staff/", **STAFF_PAGES),
    *form("staff/<int:pk>/", "/staff/{ada}/", 422, **STAFF_HERE),
    *form("staff/<int:pk>/", "/staff/999999/", 404, **STAFF_PAGES | {"status": 404}),
    *form("staff/<int:pk>/classes/", "/staff/{ada}/classes/", 422, **STAFF_HERE),
    *form("staff/roles/<int:pk>/end/", "/staff/roles/999999/end/", 404, **STAFF_PAGES | {"status": 404}),
    *page("staff/caseloads/", "/staff/caseloads/", **STAFF_PAGES),
    *post_only("staff/caseloads/undo/", "/staff/caseloads/undo/", 409, yes=OFFICES, no=403),
    *form("staff/caseloads/<int:pk>/", "/staff/caseloads/{cora}/", 422, **STAFF_HERE, looks_at="sam"),
    *form("staff/caseloads/<int:pk>/add/", "/staff/caseloads/{cora}/add/", 422, **STAFF_HERE),
    *page("staff/invitations/", "/staff/invitations/", **STAFF_PAGES),
    *form("staff/invitations/new/", "/staff/invitations/new/", 422, **STAFF_PAGES),
    *post_only("staff/invitations/<int:pk>/again/", "/staff/invitations/999999/again/", 404, yes=OFFICES, no=403),
    *form(
        "staff/invitations/<int:pk>/revoke/", "/staff/invitations/999999/revoke/", 404, **STAFF_PAGES | {"status": 404}
    ),
    *page("exams/", "/exams/"),
    *form("exams/new/", "/exams/new/", 422, yes=f"{KEEPERS} ada tom wanda tess", no=403),
    *page(EXAM, "/exams/{test}/", yes=f"{KEEPERS} ada", but=SEEN_NOT_THEIRS),
    *page(EXAM, "/exams/999999/", yes=""),
    *form(f"{EXAM}edit/", "/exams/{test}/edit/", 422, yes=f"{KEEPERS} ada", but=SEEN_NOT_THEIRS),
    *form(f"{EXAM}call-off/", "/exams/{test}/call-off/", 409, yes=f"{KEEPERS} ada", but=SEEN_NOT_THEIRS),
    *form(f"{EXAM}release/", "/exams/{test}/release/", 422, yes=f"{KEEPERS} ada", but=SEEN_NOT_THEIRS),
    *form(
        f"{EXAM}release/<int:class_pk>/take-back/",
        "/exams/{test}/release/{maths}/take-back/",
        409,
        yes=f"{KEEPERS} ada",
        but=SEEN_NOT_THEIRS,
    ),
    *form(f"{EXAM}lock/", "/exams/{test}/lock/", 404, yes=f"{KEEPERS} ada", but=SEEN_NOT_THEIRS),
    *page("search/", "/search/?q=okafor"),
    *form(f"{SCHOOL_CLASS}enrol/", "/classes/{maths}/enrol/", 422, **KEPT, looks_at="sam mia"),
    *form(f"{SCHOOL_CLASS}enrol/", "/classes/{next_door}/enrol/", 422, yes="wanda", but={"tess": 403}, looks_at="wim"),
    *post_only(f"{SCHOOL_CLASS}enrol/leave/", "/classes/{maths}/enrol/leave/", 422, **KEPT, looks_at="sam mia"),
    *form(f"{SCHOOL_CLASS}next/", "/classes/{maths}/next/", 422, **KEPT, looks_at="sam mia"),
    *form(f"{SCHOOL_CLASS}next/", "/classes/{next_door}/next/", 422, yes="wanda", but={"tess": 403}, looks_at="wim"),
    *post_only(f"{SCHOOL_CLASS}undo/<uuid:batch>/", "/classes/{maths}/undo/{no_job}/", 409, **KEPT),
    *page("jobs/", "/jobs/"),
    *page("jobs/<uuid:pk>/", "/jobs/{no_job}/", yes=""),
    *post_only("jobs/<uuid:pk>/cancel/", "/jobs/{no_job}/cancel/", 404),
    *post_only("jobs/<uuid:pk>/retry/", "/jobs/{no_job}/retry/", 404),
    *page("healthz", "/healthz", nobody=200),
    *page("readyz", "/readyz", nobody=200),
]

OPEN = {"nobody": 200}
CONFIRM_FIRST = {"status": 302}  # to the page that asks for the password again
ACCOUNTS = [
    *form("accounts/login/", "/accounts/login/", 302, status=302, **OPEN),
    *form("accounts/logout/", "/accounts/logout/", 302),
    *page("accounts/closed/", "/accounts/closed/", **OPEN),
    *form("accounts/join/", "/accounts/join/", 302, status=302, **OPEN),
    *form("accounts/confirm/", "/accounts/confirm/", 200),
    *form("accounts/email/", "/accounts/email/", 302),
    *page("accounts/email/sent/", "/accounts/email/sent/", **OPEN),
    *form(r"accounts/^email/confirm/(?P<key>[-:\w]+)/$", "/accounts/email/confirm/abc/", 404, nobody=200, post_nobody=404),
    *form("accounts/password/", "/accounts/password/", 200),
    *form("accounts/password/reset/", "/accounts/password/reset/", 200, **OPEN),
    *page("accounts/password/reset/sent/", "/accounts/password/reset/sent/", **OPEN),
    *form(r"accounts/^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", "/accounts/password/reset/1-abc/", 200, **OPEN),
    *page("accounts/password/reset/done/", "/accounts/password/reset/done/", **OPEN),
    *page("accounts/second-factor/", "/accounts/second-factor/"),
    *form("accounts/second-factor/authenticate/", "/accounts/second-factor/authenticate/", 302, status=302),
    *form("accounts/second-factor/reauthenticate/", "/accounts/second-factor/reauthenticate/", 302, status=302),
    *form("accounts/second-factor/totp/activate/", "/accounts/second-factor/totp/activate/", 302, **CONFIRM_FIRST),
    *form("accounts/second-factor/totp/deactivate/", "/accounts/second-factor/totp/deactivate/", 404, status=404),
    *page("accounts/second-factor/recovery-codes/", "/accounts/second-factor/recovery-codes/", status=404),
    *form(
        "accounts/second-factor/recovery-codes/generate/", "/accounts/second-factor/recovery-codes/generate/", 302,
        **CONFIRM_FIRST,
    ),
    *form(
        "accounts/second-factor/recovery-codes/download/", "/accounts/second-factor/recovery-codes/download/", 404,
        status=404,
    ),
    *page("accounts/second-factor/webauthn/", "/accounts/second-factor/webauthn/"),
    *form("accounts/second-factor/webauthn/add/", "/accounts/second-factor/webauthn/add/", 302, **CONFIRM_FIRST),
    *form(
        "accounts/second-factor/webauthn/reauthenticate/", "/accounts/second-factor/webauthn/reauthenticate/", 302,
        **CONFIRM_FIRST,
    ),
    *form(
        "accounts/second-factor/webauthn/keys/<int:pk>/remove/", "/accounts/second-factor/webauthn/keys/1/remove/", 302,
        **CONFIRM_FIRST,
    ),
    *form(
        "accounts/second-factor/webauthn/keys/<int:pk>/edit/", "/accounts/second-factor/webauthn/keys/1/edit/", 302,
        **CONFIRM_FIRST,
    ),
    *form("accounts/second-factor/webauthn/login/", "/accounts/second-factor/webauthn/login/", 302, status=302),
    *page("accounts/second-factor/needed/", "/accounts/second-factor/needed/", status=302),
    *page("accounts/sessions/", "/accounts/sessions/"),
    *post_only("accounts/sessions/end-others/", "/accounts/sessions/end-others/", 302),
    *post_only("accounts/sessions/end-all/", "/accounts/sessions/end-all/", 302),
    *page("accounts/provider/cancelled/", "/accounts/provider/cancelled/", **OPEN),
    *post_only("accounts/oidc/<str:provider_id>/login/", "/accounts/oidc/none/login/", 404, get_nobody=405, nobody=404),
    *form(
        "accounts/oidc/<str:provider_id>/login/callback/", "/accounts/oidc/none/login/callback/", 404,
        status=404, nobody=404,
    ),
    *form("profile/", "/profile/", 200),
    *form("invitation/<str:token>/", "/invitation/abc/", 404, status=404, nobody=404),
]  # fmt: skip
