"""A class with scores that have reasons: what was said of each student a week ago and today, from rows of a matrix."""

from datetime import timedelta
from typing import Any

import numpy as np

from predictions.models import ModelVersion, Prediction
from students.models import Exam, School, SchoolClass, Student
from tests import make
from tests.cast import Cast
from tests.predictions.measured import make_class_of, make_serving
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.trained import make_version, trained_bundle

FACTS: dict[str, Any] = {
    "subject": "MATH", "kind": "final", "lead": 40.0, "shrunken_mean": 62.0, "subject_last": 60.0, "last_comparable": 60.0,
    "all_count": 9.0, "attendance_rate": 95.0, "latest_study_hours": 8.0,
}  # fmt: skip


def row_of(**facts: Any) -> Any:
    columns = {name: np.array([value]) for name, value in {**FACTS, **facts}.items()}
    return trained_bundle().schema.encode(columns, rows=1).values[0]


def at(mark: float) -> dict[str, float]:
    """Facts of somebody whose marks lie about there."""
    return {"shrunken_mean": mark, "subject_last": mark, "last_comparable": mark}


def say(version: ModelVersion, exam: Exam, marks: dict[Student, float], days_ago: int = 0) -> list[Prediction]:
    """What the version says of students with such marks; shown at once."""
    run = make_scoring_run(version, [exam], as_of=make.TODAY - timedelta(days=days_ago))
    return [make_prediction(run, student, exam, row_of(**at(mark)), history=9) for student, mark in marks.items()]


def make_outlook(school: School, count: int, name: str = "Physics 9C") -> tuple[SchoolClass, Exam, list[Student]]:
    """A class whose students have marks from low to high, with a final ahead that was scored a week ago and today."""
    version = make_serving(make_version(school))
    school_class, students = make_class_of(school, count, name)
    exam = make.make_exam(school_class, title="Final", day=make.TODAY + timedelta(days=40), is_target=True)
    marks = {student: 35.0 + 40.0 * place / max(1, count - 1) for place, student in enumerate(students)}
    say(version, exam, {student: mark - 8 for student, mark in marks.items()}, days_ago=8)
    say(version, exam, marks)
    return school_class, exam, students


def of_final(school: Cast, **marks: float) -> list[Prediction]:
    """What is shown of the final of the cast's mathematics class."""
    version = make_serving(make_version(school.lakeside))
    return say(version, school.final, {getattr(school, name): mark for name, mark in marks.items()})
