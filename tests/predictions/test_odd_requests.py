"""What nobody would type: keys that no database holds, addresses that are none, and who is both teacher and parent."""

from typing import Any

import pytest
from django.utils import timezone

from predictions import releasing
from predictions.models import Feedback, Prediction
from predictions.web.toured import LATER
from students.roles import Role
from tests import make
from tests.cast import Cast
from tests.predictions.outlooked import of_final

pytestmark = pytest.mark.django_db
HUGE = 2**63
HTMX = {"HX-Request": "true"}


def browser(client_as: Any, person: Any) -> Any:
    client = client_as(person)
    session = client.session
    session[LATER] = True
    session.save()
    return client


def give(school: Cast) -> None:
    of_final(school, sam=55.0, mia=70.0)
    releasing.release(school.final, school.maths, by=school.ada, on=make.TODAY, at=timezone.now())


def test_a_key_that_no_database_holds_is_not_found(school: Cast, client_as: Any) -> None:
    give(school)
    assert browser(client_as, school.ada).get(f"/students/{school.sam.pk}/outlook/{HUGE}/letter.pdf").status_code == 404
    assert browser(client_as, school.gus).get(f"/my/outlook/{school.sam.pk}/{HUGE}/").status_code == 404
    assert browser(client_as, school.hana).get(f"/models/accuracy/exams/{HUGE}/").status_code == 404


@pytest.mark.parametrize("wanted", ["nonsense", "//[", "//elsewhere.example/", "javascript:alert(1)"])
def test_who_is_sent_nowhere_comes_to_a_page_of_the_portal(school: Cast, client_as: Any, wanted: str) -> None:
    client = browser(client_as, school.ada)
    assert client.post("/tour/later/", {"next": wanted})["Location"] == "/"
    assert client.post("/classes/outlook/columns/", {"back": wanted})["Location"] == "/classes/"


def test_what_cannot_be_stored_is_refused_with_a_sentence(school: Cast, client_as: Any) -> None:
    sams, _mias = of_final(school, sam=55.0, mia=70.0)
    told = {"kind": "wrong", "because": "a\x00b"}
    assert browser(client_as, school.ada).post(f"/predictions/{sams.pk}/feedback/", told).status_code == 422
    assert not Feedback.objects.exists()


def test_figures_over_json_are_kept_by_no_browser(school: Cast, client_as: Any) -> None:
    of_final(school, sam=55.0, mia=70.0)
    for place in (f"classes/{school.maths.pk}", f"students/{school.sam.pk}"):
        assert "no-store" in client_as(school.ada).get(f"/api/v1/{place}/predictions/")["Cache-Control"]


def test_a_teacher_of_others_sees_an_own_child_on_no_page_for_staff(school: Cast, client_as: Any) -> None:
    """Tom teaches art and is Sam's guardian: what was released of Sam in mathematics stands on the family's page."""
    make.make_teaching(school.tom, school.art)
    make.make_member(school.tom, school.lakeside, Role.GUARDIAN)
    make.make_guardianship(school.tom, school.sam)
    give(school)
    assert Prediction.objects.visible_to(school.tom).filter(student=school.sam).exists()
    tom = browser(client_as, school.tom)
    place = f"/classes/{school.maths.pk}/outlook/{school.final.pk}/"
    for address in (place, f"{place}outlook.csv", f"/api/v1/classes/{school.maths.pk}/predictions/"):
        assert "Sam Okafor" not in tom.get(address).text
    assert tom.get(f"{place}students/{school.sam.pk}/", headers=HTMX).status_code == 404
    assert tom.get(f"{place}letters.pdf").status_code == 409
    assert tom.get(f"/students/{school.sam.pk}/outlook/{school.final.pk}/letter.pdf").status_code == 404
    assert "Probably between" in tom.get(f"/my/outlook/{school.sam.pk}/{school.final.pk}/").text
