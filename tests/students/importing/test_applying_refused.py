"""Who was faster keeps what they wrote; an import that stops half-way or asks for too much has done nothing."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, transaction

from portal.accounts.models import User
from portal.audit import history
from portal.audit.models import Change
from portal.kit import bulk
from portal.kit.errors import Conflict, NotAllowed
from students import enrolment
from students.gradebook.marks import record_cells
from students.gradebook.outcomes import Cell
from students.importing.applying import writing
from students.importing.incoming import Table
from students.marksheet import token
from students.models import AttendanceMark, Enrolment, Exam, Membership, Result, School, Student, Subject
from students.signals import evidence_changed, roster_changed
from tests import make
from tests.cast import Cast
from tests.students.importing.plans_made import Draft, removals, stand
from tests.students.importing.test_applying import whole


class Killed(Exception):
    """The worker is gone, or somebody pressed stop."""


def refuse(draft: Draft, school: Cast) -> str:
    """Apply it and expect a refusal that has changed nothing; returns what was said."""
    before, lines = stand(), Change.objects.count()
    with pytest.raises(Conflict) as refused:
        draft.write(school.otto)
    assert refused.value.code == "stale"
    assert (stand(), Change.objects.count()) == (before, lines)
    return refused.value.sentence


def everything(school: Cast) -> Draft:
    sam = Result.objects.get(student=school.sam)
    draft = whole(school)
    draft.change(Table.RESULTS, [sam], score=[12.5]).remove(Table.RESULTS, Result.objects.get(student=school.mia))
    draft.end(Table.ENROLMENTS, [Enrolment.objects.get(student=school.zoe)], ends=[make.YESTERDAY])
    return draft


def test_a_kill_at_any_step_leaves_nothing_behind(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 1)
    steps: list[int] = []
    before = stand()
    with transaction.atomic():
        everything(school).write(school.otto, progress=lambda *told: steps.append(told[0]))
        transaction.set_rollback(True)
    assert len(steps) > 20
    for last in range(len(steps)):
        seen = iter(range(len(steps)))

        def stop(done: int, total: int, sentence: str, last: int = last, seen: object = seen) -> None:
            if next(seen) == last:  # type: ignore[call-overload]  # an iterator of counts
                raise Killed

        with pytest.raises(Killed):
            everything(school).write(school.otto, progress=stop)
        assert stand() == before
    assert not Change.objects.exists()
    everything(school).write(school.otto)


def test_it_says_how_far_it_is_in_rows(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 1)
    told: list[tuple[int, int, str]] = []
    everything(school).write(school.otto, progress=lambda *each: told.append(each))
    done, totals, sentences = zip(*told, strict=True)
    assert list(done) == sorted(done)
    assert (set(totals), done[-1]) == ({25}, 25)
    assert {"adding records", "changing records", "ending records", "removing marks"} < set(sentences)


def test_the_mark_a_teacher_saved_meanwhile_stays_and_the_plan_is_stale(school: Cast) -> None:
    planned = Result.objects.get(student=school.sam)
    draft = whole(school).change(Table.RESULTS, [planned], score=[12.5])
    cell = Cell(school.test.pk, school.sam.pk, "49", token(planned))
    record_cells(school.maths, [cell], by=school.ada, on=make.TODAY, at=planned.updated_at + timedelta(hours=1))
    assert "look at the new plan" in refuse(draft, school)
    assert Result.objects.get(pk=planned.pk).score == 49


def test_a_mark_that_a_teacher_entered_first_is_not_doubled(school: Cast) -> None:
    result = {"exam_id": school.final.pk, "status": "scored", "score": 12.0, "known_on": None}
    draft = Draft(school.lakeside).add(Table.RESULTS, {"student_id": school.sam.pk, **result})
    make.make_result(school.final, school.sam, 50)
    refuse(draft, school)


def test_a_roll_that_was_taken_anew_meanwhile_stays(school: Cast) -> None:
    mark = AttendanceMark.objects.get(student=school.sam)
    draft = Draft(school.lakeside).change(Table.ATTENDANCE, [mark], status=["A"])
    AttendanceMark.objects.filter(pk=mark.pk).update(status="E")
    refuse(draft, school)


def test_a_mark_changed_since_is_not_removed_and_one_that_is_gone_is_noticed(school: Cast) -> None:
    sam, mia = Result.objects.order_by("pk")[:2]
    draft = Draft(school.lakeside)
    draft.step(Table.RESULTS).removed = removals([sam, mia])
    sam.score = 1
    history.save(sam, by=school.ada)
    refuse(draft, school)
    draft.step(Table.RESULTS).removed = removals([sam, mia])
    history.remove(mia, by=school.ada)
    refuse(draft, school)


def test_an_enrolment_that_ended_meanwhile_does_not_end_twice(school: Cast) -> None:
    row = Enrolment.objects.get(student=school.sam)
    draft = Draft(school.lakeside).end(Table.ENROLMENTS, [row], ends=[make.YESTERDAY])
    enrolment.withdraw(Enrolment.objects.get(pk=row.pk), by=school.otto, on=make.TODAY)
    refuse(draft, school)


def test_a_class_that_was_deleted_meanwhile_takes_nobody_in(school: Cast) -> None:
    gone = make.make_class(school.lakeside, "Short-lived")
    row = {"student_id": school.sam.pk, "school_class_id": gone.pk, "starts": make.TODAY, "ends": None}
    draft = Draft(school.lakeside).add(Table.ENROLMENTS, row)
    gone.delete()
    refuse(draft, school)


def test_nothing_points_next_door(school: Cast) -> None:
    row = {"student_id": school.wim.pk, "school_class_id": school.maths.pk, "starts": make.TODAY, "ends": None}
    refuse(Draft(school.lakeside).add(Table.ENROLMENTS, row), school)


def test_somebody_who_got_an_account_meanwhile_is_not_given_another(school: Cast) -> None:
    draft = Draft(school.lakeside).add(Table.PEOPLE, {"email": "new@lakeside.example", "name": "N"})
    make.make_user("Somebody Else", "new@lakeside.example")
    refuse(draft, school)


@pytest.mark.parametrize("role", ["leader", "office", "analyst"])
def test_an_import_gives_no_role_that_decides(school: Cast, role: str) -> None:
    row = {"user_id": school.ada.pk, "role": role, "starts": make.TODAY, "ends": None}
    with pytest.raises(NotAllowed, match=role):
        Draft(school.lakeside).add(Table.MEMBERSHIPS, row).write(school.otto)
    hers = Membership.objects.get(user=school.ada)
    with pytest.raises(NotAllowed, match="role"):
        Draft(school.lakeside).change(Table.MEMBERSHIPS, [hers], role=[role]).write(school.otto)
    with pytest.raises(NotAllowed, match="sees_demographics"):
        Draft(school.lakeside).change(Table.MEMBERSHIPS, [hers], sees_demographics=[True]).write(school.otto)
    assert [each.role for each in Membership.objects.filter(user=school.ada)] == ["teacher"]


def test_an_account_that_is_there_is_never_changed_and_none_is_made_mighty(school: Cast) -> None:
    with pytest.raises(NotAllowed, match="never changes an account"):
        Draft(school.lakeside).change(Table.PEOPLE, [school.ada], name=["Ada Other"]).write(school.otto)
    row = {"email": "root@lakeside.example", "name": "R", "is_superuser": True}
    with pytest.raises(NotAllowed, match="is_superuser"):
        Draft(school.lakeside).add(Table.PEOPLE, row).write(school.otto)
    assert User.objects.get(pk=school.ada.pk).name == "Ada Marsh"


def test_nothing_but_marks_is_ever_removed(school: Cast) -> None:
    with pytest.raises(NotAllowed, match="marks only"):
        Draft(school.lakeside).remove(Table.STUDENTS, school.sam).write(school.otto)
    assert Student.objects.filter(pk=school.sam.pk).exists()


def heard(signal: object, draft: Draft, school: Cast, capture: object) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []

    def hear(sender: object, **facts: object) -> None:
        told.append({name: facts[name] for name in facts if name != "signal"})

    signal.connect(hear)  # type: ignore[attr-defined]  # any signal of the table
    try:
        with capture(execute=True):  # type: ignore[operator]  # a fixture of pytest-django
            draft.write(school.otto)
    finally:
        signal.disconnect(hear)  # type: ignore[attr-defined]  # as above
    return told


def test_others_hear_after_commit_whose_records_changed(
    school: Cast, django_capture_on_commit_callbacks: object
) -> None:
    results = list(Result.objects.order_by("student_id"))[:2]
    draft = Draft(school.lakeside).change(Table.RESULTS, results, score=[1.0, 2.0])
    told = heard(evidence_changed, draft, school, django_capture_on_commit_callbacks)
    ids = sorted([school.sam.pk, school.mia.pk])
    assert told == [{"school_id": school.lakeside.pk, "student_ids": ids, "kind": "marks"}]
    old = Enrolment.objects.get(student=school.sam)
    ending = Draft(school.lakeside).end(Table.ENROLMENTS, [old], ends=[make.YESTERDAY])
    told = heard(roster_changed, ending, school, django_capture_on_commit_callbacks)
    assert told == [{"school_id": school.lakeside.pk, "student_ids": [school.sam.pk]}]


def test_those_who_sit_a_new_exam_that_is_to_be_predicted_are_told_of(
    school: Cast, django_capture_on_commit_callbacks: object
) -> None:
    exam = {"title": "Mock", "day": make.TODAY + timedelta(days=9), "maximum": 50.0, "kind": "test", "is_target": True}
    frame = {"subject_id": school.maths.subject_id, "term_id": school.maths.term_id}
    draft = Draft(school.lakeside).add(Table.EXAMS, {**exam, **frame})
    draft.add(Table.SITTINGS, {"exam_id": -1, "school_class_id": school.maths.pk})
    told = heard(evidence_changed, draft, school, django_capture_on_commit_callbacks)
    ids = sorted([school.sam.pk, school.mia.pk])
    assert told == [{"school_id": school.lakeside.pk, "student_ids": ids, "kind": "plans"}]
    assert Exam.objects.get(title="Mock").is_target


def test_keys_that_were_taken_are_nobody_elses_even_when_nothing_is_written_under_them(school: Cast) -> None:
    taken = bulk.take_keys(Subject, 5)
    saved = make.make_subject(school.lakeside, "Chess").pk
    again = bulk.take_keys(Subject, 3)
    assert len({*taken.tolist(), saved, *again.tolist()}) == 9
    assert min(taken) > Subject.objects.exclude(pk=saved).latest("pk").pk
    assert bulk.take_keys(Subject, 0).tolist() == []


def test_the_key_of_a_record_that_is_gone_is_not_given_again(school: Cast) -> None:
    gone = make.make_subject(school.lakeside, "Chess")
    key = gone.pk
    gone.delete()
    assert bulk.take_keys(Subject, 1)[0] > key


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite there is one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_teacher_who_saves_while_an_import_runs_gets_another_key() -> None:
    other = connection.copy()
    with closing(other), transaction.atomic():
        taken = set(bulk.take_keys(School, 100).tolist())
        with other.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('students_school', 'id'))")
            assert cursor.fetchone()[0] not in taken
