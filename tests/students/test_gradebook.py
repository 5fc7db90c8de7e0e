"""Entering marks: any number of cells at once, each judged for itself, and nobody writes over somebody unseen."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.audit.models import AuditEvent, Change
from portal.kit.errors import NotAllowed
from portal.kit.scoping import remembering_grants
from students.gradebook import marks
from students.gradebook.outcomes import Cell, Outcome
from students.marksheet import token
from students.models import Exam, Result, SchoolClass, Sitting, Student
from students.signals import evidence_changed
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast


def enter(by: User, school_class: SchoolClass, *cells: Cell) -> list[Outcome]:
    return marks.record_cells(school_class, cells, by=by, on=make.TODAY, at=timezone.now()).outcomes


def cell(exam: Exam, student: Student, text: str, seen: str | None = None) -> Cell:
    """As somebody types it who sees what is stored now, unless they saw something else."""
    now = token(Result.objects.filter(exam=exam, student=student).first())
    return Cell(exam.pk, student.pk, text, now if seen is None else seen)


def stored(exam: Exam, student: Student) -> tuple[str, Decimal | None] | None:
    return Result.objects.filter(exam=exam, student=student).values_list("status", "score").first()


@pytest.fixture
def told() -> Any:
    heard: list[tuple[int, list[int], str]] = []

    def hear(sender: Any, school_id: int, student_ids: list[int], kind: str, **kwargs: Any) -> None:
        heard.append((school_id, student_ids, kind))

    evidence_changed.connect(hear, weak=False)
    yield heard
    evidence_changed.disconnect(hear)


def test_a_mark_is_entered_corrected_and_removed_and_each_step_is_kept(school: Cast) -> None:
    quiz = make.make_exam(school.maths, maximum=20)
    for text in ("12", "13,5", "abs", ""):
        (outcome,) = enter(school.ada, school.maths, cell(quiz, school.sam, text))
        assert outcome.state == "saved"
    steps = Change.objects.filter(model="students.Result", student_id=school.sam.pk).order_by("pk")
    assert [each.kind for each in steps] == ["added", "changed", "changed", "removed"]
    assert {(each.school_id, each.actor_id) for each in steps} == {(school.lakeside.pk, school.ada.pk)}
    assert steps[1].before["score"] == "12.00"
    assert steps[1].after["score"] == "13.50"
    assert "known_on" not in steps[1].after
    assert stored(quiz, school.sam) is None


def test_a_mark_tells_who_entered_it_and_since_when_it_is_known(school: Cast) -> None:
    quiz = make.make_exam(school.maths, day=make.TODAY - timedelta(days=30))
    enter(school.ada, school.maths, cell(quiz, school.sam, "70"))
    made = Result.objects.get(exam=quiz)
    assert (made.recorded_by, made.known_on, made.version, made.origin) == (school.ada, make.TODAY, 1, "hand")
    enter(school.otto, school.maths, cell(quiz, school.sam, "71"))
    made.refresh_from_db()
    assert (made.recorded_by, made.version) == (school.otto, 2)


def test_good_cells_are_saved_and_bad_ones_come_back_with_a_sentence(school: Cast) -> None:
    outcomes = enter(
        school.ada, school.maths, cell(school.test, school.sam, "45,5"), cell(school.test, school.mia, "61")
    )  # fmt: skip
    assert [(each.state, each.text, each.sentence) for each in outcomes] == [
        ("saved", "45.5", ""),
        ("invalid", "61", "61 is more than the 50 points of this exam."),
    ]
    assert stored(school.test, school.sam) == ("scored", Decimal("45.50"))
    assert stored(school.test, school.mia) == ("scored", Decimal(44))


def test_one_line_of_the_audit_counts_what_was_entered_and_others_hear_of_it(
    school: Cast, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    quiz = make.make_exam(school.maths)
    cells = (cell(quiz, school.sam, "7"), cell(school.test, school.sam, ""), cell(school.test, school.mia, "ns"))
    with django_capture_on_commit_callbacks(execute=True):
        enter(school.ada, school.maths, *cells)
    facts = AuditEvent.objects.get(verb="marks entered").facts
    assert facts == {"added": 1, "changed": 1, "removed": 1, "exams": [school.test.pk, quiz.pk]}
    assert told == [(school.lakeside.pk, sorted([school.sam.pk, school.mia.pk]), "marks")]


def test_writing_what_stands_there_already_leaves_no_trace(school: Cast) -> None:
    before = Result.objects.get(exam=school.test, student=school.sam)
    for text, seen in (("31", None), ("31.00", "1.999"), (" 31 ", "")):
        (outcome,) = enter(school.ada, school.maths, cell(school.test, school.sam, text, seen))
        assert (outcome.state, outcome.seen) == ("saved", token(before))
    assert not AuditEvent.objects.filter(verb="marks entered").exists()
    assert not Change.objects.filter(model="students.Result").exists()


def test_who_saw_something_older_is_told_what_stands_there_and_by_whom(school: Cast) -> None:
    seen = token(Result.objects.get(exam=school.test, student=school.sam))
    enter(school.otto, school.maths, cell(school.test, school.sam, "40"))
    (outcome,) = enter(school.ada, school.maths, cell(school.test, school.sam, "35", seen))
    assert (outcome.state, outcome.text, outcome.by) == ("conflict", "40", "Otto Office")
    assert outcome.at is not None
    assert outcome.sentence == "Otto Office entered 40 in the meantime."
    (again,) = enter(school.ada, school.maths, cell(school.test, school.sam, "35", outcome.seen))
    assert again.state == "saved"
    assert stored(school.test, school.sam) == ("scored", Decimal(35))


def test_a_mark_that_was_emptied_in_the_meantime_does_not_come_back(school: Cast) -> None:
    seen = token(Result.objects.get(exam=school.test, student=school.sam))
    enter(school.otto, school.maths, cell(school.test, school.sam, ""))
    (outcome,) = enter(school.ada, school.maths, cell(school.test, school.sam, "35", seen))
    assert (outcome.state, outcome.text, outcome.seen, outcome.by) == ("conflict", "", "", "Otto Office")
    assert outcome.sentence == "Otto Office emptied this cell in the meantime."


def test_a_mark_emptied_and_entered_anew_is_not_taken_for_the_old_one(school: Cast) -> None:
    seen = token(Result.objects.get(exam=school.test, student=school.mia))
    enter(school.otto, school.maths, cell(school.test, school.mia, ""))
    enter(school.otto, school.maths, cell(school.test, school.mia, "44"))
    assert enter(school.ada, school.maths, cell(school.test, school.mia, "20", seen))[0].state == "conflict"


@pytest.mark.parametrize("seen", ["", "0.0", "1", "x", "9" * 40 + ".1", "-1.1", "1.1 ", "\x00"])
def test_a_token_that_nobody_was_given_is_a_conflict(school: Cast, seen: str) -> None:
    assert enter(school.ada, school.maths, cell(school.test, school.sam, "5", seen))[0].state == "conflict"
    quiz = make.make_exam(school.maths)
    if seen:
        assert enter(school.ada, school.maths, cell(quiz, school.sam, "5", seen))[0].state == "conflict"
    assert stored(school.test, school.sam) == ("scored", Decimal(31))


def test_a_teacher_writes_only_where_the_rule_of_results_lets_them(school: Cast) -> None:
    """Not for who is not in the class, in another class's exam, in one ahead or locked."""
    other = make.make_exam(school.art)
    locked = make.make_exam(school.maths)
    Sitting.objects.filter(exam=locked).update(locked_at=timezone.now())
    refused = [
        (cell(school.test, school.zoe, "5"), "That student is not in this class."),
        (cell(school.test, school.wim, "5"), "That student is not in this class."),
        (cell(school.test, school.liv, "5"), "That student is not in this class."),
        (cell(other, school.sam, "5"), "This class does not sit that exam."),
        (cell(school.final, school.sam, "5"), "This exam lies ahead. Its marks can be entered from its day on."),
        (cell(locked, school.sam, "5"), "The marks of this exam are locked. A leader or the office opens them again."),
    ]
    outcomes = enter(school.ada, school.maths, *(each for each, _ in refused))
    assert [(each.state, each.sentence) for each in outcomes] == [("refused", sentence) for _, sentence in refused]
    assert Result.objects.count() == 3


def test_a_lock_holds_for_leaders_too_and_only_for_its_class(school: Cast) -> None:
    both = make.make_exam(school.maths, school.art)
    Sitting.objects.filter(exam=both, school_class=school.maths).update(locked_at=timezone.now())
    assert enter(school.hana, school.maths, cell(both, school.sam, "5"))[0].state == "refused"
    assert enter(school.hana, school.art, cell(both, school.zoe, "5"))[0].state == "saved"
    make.make_enrolment(school.zoe, school.maths)
    assert enter(school.hana, school.art, cell(both, school.zoe, "6"))[0].state == "refused"


@pytest.mark.parametrize("person", ["tom", "cora", "gus", "mina", "nils", "wanda", "tess", "root"])
def test_nobody_enters_marks_who_does_not_teach_the_class_or_keep_the_school(school: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        enter(getattr(school, person), school.maths, cell(school.test, school.sam, "5"))


def test_who_joined_later_has_no_cell_in_what_was_before_unless_a_mark_is_there(school: Cast) -> None:
    new = make.make_student(school.lakeside, "Noa New")
    make.make_enrolment(new, school.maths, starts=make.YESTERDAY)
    assert enter(school.ada, school.maths, cell(school.test, new, "5"))[0].state == "refused"
    make.make_result(school.test, new, 9)
    assert enter(school.ada, school.maths, cell(school.test, new, "5"))[0].state == "saved"


def test_of_who_has_left_only_leaders_and_the_office_correct_a_mark(school: Cast) -> None:
    old = make.make_exam(school.maths, day=make.TODAY - timedelta(days=60))
    assert enter(school.ada, school.maths, cell(old, school.liv, "5"))[0].state == "refused"
    assert enter(school.otto, school.maths, cell(old, school.liv, "5"))[0].state == "saved"


def test_a_teacher_may_correct_exactly_what_the_rule_of_results_says(school: Cast) -> None:
    """The set-based check of the grid and `editable_by` agree on every mark of the class."""
    make.make_enrolment(school.zoe, school.maths, starts=make.TODAY)
    make.make_enrolment(make.make_student(school.lakeside), school.maths, starts=make.TODAY, ends=make.TODAY)
    for student in (school.zoe, school.liv):
        make.make_result(school.test, student, 10)
    for person in (school.ada, school.otto, school.hana):
        ours = Result.objects.filter(exam=school.test)
        may = set(ours.editable_by(person).values_list("student_id", flat=True))
        cells = [Cell(each.exam_id, each.student_id, "1", token(each)) for each in ours.select_related(None)]
        with transaction.atomic():
            outcomes = enter(person, school.maths, *cells)
            transaction.set_rollback(True)
        assert {each.cell.student for each in outcomes if each.state == "saved"} == may, person


def _class_of(school: Cast, students: int, exams: int) -> tuple[SchoolClass, list[Cell]]:
    made = make.make_class(school.lakeside, f"Big {students}", term=school.maths.term, subject=school.maths.subject)
    make.make_teaching(school.ada, made)
    columns = [make.make_exam(made) for _ in range(exams)]
    rows = [make.make_student(school.lakeside) for _ in range(students)]
    for each in rows:
        make.make_enrolment(each, made)
    return made, [Cell(exam.pk, student.pk, "50", "") for exam in columns for student in rows]


@pytest.mark.parametrize("text", ["60", ""])
def test_four_hundred_and_twenty_cells_need_as_many_queries_as_one(school: Cast, text: str) -> None:
    """Apart from the batches in which rows are written."""
    counts = set()
    for students, exams in ((1, 1), (35, 12)):
        made, cells = _class_of(school, students, exams)
        with remembering_grants(), assert_queries(11 if students == 1 else 40) as first:
            enter(school.ada, made, *cells)
        again = [Cell(each.exam, each.student, text, seen) for each, seen in zip(cells, _tokens(cells), strict=True)]
        with remembering_grants(), assert_queries(11 if students == 1 else 40) as second:
            assert {each.state for each in enter(school.ada, made, *again)} == {"saved"}
        counts.add(sum(query["sql"].startswith("SELECT") for query in (*first, *second)))
    assert len(counts) == 1


def _tokens(cells: Iterable[Cell]) -> list[str]:
    rows = {(each.exam_id, each.student_id): token(each) for each in Result.objects.all()}
    return [rows.get((each.exam, each.student), "") for each in cells]


TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "0", "17", "17,5", "50", "61", "85%", "abs", "EX", "-", "n", "abx", "1e5", "-3", "1.234"]
    ),
    st.text(max_size=6),
    st.decimals(min_value=0, max_value=60, places=2).map(str),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_pasted_block_and_cells_typed_one_by_one_end_in_the_same_marks(school: Cast, data: st.DataObject) -> None:
    with transaction.atomic():
        quiz = make.make_exam(school.maths, maximum=50)
        ahead = make.make_exam(school.maths, day=make.TODAY + timedelta(days=1))
        places = [
            (exam, student) for exam in (school.test, quiz, ahead) for student in (school.sam, school.mia, school.zoe)
        ]
        chosen = data.draw(st.lists(st.sampled_from(range(len(places))), unique=True, min_size=1))
        block = [cell(*places[index], data.draw(TEXTS)) for index in chosen]
        if data.draw(st.booleans()):
            block[0] = Cell(block[0].exam, block[0].student, block[0].text, "1.999")
        pasted = _result_of(school, [block])
        typed = _result_of(school, [[each] for each in data.draw(st.permutations(block))])
        assert pasted == typed
        transaction.set_rollback(True)


def _result_of(school: Cast, requests: Iterable[list[Cell]]) -> tuple[Any, Any]:
    """The marks and the answers after these requests, which are taken back."""
    with transaction.atomic():
        answers = [each for cells in requests for each in enter(school.ada, school.maths, *cells)]
        rows = set(Result.objects.values_list("exam_id", "student_id", "status", "score"))
        transaction.set_rollback(True)
    return rows, sorted((a.cell.exam, a.cell.student, a.state, a.sentence, a.text) for a in answers)
