"""Whom first: near a boundary and open to change, each student once, never anybody the person does not see."""

from types import SimpleNamespace

import numpy as np
import pytest

from portal.accounts.preferences import preferences_of
from portal.audit.models import AccessEvent, AuditEvent
from portal.kit.scoping import remembering_grants
from predictions.groups import groups_of
from predictions.models import CurrentPrediction, Measurement, Prediction
from predictions.outlooks.watch_precision import precision_of
from predictions.outlooks.watch_ranking import Candidates, shortlist, worth
from predictions.outlooks.watchlist import Asked, Watchlist, watchlist
from students.models import Exam
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import make_class_of, make_scoring
from tests.predictions.watched import changeable, tell
from tests.trained import make_version


@pytest.fixture
def told(school: Cast) -> SimpleNamespace:
    """A class of twelve of Ada's with a target exam in four weeks; nothing is predicted yet."""
    version = make_version(school.lakeside)
    school_class, students = make_class_of(school.lakeside, 12)
    make.make_teaching(school.ada, school_class)
    exam = make.make_exam(school_class, title="Spring test", day=TODAY + make.timedelta(days=28), is_target=True)
    run = make_scoring(school.lakeside, version, [exam, school.final])
    return SimpleNamespace(
        version=version, school_class=school_class, students=students, exam=exam, run=run, can=changeable(version)
    )


def listed(school: Cast, person: str = "hana", **asked: object) -> Watchlist:
    return watchlist(school.lakeside, Asked(**asked), user=getattr(school, person), on=TODAY)  # type: ignore[arg-type]  # a test says what it asks by name


def names(told: Watchlist) -> list[str]:
    return [each.row.student.given_name for each in told.listed]


# --- the order ----------------------------------------------------------------------------------------------------
def test_nearest_to_even_with_most_to_change_stands_first(school: Cast, told: SimpleNamespace) -> None:
    one, two, three, sure, lost, *others = told.students
    tell(told.run, told.exam, one, 0.5)
    tell(told.run, told.exam, two, 0.45, {told.can[0]: -6, told.can[1]: -2})
    tell(told.run, told.exam, three, 0.3, {told.can[0]: -4})
    tell(told.run, told.exam, sure, 0.95, {told.can[0]: -9})
    tell(told.run, told.exam, lost, 0.03, {told.can[0]: -9})
    for each in others:
        tell(told.run, told.exam, each, 0.93)
    found = listed(school)
    assert names(found) == [each.given_name for each in (two, three, one)], "sure and lost are moved by no week of help"
    first = found.listed[0]
    assert [reason.points for reason in first.could] == pytest.approx([-6 + 28 / 12, -2 + 2 / 12], abs=0.01)
    assert "about 4 in 10" in first.why
    assert "lies below" not in first.why
    assert found.near == 3


def test_what_nobody_can_change_counts_for_nothing(school: Cast, told: SimpleNamespace) -> None:
    fixed = [group.label for group in groups_of(told.version) if not group.is_changeable]
    tell(told.run, told.exam, told.students[0], 0.6, {fixed[1]: -20})
    tell(told.run, told.exam, told.students[1], 0.5)
    found = listed(school)
    assert names(found)[0] == told.students[1].given_name
    assert all(not each.could for each in found.listed)
    assert "nothing lies below" in found.listed[0].why


def test_each_student_stands_once_with_the_exam_in_which_most_can_be_moved(school: Cast, told: SimpleNamespace) -> None:
    other = make.make_exam(told.school_class, title="Oral", day=TODAY + make.timedelta(days=30), is_target=True)
    run = make_scoring(school.lakeside, told.version, [other])
    tell(told.run, told.exam, told.students[0], 0.8)
    tell(run, other, told.students[0], 0.5)
    found = listed(school)
    assert [(each.row.student, each.row.exam) for each in found.listed] == [(told.students[0], other)]


def test_worth_grows_with_both_and_is_never_nothing() -> None:
    assert worth(0.5, 4.0) > worth(0.3, 4.0) > worth(0.3, 2.0)
    assert worth(0.5, 0.0) == worth(0.5, 1.0) > 0
    assert worth(0.3, 2.0) == pytest.approx(worth(0.7, 2.0))


def test_a_shortlist_is_as_long_as_asked_and_leaves_out_what_is_not_known() -> None:
    found = Candidates(
        np.array([1, 2, 3, 4]),
        np.array([7, 7, 8, 9]),
        np.array([0.5, 0.4, 0.5, np.nan]),
        np.array([0.0, 9.0, 0.0, 5.0]),
    )
    assert found.prediction[shortlist(found, 5)].tolist() == [2, 3]
    assert len(shortlist(found, 1)) == 1


# --- whose students -----------------------------------------------------------------------------------------------
def test_a_teacher_sees_the_own_students_a_counsellor_theirs_and_a_leader_next_door_nobody(
    school: Cast, told: SimpleNamespace
) -> None:
    art = make.make_exam(school.art, title="Sketches", day=TODAY + make.timedelta(days=20), is_target=True)
    tell(make_scoring(school.lakeside, told.version, [art]), art, school.zoe, 0.5)
    tell(told.run, school.final, school.sam, 0.5)
    tell(told.run, school.final, school.mia, 0.4)
    assert set(names(listed(school))) == {"Zoe", "Sam", "Mia"}
    assert set(names(listed(school, "ada"))) == {"Sam", "Mia"}
    assert set(names(listed(school, "cora"))) == {"Sam"}
    assert names(listed(school, "wanda")) == names(listed(school, "tess")) == names(listed(school, "gus")) == []


def test_a_teachers_own_child_is_not_on_the_list_of_their_students(school: Cast, told: SimpleNamespace) -> None:
    make.make_guardianship(school.ada, school.zoe)
    make.make_member(school.ada, school.lakeside, "guardian")
    art = make.make_exam(school.art, title="Sketches", day=TODAY + make.timedelta(days=20), is_target=True)
    tell(make_scoring(school.lakeside, told.version, [art]), art, school.zoe, 0.5)
    assert names(listed(school, "ada")) == []


# --- what is asked ------------------------------------------------------------------------------------------------
def test_it_can_be_narrowed_by_time_subject_level_class_and_help(school: Cast, told: SimpleNamespace) -> None:
    for student, chance in ((school.sam, 0.5), (school.mia, 0.4)):
        tell(told.run, school.final, student, chance)
    for student in told.students[:3]:
        tell(told.run, told.exam, student, 0.5)
    make.make_help(school.sam, school.ada)
    assert len(listed(school).listed) == 5
    assert "Sam" not in names(listed(school, weeks=4)), "the final lies 60 days ahead"
    assert "Sam" not in names(listed(school, without_helped=True))
    assert set(names(listed(school, school_class=school.maths.pk))) == {"Sam", "Mia"}
    assert names(listed(school, grade_level=8)) == []
    assert len(listed(school, number=2).listed) == 2
    assert listed(school, weeks=4).later == 1


def test_who_leads_and_teaches_may_ask_for_the_own_students_alone(school: Cast, told: SimpleNamespace) -> None:
    make.make_member(school.hana, school.lakeside, "teacher")
    make.make_teaching(school.hana, school.maths)
    tell(told.run, school.final, school.sam, 0.5)
    tell(told.run, told.exam, told.students[0], 0.5)
    assert len(listed(school).listed) == 2
    assert names(listed(school, only_mine=True)) == ["Sam"]


def test_another_grade_is_another_boundary(school: Cast, told: SimpleNamespace) -> None:
    tell(told.run, told.exam, told.students[0], 0.7)
    found = listed(school, grade="B")
    assert (found.boundary, round(found.listed[0].chance, 2)) == ("grade B", 0.5), "ten points above the pass mark"
    assert not found.precision.is_measured
    assert listed(school, grade="no such grade").listed == ()


# --- how far to trust it ------------------------------------------------------------------------------------------
def test_so_many_are_expected_to_miss(school: Cast) -> None:
    told = precision_of(school.lakeside, [0.2, 0.5, 0.8], "the pass mark", 50)
    assert (told.number, round(told.missing, 2), told.low, told.high) == (3, 1.5, 1, 2)
    assert "about 2 would not reach the pass mark" in told.expected
    assert not told.is_measured
    certain = precision_of(school.lakeside, [0.0, 0.0], "it", 50)
    assert (certain.low, certain.high) == (2, 2)
    assert precision_of(school.lakeside, [], "it", 50).missing == 0


def test_what_was_measured_here_is_printed_of_the_pass_mark_alone(school: Cast, told: SimpleNamespace) -> None:
    bins = [{"low": 0.4, "high": 0.5, "rows": 40, "said": 0.45, "happened": 0.5},
            {"low": 0.9, "high": 1.0, "rows": 99, "said": 0.97, "happened": 1.0}]  # fmt: skip
    flags = [{"share": 0.1, "flagged": 134, "precision": {"value": 0.79, "low": 0.71, "high": 0.85}}]
    facts = {"enough": True, "chances": [{"boundary": 50.0, "bins": bins}], "watchlist": flags}
    Measurement.objects.create(school=school.lakeside, version=told.version, kind="results", rows=139, facts=facts)
    said = " ".join(precision_of(school.lakeside, [0.5], "it", 50).measured)
    assert "40 results" in said
    assert "55 of 100 were expected to miss the pass mark, 50 of 100 did" in said
    assert "79 (71–85) in 100" in said
    assert precision_of(school.lakeside, [0.5], "it", None).measured == ()
    assert "expected" not in " ".join(precision_of(school.lakeside, [0.5], "it", 40).measured), (
        "measured of another mark"
    )


# --- the page -----------------------------------------------------------------------------------------------------
def test_the_page_names_them_with_what_could_be_changed_and_leaves_a_trace(
    school: Cast, told: SimpleNamespace, client_as
) -> None:
    tell(told.run, school.final, school.sam, 0.4, {told.can[0]: -5})
    tell(told.run, school.final, school.mia, 0.9)
    page = client_as(school.ada).get("/watchlist/")
    text = page.content.decode()
    assert "Sam Okafor" in text
    assert "Mia Lindqvist" not in text
    assert "about 4 in 10" in text
    assert "has not been measured yet" in text
    assert "risk" not in text.lower()
    assert [event.student_id for event in AccessEvent.objects.filter(what="watchlist")] == [school.sam.pk]


def test_the_files_say_what_the_screen_says(school: Cast, told: SimpleNamespace, client_as) -> None:
    school.sam.given_name = "=cmd()"
    school.sam.save()
    tell(told.run, school.final, school.sam, 0.4)
    browser = client_as(school.ada)
    row = browser.get("/watchlist/").context["told"].listed[0]
    sheet = browser.get("/watchlist.csv").content.decode()
    assert "'=cmd() Okafor" in sheet
    assert f",{row.row.score_told},{row.row.low_told},{row.row.high_told},40," in sheet
    assert browser.get("/watchlist.xlsx").content[:2] == b"PK"
    assert AccessEvent.objects.filter(door="export", student_id=school.sam.pk).count() == 2
    assert AuditEvent.objects.filter(verb="exported").count() == 2


@pytest.mark.parametrize(
    "asked", ["number=0", "number=51", "number=x", "number=%00", "weeks=3", "subject=99999999999999999999", "subject=²",
              "level=-1", "class=1", "grade=%27", "mine=1", "helped=maybe", "number=6&number=7"],
)  # fmt: skip
def test_what_cannot_be_read_counts_as_not_said(school: Cast, told: SimpleNamespace, client_as, asked: str) -> None:
    tell(told.run, school.final, school.sam, 0.4)
    page = client_as(school.ada).get(f"/watchlist/?{asked}")
    assert page.status_code == 200
    assert "Sam Okafor" in page.content.decode()


def test_a_person_keeps_the_number_of_students_they_usually_see(school: Cast, told: SimpleNamespace, client_as) -> None:
    for student in told.students:
        tell(told.run, told.exam, student, 0.5)
    browser = client_as(school.ada)
    assert len(browser.get("/watchlist/").context["told"].listed) == 6
    assert browser.post("/watchlist/usual/", {"number": "3"}).status_code == 302
    assert len(browser.get("/watchlist/").context["told"].listed) == 3
    for bad in ("0", "51", "-1", "six", "", "9" * 400, "³"):
        assert browser.post("/watchlist/usual/", {"number": bad}).status_code == 400
    school.ada.refresh_from_db()
    assert preferences_of(school.ada).figures == {"watchlist": 3}


def test_an_empty_list_says_why_and_what_to_do(school: Cast, told: SimpleNamespace, client_as) -> None:
    browser = client_as(school.hana)
    assert "Nothing predicted yet" in browser.get("/watchlist/").content.decode()
    tell(told.run, told.exam, told.students[0], 0.95)
    assert "Nobody is near" in browser.get("/watchlist/").content.decode()
    Exam.objects.filter(pk=told.exam.pk).update(day=TODAY + make.timedelta(days=300))
    Exam.objects.filter(pk=school.final.pk).update(day=TODAY + make.timedelta(days=300))
    assert "No exam in this time" in browser.get("/watchlist/").content.decode()
    Exam.objects.update(is_target=False)
    assert "No target exam ahead" in browser.get("/watchlist/").content.decode()


def test_it_needs_as_many_queries_for_many_students_as_for_few(school: Cast, told: SimpleNamespace) -> None:
    for place, student in enumerate(told.students):
        tell(told.run, told.exam, student, 0.3 + place / 40, {told.can[0]: -place})
    with remembering_grants():
        listed(school)
        with assert_queries(24) as few:
            listed(school, number=2)
    many_class, many = make_class_of(school.lakeside, 40, name="Physics 10C")
    exam = make.make_exam(many_class, title="Optics", day=TODAY + make.timedelta(days=20), is_target=True)
    run = make_scoring(school.lakeside, told.version, [exam])
    for student in many:
        tell(run, exam, student, 0.5)
    with remembering_grants(), assert_queries(len(few) + 1):  # the roles themselves
        assert len(listed(school, number=30).listed) == 30


def test_predictions_that_are_not_shown_list_nobody(school: Cast, told: SimpleNamespace) -> None:
    shadow = make_scoring(school.lakeside, told.version, [told.exam], kind="shadow")
    tell(shadow, told.exam, told.students[0], 0.5)
    assert listed(school).listed == ()
    assert (Prediction.objects.count(), CurrentPrediction.objects.count()) == (1, 0)
