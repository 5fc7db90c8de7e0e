"""The gradebook of a bundle: kinds of exams, a line item for each class that sits an exam, the results, and the roll as an extension.

Results and the roll are read and written a stretch at a time, so that a school of any size takes the same memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from students.exporting.oneroster_columns import OWN
from students.exporting.oneroster_frame import Row, Sessions, cell, filled
from students.exporting.oneroster_ids import ManyIds, ids_for, joined
from students.exporting.oneroster_people import People
from students.models import AttendanceMark, Enrolment, Exam, Result, Sitting
from students.models.attendance import AttendanceStatus
from students.models.exams import ExamKind, ResultStatus

ITEMS_AT_ONCE = 300
STUDENTS_AT_ONCE = 300
# In English, whoever exports: the same school gives the same bytes, and rules for reading go by these titles.
CATEGORIES = {
    ExamKind.QUIZ: "Quiz",
    ExamKind.TEST: "Test",
    ExamKind.COURSEWORK: "Coursework",
    ExamKind.ORAL: "Oral exam",
    ExamKind.FINAL: "Final exam",
}
SCORE_STATUS = {ResultStatus.SCORED: "fully graded", ResultStatus.EXEMPT: "exempt"}
NO_SCORE = "not submitted"
ON_THE_ROLL = {
    AttendanceStatus.PRESENT: "present",
    AttendanceStatus.LATE: "late",
    AttendanceStatus.ABSENT: "absent",
    AttendanceStatus.EXCUSED: "excused",
}


def category(kind: str) -> str:
    return f"fm-category-{kind}"


@dataclass(frozen=True, slots=True)
class Item:
    """One class sits one exam."""

    name: str
    exam: Exam
    school_class: int
    session: str


class Gradebook:
    def __init__(self, people: People, sessions: Sessions) -> None:
        self.people, self.names, self.school = people, people.names, people.frame.school
        self.left_out: Counter[str] = Counter()
        self._counted: set[int] = set()  # exams whose results of no class are counted already
        self.items = self._items(sessions)
        self.classes_of: defaultdict[int, list[int]] = defaultdict(list)
        for item in self.items:
            self.classes_of[item.exam.pk].append(item.school_class)

    def _items(self, sessions: Sessions) -> list[Item]:
        """By id. An exam of one class gives its id to the line item; of several, each joins it with the class's."""
        exams = {exam.pk: exam for exam in Exam.objects.filter(school=self.school).order_by("pk")}
        taken: set[str] = set()
        ids = ids_for("exam", [(exam.pk, exam.external_id) for exam in exams.values()], taken)
        rows = Sitting.objects.filter(exam__school=self.school, school_class__school=self.school)
        sittings: defaultdict[int, list[int]] = defaultdict(list)
        for exam_id, school_class in rows.order_by("pk").values_list("exam", "school_class"):
            sittings[exam_id].append(school_class)
        self.left_out["exams"] = len(exams) - len(sittings)
        found = []
        for key, classes in sittings.items():
            exam = exams[key]
            session = sessions.of_exam(exam.term_id, exam.day)
            names = [ids[key]] if len(classes) == 1 else [self._part(ids[key], each, taken) for each in classes]
            found += [Item(name, exam, each, session) for name, each in zip(names, classes, strict=True)]
        return sorted(found, key=lambda item: item.name)

    def _part(self, exam: str, school_class: int, taken: set[str]) -> str:
        name = joined(exam, self.names.classes[school_class])
        while name in taken:  # another exam has brought this very id along
            name = joined(name, "again")
        taken.add(name)
        return name

    def categories(self) -> Iterator[Row]:
        if self.items:
            yield from ({"sourcedId": category(kind), "title": CATEGORIES[kind]} for kind in sorted(CATEGORIES))

    def line_items(self) -> Iterator[Row]:
        for item in self.items:
            exam = item.exam
            yield {
                "sourcedId": item.name,
                "title": filled(exam.title),
                "assignDate": exam.day.isoformat(),
                "dueDate": exam.day.isoformat(),
                "classSourcedId": self.names.classes[item.school_class],
                "categorySourcedId": category(exam.kind),
                "gradingPeriodSourcedId": item.session,
                "academicSessionSourcedId": item.session,
                "resultValueMin": _points(Decimal(0)),
                "resultValueMax": _points(exam.maximum),
                "schoolSourcedId": self.names.org,
                f"{OWN}kind": exam.kind,
                f"{OWN}weight": f"{exam.weight.normalize():f}",
                f"{OWN}target": "true" if exam.is_target else "false",
            }

    def results(self) -> Iterator[Row]:
        """By line item, then by student."""
        ids = ManyIds.of("result", Result.objects.filter(exam__school=self.school))
        for start in range(0, len(self.items), ITEMS_AT_ONCE):
            some = self.items[start : start + ITEMS_AT_ONCE]
            here = {(item.exam.pk, item.school_class): item for item in some}
            told = [(here[place], row) for place, row in self._placed({item.exam.pk for item in some}) if place in here]
            names = self.names.students
            for item, row in sorted(told, key=lambda each: (each[0].name, names[each[1][3]])):
                yield self._result(item, row, ids)

    def _placed(self, exams: set[int]) -> Iterator[tuple[tuple[int, int], tuple[Any, ...]]]:
        """Each result with its exam and the class through which it came about."""
        inside = self._inside({each for exam in exams for each in self.classes_of[exam]})
        rows = Result.objects.filter(exam__in=exams, student__school=self.school)
        fields: tuple[str, ...] = ("pk", "external_id", "exam", "student", "status", "score", "known_on", "exam__day")
        for row in rows.values_list(*fields).order_by():
            found = [(each, spans) for each in self.classes_of[row[2]] if (spans := inside.get((each, row[3])))]
            if not found:
                self.left_out["results"] += row[2] not in self._counted
                continue
            best = min(found, key=lambda one: (not _covers(one[1], row[7]), self.names.classes[one[0]]))
            yield (row[2], best[0]), row
        self._counted |= exams

    def _inside(self, classes: set[int]) -> dict[tuple[int, int], list[tuple[date, date | None]]]:
        rows = Enrolment.objects.filter(school_class__in=classes).order_by()
        found: defaultdict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
        for school_class, student, starts, ends in rows.values_list("school_class", "student", "starts", "ends"):
            found[school_class, student].append((starts, ends))
        return found

    def _result(self, item: Item, row: tuple[Any, ...], ids: ManyIds) -> Row:
        key, external_id, _exam, student, status, score, known_on, day = row
        return {
            "sourcedId": ids.name(key, external_id),
            "lineItemSourcedId": item.name,
            "studentSourcedId": self.names.students[student],
            "scoreStatus": SCORE_STATUS.get(ResultStatus(status), NO_SCORE),
            "score": _points(score) if score is not None else "",
            "scoreDate": (known_on or day).isoformat(),
            "classSourcedId": self.names.classes[item.school_class],
            f"{OWN}status": cell(status),
        }

    def attendance(self) -> Iterator[Row]:
        """By student, then by day."""
        names = self.names.students
        keys = sorted(names, key=lambda key: names[key])
        for start in range(0, len(keys), STUDENTS_AT_ONCE):
            some = keys[start : start + STUDENTS_AT_ONCE]
            rows = AttendanceMark.objects.filter(student__in=some, school_class__school=self.school).order_by()
            told = [
                (names[student], day.isoformat(), self.names.classes[school_class], ON_THE_ROLL[AttendanceStatus(status)])
                for student, day, school_class, status in rows.values_list("student", "day", "school_class", "status")
            ]  # fmt: skip
            for student, day, school_class, status in sorted(told):
                yield {"userSourcedId": student, "date": day, "status": status, "classSourcedId": school_class}


def _covers(spans: list[tuple[date, date | None]], day: date) -> bool:
    return any(starts <= day and (ends is None or day <= ends) for starts, ends in spans)


def _points(points: Decimal) -> str:
    return f"{points:.2f}"
