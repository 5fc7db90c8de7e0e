"""The tour: asked once before the first page with predictions, in the words of staff or of families, signed, and counted."""

import pytest

pytestmark = pytest.mark.django_db


def test_smoke(school, client_as):
    for person in school.people.values():
        for step in "123456x":
            assert client_as(person).get(f"/tour/?step={step}").status_code == 200
    assert client_as(school.hana).get("/tour/who/").status_code == 200
    assert client_as(school.ada).get("/tour/who/").status_code == 403
    assert client_as(school.hana).get("/tour/who.csv").status_code == 200
