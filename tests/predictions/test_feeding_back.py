"""What staff say of predictions: who may, what is kept, and who reads it."""

from typing import Any

import pytest

from portal.audit.models import AccessEvent, AuditEvent
from portal.kit.errors import DomainError, NotAllowed
from predictions.feeding_back import feed_back, mine
from predictions.models import Feedback
from tests.cast import Cast
from tests.predictions.outlooked import of_final

pytestmark = pytest.mark.django_db


def test_of_one_person_the_last_word_counts_and_all_are_kept(school: Cast) -> None:
    (prediction,) = of_final(school, sam=45.0)
    feed_back(prediction, "useful", by=school.ada)
    feed_back(prediction, "wrong", by=school.ada, because=" he was ill in May ")
    said = mine(prediction, by=school.ada)
    assert said is not None
    assert (said.kind, said.because) == ("wrong", "he was ill in May")
    assert Feedback.objects.count() == 2
    assert AuditEvent.objects.filter(verb="feedback given").count() == 2
    assert mine(prediction, by=school.cora) is None


@pytest.mark.parametrize(
    ("kind", "because", "code"),
    [("wrong", " ", "no_reason"), ("super", "", "bad_kind"), ("wrong", "x" * 401, "long_reason")],
)
def test_what_cannot_be_meant_is_refused(school: Cast, kind: str, because: str, code: str) -> None:
    (prediction,) = of_final(school, sam=45.0)
    with pytest.raises(DomainError) as caught:
        feed_back(prediction, kind, by=school.ada, because=because)
    assert caught.value.code == code
    assert not Feedback.objects.exists()


def test_families_and_strangers_have_no_say_here(school: Cast) -> None:
    (prediction,) = of_final(school, sam=45.0)
    for person in (school.gus, school.wanda, school.tom):
        with pytest.raises(NotAllowed):
            feed_back(prediction, "useful", by=person)


def test_the_form_answers_in_its_place_and_without_script_leads_back(school: Cast, client_as: Any) -> None:
    (prediction,) = of_final(school, sam=45.0)
    client, address = client_as(school.ada), f"/predictions/{prediction.pk}/feedback/"
    part = client.post(address, {"kind": "useful"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "You said on" in part.content.decode()
    assert client.post(address, {"kind": "not", "next": "/classes/"}).url == "/classes/"
    refused = client.post(address, {"kind": "wrong", "because": ""})
    assert refused.status_code == 422
    assert "Say in a few words what is wrong" in refused.content.decode()


def test_leaders_read_counts_and_reasons_and_others_do_not(school: Cast, client_as: Any) -> None:
    sams, mias = of_final(school, sam=45.0, mia=70.0)
    feed_back(sams, "useful", by=school.ada)
    feed_back(sams, "wrong", by=school.ada, because="ill in May")
    feed_back(mias, "not", by=school.ada)
    page = client_as(school.hana).get("/models/accuracy/?part=feedback").content.decode()
    assert "What staff said of predictions" in page
    assert "ill in May" in page
    assert AccessEvent.objects.filter(user_id=school.hana.pk, student_id=school.sam.pk).exists()
    for person in (school.otto, school.nils):
        assert "ill in May" not in client_as(person).get("/models/accuracy/?part=feedback").content.decode()
