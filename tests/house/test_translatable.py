"""Every word of every page passes gettext, so that a school can have Foremark in its own language."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import get_resolver
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext, trans_real

from portal.accounts.invitations import hashed, invite
from portal.accounts.models import User
from portal.accounts.preferences import prefer
from portal.jobs.models import Job, JobState
from students.models import SchoolPolicy
from students.roles import Role
from tests import make
from tests.cast import EVERYONE, Cast
from tests.house.marked import CODE, Marked, Reading, pattern_of, unmarked
from tests.house.matrix import ACCOUNTS, Row
from tests.house.matrix_api import API
from tests.house.matrix_office import OFFICE
from tests.house.test_access_matrix import WRITTEN
from tests.portal.test_accounts_second_factor import set_up_app, sign_in

# What has one name in every language: this portal, formats, languages, and times of the day.
NAMES = {"Foremark", "CSV", "Excel", "PDF", "QR", "UTC", "English"}
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
# The office and programs are spoken to in English; pages of one's account have tests of their own.
SEEN = [row for row in WRITTEN if row not in (*ACCOUNTS, *API, *OFFICE)]
AREAS = ("classes/", "students/", "exams/", "staff/", "models/")
SETTING_UP = (
    "/accounts/second-factor/totp/activate/",
    "/accounts/second-factor/webauthn/add/",
)


@pytest.fixture
def marks(settings: Any) -> Iterator[None]:
    """Everybody reads the made-up language, for it is the only one."""
    assert get_resolver().url_patterns  # read before, as on a server: what a form says must not be fixed at that moment
    settings.LANGUAGES = [(CODE, "English")]
    settings.LANGUAGE_CODE = CODE
    trans_real._translations[CODE] = Marked()
    with translation.override(CODE):
        yield


def data_of_school() -> re.Pattern[str]:
    """Names, titles, codes and addresses: every short text of the database, and each word of a name."""
    found = {*NAMES, "Firefox", "Linux"}
    for model in apps.get_models():
        if model.__module__.startswith(("students", "portal.accounts", "portal.jobs")):
            fields = [
                f.attname for f in model._meta.concrete_fields if isinstance(f, models.CharField) and not f.choices
            ]
            rows = model._base_manager.values_list(*fields) if fields else ()
            found.update(str(value) for row in rows for value in row if value)
    found |= {user.initials for user in User.objects.all()}
    return pattern_of(found | {word for each in found for word in each.split() if word[:1].isupper()})


def read(client: Client, row: Row, school: Cast) -> list[str]:
    send = client.post if row.method == "POST" else client.get
    answer = send(row.path(school), **BROWSER)
    html = answer.content.decode() if "text/html" in answer.get("Content-Type", "") else ""
    assert "<html" not in html or f'<html lang="{CODE}"' in html, row.address
    return Reading(html).texts


def check(rows: list[tuple[str, Row]], school: Cast, client_as: Callable[[User], Client], least: int) -> None:
    data, total, found = data_of_school(), 0, dict[str, list[str]]()
    for person, row in rows:
        client = Client() if person == "nobody" else client_as(getattr(school, person))
        texts = read(client, row, school)
        total += len(texts)
        if bare := unmarked(texts, data):
            found[f"{row.method} {row.address} as {person}"] = sorted(set(bare))
    told = "\n".join(f"{where}:\n    " + "\n    ".join(texts) for where, texts in found.items())
    assert not found, f"These texts do not pass gettext:\n{told}"
    assert total >= least, f"only {total} texts were read"


def rows_of(method: str, area: str = "") -> list[tuple[str, Row]]:
    """Each address for everybody it opens to, and for the first who is refused."""
    chosen = []
    for row in SEEN:
        if row.method == method and row.expected("hana") != 405 and _lies_in(row, area):
            people = row.yes.split()[: None if method == "GET" else 1]
            refused = [each for each in EVERYONE if row.expected(each) in (403, 404)][:1]
            chosen += [(person, row) for person in (*people, *refused)]
    return chosen


def _lies_in(row: Row, area: str) -> bool:
    return row.route.startswith(area) if area else not row.route.startswith(AREAS)


def fill(school: Cast) -> None:
    """What the cast lacks for pages to say all they can."""
    make.make_release(school.test, school.maths, by=school.ada)
    make.make_invitation(school.hana, school.lakeside)
    make.make_mark(school.mia, school.maths, "A", day=make.TODAY)
    missed = make.make_exam(school.maths, title="Geometry test")
    make.make_result(missed, school.mia, None, status="absent")
    make.make_participation(school.sam)
    make.make_observation(school.sam, make.make_indicator(school.lakeside))
    later = make.TODAY + make.timedelta(days=300)
    make.make_term(school.lakeside, name="Next year", starts=later, ends=later + make.timedelta(days=300))
    make.make_audit_trail(school.hana, school.sam)


@pytest.mark.usefixtures("marks")
def test_marks_come_with_every_way_of_translating() -> None:
    lazy = gettext_lazy("%(n)s marks")
    assert str(lazy % {"n": 3}) == "⟦3 marks⟧"
    assert [gettext("Save"), pgettext("verb", "Save"), gettext("")] == ["⟦Save⟧", "⟦Save⟧", ""]
    assert [ngettext("%d mark", "%d marks", n) % n for n in (1, 2)] == ["⟦1 mark⟧", "⟦2 marks⟧"]


@pytest.mark.usefixtures("marks")
@pytest.mark.parametrize(("area", "least"), [*((area, 2000) for area in AREAS[:-1]), ("models/", 1000), ("", 1000)])
def test_every_page_is_translated_for_everybody_who_opens_it(
    area: str, least: int, school: Cast, client_as: Any
) -> None:
    fill(school)
    check(rows_of("GET", area), school, client_as, least)


@pytest.mark.usefixtures("marks")
@pytest.mark.parametrize(
    ("area", "least"), [("classes/", 500), ("exams/", 300), ("staff/", 500), ("models/", 200), ("", 20)]
)
def test_what_a_form_says_when_it_is_sent_empty_is_translated(
    area: str, least: int, school: Cast, client_as: Any
) -> None:
    fill(school)
    check(rows_of("POST", area), school, client_as, least)


@pytest.mark.usefixtures("marks")
def test_pages_of_ones_account_are_translated(school: Cast, client_as: Any) -> None:
    pages = [(person, row) for row in ACCOUNTS for person in ("nobody", "gus") if row.expected(person) != 405]
    check(pages, school, client_as, least=1000)


@pytest.mark.usefixtures("marks")
def test_setting_up_a_second_factor_and_using_it_are_translated(school: Cast) -> None:
    def just_confirmed(person: User) -> Client:
        client = sign_in(person.email)
        client.post("/accounts/confirm/", {"password": make.PASSWORD})
        return client

    check([("gus", Row("GET", "", address)) for address in SETTING_UP], school, just_confirmed, least=40)
    set_up_app(just_confirmed(school.gus))
    asked = [Row(method, "", "/accounts/second-factor/authenticate/") for method in ("GET", "POST")]
    check([("gus", row) for row in asked], school, lambda person: sign_in(person.email), least=10)


@pytest.mark.usefixtures("marks")
def test_the_demand_for_a_second_factor_is_translated(school: Cast, client_as: Any) -> None:
    SchoolPolicy.objects.create(school=school.lakeside, requires_second_factor=True)
    check([("hana", Row("GET", "", "/accounts/second-factor/needed/"))], school, client_as, least=20)


@pytest.mark.usefixtures("marks")
def test_jobs_are_translated_in_every_state(school: Cast, client_as: Any) -> None:
    for state in JobState.values:
        Job.objects.create(kind="next_year", title="Move", state=state, requested_by=school.hana, total=3, done=1)
    rows = [Row("GET", "", f"/jobs/{job.pk}/") for job in Job.objects.all()]
    check([("hana", row) for row in (*rows, Row("GET", "", "/jobs/"))], school, client_as, least=200)


@pytest.mark.usefixtures("marks")
@pytest.mark.parametrize("state", ["open", "accepted", "revoked", "expired"])
def test_an_invitation_is_translated_whatever_became_of_it(state: str, school: Cast, client_as: Any) -> None:
    now = make.timezone.now()
    facts = {"accepted": {"accepted_at": now}, "revoked": {"revoked_at": now}, "expired": {"expires_at": now}}
    make.make_invitation(school.hana, school.lakeside, token_hash=hashed("token"), **facts.get(state, {}))
    rows = [(person, Row("GET", "", "/invitation/token/")) for person in ("nobody", "gus")]
    check(rows, school, client_as, least=20)


@pytest.mark.usefixtures("marks")
def test_mails_are_translated_but_for_names_and_links(school: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(by=school.hana, email="new@lakeside.example", name="Nora New", school_id=school.lakeside.pk,
               role=Role.TEACHER, starts=make.TODAY)  # fmt: skip
    Client().post("/accounts/password/reset/", {"email": school.gus.email})
    assert len(mail.outbox) == 2
    for sent in mail.outbox:
        parts = [
            sent.subject,
            *str(sent.body).splitlines(),
            *(Reading(str(part[0])).texts for part in sent.alternatives),
        ]
        lines = [line for part in parts for line in ([part] if isinstance(part, str) else part)]
        assert unmarked([re.sub(r"https?://\S+", "", line) for line in lines], data_of_school()) == []


def test_an_invitation_speaks_the_language_of_who_has_an_account(
    school: Cast, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.LANGUAGES = [("en-gb", "English"), (CODE, "Marked")]
    trans_real._translations[CODE] = Marked()
    prefer(school.gus, language=CODE)
    for person in (school.gus, school.nils):
        with django_capture_on_commit_callbacks(execute=True):
            invite(by=school.hana, email=person.email, name="", school_id=school.lakeside.pk,
                   role=Role.OFFICE, starts=make.TODAY)  # fmt: skip
    assert [sent.subject.startswith("⟦") for sent in mail.outbox] == [True, False]


def test_a_new_password_is_mailed_in_the_language_of_its_reader(school: Cast, settings: Any) -> None:
    settings.LANGUAGES = [("en-gb", "English"), (CODE, "Marked")]
    trans_real._translations[CODE] = Marked()
    prefer(school.gus, language=CODE)
    for person in (school.gus, school.nils):
        Client().post("/accounts/password/reset/", {"email": person.email})
    assert ["⟦Choose a new password⟧" in sent.subject for sent in mail.outbox] == [True, False]


def test_a_language_is_asked_for_only_where_there_is_a_choice(school: Cast, client_as: Any, settings: Any) -> None:
    client = client_as(school.ada)
    settings.LANGUAGES = [("en-gb", "English")]
    assert 'name="language"' not in client.get("/profile/").content.decode()
    settings.LANGUAGES = [("en-gb", "English"), (CODE, "Marked")]
    trans_real._translations[CODE] = Marked()
    assert 'name="language"' in client.get("/profile/").content.decode()
    prefer(school.ada, language=CODE)
    assert '<html lang="xx"' in client.get("/profile/").content.decode()
