"""Staff pages at their edges: classes that are over, roles that end and stay, caseloads of one day, searches amid a form."""

from datetime import timedelta

import pytest
from django.utils.formats import date_format

from portal.audit.models import AccessEvent
from portal.kit.errors import Conflict, DomainError, NotAllowed
from students import handing_over, staffing
from students.models import Caseload, Membership, Teaching
from students.roles import Role
from students.summaries.ending import what_ends
from tests import make

pytestmark = pytest.mark.django_db
TODAY, DAY = make.TODAY, timedelta(days=1)
TOMORROW, NEXT_WEEK = TODAY + DAY, TODAY + 7 * DAY


def told(day):
    return date_format(day, "j F Y")


def text_of(answer):
    return " ".join(answer.text.split())


@pytest.fixture
def ben(school):
    person = make.make_user("Ben Second", "ben@lakeside.example")
    make.make_member(person, school.lakeside, Role.TEACHER)
    return person


@pytest.fixture
def carl(school):
    person = make.make_user("Carl Counsel", "carl@lakeside.example")
    make.make_member(person, school.lakeside, Role.COUNSELLOR)
    return person


@pytest.fixture
def over(school):
    """A class whose term has ended, with a teacher whose days were left open."""
    term = make.make_term(school.lakeside, starts=TODAY - 300 * DAY, ends=TODAY - 121 * DAY)
    made = make.make_class(school.lakeside, "Mathematics 8B", term=term)
    make.make_teaching(school.ada, made, starts=term.starts)
    return made


def post_of(school, who, role):
    return Membership.objects.select_related("school", "user").get(user=who, school=school.lakeside, role=role)


# --- a class that is over -----------------------------------------------------------------------------------
def test_a_class_that_is_over_says_so_and_lets_only_its_past_be_corrected(school, client_as, over, ben):
    client = client_as(school.otto)
    address = f"/classes/{over.pk}/teachers/"
    page = client.get(address).text
    assert f"This class ended on {told(over.term.ends)}." in page
    assert "Correct the past" in page
    assert "Nobody teaches this class today" not in page
    assert page.index("Earlier") < page.index("Ada Marsh")
    refused = client.post(address, {"person": ben.pk, "starts": TODAY})
    assert refused.status_code == 422
    assert f"runs from {told(over.term.starts)} until {told(over.term.ends)}" in refused.text
    assert client.post(address, {"person": ben.pk, "starts": over.term.starts}).status_code == 302
    assert Teaching.objects.get(teacher=ben).ends == over.term.ends
    assert "This class ended on" in client.get(f"{address}hand-over/").text


def test_nobody_teaches_a_class_on_a_day_outside_its_term(school, ben):
    term = school.maths.term
    for days in (
        {"starts": term.starts - DAY}, {"starts": term.ends + DAY}, {"starts": TODAY, "ends": term.ends + DAY},
    ):  # fmt: skip
        with pytest.raises(DomainError, match="runs from"):
            staffing.assign(ben, school.maths, by=school.otto, **days)
    teaching = Teaching.objects.get(teacher=school.ada)
    teaching.ends = term.ends + DAY
    with pytest.raises(DomainError, match="runs from"):
        handing_over.change_teaching(teaching, by=school.otto)
    with pytest.raises(DomainError, match="runs from"):
        handing_over.hand_over_class(Teaching.objects.get(teacher=school.ada), ben, by=school.otto, on=term.ends + DAY)


def test_a_role_ends_though_an_old_class_was_left_open(school, over):
    handing_over.end_role(post_of(school, school.ada, Role.TEACHER), by=school.otto, on=NEXT_WEEK, with_duties=True)
    assert Teaching.objects.get(school_class=over).ends is None
    assert Teaching.objects.get(teacher=school.ada, school_class=school.maths).ends == NEXT_WEEK


# --- caseloads ----------------------------------------------------------------------------------------------
def test_who_came_today_is_handed_over_today_and_comes_back(school, client_as, carl):
    client = client_as(school.otto)
    make.make_caseload(school.cora, school.mia, starts=TODAY)
    address, form = f"/staff/caseloads/{school.cora.pk}/", {"which": "all", "person": carl.pk, "on": TODAY}
    assert "2 students go from Cora Counsel to Carl Counsel" in text_of(client.post(address, form))
    assert "2 students handed over." in client.post(address, {**form, "sure": "yes"}, follow=True).text
    assert set(Caseload.objects.filter(counsellor=carl).values_list("student", "starts")) == {
        (school.sam.pk, TODAY), (school.mia.pk, TODAY),
    }  # fmt: skip
    assert Caseload.objects.get(counsellor=school.cora).ends == TODAY - DAY
    client.post("/staff/caseloads/undo/")
    assert not Caseload.objects.filter(counsellor=carl).exists()
    assert Caseload.objects.filter(counsellor=school.cora, ends=None).count() == 2


def test_who_comes_later_is_told_at_the_day_with_the_day_that_works(school, client_as, carl):
    Caseload.objects.update(starts=NEXT_WEEK)
    form = {"which": "all", "person": carl.pk, "on": TODAY}
    answer = client_as(school.otto).post(f"/staff/caseloads/{school.cora.pk}/", form)
    assert answer.status_code == 422
    assert f"They are with Cora Counsel only from {told(NEXT_WEEK)}." in answer.text


@pytest.mark.parametrize("goes_to", ["carl", ""])
def test_the_preview_counts_as_many_as_will_change(school, client_as, carl, goes_to):
    make.make_caseload(school.cora, school.mia, starts=TODAY)
    make.make_caseload(school.cora, school.zoe, starts=NEXT_WEEK)
    form = {"which": "all", "person": carl.pk if goes_to else "", "on": TODAY}
    client = client_as(school.otto)
    look = text_of(client.post(f"/staff/caseloads/{school.cora.pk}/", form))
    assert "2 students go from" in look or "2 students leave the caseload" in look
    assert f"Zoe Abara is with Cora Counsel only from {told(NEXT_WEEK)}" in look
    done = client.post(f"/staff/caseloads/{school.cora.pk}/", {**form, "sure": "yes"}, follow=True).text
    assert "2 students handed over. 1 stays" in done or "2 students taken off. 1 stays" in done


def test_a_counsellor_who_leaves_is_marked_and_refused_for_later_days(school, client_as, carl):
    carl.memberships.update(ends=TODAY)
    client, address = client_as(school.otto), f"/staff/caseloads/{school.cora.pk}/"
    assert f"Carl Counsel (until {told(TODAY)})" in client.get(address).text
    for sure in ("", "yes"):
        answer = client.post(address, {"which": "all", "person": carl.pk, "on": TOMORROW, "sure": sure})
        assert answer.status_code == 422
        assert f"Carl Counsel is a counsellor only until {told(TODAY)}." in answer.text


def test_adding_to_a_caseload_tells_who_looks_after_them_already(school, client_as, carl):
    form = {"text": "Sam Okafor", "on": TODAY}
    assert "also with Cora Counsel" in client_as(school.otto).post(f"/staff/caseloads/{carl.pk}/add/", form).text


def test_whose_names_a_caseload_showed_is_written_down(school, client_as, carl):
    client = client_as(school.otto)
    client.post(f"/staff/caseloads/{school.cora.pk}/", {"which": "all", "person": carl.pk, "on": NEXT_WEEK})
    client.post(f"/staff/caseloads/{carl.pk}/add/", {"text": "Mia Lindqvist", "on": TODAY})
    looks = AccessEvent.objects.filter(user_id=school.otto.pk, what="caseload").values_list("student_id", flat=True)
    assert set(looks) == {school.sam.pk, school.mia.pk}


# --- roles that end and stay --------------------------------------------------------------------------------
def test_the_end_of_a_role_is_taken_back_by_who_may_give_it(school, client_as):
    post = post_of(school, school.cora, Role.COUNSELLOR)
    Membership.objects.filter(pk=post.pk).update(ends=NEXT_WEEK)
    address = f"/staff/roles/{post.pk}/end/"
    client = client_as(school.otto)
    assert "Until further notice" in client.get(address).text
    done = client.post(address, {"do": "stay"}, follow=True)
    assert "Cora Counsel is a counsellor until further notice." in done.text
    assert post_of(school, school.cora, Role.COUNSELLOR).ends is None
    assert "Until further notice" not in client.get(address).text


def test_an_end_stays_where_the_role_is_over_given_anew_or_not_in_ones_gift(school):
    post = post_of(school, school.cora, Role.COUNSELLOR)
    for by in (school.ada, school.wanda, school.cora):
        with pytest.raises(NotAllowed):
            staffing.keep_role(post, by=by, on=TODAY)
    post.ends = TODAY - DAY
    with pytest.raises(Conflict, match="is over"):
        staffing.keep_role(post, by=school.otto, on=TODAY)
    post.ends = TODAY
    make.make_member(school.cora, school.lakeside, Role.COUNSELLOR, starts=NEXT_WEEK)
    with pytest.raises(Conflict, match="already"):
        staffing.keep_role(post, by=school.otto, on=TODAY)


def test_whoever_ends_their_own_role_says_that_they_mean_it(school, client_as):
    make.make_member(school.ada, school.lakeside, Role.LEADER)
    post = post_of(school, school.hana, Role.LEADER)
    client, address = client_as(school.hana), f"/staff/roles/{post.pk}/end/"
    form = {"on": TODAY, "version": 1}
    look = text_of(client.post(address, form))
    assert "This is you." in look
    assert f"You will no longer see 2 classes and 3 students from {told(TOMORROW)}." in look  # liv has left
    refused = client.post(address, {**form, "sure": TODAY})
    assert refused.status_code == 422
    assert "Tick this if you mean to end your own role." in refused.text
    assert post_of(school, school.hana, Role.LEADER).ends is None
    assert client.post(address, {**form, "sure": TODAY, "myself": "on"}).status_code == 302
    assert post_of(school, school.hana, Role.LEADER).ends == TODAY


def test_a_counsellor_who_also_teaches_keeps_the_classes(school, client_as):
    make.make_member(school.ada, school.lakeside, Role.COUNSELLOR)
    make.make_caseload(school.ada, school.sam)
    make.make_caseload(school.ada, school.zoe)
    post = post_of(school, school.ada, Role.COUNSELLOR)
    form = {"on": NEXT_WEEK, "version": 1, "with_duties": "on"}
    look = text_of(client_as(school.otto).post(f"/staff/roles/{post.pk}/end/", form))
    assert "Ada Marsh will no longer see 1 student from" in look  # Sam is in her class too
    assert "The caseload of 2 students ends on that day too." in look
    assert "1 class stays with them, as a teacher." in look
    assert "Ada Marsh stays a teacher." in look


def test_classes_that_would_be_left_without_a_teacher_are_named(school, client_as, over, ben):
    post = post_of(school, school.ada, Role.TEACHER)
    client, form = client_as(school.otto), {"on": NEXT_WEEK, "version": 1}
    page = client.post(f"/staff/roles/{post.pk}/end/", form)
    assert "1 class would be left without a teacher" in page.text
    assert f"/classes/{school.maths.pk}/teachers/hand-over/?from=" in page.text
    assert over.name not in page.text
    make.make_teaching(ben, school.maths)
    assert what_ends(post, NEXT_WEEK).left_alone == ()


# --- a search amid a form, days at their fields -------------------------------------------------------------
def test_a_search_keeps_what_was_typed_besides(school, client_as, ben):
    client, day = client_as(school.otto), NEXT_WEEK.isoformat()
    teaching = Teaching.objects.get(teacher=school.ada)
    pickers = {
        f"/classes/{school.maths.pk}/teachers/": {"starts": day, "ends": day},
        f"/classes/{school.maths.pk}/teachers/hand-over/": {"on": day, "teaching": teaching.pk},
        f"/staff/{ben.pk}/classes/": {"starts": day, "ends": day},
    }
    before = Teaching.objects.count()
    for address, typed in pickers.items():
        answer = client.post(address, {**typed, "do": "search", "q": "zzz"})
        assert answer.status_code == 200
        assert f'value="{day}"' in answer.text
        assert 'value="zzz"' in answer.text
        assert 'name="is_lead" id="id_is_lead" checked' not in answer.text
    assert Teaching.objects.count() == before


def test_a_day_that_does_not_work_is_told_at_its_field(school, client_as, ben):
    ben.memberships.update(starts=NEXT_WEEK)
    address = f"/classes/{school.maths.pk}/teachers/"
    page = client_as(school.otto).post(address, {"person": ben.pk, "starts": TODAY})
    sentence = f"Ben Second is a teacher only from {told(NEXT_WEEK)}."
    assert sentence in page.context["form"].errors["starts"]
    days = "Choose a day within."
    handing = {"teaching": Teaching.objects.get(teacher=school.ada).pk, "person": ben.pk, "on": make.LONG_AGO}
    refused = client_as(school.otto).post(f"{address}hand-over/", handing)
    assert days in refused.context["form"].errors["on"][0]


# --- invitations --------------------------------------------------------------------------------------------
def test_a_withdrawn_invitation_is_sent_anew_and_a_second_link_leaves_its_day(school, client_as):
    gone = make.make_invitation(
        school.hana, school.lakeside, name="Pia New", role=Role.GUARDIAN, facts={"students": [school.sam.pk]}
    )
    client = client_as(school.otto)
    assert "sent again" not in client.get("/staff/invitations/").text
    type(gone).objects.filter(pk=gone.pk).update(invited_at=gone.invited_at - 3 * DAY)
    client.post(f"/staff/invitations/{gone.pk}/again/")
    assert f"sent again {told(TODAY)}" in client.get("/staff/invitations/").text
    client.post(f"/staff/invitations/{gone.pk}/revoke/")
    address = f"/staff/invitations/new/?again={gone.pk}"
    assert address in client.get("/staff/invitations/?state=revoked").text
    page = client.get(address).text
    assert "Pia New &lt;newcomer@lakeside.example&gt;" in page
    assert f"#{school.sam.pk}" in page
    assert "newcomer@lakeside.example" not in client_as(school.wanda).get(address).text
    assert client.get("/staff/invitations/new/?again=%00").status_code == 200
