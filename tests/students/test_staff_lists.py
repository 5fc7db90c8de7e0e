"""Caseloads and invitations: pasted lists are looked over first, then done; and who may do that."""

from datetime import timedelta

import pytest

from portal.accounts.models import Invitation
from students.models import Caseload
from students.roles import Role
from tests import make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def carl(school):
    person = make.make_user("Carl Counsel", "carl@lakeside.example")
    make.make_member(person, school.lakeside, Role.COUNSELLOR)
    return person


# --- caseloads ----------------------------------------------------------------------------------------------
def test_a_pasted_list_comes_onto_a_caseload_after_a_look(school, client_as):
    client = client_as(school.otto)
    address = f"/staff/caseloads/{school.cora.pk}/add/"
    form = {"text": "Lindqvist, Mia\nNobody Known\nSam Okafor", "on": TODAY}
    look = client.post(address, form)
    assert "1 student will be added" in look.text
    assert "Line 2: no student of the school is known as" in look.text
    assert "is with Cora Counsel already" in look.text
    assert Caseload.objects.count() == 1
    done = client.post(address, {**form, "sure": "yes"}, follow=True)
    assert "1 student added. 1 stays as it was." in done.text
    assert "looks after 2 students" in done.text
    back = client.post("/staff/caseloads/undo/", follow=True)
    assert "looks after 1 student" in back.text
    assert client.post("/staff/caseloads/undo/").status_code == 409


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"class_name": "mathematics 9b"}, "1 student will be added"),
        ({"grade": "9"}, "2 students will be added"),
        ({"text": "Mia Lindqvist", "grade": "9"}, "2 students will be added"),
        ({"class_name": "Physics 10A"}, "No class runs by that name."),
        ({}, "Name some students, a class or a grade."),
        ({"grade": "99"}, "Select a valid choice"),
    ],
)
def test_a_class_or_a_grade_stands_for_its_students(school, client_as, form, told):
    page = client_as(school.hana).post(f"/staff/caseloads/{school.cora.pk}/add/", {"on": TODAY, **form})
    assert told in page.text


def test_a_caseload_goes_over_after_a_look(school, client_as, carl):
    client = client_as(school.otto)
    address = f"/staff/caseloads/{school.cora.pk}/"
    form = {"which": "all", "person": carl.pk, "on": NEXT_WEEK}
    assert "1 student goes from Cora Counsel to Carl Counsel" in client.post(address, form).text
    assert client.post(address, {**form, "sure": "yes"}, follow=True).text.count("1 student handed over.") == 1
    assert Caseload.objects.get(counsellor=carl).student == school.sam
    for forged in (school.ada.pk, school.tess.pk, school.cora.pk, "x"):
        assert client.post(address, {**form, "person": forged, "sure": "yes"}).status_code == 422
    theirs = Caseload.objects.get(counsellor=carl).pk
    assert client.post(address, {**form, "which": "chosen", "row": theirs}).status_code == 422


# --- invitations --------------------------------------------------------------------------------------------
def invite(client, **facts):
    form = {"role": "teacher", "starts": TODAY, "addresses": "", **facts}
    return client.post("/staff/invitations/new/", form)


def test_good_lines_are_sent_after_a_look_and_bad_ones_are_told(
    school, client_as, mailoutbox, django_capture_on_commit_callbacks
):
    make.make_invitation(school.hana, school.lakeside, email="asked@x.example")
    lines = "Pia New <Pia@x.example>\nnot an address\nada@lakeside.example\nasked@x.example\npia@x.example\nq@x.example"
    client = client_as(school.otto)
    with django_capture_on_commit_callbacks(execute=True):
        look = invite(client, addresses=lines)
    assert "2 people will be invited as a teacher" in look.text
    for sentence in (
        "Line 2: “not an address” is not an e-mail address.",
        "Line 3: ada@lakeside.example has this role in the school already.",
        "Line 4: asked@x.example has an open invitation already.",
        "Line 5: pia@x.example stands on line 1 already.",
    ):
        assert sentence in look.text
    assert mailoutbox == []
    with django_capture_on_commit_callbacks(execute=True):
        assert invite(client, addresses=lines, sure="yes").status_code == 302
    assert sorted(mail.to[0] for mail in mailoutbox) == ["pia@x.example", "q@x.example"]
    assert Invitation.objects.get(email="pia@x.example").name == "Pia New"


def test_a_guardian_is_invited_for_a_student(school, client_as):
    client = client_as(school.otto)
    told = invite(client, role="guardian", addresses="gran@x.example", sure="yes")
    assert "Say whose guardian this is" in told.text
    for stranger in ("Wim Verlaine", f"#{school.wim.pk}"):
        answer = invite(client, role="guardian", addresses="gran@x.example", students=stranger, sure="yes")
        assert answer.status_code == 422
    invite(client, role="guardian", addresses="gran@x.example", students="Sam Okafor\nMia Lindqvist", sure="yes")
    assert Invitation.objects.get().facts == {"students": [school.sam.pk, school.mia.pk]}


@pytest.mark.parametrize(
    "facts",
    [
        {"role": "leader"}, {"role": "office"}, {"role": "analyst"}, {"role": "x"}, {"addresses": " \n "},
        {"starts": "x"}, {"ends": make.YESTERDAY}, {"students": "Sam Okafor"}, {"addresses": "a@x.example\n" * 101},
        {"addresses": "\x00"}, {"role": "student"}, {"role": "student", "students": "Sam Okafor\nMia Lindqvist"},
    ],
)  # fmt: skip
def test_what_the_office_may_not_or_cannot_invite_is_refused(school, client_as, facts):
    answer = invite(client_as(school.otto), **{"addresses": "new@x.example", "sure": "yes", **facts})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_invitations_are_sent_again_and_withdrawn_by_who_may_give_the_role(school, client_as):
    mine = make.make_invitation(school.hana, school.lakeside)
    high = make.make_invitation(school.hana, school.lakeside, email="head@x.example", role=Role.LEADER)
    client = client_as(school.otto)
    page = client.get("/staff/invitations/").text
    assert "newcomer@lakeside.example" in page
    assert f"/staff/invitations/{high.pk}/again/" not in page
    for address in (f"/staff/invitations/{high.pk}/again/", f"/staff/invitations/{high.pk}/revoke/"):
        assert client.post(address).status_code == 403
        assert client_as(school.wanda).post(address).status_code == 404
    assert client.post(f"/staff/invitations/{mine.pk}/again/").status_code == 302
    assert client.get(f"/staff/invitations/{mine.pk}/revoke/").status_code == 200
    assert client.post(f"/staff/invitations/{mine.pk}/revoke/").status_code == 302
    assert client.post(f"/staff/invitations/{mine.pk}/revoke/").status_code == 409
    assert "newcomer@lakeside.example" in client.get("/staff/invitations/?state=revoked").text
    assert "newcomer@lakeside.example" not in client.get("/staff/invitations/?state=%00").text
