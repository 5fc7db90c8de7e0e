"""The made-up school without its students: years, classes, teachers, exams and school days."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from mlcore.errors import MLError
from mlcore.synth import staff
from mlcore.synth.draw import Array, Columns, epoch, stream
from mlcore.synth.exams import exam_columns, exam_title, marking_delays
from mlcore.synth.schoolyear import Term, planning_day, school_days, terms_of, years_around
from mlcore.synth.subjects import GRADES, HOME, SUBJECTS, Subject, letter_name
from mlcore.synth.truth import TRUTH

GROUP_SIZE = 25
REGISTER_MISSED = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthSpec:
    """What a made-up school is made from. `students` counts all who were ever on the roll in the
    recorded `years`, last year's leavers included; nothing is recorded after `today`."""

    students: int = 300
    years: int = 2
    seed: int = 1
    today: date

    def __post_init__(self) -> None:
        if self.students < 1 or self.years < 1 or self.seed < 0:
            raise MLError(
                "A made-up school needs at least one student, one year and a seed from 0.",
                code="bad_spec",
            )


@dataclass(frozen=True)
class SchoolPlan:
    """Positions are keys: class 12 is row 12 of `classes`, exam 3 row 3 of `exams`, and so on.
    Days are days since 1970. Grades and letters are positions; `grade + 7` is the grade level."""

    spec: SynthSpec
    years: tuple[int, ...]
    terms: tuple[Term, ...]
    letters: int
    classes: Columns
    teachings: Columns
    exams: Columns
    marking_delay: Array
    school_days: Array
    day_year: Array
    register_taken: Array
    teacher_effect: Array

    subjects: tuple[Subject, ...] = SUBJECTS

    @property
    def today(self) -> int:
        return epoch(self.spec.today)

    @property
    def current_year(self) -> int:
        return len(self.years) - 1

    @property
    def cohorts(self) -> int:
        """Students who began in the same year; cohort 0 is in grade 7 now."""
        return len(GRADES) + len(self.years) - 1

    @property
    def teachers(self) -> int:
        return len(self.teacher_effect)

    @cached_property
    def past_days(self) -> Array:
        """School days up to today, in all recorded years."""
        return self.school_days[self.school_days <= self.today]

    @cached_property
    def year_spans(self) -> Array:
        """First and last day of each year."""
        return _year_spans(self.terms)

    @cached_property
    def planning_days(self) -> Array:
        return np.array([epoch(planning_day(first)) for first in self.years], dtype=np.int32)

    def grade_in(self, cohort: Array, year: Array | int) -> Array:
        """The grade (0 to 4) of a cohort in a year; outside that, it was not at school."""
        return np.asarray(cohort - (self.current_year - np.asarray(year)))

    def class_at(self, year: Array | int, grade: Array, letter: Array, subject: Array | int) -> Array:
        """The class of this year, grade, letter and subject; its row in `classes`."""
        group = (np.asarray(year) * len(GRADES) + grade) * self.letters + letter
        return (group * len(SUBJECTS) + subject).astype(np.int32)

    def class_name(self, row: int) -> str:
        """ "9B Mathematics", and "9B" for the home group."""
        group = f"{GRADES[self.classes['grade'][row]]}{letter_name(self.classes['letter'][row])}"
        subject = int(self.classes["subject"][row])
        return group if subject == HOME else f"{group} {SUBJECTS[subject].name}"

    def class_term(self, row: int) -> int:
        """A class lasts a year: the position in `terms` of its year."""
        return 4 * int(self.classes["year"][row])

    def exam_title(self, row: int) -> str:
        kind, number, term = (int(self.exams[name][row]) for name in ("kind", "number", "term"))
        return exam_title(kind, number, self.terms[term])

    def sittings(self) -> Columns:
        """Exam and class: each exam is set for all classes of its grade and subject."""
        count = len(self.exams["day"])
        exam = np.repeat(np.arange(count, dtype=np.int32), self.letters)
        letter = np.tile(np.arange(self.letters), count)
        year, grade, subject = (self.exams[name][exam] for name in ("year", "grade", "subject"))
        return {"exam": exam, "school_class": self.class_at(year, grade, letter, subject)}


def plan(spec: SynthSpec) -> SchoolPlan:
    """The school that this spec describes; the same spec gives the same school."""
    years = years_around(spec.today, spec.years)
    terms = [term for year, first in enumerate(years) for term in terms_of(first, year)]
    cohorts = len(GRADES) + len(years) - 1
    letters = max(1, round(spec.students / cohorts / GROUP_SIZE))
    days = [school_days(first) for first in years]
    all_days = np.concatenate(days)
    day_year = np.repeat(np.arange(len(years)), [len(d) for d in days])
    classes = _classes(spec, letters, years, all_days, day_year)
    exams = exam_columns(spec.seed, years, terms)
    missed = stream(spec.seed, "registers").random((cohorts * letters, len(all_days)), np.float32)
    teachers = HOME * staff.teachers_per_subject(letters)
    return SchoolPlan(
        spec=spec,
        years=years,
        terms=tuple(terms),
        letters=letters,
        classes=classes,
        teachings=staff.teachings(classes, classes["gap_starts"], _year_spans(tuple(terms)), epoch(spec.today)),
        exams=exams,
        marking_delay=marking_delays(spec.seed, exams["kind"], letters),
        school_days=all_days,
        day_year=day_year,
        register_taken=missed >= REGISTER_MISSED,
        teacher_effect=stream(spec.seed, "teachers").normal(0, TRUTH.teacher, teachers),
    )


def _classes(spec: SynthSpec, letters: int, years: tuple[int, ...], days: Array, day_year: Array) -> Columns:
    shape = (len(years), len(GRADES), letters, len(SUBJECTS))
    names = ("year", "grade", "letter", "subject")
    classes = {name: part.ravel().astype(np.int32) for name, part in zip(names, np.indices(shape), strict=True)}
    classes["teacher"] = staff.teacher_of(classes, letters)
    classes["gap_starts"] = staff.gap_starts(spec.seed, classes, days, day_year, epoch(spec.today))
    return classes


def _year_spans(terms: tuple[Term, ...]) -> Array:
    spans = [(epoch(t.starts), epoch(t.ends)) for t in terms if t.kind == "year"]
    return np.array(spans, dtype=np.int32)
