"""What the school has planned, whoever its students are: exams, the classes that sit them, and what each class learns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from django.db.models import IntegerField, Value
from django.db.models.functions import Coalesce

from mlcore.schema import TABLES
from portal.kit.reading import Columns, Letter, columns
from predictions.frames.asked import Reading
from predictions.frames.cells import Array, chosen, days, first_known, kept, places_of, texts, zone_of
from students.models import Exam, School, SchoolClass, Sitting, Subject

PLANNED_AHEAD = np.timedelta64(60, "D")
LEAST = next(column.low for column in TABLES["exams"].columns if column.name == "maximum") or 0.0
HIGHEST_GRADE = 20
GRADE = Coalesce("grade_level", Value(-1), output_field=IntegerField())


def subject_names(schools: Sequence[School]) -> dict[int, str]:
    """What each subject is called in the tables, by key; two of one school and name are told apart by their code."""
    facts = ("pk", "school", "name", "code")
    rows = list(Subject.objects.filter(school__in=schools).order_by("pk").values_list(*facts))
    often = Counter((school, name) for _, school, name, _ in rows)
    return {key: f"{name} ({code})" if often[school, name] > 1 else name for key, school, name, code in rows}


@dataclass(frozen=True, slots=True)
class Subjects:
    """Subjects by name: that is what schools of one district share."""

    keys: Array
    names: list[str]
    codes: Array

    @classmethod
    def of(cls, schools: Sequence[School]) -> "Subjects":
        named = subject_names(schools)
        names = sorted(set(named.values()))
        codes = [names.index(name) for name in named.values()]
        return cls(np.array([*named], dtype=np.int64), names, np.array(codes, dtype=np.int64))

    def named(self, keys: Array) -> Any:
        """The subjects with these keys by name; all of them are known."""
        return chosen(self.names, self.codes[places_of(keys, self.keys)] if len(keys) else keys)


@dataclass(frozen=True, slots=True)
class Classes:
    """Each class of the schools by key: its subject, term, grade level, and whether its marks of attendance count."""

    facts: Columns
    takes_roll: Array

    @classmethod
    def of(cls, schools: tuple[int, ...]) -> "Classes":
        """A school in which any class takes the daily roll counts the marks of these alone; another counts all."""
        names = {"key": "pk", "school": "school", "subject": "subject", "term": "term"}
        rows = SchoolClass.objects.filter(school__in=schools)
        facts = columns(rows, **names, grade=GRADE, is_home="is_home_class")
        order = np.argsort(facts["key"], kind="stable")
        facts = {name: column[order] for name, column in facts.items()}
        with_roll = np.unique(facts["school"][facts["is_home"]])
        return cls(facts, facts["is_home"] | ~np.isin(facts["school"], with_roll))

    def places(self, keys: Array) -> Array:
        return places_of(keys, self.facts["key"])

    def grade_levels(self, places: Array) -> Array:
        grades = self.facts["grade"][places].astype(np.float64)
        return np.where((grades < 0) | (grades > HIGHEST_GRADE), np.nan, grades)


@dataclass(frozen=True, slots=True)
class Plans:
    """All of it. The same for every chunk of a run, so a worker that reads many chunks reads it once."""

    subjects: Subjects
    classes: Classes
    exams: pd.DataFrame
    sittings: pd.DataFrame


def school_plans(schools: Sequence[School], reading: Reading) -> Plans:
    keys = tuple(school.pk for school in schools)
    subjects = Subjects.of(schools)
    exams = _exams(keys, reading, subjects, zone_of(schools))
    return Plans(subjects, Classes.of(keys), exams, _sittings(keys, exams))


def _exams(schools: tuple[int, ...], reading: Reading, subjects: Subjects, zone: ZoneInfo) -> pd.DataFrame:
    """Sorted by key. An exam of less than half a point, of which no percentage could be made, is left out."""
    asked = Exam.objects.filter(school__in=schools, maximum__gte=LEAST)
    asked = asked.filter(day__gte=reading.since) if reading.since else asked
    names = ("subject", "term", "kind", "day", "maximum", "weight", "is_target", "created_at")
    rows = columns(
        asked, exam="pk", term_starts="term__starts", origin=Letter("origin"), **{name: name for name in names}
    )
    order = np.argsort(rows["exam"], kind="stable")
    kind = texts(rows["kind"])
    day = days(rows["day"])
    known = first_known(rows, np.minimum(days(rows["term_starts"]), days(day - PLANNED_AHEAD)), zone)
    made = {
        "exam": rows["exam"],
        "subject": subjects.named(rows["subject"]),
        "term": rows["term"],
        "kind": kind,
        "day": day,
        "maximum": rows["maximum"],
        "weight": rows["weight"],
        "is_target": rows["is_target"],
        "known_on": known,
    }
    return pd.DataFrame({name: column[order] for name, column in made.items()})


def _sittings(schools: tuple[int, ...], exams: pd.DataFrame) -> pd.DataFrame:
    rows = columns(Sitting.objects.filter(exam__school__in=schools), exam="exam", school_class="school_class")
    return pd.DataFrame(kept(rows, places_of(rows["exam"], exams["exam"].to_numpy()) >= 0))
