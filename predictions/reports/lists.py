"""Lists about predictions as tables for files: exams that came, one exam by students, requests for a review, the overview."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.spreadsheets import Column, Kind, Table
from predictions.outlooks.exam_right import ExamRight
from predictions.outlooks.exams_right import RightRow
from predictions.outlooks.overview import Line, Overview
from predictions.summaries.reviews import Review
from students.models import Student


def right_table(rows: Iterable[RightRow]) -> Table:
    """Of fewer than ten students only how many there are, as on the page."""
    columns = [
        Column(_("Exam")), Column(_("Subject")), Column(_("Classes")), Column(_("Day"), Kind.DAY),
        Column(_("Results"), Kind.NUMBER), Column(_("In the range"), Kind.NUMBER), Column(_("Off by, points"), Kind.NUMBER),
    ]  # fmt: skip
    return Table(_("Were we right?"), columns, map(_right, rows))


def _right(row: RightRow) -> list[Any]:
    figures = [row.inside, round(row.off, 1)] if row.is_enough else [None, None]
    return [row.exam.title, str(row.exam.subject), ", ".join(row.classes), row.exam.day, row.count, *figures]


def exam_right_table(told: ExamRight, students: Mapping[int, Student]) -> Table:
    """In percent of the exam's most points; the largest difference first."""
    columns = [
        Column(_("Student")), Column(_("Predicted"), Kind.PERCENT), Column(_("Range from"), Kind.PERCENT),
        Column(_("Range to"), Kind.PERCENT), Column(_("Simplest guess"), Kind.PERCENT),
        Column(_("Your estimate"), Kind.PERCENT), Column(_("Result"), Kind.PERCENT), Column(_("Off by, points"), Kind.NUMBER),
        Column(_("In the range")),
    ]  # fmt: skip
    rows = sorted(told.rows, key=lambda each: (-abs(each.off), each.prediction))
    cells = (
        [students[each.student].name, *map(_figure, (each.score, each.low, each.high, each.baseline, each.own, each.actual)),
         round(each.off, 1), _("yes") if each.is_inside else _("no")]
        for each in rows if each.student in students
    )  # fmt: skip
    return Table(told.exam.title, columns, cells)


def _figure(value: float | None) -> int | None:
    """Whole points, as pages tell them."""
    return None if value is None else round(value)


def reviews_table(reviews: Iterable[Review]) -> Table:
    columns = [
        Column(_("Student")), Column(_("Exam")), Column(_("Subject")), Column(_("Asked on"), Kind.DAY), Column(_("Last day"), Kind.DAY),
        Column(_("Answered on"), Kind.DAY), Column(_("How it stands")),
    ]  # fmt: skip
    return Table(_("Requests for a review"), columns, map(_review, reviews))


def _review(one: Review) -> list[Any]:
    asked = one.asked
    answered = asked.answered_at.date() if asked.answered_at else None
    about = [asked.student.name, asked.exam.title, str(asked.exam.subject)]
    return [*about, asked.asked_at.date(), asked.due_on, answered, one.clock]


def overview_table(told: Overview) -> Table:
    """A line for each home class or grade level and subject; hidden cells are empty, as on the page."""
    columns = [
        Column(_("Class")), Column(_("Grade level"), Kind.NUMBER), Column(_("Subject")), Column(_("Students"), Kind.NUMBER),
        Column(_("Predicted"), Kind.NUMBER), Column(_("Expected mean"), Kind.PERCENT),
        Column(_("Expected to pass"), Kind.PERCENT), Column(_("Marks missing"), Kind.NUMBER),
    ]  # fmt: skip
    subjects = [str(subject) for subject in told.subjects]
    rows = (_cell(line, name, place) for line in told.lines for place, name in enumerate(subjects))
    return Table(_("Overview"), columns, rows)


def _cell(line: Line, subject: str, place: int) -> list[Any]:
    cell = line.cells[place]
    if cell.is_hidden:
        return [line.name, line.level, subject, None, None, None, None, None]
    figures = [cell.enrolled, cell.predicted, _figure(cell.mean), _share(cell.passes), cell.missing]
    return [line.name, line.level, subject, *figures]


def _share(value: float | None) -> int | None:
    return None if value is None else round(100 * value)
