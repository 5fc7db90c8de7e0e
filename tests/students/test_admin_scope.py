"""Somebody of the school next door, with every trick an admin's address bar and forms allow."""

from typing import Any

import pytest

from portal.accounts.models import Invitation, User
from portal.audit.models import AccessEvent, AuditEvent, Change
from students import models
from students.models import Demographics, Enrolment, Membership, Result, SchoolClass, Student, Teaching
from tests import make
from tests.cast import Cast
from tests.students.office import address, errors_of, filled, registered, save

NAMES = ("Okafor", "Lindqvist", "Abara", "Hansen", "Ada Marsh", "Gus Guardian", "Mathematics 9B", "Algebra")


def _silent(text: str) -> None:
    assert [name for name in NAMES if name in text] == []


@pytest.mark.parametrize("model", registered(), ids=lambda model: model.__name__)
def test_no_list_shows_anything_of_the_school_next_door(school: Cast, client_as: Any, model: Any) -> None:
    _silent(client_as(school.wanda).get(address(model)).text)


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_no_record_of_the_school_next_door_opens_by_its_number(school: Cast, client_as: Any, page: str) -> None:
    client = client_as(school.wanda)
    records = [school.sam, school.maths, school.test, school.ada, school.lakeside, Result.objects.first(),
               Enrolment.objects.first(), Teaching.objects.first(), Membership.objects.get(user=school.hana)]  # fmt: skip
    for record in records:
        answer = client.get(address(type(record), page, record.pk))
        assert answer.status_code in (403, 404), record
        _silent(answer.text)


def test_nothing_of_the_school_next_door_can_be_saved(school: Cast, client_as: Any) -> None:
    place = address(Student, "change", school.sam.pk)
    data = filled(client_as(school.otto).get(place)) | {"given_name": "Stolen"}
    assert client_as(school.wanda).post(place, data).status_code in (403, 404)
    school.sam.refresh_from_db()
    assert school.sam.given_name == "Sam"


CHOICES = [("students", "enrolment", "student"), ("students", "enrolment", "school_class"), ("students", "result", "exam"),
           ("students", "membership", "user"), ("students", "membership", "school"), ("students", "term", "parent"),
           ("students", "student", "account"), ("students", "subject", "grade_scale"), ("students", "guardianship", "guardian"),
           ("admin", "logentry", "user"), ("jobs", "job", "requested_by")]  # fmt: skip


@pytest.mark.parametrize("source", CHOICES, ids="-".join)
def test_typing_into_a_field_offers_nobody_from_next_door(
    school: Cast, client_as: Any, source: tuple[str, ...]
) -> None:
    facts = dict(zip(("app_label", "model_name", "field_name"), source, strict=True))
    for term in ("", "a", "sam", "ada@lakeside.example", "Math", "Lakeside"):
        answer = client_as(school.wanda).get("/office/autocomplete/", facts | {"term": term})
        assert answer.status_code == 200
        _silent(answer.text)
        assert "Lakeside" not in answer.text


def test_those_who_keep_no_school_get_no_choices_at_all(school: Cast, client_as: Any) -> None:
    facts = {"app_label": "students", "model_name": "enrolment", "field_name": "student", "term": ""}
    for person in (school.ada, school.gus, school.nils):
        assert client_as(person).get("/office/autocomplete/", facts).status_code == 403


@pytest.mark.parametrize(
    "question",
    ["student__school__id__exact=1", "account__email__startswith=m", "guardianships__guardian__name__startswith=G",
     "demographics__gender=female", "demographics__isnull=True", "birth_date__lt=2010-01-01", "_to_field=external_id"],
)  # fmt: skip
def test_the_address_bar_answers_no_questions_of_its_own(school: Cast, client_as: Any, question: str) -> None:
    answer = client_as(school.otto).get(f"{address(Student)}?{question}")
    assert answer.status_code == 400


def test_filters_offer_and_accept_only_ones_own_school(school: Cast, client_as: Any) -> None:
    client = client_as(school.wanda)
    lakeside_term = school.maths.term_id
    _silent(client.get(address(SchoolClass), {"term": lakeside_term}).text)
    _silent(client.get(address(Student), {"school": school.lakeside.pk}).text)
    _silent(client.get(address(Result), {"student__exact": school.sam.pk}).text)
    assert school.maths.term.name not in client.get(address(SchoolClass)).text


@pytest.mark.parametrize("field", ["student", "school_class"])
def test_a_new_record_cannot_name_somebody_from_next_door(school: Cast, client_as: Any, field: str) -> None:
    data = {"student": school.wim.pk, "school_class": school.next_door.pk, "starts": make.TODAY}
    data[field] = {"student": school.sam.pk, "school_class": school.maths.pk}[field]
    before = Enrolment.objects.count()
    answer = client_as(school.wanda).post(address(Enrolment, "add"), data)
    assert answer.status_code == 200
    assert "valid choice" in errors_of(answer)
    _silent(answer.text)
    assert Enrolment.objects.count() == before


def test_a_student_cannot_be_put_into_another_school(school: Cast, client_as: Any) -> None:
    facts = {"school": school.lakeside.pk, "given_name": "New", "family_name": "Pupil", "grade_level": 9}
    empty = {f"{name}-{end}_FORMS": 0 for name in ("enrolments", "guardianships", "participations")
             for end in ("TOTAL", "INITIAL")}  # fmt: skip
    answer = client_as(school.wanda).post(
        address(Student, "add"), facts | empty | {"status": "enrolled", "starts": make.TODAY}
    )
    assert "valid choice" in errors_of(answer)
    save(client_as(school.wanda), school.wim, school=school.lakeside.pk)
    school.wim.refresh_from_db()
    assert school.wim.school == school.hillside


def test_rows_inside_a_form_cannot_reach_next_door(school: Cast, client_as: Any) -> None:
    client = client_as(school.wanda)
    stolen = Enrolment.objects.get(student=school.sam)
    place = address(SchoolClass, "change", school.next_door.pk)
    data = filled(client.get(place))
    own = data["enrolments-0-id"]
    answer = client.post(place, data | {"enrolments-0-id": stolen.pk, "enrolments-0-ends": make.TODAY}, follow=True)
    _silent(answer.content.decode())
    stolen.refresh_from_db()
    assert stolen.ends is None
    new = {"enrolments-TOTAL_FORMS": 2, "enrolments-1-student": school.sam.pk, "enrolments-1-starts": make.TODAY}
    answer = client.post(place, data | new)
    assert answer.status_code == 200
    _silent(answer.text)
    assert Enrolment.objects.filter(school_class=school.next_door).values_list("pk", flat=True).get() == int(own)


@pytest.mark.parametrize("action", ["enrol", "end_enrolments", "download_students"])
def test_actions_do_not_take_numbers_from_next_door(school: Cast, client_as: Any, action: str) -> None:
    facts = {"action": action, "_selected_action": [school.sam.pk, school.wim.pk], "step": "do", "on": make.TODAY}
    answer = client_as(school.wanda).post(address(Student), facts | {"school_class": school.next_door.pk}, follow=True)
    assert answer.status_code == 200
    _silent(answer.content.decode())
    assert Enrolment.objects.get(student=school.sam).ends is None


def test_an_action_cannot_enrol_into_a_class_next_door(school: Cast, client_as: Any) -> None:
    facts = {"action": "enrol", "_selected_action": [school.wim.pk], "step": "do", "on": make.TODAY}
    answer = client_as(school.wanda).post(address(Student), facts | {"school_class": school.maths.pk})
    assert "valid choice" in answer.text
    assert not Enrolment.objects.filter(student=school.wim, school_class=school.maths).exists()


def test_the_office_cannot_make_itself_a_leader(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    facts = {"user": school.otto.pk, "school": school.lakeside.pk, "role": "leader", "starts": make.TODAY}
    answer = client.post(address(Membership, "add"), facts)
    assert answer.status_code == 200
    assert "Only a leader of Lakeside School makes somebody a leader" in answer.text
    own = Membership.objects.get(user=school.otto)
    answer = save(client, own, sees_demographics="on")
    assert "Only a leader" in answer.text
    assert not Membership.objects.filter(user=school.otto).exclude(role="office", sees_demographics=False).exists()
    hers = Membership.objects.get(user=school.hana)
    assert "Only a leader" in save(client, hers, ends=make.YESTERDAY).text


def test_a_leader_gives_a_role_and_the_audit_knows(school: Cast, client_as: Any) -> None:
    facts = {"user": school.gus.pk, "school": school.lakeside.pk, "role": "office", "starts": make.TODAY}
    assert client_as(school.hana).post(address(Membership, "add"), facts).status_code == 302
    made = Membership.objects.get(user=school.gus, role="office")
    event = AuditEvent.objects.filter(verb="role granted").get()
    assert (event.actor_id, event.target_id) == (school.hana.pk, made.pk)


def test_a_role_is_not_given_to_a_stranger_by_number(school: Cast, client_as: Any) -> None:
    facts = {"user": school.wanda.pk, "school": school.lakeside.pk, "role": "teacher", "starts": make.TODAY}
    answer = client_as(school.hana).post(address(Membership, "add"), facts)
    assert "valid choice" in errors_of(answer)
    assert "Wanda" not in answer.text


def test_protected_facts_need_their_own_right(school: Cast, client_as: Any) -> None:
    client = client_as(school.hana)
    assert client.get(address(Demographics)).status_code == 403
    assert "Protected facts" not in client.get(address(Student, "change", school.sam.pk)).text
    Membership.objects.filter(user=school.hana).update(sees_demographics=True)
    page = client.get(address(Demographics, "change", school.sam.pk))
    assert "female" in page.text
    assert AccessEvent.objects.filter(what="demographics", student_id=school.sam.pk, user_id=school.hana.pk).exists()


def test_protected_values_do_not_leak_through_the_list_of_changes(school: Cast, client_as: Any) -> None:
    save(client_as(school.root), school.sam.demographics, gender="male")
    change = Change.objects.get(model="students.Demographics")
    client = client_as(school.hana)
    assert client.get(address(Change, "change", change.pk)).status_code == 404
    assert "students.Demographics" not in client.get(address(Change)).text


def test_a_protected_observation_is_not_written_by_who_may_not_see_it(school: Cast, client_as: Any) -> None:
    income = make.make_indicator(school.lakeside, "Income", is_protected=True)
    facts = {"student": school.sam.pk, "indicator": income.pk, "day": make.TODAY, "number": 3}
    answer = client_as(school.otto).post(address(models.Observation, "add"), facts)
    assert "you may not change" in answer.text
    assert not models.Observation.objects.exists()


def test_only_a_leader_opens_a_protected_indicator_to_others(school: Cast, client_as: Any) -> None:
    income = make.make_indicator(school.lakeside, "Income", is_protected=True)
    place = address(models.Observation, "change", make.make_observation(school.sam, income).pk)
    assert "Only a leader" in save(client_as(school.otto), income, is_protected="").text
    assert client_as(school.otto).get(place).status_code == 404
    assert save(client_as(school.otto), income, name="Household income").status_code == 302
    assert save(client_as(school.hana), income, is_protected="").status_code == 302
    assert client_as(school.otto).get(place).status_code == 200


def test_people_and_marks_are_never_deleted(school: Cast, client_as: Any) -> None:
    for person in (school.hana, school.root):
        client = client_as(person)
        for record in (school.sam, Result.objects.first(), models.AttendanceMark.objects.first(), school.ada):
            assert client.post(address(type(record), "delete", record.pk), {"post": "yes"}).status_code == 403
            assert type(record).objects.filter(pk=record.pk).exists()
        answer = client.post(address(Student), {"action": "delete_selected", "_selected_action": [school.sam.pk]})
        assert answer.status_code == 302
        assert Student.objects.filter(pk=school.sam.pk).exists()


def test_the_audit_cannot_be_written(school: Cast, client_as: Any) -> None:
    client_as(school.root).get(address(Student))
    event = AuditEvent.objects.first()
    for page in ("change", "delete"):
        assert client_as(school.root).post(address(AuditEvent, page, event.pk), {"verb": "x"}).status_code == 403


def test_a_leader_reads_the_trail_of_their_school_only(school: Cast, client_as: Any) -> None:
    client_as(school.hana).get(address(Student, "change", school.sam.pk))
    event = AccessEvent.objects.get()
    assert (event.role, event.door, event.student_id) == ("leader", "admin", school.sam.pk)
    assert "Sam Okafor" in client_as(school.hana).get(address(AccessEvent)).text
    assert client_as(school.wanda).get(address(AccessEvent, "change", event.pk)).status_code == 404


def test_a_superuser_leaves_traces_like_anybody_else(school: Cast, client_as: Any) -> None:
    client = client_as(school.root)
    client.get(address(Student, "change", school.wim.pk))
    client.get(address(Student, "history", school.wim.pk))
    assert [(e.role, e.what) for e in AccessEvent.objects.order_by("pk")] == [
        ("superuser", "record"), ("superuser", "record history"),
    ]  # fmt: skip
    client.get(address(Student), {"q": "Wim"})
    event = AuditEvent.objects.get(verb="listed record")
    assert event.facts["searched"] is True
    assert "Wim" not in str(event.facts)


def test_a_record_shown_again_with_an_error_leaves_a_trace_too(school: Cast, client_as: Any) -> None:
    data = filled(client_as(school.hana).get(address(Student, "change", school.mia.pk)))
    AccessEvent.objects.all().purge_before("2099-01-01T00:00Z")
    answer = client_as(school.otto).post(address(Student, "change", school.mia.pk), data | {"given_name": ""})
    assert "Lindqvist" in answer.text
    assert AccessEvent.objects.get().student_id == school.mia.pk


def test_an_invitation_is_sent_for_ones_own_school_alone(school: Cast, client_as: Any) -> None:
    facts = {"school": school.lakeside.pk, "email": "new@x.example", "role": "guardian", "starts": make.TODAY}
    strange = client_as(school.wanda).post(address(Invitation, "add"), facts)
    assert "valid choice" in errors_of(strange)
    theirs = client_as(school.otto).post(address(Invitation, "add"), facts | {"students": [school.wim.pk]})
    assert "valid choice" in errors_of(theirs)
    assert "Wim" not in theirs.text
    leader = client_as(school.otto).post(address(Invitation, "add"), facts | {"role": "leader"})
    assert "Only a leader" in leader.text
    assert not Invitation.objects.exists()
    good = client_as(school.otto).post(address(Invitation, "add"), facts | {"students": [school.sam.pk]})
    assert good.status_code == 302
    assert Invitation.objects.get().facts == {"students": [school.sam.pk]}


def test_accounts_are_looked_up_by_the_office_and_changed_by_a_superuser(school: Cast, client_as: Any) -> None:
    place = address(User, "change", school.ada.pk)
    page = client_as(school.otto).get(place)
    assert "Ada Marsh" in page.text
    assert "superuser" not in page.text
    assert client_as(school.otto).post(place, {"name": "X", "is_superuser": "on"}).status_code == 403
    assert save(client_as(school.root), school.ada, name="Ada M. Marsh").status_code == 302
    school.ada.refresh_from_db()
    assert (school.ada.name, school.ada.email) == ("Ada M. Marsh", "ada@lakeside.example")
