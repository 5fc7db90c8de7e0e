"""The pages of help, notes and meetings: what one can do on them, what they tell, and what they refuse."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils.formats import date_format

from portal.audit.models import AccessEvent
from students.models import Intervention, Note, Student
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY, timedelta

LATER = (TODAY + timedelta(days=30)).isoformat()
PLAN = {"kind": "tutoring", "goal": "Fractions without help", "starts": TODAY.isoformat(), "review_on": LATER}


def test_a_teacher_plans_help_from_the_student_page_and_closes_it_on_the_board(school: Cast, client_as: Any) -> None:
    ada = client_as(school.ada)
    assert f"/students/{school.sam.pk}/help/" in ada.get(f"/students/{school.sam.pk}/").text
    assert "Ada Marsh" in ada.get(f"/help/new/?student={school.sam.pk}").text
    sent = ada.post(f"/help/new/?student={school.sam.pk}", PLAN | {"owner": school.ada.pk})
    assert sent.status_code == 302
    each = Intervention.objects.get()
    assert (each.owner, each.created_by, each.student) == (school.ada, school.ada, school.sam)
    assert "Fractions without help" in ada.get("/help/").text
    given = {"do": "close", "outcome": "reached", "went": "Came every week.", "version": each.version}
    done = ada.post(f"/help/{each.pk}/", given | {"board": "/help/?kind=tutoring"})
    assert done["Location"] == "/help/?kind=tutoring"
    board = ada.get("/help/").text
    assert "goal reached" in board
    assert date_format(TODAY, "j M Y") in board
    ada.post(f"/help/{each.pk}/", {"do": "reopen"})
    each.refresh_from_db()
    assert (each.outcome, each.closed_on) == ("", None)


def test_the_board_sends_nobody_to_another_site(school: Cast, client_as: Any) -> None:
    each = make.make_help(school.sam, school.ada, starts=TODAY + timedelta(days=3))
    for wrong in ("https://elsewhere.example/help/", "//elsewhere.example", "/help/new/"):
        done = client_as(school.ada).post(f"/help/{each.pk}/", {"do": "start", "board": wrong})
        assert done.status_code in (302, 422)
        assert done.get("Location", f"/help/{each.pk}/") == f"/help/{each.pk}/"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"goal": ""}, "This field is required"),
        ({"kind": "magic"}, "Select a valid choice"),
        ({"owner": "999999999999999999999"}, "Select a valid choice"),
        ({"owner": "abc"}, "Select a valid choice"),
        ({"subject": "0"}, "Select a valid choice"),
        ({"starts": "31.02.2026"}, "Enter a valid date"),
        ({"review_on": make.YESTERDAY.isoformat()}, "lies"),
        ({"review_on": "0202-01-01"}, "between 1990 and 2100"),
    ],
)
def test_a_form_with_a_fault_says_so_and_plans_nothing(school: Cast, client_as: Any, wrong: Any, told: str) -> None:
    page = client_as(school.ada).post(f"/help/new/?student={school.sam.pk}", PLAN | {"owner": school.ada.pk} | wrong)
    assert page.status_code == 422
    assert told in page.text
    assert not Intervention.objects.exists()


@pytest.mark.parametrize("asked", ["abc", "", "9" * 30, "-1", "%00"])
def test_addresses_that_name_nobody_are_answered_calmly(school: Cast, client_as: Any, asked: str) -> None:
    hana = client_as(school.hana)
    for address in (
        f"/help/new/?student={asked}", f"/help/?owner={asked}&kind={asked}&grade={asked}&column={asked}&page={asked}",
        f"/help/meeting/?students={asked}&at={asked}", f"/help/new/?q={asked}",
    ):  # fmt: skip
        assert hana.get(address).status_code == 200, address
    assert hana.get(f"/help/meeting/?list={asked}").status_code == 404


@pytest.mark.parametrize("given", [{}, {"do": "magic"}, {"do": "close"}, {"do": "review", "review_on": "soon"}])
def test_a_wish_that_says_nothing_changes_nothing(school: Cast, client_as: Any, given: Any) -> None:
    each = make.make_help(school.sam, school.ada)
    before = Intervention.objects.values().get()
    assert client_as(school.ada).post(f"/help/{each.pk}/", given).status_code == 422
    assert Intervention.objects.values().get() == before


def test_what_somebody_else_changed_meanwhile_is_not_written_over(school: Cast, client_as: Any) -> None:
    each = make.make_help(school.sam, school.ada, version=3)
    page = client_as(school.ada).post(f"/help/{each.pk}/", {"do": "review", "review_on": LATER, "version": 2})
    assert page.status_code == 422
    assert "Somebody else changed this" in page.text
    edited = PLAN | {"owner": school.ada.pk, "version": 2, "goal": "Other"}
    assert client_as(school.ada).post(f"/help/{each.pk}/edit/", edited).status_code == 422
    assert Intervention.objects.get().goal == "Fractions without help"


def test_help_is_changed_by_its_form(school: Cast, client_as: Any) -> None:
    each = make.make_help(school.sam, school.ada)
    given = PLAN | {"owner": school.cora.pk, "version": each.version, "goal": "Equations", "kind": "family"}
    assert client_as(school.ada).post(f"/help/{each.pk}/edit/", given).status_code == 302
    each.refresh_from_db()
    assert (each.goal, each.owner, each.kind, each.version) == ("Equations", school.cora, "family", 2)


# --- notes --------------------------------------------------------------------------------------------------
def test_a_note_is_written_corrected_and_taken_back(school: Cast, client_as: Any) -> None:
    cora = client_as(school.cora)
    address = f"/students/{school.sam.pk}/help/"
    assert cora.post(address, {"text": "Sleeps badly.", "is_restricted": "on"}).status_code == 302
    note = Note.objects.get()
    assert (note.is_restricted, note.by) == (True, school.cora)
    assert "Sleeps badly." in cora.get(address).text
    assert "Sleeps badly." not in client_as(school.ada).get(address).text
    edited = {"text": "Sleeps better.", "is_restricted": "on", "version": note.version}
    assert cora.post(f"/help/notes/{note.pk}/", edited).status_code == 302
    assert "Sleeps better." in cora.get(address).text
    stale = edited | {"text": "Sleeps well."}
    assert cora.post(f"/help/notes/{note.pk}/", stale).status_code == 422  # of the version before
    assert cora.post(f"/help/notes/{note.pk}/", {"do": "take back"}).status_code == 302
    assert not Note.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b"])
def test_a_note_that_cannot_be_kept_is_refused(school: Cast, client_as: Any, text: str) -> None:
    assert client_as(school.ada).post(f"/students/{school.sam.pk}/help/", {"text": text}).status_code == 422
    assert not Note.objects.exists()


def test_markup_in_a_note_is_shown_as_it_was_typed(school: Cast, client_as: Any) -> None:
    client_as(school.ada).post(f"/students/{school.sam.pk}/help/", {"text": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in client_as(school.ada).get(f"/students/{school.sam.pk}/help/").text


def test_a_family_is_told_nothing_on_any_page(school: Cast, client_as: Any) -> None:
    each = make.make_help(school.sam, school.ada, goal="Tell nobody at home")
    make.make_note(school.sam, school.cora, "Tell nobody at home")
    gus = client_as(school.gus)
    page = gus.get(f"/students/{school.sam.pk}/")
    assert page.status_code == 200
    assert "/help/" not in page.text
    for address in (f"/students/{school.sam.pk}/help/", f"/help/{each.pk}/"):
        assert gus.get(address).status_code == 404
    assert gus.get("/help/").status_code == gus.get("/help/meeting/").status_code == 403
    assert "Tell nobody" not in gus.get("/").text


def test_a_teacher_sees_no_help_for_an_own_child_they_do_not_teach(school: Cast, client_as: Any) -> None:
    make.make_guardianship(school.ada, school.zoe)
    make.make_member(school.ada, school.lakeside, "guardian")
    ada = client_as(school.ada)
    assert ada.get(f"/students/{school.zoe.pk}/").status_code == 200
    assert ada.get(f"/students/{school.zoe.pk}/help/").status_code == 404
    assert "Abara" not in ada.get(f"/help/meeting/?students={school.zoe.pk}").text
    assert "Abara" not in ada.get("/help/new/?q=abara").text


# --- meetings -----------------------------------------------------------------------------------------------
def test_a_meeting_goes_from_student_to_student_and_ends_in_a_summary(school: Cast, client_as: Any) -> None:
    due = {"starts": TODAY - timedelta(days=20), "review_on": TODAY}
    for student in (school.sam, school.mia):
        make.make_help(student, school.ada, **due)
    ada = client_as(school.ada)
    assert "Begin with 2 students" in ada.get("/help/meeting/").text
    first = ada.get("/help/meeting/?list=review")["Location"]
    assert first == f"/help/meeting/?students={school.sam.pk},{school.mia.pk}&at=1"
    page = ada.get(first).text
    assert "1 of 2" in page
    assert "Okafor" in page
    each = Intervention.objects.get(student=school.sam)
    given = {"do": "review", "help": each.pk, "review_on": LATER, "version": each.version}
    second = ada.post(first, given)["Location"]
    assert second.endswith("at=2")
    note = ada.post(second, {"do": "note", "text": "Asks for more time."})
    assert note["Location"] == second  # a note is not all there is to decide
    assert "note written" in ada.get(second).text
    end = ada.post(second, {"do": "nothing"})["Location"]
    told = ada.get(end).text
    assert "2 of 2 students decided" in told
    assert "help goes on" in told
    assert "note written, nothing needed" in told


def test_a_meeting_is_about_those_alone_whom_one_sees(school: Cast, client_as: Any) -> None:
    asked = ",".join(str(each.pk) for each in (school.wim, school.zoe, school.sam, school.sam))
    page = client_as(school.ada).get(f"/help/meeting/?students={asked}").text
    assert "1 of 1" in page
    assert "Okafor" in page


def test_help_is_planned_in_a_meeting_and_a_fault_stays_on_the_page(school: Cast, client_as: Any) -> None:
    ada, address = client_as(school.ada), f"/help/meeting/?students={school.sam.pk}&at=1"
    page = ada.post(address, PLAN | {"do": "plan", "owner": school.ada.pk, "goal": ""})
    assert (page.status_code, Intervention.objects.count()) == (422, 0)
    assert ada.post(address, PLAN | {"do": "plan", "owner": school.ada.pk}).status_code == 302
    assert Intervention.objects.get().student == school.sam


def test_a_meeting_changes_no_help_of_somebody_else(school: Cast, client_as: Any) -> None:
    other = make.make_help(school.mia, school.ada)
    address = f"/help/meeting/?students={school.sam.pk}&at=1"
    given = {"do": "close", "help": other.pk, "outcome": "stopped", "version": 1}
    assert client_as(school.ada).post(address, given).status_code == 404
    assert client_as(school.ada).post(address, given | {"help": "x" * 40}).status_code == 404
    assert Intervention.objects.get().closed_on is None


# --- traces and cost ----------------------------------------------------------------------------------------
def test_looking_at_help_leaves_a_trace(school: Cast, client_as: Any) -> None:
    each = make.make_help(school.sam, school.ada)
    hana = client_as(school.hana)
    for address, what in (
        ("/help/", "help board"), (f"/help/{each.pk}/", "help"), (f"/students/{school.sam.pk}/help/", "help"),
        (f"/help/meeting/?students={school.sam.pk}", "meeting"), (f"/help/{each.pk}/edit/", "help"),
    ):  # fmt: skip
        before = AccessEvent.objects.filter(student_id=school.sam.pk, what=what).count()
        hana.get(address)
        assert AccessEvent.objects.filter(student_id=school.sam.pk, what=what).count() == before + 1, address


def test_pages_cost_as_much_for_many_as_for_few(school: Cast, client_as: Any) -> None:
    hana = client_as(school.hana)
    costs = []
    for number in (2, 18):
        for turn in range(number):
            student = make.make_student(school.lakeside, f"Nr{turn} Helped")
            make.make_enrolment(student, school.maths)
            make.make_help(student, school.ada)
            make.make_help(student, school.ada, starts=TODAY + timedelta(days=3))
            make.make_help(school.sam, school.ada)
            make.make_note(school.sam, school.cora)
        cache.clear()
        pages = ("/help/", f"/students/{school.sam.pk}/help/", f"/help/meeting/?students={school.sam.pk}")
        costs.append([_cost(hana, page) for page in pages])
    assert costs[0] == costs[1]
    assert costs[1][0] <= 14
    assert costs[1][1] <= 10
    assert costs[1][2] <= 24


def _cost(client: Any, address: str) -> int:
    with assert_queries(60) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_column_of_the_board_is_read_page_by_page(school: Cast, client_as: Any) -> None:
    for number in range(60):
        make.make_help(Student.objects.get(pk=school.sam.pk), school.ada, goal=f"Goal {number}")
    hana = client_as(school.hana)
    assert "Show all 60" in hana.get("/help/").text
    first = hana.get("/help/?column=running").text
    assert first.count("help-card") >= 50
    assert "page=2" in first
    assert hana.get("/help/?column=running&page=2").text.count('<li class="help-card') == 10
