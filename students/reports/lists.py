"""Lists of classes, students, exams and rolls as tables: the figures of the page, whole and without its shortening."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.kit.spreadsheets import Column, Kind, Table
from students.summaries.class_list import ClassLine
from students.summaries.exams import ExamRow
from students.summaries.gradebook import Grid
from students.summaries.rolls_due import RollDue


def students_table(students: Iterable[Any]) -> Table:
    """Dressed as the page dresses them: with home class and attendance."""
    columns = [
        Column(_("Family name")),
        Column(_("Given name")),
        Column(_("Called")),
        Column(_("Grade"), Kind.NUMBER),
        Column(pgettext("of a student", "Status")),
        Column(_("Last day"), Kind.DAY),
        Column(_("Home class")),
        Column(_("Attendance, 60 days, %"), Kind.PERCENT),
    ]
    return Table(_("Students"), columns, map(_student, students))


def _student(student: Any) -> list[Any]:
    names = [student.family_name, student.given_name, student.preferred_name]
    stands = [student.grade_level, str(student.get_status_display()), student.ends]
    return [*names, *stands, student.home_class or "", percent(student.attendance_rate)]


def percent(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)


def classes_table(lines: Iterable[ClassLine], *, with_figures: bool) -> Table:
    """`with_figures` for staff; how many are in a class, how often they are there and which marks are missing."""
    columns = [Column(_("Class")), Column(_("Subject")), Column(_("Term")), Column(_("Grade"), Kind.NUMBER)]
    columns.append(Column(_("Teachers")))
    if with_figures:
        columns.append(Column(_("Students"), Kind.NUMBER))
        columns.append(Column(_("Attendance, 60 days, %"), Kind.PERCENT))
        columns.append(Column(_("Marks missing"), Kind.NUMBER))
    columns += [Column(_("Next exam")), Column(_("Day of the next exam"), Kind.DAY)]
    return Table(_("Classes"), columns, (_class(line, with_figures) for line in lines))


def _class(line: ClassLine, with_figures: bool) -> list[Any]:
    one = line.school_class
    row = [one.name, str(one.subject), str(one.term), one.grade_level, ", ".join(line.teachers)]
    if with_figures:
        row += [line.students, percent(line.attendance), line.missing]
    return [*row, one.next_exam or "", one.next_day]


def exams_table(rows: Iterable[ExamRow]) -> Table:
    """One row for each exam; its classes by name where it is sat by few of them."""
    columns = [
        Column(_("Exam")), Column(_("Kind")), Column(_("Subject")), Column(_("Term")), Column(_("Day"), Kind.DAY),
        Column(_("Most points"), Kind.NUMBER), Column(_("Weight"), Kind.NUMBER), Column(_("To be predicted")),
        Column(_("Classes")), Column(_("Students"), Kind.NUMBER), Column(_("Marks entered"), Kind.NUMBER),
    ]  # fmt: skip
    return Table(_("Exams"), columns, map(_exam, rows))


def _exam(row: ExamRow) -> list[Any]:
    exam = row.exam
    classes = [each.school_class.name for each in row.sittings]
    told = ", ".join([*classes, *([_("and %s more") % row.others] if row.others else [])])
    facts = [exam.title, str(exam.get_kind_display()), str(exam.subject), str(exam.term), exam.day]
    figures = [float(exam.maximum), float(exam.weight), _("yes") if exam.is_target else _("no")]
    return [*facts, *figures, told, None if row.is_wide else row.students, row.entered]


def rolls_table(rows: Iterable[RollDue]) -> Table:
    columns = [
        Column(_("Class")),
        Column(_("Students"), Kind.NUMBER),
        Column(_("Marked today"), Kind.NUMBER),
        Column(_("School days without a roll")),
    ]
    return Table(_("Rolls"), columns, map(_roll, rows))


def _roll(row: RollDue) -> list[Any]:
    gaps = ", ".join(day.isoformat() for day in row.gaps)
    return [row.school_class.name, row.students, row.taking.marked if row.taking else 0, gaps]


def marks_table(grid: Grid) -> Table:
    """The sheet as it lies there: a row for each student, a column for each exam with its day and most points."""
    heads = [f"{each.exam.title} · {each.exam.day:%Y-%m-%d} · /{each.maximum}" for each in grid.exams]
    columns = [Column(_("Student")), *(Column(head, Kind.NUMBER) for head in heads)]
    columns.append(Column(_("Average, %"), Kind.PERCENT))
    return Table(_("Marks of %s") % grid.school_class.name, columns, _marks(grid))


def _marks(grid: Grid) -> Iterator[list[Any]]:
    for row in grid.rows:
        average = None if row.average is None else round(row.average, 1)
        yield [row.student.name, *(_mark(cell.stored) for cell in row.cells), average]


def _mark(text: str) -> Any:
    """Points as a number; codes such as “abs” stay words."""
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return text
