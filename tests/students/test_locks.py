"""What is locked stays as it is, by whatever door; and rights end where another class or another person's work begins."""

import json
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from students import enrolment, handing_over, inviting, rollcall, taking_back
from students.gradebook import marks, releasing, scheduling
from students.gradebook.outcomes import Cell
from students.marksheet import read_sheet, token
from students.models import AttendanceMark, Caseload, Enrolment, Exam, Release, Result, SchoolClass, Sitting
from students.roles import Role
from students.summaries.roll_past import past_of
from tests import make
from tests.cast import Cast
from tests.students.office import address, errors_of, filled, save


@pytest.fixture
def locked(school: Cast) -> Exam:
    releasing.lock(school.test, school.maths, by=school.ada, on=make.TODAY, at=timezone.now())
    return school.test


@pytest.fixture
def parallel(school: Cast) -> SchoolClass:
    """9C sits the algebra test too; Bea teaches it."""
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    Sitting.objects.create(exam=school.test, school_class=other)
    return other


@pytest.fixture
def bea(school: Cast, parallel: SchoolClass) -> User:
    person = make.make_user("Bea Parallel")
    make.make_member(person, school.lakeside, Role.TEACHER)
    make.make_teaching(person, parallel)
    return person


def result_of(school: Cast) -> Result:
    return Result.objects.get(exam=school.test, student=school.sam)


def enter(by: User, school_class: SchoolClass, exam: Exam, student: Any, text: str, seen: str | None = None) -> Any:
    stored = Result.objects.filter(exam=exam, student=student).first()
    cell = Cell(exam.pk, student.pk, text, token(stored) if seen is None else seen)
    return marks.record_cells(school_class, [cell], by=by, on=make.TODAY, at=timezone.now()).outcomes[0]


def corrected(exam: Exam, **facts: Any) -> Exam:
    found = Exam.objects.get(pk=exam.pk)
    for name, value in facts.items():
        setattr(found, name, value)
    return found


# --- marks --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", ["otto", "hana", "root"])
def test_the_back_office_changes_no_locked_mark(school: Cast, locked: Exam, client_as: Any, person: str) -> None:
    answer = save(client_as(getattr(school, person)), result_of(school), score="50")
    assert "locked" in errors_of(answer)
    assert result_of(school).score == 31
    releasing.unlock(locked, school.maths, by=school.hana, on=make.TODAY)
    assert save(client_as(getattr(school, person)), result_of(school), score="50").status_code == 302
    assert result_of(school).score == 50


def test_the_back_office_adds_no_mark_to_a_locked_class(school: Cast, locked: Exam, client_as: Any) -> None:
    result_of(school).delete()
    facts = {"student": school.sam.pk, "exam": locked.pk, "status": "scored", "score": "50"}
    assert "locked" in errors_of(client_as(school.otto).post(address(Result, "add"), facts))
    assert not Result.objects.filter(exam=locked, student=school.sam).exists()


def test_a_locked_mark_stays_locked_when_the_student_changes_class(
    school: Cast, locked: Exam, parallel: SchoolClass, bea: User
) -> None:
    inside = Enrolment.objects.get(student=school.sam, school_class=school.maths)
    enrolment.move(inside, parallel, by=school.otto, on=make.TODAY)
    outcome = enter(bea, parallel, locked, school.sam, "50")
    assert (outcome.state, "locked" in outcome.sentence) == ("refused", True)
    assert result_of(school).score == 31
    assert read_sheet(parallel, user=bea, on=make.TODAY).why_fixed(locked.pk, school.sam.pk) == "locked"
    releasing.unlock(locked, school.maths, by=school.hana, on=make.TODAY)
    assert enter(bea, parallel, locked, school.sam, "50").state == "saved"


def test_a_lock_of_a_class_one_has_left_before_the_exam_does_not_hold(
    school: Cast, parallel: SchoolClass, bea: User
) -> None:
    before = school.test.day - timedelta(days=3)
    Enrolment.objects.filter(student=school.sam).update(ends=before)
    make.make_enrolment(school.sam, parallel, starts=before + timedelta(days=1))
    releasing.lock(school.test, school.maths, by=school.ada, on=make.TODAY, at=timezone.now())
    assert enter(bea, parallel, school.test, school.sam, "50").state == "saved"


def test_a_mark_from_outside_of_the_exams_day_is_held_by_the_class_it_is_shown_in(school: Cast) -> None:
    Enrolment.objects.filter(student=school.sam).update(starts=make.TODAY)
    releasing.check_open(school.test, school.sam)
    Sitting.objects.filter(exam=school.test).update(locked_at=timezone.now())
    with pytest.raises(Conflict, match="locked"):
        releasing.check_open(school.test, school.sam)


# --- exams --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("facts", [{"weight": Decimal(9)}, {"day": make.YESTERDAY}, {"maximum": Decimal(60)}])
def test_what_bears_on_locked_marks_is_not_changed(school: Cast, locked: Exam, facts: dict[str, Any]) -> None:
    for person in (school.ada, school.hana):
        with pytest.raises(Conflict, match="Mathematics 9B are locked"):
            scheduling.change(corrected(locked, **facts), [school.maths], by=person, on=make.TODAY)
    assert scheduling.change(corrected(locked, title="Algebra 1"), [school.maths], by=school.ada, on=make.TODAY)


def test_the_page_of_an_exam_says_that_its_marks_are_locked(school: Cast, locked: Exam, client_as: Any) -> None:
    facts = {"title": locked.title, "kind": locked.kind, "day": locked.day, "maximum": "50", "weight": "9"}
    more = {"classes": [school.maths.pk], "version_seen": locked.version}
    answer = client_as(school.ada).post(f"/exams/{locked.pk}/edit/", facts | more)
    assert (answer.status_code, "are locked" in answer.content.decode()) == (422, True)


def test_a_teacher_does_not_weigh_the_marks_of_other_classes_anew(
    school: Cast, parallel: SchoolClass, bea: User
) -> None:
    both = [school.maths, parallel]
    with pytest.raises(NotAllowed, match="Mathematics 9B"):
        scheduling.change(corrected(school.test, weight=Decimal(99)), both, by=bea, on=make.TODAY)
    assert scheduling.change(corrected(school.test, title="Algebra 1"), both, by=bea, on=make.TODAY)
    assert scheduling.change(corrected(school.test, weight=Decimal(2)), both, by=school.otto, on=make.TODAY)


def _exam_page(client: Client, exam: Exam, **changes: Any) -> Any:
    place = address(Exam, "change", exam.pk)
    return client.post(place, filled(client.get(place)) | changes)


@pytest.mark.parametrize("person", ["otto", "root"])
def test_the_back_office_takes_no_locked_or_marked_class_out_of_an_exam(
    school: Cast, locked: Exam, parallel: SchoolClass, client_as: Any, person: str
) -> None:
    client = client_as(getattr(school, person))
    assert "locked" in errors_of(_exam_page(client, locked, **{"sittings-0-DELETE": "on"}))
    releasing.unlock(locked, school.maths, by=school.hana, on=make.TODAY)
    assert "has results" in errors_of(_exam_page(client, locked, **{"sittings-0-DELETE": "on"}))
    third = make.make_class(school.lakeside, "Mathematics 9D", subject=school.maths.subject)
    assert "has results" in errors_of(_exam_page(client, locked, **{"sittings-0-school_class": third.pk}))
    assert set(locked.classes.all()) == {school.maths, parallel}
    assert _exam_page(client, locked, **{"sittings-1-DELETE": "on"}).status_code == 302
    assert list(locked.classes.all()) == [school.maths]


def test_the_back_office_keeps_the_maximum_of_an_exam_with_marks(school: Cast, client_as: Any) -> None:
    client = client_as(school.otto)
    assert "out of 50 points" in errors_of(_exam_page(client, school.test, maximum="100"))
    assert _exam_page(client, school.test, title="Algebra 1", weight="2").status_code == 302
    school.test.refresh_from_db()
    assert (school.test.maximum, school.test.title, school.test.weight) == (50, "Algebra 1", 2)
    assert AuditEvent.objects.get(verb="exam changed").facts["fields"] == ["title", "weight"]


def test_the_back_office_moves_no_exam_into_another_subject_than_its_classes(school: Cast, client_as: Any) -> None:
    answer = _exam_page(client_as(school.otto), school.final, subject=school.art.subject_id)
    assert "those of its classes" in errors_of(answer)


def test_the_back_office_schedules_an_exam_with_its_classes(school: Cast, client_as: Any) -> None:
    facts = {
        "school": school.lakeside.pk, "title": "Vectors", "kind": "test", "day": make.TODAY, "maximum": "40", "weight": "1",
        "subject": school.maths.subject_id, "term": school.maths.term_id,
        "sittings-TOTAL_FORMS": "1", "sittings-INITIAL_FORMS": "0", "sittings-0-school_class": school.maths.pk,
    }  # fmt: skip
    client = client_as(school.otto)
    wrong = client.post(address(Exam, "add"), facts | {"subject": school.art.subject_id})
    assert "those of its classes" in errors_of(wrong)
    alone = client.post(address(Exam, "add"), facts | {"sittings-TOTAL_FORMS": "0"})
    assert "at least one class" in errors_of(alone)
    assert client.post(address(Exam, "add"), facts).status_code == 302
    made = Exam.objects.get(title="Vectors")
    assert list(made.classes.all()) == [school.maths]
    assert AuditEvent.objects.get(verb="exam scheduled").target_id == made.pk


def test_the_back_office_calls_no_locked_exam_off(school: Cast, client_as: Any) -> None:
    Sitting.objects.filter(exam=school.final).update(locked_at=timezone.now())
    client, place = client_as(school.otto), address(Exam, "delete", school.final.pk)
    assert "are locked" in client.post(place, {"post": "yes"}, follow=True).content.decode()
    Sitting.objects.filter(exam=school.final).update(locked_at=None)
    client.post(place, {"post": "yes"})
    assert AuditEvent.objects.get(verb="exam called off").target_id == school.final.pk


@pytest.mark.parametrize("person", ["otto", "root"])
def test_the_back_office_releases_and_takes_back_as_everybody_does(school: Cast, client_as: Any, person: str) -> None:
    client = client_as(getattr(school, person))
    facts = {"exam": school.test.pk, "school_class": school.maths.pk, "comment": "Well done."}
    assert client.post(address(Release, "add"), facts).status_code == 302
    made = Release.objects.get()
    assert (made.by, made.comment) == (getattr(school, person), "Well done.")
    assert AuditEvent.objects.get(verb="results released").target_id == school.test.pk
    empty = client.post(address(Release, "add"), facts | {"exam": school.final.pk})
    assert "No marks" in errors_of(empty)
    client.post(address(Release, "delete", made.pk), {"post": "yes"})
    assert AuditEvent.objects.get(verb="results taken back").target_id == school.test.pk
    assert not Release.objects.exists()


# --- names, rolls, what is taken back -----------------------------------------------------------------------
def test_who_emptied_a_cell_is_named_for_that_cell_alone(school: Cast) -> None:
    """A number of another record, sent as if it had been seen, tells nothing about who removed that one."""
    optics = Exam.objects.get(title="Optics test")
    foreign = Result.objects.get(exam=optics)
    marks_of = token(foreign)
    enter(school.tess, school.next_door, optics, school.wim, "")
    quiz = make.make_exam(school.maths, maximum=50)
    outcome = enter(school.ada, school.maths, quiz, school.sam, "7", seen=marks_of)
    assert (outcome.state, outcome.by, outcome.at) == ("conflict", "Somebody", None)
    beside = token(result_of(school))
    enter(school.otto, school.maths, school.test, school.sam, "")
    assert enter(school.ada, school.maths, quiz, school.sam, "7", seen=beside).by == "Somebody"
    assert enter(school.ada, school.maths, school.test, school.sam, "7", seen=beside).by == "Otto Office"


def _left_maths(school: Cast) -> AttendanceMark:
    """Sam left mathematics yesterday; Ada still sees him, in another class of hers."""
    other = make.make_class(school.lakeside, "Mathematics club", subject=school.maths.subject)
    make.make_teaching(school.ada, other)
    make.make_enrolment(school.sam, other)
    Enrolment.objects.filter(student=school.sam, school_class=school.maths).update(ends=make.YESTERDAY)
    return AttendanceMark.objects.get(student=school.sam)


def test_a_teacher_corrects_no_roll_of_who_has_left_the_class(school: Cast, client_as: Any) -> None:
    mark = _left_maths(school)
    sent = {"day": mark.day.isoformat(), "marks": [{"student": school.sam.pk, "status": "A", "seen": "P"}]}
    place = f"/classes/{school.maths.pk}/roll/marks/"
    (answer,) = client_as(school.ada).post(place, json.dumps(sent), content_type="application/json").json()["marks"]
    assert (answer["state"], bool(answer["sentence"])) == ("refused", True)
    mark.refresh_from_db()
    assert mark.status == "P"
    outcome = rollcall.take(
        school.maths, mark.day, {school.sam.pk: "A"}, {school.sam.pk: "P"}, by=school.otto, on=make.TODAY
    )
    assert outcome.changed == (school.sam.pk,)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_without_a_roll_has_no_history_and_says_so(school: Cast, client_as: Any, day: str) -> None:
    page = client_as(school.ada).get(f"/classes/{school.maths.pk}/roll/history/{school.sam.pk}/?day={day}")
    assert (page.status_code, "lies outside" in page.content.decode()) == (400, True)
    with pytest.raises(DomainError, match="lies outside"):
        past_of(school.sam, school.maths, make.TODAY.replace(year=9999))


def test_a_class_takes_back_only_what_its_own_pages_did(school: Cast) -> None:
    def back(batch: uuid.UUID, school_class: SchoolClass) -> None:
        taking_back.take_back(batch, school_class, by=school.otto, at=timezone.now())

    loads = handing_over.take_on([school.zoe], school.cora, school=school.lakeside, by=school.otto, on=make.TODAY)
    with pytest.raises(NotReady):
        back(loads.batch, school.art)
    assert Caseload.objects.filter(student=school.zoe).exists()
    batch = uuid.uuid4()
    enrolment.enrol_many([school.zoe], school.maths, by=school.otto, on=make.TODAY, batch=batch)
    with pytest.raises(NotReady):
        back(batch, school.art)
    back(batch, school.maths)
    assert not Enrolment.objects.filter(student=school.zoe, school_class=school.maths).exists()


def test_a_line_too_long_for_an_address_is_not_even_looked_at(school: Cast) -> None:
    wish = inviting.Wish(school.lakeside, Role.TEACHER, make.TODAY)
    guests = inviting.look_over("a" + " " * 30_000 + "b\nNew One <new@lakeside.example>", wish)
    assert [seat.email for seat in guests.good] == ["new@lakeside.example"]
    assert "longer than" in guests.bad[0].sentence
