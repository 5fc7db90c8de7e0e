"""A table with a row for each student: their facts, marks of any number of exams, indicators, and the classes they are in for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from students.importing.incoming import Array, Kind, Table
from students.importing.mapping import LINE_NUMBER, PROTECTED_FACTS, Doubles, ExamColumn
from students.importing.spreadsheet.doubles import Sameness
from students.importing.spreadsheet.frame import Block, Values
from students.importing.spreadsheet.indicators import IndicatorColumn, codes_for
from students.importing.spreadsheet.naming import Naming, year_of
from students.importing.spreadsheet.numbers import MarkReader
from students.importing.spreadsheet.people import People, Who
from students.importing.spreadsheet.run import Run
from students.importing.spreadsheet.values import LONGEST_NAME, Fault, Reader, read_grade, text_reader

OF_STUDENTS = (
    Table.STUDENTS, Table.DEMOGRAPHICS, Table.ENROLMENTS, Table.RESULTS, Table.OBSERVATIONS,
)  # fmt: skip
STUDENT = "Student"  # whose names the file does not say
LONGEST = {"gender": 40, "lunch_programme": 40, "home_language": 60}


@dataclass(frozen=True)
class Course:
    """What is taught in one subject in one school year, and so makes a class."""

    subject: str
    day: date
    exams: tuple[str, ...] = ()


class Wide:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.mapping, self.facts = run.mapping, run.mapping.student
        self.naming, self.people, self.sameness = Naming(), People(run), Sameness()
        self.marks = MarkReader(run.mapping, run.spelling)
        self.line = run.cells.head_line
        self.exams = {head: self._exam(exam) for head, exam in run.mapping.exams.items()}
        self.courses = self._courses()
        codes = codes_for(list(run.mapping.indicators))
        self.indicators = [
            IndicatorColumn(run, self.naming, head, code)
            for head, code in codes.items()
            if not run.is_closed(head, code)
        ]

    def _exam(self, exam: ExamColumn) -> str:
        return self.naming.exam(exam, self.line, maximum=exam.maximum, kind=exam.kind, is_whole=True)

    def _courses(self) -> list[Course]:
        found: dict[tuple[str, int], list[tuple[date, str]]] = {}
        for head, exam in self.mapping.exams.items():
            found.setdefault((exam.subject, year_of(exam.on)), []).append((exam.on, self.exams[head]))
        has_class = "school_class" in self.facts or bool(self.mapping.school_class)
        made = [Course(key[0], min(exams)[0], tuple(each for _day, each in exams)) for key, exams in found.items()]
        return made or ([Course(self.mapping.subject, self.run.day)] if has_class else [])

    def take(self, block: Block) -> None:
        block.leave_out(self.people.totals(block))
        who = self.people.take(block)
        columns = self._facts(block)
        protected = self._protected(block)
        classes = self._text(block, "school_class") if "school_class" in self.facts else None
        marks = {head: self._marks(block, head, exam) for head, exam in self.mapping.exams.items()}
        seen = [(each, each.read(block)) for each in self.indicators]
        self._refuse(block, who)
        good = block.good
        self.sameness.add(who.places[good], block.lines[good])
        self._add_students(block, who, columns, protected)
        self._enrol(block, who, classes)
        for head, values in marks.items():
            self._add_results(block, who, self.exams[head], values)
        for indicator, values in seen:
            indicator.pour(block, who.ids, values)

    def finish(self) -> int:
        """How many rows are set aside because they say twice what may be said once."""
        for indicator in self.indicators:
            indicator.finish()
        told = _("Line %d has the same student; expected one row for each. Neither row is taken.")
        ids = self.people.ids
        rule = self.mapping.doubles
        lines, places = self.sameness.settle(
            rule, self.run.problems, self.people.head, lambda place: (ids[place].partition(":")[2], told)
        )
        incoming = self.run.incoming
        if len(lines):
            for table in OF_STUDENTS:
                incoming.keep(table, ~np.isin(incoming.rows(table).lines, lines))
        self.naming.pour(incoming, self.run.file)
        if rule != Doubles.REFUSE:
            return 0
        incoming.refused.setdefault(Table.STUDENTS, set()).update(ids[place] for place in set(places.tolist()))
        return len(lines)

    def _read(self, block: Block, fact: str, reader: Reader) -> Values:
        return self.run.read(block, fact, self.facts[fact], reader)

    def _text(self, block: Block, fact: str) -> Values:
        return self._read(block, fact, text_reader(LONGEST.get(fact, LONGEST_NAME)))

    def _facts(self, block: Block) -> dict[str, Array]:
        found: dict[str, Array] = {}
        if "preferred_name" in self.facts:
            found["preferred_name"] = self._text(block, "preferred_name").as_kind(Kind.TEXT)
        if "grade_level" in self.facts:
            found["grade_level"] = self._read(block, "grade_level", read_grade).as_kind(Kind.WHOLE)
        for fact in ("starts", "ends"):
            if fact in self.facts:
                found[fact] = self._read(block, fact, self.run.days()).as_kind(Kind.DAY)
        if "starts" in found and "ends" in found:
            fault = Fault("days_in_order", _("Expected a last day that is not before the first."))
            block.refuse(found["ends"] < found["starts"], self.facts["ends"], fault, block.column(self.facts["ends"]))
        return found

    def _protected(self, block: Block) -> dict[str, Values]:
        named = [fact for fact in PROTECTED_FACTS if fact in self.facts and self.run.with_protected]
        return {fact: self._text(block, fact) for fact in named}

    def _marks(self, block: Block, head: str, exam: ExamColumn) -> Values:
        return self.run.read(block, "mark", head, lambda text: self.marks.read(text, exam.maximum))

    def _refuse(self, block: Block, who: Who) -> None:
        refused = self.run.incoming.refused.setdefault(Table.STUDENTS, set())
        refused.update(each for each in who.ids[block.bad].tolist() if each != "student:")

    def _add_students(
        self, block: Block, who: Who, columns: dict[str, Array], protected: dict[str, Values]
    ) -> None:  # fmt: skip
        good, incoming = np.flatnonzero(block.good), self.run.incoming
        if not len(good):
            return
        told: dict[str, Any] = {**who.facts(good), **{name: column[good] for name, column in columns.items()}}
        nameless = not {"given_name", "family_name"} & set(told)
        if nameless and self.facts.get("external_id") == LINE_NUMBER:
            self.run.problems.note_rows("nobody_named", block.lines[good])
        if nameless:
            told |= {
                "given_name": STUDENT,
                "family_name": [each.partition(":")[2][:LONGEST_NAME] for each in told["id"].tolist()],
            }
        incoming.add(Table.STUDENTS, self.run.file, block.lines[good], **{"must_exist": 0, **told})
        if nameless:  # for new students only: nobody is renamed by a file without names
            incoming.said[Table.STUDENTS] -= {"given_name", "family_name"}
        if protected:
            said = {fact: values.as_kind(Kind.TEXT)[good] for fact, values in protected.items()}
            incoming.add(Table.DEMOGRAPHICS, self.run.file, block.lines[good], student=who.ids[good], **said)

    def _enrol(self, block: Block, who: Who, classes: Values | None) -> None:
        """First days are left to planning: they are the term's, and of who is in the class already their own."""
        for course in self.courses:
            good, codes = block.good, np.zeros(len(block), dtype=np.int64)
            names: list[Any] = [self.mapping.school_class or course.subject]
            if classes:
                names, codes, good = classes.distinct, classes.codes, good & classes.said
            used = np.flatnonzero(good)
            made = {code: self._class(course, names[code]) for code in np.unique(codes[used]).tolist()}
            if made:
                self.run.incoming.add(
                    Table.ENROLMENTS, self.run.file, block.lines[used], student=who.ids[used],
                    school_class=[made[code] for code in codes[used].tolist()],
                )  # fmt: skip
        if classes:
            self.run.problems.note_rows(
                "without_class", block.lines[block.good & ~classes.said], self.facts["school_class"]
            )  # fmt: skip

    def _class(self, course: Course, name: str) -> str:
        year = self.naming.year(course.day, self.line)
        made = self.naming.school_class(year, course.subject, name, self.line, must_exist=False)
        for exam in course.exams:
            self.naming.sits(exam, made, self.line)
        return made

    def _add_results(self, block: Block, who: Who, exam: str, values: Values) -> None:
        rows = block.good & values.said
        if rows.any():
            self.run.incoming.add(
                Table.RESULTS, self.run.file, block.lines[rows], exam=exam, student=who.ids[rows],
                status=values.as_kind(Kind.TEXT, 0)[rows], score=values.as_kind(Kind.NUMBER, 1)[rows],
            )  # fmt: skip
