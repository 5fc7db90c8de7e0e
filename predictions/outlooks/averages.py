"""From where reasons count: the average of the class that sits the exam, in points of each group of facts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.kit.scoping import in_force
from predictions import artifacts
from predictions.groups import Group, groups_of
from predictions.models import CurrentPrediction, ModelVersion, Prediction
from predictions.outlooks.contract import Reason
from predictions.packing import unpacked
from predictions.wording import in_own_words
from students.looking import StudentsByStaff
from students.models import Enrolment, SchoolClass, Student

LEAST = 10  # so many whom a person does not see, and what they know of the others does not tell of one of these
FEWEST = 2
Points = NDArray[np.float64]
Told = tuple[float, Points]  # a score and the points that made it


@dataclass(frozen=True)
class Average:
    """The mean score of a class and its mean points; `name` is empty where it is that of everybody."""

    name: str
    score: float
    points: Points


def average_of(school_class: SchoolClass, predictions: Iterable[Prediction | None]) -> dict[int, Average]:
    """By version, of predictions of one class and exam that somebody sees all of."""
    by_version: defaultdict[int, list[Told]] = defaultdict(list)
    for each in predictions:
        if each is not None and each.score is not None and len(each.reasons):
            by_version[each.run.version_id].append((each.score, unpacked(each.reasons)))
    return {version: _mean(school_class.name, told) for version, told in by_version.items() if len(told) >= FEWEST}


def averages_for(predictions: Sequence[Prediction], *, user: Any, on: date) -> dict[int, Average]:
    """By prediction's key, that of the class in which the student sits the exam; none for who is in no class that day.

    A class of which the person does not see everybody has one where they do not see ten of it or more, for an average less
    those they see is that of the rest. Three queries at most.
    """
    scored = [each for each in predictions if each.score is not None]
    if not scored:
        return {}
    classes = _classes(scored, on)
    mates = _mates(scored, set(classes.values()), on)
    everybody = {student for told in mates.values() for student, _version, _said in told}
    seen = set(StudentsByStaff(Student).visible_to(user).filter(pk__in=everybody).values_list("pk", flat=True))
    return {
        each.pk: average
        for each in scored
        if (key := (each.student_id, each.exam_id)) in classes
        and (average := _of_class(classes[key], mates[classes[key].pk, each.exam_id], each.run.version_id, seen))
    }


def _classes(scored: Sequence[Prediction], on: date) -> dict[tuple[int, int], SchoolClass]:
    """Of each student and exam the class that sits it; of two the one with the lower number."""
    exams, students = {each.exam_id for each in scored}, {each.student_id for each in scored}
    sitting = Enrolment.objects.active(on).filter(student__in=students, school_class__sittings__exam__in=exams)
    rows = sitting.order_by("-school_class_id").values_list(
        "student_id", "school_class__sittings__exam_id", "school_class_id", "school_class__name"
    )
    return {(student, exam): SchoolClass(pk=pk, name=name) for student, exam, pk, name in rows if exam in exams}


Mates = dict[tuple[int, int], list[tuple[int, int, Told]]]


def _mates(scored: Sequence[Prediction], classes: set[SchoolClass], on: date) -> Mates:
    """By class and exam: student, version, and what is shown of them."""
    path = "student__enrolments"
    shown = CurrentPrediction.objects.filter(
        in_force(path, on),
        exam__in={each.exam_id for each in scored},
        prediction__score__isnull=False,
        **{f"{path}__school_class__in": [each.pk for each in classes]},
    )
    columns = (f"{path}__school_class_id", "exam_id", "student_id", "prediction__run__version_id")
    found: defaultdict[tuple[int, int], list[tuple[int, int, Told]]] = defaultdict(list)
    for row in shown.values_list(*columns, "prediction__score", "prediction__reasons").distinct():
        school_class, exam, student, version, score, reasons = row
        found[school_class, exam].append((student, version, (score, unpacked(reasons))))
    return found


def _of_class(
    school_class: SchoolClass, mates: list[tuple[int, int, Told]], version: int, seen: set[int]
) -> Average | None:
    told = {student: said for student, by, said in mates if by == version and len(said[1])}
    if 0 < len(told.keys() - seen) < LEAST or len(told) < FEWEST:
        return None
    return _mean(school_class.name, list(told.values()))


def _mean(name: str, told: Sequence[Told]) -> Average:
    scores, points = zip(*told, strict=True)
    return Average(name, fsum(scores) / len(scores), np.mean(np.vstack(points), axis=0))


def base_and_reasons(
    prediction: Prediction, average: Average | None, groups: Sequence[Group]
) -> tuple[float | None, tuple[Reason, ...]]:
    """The score from which the reasons count, and the reasons, the largest first; together they make the score."""
    points = unpacked(prediction.reasons)
    if prediction.score is None or not groups or len(points) != len(groups):
        return None, ()
    if average is None:
        base = prediction.score - fsum(points)
    else:
        base, points = average.score, points - average.points
        # Stored points are rounded in their seventh digit; the largest takes what is missing.
        points[np.abs(points).argmax()] += prediction.score - base - fsum(points)
    pairs = sorted(zip(groups, points.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    return base, tuple(Reason(in_own_words(group.label), each, group.is_changeable) for group, each in pairs if each)


def known_groups(version: ModelVersion) -> tuple[Group, ...]:
    """None where the stored model cannot be opened; a score is shown all the same."""
    try:
        return groups_of(version)
    except artifacts.BadArtifact:
        return ()


def of_rows(averages: Mapping[int, Average], predictions: Iterable[Prediction | None]) -> dict[int, Average]:
    """Averages by version, given to each prediction by its key."""
    return {
        each.pk: averages[each.run.version_id]
        for each in predictions
        if each is not None and each.run.version_id in averages
    }
