"""The first page: a panel for each role, true and no more than the person may see."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from portal.audit import history
from portal.audit.models import AccessEvent
from portal.audit.record import record
from students.models import AttendanceMark, Result, School
from students.roles import Role
from students.summaries import teachers_day
from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast

NAMES = ("Sam Okafor", "Mia Lindqvist", "Zoe Abara", "Liv Hansen", "Wim Verlaine")
SEEN_NAMES = {"ada": set(), "cora": {"Sam Okafor"}, "gus": {"Sam Okafor"}, "mina": {"Mia Lindqvist"}}


@pytest.mark.parametrize("person", EVERYONE)
def test_the_first_page_opens_for_everybody_and_names_only_their_own(school: Cast, client_as, person: str) -> None:
    page = client_as(getattr(school, person)).get("/")
    assert page.status_code == 200
    assert {name for name in NAMES if name in page.text} == SEEN_NAMES.get(person, set())


def test_who_is_not_signed_in_is_asked_to(client) -> None:
    page = client.get("/")
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")


def test_a_teacher_sees_their_classes_exams_ahead_and_marks_to_enter(school: Cast, client_as) -> None:
    make.make_exam(school.maths, title="Forgotten quiz", day=make.YESTERDAY)
    page = client_as(school.ada).get("/").text
    assert "Mathematics 9B" in page
    assert "2 students" in page
    assert "Final exam" in page
    assert "Forgotten quiz" in page
    assert "2 marks missing" in page
    assert "Art 9B" not in page


def test_marks_that_are_all_in_wait_to_be_released_and_then_no_more(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    assert "families do not see them yet" in ada.get("/").text
    make.make_release(school.test, school.maths)
    assert "families do not see them yet" not in ada.get("/").text


def test_a_roll_that_is_not_taken_is_to_do_on_a_school_day(school: Cast) -> None:
    monday = make.TODAY - timedelta(days=make.TODAY.weekday())
    day = teachers_day(user=school.ada, on=monday)
    assert [each.pk for each in day.rolls_due] == [school.maths.pk]
    make.make_mark(school.sam, school.maths, day=monday)
    assert teachers_day(user=school.ada, on=monday).rolls_due == ()
    assert teachers_day(user=school.ada, on=monday - timedelta(days=1)).rolls_due == ()


def test_a_teacher_reads_who_joined_and_who_left_and_what_others_entered(school: Cast, client_as) -> None:
    make.make_enrolment(make.make_student(school.lakeside, "New Comer"), school.maths, starts=make.YESTERDAY)
    make.make_enrolment(make.make_student(school.lakeside, "Gone Now"), school.maths, ends=make.YESTERDAY)
    Result.objects.filter(student=school.sam).update(recorded_by=school.otto, recorded_at=timezone.now())
    Result.objects.filter(student=school.mia).update(recorded_by=school.ada, recorded_at=timezone.now())
    page = client_as(school.ada).get("/").text
    for sentence in ("1 student joined", "1 student left", "Otto Office entered 1 mark"):
        assert sentence in page, sentence
    assert "Gone Now" not in page
    assert "Ada Marsh entered" not in page


def test_an_exam_that_a_colleague_moves_is_news_to_the_teacher_and_one_s_own_change_is_not(school: Cast) -> None:
    school.final.day += timedelta(days=7)
    history.save(school.final, by=school.otto)
    school.test.title = "Algebra test, second try"
    history.save(school.test, by=school.ada)
    told = [line.text for line in teachers_day(user=school.ada, on=make.TODAY).news]
    assert told == ["Otto Office changed an exam"]


def test_a_leader_reads_what_was_done_last_and_a_teacher_does_not(school: Cast, client_as) -> None:
    record(school.otto, "enrolled many", school.maths, enrolled=3)
    assert "enrolled students" in client_as(school.hana).get("/").text
    assert "enrolled students" not in client_as(school.ada).get("/").text
    assert "enrolled students" not in client_as(school.wanda).get("/").text


def test_stale_records_are_pointed_out(school: Cast, client_as) -> None:
    make.make_exam(school.maths, title="Lost quiz", day=make.TODAY - timedelta(days=20))
    AttendanceMark.objects.filter(school_class=school.maths).update(day=make.TODAY - timedelta(days=20))
    page = client_as(school.otto).get("/").text
    assert "Lost quiz" in page
    assert "No roll for a week" in page


def test_who_was_not_in_the_class_on_the_day_has_no_mark_missing(school: Cast, client_as) -> None:
    make.make_exam(school.maths, title="Before their time", day=make.TODAY - timedelta(days=50))
    school.maths.enrolments.filter(ends=None).update(starts=make.TODAY - timedelta(days=5))
    assert "Before their time" not in client_as(school.ada).get("/").text


def test_a_leader_sees_the_school_at_a_glance(school: Cast, client_as) -> None:
    make.make_mark(school.zoe, school.maths, "A")
    overview = client_as(school.hana).get("/").context["overview"]
    assert (overview.students, overview.classes, overview.teachers, overview.exams_this_week) == (3, 2, 2, 0)
    assert (round(overview.attendance), overview.days_marked) == (67, 3)


def test_the_office_sees_what_needs_mending(school: Cast, client_as) -> None:
    make.make_student(school.lakeside, "Nora Unplaced")
    page = client_as(school.otto).get("/").text
    assert "Nora Unplaced" in page
    assert "Art 9B" in page
    assert "Mathematics 9B" not in page


def test_an_office_with_nothing_to_mend_reads_so(school: Cast, client_as) -> None:
    make.make_teaching(school.ada, school.art)
    assert "Nothing to mend" in client_as(school.otto).get("/").text


def test_an_analyst_gets_figures_and_no_list_of_teachers(school: Cast, client_as) -> None:
    overview = client_as(school.nils).get("/").context["overview"]
    assert overview.students == 3
    assert overview.teachers is None


def test_a_guardian_sees_marks_once_they_are_released(school: Cast, client_as) -> None:
    gus = client_as(school.gus)
    assert "Algebra test" not in gus.get("/").text
    make.make_release(school.test, school.maths)
    page = gus.get("/").text
    assert "Algebra test" in page
    assert "62" in page
    assert AccessEvent.objects.filter(user_id=school.gus.pk, student_id=school.sam.pk, role=Role.GUARDIAN).count() == 2


def test_whose_rights_ended_reads_since_when_and_whom_to_ask(school: Cast, client_as) -> None:
    page = client_as(school.lena).get("/").text
    assert "Your access has ended" in page
    assert "office of Lakeside School" in page


def test_whose_role_begins_later_is_told_so(school: Cast, client_as) -> None:
    early = make.make_user("Early Bird")
    make.make_member(early, school.lakeside, Role.TEACHER, starts=make.TODAY + timedelta(days=3))
    assert "You are early" in client_as(early).get("/").text


def test_running_the_machine_shows_no_children(school: Cast, client_as) -> None:
    page = client_as(school.root).get("/").text
    assert "You run this installation" in page
    assert 'href="/office/"' in page


def test_the_navigation_follows_the_roles(school: Cast, client_as) -> None:
    def items(person: str) -> list[str]:
        return [item.label for item in client_as(getattr(school, person)).get("/").context["frame"].items]

    daily = ["Today", "Classes", "Roll", "Exams", "Students"]
    assert items("ada") == [*daily, "Help", "Watchlist"]
    assert items("hana") == [*daily, "Help", "Staff", "Data", "Watchlist", "Models"]
    assert items("otto") == [*daily, "Staff", "Data", "Models"]
    assert items("cora") == ["Today", "Classes", "Students", "Help", "Watchlist"]
    assert items("gus") == items("mina") == ["Today", "Classes", "Outlook"]
    assert items("nils") == ["Today", "Models"]
    assert items("tom")[:1] == items("lena") == ["Today"]


def test_who_works_in_several_schools_chooses_the_one_in_view(school: Cast, client_as) -> None:
    brook = make.make_school("Brook School", parent=school.district)
    make.make_student(brook, "Bea Brook")
    school.lakeside.parent = school.district
    school.lakeside.save()
    dora = client_as(school.dora)
    assert dora.get("/").context["frame"].school.name == "Brook School"
    assert "Sam Okafor" not in dora.get("/students/").text
    assert dora.post("/school/", {"school": school.lakeside.pk}).status_code == 302
    assert dora.get("/").context["frame"].school.name == "Lakeside School"
    page = dora.get("/students/").text
    assert "Sam Okafor" in page
    assert "Bea Brook" not in page


@pytest.mark.parametrize("asked", ["", "abc", "999999", None])
def test_a_school_that_is_not_theirs_cannot_be_chosen(school: Cast, client_as, asked: str | None) -> None:
    dora = client_as(school.dora)
    make.make_school("Brook School", parent=school.district)
    chosen = str(School.objects.get(slug="hillside-school").pk) if asked is None else asked
    assert dora.post("/school/", {"school": chosen}).status_code == 302
    assert dora.get("/").context["frame"].school.name == "Brook School"


def test_who_signed_in_anew_while_choosing_lands_on_the_first_page(school: Cast, client_as) -> None:
    assert client_as(school.dora).get("/school/")["Location"] == "/"


@pytest.mark.parametrize("people", [2, 40])
@pytest.mark.parametrize("person", ["ada", "hana", "otto", "cora", "gus", "mina", "nils"])
def test_the_first_page_needs_few_queries_however_large_the_school(
    school: Cast, client_as, person: str, people: int
) -> None:
    for _ in range(people):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_result(school.test, student)
        make.make_caseload(school.cora, student)
        make.make_guardianship(school.gus, student)
    for number in range(people // 2):
        make.make_teaching(school.ada, make.make_class(school.lakeside, f"Class {number}"))
    client = client_as(getattr(school, person))
    client.get("/classes/")
    cache.delete_many([f"attendance:{school.lakeside.pk}:{make.TODAY}"])
    with assert_queries(10):
        client.get("/")


def test_a_large_school_gets_its_figures_a_moment_after_the_page(school: Cast, client_as, monkeypatch) -> None:
    hana = client_as(school.hana)
    assert "Students on the roll" in hana.get("/").text
    monkeypatch.setattr("students.web.standpoint.LARGE", 2)
    cache.clear()
    page = hana.get("/").text
    assert "Students on the roll" not in page
    assert "?part=school" in page
    part = hana.get("/?part=school", headers={"HX-Request": "true"}).text
    assert "Students on the roll" in part
    assert "<html" not in part
    assert "Students on the roll" in hana.get("/?part=school").text
    assert "Students on the roll" not in client_as(school.ada).get("/?part=school", headers={"HX-Request": "true"}).text


def test_a_class_that_is_taught_by_two_assignments_is_listed_once(school: Cast) -> None:
    make.make_teaching(school.ada, school.maths, starts=make.YESTERDAY)
    assert [each.pk for each in teachers_day(user=school.ada, on=make.TODAY).classes] == [school.maths.pk]


def test_a_family_reads_marks_exams_attendance_and_classes_and_who_is_absent_today(school: Cast, client_as) -> None:
    gus = client_as(school.gus)
    page = gus.get("/").text
    heads = ["Marks</h3>", "Next exams</h3>", "Attendance</h3>", "Classes</h3>"]
    assert sorted(heads, key=page.index) == heads
    assert "100\xa0%" in page
    assert "absent" not in page
    make.make_mark(school.sam, school.art, "A", day=make.TODAY)
    assert "absent" not in gus.get("/").text
    make.make_mark(school.sam, school.maths, "A", day=make.TODAY)
    assert "absent</span>" in gus.get("/").text
