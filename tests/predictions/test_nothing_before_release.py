"""Before release nothing of a prediction reaches a family, by whatever door: each address there is, as page, part and data."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from portal.audit.record import looked
from predictions import releasing
from predictions.models import Judgement
from students.roles import Role
from tests import make
from tests.cast import Cast
from tests.house.matrix import ACCOUNTS, NO_JOB, PAGES, Row
from tests.house.matrix_api import API
from tests.house.matrix_families import family_rows
from tests.house.matrix_help import help_rows
from tests.house.matrix_measures import measure_rows
from tests.house.matrix_models import MODELS
from tests.house.matrix_office import office_rows
from tests.house.matrix_paper import PAPER
from tests.house.test_access_matrix import all_routes
from tests.predictions.measured import make_scoring, say
from tests.predictions.released import make_plain_version

# Figures that stand nowhere else: score, both ends of both ranges, an estimate of the teacher, and her reason.
SCORE, WIDTH = 67.31, 18.62
FIGURES = ("67.3", "67,3", "58.0", "76.6", "48.69", "85.93", "71.77", "Because of the mock exam")
WORDS = re.compile(r"predict|probably between|outlook for|pass mark of|chance of|forecast|estimate", re.IGNORECASE)
# What the portal says of itself to everybody, and the tour, which explains in general what a prediction is.
GENERAL = re.compile(
    r"Outlook for what|Nothing was released yet.*?</div>|What the school released of exams ahead.*?</p>"
    r"|How to read predictions|What is not released.*?</p>", re.DOTALL,
)  # fmt: skip
EXPLAINS = ("/tour/", "/api/v1/schema", "/api/v1/docs")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def everything(cast: Cast) -> list[Row]:
    """Every address that is read, of all families of rows; those of what was released before it is taken back again."""
    rows = [*PAGES, *PAPER, *MODELS, *ACCOUNTS, *API]
    rows += [*measure_rows(cast), *help_rows(cast), *family_rows(cast), *office_rows(cast)]
    releasing.take_back(releasing.released(cast.final, cast.maths), by=cast.hana)
    cast.sam.review_requests.all().delete()
    return [row for row in rows if row.method == "GET" and "logout" not in row.route]


def predict_with_figures(cast: Cast) -> None:
    """Sam and Mia, in the final and in a test that is over; with an estimate, a look of the teacher and a review denied."""
    for exam in (cast.final, cast.test):
        run = make_scoring(cast.lakeside, make_plain_version(cast), [exam], as_of=min(make.TODAY, exam.day))
        say(run, exam, [cast.sam, cast.mia], [SCORE, SCORE], width=WIDTH)
        for student in (cast.sam, cast.mia):
            Judgement.objects.create(exam=exam, student=student, by=cast.ada, percent="71.77", reason=FIGURES[-1])
    looked(cast.ada, [cast.sam, cast.mia], role=Role.TEACHER, what="outlook", door="page")


def addresses(cast: Cast) -> list[str]:
    """Those of the matrix, and every route there is, filled with the class, the exam and the children themselves."""
    own = [f"/students/{each.pk}/" for each in (cast.sam, cast.mia)]
    more = ["/search/?q=final", "/search/?q=67", "/?part=school", *filled(cast)]
    return [*dict.fromkeys([row.path(cast) for row in everything(cast)] + own + more)]


def filled(cast: Cast) -> Iterator[str]:
    first = {"classes": [cast.maths.pk], "exams": [cast.final.pk, cast.test.pk], "students": [cast.sam.pk, cast.mia.pk]}
    for route in all_routes():
        if "^" in route or "logout" in route:
            continue
        keys = first.get(route.split("/")[0]) or first.get(
            route.removeprefix("api/v1/").split("/")[0], [1, cast.sam.pk]
        )
        for student in (cast.sam.pk, cast.mia.pk):
            for key in keys:
                path = re.sub(r"<(?:int|str|slug):(?:student|student_pk)>", str(student), route)
                path = re.sub(r"<int:(?:exam|exam_pk)>", str(cast.final.pk), path)
                path = path.replace("<int:pk>", str(key)).replace("<int:class_pk>", str(cast.maths.pk))
                yield "/" + re.sub(r"<uuid:\w+>", NO_JOB, re.sub(r"<(?:int|str|slug|path):\w+>|<\w+>", "1", path))


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def told(address: str, text: str, status: int = 200) -> list[str]:
    """Figures in whatever is answered, words on whatever is opened: a refusal may say what a page would be about."""
    found = [figure for figure in FIGURES if figure in text]
    if status == 200 and not address.startswith(EXPLAINS):
        visible = re.sub(r"<[^>]*>", " ", GENERAL.sub("", text))
        found += WORDS.findall(visible)
    return found


@pytest.mark.parametrize("person", ["gus", "mina"])
@pytest.mark.parametrize(
    "headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}], ids=["page", "part", "data"]
)
def test_no_address_tells_a_family_anything(school: Cast, person: str, headers: dict[str, str]) -> None:
    asked = addresses(school)
    predict_with_figures(school)
    client = Client(raise_request_exception=False)
    client.force_login(getattr(school, person), backend=BACKEND)
    leaks, opened = [], 0
    for address in asked:
        cache.clear()
        response = client.get(address, headers=headers)
        opened += response.status_code == 200
        leaks += [f"{address}: {word}" for word in told(address, body_of(response), response.status_code)]
    assert leaks == [], "\n".join(leaks)
    assert opened > 12  # the walk did go somewhere


def test_the_walk_would_notice(school: Cast) -> None:
    """The same look at what a teacher reads finds the figures, so that silence above means something."""
    predict_with_figures(school)
    releasing.release(school.final, school.maths, by=school.ada, on=make.TODAY, at=school.final.created_at)
    client = Client()
    client.force_login(school.gus, backend=BACKEND)
    page = body_of(client.get(f"/my/outlook/{school.sam.pk}/{school.final.pk}/"))
    assert [word for word in told("", page) if word.lower() in ("probably between", "pass mark of", "estimate")]


def test_no_mail_leaves_for_a_family_when_something_is_predicted_or_released(school: Cast, mailoutbox) -> None:
    predict_with_figures(school)
    releasing.release(school.final, school.maths, by=school.ada, on=make.TODAY, at=school.final.created_at)
    assert mailoutbox == []
