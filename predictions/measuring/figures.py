"""From scores beside results to figures: errors, ranges, chances, the watchlist, the simplest guess, and teachers."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from mlcore.chances import flagging, reliability
from mlcore.fairness import Judged, fairness
from mlcore.metrics import LEAST_STUDENTS, coverage, errors, gain
from mlcore.plain import plain
from mlcore.ranges.sets import RangeSet
from mlcore.report import Chances
from predictions.measuring.held import Held

LEAST_TEACHERS, MOST_OF_ONE = 3, 2 / 3
WATCHED = (0.1, 0.2)  # how many of a hundred students a watchlist names first


def facts_of(held: Held) -> dict[str, Any]:
    """The figures of all rows; of fewer than ten students none, for they would be facts about persons."""
    students = len(np.unique(held.student))
    told: dict[str, Any] = {"students": students, "exams": len(np.unique(held.exam)), "enough": False}
    if students < LEAST_STUDENTS:
        return told
    whole = {
        "enough": True,
        "errors": asdict(errors(held.actual, held.score, held.student)),
        "coverage": asdict(coverage(held.actual, ranges_of(held), held.student)),
        "chances": _chances(held),
        "watchlist": _watchlist(held),
        "baseline": against_baseline(held),
        "teachers": against_teachers(held),
    }
    facts: dict[str, Any] = plain({**told, **whole})
    return facts


def ranges_of(held: Held) -> RangeSet:
    return RangeSet(*held.edges)


def against_baseline(held: Held) -> dict[str, Any]:
    """The simplest guess on the same rows, and the share of its error that the version saves."""
    guess = errors(held.actual, held.baseline, held.student)
    saved = gain(held.actual, held.score, held.baseline, held.student)
    return {"mae": asdict(guess.mae), "rmse": asdict(guess.rmse), "gain": asdict(saved)}


def against_teachers(held: Held) -> dict[str, Any] | None:
    """Their error and ours on those students for whom they had said something. None for fewer than ten students, and
    where it would be the figure of one teacher: of fewer than three, or where one said most of it.
    """
    mine = held.take(np.isfinite(held.teachers))
    students = len(np.unique(mine.student))
    _, said = np.unique(mine.judges, return_counts=True)
    if students < LEAST_STUDENTS or len(said) < LEAST_TEACHERS or said.max() > MOST_OF_ONE * len(mine):
        return None
    theirs = errors(mine.actual, mine.teachers, mine.student)
    ours = errors(mine.actual, mine.score, mine.student)
    return {
        "rows": len(mine),
        "students": students,
        "teachers": len(said),
        "theirs": asdict(theirs.mae),
        "ours": asdict(ours.mae),
    }


def _chances(held: Held) -> list[dict[str, Any]]:
    """Of each boundary; where subjects have boundaries of their own, of the pass mark alone, whatever it is."""
    if held.chances is not None:
        return [asdict(each) for each in reliability(held.actual, held.chances, held.boundaries, held.student)]
    marks = np.unique(held.pass_mark)
    return [asdict(passing(held)) | {"boundary": float(marks[0]) if len(marks) == 1 else None}]


def passing(held: Held) -> Chances:
    """Chances of the pass mark: results are counted from it, because it may be another in each subject."""
    (told,) = reliability(held.actual - held.pass_mark, held.passing[:, None], (0.0,), held.student)
    return told


def _watchlist(held: Held) -> list[dict[str, Any]]:
    above, missing = held.actual - held.pass_mark, 1 - held.passing
    return [asdict(each) for each in flagging(above, missing, 0.0, held.student, WATCHED)]


def group_sentence(held: Held, groups: pd.DataFrame) -> str:
    """Whether protected groups differ by more than chance; groups under ten are told together or not at all."""
    if groups.empty:
        return ""
    judged = Judged(
        held.actual, held.score, held.edges, 1 - held.passing, held.student, float(np.median(held.pass_mark))
    )
    return fairness(judged, groups).sentence
