"""Results of line items: a score where it is final, or why there is none. What is not submitted is never a zero."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from students.importing.incoming import Table
from students.importing.oneroster.columns import Gathered
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.enrolments import Enrolled
from students.importing.oneroster.gradebook import Gradebook, Item
from students.importing.oneroster.sheet import Block, Sheet
from students.models.exams import ResultStatus

FILE = "results.csv"
GRADED = "fully graded"
SCORED = ResultStatus.SCORED.value
WITHOUT_SCORE = {
    "exempt": (ResultStatus.EXEMPT.value, "score_of_exempt"),
    "not submitted": (ResultStatus.NOT_SUBMITTED.value, "zero_not_submitted"),
}
OWN_STATUS = "metadata.foremark.status"
HEADS = {
    "external_id": "sourcedId", "exam": "lineItemSourcedId", "student": "studentSourcedId", "status": "scoreStatus",
    "score": "score", "known_on": "scoreDate",
}  # fmt: skip


@dataclass
class Marks:
    desk: Desk
    book: Gradebook
    enrolled: Enrolled
    checks_enrolment: bool
    seen: dict[str, set[str]] = field(default_factory=dict)  # line item -> its students
    rows: Gathered = field(
        default_factory=lambda: Gathered(Table.RESULTS, "external_id", "exam", "student", "status", "score", "known_on")
    )


def read_results(desk: Desk, book: Gradebook, enrolled: Enrolled) -> None:
    if not desk.has("results"):
        return
    # Where an enrolment was set aside, who it was of may not be known.
    checks = desk.is_whole("enrollments") and "enrollments" not in desk.faulty
    marks = Marks(desk, book, enrolled, checks_enrolment=checks)
    desk.incoming.heads[Table.RESULTS] = HEADS
    for block in Sheet(desk, "results").blocks():
        _check(block, marks)
        for at in block.good():
            _take(block, at, marks)
        marks.rows.hand_over(desk.incoming, FILE)


def _check(block: Block, marks: Marks) -> None:
    """Of rows that could become marks; those of other schools and of what was left out are not looked at."""
    left_out, items = marks.book.left_out, marks.book.items
    groups = block["classSourcedId"] if "classSourcedId" in block.sheet.by_name else [""] * len(block)
    for at, key in enumerate(block["lineItemSourcedId"]):
        if key in left_out or block.gone[at] or at in block.bad:
            continue
        item = items.get(key)
        _check_double(block, at, marks)
        _check_score(block, at, item)
        if item is None:
            continue
        if groups[at] and groups[at] != item.school_class:
            block.refuse(at, "classSourcedId", "other_class", groups[at])
        student = block["studentSourcedId"][at]
        if marks.checks_enrolment and (student, item.school_class) not in marks.enrolled.pairs:
            block.refuse(at, "studentSourcedId", "not_enrolled", student)


def _check_double(block: Block, at: int, marks: Marks) -> None:
    students = marks.seen.setdefault(block["lineItemSourcedId"][at], set())
    student = block["studentSourcedId"][at]
    if student in students:
        block.refuse(at, "studentSourcedId", "result_twice", student)
    students.add(student)


def _check_score(block: Block, at: int, item: Item | None) -> None:
    if block["scoreStatus"][at] != GRADED:
        return
    score = block["score"][at]
    if score is None:
        block.refuse(at, "score", "score_missing", "")
    elif item is not None and item.highest is not None and not item.lowest <= score <= item.highest:
        told = _("The score lies outside the points of its line item. Expected %(least)s to %(most)s.")
        told %= {"least": f"{item.lowest:g}", "most": f"{item.highest:g}"}
        block.refuse(at, "score", "score_outside", f"{score:g}", told)
    elif score < 0:
        block.refuse(at, "score", "score_outside", f"{score:g}")


def _take(block: Block, at: int, marks: Marks) -> None:
    key, student, status = block["lineItemSourcedId"][at], block["studentSourcedId"][at], block["scoreStatus"][at]
    if key in marks.book.left_out or not marks.enrolled.people.may_learn(student):
        block.note(at, "of_left_out", "lineItemSourcedId", key)
        return
    if block.gone[at]:
        block.note(at, "marks_stay", "status", "tobedeleted")
        return
    score = block["score"][at]
    if status in WITHOUT_SCORE:
        ours, code = WITHOUT_SCORE[status]
        if score is not None:
            block.note(at, code, "score", f"{score:g}")
        score = None
        if block[OWN_STATUS][at] == ResultStatus.ABSENT.value:
            ours = ResultStatus.ABSENT.value
    elif status == GRADED:
        ours = SCORED
    else:
        block.note(at, "not_graded_yet", "scoreStatus", status)
        return
    marks.rows.row(block.lines[at], block["sourcedId"][at], key, student, ours, score, block["scoreDate"][at])
