"""Inviting, accepting, withdrawing, sending again: the only way into Foremark."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import invitations
from portal.accounts.models import Invitation, User
from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, NotAllowed
from students.models import Membership
from students.roles import Role
from tests.make import PASSWORD, TODAY

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def invited(school, mailoutbox, django_capture_on_commit_callbacks):
    """Hana invites Pia as a teacher; gives the invitation and the path of its link."""

    def invite(email: str = "Pia@lakeside.example", **facts):
        wish = {"name": "Pia Newcomer", "school_id": school.lakeside.pk, "role": Role.TEACHER, "starts": TODAY, **facts}
        with django_capture_on_commit_callbacks(execute=True):
            invitation = invitations.invite(by=school.hana, email=email, **wish)
        return invitation, path_in(mailoutbox[-1])

    return invite


def path_in(mail) -> str:
    found = re.search(r"http://\S+?(/invitation/\S+)", mail.body)
    assert found, mail.body
    return found.group(1)


def join(path: str, client: Client | None = None, **facts):
    client = client or Client()
    page = client.post(path, follow=True)
    form = {"name": "Pia Newcomer", "password1": PASSWORD, "password2": PASSWORD, **facts}
    return client, client.post(page.request["PATH_INFO"], form)


def roles_of(email: str) -> list[str]:
    return list(Membership.objects.filter(user__email=email).values_list("role", flat=True))


def test_the_mail_tells_who_invites_to_which_school_as_what(school, invited, mailoutbox):
    invited()
    (mail,) = mailoutbox
    assert mail.to == ["pia@lakeside.example"]
    assert mail.subject == "Lakeside School invites you to Foremark"
    html = mail.alternatives[0].content
    for text in (mail.body, html):
        assert "Hana Leitner" in text
        assert "Lakeside School" in text
        assert "teacher" in text
    assert path_in(mail) in html


def test_only_the_hash_of_the_token_is_stored(school, invited):
    invitation, path = invited()
    token = path.strip("/").rpartition("/")[2]
    assert len(token) >= 43
    stored = str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert token not in stored
    assert invitations.hashed(token) in stored
    assert token not in str(list(AuditEvent.objects.values()))


def test_pia_joins_and_is_a_teacher_at_once(school, invited):
    invitation, path = invited()
    assert "Hana Leitner" in Client().get(path).text
    client, page = join(path)
    assert page.status_code == 302
    assert client.get(reverse("profile")).status_code == 200
    assert roles_of("pia@lakeside.example") == [Role.TEACHER]
    invitation.refresh_from_db()
    assert invitation.accepted_by.name == "Pia Newcomer"
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"invited", "joined", "invitation accepted", "role granted", "signed in"} <= verbs


def test_the_address_is_the_one_of_the_invitation_whatever_the_browser_posts(school, invited):
    _, path = invited()
    join(path, email="mallory@evil.example")
    assert User.objects.filter(email="pia@lakeside.example").exists()
    assert not User.objects.filter(email__contains="mallory").exists()


def test_a_weak_password_opens_no_account(school, invited):
    _, path = invited()
    _, page = join(path, password1="1234", password2="1234")
    assert "too short" in page.text
    assert not User.objects.filter(email="pia@lakeside.example").exists()


def test_a_link_works_once(school, invited):
    _, path = invited()
    join(path)
    page = Client().get(path)
    assert page.status_code == 410
    assert "Accepted already" in page.text
    assert "By invitation only" in join(path)[1].text or join(path)[1].status_code == 410
    assert User.objects.filter(email="pia@lakeside.example").count() == 1


def test_an_expired_a_withdrawn_and_an_unknown_link_say_what_to_do(school, invited):
    expired, path = invited()
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    page = Client().get(path)
    assert page.status_code == 410
    assert "send it again" in page.text
    withdrawn, path = invited("paul@lakeside.example")
    invitations.revoke(withdrawn, by=school.hana)
    page = Client().get(path)
    assert page.status_code == 410
    assert "withdrawn" in page.text
    page = Client().get(reverse("accept_invitation", args=["x" * 43]))
    assert page.status_code == 404
    assert "latest mail" in page.text


def test_an_invitation_withdrawn_meanwhile_closes_the_form_that_is_open(school, invited):
    invitation, path = invited()
    client = Client()
    client.post(path)
    invitations.revoke(invitation, by=school.hana)
    page = client.post(reverse("account_signup"), {"name": "Pia", "password1": PASSWORD, "password2": PASSWORD})
    assert "By invitation only" in page.text
    assert not User.objects.filter(email="pia@lakeside.example").exists()


def test_sent_again_has_a_new_link_and_the_old_one_is_dead(
    school, invited, mailoutbox, django_capture_on_commit_callbacks
):
    invitation, old = invited()
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        invitations.resend(invitation, by=school.otto)
    assert Client().get(old).status_code == 404
    assert Client().get(path_in(mailoutbox[-1])).status_code == 200


def test_the_same_seat_is_not_kept_twice(school, invited):
    invited()
    with pytest.raises(Conflict):
        invited()
    invited(role=Role.OFFICE)


def test_an_accepted_invitation_is_neither_withdrawn_nor_sent_again(school, invited):
    invitation, path = invited()
    join(path)
    for act in (invitations.revoke, invitations.resend):
        with pytest.raises(Conflict):
            act(invitation, by=school.hana)


def test_accepting_twice_changes_nothing_and_nobody_else_can(school, invited):
    invitation, path = invited()
    join(path)
    pia = User.objects.get(email="pia@lakeside.example")
    invitations.accept(invitation, pia, TODAY)
    assert roles_of(pia.email) == [Role.TEACHER]
    with pytest.raises(NotAllowed):
        invitations.accept(invitation, school.ada, TODAY)


def test_ada_who_has_an_account_accepts_a_second_role_by_signing_in(school, invited):
    _, path = invited("ada@lakeside.example", role=Role.COUNSELLOR)
    client = Client()
    page = client.get(path)
    assert "Sign in and accept" in page.text
    assert client.post(path)["Location"] == reverse("account_login")
    client.post(reverse("account_login"), {"login": "ada@lakeside.example", "password": PASSWORD})
    assert sorted(roles_of("ada@lakeside.example")) == [Role.COUNSELLOR, Role.TEACHER]


def test_ada_who_is_signed_in_accepts_with_one_press(school, invited, client_as):
    _, path = invited("ada@lakeside.example", role=Role.COUNSELLOR)
    client = client_as(school.ada)
    client.get(path)
    assert roles_of("ada@lakeside.example") == [Role.TEACHER], "looking is not accepting"
    client.post(path)
    assert Role.COUNSELLOR in roles_of("ada@lakeside.example")


def test_somebody_else_who_is_signed_in_cannot_accept(school, invited, client_as):
    _, path = invited()
    client = client_as(school.tess)
    assert "signed in as tess@" in client.get(path).text
    assert client.post(path).status_code == 403
    assert roles_of("pia@lakeside.example") == []
    assert "seat" not in roles_of(school.tess.email)


def test_a_link_kept_in_the_browser_does_not_give_its_role_to_whoever_signs_in(school, invited):
    _, path = invited()
    client = Client()
    client.post(path)
    client.post(reverse("account_login"), {"login": school.tess.email, "password": PASSWORD})
    assert client.get(reverse("profile")).status_code == 200
    assert roles_of(school.tess.email) == [Role.TEACHER]
    assert Membership.objects.get(user=school.tess).school == school.hillside


def test_a_mail_server_that_is_away_does_not_undo_the_invitation(school, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    wish = {"name": "", "school_id": school.lakeside.pk, "role": Role.TEACHER, "starts": TODAY}
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invitations.invite(by=school.hana, email="pia@lakeside.example", **wish)
    assert Invitation.objects.filter(pk=invitation.pk).exists()


def test_an_invitation_holds_only_while_who_sent_it_may_give_the_role(school):
    wish = {"email": school.ada.email, "name": "", "school_id": school.lakeside.pk, "starts": TODAY}
    for inviter, role in ((school.root, Role.LEADER), (school.hana, Role.OFFICE), (school.otto, Role.COUNSELLOR)):
        invitation = invitations.invite(by=inviter, role=role, **wish)
        inviter.is_active = False
        inviter.save()
        invitation.refresh_from_db()
        with pytest.raises(NotAllowed):
            invitations.accept(invitation, school.ada, TODAY)
    assert roles_of(school.ada.email) == [Role.TEACHER]
