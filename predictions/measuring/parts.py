"""The figures part by part: by class, subject, lead and protected group. A part of fewer than ten students is only named."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlcore.chances import flagging
from mlcore.fairness import FEWEST, NOT_KNOWN, hidden
from mlcore.metrics import coverage, errors
from predictions.measuring.figures import WATCHED, against_baseline, against_teachers, passing, ranges_of
from predictions.measuring.held import Held
from students.models import Demographics, School, SchoolClass, Subject

PROTECTED = ("gender", "ethnicity", "parental_education", "lunch_programme", "home_language")
LEADS = np.array([1, 7, 28, 63])
LEAD_LABELS = ("1 to 6 days", "7 to 27 days", "28 to 62 days", "63 days or more")


def parts_of(held: Held, named: pd.DataFrame) -> list[dict[str, Any]]:
    """`named`: for each row the name of its part, by each column. A column with a single part says nothing new."""
    told = []
    for column in named.columns:
        names = named[column].to_numpy(dtype=object)
        places = {name: np.flatnonzero(names == name) for name in _in_order(names)}
        if len(places) > 1:
            told += _parts(held, str(column), places)
    return told


def _parts(held: Held, column: str, places: dict[str, NDArray[np.intp]]) -> list[dict[str, Any]]:
    """Where one small part is hidden another is too, or the whole less the others would tell it."""
    students = [len(np.unique(held.student[rows])) for rows in places.values()]
    silent = hidden(students)
    return [
        {"by": column, "name": name, "hidden": True}
        if place in silent
        else {"by": column, "name": name, **_figures(held.take(rows), is_protected=column in PROTECTED)}
        for place, (name, rows) in enumerate(places.items())
    ]


def _figures(held: Held, *, is_protected: bool) -> dict[str, Any]:
    off, held_by = errors(held.actual, held.score, held.student), coverage(held.actual, ranges_of(held), held.student)
    return {
        "rows": off.rows,
        "students": off.students,
        "mae": asdict(off.mae),
        "rmse": asdict(off.rmse),
        "bias": asdict(off.bias),
        "hit_80": asdict(held_by.hit_80),
        "hit_95": asdict(held_by.hit_95),
        "brier": asdict(passing(held).brier),
        "watchlist": _watchlist(held, is_protected),
        "baseline": against_baseline(held),
        "teachers": against_teachers(held),
    }


def _watchlist(held: Held, is_protected: bool) -> dict[str, Any] | None:
    """Of a protected group only where ten students or more missed the pass mark: otherwise it tells of those few."""
    missed = len(np.unique(held.student[held.actual < held.pass_mark]))
    if is_protected and missed < FEWEST:
        return None
    (told,) = flagging(held.actual - held.pass_mark, 1 - held.passing, 0.0, held.student, WATCHED[-1:])
    return asdict(told)


def _in_order(names: NDArray[Any]) -> list[str]:
    met = set(names.tolist())
    first = [label for label in LEAD_LABELS if label in met]
    return first + sorted((name for name in met if name not in first), key=lambda name: (name == NOT_KNOWN, name))


class Names:
    """What the parts of one school are called, read once for all its exams."""

    def __init__(self, school: School) -> None:
        self.classes = dict(SchoolClass.objects.filter(school=school).values_list("pk", "name"))
        self.subjects = dict(Subject.objects.filter(school=school).values_list("pk", "name"))
        rows = Demographics.objects.filter(student__school=school).values_list("student_id", *PROTECTED)
        facts = pd.DataFrame.from_records(list(rows.iterator(chunk_size=20_000)), columns=["student", *PROTECTED])
        self.protected = facts.set_index("student").replace("", np.nan).dropna(axis=1, how="all")

    def of(self, held: Held) -> pd.DataFrame:
        lead = np.searchsorted(LEADS, held.lead, side="right") - 1
        named = {
            "class": [self.classes.get(key, NOT_KNOWN) for key in held.school_class.tolist()],
            "subject": [self.subjects.get(key, NOT_KNOWN) for key in held.subject.tolist()],
            "lead": [LEAD_LABELS[max(place, 0)] for place in lead.tolist()],
        }
        groups = self.groups_of(held)
        return pd.DataFrame(named | {name: groups[name].fillna(NOT_KNOWN) for name in groups.columns})

    def groups_of(self, held: Held) -> pd.DataFrame:
        """Protected facts of each row; columns of which the school has noted nothing are not there."""
        return self.protected.reindex(held.student).reset_index(drop=True)
