"""The mark grid: the exams of a class as columns, its students as rows, and what stands in each cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean
from typing import Any

from students.marksheet import Sheet, Stats, points, read_sheet, shown, token
from students.models import Exam, Release, SchoolClass, Student
from students.summaries.counting import day_of

COLUMNS = 12


@dataclass(frozen=True, slots=True)
class GridExam:
    exam: Exam
    maximum: str
    weight: str
    is_locked: bool
    is_ahead: bool
    is_released: bool
    stats: Stats


@dataclass(frozen=True, slots=True)
class GridCell:
    """`text` is what is shown, `stored` what is saved; they differ after a form came back with something to mend."""

    exam: int
    student: int
    text: str
    stored: str
    seen: str
    why: str = ""
    sentence: str = ""

    @property
    def key(self) -> str:
        return f"{self.exam}-{self.student}"


@dataclass(frozen=True, slots=True)
class GridRow:
    """`rest` is what the exams without a column here add to the average: the sum of percent times weight, and of weight."""

    student: Student
    cells: tuple[GridCell, ...]
    average: float | None
    rest: str


@dataclass(frozen=True, slots=True)
class Grid:
    """`start` counts the exams before the first column; `one` is the only exam where one exam was asked for."""

    school_class: SchoolClass
    exams: tuple[GridExam, ...]
    rows: tuple[GridRow, ...]
    total: int
    start: int
    every: tuple[Exam, ...]
    one: GridExam | None = None

    @property
    def students(self) -> list[Student]:
        return [row.student for row in self.rows]

    @property
    def average(self) -> float | None:
        found = [row.average for row in self.rows if row.average is not None]
        return fmean(found) if found else None

    @property
    def earlier(self) -> int | None:
        return max(0, self.start - COLUMNS) if self.start else None

    @property
    def later(self) -> int | None:
        end = self.start + len(self.exams)
        return end if not self.one and end < self.total else None

    @property
    def is_writable(self) -> bool:
        return any(not cell.why for row in self.rows for cell in row.cells)

    @property
    def next_to_enter(self) -> int | None:
        """The newest exam held, or the first one: where entering one exam at a time begins."""
        held = [column.exam.pk for column in self.exams if not column.is_ahead]
        return held[-1] if held else next((column.exam.pk for column in self.exams), None)

    def first_empty(self, exam: int) -> str:
        """The key of the first cell of an exam that waits for a mark, else of its first cell that can be written."""
        own = [cell for cell in self.cells() if cell.exam == exam and not cell.why]
        found = [cell for cell in own if not cell.stored] or own
        return found[0].key if found else ""

    def cells(self) -> Iterable[GridCell]:
        return (cell for row in self.rows for cell in row.cells)

    def with_notes(self, notes: Mapping[tuple[int, int], tuple[str, str]]) -> "Grid":
        """The same with typed text and a sentence at some cells."""
        rows = [replace(row, cells=tuple(_noted(cell, notes) for cell in row.cells)) for row in self.rows]
        return replace(self, rows=tuple(rows))


def mark_grid(
    school_class: SchoolClass, *, user: Any, on: date, start: int | None = None, exam: int | None = None,
    one: int | None = None, whole: bool = False,
) -> Grid:  # fmt: skip
    """Four queries. Up to twelve exams; where there are more, without a wish those up to the next one ahead, or around
    `exam`; `whole`: all of them."""
    sheet = read_sheet(school_class, user=user, on=on)
    every = sorted((each.exam for each in sheet.sittings.values()), key=lambda each: (each.day, each.pk))
    if one is not None:
        first = next((index for index, each in enumerate(every) if each.pk == one), 0)
        window = [each for each in every if each.pk == one]
    else:
        first, end = (0, len(every)) if whole else _window(every, on, start, exam)
        window = every[first:end]
    released = set(Release.objects.filter(school_class=school_class).order_by().values_list("exam", flat=True))
    columns = tuple(_column(sheet, each, each.pk in released) for each in window)
    people = [key for key in sheet.students if _belongs(sheet, key, window)]
    return Grid(
        school_class=school_class,
        exams=columns,
        rows=tuple(_row(sheet, key, window) for key in people),
        total=len(every),
        start=first,
        every=tuple(every),
        one=columns[0] if one is not None and columns else None,
    )


def _window(every: list[Exam], on: date, start: int | None, exam: int | None) -> tuple[int, int]:
    """The columns from … to. Where not all fit, exams ahead make room, as there is nothing to enter yet."""
    if start is not None:
        first = min(start, max(0, len(every) - 1))
        return first, first + COLUMNS
    end = next((index for index, each in enumerate(every, 1) if each.day > on), len(every))
    first = max(0, end - COLUMNS)
    end = first + COLUMNS
    wanted = next((index for index, each in enumerate(every) if each.pk == exam), None)
    if wanted is None or first <= wanted < end:
        return first, end
    first = max(0, min(wanted, len(every) - COLUMNS))
    return first, first + COLUMNS


def _belongs(sheet: Sheet, student: int, window: list[Exam]) -> bool:
    """In the class on a day of these exams or today, or with a mark in one of them."""
    days = [*(each.day for each in window), day_of(sheet.school_class, sheet.on)]
    return any(sheet.was_in(student, day) for day in days) or any((e.pk, student) in sheet.results for e in window)


def _column(sheet: Sheet, exam: Exam, is_released: bool) -> GridExam:
    return GridExam(
        exam=exam,
        maximum=points(exam.maximum),
        weight=f"{exam.weight.normalize():f}",
        is_locked=sheet.sittings[exam.pk].is_locked,
        is_ahead=exam.day > sheet.on,
        is_released=is_released,
        stats=sheet.stats(exam.pk),
    )


def _row(sheet: Sheet, student: int, window: list[Exam]) -> GridRow:
    shown_here = {exam.pk for exam in window}
    points_of = {exam: found for exam in sheet.sittings if (found := _weighed(sheet, exam, student))}
    total, weight = _sum(points_of.values())
    rest = _sum(found for exam, found in points_of.items() if exam not in shown_here)
    return GridRow(
        student=sheet.students[student],
        cells=tuple(_cell(sheet, exam.pk, student) for exam in window),
        average=total / weight if weight else None,
        rest=f"{rest[0]} {rest[1]}",
    )


def _weighed(sheet: Sheet, exam: int, student: int) -> tuple[float, float] | None:
    """Percent times weight, and the weight; nothing where there are no points."""
    result = sheet.results.get((exam, student))
    if result is None or result.score is None:
        return None
    sat = sheet.exam(exam)
    weight = float(sat.weight)
    return 100 * float(result.score) / float(sat.maximum) * weight, weight


def _sum(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    found = list(pairs)
    return sum(total for total, _ in found), sum(weight for _, weight in found)


def _cell(sheet: Sheet, exam: int, student: int) -> GridCell:
    result = sheet.results.get((exam, student))
    text = shown(result)
    return GridCell(exam, student, text, text, token(result), why=sheet.why_fixed(exam, student))


def _noted(cell: GridCell, notes: Mapping[tuple[int, int], tuple[str, str]]) -> GridCell:
    note = notes.get((cell.exam, cell.student))
    if note is None:
        return cell
    return replace(cell, text=cell.stored if cell.why else note[0], sentence=note[1])
