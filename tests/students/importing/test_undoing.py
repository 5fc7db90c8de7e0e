"""An import is taken back: nobody's work since is lost, and what stays is told by name."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import history
from portal.audit import undo as undoing_audit
from portal.audit.models import Change
from portal.kit.errors import Conflict
from students.importing.incoming import Table
from students.importing.told import UndoneTold
from students.importing.undoing import take_back
from students.models import (
    AttendanceMark,
    Enrolment,
    Exam,
    ImportBatch,
    ImportState,
    Result,
    SchoolClass,
    Student,
    Subject,
    Term,
)
from students.signals import evidence_changed, roster_changed
from tests import make
from tests.cast import Cast
from tests.students.importing.plans_made import Draft, silent, stand
from tests.students.importing.test_applying import whole


def applied(draft: Draft, school: Cast, **facts: Any) -> ImportBatch:
    """An import of this plan, as it is once it was applied."""
    facts = {"state": ImportState.APPLIED, "applied_at": timezone.now(), **facts}
    batch = ImportBatch.objects.create(school=draft.school, kind="spreadsheet", file_name="roll.csv", **facts)
    draft.write(school.otto, batch.mark)
    return batch


def undone(batch: ImportBatch, school: Cast) -> UndoneTold:
    return take_back(batch, by=school.hana, progress=silent)


def everything(school: Cast) -> Draft:
    draft = whole(school)
    sam, mia = Result.objects.filter(exam=school.test).order_by("student_id")
    draft.change(Table.RESULTS, [sam], score=[12.5]).remove(Table.RESULTS, mia)
    draft.change(Table.STUDENTS, [school.mia], given_name=["Maja"], grade_level=[10])
    draft.end(Table.ENROLMENTS, [Enrolment.objects.get(student=school.zoe)], ends=[make.YESTERDAY])
    return draft.remove(Table.ATTENDANCE, AttendanceMark.objects.get(student=school.mia))


def test_an_import_nobody_touched_since_leaves_no_trace_in_the_records(school: Cast) -> None:
    before = stand()
    batch = applied(everything(school), school)
    assert stand() != before
    done = undone(batch, school)
    assert stand() == before
    assert (done.left, done.left_count) == ((), 0)
    assert done.removed == Change.objects.filter(batch=batch.mark, kind="added").count()
    assert done.restored == 5


def test_taking_back_stands_in_the_history_under_a_mark_of_its_own(school: Cast) -> None:
    batch = applied(everything(school), school)
    undone(batch, school)
    kinds = {"added": "removed", "removed": "added", "changed": "changed"}
    done = {(each.model, each.record_id, kinds[each.kind]) for each in Change.objects.filter(batch=batch.mark)}
    taken = Change.objects.filter(batch=batch.undo_mark, actor=school.hana, school_id=school.lakeside.pk)
    assert {(each.model, each.record_id, each.kind) for each in taken} == done
    newest = history.history_of(Result.objects.get(exam=school.test, student=school.sam)).first()
    assert (newest.before, newest.after) == ({"score": "12.50"}, {"score": "31.00"})


def test_names_are_found_under_their_old_form_again(school: Cast) -> None:
    undone(applied(everything(school), school), school)
    assert Student.objects.named("mia lind").get() == school.mia
    assert not Student.objects.named("maja").exists()
    assert not Student.objects.named("zoe dordevic").exists()


def test_what_was_edited_since_stays_and_is_named(school: Cast) -> None:
    batch = applied(everything(school), school)
    zoe = Student.objects.named("dordevic").get()
    zoe.grade_level = 11
    history.save(zoe, by=school.otto)
    mark = Result.objects.get(exam=school.test, student=school.sam)
    mark.score = 40
    history.save(mark, by=school.ada)
    done = undone(batch, school)
    assert "Student “Zoë Đorđević” was changed since and stays as it is." in done.left
    assert "Result “Sam Okafor: Algebra test” was changed since and stays as it is." in done.left
    assert Student.objects.get(pk=zoe.pk).grade_level == 11
    assert Result.objects.get(pk=mark.pk).score == 40
    assert not SchoolClass.objects.filter(name="Biology 9B").exists()
    assert done.left_count == 2


def test_a_student_about_whom_somebody_wrote_a_note_stays_with_the_note(school: Cast) -> None:
    batch = applied(whole(school), school)
    zoe, ben = Student.objects.named("dordevic").get(), Student.objects.named("ng").get()
    note = make.make_note(zoe, school.ada)
    done = undone(batch, school)
    assert done.left == ("Student “Zoë Đorđević” stays, because something was added to it since (notes).",)
    note.refresh_from_db()
    assert not Student.objects.filter(pk=ben.pk).exists()


@pytest.mark.parametrize("what", ["mark", "help", "guardian", "roll", "value", "club", "caseload"])
def test_nothing_a_person_added_goes_with_a_student_that_an_import_brought(school: Cast, what: str) -> None:
    batch = applied(whole(school), school)
    ben = Student.objects.named("ng").get()
    record = {
        "mark": lambda: make.make_result(school.test, ben),
        "help": lambda: make.make_help(ben, school.cora),
        "guardian": lambda: make.make_guardianship(school.gus, ben),
        "roll": lambda: make.make_mark(ben, school.maths),
        "value": lambda: make.make_observation(ben, make.make_indicator(school.lakeside)),
        "club": lambda: make.make_participation(ben),
        "caseload": lambda: make.make_caseload(school.cora, ben),
    }[what]()
    done = undone(batch, school)
    assert type(record)._base_manager.filter(pk=record.pk).exists()
    assert done.left_count == 1
    assert done.left[0].startswith("Student “Ben Ng” stays")


def test_results_somebody_released_keep_the_exam_and_its_class(school: Cast) -> None:
    batch = applied(whole(school), school)
    exam, nines = Exam.objects.get(title="Cells"), SchoolClass.objects.get(name="Biology 9B")
    make.make_release(exam, nines)
    done = undone(batch, school)
    assert Exam.objects.filter(pk=exam.pk, releases__school_class=nines).exists()
    assert not exam.results.exists()
    kept = {sentence.split(" stays")[0] for sentence in done.left}
    assert {"Exam “Cells”", "Class “Biology 9B”", "Subject “Biology”", "Term “Autumn 2030”", "Term “2030”"} == kept
    assert Term.objects.get(name="2030")
    assert Subject.objects.get(code="BIO")


def test_an_account_goes_unless_somebody_signed_in_with_it(school: Cast) -> None:
    first, second = applied(whole(school), school), None
    undone(first, school)
    assert not User.objects.filter(email="noa.new@lakeside.example").exists()
    second = applied(whole(school), school)
    User.objects.filter(email="noa.new@lakeside.example").update(last_login=timezone.now())
    done = undone(second, school)
    assert done.left == ("User “Noa Çelik” is in use and stays.",)
    assert not User.objects.get(email="noa.new@lakeside.example").memberships.exists()


def test_an_account_with_a_role_of_its_own_stays(school: Cast) -> None:
    batch = applied(whole(school), school)
    noa = User.objects.get(email="noa.new@lakeside.example")
    make.make_member(noa, school.hillside, "teacher")
    assert undone(batch, school).left_count == 1
    assert noa.memberships.get().school == school.hillside


def test_an_enrolment_that_was_begun_anew_since_keeps_the_old_one_ended(school: Cast) -> None:
    old = Enrolment.objects.get(student=school.zoe)
    batch = applied(Draft(school.lakeside).end(Table.ENROLMENTS, [old], ends=[make.YESTERDAY]), school)
    make.make_enrolment(school.zoe, school.art, starts=make.TODAY)
    done = undone(batch, school)
    assert done.left_count == 1
    assert "would clash" in done.left[0]
    old.refresh_from_db()
    assert old.ends == make.YESTERDAY


def test_a_removed_mark_comes_back_under_its_key_unless_there_is_another(school: Cast) -> None:
    sam, mia = Result.objects.filter(exam=school.test).order_by("student_id")
    Result.objects.filter(pk=sam.pk).update(version=4)
    sam.refresh_from_db()
    batch = applied(Draft(school.lakeside).remove(Table.RESULTS, sam, mia), school)
    make.make_result(school.test, school.mia, 7)
    done = undone(batch, school)
    assert done.left == (
        "Result “Mia Lindqvist: Algebra test” does not come back, because its place is taken or what it belonged to "
        "is gone.",
    )
    back = Result.objects.get(pk=sam.pk)
    assert history.facts_of(back) == history.facts_of(sam)
    assert Result.objects.get(exam=school.test, student=school.mia).score == 7


def test_the_mark_of_an_exam_that_is_gone_stays_gone(school: Cast) -> None:
    batch = applied(Draft(school.lakeside).remove(Table.RESULTS, *Result.objects.filter(exam=school.test)), school)
    Exam.objects.filter(pk=school.test.pk).delete()
    done = undone(batch, school)
    assert (done.restored, done.left_count) == (0, 2)


def test_an_older_import_leaves_what_a_newer_one_changed(school: Cast) -> None:
    mark = Result.objects.get(student=school.sam)
    older = applied(Draft(school.lakeside).change(Table.RESULTS, [mark], score=[20.0]), school)
    mark.refresh_from_db()
    newer = applied(Draft(school.lakeside).change(Table.RESULTS, [mark], score=[25.0]), school)
    assert undone(older, school).left_count == 1
    mark.refresh_from_db()
    assert mark.score == 25
    assert undone(newer, school).restored == 1
    mark.refresh_from_db()
    assert mark.score == 20


def test_once_the_newer_import_is_taken_back_the_older_one_can_be_too(school: Cast) -> None:
    before = stand()
    older = applied(whole(school), school)
    ben = Student.objects.named("ng").get()
    newer = applied(Draft(school.lakeside).change(Table.STUDENTS, [ben], grade_level=[10]), school)
    assert undone(newer, school).left_count == 0
    assert undone(older, school).left_count == 0
    assert stand() == before


def test_only_an_import_that_was_applied_is_undone_and_only_once(school: Cast) -> None:
    batch = applied(everything(school), school)
    undone(batch, school)
    after, lines = stand(), Change.objects.count()
    with pytest.raises(Conflict, match="undone already"):
        undone(batch, school)
    for state in (ImportState.PLANNED, ImportState.UNDONE, ImportState.DISCARDED, ImportState.APPLYING):
        ImportBatch.objects.filter(pk=batch.pk).update(state=state)
        with pytest.raises(Conflict, match="only one that was applied"):
            undone(batch, school)
    never = ImportBatch.objects.create(school=school.lakeside, kind="spreadsheet", file_name="x", mark=uuid4())
    with pytest.raises(Conflict, match="received"):
        undone(never, school)
    assert (stand(), Change.objects.count()) == (after, lines)


def test_stopping_half_way_leaves_the_import_as_it_was(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing_audit, "CHUNK", 3)
    batch = applied(everything(school), school)
    after, told = stand(), []

    def stop(done: int, total: int, sentence: str) -> None:
        told.append((done, total))
        if done > total / 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        take_back(batch, by=school.hana, progress=stop)
    assert stand() == after
    assert told[0] == (0, Change.objects.filter(batch=batch.mark).count())
    assert undone(batch, school).left_count == 0


def test_a_long_list_of_what_stays_is_cut_and_counted(school: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("students.importing.undoing.LISTED", 1)
    monkeypatch.setattr("portal.audit.left.NAMED", 1)
    batch = applied(whole(school), school)
    Student.objects.filter(origin="import").update(grade_level=12)
    done = undone(batch, school)
    assert (len(done.left), done.left[-1], done.left_count) == (2, "And 1 more.", 2)


def test_others_hear_whose_records_became_others_again(
    school: Cast, django_capture_on_commit_callbacks: Any
) -> None:  # fmt: skip
    batch = applied(everything(school), school)
    told: list[tuple[str, set[int]]] = []

    def hear(sender: Any, *, student_ids: list[int], kind: str = "roster", **facts: Any) -> None:
        told.append((kind, set(student_ids)))

    for signal in (evidence_changed, roster_changed):
        signal.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        undone(batch, school)
    for signal in (evidence_changed, roster_changed):
        signal.disconnect(hear)
    kinds = dict(told)
    assert len(kinds) == len(told) == 4
    assert {school.sam.pk, school.mia.pk} <= kinds["marks"]
    assert {school.mia.pk, school.zoe.pk} <= kinds["roster"]
    assert school.test.day < make.TODAY + timedelta(days=1)
