"""Planning an exam for one or several classes, changing it, and calling it off."""

from decimal import Decimal
from typing import Any

import pytest

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import Conflict, DomainError, NotAllowed
from students.gradebook import scheduling
from students.models import Exam, SchoolClass, Sitting
from students.signals import evidence_changed
from tests import make
from tests.cast import Cast

SOON = make.TODAY + make.timedelta(days=14)


@pytest.fixture
def parallel(school: Cast) -> SchoolClass:
    """9C learns mathematics too, with Tess's colleague Tom until yesterday; Ada does not teach it."""
    return make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)


def planned(**facts: Any) -> Exam:
    facts = {"title": "Vectors", "day": SOON, "maximum": Decimal(40), "weight": Decimal(2), **facts}
    return Exam(**facts)


def test_a_teacher_plans_an_exam_and_it_takes_its_place_from_the_class(school: Cast) -> None:
    exam = scheduling.schedule(planned(), [school.maths], by=school.ada, on=make.TODAY)
    assert (exam.school, exam.subject, exam.term) == (school.lakeside, school.maths.subject, school.maths.term)
    assert list(exam.classes.all()) == [school.maths]
    event = AuditEvent.objects.get(verb="exam scheduled")
    assert (event.target_id, event.facts) == (exam.pk, {"classes": [school.maths.pk]})
    assert set(Change.objects.values_list("model", flat=True)) == {"students.Exam", "students.Sitting"}
    assert set(Change.objects.values_list("school_id", flat=True)) == {school.lakeside.pk}


def test_the_office_plans_one_for_several_classes(school: Cast, parallel: SchoolClass) -> None:
    exam = scheduling.schedule(planned(), [school.maths, parallel], by=school.otto, on=make.TODAY)
    assert set(exam.classes.all()) == {school.maths, parallel}


@pytest.mark.parametrize("person", ["tom", "cora", "gus", "mina", "nils", "wanda", "tess", "root"])
def test_nobody_else_plans_one(school: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        scheduling.schedule(planned(), [school.maths], by=getattr(school, person), on=make.TODAY)
    assert not Exam.objects.filter(title="Vectors").exists()


def test_a_teacher_plans_for_all_of_the_classes_or_for_none(school: Cast, parallel: SchoolClass) -> None:
    with pytest.raises(NotAllowed, match="Mathematics 9C"):
        scheduling.schedule(planned(), [school.maths, parallel], by=school.ada, on=make.TODAY)
    assert not Exam.objects.filter(title="Vectors").exists()


def test_all_classes_of_an_exam_share_school_subject_and_term(school: Cast) -> None:
    for other in (school.art, school.next_door, make.make_class(school.lakeside, term=make.make_term(school.lakeside))):
        with pytest.raises(DomainError, match="share school, subject and term"):
            scheduling.schedule(planned(), [school.maths, other], by=school.hana, on=make.TODAY)
    with pytest.raises(DomainError, match="at least one class"):
        scheduling.schedule(planned(), [], by=school.hana, on=make.TODAY)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"day": make.LONG_AGO}, "lies outside"),
        ({"day": make.TODAY.replace(year=9999)}, "lies outside"),
        ({"maximum": Decimal(0)}, "maximum"),
        ({"maximum": Decimal("NaN")}, "maximum"),
        ({"maximum": Decimal(99999)}, "maximum"),
        ({"weight": Decimal(0)}, "weight"),
        ({"weight": Decimal(-1)}, "weight"),
        ({"weight": Decimal("Infinity")}, "weight"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(school: Cast, facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        scheduling.schedule(planned(**facts), [school.maths], by=school.ada, on=make.TODAY)
    assert not Exam.objects.filter(title="Vectors").exists()


def test_facts_are_changed_with_their_history(school: Cast) -> None:
    exam = Exam.objects.get(pk=school.final.pk)
    exam.title, exam.weight = "Year exam", Decimal(3)
    assert scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)
    change = Change.objects.get(model="students.Exam")
    assert (change.before["title"], change.after["title"]) == ("Final exam", "Year exam")
    assert AuditEvent.objects.get(verb="exam changed").facts["fields"] == ["title", "weight"]
    assert Exam.objects.get(pk=exam.pk).version == 2


def test_saving_what_is_there_already_changes_nothing(school: Cast) -> None:
    exam = Exam.objects.get(pk=school.final.pk)
    exam.weight = Decimal("1.0")
    assert not scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)
    assert not Change.objects.exists()


def test_the_second_of_two_who_change_it_at_once_is_told(school: Cast, parallel: SchoolClass) -> None:
    first, second = Exam.objects.get(pk=school.final.pk), Exam.objects.get(pk=school.final.pk)
    scheduling.change(first, [school.maths, parallel], by=school.otto, on=make.TODAY)
    second.title = "Mine"
    with pytest.raises(Conflict) as refusal:
        scheduling.change(second, [school.maths], by=school.hana, on=make.TODAY)
    assert refusal.value.code == "stale"
    assert set(school.final.classes.all()) == {school.maths, parallel}


def test_with_marks_the_maximum_stays_and_the_exam_does_not_move_ahead(school: Cast) -> None:
    exam = Exam.objects.get(pk=school.test.pk)
    exam.maximum = Decimal(60)
    with pytest.raises(Conflict, match="out of 50 points"):
        scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)
    exam = Exam.objects.get(pk=school.test.pk)
    exam.day = SOON
    with pytest.raises(Conflict, match="cannot lie ahead"):
        scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)
    exam = Exam.objects.get(pk=school.final.pk)
    exam.maximum = Decimal(60)
    assert scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)


def test_who_keeps_figures_hears_when_marks_mean_something_else(
    school: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def hear(sender: Any, school_id: int, student_ids: list[int], kind: str, **kwargs: Any) -> None:
        heard.append((school_id, student_ids, kind))

    evidence_changed.connect(hear, weak=False)
    try:
        for facts in ({"title": "Algebra, corrected"}, {"weight": Decimal(2)}):
            exam = Exam.objects.get(pk=school.test.pk)
            for name, value in facts.items():
                setattr(exam, name, value)
            with django_capture_on_commit_callbacks(execute=True):
                scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)
    finally:
        evidence_changed.disconnect(hear)
    assert heard == [(school.lakeside.pk, sorted([school.sam.pk, school.mia.pk]), "marks")]


def test_who_predicts_hears_of_an_exam_ahead_and_of_no_other(
    school: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def hear(sender: Any, school_id: int, student_ids: list[int], kind: str, **kwargs: Any) -> None:
        heard.append((school_id, student_ids, kind))

    evidence_changed.connect(hear, weak=False)
    try:
        for facts in ({"title": "Final, renamed"}, {"day": SOON}, {"is_target": False}):
            exam = Exam.objects.get(pk=school.final.pk)
            for name, value in facts.items():
                setattr(exam, name, value)
            with django_capture_on_commit_callbacks(execute=True):
                scheduling.change(exam, [school.maths], by=school.ada, on=make.TODAY)
    finally:
        evidence_changed.disconnect(hear)
    assert heard == [(school.lakeside.pk, sorted([school.sam.pk, school.mia.pk]), "plans")]


def test_a_class_without_results_is_taken_out_and_one_with_results_stays(school: Cast, parallel: SchoolClass) -> None:
    shared = make.make_exam(school.maths, parallel)
    make.make_result(shared, school.sam, 40)
    shared.refresh_from_db()
    with pytest.raises(Conflict, match="Mathematics 9B has results"):
        scheduling.change(shared, [parallel], by=school.otto, on=make.TODAY)
    assert scheduling.change(shared, [school.maths], by=school.otto, on=make.TODAY)
    assert list(shared.classes.all()) == [school.maths]
    assert Change.objects.get(model="students.Sitting", kind="removed").before["school_class"] == parallel.pk


def test_a_teacher_takes_no_class_of_somebody_else_out(school: Cast, parallel: SchoolClass) -> None:
    shared = make.make_exam(school.maths, parallel, day=SOON)
    shared.refresh_from_db()
    with pytest.raises(NotAllowed, match="Mathematics 9C"):
        scheduling.change(shared, [school.maths], by=school.ada, on=make.TODAY)
    assert Sitting.objects.filter(exam=shared).count() == 2


def test_a_class_moved_from_the_other_does_not_hold_a_result_of_its_own(school: Cast, parallel: SchoolClass) -> None:
    """Zoe was in 9C before she joined 9B; her result in 9B does not keep 9C in the exam."""
    shared = make.make_exam(school.maths, parallel)
    make.make_enrolment(school.zoe, parallel, ends=shared.day - make.timedelta(days=5))
    make.make_enrolment(school.zoe, school.maths, starts=shared.day - make.timedelta(days=4))
    make.make_result(shared, school.zoe, 40)
    shared.refresh_from_db()
    assert scheduling.change(shared, [school.maths], by=school.otto, on=make.TODAY)


def test_an_exam_without_results_is_called_off_and_its_history_kept(school: Cast) -> None:
    key = school.final.pk
    scheduling.call_off(school.final, by=school.ada, on=make.TODAY)
    assert not Exam.objects.filter(pk=key).exists()
    gone = Change.objects.filter(kind="removed")
    assert set(gone.values_list("model", flat=True)) == {"students.Exam", "students.Sitting"}
    assert AuditEvent.objects.get(verb="exam called off").target_id == key


def test_an_exam_with_results_is_not_called_off(school: Cast) -> None:
    with pytest.raises(Conflict, match="has results already"):
        scheduling.call_off(school.test, by=school.hana, on=make.TODAY)


def test_a_locked_class_keeps_its_exam(school: Cast) -> None:
    Sitting.objects.filter(exam=school.final).update(locked_at=make.timezone.now())
    with pytest.raises(Conflict, match="locked"):
        scheduling.call_off(school.final, by=school.hana, on=make.TODAY)
    assert Exam.objects.filter(pk=school.final.pk).exists()


def test_a_teacher_does_not_call_off_what_others_sit_too(school: Cast, parallel: SchoolClass) -> None:
    shared = make.make_exam(school.maths, parallel, day=SOON)
    with pytest.raises(NotAllowed, match="Mathematics 9C"):
        scheduling.call_off(shared, by=school.ada, on=make.TODAY)
