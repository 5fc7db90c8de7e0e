"""The staff pages in a real browser: handing a class over, inviting three with one bad address, and all of them judged."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.accounts.models import Invitation
from students.models import Teaching
from tests import make
from tests.browser.test_pages import judge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staffed(school: Cast) -> Cast:
    """More teachers than fit beside each other, one invitation, and two counsellors."""
    for number in range(12):
        person = make.make_user(f"Teacher {number:02}", f"t{number}@lakeside.example")
        make.make_member(person, school.lakeside, "teacher")
    make.make_member(make.make_user("Ben Second", "ben@lakeside.example"), school.lakeside, "teacher")
    make.make_member(make.make_user("Carl Counsel", "carl@lakeside.example"), school.lakeside, "counsellor")
    make.make_invitation(school.hana, school.lakeside, name="Pia Newcomer")
    return school


def addresses(school: Cast) -> list[str]:
    of_class, teaching = f"/classes/{school.maths.pk}/teachers/", Teaching.objects.get(teacher=school.ada)
    post = school.ada.memberships.get()
    return [
        "/staff/", "/staff/?q=zzz", f"/staff/{school.ada.pk}/", f"/staff/{school.ada.pk}/classes/",
        f"/staff/roles/{post.pk}/end/", of_class, f"{of_class}hand-over/", f"{of_class}{teaching.pk}/",
        "/staff/caseloads/", f"/staff/caseloads/{school.cora.pk}/", f"/staff/caseloads/{school.cora.pk}/add/",
        "/staff/invitations/", "/staff/invitations/new/",
    ]  # fmt: skip


def test_every_staff_page_is_accessible_and_quiet(staffed: Cast, page_as) -> None:
    page = page_as(staffed.hana)
    assert [fault for address in addresses(staffed) for fault in judge(page, address)] == []
    assert page.complaints == []


def test_a_class_is_handed_over_by_searching_for_the_new_teacher(staffed: Cast, page_as) -> None:
    page = page_as(staffed.otto)
    page.goto(f"/classes/{staffed.maths.pk}/teachers/")
    page.get_by_role("link", name="Hand the class over").click()
    expect(page.get_by_text("Ben Second")).to_have_count(1)
    page.get_by_label("Search the school's teachers").fill("sec")
    expect(page.get_by_role("radio")).to_have_count(1)  # the list follows what is typed
    page.get_by_role("radio").check()
    day = make.TODAY + timedelta(days=7)
    page.get_by_label("First day with the new teacher").fill(day.isoformat())
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_text("Ben Second teaches Mathematics 9B from")).to_be_visible()
    expect(page.get_by_role("heading", name="Coming")).to_be_visible()
    assert Teaching.objects.get(teacher=staffed.ada).ends == day - timedelta(days=1)
    assert page.complaints == []


def test_a_search_by_enter_keeps_the_day_and_the_class_that_is_over_folds_its_past(staffed: Cast, page_as) -> None:
    page = page_as(staffed.otto)
    page.goto(f"/classes/{staffed.maths.pk}/teachers/hand-over/")
    day = (make.TODAY + timedelta(days=7)).isoformat()
    page.get_by_label("First day with the new teacher").fill(day)
    page.get_by_label("Search the school's teachers").fill("sec")
    page.get_by_label("Search the school's teachers").press("Enter")
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(page.get_by_label("First day with the new teacher")).to_have_value(day)
    term = make.make_term(staffed.lakeside, starts=make.LONG_AGO, ends=make.TODAY - timedelta(days=200))
    over = make.make_class(staffed.lakeside, "Mathematics 8B", term=term)
    assert judge(page, f"/classes/{over.pk}/teachers/") == []
    expect(page.get_by_role("button", name="Add to the class")).to_be_hidden()
    page.get_by_text("Correct the past").click()
    expect(page.get_by_role("button", name="Add to the class")).to_be_visible()
    assert page.complaints == []


def test_the_students_are_asked_for_only_where_the_role_needs_them(staffed: Cast, page_as) -> None:
    page = page_as(staffed.otto)
    page.goto("/staff/invitations/new/")
    expect(page.get_by_label("Which students")).to_be_hidden()
    page.get_by_label("Role").select_option("guardian")
    expect(page.get_by_label("Which students")).to_be_visible()
    assert page.complaints == []


def test_three_are_invited_and_the_bad_address_is_told_first(staffed: Cast, page_as) -> None:
    page = page_as(staffed.otto)
    page.goto("/staff/invitations/")
    page.get_by_role("link", name="Invite people").click()
    page.get_by_label("E-mail addresses").fill("Ann Able <ann@x.example>\nnot an address\nbob@x.example")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Line 2: “not an address” is not an e-mail address.")).to_be_visible()
    assert judge_here(page) == []
    page.get_by_role("button", name="Send 2 invitations").click()
    expect(page.get_by_text("2 invitations are on their way.")).to_be_visible()
    expect(page.get_by_role("row", name="ann@x.example")).to_be_visible()
    assert Invitation.objects.count() == 3
    assert page.complaints == []


def judge_here(page) -> list[str]:
    """The page that a sent form was answered with: it has no address of its own."""
    too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found = []
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate(too_wide) > 0:
            found.append(f"{width}: wider than the window")
    return found
