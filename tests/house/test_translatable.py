"""Every word of every page passes gettext, so that a school can have Foremark in its own language."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from portal.accounts.models import User
from portal.jobs.models import Job, JobState
from tests import make
from tests.cast import EVERYONE, Cast
from tests.house.marked import CODE, Marked, Reading, pattern_of, unmarked
from tests.house.matrix import ACCOUNTS, PAGES, Row

# What is a name everywhere: of this portal, of formats and of kinds of keys.
NAMES = {"Foremark", "CSV", "QR", "PIN", "Enter", "Esc", "Tab", "Shift", "Ctrl", "Alt", "AM", "PM", "UTC", "English"}
ROOT = Path(__file__).parents[2]
REFUSALS = {"Conflict", "NotAllowed", "DomainError", "NotReady", "ValidationError"}
TOLD = {"success", "info", "warning", "error"}  # of django.contrib.messages
# The back office is Django's admin and speaks English; programs and the shell of the machine are no readers of pages.
NOT_PAGES = ("admin", "backoffice", "api", "management", "migrations")


@pytest.fixture
def marks(settings: Any) -> Iterator[None]:
    settings.LANGUAGES = [(CODE, "English")]
    settings.LANGUAGE_CODE = CODE
    trans_real._translations[CODE] = Marked()
    with translation.override(CODE):
        yield


@pytest.fixture
def seen() -> Counter[str]:
    return Counter()


def data_of_school() -> re.Pattern[str]:
    """Names, titles, codes and addresses: every short text that stands in the database, and each word of a name."""
    found: set[str] = set(NAMES)
    for model in apps.get_models():
        if not model.__module__.startswith(("students", "portal.accounts", "portal.jobs")):
            continue
        fields = [f.attname for f in model._meta.concrete_fields if isinstance(f, models.CharField) and not f.choices]
        for row in model._base_manager.values_list(*fields) if fields else ():
            found.update(str(value) for value in row if value)
    for user in User.objects.all():
        found |= {user.initials, *user.name.split()}
    names = {word for each in found if len(each) < 80 for word in re.split(r"\s", each) if word[:1].isupper()}
    return pattern_of(found | names)


def read(client: Client, row: Row, school: Cast, data: re.Pattern[str]) -> tuple[int, list[str]]:
    """How many texts the answer has, and which of them are not translated."""
    answer = client.post(row.path(school)) if row.method == "POST" else client.get(row.path(school))
    if (answer.status_code < 400 and answer.status_code != 200) or "text/html" not in answer.get("Content-Type", ""):
        return 0, []
    html = answer.content.decode()
    if answer.status_code != 500 and "<html" in html:
        assert f'<html lang="{CODE}"' in html, row.address
    texts = Reading(html).texts
    return len(texts), unmarked(texts, data)


def check(rows: list[tuple[str, Row]], school: Cast, client_as: Callable[[User], Client], least: int) -> None:
    data, total, found = data_of_school(), 0, dict[str, list[str]]()
    for person, row in rows:
        client = Client() if person == "nobody" else client_as(getattr(school, person))
        texts, bare = read(client, row, school, data)
        total += texts
        if bare:
            found[f"{row.method} {row.address} as {person}"] = sorted(set(bare))
    told = "\n".join(f"{where}:\n    " + "\n    ".join(texts) for where, texts in found.items())
    assert not found, f"These texts do not pass gettext:\n{told}"
    assert total >= least, f"only {total} texts were read"


def rows_of(rows: list[Row], method: str, routes: Callable[[str], bool]) -> list[tuple[str, Row]]:
    """Each page as everybody it shows something different to: those let in, and one who is refused."""
    chosen = []
    for row in rows:
        if row.method != method or not routes(row.route) or row.expected("hana") == 405:
            continue
        refused = next((each for each in EVERYONE if row.expected(each) in (403, 404)), None)
        people = row.yes.split() if method == "GET" else row.yes.split()[:1]
        chosen += [(person, row) for person in [*people, *([refused] if refused else [])]]
    return chosen


def fill(school: Cast) -> None:
    """What the cast lacks for pages to say all they can: a released exam, an invitation, a missing mark, a term."""
    make.make_release(school.test, school.maths, by=school.ada)
    make.make_invitation(school.hana, school.lakeside, facts={})
    make.make_mark(school.mia, school.maths, "A", day=make.TODAY)
    exempt = make.make_exam(school.maths, title="Geometry test")
    make.make_result(exempt, school.mia, None, status="absent")
    make.make_participation(school.sam)
    make.make_observation(school.sam, make.make_indicator(school.lakeside))
    make.make_term(school.lakeside, name="Next year", starts=make.TODAY + make.timedelta(days=300),
                   ends=make.TODAY + make.timedelta(days=600))  # fmt: skip
    make.make_audit_trail(school.hana, school.sam)


def is_general(route: str) -> bool:
    return not route.startswith(("classes/", "students/", "exams/", "staff/"))


@pytest.mark.usefixtures("marks")
@pytest.mark.parametrize("area", ["classes/", "students/", "exams/", "staff/", ""])
def test_every_page_is_translated_for_everybody_who_opens_it(area: str, school: Cast, client_as: Any) -> None:
    fill(school)
    chosen = rows_of(PAGES, "GET", lambda route: route.startswith(area) if area else is_general(route))
    check(chosen, school, client_as, least=300)


@pytest.mark.usefixtures("marks")
def test_what_a_form_says_when_it_is_sent_empty_is_translated(school: Cast, client_as: Any) -> None:
    fill(school)
    check(rows_of(PAGES, "POST", lambda route: True), school, client_as, least=300)


@pytest.mark.usefixtures("marks")
def test_pages_of_ones_account_are_translated(school: Cast, client_as: Any) -> None:
    pages = [(person, row) for row in ACCOUNTS for person in ("nobody", "gus") if row.expected(person) != 405]
    check(pages, school, client_as, least=300)


@pytest.mark.usefixtures("marks")
def test_jobs_are_translated_in_every_state(school: Cast, client_as: Any) -> None:
    for state in JobState.values:
        Job.objects.create(kind="next_year", title="Move", state=state, requested_by=school.hana, total=3, done=1)
    rows = [Row("GET", "", f"/jobs/{job.pk}/") for job in Job.objects.all()]
    check([("hana", row) for row in (*rows, Row("GET", "", "/jobs/"))], school, client_as, least=100)


@pytest.mark.usefixtures("marks")
@pytest.mark.parametrize("state", ["open", "accepted", "revoked", "expired"])
def test_an_invitation_is_translated_whatever_became_of_it(
    state: str, school: Cast, client_as: Any, settings: Any
) -> None:
    from portal.accounts.invitations import hashed

    now = make.timezone.now()
    facts = {"accepted": {"accepted_at": now}, "revoked": {"revoked_at": now}, "expired": {"expires_at": now}}
    make.make_invitation(school.hana, school.lakeside, token_hash=hashed("token"), **facts.get(state, {}))
    rows = [(person, Row("GET", "", "/invitation/token/")) for person in ("nobody", "gus")]
    check(rows, school, client_as, least=10)
